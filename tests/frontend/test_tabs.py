"""Several tabs, one line: who leads, what each screen shows, and what happens when the leader goes."""

import contextlib
import os
import queue
import signal
import time

import pytest
from playwright.sync_api import Error

from tests.frontend.wire import EPOCH, event

STILL_SECONDS = 0.3
PASSED_ON_SECONDS = 2.0  # who is found dead only by its silence takes half a second more
LIVE = "<toast-stack></toast-stack>"


def numbers(tab, count):
    return [detail["seq"] for kind, detail in tab.seen(count) if kind == "notification"]


def renderer_of(page):
    """The process that runs this page's scripts: the one that works while they do."""
    session = page.context.browser.new_browser_cdp_session()

    def work():
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        return {each["id"]: each["cpuTime"] for each in processes if each["type"] == "renderer"}

    before = work()
    page.evaluate("() => { const end = Date.now() + 300; while (Date.now() < end); }")
    after = work()
    session.detach()
    return max(after, key=lambda process: after[process] - before.get(process, 0))


@pytest.fixture
def led(tab, another):
    """A leader, its line, and a follower."""
    line = tab.join()
    follower = another()
    follower.start()
    follower.become("open")
    return tab, line, follower


def resumed(line, follower, *seqs):
    """Let the next leader in and replay to it; answer what the follower has shown after all."""
    hello = line.welcome(head=10)
    line.tell(*(event(seq) | {"r": 1} for seq in seqs), {"t": "ready", "seq": seqs[-1]})
    return hello["cursor"]["seq"], numbers(follower, len(seqs))


def test_two_tabs_have_one_line(led, wire):
    _, _, follower = led

    with pytest.raises(queue.Empty):
        wire.accept(STILL_SECONDS)
    assert follower.page.evaluate("live.leads") is False


def test_tabs_that_do_not_share_have_a_line_each(tab, another, wire):
    tab.join(share=False)

    another().join(share=False)


def test_each_tab_shows_each_event_once(led):
    leader, line, follower = led

    line.tell(event(11), event(11), event(13), event(12))

    assert (numbers(leader, 3), numbers(follower, 3)) == ([11, 12, 13], [11, 12, 13])


def test_each_tab_keeps_its_own_cursor(led):
    _, line, follower = led

    line.tell(event(11))
    numbers(follower, 1)

    kept = follower.page.evaluate("JSON.parse(sessionStorage.getItem('photophore.cursor.42'))")
    assert kept == {"epoch": EPOCH, "seq": 11}


def test_a_late_tab_is_brought_up_by_the_leader(tab, another):
    line = tab.join()
    line.tell(event(11), event(12))
    numbers(tab, 2)

    late = another()
    late.start()

    assert numbers(late, 2) == [11, 12]


def test_a_tab_from_long_ago_is_brought_up_by_the_server(tab, another):
    line = tab.join()
    late = another()
    late.start(cursor={"epoch": EPOCH, "seq": 8})

    asked = line.take("resume")
    line.tell(event(9) | {"r": 1}, event(10) | {"r": 1}, {"t": "ready", "seq": 10}, event(11))

    assert (asked["seq"], numbers(late, 3), numbers(tab, 1)) == (8, [9, 10, 11], [11])


def test_a_tab_of_another_epoch_alone_loads_anew(tab, another):
    line = tab.join()
    late = another()
    late.start(cursor={"epoch": "old", "seq": 700})

    asked = line.take("resume")
    line.tell({"t": "resync", "reason": "epoch", "at": {"epoch": EPOCH, "seq": 10}}, event(11))

    seen = [[kind for kind, _ in each.seen(count)] for each, count in ((tab, 1), (late, 2))]
    assert (asked["epoch"], seen) == ("old", [["notification"], ["resync", "notification"]])


def test_what_any_tab_watches_is_watched(led):
    _, line, follower = led

    follower.page.evaluate("() => { live.watch('post:7'); live.view('8'); }")

    assert (line.take("sub")["topics"], line.take("view")["add"]) == (["post:7"], ["8"])


def test_a_topic_is_left_when_no_tab_watches_it(led):
    leader, line, follower = led
    watch = "() => { window.end = live.watch('post:7'); }"
    leader.page.evaluate(watch)
    line.take("sub")
    follower.page.evaluate(watch)
    line.take("sub")

    leader.page.evaluate("end()")
    follower.page.evaluate("end()")

    assert line.take("unsub")["topics"] == ["post:7"]


