"""`manage.py prune`: what may go is counted, and gone; what somebody could have back stays."""

import io
import json
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from accounts.actions import make_token
from accounts.models import FormerUsername, Session, Token
from content.models import Made, Media, Post
from core import clock
from project.backup import snapshot
from realtime.models import Ticket
from tests.support.build import make_former_username, make_media, make_post, make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

LONG = timedelta(days=400)
TWO_DAYS = 2 * 24 * 3600


@pytest.fixture(autouse=True)
def _folder(tmp_path, settings):
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()


def pruned(*options):
    """How many of each kind it has found."""
    out = io.StringIO()
    call_command("prune", "--json", *options, stdout=out)
    return {one["what"]: one for one in json.loads(out.getvalue()) if one["found"]["count"]}


def old_file(*parts):
    path = Path(django_settings.DATA).joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"1234")
    for place in (path, path.parent):
        os.utime(place, (time.time() - TWO_DAYS,) * 2)
    return path


def test_a_site_of_today_has_nothing_to_prune():
    ana = make_user("ana")
    make_media(ana, post=make_post(ana, photos=0), files=True)
    Web(ana).get("/")

    assert pruned() == {}


def test_what_is_long_over_goes():
    ana = make_user("ana")
    Web(ana).get("/")
    Session.objects.filter(user=ana).update(expire_date=clock.now() - LONG)
    make_token(user_id=ana.id, name="app")
    Ticket.objects.create(
        digest=b"1" * 32, user_id=ana.id, token_id=Token.objects.get().id, expires_at=clock.now() - LONG
    )
    Made.objects.create(actor=ana, kind="post", key="k", created_at=clock.now() - LONG)
    make_former_username(ana, "anna", left_at=clock.now() - LONG)
    make_post(ana, photos=1, deleted_at=clock.now() - LONG)

    found = pruned()

    assert {what: one["found"]["count"] for what, one in found.items()} == {
        "posts": 1, "photos": 1, "sessions": 1, "tickets": 1, "idempotency keys": 1, "former names": 1,
    }  # fmt: skip
    tables = (Session, Ticket, Made, FormerUsername, Post, Media)
    assert [table.objects.count() for table in tables] == [0] * len(tables)


def test_a_dry_run_removes_nothing():
    make_post(make_user("ana"), photos=0, deleted_at=clock.now() - LONG)

    found = pruned("--dry-run")

    assert (found["posts"]["found"]["count"], Post.objects.count()) == (1, 1)


def test_files_that_no_row_names_go_with_their_bytes():
    ana = make_user("ana")
    finished = make_media(ana, files=True)
    unfinished = make_media(ana, state="processing")
    gone = [old_file("media", "0123abcd", "320.webp"), old_file("media", ".upload-x"),
            old_file("media", finished.folder, "original")]  # fmt: skip
    kept = old_file("media", unfinished.folder, "original")

    found = pruned()["files of nobody"]

    assert found == {"what": "files of nobody", "found": {"count": 3, "bytes": 12}, "left": {"count": 0, "bytes": 0}}
    assert ([path.exists() for path in gone], kept.exists()) == ([False] * 3, True)


def test_a_young_file_may_be_on_its_way_in():
    path = Path(django_settings.MEDIA_ROOT) / ".upload-x"
    path.write_bytes(b"1")

    assert (pruned(), path.exists()) == ({}, True)


def test_while_a_backup_runs_files_stay():
    path = old_file("media", "0123abcd", "320.webp")

    with snapshot.held(lambda _: None):
        left = pruned()["files of nobody"]["left"]["count"]

    assert (left, path.exists()) == (1, True)


def test_what_a_killed_backup_left_goes():
    path = old_file("backups", ".photophore-2026-01-01T000000Z.tar.part")

    assert (pruned()["unfinished backups"]["found"]["bytes"], path.exists()) == (4, False)
