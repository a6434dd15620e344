"""Making a post: files come in, go up, are put in order, described and shared; and are found again."""

import pytest
from playwright.sync_api import expect

from tests.frontend import making
from tests.frontend.making import asked, choose, picture, rows
from tests.frontend.wire import event
from tests.support.wait import until

BRING = """
(how) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array([255, 216, 255])], "b.jpg", { type: "image/jpeg" }));
  const event = how === "paste" ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}
"""
KEPT = """
() => new Promise((done) => {
  indexedDB.open("photophore.post", 1).onsuccess = ({ target: { result: database } }) => {
    database.transaction("photos").objectStore("photos").getAll().onsuccess = ({ target }) => {
      database.close();
      done(target.result.map(({ media, alt, edits }) => [media, alt, edits.filter]));
    };
  };
})
"""


def reload(tab):
    """Reload once all that the server has is kept here: else it would be sent again, as the same."""
    tab.page.wait_for_function(f"async () => (await ({KEPT})()).every(([media]) => media)")
    tab.page.reload()


def share(tab, button="Share"):
    tab.page.get_by_role("button", name=button, exact=True).click()


def test_photos_go_up_and_become_a_post(new, site):
    choose(new, picture())
    rows(new).locator("[data-part=alt]").fill("A cat")
    new.page.locator("[data-part=caption]").fill("Hello")
    new.page.get_by_label("Who may see it").select_option("followers")
    share(new)
    new.page.wait_for_url("**/p/70/")

    said = [(one.method, one.body) for one in site.asked if one.path != "/api/v1/media"]
    assert said == [
        ("PATCH", {"alt": "A cat"}),
        ("POST", {"caption": "Hello", "media": ["1"], "visibility": "followers", "comments_off": False}),
    ]


def test_an_untouched_photo_goes_up_as_it_is(new, site):
    choose(new, picture())

    assert making.bytes_in(*asked(site, "POST", "/media")) == picture()["buffer"]


def test_a_photo_that_was_refused_says_why_and_can_be_tried_again(new, site):
    site.answer("POST /api/v1/media", (422, {"title": "No", "detail": "Not a photo."}), (202, {"id": "1"}))
    choose(new, picture(), state="failed")

    told = rows(new).locator("[data-part=state]").text_content()
    new.page.get_by_role("button", name="Try again").click()
    new.page.locator("[data-part=rows] > [data-state=processing]").wait_for()

    keys = {one.headers["Idempotency-Key"] for one in asked(site, "POST", "/media")}
    assert (told, len(keys)) == ("Not a photo.", 2)


def test_a_photo_that_could_not_be_prepared_is_sent_anew(new, site):
    choose(new, picture())
    site.answer("GET /api/v1/media/1", (200, {"id": "1", "state": "failed", "reason": "Damaged."}))
    reload(new)
    expect(rows(new).locator("[data-part=state]")).to_have_text("Damaged.")

    new.page.get_by_role("button", name="Try again").click()
    new.page.locator("[data-part=rows] > [data-state=processing]").wait_for()

    keys = {one.headers["Idempotency-Key"] for one in asked(site, "POST", "/media")}
    assert len(keys) == 2


def test_a_photo_that_met_a_broken_server_goes_again_as_the_same(new, site):
    site.answer("POST /api/v1/media", (503, {"title": "Busy", "detail": "Later."}), (202, {"id": "1"}))

    choose(new, picture(), state="failed")
    new.page.evaluate("dispatchEvent(new Event('online'))")
    new.page.locator("[data-part=rows] > [data-state=processing]").wait_for()

    assert len({one.headers["Idempotency-Key"] for one in asked(site, "POST", "/media")}) == 1


def test_more_photos_than_a_post_may_have_are_told(new):
    choose(new, picture(), picture())
    choose(new, picture())
    new.page.locator("[data-part=input]").set_input_files([picture()])

    error = new.page.locator("[data-part=error]").text_content()
    assert (rows(new).count(), error) == (3, "A post has at most 3 photos and videos.")