def test_a_second_watcher_in_another_tab_gets_the_state(led):
    leader, line, follower = led
    leader.page.evaluate("() => { live.watch('post:7'); }")
    line.tell({"t": "ok", "id": line.take("sub")["id"], "topics": {"post:7": {"ver": 3, "snap": {}}}, "denied": {}})
    leader.seen(1)

    follower.page.evaluate("() => { live.watch('post:7'); }")
    line.tell({"t": "ok", "id": line.take("sub")["id"], "topics": {"post:7": {"ver": 4, "snap": {}}}, "denied": {}})

    assert [(kind, detail["ver"], detail["first"]) for kind, detail in follower.seen(1)] == [("topic", 4, True)]


def test_counts_that_came_before_are_told_to_a_tab_that_comes_later(led):
    leader, line, follower = led
    leader.page.evaluate("() => { live.view('7'); }")
    line.take("view")
    line.tell({"t": "cnt", "d": {"7": [5, 2, 1]}})
    leader.seen(1)

    late = follower
    late.page.evaluate("() => { window.seen.length = 0; live.view('7'); }")

    assert late.seen(1) == [["counts", {"7": [5, 2, 1]}]]


def test_a_follower_takes_over_when_the_leader_closes(tab, another, wire):
    leader = another()
    leader.join()
    tab.start()
    tab.become("open")
    began = time.monotonic()

    leader.page.close()
    line = wire.accept()

    assert (resumed(line, tab, 11), time.monotonic() - began < PASSED_ON_SECONDS) == ((10, [11]), True)


def test_a_follower_takes_over_when_the_leader_crashes(tab, another, wire):
    leader = another()
    leader.join()
    tab.start()
    tab.become("open")
    began = time.monotonic()

    with contextlib.suppress(Error):  # nobody is left to answer
        leader.page.goto("chrome://crash")
    line = wire.accept()

    assert (resumed(line, tab, 11), time.monotonic() - began < PASSED_ON_SECONDS) == ((10, [11]), True)


def test_what_the_leader_took_with_it_is_shown_once(tab, another, wire):
    leader = another()
    line = leader.join(mute=True)
    tab.start()
    tab.become("open")
    line.tell(event(11))
    numbers(leader, 1)

    leader.page.close()

    assert resumed(wire.accept(), tab, 11, 12) == (10, [11, 12])


def test_a_leader_that_hangs_is_robbed_and_follows(tab, another, wire):
    leader = another()
    leader.join()
    tab.start(pingMs=50, deadMs=200)
    tab.become("open")
    leader.page.evaluate("() => { setTimeout(() => { const end = Date.now() + 1500; while (Date.now() < end); }); }")

    line = wire.accept()
    shown = resumed(line, tab, 11)

    leader.page.wait_for_function("() => !live.leads")
    assert (shown, numbers(leader, 1)) == ((10, [11]), [11])


def test_a_page_that_freezes_passes_leadership_on(tab, another, wire):
    leader = another()
    leader.live(LIVE)
    tab.start()
    tab.become("open")
    began = time.monotonic()

    leader.page.evaluate("() => { document.dispatchEvent(new Event('freeze')); }")
    line = wire.accept()

    assert (resumed(line, tab, 11), time.monotonic() - began < PASSED_ON_SECONDS) == ((10, [11]), True)


def test_a_page_stopped_by_the_system_is_robbed_and_brought_up_when_it_goes_on(tab, another, wire):
    leader = another()
    leader.live(LIVE)
    tab.start(pingMs=50, deadMs=200)
    tab.become("open")
    process = renderer_of(leader.page)

    os.kill(process, signal.SIGSTOP)
    try:
        shown = resumed(wire.accept(), tab, 11)
    finally:
        os.kill(process, signal.SIGCONT)

    leader.page.wait_for_function("() => JSON.parse(sessionStorage.getItem('photophore.cursor.42'))?.seq === 11")
    assert shown == (10, [11])


def test_a_page_in_the_back_forward_cache_leads_no_more(tab, another, wire, site):
    site.pages["/elsewhere"] = "<!doctype html><title>Elsewhere</title>"
    leader = another()
    leader.live(LIVE)
    tab.start()
    tab.become("open")

    leader.page.goto(f"{site.url}/elsewhere")

    assert resumed(wire.accept(), tab, 11) == (10, [11])


def test_a_session_that_was_ended_stops_every_tab(led, wire):
    leader, line, follower = led

    line.close(4423)

    for each in (leader, follower):
        each.become("stopped")
    assert [each.page.evaluate("live.code") for each in (leader, follower)] == [4423, 4423]
    with pytest.raises(queue.Empty):
        wire.accept(STILL_SECONDS)


def test_a_new_tab_goes_live_though_others_were_stopped(led, wire, another):
    _, line, follower = led
    line.close(4423)
    follower.become("stopped")

    another().join()


def test_tabs_of_another_log_in_have_a_line_of_their_own(tab, another):
    line = tab.join(group="one")
    other = another()
    other.join(group="two")

    line.close(4423)

    tab.become("stopped")
    assert other.page.evaluate("live.state") == "open"
