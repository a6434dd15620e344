"""What the web process says about an upload from its headers alone."""

import pickle
import subprocess
import sys

import pytest
from PIL import Image

from content.imaging import Format, ImageInfo, Unacceptable, inspect, sniff
from tests.support import photos

DAMAGED = "This photo is damaged or cut short. Export it again and send that file."
UNKNOWN = "This file is not a photo we can read. Send JPEG, PNG, WebP, AVIF or HEIC."
EACH_KIND = {
    Format.JPEG: photos.jpeg,
    Format.PNG: photos.png,
    Format.WEBP: photos.webp,
    Format.AVIF: photos.avif,
    Format.HEIC: lambda: photos.HEIC,
}


@pytest.fixture
def put(tmp_path):
    """Write bytes under a name and return the path."""

    def write(data, name="upload.bin"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def refusal(path):
    with pytest.raises(Unacceptable) as caught:
        inspect(path)
    return caught.value.code, caught.value.reason


def outcome(path):
    try:
        inspect(path)
    except Unacceptable as refused:
        return refused.code
    return "accepted"


@pytest.mark.parametrize(("kind", "make"), EACH_KIND.items())
def test_sniff_knows_each_accepted_format(kind, make):
    assert sniff(make()[:64]) is kind


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", Format.AVIF),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf", Format.HEIC),
        (b"\0\0\0\x10ftypmif1\0\0\0\0avif", Format.HEIC),  # "avif" stands behind the box
        (b"\0\0\0\x18ftyphevc\0\0\0\0msf1hevc", Format.HEIC),
        (b"\0\0\0\x18ftypavis\0\0\0\0avifmsf1", Format.AVIF),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", None),
        (b"\0\0\0\x18ftypcrx \0\0\0\0crx isom", None),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"GIF89a\1\0\1\0", None),
        (b"II*\0\x08\0\0\0", None),
        (b"\xff\xd8", None),
        (b"", None),
    ],
)
def test_sniff_reads_brands_and_refuses_what_only_resembles(head, kind):
    assert sniff(head) is kind


@pytest.mark.parametrize(
    ("kind", "width", "height"),
    [
        (Format.JPEG, 96, 64),
        (Format.PNG, 96, 64),
        (Format.WEBP, 96, 64),
        (Format.AVIF, 96, 64),
        (Format.HEIC, 64, 128),  # upright: it is stored on its side
    ],
)
def test_inspect_tells_format_and_size_whatever_the_name(put, kind, width, height):
    assert inspect(put(EACH_KIND[kind](), "holiday.txt")) == ImageInfo(kind, width, height, 1)


