"""The files that an attacker, or just life, uploads (S20 to S25), each with its end: "ready", or the reason it is told.

Those of S28, which call for a listener, are in the tests of hostile videos.
"""

import io
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin

from tests.support import photos, videos

HTML = b"<!DOCTYPE html><html><script>alert(document.domain)</script></html>"
TOLD = (photos.SECRET, videos.WORDS.encode(), b"loci", HTML, b"PK\3\4", b"%PDF")  # none of it may be in what is shown

READY = "ready"
NEITHER = "This file is neither a photo nor a video we can read. Send JPEG, PNG, WebP, AVIF, HEIC, MP4, MOV or WebM."
DAMAGED = "This photo is damaged or cut short. Export it again and send that file."
NO_FILM = "This video is damaged, or not of a kind we can read. Export it as MP4 (H.264)."
TOO_MANY_FRAMES = "300 frames is over the limit of 60 frames."


def too_large(side):
    return f"{side:,} \N{MULTIPLICATION SIGN} {side:,} pixels is over the limit of 60 megapixels."


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("META-INF/MANIFEST.MF", photos.SECRET)
    return buffer.getvalue()


def psd():
    return b"8BPS\0\1" + b"\0" * 6 + struct.pack(">HIIHH", 3, 64, 96, 8, 3) + b"\0" * 12 + photos.SECRET * 800


def fits():
    cards = (
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    0",
        "END",
    )
    return b"".join(card.ljust(80).encode() for card in cards).ljust(2_880)


def told_png():
    """A PNG with words, a place and a page in its text chunks and its EXIF."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", photos.SECRET.decode())
    words.add_itxt("XML:com.adobe.xmp", HTML.decode(), zip=False)
    return photos.png(pnginfo=words, exif=_exif())


def text_bomb():
    """A PNG of a few kilobytes with 64 MB of text in it, before its pixels."""
    whole = photos.png()
    content = b"Comment\0\0" + zlib.compress(b"\0" * 64 * 1024 * 1024, 9)
    chunk = struct.pack(">I", len(content)) + b"zTXt" + content + struct.pack(">I", zlib.crc32(b"zTXt" + content))
    header = whole.index(b"IDAT") - 4
    return whole[:header] + chunk + whole[header:]


def film_around(content):
    """A whole film, with something in a box that players skip, and the same behind its end."""
    return videos.film() + struct.pack(">I", 8 + len(content)) + b"free" + content + content


def _exif():
    exif = Image.Exif()
    exif[0x010E] = photos.SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)})
    return exif


def _many(kind):
    return photos.encode(photos.pattern(), kind, save_all=True, append_images=[photos.pattern(48, 32)])


CORPUS = {
    # S20: pictures that would be enormous.
    "png of 50,000 pixels": (lambda: photos.png_announcing(50_000, 50_000), too_large(50_000)),
    "png of 12,000 pixels": (lambda: photos.png_announcing(12_000, 12_000), too_large(12_000)),
    "jpeg of 65,535 pixels": (lambda: photos.jpeg_announcing(65_535, 65_535), too_large(65_535)),
    "webp of 16,383 pixels": (lambda: photos.webp_announcing(16_383, 16_383), too_large(16_383)),
    "avif of 50,000 pixels": (lambda: photos.avif_announcing(50_000, 50_000), too_large(50_000)),
    # S21: or that never end.
    "gif of 300 frames": (lambda: photos.animated("GIF", 300), NEITHER),
    "webp of 300 frames": (lambda: photos.webp_announcing(96, 64, frames=300), TOO_MANY_FRAMES),
    "png of 300 frames": (lambda: photos.png_announcing(96, 64, frames=300), TOO_MANY_FRAMES),
    "webp of 3 frames": (lambda: photos.animated("WEBP"), READY),
    # S22: what is not what its name says.
    "tiff": (lambda: photos.encode(photos.pattern(), "TIFF"), NEITHER),
    "eps": (lambda: photos.encode(photos.pattern(), "EPS"), NEITHER),
    "psd": (psd, NEITHER),
    "pdf": (lambda: photos.PDF, NEITHER),
    "svg": (lambda: photos.SVG, NEITHER),
    "html": (lambda: HTML, NEITHER),
    "fits": (fits, NEITHER),
    "bmp": (lambda: photos.encode(photos.pattern(), "BMP"), NEITHER),
    "zip": (archive, NEITHER),
    "mpo": (lambda: _many("MPO"), READY),
    "heic": (lambda: photos.HEIC, READY),
    # S23: what is two things at once.
    "jpeg and zip": (lambda: photos.jpeg() + archive(), READY),
    "jpeg and html": (lambda: photos.jpeg(comment=HTML) + HTML, READY),
    "jpeg and pdf": (lambda: photos.jpeg(comment=photos.PDF) + photos.PDF, READY),
    "png and html": (lambda: told_png() + HTML, READY),
    "webp and zip": (lambda: photos.webp() + archive(), READY),
    "gif and jar": (lambda: photos.animated("GIF") + archive(), NEITHER),
    "html and jpeg": (lambda: HTML + photos.jpeg(), NEITHER),
    "mp4 and html": (lambda: film_around(HTML), READY),
    "mp4 and zip": (lambda: film_around(archive()), READY),
    # S24: what tells more than it shows.
    "jpeg that tells": (photos.tagged_jpeg, READY),
    "png that tells": (told_png, READY),
    "webp that tells": (lambda: photos.webp(exif=_exif(), xmp=photos.SECRET), READY),
    "avif that tells": (lambda: photos.avif(exif=_exif()), READY),
    "mp4 that tells": (videos.film, READY),
    # S25: what is odd, or broken.
    "png with a bomb of text": (text_bomb, DAMAGED),
    "jpeg cut short": (lambda: photos.jpeg()[:-300], DAMAGED),
    "mp4 cut short": (lambda: videos.film()[:400], NO_FILM),
    "nothing": (lambda: b"", "This file is empty. Send it again."),
    "one pixel": (lambda: photos.jpeg(1, 1), READY),
    "cmyk": (photos.cmyk_jpeg, READY),
    "16 bits": (lambda: photos.grey16_png(32_896), READY),
    "1,000 scans": (lambda: photos.jpeg_with_scans(1_000), "1009 progressive scans is over the limit of 100 scans."),
    "wrong checksum": (photos.wrong_checksum_png, DAMAGED),
}
