"""`manage.py export_openapi`: the OpenAPI description of the REST interface, as JSON."""

from typing import Any

from project.api import api
from project.management.export import ExportCommand


class Command(ExportCommand):
    """Print the description, or write it to a file."""

    help = "Print the OpenAPI description of the REST interface, as JSON."

    def document(self) -> dict[str, Any]:
        """What openapi.json holds."""
        return api.get_openapi_schema()
