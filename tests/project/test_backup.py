"""`manage.py backup` and `restore`: one moment in one file; all of it, or nothing, back."""

import contextlib
import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from content.actions import removal
from content.models import Media
from project import VERSION
from project.backup import archive, programs, snapshot
from realtime import log
from tests.support.build import make_media, make_post, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana(tmp_path, settings, monkeypatch):
    """A person with a post and its photo, in a data folder of the test's own."""
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # which the browsers' tests need, and no site has
    settings.DATA = tmp_path / "site"
    settings.MEDIA_ROOT = settings.DATA / "media"
    settings.DATA.mkdir()
    ana = make_user("ana")
    make_media(ana, post=make_post(ana, photos=0), files=True)
    return ana


class Elsewhere:
    """A database beside the test's own, and a data folder, as another machine would have them."""

    name = "restored"

    def __init__(self, folder):
        self.data = folder
        self.url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{self.name}"

    @contextlib.contextmanager
    def here(self):
        """Be on that machine."""
        used = connection.settings_dict
        own, ours = used["NAME"], (django_settings.DATA, django_settings.MEDIA_ROOT)
        _leave()
        used["NAME"], django_settings.DATA, django_settings.MEDIA_ROOT = self.name, self.data, self.data / "media"
        try:
            yield
        finally:
            _leave()
            used["NAME"], (django_settings.DATA, django_settings.MEDIA_ROOT) = own, ours

    def restore(self, path, *options):
        """Run the command there; answer its exit code, and what it said."""
        out = io.StringIO()
        with self.here():
            try:
                call_command("restore", str(path), *options, stdout=out)
            except CommandError as error:
                return 1, str(error)
            except SystemExit as end:
                return end.code, out.getvalue()
        return 0, out.getvalue()

    def counts(self):
        with psycopg.connect(self.url) as there:
            return {table: there.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _tables()}


def _leave():
    connection.close()
    connection.close_pool()


@pytest.fixture
def elsewhere(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute("DROP DATABASE IF EXISTS restored WITH (FORCE)")
        own.execute("CREATE DATABASE restored TEMPLATE template0")
        yield Elsewhere(folder)
        own.execute("DROP DATABASE restored WITH (FORCE)")


def back_up(*options):
    out = io.StringIO()
    call_command("backup", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def counts_here():
    with connection.cursor() as cursor:
        found = {}
        for table in _tables():
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def _tables():
    return [table for table in connection.introspection.table_names() if table != "realtime_epoch"]


def media_of(folder):
    root = Path(folder) / "media"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def rewritten(path, name, change):
    """The same backup with another content of one member (None: without it), and the sums as they were."""
    target = Path(path).with_suffix(".changed.tar")
    with tarfile.open(path) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            content = old.extractfile(member).read()
            if member.name == name:
                content = change(content)
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


def test_a_restored_site_has_every_row_and_every_file(ana, elsewhere):
    made = back_up()
    files = media_of(django_settings.DATA)

    code, said = elsewhere.restore(made["path"])

    assert code == 0, said
    assert (elsewhere.counts(), media_of(elsewhere.data)) == (counts_here(), files)
    assert (made["files"], made["missing"], len(files)) == (len(files), 0, made["files"])


def test_a_restored_site_has_another_epoch(ana, elsewhere):
    elsewhere.restore(back_up()["path"])

    with psycopg.connect(elsewhere.url) as there:
        ((epoch,),) = there.execute("SELECT value FROM realtime_epoch")
    log.epoch.cache_clear()
    assert (len(epoch), epoch == log.epoch()) == (6, False)


def test_secrets_come_along_without_the_addresses_of_the_old_machine(ana, elsewhere):
    secrets = Path(django_settings.DATA) / "secrets.env"
    secrets.write_text("SECRET_KEY=long-ago\nDATABASE_URL=postgres://gone\nREDIS_URL=redis://gone\n")

    elsewhere.restore(back_up()["path"])

    kept = Path(elsewhere.data) / "secrets.env"
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("SECRET_KEY=long-ago\n", 0o600)


def test_secrets_stay_out_if_told_so(ana):
    (Path(django_settings.DATA) / "secrets.env").write_text("SECRET_KEY=long-ago\n")

    made = back_up("--without-secrets")

    with tarfile.open(made["path"]) as tar:
        assert "secrets.env" not in tar.getnames()


def test_a_backup_is_readable_by_its_owner_alone(ana):
    assert Path(back_up()["path"]).stat().st_mode & 0o777 == 0o600


def test_a_backup_that_failed_leaves_no_file(ana, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "nowhere")

    with pytest.raises(CommandError, match='database "nowhere" does not exist'):
        call_command("backup")

    assert list((Path(django_settings.DATA) / "backups").iterdir()) == []


def test_a_folder_that_is_not_there_may_be_a_disk_that_is_not_mounted(ana, tmp_path):
    with pytest.raises(CommandError, match="there is no folder"):
        call_command("backup", "--to", str(tmp_path / "mnt" / "today.tar"))

    assert not (tmp_path / "mnt").exists()


def test_while_a_backup_runs_no_photo_is_removed(ana):
    photo = Media.objects.get()
    removal.mark_deleted([photo.pk])

    with snapshot.held(lambda _: None) as moment:
        removal.purge(media_ids=[photo.pk])

        assert (list(moment.folders()), Media.objects.count()) == ([photo.folder], 1)
    removal.purge(media_ids=[photo.pk])
    assert Media.objects.count() == 0


def test_an_original_that_is_done_with_meanwhile_is_in_the_backup(ana, monkeypatch):
    photo = make_media(ana, state="processing", files=False)
    folder = Path(django_settings.MEDIA_ROOT) / photo.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "original").write_bytes(b"as it was sent")
    dump = archive.Writer.add_file

    def add_and_drop(writer, name, path):
        removal.drop_original(photo.folder)  # a worker is done with it while the dump is added
        dump(writer, name, path)

    monkeypatch.setattr(archive.Writer, "add_file", add_and_drop)
    made = back_up()

    with tarfile.open(made["path"]) as tar:
        assert tar.extractfile(f"media/{photo.folder}/original").read() == b"as it was sent"


def test_a_photo_that_the_disk_has_lost_is_told(ana):
    make_media(ana, files=False)

    assert back_up()["missing"] == 1


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("database.dump", lambda content: content[:-1] + b"!", "database.dump is not what was written."),
        ("database.dump", lambda _: None, "database.dump is missing."),
        ("SHA256SUMS", lambda _: None, "has no end: it was cut off."),
        ("manifest.json", lambda content: content.replace(b'"format": 1', b'"format": 2'), "upgrade first."),
        (
            "manifest.json",
            lambda content: content.replace(b'"core.0001_photophore_id"', b'"core.9999_later"'),
            f"made by a later Photophore ({VERSION}), which has applied core.9999_later: upgrade first.",
        ),
    ],
)
def test_a_backup_that_is_not_whole_or_too_new_changes_nothing(ana, elsewhere, name, change, why):
    path = rewritten(back_up()["path"], name, change)

    code, said = elsewhere.restore(path)

    with psycopg.connect(elsewhere.url) as there:
        ((tables,),) = there.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    assert (code, tables, os.listdir(elsewhere.data)) == (1, 0, []), said
    assert why in said


