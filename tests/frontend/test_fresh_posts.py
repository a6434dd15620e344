"""New posts: counted above the feed, put there when asked for, each once."""

from tests.frontend.wire import event

PILL = "<fresh-posts hidden><button type=button data-part=button></button></fresh-posts>"


def card(key):
    return f"<post-card class=post-card id=post-{key} data-post={key}>Post {key}</post-card>"


def fresh(ver, **d):
    return {"t": "st", "topic": "feed", "ver": ver, "d": d}


def says(tab, words):
    tab.page.wait_for_function("words => document.querySelector('fresh-posts').innerText.trim() === words", arg=words)


def posts(tab):
    return tab.page.locator("post-card").evaluate_all("cards => cards.map((card) => card.dataset.post)")


def home(tab, *keys):
    return tab.live(PILL + f"<div class=feed>{''.join(map(card, keys))}</div>")


def test_new_posts_are_counted_and_nothing_moves(tab):
    line = home(tab, 5)

    line.tell(fresh(1, post="6", author="2"), fresh(2, post="7", author="2"))
    says(tab, "2 new posts")

    assert posts(tab) == ["5"]


def test_a_post_is_counted_once_and_not_if_it_is_there(tab):
    line = home(tab, 5)

    line.tell(fresh(1, post="6", author="2"), fresh(2, post="6", author="2"), fresh(3, post="5", author="2"))
    tab.drawn(line, 11)

    says(tab, "1 new post")


def test_a_post_that_goes_is_counted_no_more(tab):
    line = home(tab, 5)
    line.tell(fresh(1, post="6", author="2"), fresh(2, post="7", author="2"))
    says(tab, "2 new posts")

    line.tell(fresh(3, removed="6"), fresh(4, removed="5"))

    says(tab, "1 new post")
    assert posts(tab) == []


def test_one_press_puts_them_above_the_others_and_the_focus_on_the_first(tab, site):
    site.pages["/?fragment=1"] = card(8) + card(7) + "<a class=load-more rel=next href='/?after=7'>More</a>"
    site.pages["/?after=7&fragment=1"] = card(6) + card(5)
    line = home(tab, 5)
    line.tell(fresh(1, post="8", author="2"))
    says(tab, "1 new post")

    tab.page.get_by_role("button", name="1 new post").click()
    tab.page.locator("#post-8").wait_for()

    focus = tab.page.evaluate("document.activeElement.id")
    assert (posts(tab), focus, tab.page.locator("fresh-posts").is_hidden()) == (["8", "7", "6", "5"], "post-8", True)


def test_ones_own_post_of_another_device_is_counted(tab):
    line = home(tab, 5)

    line.tell(event(11, "post.published", post="6", url="/p/6/"))

    says(tab, "1 new post")


def test_what_came_while_the_line_was_away_is_counted_when_it_is_back(tab, site, wire):
    site.pages["/?fragment=1"] = card(7) + card(6) + card(5)
    line = home(tab, 5)
    tab.drawn(line, 11)

    line.close(4001)
    wire.accept().welcome()

    says(tab, "2 new posts")


def test_a_page_that_comes_back_from_the_cache_is_live_and_looks_what_it_missed(tab, site, wire):
    site.pages["/?fragment=1"] = card(6) + card(5)
    line = home(tab, 5)
    tab.drawn(line, 11)

    tab.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    tab.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    hello = wire.accept().welcome(head=11)

    says(tab, "1 new post")
    assert hello["cursor"] == {"epoch": "k", "seq": 11}
