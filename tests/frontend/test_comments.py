"""The talk under a post: live, each comment once, one's own at once in grey."""

from tests.frontend.pieces import COMMENTS, TOASTS, comment, comment_row, person
from tests.support.wait import until

BEN, ME = person(2, "ben"), person(42, "ana")
ROW = comment_row(5, "First")


def st(ver, **d):
    return {"t": "st", "topic": "post:7", "ver": ver, "d": {"added": [], "removed": [], **d}}


def rows(tab, count):
    """Ids and words of the comments and answers, once there are so many."""
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
    site.pages["/?fragment=comments"] = comment_row(6, "Later")
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


def test_comments_stand_in_the_servers_order_however_they_come(tab):
    ids = [2**60, 2**60 + 1, 2**60 + 2]  # numbers of scripts do not tell these apart
    line = tab.live(COMMENTS.format(rows=comment_row(4, "Pinned", attributes="data-pinned") + ROW))

    line.tell(*(st(2 + at, added=[comment(ids[key], str(key), BEN)]) for at, key in enumerate((2, 0, 1))))

    assert [text for _, text in rows(tab, 5)] == ["Pinned", "First", "0", "1", "2"]


def test_a_comment_that_is_pinned_goes_first(tab):
    line = tab.live(COMMENTS.format(rows=ROW + comment_row(6, "Second")))

    line.tell({"t": "st", "topic": "post:7", "ver": 2, "d": {"pinned": "6"}})
    tab.page.locator("[data-comment='6'][data-pinned]").wait_for()

    assert [text for _, text in rows(tab, 2)] == ["Second", "First"]


def test_mentions_in_a_live_comment_are_links(tab):
    line = tab.live(COMMENTS.format(rows=""))

    line.tell(st(2, added=[comment(6, "Look, @ana", BEN, text_html='Look, <a href="/@ana/">@ana</a>')]))
    rows(tab, 1)

    assert tab.page.get_by_role("link", name="@ana").get_attribute("href") == "/@ana/"


def replies(tab, count):
    """The words of the answers under the first comment, once there are so many."""
    answers = tab.page.locator("[data-comment='5'] [data-part=replies] > .comment")
    answers.nth(count - 1).wait_for()
    return answers.locator("[data-part=text]").all_text_contents()


def test_an_answer_comes_live_under_its_comment(tab):
    line = tab.live(COMMENTS.format(rows=ROW + comment_row(6, "Second")))

    line.tell(st(2, added=[comment(8, "Indeed", BEN, parent="5")]))

    assert replies(tab, 1) == ["Indeed"]


def test_an_answer_to_a_closed_thread_is_only_counted(tab):
    line = tab.live(COMMENTS.format(rows=comment_row(5, "First", complete=False, more="View 1 reply")))

    line.tell(st(2, added=[comment(8, "Indeed", BEN, parent="5")]))
    line.tell({"t": "st", "topic": "post:7", "ver": 3, "d": {"counts": {"5": [1, 0, 2]}}})

    tab.page.get_by_text("View 2 replies").wait_for()
    assert rows(tab, 1) == [["5", "First"]]


def test_a_thread_opens_with_all_its_answers(tab, site):
    site.pages["/?thread=5&fragment=replies"] = (
        comment_row(8, "One") + "<a class=load-more rel=next href='/?thread=5&since=x'></a>"
    )
    site.pages["/?thread=5&since=x&fragment=replies"] = comment_row(9, "Two")
    tab.live(COMMENTS.format(rows=comment_row(5, "First", complete=False, more="View 2 replies")))

    tab.page.get_by_text("View 2 replies").click()

    assert replies(tab, 2) == ["One", "Two"]
    tab.page.get_by_text("View 2 replies").wait_for(state="hidden")


def test_an_answer_is_sent_with_its_comment_and_stands_under_it(tab, site):
    tab.live(COMMENTS.format(rows=ROW))
    site.answer("POST /api/v1/posts/7/comments", (201, comment(8, "Indeed", ME, parent="5")))

    tab.page.get_by_role("link", name="Reply").click()
    said = tab.page.locator("[data-part=reply-words]").text_content()
    write(tab, "Indeed")
    tab.page.locator("#comment-8").wait_for()

    assert (said, site.asked[0].body) == ("Replying to ben", {"text": "Indeed", "parent": "5"})
    assert replies(tab, 1) == ["Indeed"]


def test_an_answer_that_is_called_off_is_a_comment(tab, site):
    tab.live(COMMENTS.format(rows=ROW))
    site.answer("POST /api/v1/posts/7/comments", (201, comment(8, "Hello", ME)))

    tab.page.get_by_role("link", name="Reply").click()
    tab.page.locator("textarea").press("Escape")
    write(tab, "Hello")
    tab.page.locator("#comment-8").wait_for()

    assert site.asked[0].body == {"text": "Hello"}


