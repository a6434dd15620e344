"""What the worker makes of a photo: real bytes in, renditions on the disk out."""

import base64
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import blurhash
import pytest
from PIL import Image

from content.imaging import Unacceptable, render, render_avatar
from tests.support import photos


@pytest.fixture
def put(tmp_path):
    """Write bytes and return the path."""

    def write(data, name="original"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def shown(put, tmp_path):
    """Render bytes and return the largest rendition as an image."""

    def show(data):
        made = render(put(data), tmp_path / "out")
        return photos.read(tmp_path / "out" / made.renditions[max(made.renditions)])

    return show


def refusal(path, out_dir):
    with pytest.raises(Unacceptable) as caught:
        render(path, out_dir)
    return caught.value.code


def outcome(path, out_dir):
    try:
        render(path, out_dir)
    except Unacceptable as refused:
        return refused.code
    return "rendered"


def test_render_makes_each_width(put, tmp_path):
    made = render(put(photos.jpeg(1600, 1200)), tmp_path / "out")

    sizes = {width: photos.read(tmp_path / "out" / name).size for width, name in made.renditions.items()}
    assert sizes == {320: (320, 240), 750: (750, 562), 1080: (1080, 810), 1440: (1440, 1080)}


def test_render_never_upscales(put, tmp_path):
    made = render(put(photos.jpeg(500, 400)), tmp_path / "out")

    sizes = {width: photos.read(tmp_path / "out" / name).size for width, name in made.renditions.items()}
    assert sizes == {320: (320, 256), 500: (500, 400)}


def test_render_tells_the_photos_own_size(put, tmp_path):
    made = render(put(photos.jpeg(1600, 1200)), tmp_path / "out")

    assert (made.width, made.height) == (1600, 1200)


def test_render_counts_the_bytes_it_wrote(put, tmp_path):
    made = render(put(photos.jpeg(700, 400)), tmp_path / "out")

    assert made.bytes == sum(file.stat().st_size for file in (tmp_path / "out").iterdir())


def test_render_leaves_only_its_renditions_in_the_directory(put, tmp_path):
    made = render(put(photos.jpeg(700, 400)), tmp_path / "out")

    assert sorted(os.listdir(tmp_path / "out")) == sorted(made.renditions.values())


def test_render_twice_makes_the_same(put, tmp_path):
    path = put(photos.jpeg(700, 400))

    assert render(path, tmp_path / "out") == render(path, tmp_path / "out")


def test_render_in_threads_makes_the_same(put, tmp_path):
    paths = [put(data, str(at)) for at, data in enumerate([photos.jpeg(700, 400), photos.HEIC, photos.avif()])] * 3

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda path: render(path, tmp_path / "out"), paths))

    assert made == [render(path, tmp_path / "out") for path in paths]


def test_render_after_a_fork_makes_the_same(put, tmp_path):
    paths = [str(put(data, str(at))) for at, data in enumerate([photos.jpeg(700, 400), photos.HEIC, photos.avif()])]
    script = """
import multiprocessing, sys
from content.imaging import render
out, *paths = sys.argv[1:]
here = [render(path, out) for path in paths]
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.starmap(render, [(path, out) for path in paths]) == here)
"""

    arguments = [sys.executable, "-c", script, str(tmp_path / "out"), *paths]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)

    assert done.stdout == "True\n"


def test_render_leaves_nothing_but_pixels(put, tmp_path):
    made = render(put(photos.tagged_jpeg()), tmp_path / "out")

    assert photos.webp_chunks((tmp_path / "out" / made.renditions[96]).read_bytes()) == ["VP8 "]


def test_render_leaves_no_trace_of_the_secret(put, tmp_path):
    data = photos.tagged_jpeg()
    assert data.count(photos.SECRET) == 6  # description, maker note, XMP, IPTC, comment, archive

    made = render(put(data), tmp_path / "out")

    assert (tmp_path / "out" / made.renditions[96]).read_bytes().count(photos.SECRET) == 0


