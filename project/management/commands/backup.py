"""`manage.py backup`: PostgreSQL, the photos and the secrets of one moment in one file, while people use the site."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from project import backup


class Command(BaseCommand):
    """Back up. It may run at any time, beside everything else; of two at once the second is refused."""

    help = "Write a backup: one file, readable by its owner alone. `manage.py restore --verify FILE` proves it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Read where to, and what not to write there."""
        parser.add_argument(
            "--to", type=Path, metavar="PATH", help="a folder, or a file (default: backups/ in the data)"
        )
        parser.add_argument("--without-secrets", action="store_true", help="leave out what signs sessions and tokens")
        parser.add_argument("--json", action="store_true", help='print {"path", "bytes", "rows", "files", …}')

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say what is in it."""
        target = _target(options["to"])
        try:
            made = backup.make(target, with_secrets=not options["without_secrets"])
        except backup.FAILURES as error:
            raise CommandError(f"No backup was made. {error}") from error
        self.stdout.write(json.dumps(dataclasses.asdict(made)) if options["json"] else _words(made))
        if made.missing:
            self.stderr.write(f"{made.missing} photos have no files any more: the disk has lost them.")


def _target(to: Path | None) -> Path:
    """The file to write. A folder that was named is not made: it may be a disk that is not mounted."""
    folder = to or Path(settings.DATA) / "backups"
    if to is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_dir():
        return folder / backup.name_now()
    if not folder.parent.is_dir():
        raise CommandError(f"--to: there is no folder {folder.parent}.")
    return folder


def _words(made: backup.Made) -> str:
    secrets = "the secrets" if made.secrets else "no secrets"
    return f"{made.path}: {made.rows} rows, {made.files} files and {secrets}, {filesizeformat(made.bytes)}."
