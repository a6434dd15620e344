"""`manage.py export_docs`: write the reference pages that are made from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from core.env import ROOT
from project import reference
from project.capacity import page as scaling
from project.wire import page

PAGES = {"configuration.md": reference.configuration, "protocol.md": page.markdown, "scaling.md": scaling.markdown}


class Command(BaseCommand):
    """Write docs/configuration.md, docs/protocol.md and docs/scaling.md."""

    help = "Write the reference pages that are made from the code."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write each page."""
        for name, make in PAGES.items():
            (ROOT / "docs" / name).write_text(make())
            self.stdout.write(f"docs/{name}")
