"""The stack with several web processes and workers: on one port, each may end and come back without the others."""

import httpx
import pytest

from accounts.actions import make_token
from tests.support.build import make_post, make_users
from tests.support.client import LiveClient
from tests.support.stack import Stack


@pytest.fixture
def several(transactional_db):
    stack = Stack(web=2, workers=2, media=False, shared_port=True, prefix="several-")
    yield stack.start()
    stack.close()


def test_a_like_arrives_when_one_of_two_web_processes_and_of_two_workers_is_killed(several):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    several.webs[0].kill()
    several.workers[0].kill()
    socket = LiveClient(several.live_url, token=make_token(user_id=ana.id))
    node = socket.hello()["node"]

    headers = {"Authorization": f"Bearer {make_token(user_id=ben.id)}"}
    httpx.put(f"{several.url}/api/v1/posts/{post.id}/like", headers=headers).raise_for_status()

    assert (node, socket.event()["k"]) == ("several-web-2", "notification")
    socket.close()
