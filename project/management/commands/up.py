"""`manage.py up` as a command of Django's; manage.py itself goes past it, so that a first start needs no settings."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from project.up.options import add_arguments, options_from
from project.up.runner import run


class Command(BaseCommand):
    help = "Start PostgreSQL, Valkey, web, workers and beat; keep them running; stop them together."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        sys.exit(run(options_from(argparse.Namespace(**options))))
