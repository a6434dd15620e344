"""An album: three photos with edits, put in order and described, posted, and shown as they were made."""

from playwright.sync_api import expect

from content.models import Post
from tests.support import photos
from tests.support.build import make_user
from tests.support.wait import until


def photo(name, width, height):
    return {"name": name, "mimeType": "image/jpeg", "buffer": photos.jpeg(width, height)}


THREE = (photo("a.jpg", 900, 600), photo("b.jpg", 640, 800), photo("c.jpg", 600, 600))


def row(page, name):
    return page.locator("[data-part=rows] > li", has_text=name)


def edit(page, name, *steps):
    row(page, name).get_by_role("button", name="Edit", exact=True).click()
    for step in steps:
        step(page.get_by_role("dialog"))
    page.get_by_role("button", name="Done").click()


def square(editor):
    editor.get_by_text("1:1", exact=True).click()


def turn(editor):
    editor.get_by_role("button", name="Rotate").click()


def ink(editor):
    editor.get_by_role("tab", name="Filters").click()
    editor.get_by_text("Ink", exact=True).click()


def test_an_album_with_edits_is_shown_in_order_and_described(visit):
    page = visit(make_user("ana"))
    page.goto("/new/")
    page.get_by_label("Choose photos or videos").set_input_files(THREE)
    expect(page.locator("[data-part=rows] > li")).to_have_count(3)

    edit(page, "a.jpg", square)
    edit(page, "b.jpg", turn, ink)
    row(page, "c.jpg").locator("[data-part=handle]").press("ArrowUp")
    for name in ("a", "b", "c"):
        row(page, f"{name}.jpg").locator("[data-part=alt]").fill(f"Photo {name}")
    page.get_by_label("Caption").fill("Three at once")
    page.get_by_role("button", name="Share", exact=True).click()

    page.wait_for_url("**/p/*/")
    expect(page.locator("img.media-frame__photo")).to_have_count(3)
    alts = [image.get_attribute("alt") for image in page.locator("img.media-frame__photo").all()]
    sizes = list(Post.objects.get().media.order_by("position").values_list("width", "height"))
    assert (alts, sizes) == (["Photo a", "Photo c", "Photo b"], [(600, 600), (600, 600), (800, 640)])


def test_a_reload_on_the_way_loses_nothing_and_sends_nothing_twice(visit):
    ana = make_user("ana")
    page = visit(ana)
    page.goto("/new/")
    page.get_by_label("Choose photos or videos").set_input_files(THREE[0])
    row(page, "a.jpg").locator("[data-part=alt]").fill("Photo a")
    edit(page, "a.jpg", square)
    page.get_by_label("Caption").fill("Once more")
    expect(row(page, "a.jpg")).to_have_attribute("data-state", "ready")
    page.wait_for_timeout(600)  # typing is kept once it pauses

    page.reload()
    expect(page.get_by_text("Draft restored.")).to_be_visible()
    expect(row(page, "a.jpg")).to_have_attribute("data-state", "ready")
    page.get_by_role("button", name="Share", exact=True).click()

    page.wait_for_url("**/p/*/")
    expect(page.get_by_role("img", name="Photo a")).to_be_visible()
    until(lambda: ana.media.filter(deleted_at=None).count() == 1)
    assert (Post.objects.get().caption, ana.media.filter(deleted_at=None).get().width) == ("Once more", 600)
