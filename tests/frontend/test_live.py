"""The line of a page: greeting, closes, moves, and what it watches."""

import queue
from datetime import UTC, datetime, timedelta

import pytest

from tests.frontend.wire import EPOCH, event

STILL_SECONDS = 0.3  # several times the back-off of these tests


def soon(seconds):
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_hello_carries_the_cursor(tab):
    hello = tab.connect().take("hello")

    assert hello == {"t": "hello", "client": {"app": "web"}, "cursor": {"epoch": EPOCH, "seq": 10}, "topics": []}


def test_a_passer_by_with_nothing_to_watch_does_not_connect(tab, wire):
    tab.start(user="", cursor=None)

    with pytest.raises(queue.Empty):
        wire.accept(STILL_SECONDS)


def test_a_passer_by_connects_for_a_post_on_screen_without_a_cursor(tab, wire):
    tab.start(user="", cursor=None)
    tab.page.evaluate("() => { live.view('7'); }")

    hello = wire.accept().take("hello")

    assert hello == {"t": "hello", "client": {"app": "web"}, "topics": []}


def test_a_page_of_someone_else_stops(tab):
    line = tab.connect()

    line.welcome(user="43")

    tab.become("stopped")
    assert tab.page.evaluate("live.code") == 4401


@pytest.mark.parametrize("code", [4001, 4002, 4004])
def test_a_close_of_the_40_band_reconnects_at_once(tab, wire, code):
    line = tab.join()

    line.close(code)

    wire.accept().take("hello")
    assert tab.page.evaluate("window.waits") == 0


def test_a_close_of_the_40_band_before_ready_backs_off(tab, wire):
    line = tab.connect()
    line.take("hello")

    line.close(4001)

    wire.accept().take("hello")
    assert tab.page.evaluate("window.waits") == 1


@pytest.mark.parametrize("code", [4100, 4108, 4112, 1012])
def test_any_other_close_backs_off_and_keeps_the_cursor(tab, wire, code):
    line = tab.join()
    line.tell(event(11))
    tab.seen(1)

    line.close(code)

    hello = wire.accept().take("hello")
    assert (tab.page.evaluate("window.waits"), hello["cursor"]["seq"]) == (1, 11)


@pytest.mark.parametrize("code", [4400, 4401, 4423])
def test_a_close_of_the_44_band_stops(tab, wire, code):
    line = tab.join()

    line.close(code)

    tab.become("stopped")
    with pytest.raises(queue.Empty):
        wire.accept(STILL_SECONDS)


def test_reconnect_moves_within_the_window_given(tab, wire):
    line = tab.join()

    line.tell({"t": "reconnect", "in": [10, 30], "reason": "drain"})

    assert wire.accept().take("hello")["cursor"] == {"epoch": EPOCH, "seq": 10}


def test_a_server_that_does_not_answer_a_heartbeat_is_left(tab, wire):
    line = tab.connect()

    line.welcome(hb={"every": 100, "within": 100})

    wire.accept().take("hello")
    assert tab.page.evaluate("window.waits") == 1


def test_a_heartbeat_carries_the_cursor(tab):
    line = tab.connect()

    line.welcome(hb={"every": 100, "within": 60})

    assert line.take("hb") == {"t": "hb", "seq": 10}


def test_messages_joined_by_newlines_all_arrive(tab):
    line = tab.join()

    line.tell({"t": "cnt", "d": {"7": [1, 2, 3]}}, {"t": "cnt", "d": {"8": [4, 5, 6]}})

    assert tab.seen(2) == [["counts", {"7": [1, 2, 3]}], ["counts", {"8": [4, 5, 6]}]]


def test_unknown_types_and_broken_lines_are_passed_over(tab):
    line = tab.join()

    line.tell_text('{"t":"from the future"}\n{"t":\nnull\n{"t":"cnt","d":{"7":[1,2,3]}}')

    assert tab.seen(1) == [["counts", {"7": [1, 2, 3]}]]


def test_a_state_that_is_not_newer_is_ignored(tab):
    line = tab.join()

    line.tell(*({"t": "st", "topic": "post:7", "ver": ver, "d": {"n": n}} for n, ver in enumerate([5, 5, 4, 6])))

    assert [detail["ver"] for _, detail in tab.seen(2)] == [5, 6]


def test_a_topic_watched_twice_is_subscribed_once(tab):
    line = tab.join()

    tab.page.evaluate("() => { live.watch('post:7'); live.watch('post:7'); live.watch('post:8'); }")

    assert [line.take("sub")["topics"] for _ in range(2)] == [["post:7"], ["post:8"]]


def test_a_topic_is_left_with_its_last_watcher(tab):
    line = tab.join()

    tab.page.evaluate("() => [1, 2].map(() => live.watch('post:7')).forEach((end) => end())")

    assert line.take("unsub")["topics"] == ["post:7"]


def test_topics_come_with_the_next_hello(tab, wire):
    line = tab.join()
    tab.page.evaluate("() => { live.watch('post:7'); }")

    line.close(4001)

    assert wire.accept().take("hello")["topics"] == ["post:7"]


def test_a_denied_topic_is_told_and_not_asked_for_again(tab, wire):
    line = tab.join()
    tab.page.evaluate("() => { live.watch('post:7'); }")
    line.tell({"t": "ok", "id": line.take("sub")["id"], "topics": {}, "denied": {"post:7": 110}})

    told = tab.seen(1)
    line.close(4001)

    assert (told, wire.accept().take("hello")["topics"]) == ([["denied", {"topic": "post:7", "reason": 110}]], [])


