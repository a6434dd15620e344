"""Requests without end leave nothing behind: no thread, no file, no memory, no block of Python's."""

import os
from statistics import median

import pytest

from tests.endurance import wrk
from tests.support.wait import until

REQUESTS = int(os.environ.get("ENDURANCE_REQUESTS", "0"))  # 0: as many as fit into the seconds below
SECONDS = int(os.environ.get("ENDURANCE_SECONDS", "160"))
PIECE_SECONDS = 8
WARM_REQUESTS, WARM_PIECES = 20_000, 5  # whichever comes first
# What may be more in the second half than in the first: one that leaks has more of it with each request.
MOST_THREADS, MOST_FILES = 8, 12  # pools that are not full yet
MOST_BLOCKS, MOST_BLOCKS_A_REQUEST = 10_000, 0.1  # of some 700,000
MOST_GROWTH = 8 * 1024 * 1024  # of memory; what the collector has not looked at yet takes its place at first


@pytest.fixture(params=["cheap", "mixed"])
def routes(request):
    return wrk.mixed() if request.param == "mixed" else [("GET", "/healthz")]


def test_nothing_grows_with_the_requests(serve, token, routes, say):
    web = serve()
    warm(web, token, routes)
    samples, requests, failed = [sample(web)], 0, 0
    while requests < REQUESTS if REQUESTS else len(samples) * PIECE_SECONDS < SECONDS / 2:
        told = wrk.ask(web, token, routes, seconds=PIECE_SECONDS)
        requests, failed = requests + told.requests, failed + told.failed
        samples.append(sample(web))
    half = len(samples) // 2
    first, second = middle(samples[:half]), middle(samples[half:])

    say(f"{requests:,} requests to {len(routes)} routes; in the first half, and in the second: {first}, {second}")
    assert failed == 0
    assert second["threads"] - first["threads"] < MOST_THREADS
    assert second["files"] - first["files"] < MOST_FILES
    assert second["blocks"] - first["blocks"] < MOST_BLOCKS + MOST_BLOCKS_A_REQUEST * requests / 2
    assert second["rss"] - first["rss"] < MOST_GROWTH


def warm(web, token, routes):
    """A process that has just begun grows: pools, caches, and what the collector has not looked at yet."""
    asked = pieces = 0
    while asked < WARM_REQUESTS and pieces < WARM_PIECES:
        asked += wrk.ask(web, token, routes, seconds=PIECE_SECONDS).requests
        pieces += 1


def sample(web):
    """What it holds once the connections of the last piece are closed, but for that of who asks."""
    until(lambda: web.held()["connections"] == 1)
    return web.held()


def middle(samples):
    return {name: int(median(one[name] for one in samples)) for name in ("threads", "files", "blocks", "rss")}
