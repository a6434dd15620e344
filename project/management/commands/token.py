"""`manage.py token USERNAME`: makes a bearer token and prints it alone."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import actions, queries
from core.problems import Problem


class Command(BaseCommand):
    """Make a bearer token for a person; each run makes another. It is shown once."""

    help = "Make a bearer token for the REST API and the socket, and print it alone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read who it is for and what it is called."""
        parser.add_argument("username")
        parser.add_argument("--name", default="command line", help="what it is for, as shown in the settings")
        parser.add_argument("--json", action="store_true", help='print {"token", "username", "id", "name"}')

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token, and nothing else."""
        try:
            person = queries.person_by_username(options["username"], viewer_id=None)
            new = actions.issue_token(user_id=person.id, name=options["name"])
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        body = {"token": new.token, "username": person.username, "id": str(new.view.id), "name": new.view.name}
        self.stdout.write(json.dumps(body) if options["json"] else new.token)
