"""Two web processes and two live workers on a Redis Cluster: a like from either reaches the sockets of both."""

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import httpx
import pytest
from django.conf import settings

from accounts.actions import make_token
from events.models import OutboxRow
from tests.support.build import make_post, make_users
from tests.support.client import LiveClient
from tests.support.cluster import Cluster
from tests.support.stack import Stack
from tests.support.wait import until

LIKERS = 24


@pytest.fixture(scope="module")
def _clustered(django_db_setup, django_db_blocker):
    cluster = Cluster()
    broker = settings.REDIS_URL.rpartition("/")[0] + "/1"  # Celery needs one Redis; its own part of the tests'
    with django_db_blocker.unblock():
        stack = Stack(
            web=2,
            workers=2,
            media=False,
            prefix="cluster-",
            env={"REDIS_URL": cluster.url, "CELERY_BROKER_URL": broker},
        )
    yield stack, cluster
    stack.close()
    cluster.stop()


@pytest.fixture
def stack(_clustered, transactional_db):
    stack, cluster = _clustered
    yield stack.start()
    assert cluster.mended()
    until(lambda: not OutboxRow.objects.exists())


@pytest.fixture
def cluster(stack, _clustered):
    return _clustered[1]


@pytest.fixture
def ana_and_post(stack):
    (ana,) = make_users("ana")
    return ana, make_post(ana)


@pytest.fixture
def watchers(stack, ana_and_post):
    """The author's sockets, one on each web process, with the post on the screen."""
    ana, post = ana_and_post
    sockets = [LiveClient(web.live_url, token=make_token(user_id=ana.id)) for web in stack.webs]
    for socket in sockets:
        socket.hello()
        socket.send(t="view", add=[str(post.id)])
        assert socket.next("cnt")["d"] == {str(post.id): [0, 0, 0]}
    yield sockets
    for socket in sockets:
        socket.close()


def like(stack, post, likers):
    """Everybody likes the post, at once and through both web processes in turn."""
    tokens = [make_token(user_id=liker.id) for liker in likers]

    def put(pair):
        web, token = pair
        headers = {"Authorization": f"Bearer {token}"}
        httpx.put(f"{web.url}/api/v1/posts/{post.id}/like", headers=headers, timeout=30).raise_for_status()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(put, zip(cycle(stack.webs), tokens, strict=False)))


COUNTED_SECONDS = 20.0  # a counter that was lost with its primary comes with the next, or with the safety poll


def shown(socket, post, likes):
    """Read until the socket shows so many likes, in the notification and in the counter."""
    while socket.event("notification")["d"]["group"]["actor_count"] < likes:
        pass
    wanted = {"where": lambda frame: frame["d"].get(str(post.id), [0, 0])[1] == likes, "timeout": COUNTED_SECONDS}
    counts = socket.next("cnt", **wanted)["d"]
    return [seq for seq, _ in socket.shown], counts[str(post.id)][1]


def test_likes_reach_the_sockets_of_both_processes(stack, watchers, ana_and_post):
    _, post = ana_and_post

    like(stack, post, make_users(*(f"fan{number}" for number in range(LIKERS))))

    first, second = (shown(socket, post, LIKERS) for socket in watchers)
    assert first == second == (list(range(1, len(first[0]) + 1)), LIKERS)


def test_likes_while_the_authors_primary_is_dead_are_shown_once_it_is_back(stack, cluster, watchers, ana_and_post):
    ana, post = ana_and_post
    dead = cluster.holder(ana.id % 128)

    dead.kill()
    for socket in watchers:
        socket.bus_says("paused")
    like(stack, post, make_users(*(f"fan{number}" for number in range(LIKERS))))
    dead.start()

    first, second = (shown(socket, post, LIKERS) for socket in watchers)
    assert first == second == (list(range(1, len(first[0]) + 1)), LIKERS)
