"""`manage.py upgrade --check`: what an upgrade to this code would do; exit code 1 if it cannot be done."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from project import backup, upgrade
from project.doctor import State
from project.doctor.printing import lines


class Command(BaseCommand):
    """Look before an upgrade, with the new code on the old database. Changes nothing."""

    help = "Tell what an upgrade to this code would do: migrations, versions, settings, room."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Read what to compare with, and for whom to print."""
        parser.add_argument("--check", action="store_true", help="only look; the upgrade itself is manage.py migrate")
        parser.add_argument("--since", type=Path, metavar="BACKUP", help="tell which settings came since a backup")
        parser.add_argument("--json", action="store_true", help='print [{"part", "state", "said", "cure"}]')

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each part."""
        if not options["check"]:
            raise CommandError("Say --check: this command only looks. docs/operations.md, Upgrade, has the steps.")
        try:
            findings = list(upgrade.check(options["since"]))
        except backup.FAILURES as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps([dataclasses.asdict(finding) for finding in findings]))
        else:
            self.stdout.write("\n".join(line for finding in findings for line in lines(finding, self.style)))
        if any(finding.state is State.FAIL for finding in findings):
            sys.exit(1)