def test_a_like_of_a_comment_shows_before_the_server_has_answered(tab, site):
    tab.live(COMMENTS.format(rows=ROW))
    site.answer("PUT /api/v1/comments/5/like", (200, {"liked": True, "like_count": 1, "ver": 1}))
    site.gate.clear()

    tab.page.get_by_role("button", name="Like this comment").click()

    heart = tab.page.locator("#comment-5 comment-like")
    assert (heart.get_attribute("data-liked"), heart.locator("[data-part=count]").text_content()) == ("true", "1")


def test_likes_of_a_comment_are_counted_live(tab):
    line = tab.live(COMMENTS.format(rows=ROW))

    line.tell({"t": "st", "topic": "post:7", "ver": 2, "d": {"counts": {"5": [3, 12, 0]}}})

    tab.page.locator("#comment-5 [data-part=count]", has_text="12").wait_for()


def test_a_deleted_comment_can_be_had_back(tab, site):
    tab.live(COMMENTS.format(rows=ROW))

    tab.page.get_by_role("button", name="Delete").click()
    notice = tab.page.locator("#comment-5 [data-part=deleted]").text_content()
    tab.page.get_by_role("button", name="Undo").click()

    assert notice == "Comment deleted. Undo"
    assert (tab.page.locator(".comment--deleted").count(), site.asked) == (0, [])


def test_a_deleted_comment_goes_when_its_time_is_up(timed, site):
    timed.live(COMMENTS.format(rows=ROW))
    site.answer("DELETE /api/v1/comments/5", (204, None))

    timed.page.get_by_role("button", name="Delete").click()
    timed.page.clock.run_for(4_900)
    before = len(site.asked)
    timed.page.clock.run_for(200)
    timed.page.locator("#comment-5").wait_for(state="detached")

    assert (before, [asked.method for asked in site.asked]) == (0, ["DELETE"])


def test_a_deleted_comment_goes_when_the_page_is_left(tab, site):
    tab.live(COMMENTS.format(rows=ROW))
    site.answer("DELETE /api/v1/comments/5", (204, None))

    tab.page.get_by_role("button", name="Delete").click()
    tab.page.goto(f"{site.url}/blank")

    until(lambda: [(asked.method, asked.path) for asked in site.asked] == [("DELETE", "/api/v1/comments/5")])


def test_a_draft_is_kept_per_post_until_it_is_sent(tab, site):
    tab.live(COMMENTS.format(rows=""))
    site.answer("POST /api/v1/posts/7/comments", (201, comment(6, "Half a thought", ME)))
    tab.page.locator("textarea").fill("Half a thought")

    tab.live(COMMENTS.format(rows=""))
    kept = tab.page.locator("textarea").input_value()
    tab.page.locator("textarea").press("Enter")
    tab.live(COMMENTS.format(rows=""))

    assert (kept, tab.page.locator("textarea").input_value()) == ("Half a thought", "")


def test_a_post_whose_comments_are_turned_off_takes_none(tab):
    line = tab.live(COMMENTS.format(rows=""))

    line.tell({"t": "st", "topic": "post:7", "ver": 2, "d": {"comments_off": True}})
    tab.page.get_by_placeholder("Comments are turned off.").wait_for()
    line.tell({"t": "st", "topic": "post:7", "ver": 3, "d": {"comments_off": False}})

    tab.page.locator("textarea:enabled").wait_for()


def typing(key, username, ttl=5_000):
    return {"t": "eph", "topic": "post:7", "d": {"typing": {"id": str(key), "username": username}}, "ttl": ttl}


def typed(tab, words):
    tab.page.wait_for_function("words => document.querySelector('typing-note').textContent === words", arg=words)


def test_who_is_writing_is_told_for_as_long_as_they_do(tab):
    line = tab.live(COMMENTS.format(rows=""))

    line.tell(typing(2, "ben", ttl=300))
    typed(tab, "ben is typing…")

    typed(tab, "")


def test_those_who_write_are_named_up_to_two(tab):
    line = tab.live(COMMENTS.format(rows=""))

    line.tell(typing(2, "ben"), typing(3, "chloe"))
    typed(tab, "ben and chloe are typing…")
    line.tell(typing(4, "dan"))

    typed(tab, "Several people are typing…")


def test_who_has_sent_their_comment_is_not_writing_any_more(tab):
    line = tab.live(COMMENTS.format(rows=""))
    line.tell(typing(2, "ben"))
    typed(tab, "ben is typing…")

    line.tell(st(2, added=[comment(6, "Nice", BEN)]))

    typed(tab, "")


def test_ones_own_writing_is_told_once_in_three_seconds_and_not_shown(tab):
    line = tab.live(COMMENTS.format(rows=""))

    tab.page.locator("textarea").press_sequentially("Hello")
    told = line.take("typing")
    line.tell(typing(42, "ana"))
    tab.drawn(line, 11)

    assert told == {"t": "typing", "topic": "post:7"}
    assert tab.page.locator("typing-note").text_content() == ""
