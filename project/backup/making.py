"""Making a backup while people use the site: the dump first, at one moment, and then the files that its rows name.

Files are named by their content and never change, and while a backup runs none is removed (content.holding): so no row
of the backup names a file that is not in it.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from django.conf import settings

from content import files
from core import clock, env
from project import VERSION
from project.backup import archive, programs, snapshot
from project.backup.manifest import FORMAT, Manifest
from project.backup.snapshot import Snapshot
from project.up.folder import secrets_in

ADDRESSES = ("DATABASE_URL", "REDIS_URL")  # of the embedded services: another machine has others


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is on the disk."""

    path: str
    bytes: int
    rows: int
    files: int
    missing: int  # photos whose folder is empty or gone: the disk has lost them
    secrets: bool


def name_now() -> str:
    """What a backup of this moment is called."""
    return f"photophore-{clock.now():%Y-%m-%dT%H%M%SZ}.tar"


def make(target: Path, *, with_secrets: bool = True) -> Made:
    """Write a backup. It has its name once it is whole; a run that was killed leaves none.

    Raises:
        Unsuitable: if another backup runs, or there is no fitting pg_dump, or it fails.
        OSError: if the disk is full or refuses.
    """
    with archive.whole_file(target) as file, tempfile.TemporaryFile() as sums, _workplace() as work:
        writer = archive.Writer(file, sums)
        with snapshot.held(lambda folders: _keep_originals(folders, work)) as moment:
            secrets = _secrets() if with_secrets else b""
            manifest = _manifest(moment, secrets=bool(secrets))
            writer.add(archive.MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
            _add_dump(writer, moment, target.with_name(f".{target.name}.dump"))
            if secrets:
                writer.add(archive.SECRETS, secrets)
            missing = sum(not _add_photo(writer, folder, work) for folder in moment.folders())
        writer.finish()
    rows = sum(manifest.counts.values())
    return Made(str(target), target.stat().st_size, rows, writer.files, missing, manifest.secrets)


@contextmanager
def _workplace() -> Iterator[Path]:
    """A folder on the disk of the photos, for second names of originals."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=root) as work:
        yield Path(work)


def _keep_originals(folders: list[str], work: Path) -> None:
    for folder in folders:
        original = files.folder_path(folder) / files.ORIGINAL
        if original.exists():
            os.link(original, work / folder)


def _manifest(moment: Snapshot, *, secrets: bool) -> Manifest:
    return Manifest(
        format=FORMAT,
        app=VERSION,
        made_at=clock.now().isoformat(timespec="seconds"),
        postgresql=moment.server_version,
        migrations=moment.migrations(),
        counts=moment.counts(),
        settings=sorted(env.names()),
        secrets=secrets,
    )


def _add_dump(writer: archive.Writer, moment: Snapshot, path: Path) -> None:
    """Dump to a file of its own first: a tar wants to know how long a member is before it begins."""
    program = programs.clients(moment.server_version) / "pg_dump"
    options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--snapshot={moment.id}"]
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            ran = subprocess.run(  # noqa: S603 -- our own arguments
                [str(program), *options],
                env=programs.environment(),
                stdout=file,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        if ran.returncode != 0:
            raise programs.Unsuitable(f"pg_dump failed: {ran.stderr.strip()}")
        writer.add_file(archive.DUMP, path)
    finally:
        path.unlink(missing_ok=True)


def _secrets() -> bytes:
    """What the first start has made, but for the addresses; nothing if the environment holds the secrets."""
    kept = secrets_in(Path(settings.DATA))
    return "".join(f"{name}={value}\n" for name, value in kept.items() if name not in ADDRESSES).encode()


def _add_photo(writer: archive.Writer, folder: str, work: Path) -> bool:
    """Add the files of a photo; answer whether there were any."""
    found = {path.name: path for path in files.kept_files(folder)}
    if (work / folder).exists():
        found[files.ORIGINAL] = work / folder
    for name, path in sorted(found.items()):
        try:
            writer.add_file(f"{archive.MEDIA}{folder}/{name}", path)
        except FileNotFoundError:  # an original that was done with: the rows of that moment do not need it
            if name != files.ORIGINAL:
                raise
    return bool(found)
