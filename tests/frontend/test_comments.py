"""The talk under a post: live, each comment once, one's own at once in grey."""

from tests.frontend.pieces import COMMENTS, TOASTS, comment, person

BEN, ME = person(2, "ben"), person(42, "ana")
ROW = "<li class=comment id=comment-5 data-comment=5><span data-part=text>First</span></li>"


def st(ver, **d):
    return {"t": "st", "topic": "post:7", "ver": ver, "d": {"added": [], "removed": [], **d}}


def rows(tab, count):
    """Ids and words of the comments, once there are so many."""
    tab.page.wait_for_function("count => document.querySelectorAll('ol > .comment').length === count", arg=count)
    script = "all => all.map((row) => [row.dataset.comment, row.querySelector('[data-part=text]').textContent])"
    return tab.page.locator("ol > .comment").evaluate_all(script)


def write(tab, text):
    tab.page.locator("textarea").fill(text)
    tab.page.locator("textarea").press("Enter")


def test_a_new_comment_appears_as_text(tab):
    line = tab.live(COMMENTS.format(rows=ROW))

    line.tell(st(2, added=[comment(6, "<b>Nice</b>", BEN)]))

    assert rows(tab, 2) == [["5", "First"], ["6", "<b>Nice</b>"]]


def test_a_comment_told_twice_stands_once(tab):
    line = tab.live(COMMENTS.format(rows=ROW))

    line.tell(*(st(ver, added=[comment(6, "Nice", BEN)]) for ver in (2, 3)))
    tab.drawn(line, 11)

    assert rows(tab, 2) == [["5", "First"], ["6", "Nice"]]


def test_a_deleted_comment_goes(tab):
    line = tab.live(COMMENTS.format(rows=ROW))

    line.tell(st(2, removed=["5"]))

    assert rows(tab, 0) == []


def test_ones_own_comment_stands_there_at_once_in_grey(tab, site):
    tab.live(COMMENTS.format(rows=""))
    site.gate.clear()

    write(tab, "Mine")

    grey = tab.page.locator(".comment--pending").count()
    assert (rows(tab, 1), grey) == ([["", "Mine"]], 1)


def test_the_servers_answer_makes_it_a_comment_like_others(tab, site):
    tab.live(COMMENTS.format(rows=""))
    site.answer("POST /api/v1/posts/7/comments", (201, comment(6, "Mine", ME)))

    write(tab, "Mine")
    tab.page.locator("#comment-6").wait_for()

    assert (rows(tab, 1), site.asked[0].body) == ([["6", "Mine"]], {"text": "Mine"})


def test_ones_own_comment_that_comes_live_first_stands_once(tab, site):
    line = tab.live(COMMENTS.format(rows=""))
    site.answer("POST /api/v1/posts/7/comments", (201, comment(6, "Mine", ME)))
    site.gate.clear()
    write(tab, "Mine")

    line.tell(st(2, added=[comment(6, "Mine", ME)]))
    tab.page.locator("#comment-6").wait_for()
    site.gate.set()
    tab.drawn(line, 11)

    assert rows(tab, 1) == [["6", "Mine"]]


def test_a_refused_comment_stays_and_can_be_sent_again(tab, site):
    tab.live(COMMENTS.format(rows="") + TOASTS)
    refused = (422, {"title": "Not now", "detail": "Not now."})
    site.answer("POST /api/v1/posts/7/comments", refused, (201, comment(6, "Mine", ME)))

    write(tab, "Mine")
    tab.page.get_by_role("button", name="Again").click()
    tab.page.locator("#comment-6").wait_for()

    assert rows(tab, 1) == [["6", "Mine"]]


def test_a_resync_adds_what_is_new_and_takes_what_is_gone(tab, site):
    site.pages["/?fragment=comments"] = "<li class=comment data-comment=6><span data-part=text>Later</span></li>"
    line = tab.live(COMMENTS.format(rows=ROW))

    line.tell({"t": "resync", "reason": "behind", "at": {"epoch": "k", "seq": 90}})
    tab.page.locator("[data-comment='6']").wait_for()

    assert rows(tab, 1) == [["6", "Later"]]


def test_a_post_that_is_taken_away_says_so_and_takes_no_comment(tab):
    line = tab.live(COMMENTS.format(rows=""))

    line.tell({"t": "revoked", "topics": ["post:7"], "reason": "deleted"})

    field = tab.page.get_by_placeholder("No longer available")
    field.wait_for()
    assert field.is_disabled()
