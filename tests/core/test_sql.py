"""Plain SQL: on Django's connection, bound by the server, many statements in one round trip."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from core import sql
from events.models import OutboxRow

pytestmark = pytest.mark.django_db

AWKWARD = ["plain", 'a "quote"', "back\\slash", "{brace}", "a,comma", "", "NULL", "ünï", "'"]


def test_texts_come_back_as_they_were():
    assert sql.rows("SELECT * FROM unnest(%s::text[])", AWKWARD) == [(text,) for text in AWKWARD]


def test_numbers_come_back_as_they_were():
    numbers = [0, -1, 2**63 - 1]

    assert sql.rows("SELECT * FROM unnest(%s::bigint[])", numbers) == [(number,) for number in numbers]


def test_an_empty_list_is_an_empty_array():
    assert sql.rows("SELECT %s::bigint[] = '{}'", []) == [(True,)]


def test_statements_of_a_pipeline_run_in_order():
    with sql.pipeline():
        sql.later("INSERT INTO outbox (shard, event, created_at, attempts, error) VALUES (1, '', now(), 0, '')")
        found = sql.later("SELECT count(*) FROM outbox")
        sql.later("DELETE FROM outbox")

    assert (found(), OutboxRow.objects.count()) == ([(1,)], 0)


def test_the_orm_knows_in_a_pipeline_what_it_changed():
    OutboxRow.objects.create(shard=1, event="")

    with sql.pipeline():
        changed = OutboxRow.objects.filter(shard=1).update(event="new")

    assert changed == 1


def test_errors_are_those_of_django():
    with pytest.raises(ProgrammingError), transaction.atomic():
        sql.rows("SELECT nothing")


def test_an_error_in_a_pipeline_comes_out_of_it():
    with pytest.raises(IntegrityError), transaction.atomic(), sql.pipeline():
        sql.later("INSERT INTO outbox (shard) VALUES (1)")


def test_statements_are_prepared_once_and_planned_once():
    for _ in range(3):
        sql.rows("SELECT %s::int + 41", 1)

    found = sql.rows("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s", "%+ 41")
    assert found == [(3, 0)]


def test_statements_show_in_the_list_of_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        sql.rows("SELECT 1")
        sql.later("SELECT 2")
    assert connection.in_atomic_block
