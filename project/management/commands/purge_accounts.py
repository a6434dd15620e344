"""`manage.py purge_accounts`: removes for good the accounts that were deleted long ago; so does each night."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from project import purge
from project.purge import Purged


class Command(BaseCommand):
    """Remove what is due. It may run beside everything else; run again, it finishes what it could not."""

    help = "Remove for good the accounts whose grace after deletion is over, with all that they made."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read whether to remove, and for whom to print."""
        parser.add_argument("--dry-run", action="store_true", help="only say whose accounts are due")
        parser.add_argument("--json", action="store_true", help='print [{"id", "username", "gone"}]')

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each account."""
        purged = purge.purge(dry_run=options["dry_run"])
        if options["json"]:
            rows = [{"id": str(one.user_id), "username": one.username, "gone": one.gone} for one in purged]
            self.stdout.write(json.dumps(rows))
            return
        for one in purged:
            self.stdout.write(f"{one.username} {_state(one, dry_run=options['dry_run'])}.")


def _state(one: Purged, *, dry_run: bool) -> str:
    if dry_run:
        return "is due"
    return "is gone" if one.gone else "goes with a later run: something still waits that names them, or a backup runs"