def test_posts_in_view_are_told_in_one_batch(tab):
    line = tab.join()

    tab.page.evaluate("() => { live.view('7'); live.view('8')(); live.view('9'); }")

    assert line.take("view") == {"t": "view", "add": ["7", "9"], "del": []}


def test_posts_in_view_are_told_again_to_the_next_server(tab, wire):
    line = tab.join()
    tab.page.evaluate("() => { live.view('7'); }")
    line.take("view")

    line.close(4001)
    again = wire.accept()
    again.welcome()

    assert again.take("view") == {"t": "view", "add": ["7"], "del": []}


def test_two_hundred_posts_fit_the_frames_of_the_protocol(tab):
    line = tab.join()

    tab.page.evaluate("() => { for (let at = 100; at < 350; at += 1) live.view(`7100000000000000${at}`); }")

    assert [len(line.take("view")["add"]) for _ in range(2)] == [100, 100]


def test_a_page_that_leaves_closes_and_comes_back_with_its_cursor(tab, wire):
    tab.join()
    tab.page.evaluate("live.leave()")
    left = tab.page.evaluate("live.state")

    tab.page.evaluate("live.wake()")

    assert (left, wire.accept().take("hello")["cursor"]["seq"]) == ("away", 10)


def test_what_is_revoked_is_told_and_not_asked_for_again(tab, wire):
    line = tab.join()
    tab.page.evaluate("() => { live.watch('post:7'); live.watch('post:8'); live.view('7'); }")
    line.take("view")

    line.tell({"t": "revoked", "topics": ["post:7"], "reason": "private"})
    told = tab.seen(1)
    line.close(4001)
    again = wire.accept()

    assert told == [["revoked", {"topics": ["post:7"], "all": False, "reason": "private"}]]
    assert again.welcome()["topics"] == ["post:8"]


def test_what_passes_by_is_told_with_its_time(tab):
    line = tab.join()

    line.tell({"t": "eph", "topic": "post:7", "d": {"typing": {"id": "2"}}, "ttl": 5000})

    assert tab.seen(1) == [["ephemeral", {"topic": "post:7", "d": {"typing": {"id": "2"}}, "ttl": 5000}]]


def test_typing_goes_out_once_in_three_seconds(tab):
    line = tab.join()

    tab.page.evaluate("() => { for (const topic of ['post:7', 'post:7', 'post:8']) live.typing(topic); }")

    assert [line.take("typing")["topic"] for _ in range(2)] == ["post:7", "post:8"]


@pytest.mark.parametrize("code", [106, 111])
def test_what_was_turned_away_is_told_again_after_the_time_given(tab, code):
    line = tab.join()
    tab.page.evaluate("() => { live.watch('post:7'); live.view('8'); }")
    asked = [line.take("sub")["topics"], line.take("view")["add"]]

    line.tell({"t": "err", "code": code, "msg": "Slowly.", "retry_ms": 50})

    assert asked == [line.take("sub")["topics"], line.take("view")["add"]]


def test_a_cursor_that_cannot_be_recovered_loads_anew(tab):
    line = tab.join()

    line.tell({"t": "err", "code": 112, "msg": "Gone."}, event(11))

    assert [kind for kind, _ in tab.seen(3)] == ["resync", "refused", "notification"]


TICKETS = "let tickets = 0; options.ticket = async () => `ticket ${(tickets += 1)}`;"


def test_a_ticket_goes_into_the_greeting_and_never_twice(tab, wire):
    line = tab.connect(script=TICKETS)
    first = line.welcome()["auth"]

    line.close(4001)

    assert (first, wire.accept().take("hello")["auth"]) == ({"ticket": "ticket 1"}, {"ticket": "ticket 2"})


def test_a_proof_is_renewed_before_it_ends(tab):
    line = tab.connect(script=TICKETS)

    line.welcome(session={"expires": soon(0.4)})

    assert line.take("auth")["ticket"] == "ticket 2"


def test_a_ticket_that_came_too_late_is_followed_by_another(tab):
    line = tab.join(script=TICKETS)

    line.tell({"t": "err", "code": 109, "msg": "This ticket is older than 60 seconds."})

    assert line.take("auth")["ticket"] == "ticket 2"


def test_a_page_whose_proof_ended_comes_back_with_a_ticket(tab, wire):
    line = tab.join(auth="cookie", script=TICKETS)

    line.close(4112)

    assert wire.accept().take("hello")["auth"] == {"ticket": "ticket 1"}


@pytest.mark.parametrize(("status", "code"), [(401, 4401), (403, 4403)])
def test_who_gets_no_ticket_stops(tab, status, code):
    refused = f"options.ticket = () => Promise.reject(Object.assign(new Error(), {{ status: {status} }}));"
    tab.connect(script=refused)

    tab.become("stopped")
    assert tab.page.evaluate("live.code") == code


def test_the_next_event_waits_until_one_is_drawn(tab):
    line = tab.join()
    tab.page.evaluate(
        "() => { live.on('notification', ({ seq, waitUntil }) =>"
        " seq === 11 && waitUntil(new Promise((drawn) => { window.drawn = drawn; }))); }"
    )
    line.tell(event(11), event(12), event(11), {"t": "cnt", "d": {}})
    before = [[kind for kind, _ in tab.seen(2)], tab.page.evaluate("live.cursor.seq")]

    tab.page.evaluate("drawn()")

    kinds = [(kind, detail.get("seq")) for kind, detail in tab.seen(3)]
    assert (before, kinds) == (
        [["notification", "counts"], 10],
        [("notification", 11), ("counts", None), ("notification", 12)],
    )
