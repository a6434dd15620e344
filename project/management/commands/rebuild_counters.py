"""`manage.py rebuild_counters`: recounts likes, comments, posts, followers, following; mends what has drifted."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from project import rebuild


class Command(BaseCommand):
    """Recount from the facts. It may run beside everything else, and finds nothing when it is run again."""

    help = "Recount likes, comments, posts, followers and following; report and mend what has drifted."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read whether to mend, and for whom to print."""
        parser.add_argument("--dry-run", action="store_true", help="report and mend nothing")
        parser.add_argument("--json", action="store_true", help='print [{"counter", "id", "was", "is"}]')

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each count that was wrong."""
        drifts = rebuild.rebuild(dry_run=options["dry_run"])
        if options["json"]:
            rows = [{"counter": one.counter, "id": str(one.object_id), "was": one.was, "is": one.is_} for one in drifts]
            self.stdout.write(json.dumps(rows))
            return
        number = 0
        for number, drift in enumerate(drifts, 1):  # noqa: B007 -- it is counted
            self.stdout.write(str(drift))
        self.stdout.write(f"{number} counts {'are' if options['dry_run'] else 'were'} wrong.")
