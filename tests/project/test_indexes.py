"""Facts about the indexes of our tables: each costs every write something, so none is there twice."""

import pytest
from django.apps import apps
from django.db import connection

OURS = ("accounts", "content", "core", "events", "notifications", "ops", "realtime")

# An index whose columns another begins with, in the same order of values: that one finds all that it would find.
TWICE = """
SELECT less.indexrelid::regclass::text FROM pg_index AS less
JOIN pg_index AS more ON more.indrelid = less.indrelid AND more.indexrelid <> less.indexrelid
JOIN pg_class AS c ON c.oid = less.indexrelid JOIN pg_class AS d ON d.oid = more.indexrelid AND d.relam = c.relam
WHERE less.indrelid::regclass::text = ANY(%s) AND NOT less.indisunique
AND less.indpred IS NULL AND more.indpred IS NULL AND less.indexprs IS NULL
AND starts_with(more.indkey::text || ' ', less.indkey::text || ' ')
AND starts_with(more.indclass::text || ' ', less.indclass::text || ' ')
"""


@pytest.mark.django_db
def test_no_index_finds_only_what_another_finds():
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True) if is_ours(model)]

    with connection.cursor() as cursor:
        cursor.execute(TWICE, [tables])
        assert cursor.fetchall() == []


def is_ours(model):
    """Whether we chose its indexes: Django makes those of its own tables between two models."""
    return model._meta.app_label in OURS and not model._meta.auto_created