def test_inspect_reads_lossless_webp(put):
    assert inspect(put(photos.webp(lossless=True))) == ImageInfo(Format.WEBP, 96, 64, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_inspect_gives_the_upright_size(put, orientation):
    assert inspect(put(photos.turned_jpeg(orientation))) == ImageInfo(Format.JPEG, 96, 64, 1)


@pytest.mark.parametrize(("kind", "name"), [("WEBP", "webp"), ("PNG", "png"), ("AVIF", "avif")])
def test_inspect_counts_frames(put, kind, name):
    assert inspect(put(photos.animated(kind, frames=3))) == ImageInfo(Format(name), 96, 64, 3)


def test_inspect_of_a_phones_jpeg_with_a_preview_behind_counts_one_frame(put):
    two = photos.encode(photos.pattern(), "MPO", save_all=True, append_images=[photos.pattern(48, 32)])

    assert inspect(put(two)) == ImageInfo(Format.JPEG, 96, 64, 1)


@pytest.mark.parametrize(
    "data", [photos.TEXT, photos.SVG, photos.PDF, b"\0" * 100], ids=["text", "svg", "pdf", "zeros"]
)
def test_inspect_refuses_what_is_no_photo_though_named_jpg(put, data):
    assert refusal(put(data, "holiday.jpg")) == ("unknown_type", UNKNOWN)


def test_inspect_refuses_an_empty_file(put):
    assert refusal(put(b"")) == ("empty", "This file is empty. Send it again.")


@pytest.mark.parametrize(
    "make", [photos.png_announcing, photos.webp_announcing, photos.avif_announcing, photos.jpeg_announcing]
)
def test_inspect_refuses_a_pixel_bomb_and_names_size_and_limit(put, make):
    assert refusal(put(make(50_000, 50_000))) == (
        "too_many_pixels",
        "50,000 \N{MULTIPLICATION SIGN} 50,000 pixels is over the limit of 60 megapixels.",
    )


def test_inspect_accepts_sixty_megapixels(put):
    assert inspect(put(photos.png_announcing(10_000, 6_000))) == ImageInfo(Format.PNG, 10_000, 6_000, 1)


def test_inspect_refuses_one_row_more(put):
    assert refusal(put(photos.png_announcing(10_000, 6_001)))[1] == (
        "10,000 \N{MULTIPLICATION SIGN} 6,001 pixels is over the limit of 60 megapixels."
    )


@pytest.mark.parametrize("make", [photos.png_announcing, photos.webp_announcing])
def test_inspect_refuses_frames_that_are_too_much_together(put, make):
    assert refusal(put(make(2_000, 2_000, frames=30))) == (
        "too_many_frames",
        "30 frames of 2,000 \N{MULTIPLICATION SIGN} 2,000 pixels is over the limit of 100 megapixels in all frames.",
    )


@pytest.mark.parametrize("make", [photos.png_announcing, photos.webp_announcing])
def test_inspect_refuses_too_many_frames_however_small(put, make):
    assert refusal(put(make(8, 8, frames=300))) == ("too_many_frames", "300 frames is over the limit of 60 frames.")


def test_inspect_refuses_endless_progressive_scans(put):
    code, _ = refusal(put(photos.jpeg_with_scans(1_000)))

    assert code == "too_many_scans"


@pytest.mark.parametrize(("kind", "make"), EACH_KIND.items())
def test_inspect_refuses_a_header_cut_short(put, kind, make):
    assert refusal(put(make()[:22])) == ("damaged", DAMAGED)


def test_inspect_refuses_a_photo_without_pixels(put):
    assert refusal(put(photos.png_announcing(0, 10))) == ("damaged", DAMAGED)


@pytest.mark.parametrize("make", EACH_KIND.values())
def test_inspect_of_any_beginning_of_a_file_answers_or_refuses(put, make):
    data = make()

    for length in range(0, len(data), max(1, len(data) // 60)):
        assert outcome(put(data[:length])) in {"accepted", "empty", "unknown_type", "damaged"}


def test_inspect_of_a_missing_file_is_not_the_photos_fault(tmp_path):
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "nowhere.jpg")


def test_inspect_allocates_nothing_of_the_size_announced(put):
    real = photos.encode(Image.new("L", (9_000, 6_000)), "PNG", compress_level=1)
    bombs = [photos.png_announcing(50_000, 50_000), photos.webp_announcing(16_000, 3_700), real]
    paths = [str(put(data, str(at))) for at, data in enumerate(bombs)]
    script = """
import re, sys
from django.conf import settings
from content.imaging import Unacceptable, inspect
settings.configure(USE_I18N=False)  # a refusal is in words
# Not ru_maxrss: that is inherited from the process that ran the tests.
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
before = peak()
for path in sys.argv[1:]:
    try:
        inspect(path)
    except Unacceptable:
        pass
print(peak() - before)
"""

    done = subprocess.run([sys.executable, "-c", script, *paths], capture_output=True, text=True, check=True)

    assert int(done.stdout) < 8 * 1024  # KiB; the pixels would be 10 GB, 237 MB and 54 MB


def test_unacceptable_survives_the_way_between_worker_processes():
    came = pickle.loads(pickle.dumps(Unacceptable("empty", "This file is empty.")))

    assert (came.code, came.reason) == ("empty", "This file is empty.")
