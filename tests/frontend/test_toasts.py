"""Toasts: few, true, and gone when what they told is undone."""

import pytest

from tests.frontend.pieces import COMMENTS, GROUPS, TOASTS, across, person, told
from tests.frontend.wire import event

BEN, CHLOE = person(2, "ben"), person(3, "chloe")


def texts(tab, count):
    """The toasts' words, once there are so many."""
    tab.page.wait_for_function("count => document.querySelectorAll('.toast').length === count", arg=count)
    parts = "['names', 'verb', 'excerpt'].map((name) => toast.querySelector(`[data-part=${name}]`).textContent)"
    return tab.page.locator(".toast").evaluate_all(f"all => all.map((toast) => {parts}.join(' ').trim())")


def test_a_toast_tells_who_did_what(tab):
    line = tab.live(TOASTS)

    line.tell(event(11, **told("1", BEN, kind="comment", text="Lovely light")))

    assert texts(tab, 1) == ["ben commented on your photo Lovely light"]


def test_there_are_at_most_three(tab):
    line = tab.live(TOASTS)

    line.tell(*(event(10 + n, **told(str(n), person(n, f"p{n}"))) for n in range(1, 6)))
    tab.drawn(line, 16)

    assert texts(tab, 3) == [f"p{n} liked your photo" for n in (3, 4, 5)]


def test_a_group_that_comes_again_is_one_toast(tab):
    line = tab.live(TOASTS)

    line.tell(event(11, **told("1", BEN)), event(12, **told("1", CHLOE)))
    tab.drawn(line, 13)

    assert texts(tab, 1) == ["chloe and ben liked your photo"]


def test_a_retracted_one_goes(tab):
    line = tab.live(TOASTS)
    line.tell(event(11, **told("1", BEN)))
    texts(tab, 1)

    line.tell(event(12, "notification.retracted", id="1", group=None, entry={"actor": BEN}, unread=0))

    assert texts(tab, 0) == []


def test_one_of_two_that_retracts_leaves_the_other(tab):
    line = tab.live(TOASTS)
    line.tell(event(11, **told("1", BEN)), event(12, **told("1", CHLOE)))

    line.tell(event(13, "notification.retracted", id="1", group={}, entry={"actor": CHLOE}, unread=1))
    tab.drawn(line, 14)

    assert texts(tab, 1) == ["ben liked your photo"]


def test_what_one_likes_of_many_is_one_toast_and_an_undo_takes_one_off(tab):
    line = tab.live(TOASTS)
    line.tell(event(11, **across("8", BEN, 1)), event(12, **across("9", BEN, 2)))
    before = texts(tab, 1)
    rows = [{"key": "like.2.1", "group": across("8", BEN, 1)["group"]}]

    line.tell(event(13, "notification.retracted", id="9", group=None, entry={"actor": BEN}, unread=1, rows=rows))
    tab.drawn(line, 14)

    assert (before, texts(tab, 1)) == (["ben liked 2 of your photos"], ["ben liked your photo"])


def test_one_read_on_another_device_goes(tab):
    line = tab.live(TOASTS)
    line.tell(event(11, **told("1", BEN)), event(12, **told("2", CHLOE)))

    line.tell(event(13, "notification.read", ids=["1"], up_to=None, unread=1))

    assert texts(tab, 1) == ["chloe liked your photo"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(GROUPS.format(rows=""), "like"), (COMMENTS.format(rows=""), "comment")],
    ids=["list", "comments"],
)
def test_what_is_on_screen_is_not_told(tab, body, kind):
    line = tab.live(TOASTS + body)

    line.tell(event(11, **told("1", BEN, kind=kind)))
    tab.drawn(line, 12)

    assert texts(tab, 0) == []


def test_what_this_tab_has_told_before_is_not_told_again(tab):
    tab.shown_before(11)
    line = tab.live(TOASTS)

    line.tell(event(11, **told("1", BEN)), event(12, **told("2", CHLOE)))

    assert texts(tab, 1) == ["chloe liked your photo"]


def test_what_people_write_is_text(tab):
    line = tab.live(TOASTS)
    evil = "<img src=x onerror=alert(1)><b>bold</b>"

    line.tell(event(11, **told("1", person(2, evil), kind="comment", text=evil)))
    texts(tab, 1)

    parts = ["names", "excerpt"]
    assert [tab.page.locator(f".toast [data-part={name}]").text_content() for name in parts] == [evil, evil]


def test_close_and_escape_dismiss(tab):
    line = tab.live(TOASTS)
    line.tell(event(11, **told("1", BEN)), event(12, **told("2", CHLOE)))
    texts(tab, 2)

    tab.page.locator(".toast [data-part=close]").first.click()
    left = texts(tab, 1)
    tab.page.keyboard.press("Escape")

    assert (left, texts(tab, 0)) == (["chloe liked your photo"], [])


def test_a_storm_is_announced_once(tab):
    line = tab.live(TOASTS)
    tab.page.evaluate(
        "() => { window.heard = []; new MutationObserver((changes) => {"
        " for (const { target } of changes) if (target.role === 'status') heard.push(target.textContent);"
        " }).observe(document.body, { childList: true, subtree: true }); }"
    )

    line.tell(*(event(10 + n, **told(str(n), person(n, f"p{n}"))) for n in range(1, 30)))
    tab.drawn(line, 40)

    heard = tab.page.evaluate("heard.filter((text) => text.includes('liked') && !text.includes('x'))")
    assert heard == ["p1 liked your photo"]


def test_what_is_there_again_is_no_news(tab):
    line = tab.live(TOASTS)

    line.tell(event(11, **told("1", BEN), quiet=True), event(12, **told("2", CHLOE)))

    assert texts(tab, 1) == ["chloe liked your photo"]
