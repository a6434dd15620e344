"""`manage.py suspend USERNAME`: hides a person and all they made, and signs them out; `--undo` brings them back."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import actions
from core.problems import Problem


class Command(BaseCommand):
    """Suspend a person, or lift the suspension. Doing it again changes nothing."""

    help = "Suspend a person: hidden everywhere and signed out at once, sockets included."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read whom, why, and how to report."""
        parser.add_argument("username")
        parser.add_argument("--undo", action="store_true", help="lift the suspension")
        parser.add_argument("--reason", default="", help="what the person is told when they log in")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--json", action="store_true", help="report as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or with --dry-run do it and take it back, and say so in one line."""
        username, undo = options["username"].lower(), options["undo"]
        try:
            with transaction.atomic():
                changed = _change(username, options["reason"], undo=undo)
                transaction.set_rollback(options["dry_run"])
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        body = {"username": username, "suspended": not undo, "changed": changed, "dry_run": options["dry_run"]}
        self.stdout.write(json.dumps(body) if options["json"] else _words(**body))


def _change(username: str, reason: str, *, undo: bool) -> bool:
    if undo:
        return actions.unsuspend_user(username=username)
    return actions.suspend_user(username=username, reason=reason)


def _words(*, username: str, suspended: bool, changed: bool, dry_run: bool) -> str:
    if not changed:
        return f"Nothing changed: {username} was {'suspended already' if suspended else 'not suspended'}."
    verb = "would be" if dry_run else "is"
    return f"{username} {verb} suspended." if suspended else f"{username} {verb} no longer suspended."
