"""The photo editor: what it makes of a photo, by the pixels that are sent."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.frontend import making
from tests.frontend.making import asked, choose, picture, rows
from tests.support import photos

LARGE = (6_000, 4_000)  # 24 megapixels
EXPORT = """
async ([worker, edits]) => {
  const { Darkroom } = await import("/static/js/page/darkroom.js");
  const { UNTOUCHED } = await import("/static/js/lib/edits.js");
  const file = document.querySelector("input[type=file]").files[0];
  if (!worker) window.OffscreenCanvas = undefined;
  let [longest, last, going] = [0, performance.now(), true];
  const beat = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (going) setTimeout(beat);
  };
  beat();
  const began = performance.now();
  const room = new Darkroom("/static/js/lib/darkroom-worker.js", 25 * 1024 ** 2);
  const blob = await room.develop(file, { ...UNTOUCHED, ...edits });
  going = false;
  const took = performance.now() - began;
  const { width, height } = await createImageBitmap(blob);
  return { took, longest, pixels: width * height, type: blob.type };
}
"""
PIXEL = """
(at) => {
  const canvas = document.querySelector("[data-part=canvas]");
  return [...canvas.getContext("2d").getImageData(canvas.width * at, canvas.height / 4, 1, 1).data];
}
"""


def begin(tab, *files):
    """Choose a photo and open the editor."""
    choose(tab, *(files or [picture()]))
    rows(tab).nth(0).get_by_role("button", name="Edit", exact=True).click()
    expect(tab.page.get_by_role("dialog")).to_be_visible()


def done(tab, site):
    """Close the editor, wait for the new upload, and give its picture."""
    finish(tab)
    return making.image_in(asked(site, "POST", "/media")[-1])


def finish(tab):
    """Close the editor, and wait until the server has what it made."""
    with tab.page.expect_response("**/api/v1/media"):
        tab.page.get_by_role("button", name="Done").click()
    tab.page.locator("[data-part=rows] > [data-state=processing]").wait_for()


def test_a_square_is_cut_out_and_replaces_what_went_up(new, site):
    begin(new)
    new.page.get_by_text("1:1", exact=True).click()
    image = done(new, site)

    assert (image.size, len(asked(site, "DELETE", "/media/1"))) == ((64, 64), 1)


def test_a_turned_photo_is_upright_before_it_is_mirrored(new, site):
    begin(new, picture(data=photos.turned_jpeg(6)))
    new.page.get_by_role("button", name="Flip").click()
    image = done(new, site)

    assert (image.size, photos.quarters(image)) == ((96, 64), ("green", "red", "yellow", "blue"))


def test_a_quarter_turn_goes_clockwise(new, site):
    begin(new)
    new.page.get_by_role("button", name="Rotate").click()
    image = done(new, site)

    assert (image.size, photos.quarters(image)) == ((64, 96), ("blue", "red", "yellow", "green"))


def test_colours_that_nothing_changed_are_the_same_afterwards(new, site):
    begin(new)
    new.page.get_by_role("button", name="Rotate").click()
    image = done(new, site)

    told = [image.getpixel(at) for at in ((16, 24), (48, 24), (16, 72), (48, 72))]
    wanted = [photos.QUARTERS[name] for name in ("blue", "red", "yellow", "green")]
    off = max(abs(one - other) for pair in zip(told, wanted, strict=True) for one, other in zip(*pair, strict=True))
    assert off <= 12  # two lossy encodings; the dark channel of a strong colour is coarse in wide code


def test_a_filter_without_colour_sends_greys(new, site):
    begin(new)
    new.page.get_by_role("tab", name="Filters").click()
    new.page.get_by_text("Ink", exact=True).click()
    image = done(new, site)

    assert max(max(pixel) - min(pixel) for pixel in image.get_flattened_data()) <= 4


def test_nothing_is_sent_when_the_editor_is_left(new, site):
    begin(new)
    new.page.get_by_text("1:1", exact=True).click()
    new.page.keyboard.press("Escape")

    expect(new.page.get_by_role("dialog")).to_have_count(0)
    assert len(asked(site, "POST", "/media")) == 1


def test_edits_can_be_gone_on_with_until_the_post_is_made(new, site):
    begin(new)
    new.page.get_by_text("1:1", exact=True).click()
    done(new, site)
    rows(new).get_by_role("button", name="Edit", exact=True).click()
    chosen = new.page.locator("[name=aspect]:checked").get_attribute("value")
    new.page.get_by_text("Reset").click()
    finish(new)

    assert chosen == "square"
    assert making.bytes_in(asked(site, "POST", "/media")[-1]) == picture()["buffer"]


def test_arrow_keys_move_the_photo_under_its_frame(new, site):
    begin(new)
    new.page.get_by_text("1:1", exact=True).click()
    for _ in range(30):
        new.page.locator("[data-part=canvas]").press("ArrowRight")
    image = done(new, site)

    assert photos.quarters(image) == ("red", "red", "blue", "blue") or image.getpixel((40, 16))[0] > 150


def test_the_original_is_shown_as_long_as_the_button_is_held(new):
    begin(new)
    new.page.get_by_role("tab", name="Filters").click()
    before = new.page.evaluate(PIXEL, 0.25)
    new.page.get_by_text("Ink", exact=True).click()
    new.page.wait_for_timeout(200)
    after = new.page.evaluate(PIXEL, 0.25)

    new.page.locator("[data-part=compare]").focus()
    new.page.keyboard.down("Space")
    new.page.wait_for_timeout(200)
    held = new.page.evaluate(PIXEL, 0.25)
    new.page.keyboard.up("Space")
    new.page.wait_for_timeout(200)

    assert (before != after, held == before, new.page.evaluate(PIXEL, 0.25) == after) == (True, True, True)


def test_letters_are_no_shortcuts_of_the_page_while_it_is_open(new):
    begin(new)
    new.page.locator("[data-part=canvas]").press("n")  # elsewhere: a new post

    new.page.wait_for_timeout(200)
    expect(new.page.get_by_role("dialog")).to_be_visible()


def test_tabs_are_walked_by_arrow_keys(new):
    begin(new)
    new.page.get_by_role("tab", name="Crop").press("ArrowRight")

    expect(new.page.get_by_role("tab", name="Filters")).to_be_focused()
    expect(new.page.get_by_role("tabpanel", name="Filters")).to_be_visible()


def test_a_slider_is_taken_back_by_a_double_click(new):
    begin(new)
    new.page.get_by_role("tab", name="Adjust").click()
    slider = new.page.get_by_label("Contrast")
    slider.fill("60")
    slider.dblclick()

    assert slider.input_value() == "0"


def test_a_photo_that_this_browser_cannot_open_is_sent_as_it_is(new, site):
    choose(new, picture("a.heic", b"not for Chromium"))

    expect(rows(new).locator("[data-part=edit]")).to_be_hidden()
    assert making.bytes_in(*asked(site, "POST", "/media")) == b"not for Chromium"


@pytest.mark.parametrize(("worker", "share"), [(True, 4), (False, 2)])
def test_a_photo_of_24_megapixels_is_made_while_the_page_goes_on(page, site, worker, share):
    page.set_content("<input type=file>")
    data = photos.encode(Image.radial_gradient("L").convert("RGB").resize(LARGE), "JPEG", quality=85)
    page.locator("input").set_input_files([picture(data=data)])
    page.set_default_timeout(60_000)

    made = page.evaluate(EXPORT, [worker, {"exposure": 20, "filter": "ember", "tilt": 3, "sharpness": 40}])

    assert made["type"] == "image/jpeg"
    assert made["pixels"] > 20_000_000
    assert made["longest"] < made["took"] / share
