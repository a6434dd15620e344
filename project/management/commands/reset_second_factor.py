"""`manage.py reset_second_factor USERNAME`: for who lost phone, keys and recovery codes. Says so in the log."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import actions
from core.problems import NotFound

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Take all second factors from a person. Doing it again changes nothing."""

    help = "Remove a person's authenticator app, keys and recovery codes, and sign them out; the password stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read whose, and whether in earnest."""
        parser.add_argument("username")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or with --dry-run do it and take it back, and say so in one line."""
        username, dry_run = options["username"].lower(), options["dry_run"]
        try:
            with transaction.atomic():
                removed = actions.reset_second_factor(username=username)
                transaction.set_rollback(dry_run)
        except NotFound as problem:
            raise CommandError(problem.detail) from problem
        if removed and not dry_run:
            logger.warning("The second factor of %s was reset by an operator (%d removed).", username, removed)
        self.stdout.write(_words(username, removed, dry_run=dry_run))


def _words(username: str, removed: int, *, dry_run: bool) -> str:
    if not removed:
        return f"Nothing changed: {username} has no second factor."
    verb = "would lose" if dry_run else "has lost"
    return f"{username} {verb} the second factor ({removed} removed), and is signed out everywhere."
