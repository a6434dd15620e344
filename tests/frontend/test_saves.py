"""A post that is kept for later, and one that is deleted: shown at once, the server brought there behind it."""

from tests.frontend.pieces import CARD, TOASTS
from tests.frontend.wire import event
from tests.support.wait import until

SAVE = """
<save-button class=save-button data-post=7 data-saved=false><form method=post action="/p/7/save/">
  <input type=hidden name=undo value=1 disabled><button type=submit aria-pressed=false>Save</button>
</form></save-button>
"""
DELETE = """<form method=post action="/p/7/delete/" data-part=post-delete><button type=submit>Delete</button></form>"""
OWN = CARD.replace("</post-card>", f"{DELETE}</post-card>")


def drawn(tab):
    """As the button shows it, tells it, and would send it without scripts."""
    return tab.page.locator("save-button").evaluate(
        "save => [save.dataset.saved, save.querySelector('button').ariaPressed, save.querySelector('input').disabled]"
    )


def test_saving_shows_before_the_server_has_answered(tab, site):
    tab.live(SAVE)
    site.answer("PUT /api/v1/posts/7/save", (200, {"saved": True}))
    site.gate.clear()

    tab.page.get_by_role("button", name="Save").click()

    assert drawn(tab) == ["true", "true", False]
    with tab.page.expect_response("**/save"):  # or it would be sent by the next page
        site.gate.set()


def test_saving_is_put_and_taken_back(tab, site):
    tab.live(SAVE)
    site.answer("PUT /api/v1/posts/7/save", (200, {"saved": True}))
    site.answer("DELETE /api/v1/posts/7/save", (200, {"saved": False}))

    for _ in range(2):
        with tab.page.expect_response("**/save"):
            tab.page.get_by_role("button", name="Save").click()

    assert [asked.method for asked in site.asked] == ["PUT", "DELETE"]


def test_a_refused_save_is_rolled_back_and_told(tab, site):
    tab.live(SAVE + TOASTS)
    site.answer("PUT /api/v1/posts/7/save", (404, {"title": "Not found", "detail": "There is no such post."}))

    tab.page.get_by_role("button", name="Save").click()
    tab.page.locator(".toast").get_by_text("There is no such post.").wait_for()

    assert drawn(tab) == ["false", "false", True]


def test_a_save_on_another_device_shows_here(tab):
    line = tab.live(SAVE)

    line.tell(event(11, "post.saved", post="7", saved=True))
    tab.drawn(line, 12)

    assert drawn(tab) == ["true", "true", False]


def test_a_deleted_post_can_be_had_back(tab, site):
    tab.live(OWN + TOASTS)

    tab.page.get_by_role("button", name="Delete").click()
    gone = tab.page.locator("post-card").is_hidden()
    tab.page.get_by_role("button", name="Undo").click()

    assert (gone, tab.page.locator("post-card").is_visible(), site.asked) == (True, True, [])


def test_the_u_key_takes_the_latest_back(tab, site):
    tab.live(OWN + TOASTS)

    tab.page.get_by_role("button", name="Delete").click()
    tab.page.keyboard.press("u")

    assert (tab.page.locator("post-card").is_visible(), site.asked) == (True, [])


def test_a_deleted_post_goes_with_its_notice(tab, site):
    tab.live(OWN + TOASTS)
    site.answer("DELETE /api/v1/posts/7", (204, None))

    tab.page.get_by_role("button", name="Delete").click()
    tab.page.locator(".toast [data-part=close]").click()
    tab.page.locator("post-card").wait_for(state="detached")

    assert [asked.method for asked in site.asked] == ["DELETE"]


def test_a_deleted_post_goes_when_the_page_is_left(tab, site):
    tab.live(OWN + TOASTS)
    site.answer("DELETE /api/v1/posts/7", (204, None))

    tab.page.get_by_role("button", name="Delete").click()
    tab.page.goto(f"{site.url}/blank")

    until(lambda: [(asked.method, asked.path) for asked in site.asked] == [("DELETE", "/api/v1/posts/7")])


def test_the_page_of_a_deleted_post_leads_on_to_its_author(tab, site):
    site.pages["/@ana/"] = "<title>ana</title>"
    author = "<a class=post-card__username href='/@ana/'>ana</a>"
    tab.live(OWN.replace("<post-card", "<post-card class=post-page").replace(DELETE, DELETE + author) + TOASTS)
    site.answer("DELETE /api/v1/posts/7", (204, None))

    tab.page.get_by_role("button", name="Delete").click()
    seen = tab.page.locator("post-card").is_visible()
    tab.page.locator(".toast [data-part=close]").click()
    tab.page.wait_for_url("**/@ana/")

    assert seen
