"""The playground, as a developer plays with it: frames go by, the line is dropped, and what was missed comes again."""

import re

from playwright.sync_api import expect

from content.actions import likes
from tests.support.build import make_post, make_users

WIDE = {"width": 1280, "height": 900}


def open_playground(visit, user):
    page = visit(user, viewport=WIDE)
    page.goto("/developers/playground/")
    page.get_by_role("button", name="Connect afresh").click()
    expect(page.locator("wire-playground")).to_have_attribute("data-state", "live")
    return page


def row(page, kind):
    return page.locator(f'.tape__row[data-type="{kind}"]')


def test_frames_go_by_in_both_directions(visit):
    ana, _ = make_users("ana", "ben")

    page = open_playground(visit, ana)

    expect(row(page, "hello")).to_contain_text("↑")
    expect(row(page, "welcome")).to_contain_text("ana, fresh, head 0")
    expect(row(page, "welcome").locator('[data-part="size"]')).to_have_text(re.compile(r"^\d+ B$"))


def test_what_was_missed_while_the_line_was_dropped_is_replayed(visit):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    page = open_playground(visit, ana)

    page.get_by_role("button", name="Drop the line").click()
    likes.like_post(post_id=post.id, actor_id=ben.id)
    expect(page.locator("notification-badge")).to_have_text("1")  # so it is in the log
    page.get_by_role("button", name="Resume from cursor").click()

    expect(row(page, "ev")).to_contain_text("1 notification")
    expect(row(page, "ev")).to_have_attribute("data-replayed", "")
    expect(page.locator('[data-part="replayed"]')).to_have_text("1")
    expect(page.locator('[data-part="cursor"]')).to_have_text("1")


def test_a_message_of_ones_own_is_answered(visit):
    ana, _ = make_users("ana", "ben")
    post = make_post(ana)
    page = open_playground(visit, ana)

    page.get_by_label("Message").fill(f'{{"t": "sub", "id": 7, "topics": ["post:{post.id}", "post:1"]}}')
    page.get_by_role("button", name="Send").click()

    expect(row(page, "ok")).to_contain_text(f"post:{post.id}; denied post:1")


def test_what_cannot_be_read_ends_the_line_and_says_why(visit):
    ana, _ = make_users("ana", "ben")
    page = open_playground(visit, ana)

    page.get_by_label("Message").fill("not json")
    page.get_by_role("button", name="Send").click()

    expect(row(page, "note")).to_contain_text("Closed with 4400: a frame could not be read.")
    expect(page.locator('[data-part="code"]')).to_have_text("4400")


def test_a_type_can_be_hidden(visit):
    ana, _ = make_users("ana", "ben")
    page = open_playground(visit, ana)

    page.get_by_label("Show these types").get_by_role("button", name="welcome 1").click()

    expect(row(page, "welcome")).to_be_hidden()
    expect(row(page, "ready")).to_be_visible()


def test_a_frame_unfolds(visit):
    ana, _ = make_users("ana", "ben")
    page = open_playground(visit, ana)

    row(page, "ready").locator("summary").click()

    expect(row(page, "ready").locator("pre")).to_have_text('{\n  "t": "ready",\n  "seq": 0\n}')


def test_a_token_buys_a_ticket_that_is_not_shown(visit, api):
    ana, ben = make_users("ana", "ben")
    token = api(ben).headers["Authorization"].removeprefix("Bearer ")
    page = visit(ana, viewport=WIDE)
    page.goto("/developers/playground/")

    page.get_by_label("With a token").check()
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_role("button", name="Connect afresh").click()

    expect(row(page, "welcome")).to_contain_text("ben, fresh")
    row(page, "hello").locator("summary").click()
    expect(row(page, "hello").locator("pre")).to_contain_text('"ticket": "…"')


def test_a_wrong_token_is_told(visit):
    ana, _ = make_users("ana", "ben")
    page = visit(ana, viewport=WIDE)
    page.goto("/developers/playground/")

    page.get_by_label("With a token").check()
    page.get_by_label("Token", exact=True).fill("pho_wrong")
    page.get_by_role("button", name="Connect afresh").click()

    expect(page.get_by_role("alert")).to_have_text("This token is unknown or was revoked.")


def test_the_list_is_bounded(visit):
    ana, _ = make_users("ana", "ben")
    page = visit(ana, viewport=WIDE)
    page.goto("/developers/playground/")
    page.locator("wire-tape:defined").wait_for()

    page.evaluate("for (let n = 1; n <= 600; n += 1) document.querySelector('wire-tape').note(`note ${n}`)")

    expect(page.locator(".tape__row")).to_have_count(500)
    expect(page.locator(".tape__row").first).to_contain_text("note 101")


def test_nothing_is_wider_than_a_phone(visit):
    ana, _ = make_users("ana", "ben")
    page = visit(ana)

    for path in ("/developers/", "/developers/protocol/", "/developers/playground/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
