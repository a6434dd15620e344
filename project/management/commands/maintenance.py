"""`manage.py maintenance on|off|status`: people may look, and nothing is changed."""

import argparse
import json
import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ops import maintenance
from ops.maintenance import Notice
from ops.models import MAX_WHY

LONGEST_MINUTES = 7 * 24 * 60

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Begin, end or tell. All web processes know within two seconds; drains and workers go on."""

    help = "Let nobody write: pages can be looked at, writes answer 503 and say until when, staff may log in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read what to do, and what people are told."""
        parser.add_argument("do", choices=("on", "off", "status"))
        parser.add_argument("--message", default="", help="what people are told, in your words")
        parser.add_argument("--minutes", type=_minutes, metavar="N", help="how long it takes, as you promise people")
        parser.add_argument("--dry-run", action="store_true", help="only say what is now")
        parser.add_argument("--json", action="store_true", help='print {"on", "begun_at", "until", "message"}')

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how it is now."""
        if len(options["message"]) > MAX_WHY:
            raise CommandError(f"--message has at most {MAX_WHY} characters.")
        if options["do"] != "status" and not options["dry_run"]:
            self._change(options)
        found = maintenance.current()
        self.stdout.write(json.dumps(_body(found)) if options["json"] else _words(found))

    def _change(self, options: dict[str, Any]) -> None:
        if options["do"] == "on":
            maintenance.begin(message=options["message"].strip(), minutes=options["minutes"])
        else:
            maintenance.end()
        logger.warning("maintenance: %s, by an operator", options["do"])


def _minutes(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= LONGEST_MINUTES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {LONGEST_MINUTES}")
    return int(text)


def _body(found: Notice | None) -> dict[str, Any]:
    if found is None:
        return {"on": False, "begun_at": None, "until": None, "message": ""}
    return {"on": True, "begun_at": found.begun_at.isoformat()} | found.as_dict()


def _words(found: Notice | None) -> str:
    if found is None:
        return "There is no maintenance: everybody may write."
    until = f", until about {found.until:%Y-%m-%d %H:%M} UTC as people are told" if found.until else ""
    return f"Maintenance since {found.begun_at:%Y-%m-%d %H:%M} UTC{until}: nobody may write."
