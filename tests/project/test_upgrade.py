"""`manage.py upgrade --check`: what the new code would do to the database in use."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.recorder import MigrationRecorder

from project import migrating

pytestmark = pytest.mark.django_db


def checked(*options):
    """What it found, and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("upgrade", "--check", "--json", *options, stdout=out)
    except SystemExit as end:
        code = end.code
    return json.loads(out.getvalue()), code


def said(found, part):
    return [one["said"] for one in found if one["part"] == part]


def migration(*operations):
    made = migrations.Migration("0099_later", "content")
    made.operations = list(operations)
    return made


def test_nothing_is_to_be_done_on_a_database_of_this_code():
    found, code = checked()

    assert (said(found, "migrations"), said(found, "migration"), code) == (["0 to apply"], [], 0)
    assert [one for one in found if one["state"] == "fail"] == []


def test_a_migration_that_waits_is_named_with_what_it_does():
    MigrationRecorder(connection).record_unapplied("ops", "0002_audit")
    last = [name for app, name in MigrationRecorder(connection).applied_migrations() if app == "ops"]
    for name in set(last) - {"0001_cases"}:
        MigrationRecorder(connection).record_unapplied("ops", name)

    found, code = checked()

    assert "ops.0002_audit" in said(found, "migrations")[0]
    assert "ops.0002_audit: RunSQL: it is a program of its own: read it." in said(found, "migration")
    assert code == 0


def test_a_database_of_a_later_photophore_is_a_failure():
    MigrationRecorder(connection).record_applied("content", "9999_later")

    found, code = checked()

    assert (said(found, "migrations"), code) == (["The database is of a later Photophore: content.9999_later."], 1)


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        (migrations.RemoveField("Post", "caption"), migrating.BREAKS),
        (migrations.AlterField("Post", "caption", models.TextField()), migrating.REWRITES),
        (
            migrations.SeparateDatabaseAndState([migrations.AddIndex("Post", models.Index("id", name="by"))]),
            "nobody writes to it while the index is made",
        ),
    ],
)
def test_a_dangerous_step_is_told_with_its_table(operation, what):
    ((step),) = migrating.steps(migration(operation))

    assert (step.migration, step.table, step.what) == ("content.0099_later", "content_post", what)


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.AddField("Post", "mood", models.CharField(max_length=9, null=True))],
        [
            migrations.CreateModel("Mood", [("id", models.BigAutoField(primary_key=True))]),
            migrations.AddIndex("Mood", models.Index("id", name="by")),
        ],
    ],
)
def test_a_harmless_step_is_not_told(operations):
    assert list(migrating.steps(migration(*operations))) == []


def test_a_setting_that_is_none_any_more_is_told(monkeypatch):
    monkeypatch.setenv("PHOTOPHORE_MOOD", "blue")

    found, code = checked()

    assert (said(found, "settings"), code) == (["PHOTOPHORE_MOOD is set, and is no setting (any more)."], 0)


def test_without_check_it_says_that_it_only_looks():
    with pytest.raises(CommandError, match="Say --check"):
        call_command("upgrade")
