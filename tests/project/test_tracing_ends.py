"""Traces of processes that end, and of those whose collector is away: each on processes of its own."""

import signal
import socket
import time

import httpx
import psutil
import pytest

from project import static
from tests.support.build import make_post, make_user
from tests.support.collector import collector
from tests.support.stack import Process, Stack, free_port
from tests.support.tracing import LIKE, SOON, like, running, upload
from tests.support.wait import until

EXPORT_SECONDS = 20  # after which the SDK gives one export up; nothing of ours is to wait for it
LATE = {"OTEL_BSP_SCHEDULE_DELAY": "3600000"}


@pytest.fixture
def collected():
    """A collector that has taken nothing."""
    with collector() as taken:
        yield taken


@pytest.fixture
def ana(transactional_db):
    return make_user("ana")


def test_processes_that_end_send_what_waits(control_log, collected, ana):
    late = Stack(env=LATE | {"OTEL_EXPORTER_OTLP_ENDPOINT": collected.endpoint}, prefix="late-")
    for stack in running(late):
        upload(stack, ana)
        like(stack, ana, make_post(make_user("ben")))
    until(lambda: " succeeded in " in late.media.output())
    assert collected.spans == []

    late.close()

    told = {span.of["service.instance.id"].partition(".")[0]: span.name for span in collected.spans}
    assert told == {"late-web": LIKE, "late-live": "drain", "late-media": "task content.render_media"}


@pytest.fixture
def silent():
    """A collector that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", free_port())) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("how", ["silent", "gone"])
def test_a_dead_collector_loses_spans_alone(request, control_log, ana, how):
    where = request.getfixturevalue("silent") if how == "silent" else f"http://127.0.0.1:{free_port()}"
    few = {"OTEL_BSP_MAX_QUEUE_SIZE": "8", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "4"}
    slow = {"OTEL_EXPORTER_OTLP_ENDPOINT": where, "OTEL_EXPORTER_OTLP_TIMEOUT": str(EXPORT_SECONDS)}
    dead = Stack(env=SOON | few | slow, media=False, prefix=f"{how}-")
    posts = [make_post(make_user(f"user{number}")) for number in range(20)]
    try:
        for stack in running(dead):
            began = time.monotonic()
            assert [like(stack, ana, post) for post in posts] == [200] * 20
            assert time.monotonic() - began < EXPORT_SECONDS

        began = time.monotonic()
        dead.web.stop(seconds=EXPORT_SECONDS)
        assert time.monotonic() - began < EXPORT_SECONDS
    finally:
        dead.close()


def test_each_worker_of_gunicorn_sends_its_own(collected, transactional_db):
    static.collect()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = Process(
        "traced-gunicorn",
        *("-m", "gunicorn", "-c", "python:project.gunicorn_conf", "--bind", f"127.0.0.1:{port}", "asgi:application"),
        ready=lambda _: _answers(url),
        env=SOON | {"WEB_CONCURRENCY": "2", "OTEL_EXPORTER_OTLP_ENDPOINT": collected.endpoint},
    )
    server.start().wait()
    try:
        master = psutil.Process(server.pid)

        def both():
            httpx.get(f"{url}/api/v1/instance")
            return len({span.of["service.instance.id"] for span in collected.spans}) == 2

        until(both)
        told = {span.of["service.instance.id"] for span in collected.spans}
        assert told == {f"web-1.{worker.pid}" for worker in master.children()}
        assert master.num_threads() == 1
    finally:
        server.stop(signal.SIGTERM)


def _answers(url):
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
