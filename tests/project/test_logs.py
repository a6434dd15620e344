"""One request id from HTTP through the outbox and Celery, and a socket's own, in the lines of real processes."""

import itertools
import json

import httpx
import pytest
from django.db import transaction

from accounts.actions import make_token
from core.tracking import on_behalf_of
from events import outbox
from events.models import OutboxRow
from events.types import PostLiked
from tests.conftest import _place_the_hubs
from tests.support.build import make_post, make_user
from tests.support.client import LiveClient
from tests.support.photos import jpeg
from tests.support.stack import Stack
from tests.support.wait import until

REQUEST = "abcd-1234"


@pytest.fixture(scope="module")
def _processes(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        stack = Stack(env={"PHOTOPHORE_LOG_FORMAT": "json"}, prefix="json-")
    yield stack
    stack.close()


@pytest.fixture
def processes(_processes, control_log):
    """Processes that log as JSON."""
    _processes.start()
    _place_the_hubs(_processes)
    yield _processes
    until(lambda: not OutboxRow.objects.filter(attempts__lt=5).exists())


@pytest.fixture
def ana(processes):
    return make_user("ana")


def lines(process):
    """What a process has logged behind Celery's banner; whatever is no object fails the test."""
    return [json.loads(line) for line in itertools.dropwhile(_is_banner, process.output().splitlines())]


def _is_banner(line):
    return not line.startswith("{")


def of(process, *texts):
    """The requests of the lines with these texts, once there are some."""

    def found():
        return [line for line in lines(process) if all(text in line["message"] for text in texts)]

    until(found)
    return {line.get("request") for line in found()}


def rest(stack, user):
    headers = {"Authorization": f"Bearer {make_token(user_id=user.id, name='test')}", "X-Request-ID": REQUEST}
    return httpx.Client(base_url=f"{stack.url}/api/v1", headers=headers, timeout=30)


def test_each_line_of_a_web_process_is_an_object(processes):
    assert {line["node"] for line in map(json.loads, processes.web.output().splitlines())} == {"json-web"}


def test_each_line_of_a_worker_is_an_object(processes):
    nodes = [{line["node"] for line in lines(one)} for one in (processes.worker, processes.media)]

    assert nodes == [{"json-live"}, {"json-media"}]


def test_an_event_names_its_request_in_the_outbox(processes, ana):
    post = make_post(make_user("ben"))
    processes.worker.pause()
    try:
        with rest(processes, ana) as client:
            client.put(f"/posts/{post.id}/like")
        assert OutboxRow.objects.get().request_id == REQUEST
    finally:
        processes.worker.resume()


def test_an_event_that_fails_in_the_drain_names_its_request(processes, ana):
    post = make_post(ana)
    with on_behalf_of(REQUEST), transaction.atomic():
        outbox.record(PostLiked(post_id=post.id, author_id=2**62, actor_id=ana.id), for_user=ana.id)

    assert of(processes.worker, "failed") == {REQUEST}
    OutboxRow.objects.all().delete()


def test_a_task_names_the_request_that_sent_it(processes, ana):
    with rest(processes, ana) as client:
        client.post("/media", files={"file": ("a.jpg", jpeg(), "image/jpeg")})

    until(lambda: REQUEST in of(processes.media, "Task content.render_media", " succeeded in "))


def test_what_a_socket_does_names_its_connection(processes, ana):
    socket = LiveClient(processes.live_url, token=make_token(user_id=ana.id, name="test"))
    connection = socket.hello()["conn"]

    socket.socket.send("x" * 5_000)

    assert of(processes.web, "given up, 4413") == {f"json-web/{connection}"}
    socket.close()
