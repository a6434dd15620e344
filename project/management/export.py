"""What the exports of descriptions share: to the standard output, or to a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from ninja.responses import NinjaJSONEncoder


class ExportCommand(BaseCommand):
    """Prints one JSON document, indented and in a fixed order, so that two versions can be compared."""

    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to write it."""
        parser.add_argument("--output", type=Path, help="a file, instead of the standard output")

    def handle(self, *args: Any, output: Path | None = None, **options: Any) -> None:
        """Print or write the document."""
        text = json_text(self.document())
        if output is None:
            self.stdout.write(text)
        else:
            output.write_text(text + "\n")

    def document(self) -> dict[str, Any]:
        """The document."""
        raise NotImplementedError


def json_text(document: dict[str, Any]) -> str:
    """A document as JSON for people and for diffs."""
    return json.dumps(document, indent=2, ensure_ascii=False, cls=NinjaJSONEncoder)
