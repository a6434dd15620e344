"""Traces, in real processes, to a collector that takes them: from a request to what it causes, and nobody's name."""

import os
import subprocess
import sys
from ast import literal_eval

import httpx
import pytest
from celery import current_app
from django.db import transaction

from core.tracking import on_behalf_of
from events import outbox
from events.models import OutboxRow
from events.types import PostLiked
from tests.support.build import make_post, make_user, make_users
from tests.support.collector import collector
from tests.support.stack import ROOT, Stack
from tests.support.tracing import LIKE, SOON, like, one, rest, running, upload
from tests.support.wait import until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
REQUEST = "abcd-1234"
CALLER = "00f067aa0ba902b7"


@pytest.fixture(scope="module")
def _collecting():
    with collector() as taken:
        yield taken


@pytest.fixture
def collected(_collecting):
    """The collector, as if it had just been started."""
    _collecting.begin()
    return _collecting


@pytest.fixture(scope="module")
def _traced(_collecting, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        traced = Stack(env=SOON | {"OTEL_EXPORTER_OTLP_ENDPOINT": _collecting.endpoint}, prefix="traced-")
    yield traced
    traced.close()


@pytest.fixture
def traced(_traced, control_log, collected):
    """Processes that are traced."""
    yield from running(_traced)


@pytest.fixture
def ana(transactional_db):
    return make_user("ana")


def test_a_like_is_one_trace_from_the_request_to_redis(traced, collected, ana):
    like(traced, ana, make_post(make_user("ben")))

    request, drain, publish = (one(collected, name) for name in (LIKE, "drain", "publish"))
    assert (request.parent, drain.parent, publish.parent) == ("", request.id, drain.id)
    assert {span.trace for span in collected.spans} == {request.trace}


def test_a_span_tells_of_what_and_in_which_process(traced, collected, ana):
    like(traced, ana, make_post(make_user("ben")), **{"X-Request-ID": REQUEST})

    request, drain = one(collected, LIKE), one(collected, "drain")
    assert request.attributes == {
        "http.request.method": "PUT",
        "http.route": "/api/v1/posts/<post_id>/like",
        "http.response.status_code": 200,
        "photophore.request_id": REQUEST,
    }
    assert {"photophore.events": 1, "photophore.shard": drain.attributes["photophore.shard"]} == drain.attributes
    assert [span.kind for span in (request, drain, one(collected, "publish"))] == ["SERVER", "CONSUMER", "PRODUCER"]
    assert [span.of["service.name"] for span in (request, drain)] == ["photophore", "photophore"]
    assert [span.of["service.instance.id"] for span in (request, drain)] == [
        f"traced-web.{traced.web.pid}",
        f"traced-live.{traced.worker.pid}",
    ]


def test_no_span_names_a_person_or_what_was_asked(traced, collected, ana):
    with httpx.Client(base_url=traced.url) as client:
        client.get("/@ana/?next=secret-2", headers={"Cookie": "sid=secret-3", "User-Agent": "secret-4"})
    like(traced, ana, make_post(make_user("ben"), caption="secret-5"))

    one(collected, "publish")
    until(lambda: len(collected.spans) == 4)
    assert [
        word for word in ("ana", "secret", "ben", "127.0.0.1") for span in collected.spans if word in span.text
    ] == []


def test_a_task_follows_the_request_that_sends_it(traced, collected, ana):
    upload(traced, ana)

    task, request = one(collected, "task content.render_media"), one(collected, "POST /api/v1/media")
    assert (task.trace, task.parent, task.kind) == (request.trace, request.id, "CONSUMER")


def test_a_trace_that_a_proxy_began_goes_on(traced, collected, ana):
    like(traced, ana, make_post(make_user("ben")), traceparent=f"00-{TRACE}-{CALLER}-01")

    one(collected, "publish")
    assert one(collected, LIKE).parent == CALLER
    assert {span.trace for span in collected.spans} == {TRACE}


def test_what_a_proxy_does_not_sample_is_not_sampled_behind_it(traced, collected, ana):
    like(traced, ana, make_post(make_user("ben")), traceparent=f"00-{TRACE}-{CALLER}-00")
    until(lambda: not OutboxRow.objects.exists())
    like(traced, ana, make_post(make_user("chloe")))

    one(collected, "publish")
    assert TRACE not in {span.trace for span in collected.spans}


def test_likes_that_are_drained_together_keep_their_traces(traced, collected):
    post = make_post(make_user("ana"))
    traced.worker.pause()
    for fan in make_users("ben", "chloe"):
        like(traced, fan, post)
    traced.worker.resume()

    until(lambda: [len(collected.named(name)) for name in (LIKE, "drain", "publish")] == [2, 2, 2])
    drains = collected.named("drain")
    assert [span.attributes["photophore.events"] for span in drains] == [2, 2]
    assert {span.parent for span in drains} == {span.id for span in collected.named(LIKE)}
    assert {span.parent for span in collected.named("publish")} == {span.id for span in drains}


def test_a_request_that_is_refused_is_no_failure(traced, collected, ana):
    with rest(traced, ana) as client:
        client.put("/posts/1/like")

    request = one(collected, LIKE)
    assert (request.attributes["http.response.status_code"], request.failed) == (404, False)


def test_who_only_asks_how_we_are_is_not_traced(traced, collected, ana):
    httpx.get(f"{traced.url}/readyz")
    httpx.get(f"{traced.url}/api/v1/instance")

    one(collected, "GET /api/v1/instance")
    assert len(collected.spans) == 1


def test_a_drain_that_fails_says_of_what_kind_and_no_more(traced, collected, ana):
    with on_behalf_of(REQUEST, f"00-{TRACE}-{CALLER}-01"), transaction.atomic():
        outbox.record(PostLiked(post_id=make_post(ana).id, author_id=2**62, actor_id=ana.id), for_user=ana.id)

    until(lambda: collected.named("drain"))
    drain = collected.named("drain")[0]
    assert (drain.parent, drain.failed, drain.attributes["error.type"]) == (CALLER, True, "IntegrityError")
    assert ("violates" in drain.text, str(2**62) in drain.text) == (False, False)
    OutboxRow.objects.all().delete()


def test_a_task_that_fails_says_of_what_kind(traced, collected):
    headers = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
    current_app.send_task("content.render_media", kwargs={"media_id": "secret"}, queue="media", headers=headers)

    task = one(collected, "task content.render_media")
    assert (task.parent, task.failed, task.attributes) == (CALLER, True, {"error.type": "ValueError"})
    assert "secret" not in task.text


LOADED = """
import sys, django
{before}
import asgi, project.celery
print([name for name in ("project.spans", "opentelemetry.sdk.trace", "opentelemetry.exporter") if name in sys.modules])
"""


def run(endpoint, before=""):
    env = os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    command = [sys.executable, "-c", LOADED.format(before=before)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_nothing_is_loaded_where_nobody_says_where():
    assert run("").stdout.strip() == "[]"


def test_it_is_loaded_where_somebody_does():
    assert len(literal_eval(run("http://127.0.0.1:9").stdout)) == 3


def test_without_its_package_it_says_what_to_install_and_serves_on():
    missing = run("http://127.0.0.1:9", before="sys.modules['opentelemetry'] = None")

    assert (missing.returncode, "pip install opentelemetry-exporter-otlp-proto-http" in missing.stderr) == (0, True)


def test_an_address_that_is_none_ends_the_start():
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in run("collector:4318").stderr
