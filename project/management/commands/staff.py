"""`manage.py staff USERNAME`: makes a person staff, who moderates once they prove a second factor; `--undo` ends it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import actions
from core.problems import NotFound


class Command(BaseCommand):
    """Make a person staff, or take it back. Doing it again changes nothing."""

    help = "Make a person staff: an operator and moderator. With --undo no longer, open sockets included."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read whom, and whether in earnest."""
        parser.add_argument("username")
        parser.add_argument("--undo", action="store_true", help="make them staff no longer")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or with --dry-run do it and take it back, and say so in one line."""
        username, dry_run = options["username"].lower(), options["dry_run"]
        action = actions.revoke_staff if options["undo"] else actions.grant_staff
        try:
            with transaction.atomic():
                changed = action(username=username)
                transaction.set_rollback(dry_run)
        except NotFound as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(_words(username, changed=changed, undo=options["undo"], dry_run=dry_run))


def _words(username: str, *, changed: bool, undo: bool, dry_run: bool) -> str:
    if not changed:
        return f"Nothing changed: {username} was {'not staff' if undo else 'staff already'}."
    return f"{username} {'would be' if dry_run else 'is'} {'staff no longer' if undo else 'staff'}."
