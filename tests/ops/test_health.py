"""Whether a process lives, and whether it can serve."""

import pytest
from django.conf import settings

from ops import health
from tests.support.elsewhere import redis_at
from tests.support.web import Web


def test_healthz_asks_no_database():
    answer = Web().get("/healthz")  # without the mark django_db a query would fail

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "node": settings.NODE})


@pytest.mark.django_db(transaction=True)
def test_readyz_when_all_works():
    answer = Web().get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "node": settings.NODE, "broken": [], "live": "ok", "maintenance": False},
    )


@pytest.mark.django_db(transaction=True)
def test_readyz_names_redis_when_it_is_away(settings):
    with redis_at("redis://127.0.0.1:1/0", settings):  # nothing listens there
        answer = Web().get("/readyz")

    assert (answer.status_code, answer.json()["broken"]) == (503, ["redis"])


@pytest.mark.django_db(transaction=True)
def test_readyz_looks_at_migrations_until_they_are_applied(django_assert_num_queries):
    health._migrated.clear()

    first = Web().get("/readyz").json()["broken"]

    assert (first, health._migrated) == ([], [True])
