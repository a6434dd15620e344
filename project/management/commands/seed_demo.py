"""`manage.py seed_demo`: fills an instance with people, posts and deeds to look at."""

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from project.demo import seed as demo
from project.demo.cast import HEROINE
from project.demo.conditions import RefusedError
from project.demo.facts import PASSWORD


class Command(BaseCommand):
    """Make the demo. It refuses where real people may be, as its password is public."""

    help = "Make demo people (ana, ben, chloe, … and operator), their posts, likes, comments and follows."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read when to do nothing, and how to report."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing if anybody has an account already")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be made")
        parser.add_argument("--json", action="store_true", help="report as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or nothing, and say so in one line."""
        if options["if_empty"] and not demo.is_empty():
            self._report(None, "Nothing was made: there are people here already.", as_json=options["json"])
            return
        try:
            made = demo.plan() if options["dry_run"] else demo.seed()
        except RefusedError as refused:
            raise CommandError(str(refused)) from refused
        self._report(made, _words(made, planned=options["dry_run"]), as_json=options["json"])

    def _report(self, made: demo.Made | None, words: str, *, as_json: bool) -> None:
        body = dataclasses.asdict(made) if made else {}
        changed = bool(made and made.notifications is not None)
        self.stdout.write(json.dumps({"made": changed} | body) if as_json else words)


def _words(made: demo.Made, *, planned: bool) -> str:
    what = (
        f"{made.people} people, {made.posts} posts with {made.photos} photos, {made.follows} follows, "
        f"{made.likes} likes and {made.comments} comments"
    )
    if planned:
        return f"Would make {what}."
    return f"Made {what} in {made.seconds} s. Sign in as {HEROINE} with the password {PASSWORD}."
