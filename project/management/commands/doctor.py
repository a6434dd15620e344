"""`manage.py doctor`: how every part is, and what to do about it; exit code 1 if one does not work."""

import dataclasses
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from project.doctor import State, examine
from project.doctor.printing import lines


class Command(BaseCommand):
    """Look at everything, change nothing."""

    help = "Check every part, and name the cure of what is not well. Exits with 1 if something does not work."
    requires_system_checks = ()  # they are among what is looked at

    def add_arguments(self, parser: CommandParser) -> None:
        """Read for whom to print."""
        parser.add_argument("--json", action="store_true", help='print [{"part", "state", "said", "cure"}]')

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each part as soon as it was looked at, or all at once as JSON."""
        findings = []
        for finding in examine():
            findings.append(finding)
            if not options["json"]:
                self.stdout.write("\n".join(lines(finding, self.style)))
        if options["json"]:
            self.stdout.write(json.dumps([dataclasses.asdict(finding) for finding in findings]))
        if any(finding.state is State.FAIL for finding in findings):
            sys.exit(1)
