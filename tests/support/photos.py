"""Makes the photos that tests upload, honest and hostile, as bytes. The one HEIC is a file: we cannot encode it."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image, ImageCms

# The pattern that every whole photo shows, upright: one colour a quarter, so that a wrong turn or flip is seen.
QUARTERS = {"red": (200, 30, 30), "green": (30, 160, 60), "blue": (40, 60, 200), "yellow": (230, 200, 40)}
UPRIGHT = ("red", "green", "blue", "yellow")

SECRET = b"48.8566N-do-not-publish"  # stands in each kind of metadata of `tagged_jpeg`
TEXT = b"Dear diary, this is not a photo at all.\n" * 4
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HEIC = (Path(__file__).parent / "data" / "tiny.heic").read_bytes()

_BACK = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def pattern(width=96, height=64):
    """Return the four quarters as an RGB image."""
    image = Image.new("RGB", (2, 2))
    image.putdata([QUARTERS[name] for name in UPRIGHT])
    return image.resize((width, height), Image.Resampling.NEAREST)


def quarters(image):
    """Return the names of the colours at the middle of the four quarters: equal to UPRIGHT if nothing was turned."""
    image = image.convert("RGB")
    across, down = (image.width // 4, 3 * image.width // 4), (image.height // 4, 3 * image.height // 4)
    return tuple(_name(image.getpixel((x, y))) for y in down for x in across)


def read(source):
    """Return the image at a path, decoded, and the file closed."""
    with Image.open(source) as image:
        image.load()
        return image


def encode(image, kind, **options):
    """Return the image as bytes of that Pillow format."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(width=96, height=64, **options):
    return encode(pattern(width, height), "JPEG", quality=92, **options)


def png(width=96, height=64, **options):
    return encode(pattern(width, height), "PNG", **options)


def webp(width=96, height=64, **options):
    return encode(pattern(width, height), "WEBP", **options)


def avif(width=96, height=64, **options):
    return encode(pattern(width, height), "AVIF", **options)


def tagged_jpeg():
    """A JPEG with GPS, a maker note, XMP, IPTC, a comment, and a ZIP archive behind its end."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8769)[0x927C] = SECRET + jpeg(16, 16)  # maker notes often hold a thumbnail
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)})
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + SECRET + b"</x:xmpmeta>"
    whole = jpeg(exif=exif, xmp=xmp, comment=SECRET)
    return whole[:2] + _iptc_segment() + whole[2:] + _zip()


def turned_jpeg(orientation, width=96, height=64):
    """A JPEG that shows the upright pattern only to who honours its EXIF orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = pattern(width, height)
    back = _BACK[orientation]
    return encode(image if back is None else image.transpose(back), "JPEG", quality=92, exif=exif)


def turned_png_with_late_exif(orientation):
    """A PNG of the same kind, whose EXIF stands behind the pixels."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = exif.tobytes().removeprefix(b"Exif\0\0")
    whole = encode(pattern().transpose(_BACK[orientation]), "PNG")
    end = whole.index(b"IEND") - 4
    return whole[:end] + _png_chunk(b"eXIf", content) + whole[end:]


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def cmyk_jpeg():
    return encode(pattern().convert("CMYK"), "JPEG", quality=92)


def grey16_png(level):
    """A PNG of one grey of 0 to 65,535."""
    return encode(Image.new("I;16", (32, 32), level), "PNG")


def palette_png():
    """A PNG with a palette, whose red is transparent."""
    image = pattern().quantize(4)
    return encode(image, "PNG", transparency=image.getpixel((0, 0)))


def see_through_png():
    """A PNG whose red quarter is fully transparent."""
    image = pattern().convert("RGBA")
    image.paste((200, 30, 30, 0), (0, 0, 48, 32))
    return encode(image, "PNG")


def animated(kind="WEBP", frames=3):
    """The pattern, then plain frames; far apart, as the encoders merge those that look alike."""
    plain = [Image.new("RGB", (96, 64), (0, 90, shade * 200 // frames)) for shade in range(1, frames)]
    return encode(pattern(), kind, save_all=True, append_images=plain)


def png_announcing(width, height, frames=1):
    """A small PNG whose header announces this size, and maybe frames: nothing of that size is ever made."""
    header = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    animation = _png_chunk(b"acTL", struct.pack(">II", frames, 0)) if frames > 1 else b""
    pixels = _png_chunk(b"IDAT", zlib.compress(b"\0" * 1024))
    return b"\x89PNG\r\n\x1a\n" + header + animation + pixels + _png_chunk(b"IEND", b"")


def webp_announcing(width, height, frames=1):
    """A small WebP whose header announces this canvas and holds this many (empty) frames."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = _riff_chunk(b"VP8X", b"\x02\0\0\0" + canvas) + _riff_chunk(b"ANMF", b"\0" * 16) * frames
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def avif_announcing(width, height):
    """An AVIF whose `ispe` property announces this size."""
    old = struct.pack(">II", 96, 64)
    return avif().replace(b"ispe\0\0\0\0" + old, b"ispe\0\0\0\0" + struct.pack(">II", width, height))


def jpeg_announcing(width, height):
    whole = jpeg()
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def jpeg_with_scans(scans):
    """A progressive JPEG whose last scan comes again and again."""
    whole = jpeg(progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + b"\xff\xd9"


def wrong_checksum_png():
    """A PNG with intact pixels and a wrong checksum behind them."""
    whole = png()
    at = whole.index(b"IEND") - 8
    return whole[:at] + bytes(byte ^ 0xFF for byte in whole[at : at + 4]) + whole[at + 4 :]


def webp_chunks(data):
    """Return the chunk names of a WebP: all that is in it, pixels (VP8) and the rest."""
    names, at = [], 12
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        names.append(data[at : at + 4].decode())
        at += 8 + size + size % 2
    return names


def _name(pixel):
    white = {"white": (255, 255, 255)}
    return min(QUARTERS | white, key=lambda name: _distance((QUARTERS | white)[name], pixel))


def _distance(one, other):
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _png_chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _riff_chunk(name, content):
    return name + struct.pack("<I", len(content)) + content


def _iptc_segment():
    record = b"\x1c\x02\x5a" + struct.pack(">H", len(SECRET)) + SECRET  # 2:90, the city
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record + b"\0" * (len(record) % 2)
    content = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def _zip():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("secret.txt", SECRET)
    return buffer.getvalue()