def test_a_path_that_leads_elsewhere_is_refused(tmp_path):
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as tar:
        tar.addfile(tarfile.TarInfo("media/../../evil"), io.BytesIO())

    with pytest.raises(archive.Damaged, match="does not belong into a backup"):
        archive.check(path, into=tmp_path)


def test_people_who_are_there_are_replaced_only_if_told_so(ana, elsewhere):
    first = back_up()["path"]
    make_user("ben")
    second = back_up("--to", str(Path(first).with_name("second.tar")))["path"]
    elsewhere.restore(second)

    refused, said = elsewhere.restore(first)
    people_after_refusal = elsewhere.counts()["accounts_user"]
    replaced, _ = elsewhere.restore(first, "--replace")

    assert "There are people or photos here already" in said
    assert (refused, people_after_refusal, replaced, elsewhere.counts()["accounts_user"]) == (1, 2, 0, 1)


def test_a_count_that_differs_takes_all_of_it_back(ana, elsewhere):
    whole = back_up()["path"]
    elsewhere.restore(whole)
    sums = {}

    def one_more(content):
        changed = content.replace(b'"public.accounts_user": 1', b'"public.accounts_user": 2')
        sums.update({b"manifest.json": (hashlib.sha256(content), hashlib.sha256(changed))})
        return changed

    path = rewritten(whole, "manifest.json", one_more)
    old, new = sums[b"manifest.json"]
    path = rewritten(path, "SHA256SUMS", lambda text: text.replace(old.hexdigest().encode(), new.hexdigest().encode()))
    before = media_of(elsewhere.data)

    code, said = elsewhere.restore(path, "--replace")

    assert "public.accounts_user has not the 2 rows that it had" in said
    assert (code, elsewhere.counts()["accounts_user"], media_of(elsewhere.data)) == (1, 1, before)


def test_a_dry_run_says_what_it_would_replace(ana, elsewhere):
    made = back_up()
    elsewhere.restore(made["path"])

    code, said = elsewhere.restore(made["path"], "--dry-run", "--json")

    told = json.loads(said)
    assert (code, told["people_here"], told["photos_here"], told["files"]) == (0, 1, True, made["files"])


def test_a_site_that_runs_is_not_restored_over(ana, elsewhere):
    made = back_up()
    with psycopg.connect(elsewhere.url, application_name="photophore web-1"):
        code, said = elsewhere.restore(made["path"])

    assert (code, "1 connections of Photophore are open" in said) == (1, True)


def test_the_options_of_the_database_url_hold_for_a_backup_too(monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "target_session_attrs", "read-only")  # it takes writes

    with pytest.raises(programs.Unsuitable, match="read-only"), programs.connect():
        pass

    assert programs.environment()["PGTARGETSESSIONATTRS"] == "read-only"


def test_a_server_newer_than_every_pg_dump_is_named_with_what_to_install():
    with pytest.raises(programs.Unsuitable, match="is too old for it"):
        programs.clients(990_000)
