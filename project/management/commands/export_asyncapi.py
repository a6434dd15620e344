"""`manage.py export_asyncapi`: the AsyncAPI description of the live path, as JSON."""

from typing import Any

from project import VERSION
from project.management.export import ExportCommand
from project.wire import asyncapi


class Command(ExportCommand):
    """Print the description, or write it to a file."""

    help = "Print the AsyncAPI description of the live path, as JSON."

    def document(self) -> dict[str, Any]:
        """What asyncapi.json holds, for a server of no particular name."""
        return asyncapi.document(version=VERSION)
