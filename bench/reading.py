"""Pages that are read at size: how long each kind takes, and how many queries it asks. One reader at a time."""

import contextlib
import http.client
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Token
from accounts.queries import digest_of
from bench import figures, machine
from bench.network import NAMES, TAGS, WORDS, Network
from bench.servers import Servers
from content import feedlists, queries

READERS = 500  # each reads a page once, if there is time
COUNTED = 20  # of them, whose queries are counted afterwards

Read = Callable[[int], object]


def _back(_: int) -> None:
    feedlists._pause["until"] = 0.0


def _forget(viewer_id: int) -> None:
    _back(viewer_id)
    redis.Redis.from_url(settings.REDIS_URL).delete(feedlists._key(viewer_id), feedlists._mark(viewer_id))


def _away(_: int) -> None:
    feedlists.pause()


@dataclass(frozen=True, slots=True)
class Kind:
    """A page that people read, and what is done before each, outside of its time."""

    name: str
    read: Read
    before: Read = _back


OVER_REST = "home feed, warm, over REST"
READ = (  # in the order of an index, whatever there is
    Kind("home feed, cold", queries.home_feed, before=_forget),
    Kind("home feed, no list", queries.home_feed, before=_forget),
    Kind("home feed, warm", queries.home_feed),
    Kind("home feed, Redis away", queries.home_feed, before=_away),
    Kind("front page: feed and suggestions", queries.home_page),
    Kind("explore", queries.explore),
    Kind("hashtag of most posts", lambda viewer: queries.tag_posts(viewer, "tag0")),
    Kind("hashtag of some posts", lambda viewer: queries.tag_posts(viewer, f"tag{10 + viewer % 90}")),
    Kind("hashtag of few posts", lambda viewer: queries.tag_posts(viewer, f"tag{TAGS - 1 - viewer % 100}")),
)
SOUGHT = (  # by an index, and put in order
    Kind("people of a name", lambda viewer: queries.search(viewer, NAMES[viewer % len(NAMES)], kind="people")),
    Kind("people by username", lambda viewer: queries.search(viewer, f"ana_{viewer % 1000}", kind="people")),
    Kind("hashtags that begin so", lambda viewer: queries.search(viewer, f"tag{viewer % 10}", kind="tags")),
    Kind("posts with a word of many", lambda viewer: queries.search(viewer, "word0", kind="posts")),
    Kind("… of some", lambda viewer: queries.search(viewer, f"word{100 + viewer % 100}", kind="posts")),
    Kind("… of few", lambda viewer: queries.search(viewer, f"word{WORDS - 1 - viewer % 100}", kind="posts")),
    Kind("… with two words", lambda viewer: queries.search(viewer, f"word1 word{20 + viewer % 100}", kind="posts")),
    Kind("… with what nobody wrote", lambda viewer: queries.search(viewer, f"word0 none{viewer}", kind="posts")),
)


def read_all(servers: Servers, network: Network, seconds: float) -> list[dict[str, Any]]:
    """Every kind, read by as many people as there is time for; the first with all caches of ours empty."""
    viewers = network.active(READERS)
    _begin_anew(servers)
    measured = [_measured(kind, viewers, seconds) for kind in (*READ, *SOUGHT)]
    with _over_rest(servers, viewers) as kind:
        return [*measured, _measured(kind, viewers, seconds)]


def _begin_anew(servers: Servers) -> None:
    """Empty what PostgreSQL and Redis hold in memory; what the kernel holds of their files stays."""
    connection.close()
    connection.close_pool()
    servers.postgres.stop()
    servers.postgres.start()
    redis.Redis.from_url(settings.REDIS_URL).flushall()
    connection.ensure_connection()


def _measured(kind: Kind, viewers: Sequence[int], seconds: float) -> dict[str, Any]:
    waits: list[float] = []
    end = time.monotonic() + seconds
    for viewer in viewers:
        kind.before(viewer)
        began = time.perf_counter()
        kind.read(viewer)
        waits.append((time.perf_counter() - began) * 1e3)
        if time.monotonic() > end:
            break
    return {
        "name": kind.name,
        "readers": len(waits),
        "p50_ms": figures.percentile(waits, 50),
        "p99_ms": figures.percentile(waits, 99),
        "queries": [] if kind.name == OVER_REST else sorted({_count(kind, viewer) for viewer in viewers[:COUNTED]}),
    }


def _count(kind: Kind, viewer: int) -> int:
    kind.before(viewer)
    with CaptureQueriesContext(connection) as captured:
        kind.read(viewer)
    return len(captured)


@contextlib.contextmanager
def _over_rest(servers: Servers, viewers: Sequence[int]) -> Iterator[Kind]:
    """The home feed as an app asks for it, on a kept connection."""
    tokens = {viewer: secrets.token_urlsafe(32) for viewer in viewers}
    Token.objects.bulk_create(Token(user_id=id_, digest=digest_of(token)) for id_, token in tokens.items())
    with servers.photophore(worker=False) as web:
        machine.unpin(web.web_pid)  # as PostgreSQL is by now
        client = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)

        def read(viewer: int) -> None:
            client.request("GET", "/api/v1/feed?limit=12", headers={"Authorization": f"Bearer {tokens[viewer]}"})
            answer = client.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.OK:
                raise RuntimeError(f"the API answers {answer.status}")

        yield Kind(OVER_REST, read, before=read)  # the first use of a token is written down
        client.close()
