"""The durable events on a page: in order, each once, whatever the wire does."""

from tests.frontend.wire import EPOCH, event

CURSOR = "JSON.parse(sessionStorage.getItem('photophore.cursor.42'))"


def numbers(seen):
    return [detail["seq"] for kind, detail in seen if kind == "notification"]


def test_log_drops_what_it_has_seen(tab):
    line = tab.join()

    line.tell(event(11), event(11), event(10), event(12))

    assert numbers(tab.seen(2)) == [11, 12]


def test_log_puts_frames_in_order(tab):
    line = tab.join()

    line.tell(event(13), event(12))
    line.tell(event(11))

    assert numbers(tab.seen(3)) == [11, 12, 13]


def test_log_asks_to_resume_when_a_gap_does_not_heal(tab):
    line = tab.join()

    line.tell(event(11), event(13))

    assert line.take("resume") == {"t": "resume", "epoch": EPOCH, "seq": 11}


def test_log_shows_each_once_when_the_replay_brings_what_it_holds(tab):
    line = tab.join()
    line.tell(event(13))
    line.take("resume")

    line.tell(*(event(seq) | {"r": 1} for seq in (11, 12, 13)), {"t": "ready", "seq": 13})
    line.tell(event(14))

    assert numbers(tab.seen(4)) == [11, 12, 13, 14]


def test_log_resumes_when_a_heartbeat_tells_of_more(tab):
    line = tab.join()

    line.tell({"t": "hb", "top": 12})

    assert line.take("resume") == {"t": "resume", "epoch": EPOCH, "seq": 10}


def test_log_resumes_at_once_when_the_server_lags(tab):
    line = tab.join(holdMs=60_000)

    line.tell({"t": "lag", "from": 11})

    assert line.take("resume") == {"t": "resume", "epoch": EPOCH, "seq": 10}


def test_log_keeps_its_cursor_after_rendering(tab):
    line = tab.join()
    script = f"live.addEventListener('notification', () => {{ window.during = {CURSOR}; }})"
    tab.page.evaluate(script)

    line.tell(event(11), event(12))
    tab.seen(2)

    kept = tab.page.evaluate(f"[window.during, {CURSOR}]")
    assert kept == [{"epoch": EPOCH, "seq": 11}, {"epoch": EPOCH, "seq": 12}]


def test_log_marks_what_this_tab_has_shown_before(tab):
    tab.shown_before(11)
    line = tab.join()

    line.tell(event(11), event(12))

    assert [detail["again"] for _, detail in tab.seen(2)] == [True, False]


def test_log_starts_from_what_the_page_contains(tab):
    tab.shown_before(99)

    hello = tab.connect().welcome()

    assert hello["cursor"] == {"epoch": EPOCH, "seq": 10}


def test_resync_tells_the_elements_to_load_again(tab):
    line = tab.join()

    line.tell({"t": "resync", "reason": "behind", "at": {"epoch": "z", "seq": 700}})

    [(kind, detail)] = tab.seen(1)
    assert (kind, detail["reason"]) == ("resync", "behind")


def test_resync_moves_the_position(tab):
    line = tab.join()

    line.tell({"t": "resync", "reason": "behind", "at": {"epoch": "z", "seq": 700}}, event(700), event(701))

    assert numbers(tab.seen(2)) == [701]


def test_resync_keeps_the_old_cursor_until_the_snapshot_is_drawn(tab):
    line = tab.join()
    tab.page.evaluate(
        "live.addEventListener('resync', ({ detail }) => "
        "detail.waitUntil(new Promise((loaded) => { window.loaded = loaded; })))"
    )
    line.tell({"t": "resync", "reason": "behind", "at": {"epoch": "z", "seq": 700}})
    tab.seen(1)

    before = tab.page.evaluate(CURSOR)
    tab.page.evaluate("window.loaded()")

    assert (before, tab.page.evaluate(CURSOR)) == (None, {"epoch": "z", "seq": 700})
