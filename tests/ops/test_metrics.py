"""What monitoring reads: by whom, in which format, and that it is what has happened."""

import re
from pathlib import Path

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.asgi import get_asgi_application
from prometheus_client.parser import text_string_to_metric_families

from accounts.actions import make_token
from ops import metrics
from tests.support.build import make_user
from tests.support.client import LiveClient
from tests.support.elsewhere import redis_at
from tests.support.stack import ROOT, free_port
from tests.support.stack import Web as WebProcess
from tests.support.wait import until
from tests.support.web import PLAIN_STATIC, Web

ALONE = {"photophore_part_up", "photophore_broken", metrics.QUEUES[0]}  # the metrics that are in no table
WATCHERS = [
    "grafana/photophore.json",
    "kubernetes/adapter.yaml",
    "kubernetes/sockets.yaml",
    "prometheus/alerts.test.yml",
    "prometheus/alerts.yml",
]
REDIS_AWAY = "redis://127.0.0.1:1/0"  # nothing listens there


def read(text):
    """Every sample, by name and labels."""
    families = text_string_to_metric_families(text)
    return {(one.name, *sorted(one.labels.items())): one.value for family in families for one in family.samples}


def ask(address, headers=None):
    """The status that a client at an address gets from the site."""

    async def get():
        transport = httpx.ASGITransport(get_asgi_application(), client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return (await client.get("/metrics", headers=headers)).status_code

    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    with PLAIN_STATIC:
        return async_to_sync(get)()


@pytest.mark.django_db(transaction=True)
def test_metrics_are_read_from_this_machine():
    assert [ask(address) for address in ("127.0.0.1", "::1")] == [200, 200]


@pytest.mark.django_db
def test_metrics_are_not_there_for_other_machines():
    assert ask("203.0.113.7") == 404


@pytest.mark.django_db(transaction=True)
def test_metrics_are_read_from_anywhere_with_the_token(settings):
    settings.METRICS_TOKEN = "s3cret"

    assert ask("203.0.113.7", {"Authorization": "Bearer s3cret"}) == 200


@pytest.mark.django_db
def test_metrics_are_not_there_without_the_token(settings):
    settings.METRICS_TOKEN = "s3cret"

    assert ask("127.0.0.1") == 404


@pytest.mark.django_db(transaction=True)
def test_metrics_name_the_part_that_is_away(settings):
    with redis_at(REDIS_AWAY, settings):
        found = read(Web().get("/metrics").content.decode())

    parts = {name: found["photophore_part_up", ("part", name)] for name in ("database", "migrations", "redis")}
    assert parts == {"database": 1.0, "migrations": 1.0, "redis": 0.0}


@pytest.mark.django_db(transaction=True)
def test_metrics_count_what_became_of_a_socket():
    node = f"counted-{free_port()}"
    web = WebProcess(node, free_port()).start().wait()
    try:
        client = LiveClient(web.live_url, token=make_token(user_id=make_user("ana").id))
        client.hello()
        until(lambda: scraped(web, node)("photophore_sockets") == 1)
        client.close()
        until(lambda: scraped(web, node)("photophore_sockets") == 0)
        count = scraped(web, node)
    finally:
        web.kill()

    assert (
        count("photophore_sockets_accepted_total", transport="websocket"),
        count("photophore_resumes_total", outcome="fresh"),
        count("photophore_sockets_closed_total", code="1000"),
        count("photophore_ready_seconds_count"),
    ) == (1, 1, 1, 1)


def scraped(web, node):
    found = read(httpx.get(f"{web.url}/metrics").text)
    return lambda name, **labels: found.get((name, *sorted({"node": node, **labels}.items())))


@pytest.mark.parametrize("path", WATCHERS)
def test_what_operators_copy_asks_only_for_metrics_that_there_are(path):
    asked = set(re.findall(r"photophore_\w+", (ROOT / "deploy" / path).read_text()))

    assert asked - names() == set()


def test_the_dashboard_shows_every_metric():
    assert names() - set(re.findall(r"photophore_\w+", (ROOT / "deploy/grafana/photophore.json").read_text())) == {
        f"{name}_{end}" for name, _ in metrics.HISTOGRAMS.values() for end in ("count", "sum")
    }


@pytest.mark.django_db(transaction=True)
def test_a_scrape_has_every_metric():
    families = text_string_to_metric_families(Web().get("/metrics").content.decode())

    assert {family.name for family in families} == {
        *ALONE,
        metrics.TASKS[0],
        *(name for name, *_ in [*metrics.COUNTERS.values(), *metrics.HISTOGRAMS.values()]),
        *(name for name, _ in (metrics.GAUGES | metrics.OUTBOX).values()),
    }


def names():
    """The names under which Prometheus keeps what is told."""
    counters = {f"{name}_total" for name, *_ in [*metrics.COUNTERS.values(), metrics.TASKS]}
    histograms = {f"{name}_{end}" for name, _ in metrics.HISTOGRAMS.values() for end in ("bucket", "count", "sum")}
    gauges = {name for name, _ in (metrics.GAUGES | metrics.OUTBOX).values()}
    return counters | histograms | gauges | ALONE
