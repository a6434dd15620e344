"""Fixtures of content's tests: what an action recorded, files of their own, uploads as a form would bring them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import types
from events.models import OutboxRow


@pytest.fixture
def recorded():
    """Read the events that wait in the outbox, in order."""

    def recorded():
        return [types.decode(row.event) for row in OutboxRow.objects.order_by("id")]

    return recorded


@pytest.fixture
def media_root(settings, tmp_path):
    """A folder for the photos of this test alone."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def upload(media_root):
    """Make an upload of some bytes under some name."""

    def upload(data, name="photo.jpg"):
        return SimpleUploadedFile(name, data, content_type="image/jpeg")

    return upload


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    """Run what waits for the commit when the block ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def explained():
    """Run something, and read the plan of each query that it made."""

    def explained(call):
        with CaptureQueriesContext(connection) as queries:
            call()
        with connection.cursor() as cursor:
            return [_plan(cursor, query["sql"]) for query in queries]

    return explained


def _plan(cursor, sql):
    cursor.execute(f"EXPLAIN {sql}")
    return "\n".join(row[0] for row in cursor.fetchall())