@pytest.mark.parametrize("make", [photos.jpeg, photos.png, photos.webp, photos.avif])
def test_render_keeps_a_colour_profile_and_nothing_else(put, tmp_path, make):
    made = render(put(make(icc_profile=photos.srgb_profile())), tmp_path / "out")

    chunks = photos.webp_chunks((tmp_path / "out" / made.renditions[96]).read_bytes())
    assert chunks == ["VP8X", "ICCP", "VP8 "]


def test_render_keeps_the_colour_profile_byte_for_byte(shown):
    profile = photos.srgb_profile()

    assert shown(photos.jpeg(icc_profile=profile)).info["icc_profile"] == profile


def test_render_cuts_what_rides_behind_a_colour_profile(shown):
    profile = photos.srgb_profile()

    assert shown(photos.jpeg(icc_profile=profile + photos.SECRET)).info["icc_profile"] == profile


def test_render_drops_a_colour_profile_that_is_none(shown):
    assert "icc_profile" not in shown(photos.jpeg(icc_profile=photos.SECRET * 20)).info


def test_render_drops_a_grey_profile_from_pixels_that_became_rgb(shown):
    grey = photos.encode(
        photos.pattern().convert("L"), "JPEG", icc_profile=photos.srgb_profile().replace(b"RGB ", b"GRAY")
    )

    assert "icc_profile" not in shown(grey).info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_render_bakes_the_orientation(shown, orientation):
    image = shown(photos.turned_jpeg(orientation))

    assert (image.size, photos.quarters(image)) == ((96, 64), photos.UPRIGHT)


def test_render_bakes_an_orientation_that_stands_behind_the_pixels(shown):
    assert photos.quarters(shown(photos.turned_png_with_late_exif(6))) == photos.UPRIGHT