def test_a_file_over_the_limit_is_told_and_not_sent(new, site):
    text = {"name": "tax.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    new.page.locator("[data-part=input]").set_input_files([text])

    told = new.page.locator("[data-part=error]").text_content()
    assert (told, site.asked) == ("tax.pdf is neither a photo nor a video that can be shared.", [])


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_file_is_taken_in_anywhere_on_the_page(new, how):
    new.page.evaluate(BRING, how)

    expect(rows(new).locator("[data-part=name]")).to_have_text("b.jpg")


def test_at_most_two_go_up_at_a_time(new, site):
    site.gate.clear()
    new.page.locator("[data-part=input]").set_input_files([picture()] * 3)

    expect(new.page.locator("[data-part=rows] > [data-state=uploading]")).to_have_count(2)
    waiting = rows(new).nth(2).get_attribute("data-state")
    site.gate.set()
    expect(new.page.locator("[data-part=rows] > [data-state=processing]")).to_have_count(3)
    assert waiting == "waiting"


def test_a_paused_photo_goes_on_as_the_same(new, site):
    site.gate.clear()
    new.page.locator("[data-part=input]").set_input_files([picture()])
    new.page.locator("[data-part=rows] > [data-state=uploading]").wait_for()

    new.page.get_by_role("button", name="Pause", exact=True).click()
    paused = rows(new).get_attribute("data-state")
    site.gate.set()
    new.page.get_by_role("button", name="Go on", exact=True).click()
    new.page.locator("[data-part=rows] > [data-state=processing]").wait_for()

    keys = {one.headers["Idempotency-Key"] for one in asked(site, "POST", "/media")}
    assert (paused, len(keys)) == ("paused", 1)


def test_all_are_paused_and_go_on_together(new, site):
    site.gate.clear()
    new.page.locator("[data-part=input]").set_input_files([picture()] * 3)
    new.page.get_by_role("button", name="Pause all").click()
    paused = new.page.locator("[data-part=rows] > [data-state=paused]").count()
    site.gate.set()
    new.page.get_by_role("button", name="Go on with all").click()

    expect(new.page.locator("[data-part=rows] > [data-state=processing]")).to_have_count(3)
    assert paused == 3


def test_a_photo_that_is_removed_is_deleted_on_the_server(new, site):
    choose(new, picture())
    new.page.get_by_role("button", name="Remove").click()

    expect(rows(new)).to_have_count(0)
    assert len(asked(site, "DELETE", "/media/1")) == 1


def test_keys_and_buttons_put_photos_in_order(new, site):
    for name in "abc":
        choose(new, picture(f"{name}.jpg"))

    rows(new).nth(0).get_by_role("button", name="Move down").click()
    rows(new).nth(2).locator("[data-part=handle]").press("ArrowUp")
    order = [name.text_content() for name in rows(new).locator("[data-part=name]").all()]
    share(new)
    share(new, "Share without")
    new.page.wait_for_url("**/p/70/")

    assert (order, asked(site, "POST", "/posts")[0].body["media"]) == (["b.jpg", "c.jpg", "a.jpg"], ["2", "3", "1"])


def test_a_handle_drags_a_photo_to_another_place(new):
    for name in "abc":
        choose(new, picture(f"{name}.jpg"))
    handle = rows(new).nth(2).locator("[data-part=handle]")
    handle.scroll_into_view_if_needed()
    grip, top = handle.bounding_box(), rows(new).nth(0).bounding_box()

    new.page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    new.page.mouse.down()
    new.page.mouse.move(grip["x"] + 5, max(top["y"], 0) + top["height"] / 2, steps=20)
    new.page.mouse.up()

    order = [name.text_content() for name in rows(new).locator("[data-part=name]").all()]
    assert order[0] == "c.jpg"


def test_missing_descriptions_are_asked_for_and_may_be_left_out(new, site):
    choose(new, picture())
    share(new)

    told = new.page.locator("[data-part=missing]").text_content()
    before = asked(site, "POST", "/posts")
    share(new, "Share without")
    new.page.wait_for_url("**/p/70/")
    assert (told, before) == ("1 photo has no description.", [])


def test_a_caption_tells_whom_it_mentions_and_how_many_at_most(new):
    new.page.locator("[data-part=caption]").fill("@ana @ben @carl #sea")

    told = new.page.locator("[data-part=counted]").text_content()
    assert told == "20 of 2200 characters · 3 people mentioned · only the first 2 are told · 1 hashtag"


def test_a_reload_finds_the_draft_and_sends_nothing_twice(new, site, wire):
    choose(new, picture("a.jpg"), picture("b.jpg"))
    rows(new).nth(0).locator("[data-part=alt]").fill("A cat")
    new.page.locator("[data-part=caption]").fill("Hello")
    rows(new).nth(0).get_by_role("button", name="Move down").click()
    new.page.wait_for_timeout(600)  # typing is kept once it pauses

    reload(new)
    expect(new.page.get_by_text("Draft restored.")).to_be_visible()
    expect(new.page.locator("[data-part=rows] > [data-state=ready]")).to_have_count(2)

    names = [name.text_content() for name in rows(new).locator("[data-part=name]").all()]
    typed = [rows(new).nth(1).locator("[data-part=alt]"), new.page.locator("[data-part=caption]")]
    assert (names, [field.input_value() for field in typed]) == (["b.jpg", "a.jpg"], ["A cat", "Hello"])
    assert len(asked(site, "POST", "/media")) == 2


def test_a_photo_that_the_server_has_no_more_is_sent_again_after_a_reload(new, site):
    choose(new, picture())
    site.answer("GET /api/v1/media/1", (404, {"title": "Not found"}))

    reload(new)
    until(lambda: len(asked(site, "POST", "/media")) > 1)

    expect(new.page.locator("[data-part=overall]")).to_have_text("1 of 1 photo uploaded")
    assert len(asked(site, "POST", "/media")) == 2


def test_a_draft_that_is_discarded_is_gone(new, site):
    choose(new, picture())
    reload(new)
    new.page.get_by_role("button", name="Discard").click()

    expect(rows(new)).to_have_count(0)
    assert new.page.evaluate(KEPT) == []


def test_a_post_that_is_made_leaves_no_draft(new):
    choose(new, picture())
    share(new)
    share(new, "Share without")
    new.page.wait_for_url("**/p/70/")

    assert new.page.evaluate(KEPT) == []


def test_nobody_finds_the_draft_of_somebody_else(new):
    choose(new, picture())
    new.open(making.page(), user="43")
    new.page.wait_for_timeout(500)

    assert (rows(new).count(), new.page.evaluate(KEPT)) == (0, [])


def test_a_description_is_kept_as_it_is_typed(new):
    choose(new, picture())
    rows(new).locator("[data-part=alt]").fill("A cat")

    new.page.wait_for_function(f'async () => JSON.stringify(await ({KEPT})()) === \'[["1","A cat","none"]]\'')


def test_a_photo_that_was_judged_before_its_upload_was_answered_is_ready(new, site):
    site.gate.clear()
    new.page.locator("[data-part=input]").set_input_files([picture()])

    new.line.tell(event(11, "post.media", media={"id": "1", "state": "ready"}, post=None))
    new.drawn(new.line, 12)
    site.gate.set()

    expect(rows(new).locator("[data-part=state]")).to_have_text("Ready")
