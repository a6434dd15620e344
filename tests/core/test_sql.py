"""Plain SQL: on Django's connection, bound by the server, many statements in one round trip."""

import functools
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from psycopg.pq import TransactionStatus

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


@pytest.mark.parametrize("holds", [False, True])
def test_statements_of_a_pipeline_run_in_order(holds):
    with sql.pipeline(holds=holds):
        sql.later("INSERT INTO outbox (shard, event, created_at, attempts, error) VALUES (1, '', now(), 0, '')")
        found = sql.later("SELECT count(*) FROM outbox")
        sql.later("DELETE FROM outbox")

    assert (found(), OutboxRow.objects.count()) == ([(1,)], 0)


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_around_it_a_pipeline_is_one():
    def both():
        with sql.pipeline():
            sql.later("INSERT INTO outbox (shard, event, created_at, attempts, error) VALUES (1, '', now(), 0, '')")
            sql.later("INSERT INTO outbox (shard) VALUES (1)")

    with pytest.raises(IntegrityError):
        both()

    assert OutboxRow.objects.count() == 0


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


@pytest.mark.parametrize("query", ["SELECT nothing", "SELECT %s::int"])
def test_a_connection_goes_on_after_an_error_of_one_statement(query):
    with pytest.raises((ProgrammingError, TypeError)), transaction.atomic():
        sql.rows(query, *[object()] * query.count("%s"))

    assert sql.rows("SELECT %s::int + 42", 1) == [(43,)]


def test_a_connection_goes_on_after_an_error_in_a_pipeline():
    with pytest.raises(ProgrammingError), transaction.atomic(), sql.pipeline():
        sql.later("SELECT nothing"), sql.later("SELECT %s::int + 42", 1)

    assert sql.rows("SELECT %s::int + 42", 1) == [(43,)]


@pytest.mark.parametrize("holds", [False, True])
def test_an_answer_waits_for_no_more_than_it_needs(holds):
    with sql.pipeline(holds=holds):
        first = sql.later("SELECT 1")
        assert first() == [(1,)]
        second = sql.later("SELECT 2")

    assert (first(), second()) == ([(1,)], [(2,)])


def test_more_than_the_kernel_holds_goes_both_ways():
    text = "x" * 1_000_000

    with sql.pipeline():
        answers = [sql.later("SELECT %s::text", text) for _ in range(20)]

    assert {answer()[0][0] for answer in answers} == {text}


@pytest.mark.parametrize("value", [None, True, False, -1, 1.5, "ü%s%%", datetime(2026, 1, 1, 12, 30, 0, 5, tzinfo=UTC)])
def test_a_parameter_comes_back_as_it_was(value):
    kind = {bool: "bool", int: "int", float: "float8", str: "text", datetime: "timestamptz"}.get(type(value), "text")

    assert sql.rows(f"SELECT %s::{kind}", value) == [(value,)]


def test_a_per_cent_sign_is_written_twice():
    assert sql.rows("SELECT 7 %% 4") == [(3,)]


def test_what_cannot_be_a_parameter_is_refused():
    with pytest.raises(TypeError, match=r"^no parameter of a statement: object$"):
        sql.rows("SELECT %s::text", object())


@pytest.mark.django_db(transaction=True)
def test_what_follows_a_transaction_sees_it_committed():
    seen = []

    def look():
        seen.append((connection.connection.pgconn.transaction_status, rows_of_others()))

    with sql.transaction_in_pipeline() as after_commit:
        OutboxRow.objects.create(shard=1, event="")
        after_commit(look)

    assert (seen, connection.in_atomic_block) == ([(TransactionStatus.IDLE, 1)], False)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_leaves_nothing_and_nothing_follows_it():
    seen = []

    def fail():
        with sql.transaction_in_pipeline() as after_commit:
            OutboxRow.objects.create(shard=1, event="")
            after_commit(functools.partial(seen.append, "followed"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (seen, OutboxRow.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_constraint_that_is_looked_at_in_the_end_undoes_the_transaction_and_nothing_follows_it():
    seen = []

    def break_it():
        with sql.transaction_in_pipeline() as after_commit:
            sql.later("INSERT INTO content_like (post_id, user_id) VALUES (1, 1)")
            after_commit(functools.partial(seen.append, "followed"))

    with pytest.raises(IntegrityError):
        break_it()
    assert seen == []
    assert sql.rows("SELECT count(*) FROM content_like") == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_without_a_statement_neither_begins_nor_commits():
    """PostgreSQL warns of a COMMIT where nothing has begun."""
    connection.ensure_connection()
    notices = []
    connection.connection.add_notice_handler(notices.append)

    with sql.transaction_in_pipeline():
        before = connection.connection.info.transaction_status

    assert (before, notices) == (TransactionStatus.IDLE, [])


def test_inside_another_transaction_it_commits_nothing():
    with sql.transaction_in_pipeline():
        OutboxRow.objects.create(shard=1, event="")

    assert (OutboxRow.objects.count(), rows_of_others()) == (1, 0)


def rows_of_others():
    """What another connection sees."""
    named = connection.settings_dict
    with psycopg.connect(
        host=named["HOST"], port=named["PORT"], user=named["USER"], password=named["PASSWORD"], dbname=named["NAME"]
    ) as other:
        return other.execute("SELECT count(*) FROM outbox").fetchone()[0]


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


@pytest.mark.parametrize("value", ["a\0b", ["a\0b"]])
def test_a_text_is_sent_whole_or_not_at_all(value):
    with pytest.raises(DataError, match="NUL"):
        sql.rows("SELECT %s", value)
