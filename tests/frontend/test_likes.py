"""A like: red and counted at once, settled by the server, never moved back by something older."""

from tests.frontend.pieces import CARD, TOASTS
from tests.frontend.wire import event

LIKED = {"liked": True, "like_count": 13, "ver": 6}


def shown(tab):
    """Heart and number, as drawn."""
    return tab.page.evaluate(
        "() => [document.querySelector('like-button').dataset.liked, document.querySelector('live-count').textContent]"
    )


def becomes(tab, number):
    tab.page.wait_for_function("n => document.querySelector('live-count').textContent === n", arg=number)


def settled(tab, site, count):
    """Wait until the API has answered so often."""
    tab.page.wait_for_function(
        "count => performance.getEntriesByType('resource').filter(({ name, responseEnd }) =>"
        " name.includes('/api/') && responseEnd).length === count",
        arg=count,
    )


def test_a_like_shows_before_the_server_has_answered(tab, site):
    tab.live(CARD)
    site.answer("PUT /api/v1/posts/7/like", (200, LIKED))
    site.gate.clear()

    tab.page.get_by_role("button", name="Like").click()

    assert shown(tab) == ["true", "13"]


def test_the_servers_answer_settles_the_number(tab, site):
    tab.live(CARD)
    site.answer("PUT /api/v1/posts/7/like", (200, {"liked": True, "like_count": 40, "ver": 6}))

    tab.page.get_by_role("button", name="Like").click()
    becomes(tab, "40")

    assert shown(tab) == ["true", "40"]


def test_a_refused_like_is_rolled_back_and_told(tab, site):
    tab.live(CARD + TOASTS)
    site.answer("PUT /api/v1/posts/7/like", (404, {"title": "Not found", "detail": "There is no such post."}))

    tab.page.get_by_role("button", name="Like").click()
    tab.page.locator(".toast").wait_for()

    said = tab.page.locator(".toast [data-part=text]").text_content()
    assert (shown(tab), said) == (["false", "12"], "There is no such post.")


def test_three_taps_are_one_request(tab, site):
    tab.live(CARD)
    site.answer("PUT /api/v1/posts/7/like", (200, LIKED))
    site.gate.clear()
    for _ in range(3):
        tab.page.get_by_role("button", name="Like").click()

    site.gate.set()
    settled(tab, site, 1)

    assert ([asked.method for asked in site.asked], shown(tab)) == (["PUT"], ["true", "13"])


def test_a_like_carries_an_idempotency_key_and_the_token(tab, site):
    tab.live(CARD)
    tab.page.context.add_cookies([{"name": "csrftoken", "value": "t0ken", "url": site.url}])
    site.answer("PUT /api/v1/posts/7/like", (200, LIKED))

    tab.page.get_by_role("button", name="Like").click()
    settled(tab, site, 1)

    headers = site.asked[0].headers
    assert (headers["X-CSRFToken"], len(headers["Idempotency-Key"])) == ("t0ken", 36)


def test_a_count_that_is_not_newer_is_ignored(tab):
    line = tab.live(CARD)

    line.tell({"t": "cnt", "d": {"7": [5, 99, 99]}}, {"t": "cnt", "d": {"7": [4, 98, 98]}})
    line.tell({"t": "cnt", "d": {"7": [6, 14, 3]}})
    becomes(tab, "14")

    assert tab.page.locator("live-count").all_text_contents() == ["14", "3"]


def test_an_older_count_does_not_undo_the_servers_answer(tab, site):
    line = tab.live(CARD)
    site.answer("PUT /api/v1/posts/7/like", (200, {"liked": True, "like_count": 13, "ver": 8}))
    tab.page.get_by_role("button", name="Like").click()
    settled(tab, site, 1)

    line.tell({"t": "cnt", "d": {"7": [7, 12, 3]}}, {"t": "cnt", "d": {"7": [9, 15, 3]}})
    becomes(tab, "15")

    assert shown(tab) == ["true", "15"]


def test_a_count_that_overtakes_the_answer_does_not_count_the_like_twice(tab, site):
    line = tab.live(CARD)
    site.answer("PUT /api/v1/posts/7/like", (200, LIKED))
    site.gate.clear()
    tab.page.get_by_role("button", name="Like").click()

    line.tell({"t": "cnt", "d": {"7": [7, 13, 3]}})
    tab.drawn(line, 11)
    before = shown(tab)
    site.gate.set()
    settled(tab, site, 1)

    assert (before, shown(tab)) == (["true", "13"], ["true", "13"])


def test_a_like_on_another_device_shows_here(tab):
    line = tab.live(CARD)

    line.tell(event(11, "post.liked", post="7", liked=True, like_count=13, ver=6))
    becomes(tab, "13")

    assert shown(tab) == ["true", "13"]


def test_a_double_tap_likes_and_a_second_one_does_not_take_it_back(tab, site):
    tab.live(CARD)
    site.answer("PUT /api/v1/posts/7/like", (200, LIKED))

    for _ in range(2):
        tab.page.locator(".post-card__photos").dblclick()
    settled(tab, site, 1)

    assert ([asked.method for asked in site.asked], shown(tab)) == (["PUT"], ["true", "13"])


def test_the_l_key_likes_but_not_in_a_field(tab, site):
    tab.live(CARD + "<input>")
    site.answer("PUT /api/v1/posts/7/like", (200, LIKED))

    tab.page.locator("input:visible").press("l")
    before = shown(tab)
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.keyboard.press("l")

    assert (before, shown(tab)) == (["false", "12"], ["true", "13"])


def test_a_card_on_screen_is_told_to_the_server(tab):
    line = tab.live(CARD)

    assert line.take("view") == {"t": "view", "add": ["7"], "del": []}


def test_a_passer_by_with_a_card_connects_and_sends_no_cursor(tab, wire):
    tab.open(CARD, user="")

    hello = wire.accept().take("hello")

    assert hello == {"t": "hello", "client": {"app": "web"}, "topics": []}
