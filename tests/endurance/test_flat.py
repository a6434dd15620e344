"""Requests without end leave nothing behind: no thread, no file, no memory, no block of Python's."""

import os
from statistics import median

import pytest

from tests.endurance import wrk
from tests.support.build import make_post, make_user
from tests.support.wait import until

REQUESTS = int(os.environ.get("ENDURANCE_REQUESTS", "0"))  # 0: as many as fit into the seconds below
SECONDS = int(os.environ.get("ENDURANCE_SECONDS", "240"))
PIECE_SECONDS = 8
MOST_BLOCKS_A_REQUEST = 0.01
MOST_GROWTH = 4 * 1024 * 1024


@pytest.fixture(params=["cheap", "mixed"])
def routes(request):
    like = f"/api/v1/posts/{make_post(make_user('ben')).id}/like"
    cheap = [("GET", "/healthz")]
    return cheap if request.param == "cheap" else [*cheap, ("GET", "/api/v1/me"), ("PUT", like), ("DELETE", like)]


def test_nothing_grows_with_the_requests(serve, token, routes, say):
    web = serve()
    wrk.ask(web, token, routes, seconds=PIECE_SECONDS)  # a process that has just begun grows
    samples, requests, failed = [sample(web)], 0, 0
    while requests < REQUESTS if REQUESTS else len(samples) * PIECE_SECONDS < SECONDS / 2:
        told = wrk.ask(web, token, routes, seconds=PIECE_SECONDS)
        requests, failed = requests + told.requests, failed + told.failed
        samples.append(sample(web))
    half = len(samples) // 2
    first, second = middle(samples[:half]), middle(samples[half:])

    say(f"{requests:,} requests to {len(routes)} routes; in the first half, and in the second: {first}, {second}")
    assert failed == 0
    assert {tuple(one["threads"]) for one in samples} == {tuple(samples[0]["threads"])}
    assert second["files"] <= first["files"]
    assert second["blocks"] - first["blocks"] < MOST_BLOCKS_A_REQUEST * requests / 2
    assert second["rss"] - first["rss"] < MOST_GROWTH


def sample(web):
    """What it holds once the connections of the last piece are closed, but for that of who asks."""
    until(lambda: web.held()["connections"] == 1)
    return web.held()


def middle(samples):
    return {name: int(median(one[name] for one in samples)) for name in ("files", "blocks", "rss")}
