"""Makes the videos that tests upload, honest and hostile, as bytes; the honest ones by the ffmpeg under test."""

import functools
import struct
import subprocess
import tempfile
from pathlib import Path

from content.video import ffmpeg
from tests.support import photos

WORDS = "48.8566N do not publish"  # stands in the metadata of `film`
_TURN = {90: (0, 0x10000, -0x10000, 0), 180: (-0x10000, 0, 0, -0x10000)}  # the matrix of a track, as phones write it


def run(*arguments):
    """Have ffmpeg do it, unconfined; the last argument is the suffix of the file, whose bytes are returned."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"made{arguments[-1]}"
        subprocess.run([ffmpeg.find(), "-nostdin", "-v", "error", *arguments[:-1], made], check=True)
        return made.read_bytes()


@functools.cache
def film(size="96x64", *, seconds=1, rate=10, sound=True, suffix=".mp4", codec="libx264"):
    """The pattern of the photos as a film, with sound, and with words and a place in its metadata."""
    with tempfile.NamedTemporaryFile(suffix=".png") as still:
        still.write(photos.png())
        still.flush()
        moving = ["-loop", "1", "-framerate", str(rate), "-i", still.name]
        heard = ["-f", "lavfi", "-i", "sine=frequency=440"] if sound else []
        told = ["-metadata", f"title={WORDS}", "-metadata", "location=+48.8566+2.3522/"]
        shape = ["-vf", f"scale={size.replace('x', ':')},format=yuv420p", "-t", str(seconds)]
        return run(*moving, *heard, *shape, *told, "-c:v", codec, suffix)


def turned(degrees, size="96x64"):
    """A film that says it is to be turned clockwise, as a phone held upright has it."""
    whole = film(size, sound=False)
    track = whole.index(b"tkhd") + 4 + 40  # its matrix comes after 40 bytes of version 0
    a, b, c, d = _TURN[degrees]
    return whole[:track] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000) + whole[track + 36 :]


def sound_only():
    return run("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", ".m4a")


def facts(data):
    """What ffmpeg prints of a video: its streams and its metadata."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(data)
        file.flush()
        done = subprocess.run([ffmpeg.find(), "-hide_banner", "-i", file.name], capture_output=True, check=False)
    return done.stderr.decode()


def frame(data, at=0):
    """One frame of a video, as a player would show it."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(data)
        file.flush()
        shown = run("-ss", str(at), "-i", file.name, "-frames:v", "1", ".png")
    with tempfile.NamedTemporaryFile(suffix=".png") as still:
        still.write(shown)
        still.flush()
        return photos.read(still.name)


def referring(url):
    """An MP4 whose picture is said to lie at an address, as QuickTime allows."""
    return _with_reference(film(sound=False), b"url \0\0\0\0" + url.encode() + b"\0")


def with_alias(path):
    """The same as old QuickTime wrote it: an alias record that names a file of the disk."""
    name = path.encode()
    record = struct.pack(">4sH", b"\0" * 4, 150) + b"\0" * 144 + struct.pack(">hH", 2, len(name)) + name
    return _with_reference(film(sound=False), b"alis\0\0\0\0" + record + b"\xff\xff\0\0")


def playlist(*urls):
    parts = b"".join(b"#EXTINF:1.0,\n%s\n" % url.encode() for url in urls)
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n" + parts + b"#EXT-X-ENDLIST\n"


def disguised(content):
    """Anything behind the first bytes of an MP4."""
    return b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + content


def avi_with_playlist(content):
    """An AVI with a GAB2 subtitle chunk, in which old players find a playlist."""
    gab2 = b"GAB2\0\2\0" + struct.pack("<I", 2) + b"\0\0" + b"\4\0" + struct.pack("<I", len(content)) + content
    chunk = b"01tx" + struct.pack("<I", len(gab2)) + gab2 + b"\0" * (len(gab2) % 2)
    listed = b"LIST" + struct.pack("<I", 4 + len(chunk)) + b"movi" + chunk
    return b"RIFF" + struct.pack("<I", 4 + len(listed)) + b"AVI " + listed


def _with_reference(whole, entry):
    """Put another entry into the first track's data references; all boxes around it grow. Pixels stand before them."""
    at = whole.index(b"dref") - 4
    old = int.from_bytes(whole[at : at + 4], "big")
    new = struct.pack(">I4sIII", 20 + len(entry), b"dref", 0, 1, 4 + len(entry)) + entry
    made = bytearray(whole[:at] + new + whole[at + old :])
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        start = whole.index(name) - 4
        struct.pack_into(">I", made, start, int.from_bytes(made[start : start + 4], "big") + len(new) - old)
    return bytes(made)
