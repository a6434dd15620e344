"""The same small journey of a socket on the servers that we also run on, which offer no ready frames."""

import httpx
import pytest

from accounts.actions import make_token
from project.up import plan
from project.up.options import Options
from tests.support.build import make_post, make_user
from tests.support.client import LiveClient
from tests.support.draining import drain_all
from tests.support.stack import Process, free_port

ARGUMENTS = {
    "daphne": ["daphne", "-p", "{port}", "--verbosity", "0", "asgi:application"],
    "gunicorn": [
        *("gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "1", "--worker-class", "asgi"),
        *("--no-control-socket", "asgi:application"),
    ],
    "uvicorn": ["uvicorn", "--port", "{port}", "--lifespan", "off", "asgi:application"],  # as it comes
}


@pytest.fixture(params=ARGUMENTS)
def url(request, transactional_db):
    port = str(free_port())
    argv = [argument.format(port=port) for argument in ARGUMENTS[request.param]]
    ready = plan._answers(Options(port=int(port)))
    server = Process(request.param, "-m", *argv, ready=lambda process: ready(process.pid))
    server.start().wait()
    yield f"http://127.0.0.1:{port}"
    server.kill()


def test_a_socket_hears_a_like_resumes_and_is_refused_what_it_may_not(url):
    ana, ben = make_user("ana"), make_user("ben")
    post = make_post(ana)
    token = make_token(user_id=ana.id, name="test")
    client = LiveClient(f"ws{url[4:]}/rt", token=token)

    assert client.hello(topics=[f"post:{post.id}"])["user"]["username"] == "ana"
    like(url, ben, post)
    assert client.event("notification")["seq"] == 1
    assert client.next("cnt")["d"][str(post.id)][1:] == [1, 0]

    client.close()
    like(url, make_user("cy"), post)
    again = LiveClient(f"ws{url[4:]}/rt", token=token)
    again.hello(cursor=client.cursor)
    replayed = again.event("notification")
    assert (replayed["seq"], replayed["r"]) == (2, 1)

    again.socket.send("{")
    assert again.close_code() == 4400


def like(url, person, post):
    headers = {"Authorization": f"Bearer {make_token(user_id=person.id, name='test')}"}
    httpx.put(f"{url}/api/v1/posts/{post.id}/like", headers=headers, timeout=30).raise_for_status()
    drain_all()
