"""A thousand clients that take their time hold up nobody else, and are let go."""

from django.conf import settings

from bench import machine
from tests.endurance import wrk
from tests.endurance.slow import Crowd
from tests.support.wait import until

CROWD = 1_000
MOST_GROWTH = 128 * 1024 * 1024
QUIET_SECONDS = 15
SECONDS = 45  # longer than the server waits for the most patient kind
OTHERS = 8
LARGE_BYTES = 512 * 1024


def large_file():
    """The address of a static file that no kernel takes at once."""
    files = [path for path in settings.STATIC_ROOT.rglob("*") if path.is_file() and path.stat().st_size > LARGE_BYTES]
    smallest = min(files, key=lambda path: path.stat().st_size)
    return f"/static/{smallest.relative_to(settings.STATIC_ROOT)}"


def test_a_thousand_slow_clients_starve_nobody(serve, token, say):
    machine.allow_many_sockets()
    web, routes = serve(), wrk.mixed()
    alone = wrk.ask(web, token, routes, seconds=QUIET_SECONDS, connections=OTHERS)
    before = web.rss_bytes()
    web.forget_most()

    with Crowd(web.port, large_file(), CROWD) as crowd:
        until(lambda: crowd.waiting == CROWD, seconds=60)
        beside = wrk.ask(web, token, routes, seconds=SECONDS, connections=OTHERS)
    growth = web.most_rss_bytes() - before

    say(f"{CROWD} slow clients: p99 {alone.p99_ms:.0f} ms without, {beside.p99_ms:.0f} ms with them;")
    say(f"  {alone.requests / QUIET_SECONDS:.0f} and {beside.requests / SECONDS:.0f} requests a second;")
    say(f"  {growth / 2**20:.0f} MiB more; let go: {dict(crowd.ended)}")
    assert (alone.failed, beside.failed) == (0, 0)
    assert beside.p99_ms < 10 * alone.p99_ms + 100
    assert growth < MOST_GROWTH
    assert set(crowd.ended) == {"head", "body", "unread"}