@pytest.mark.parametrize("orientation", [1, 6])
def test_render_of_a_turned_photo_measures_the_upright_width(put, tmp_path, orientation):
    made = render(put(photos.turned_jpeg(orientation, 800, 2000)), tmp_path / "out")

    sizes = {width: photos.read(tmp_path / "out" / name).size for width, name in made.renditions.items()}
    assert sizes == {320: (320, 800), 750: (750, 1875), 800: (800, 2000)}


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_render_ignores_an_orientation_that_does_not_exist(shown, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation

    assert photos.quarters(shown(photos.jpeg(exif=exif))) == photos.UPRIGHT


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_render_ignores_broken_exif(shown):
    assert photos.quarters(shown(photos.jpeg(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"))) == photos.UPRIGHT


def test_render_of_heic_is_upright(shown):
    image = shown(photos.HEIC)

    assert (image.size, photos.quarters(image)) == ((64, 128), photos.UPRIGHT)


@pytest.mark.parametrize(
    "make",
    [
        photos.avif,
        photos.webp,
        photos.png,
        photos.cmyk_jpeg,
        photos.animated,
        lambda: photos.animated("PNG"),
        lambda: photos.animated("AVIF"),
        lambda: photos.jpeg(progressive=True),
        lambda: photos.encode(photos.pattern().quantize(4), "PNG"),
    ],
    ids=["avif", "webp", "png", "cmyk", "moving webp", "apng", "moving avif", "progressive", "palette"],
)
def test_render_shows_the_first_frame_in_its_colours(shown, make):
    assert photos.quarters(shown(make())) == photos.UPRIGHT


@pytest.mark.parametrize("make", [photos.palette_png, photos.see_through_png])
def test_render_flattens_transparency_on_white(shown, make):
    assert photos.quarters(shown(make())) == ("white", "green", "blue", "yellow")


@pytest.mark.parametrize(("level", "grey"), [(0, 0), (32_896, 128), (65_535, 255)])
def test_render_of_sixteen_bits_keeps_the_tone(shown, level, grey):
    assert shown(photos.grey16_png(level)).getpixel((16, 16)) == (grey, grey, grey)


def test_render_of_one_pixel(put, tmp_path):
    made = render(put(photos.png(1, 1)), tmp_path / "out")

    assert (made.width, made.height, list(made.renditions)) == (1, 1, [1])


def test_render_of_a_very_tall_photo_stays_within_webp(shown):
    assert shown(photos.png(30, 32_766)).size == (15, 16_383)


def test_render_in_bands_shows_the_same_as_whole(shown):
    assert photos.quarters(shown(photos.png(5_001, 3_003))) == photos.UPRIGHT


def test_render_makes_a_blurhash_of_the_photo(put, tmp_path):
    made = render(put(photos.jpeg(640, 480)), tmp_path / "out")

    decoded = blurhash.decode(made.blurhash, 16, 16)
    strongest = [max("rgb", key=dict(zip("rgb", decoded[y][x], strict=True)).get) for y in (4, 12) for x in (4, 12)]
    assert strongest == ["r", "g", "b", "r"]


def test_render_makes_a_placeholder_that_is_a_tiny_webp(put, tmp_path):
    head, _, data = render(put(photos.jpeg(640, 480)), tmp_path / "out").placeholder.partition(",")

    image = photos.read(io.BytesIO(base64.b64decode(data)))
    assert (head, image.size, photos.quarters(image)) == ("data:image/webp;base64", (16, 12), photos.UPRIGHT)


@pytest.mark.parametrize(
    "data",
    [photos.jpeg(640, 480)[:-900], photos.png()[:-40], photos.webp()[:-40], photos.avif()[:-40], photos.HEIC[:-40]],
    ids=["jpeg", "png", "webp", "avif", "heic"],
)
def test_render_refuses_a_photo_cut_short(put, tmp_path, data):
    assert refusal(put(data), tmp_path / "out") == "damaged"


def test_render_refuses_a_wrong_checksum(put, tmp_path):
    assert refusal(put(photos.wrong_checksum_png()), tmp_path / "out") == "damaged"


def test_render_refuses_a_bomb_that_passed_the_upload(put, tmp_path):
    assert refusal(put(photos.png_announcing(50_000, 50_000)), tmp_path / "out") == "too_many_pixels"


def test_render_of_a_refused_photo_writes_nothing(put, tmp_path):
    refusal(put(photos.jpeg(640, 480)[:-900]), tmp_path / "out")

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("make", [photos.jpeg, photos.png, photos.webp, photos.avif, lambda: photos.HEIC])
def test_render_of_any_beginning_of_a_file_renders_or_refuses(put, tmp_path, make):
    data = make()

    for length in range(64, len(data), max(1, len(data) // 25)):
        assert outcome(put(data[:length]), tmp_path / "out") in {"rendered", "damaged"}


def test_render_avatar_makes_centred_squares(put, tmp_path):
    made = render_avatar(put(photos.jpeg(900, 600)), tmp_path / "out")

    sizes = {side: photos.read(tmp_path / "out" / name).size for side, name in made.renditions.items()}
    assert sizes == {96: (96, 96), 320: (320, 320)}


def test_render_avatar_crops_the_middle(put, tmp_path):
    made = render_avatar(put(photos.jpeg(900, 600)), tmp_path / "out")

    assert photos.quarters(photos.read(tmp_path / "out" / made.renditions[320])) == photos.UPRIGHT


def test_render_avatar_never_upscales(put, tmp_path):
    made = render_avatar(put(photos.jpeg(80, 60)), tmp_path / "out")

    assert list(made.renditions) == [60]


def test_render_avatar_of_a_turned_photo_is_upright(put, tmp_path):
    made = render_avatar(put(photos.turned_jpeg(6, 600, 900)), tmp_path / "out")

    assert photos.quarters(photos.read(tmp_path / "out" / made.renditions[320])) == photos.UPRIGHT
