"""The project app."""

from django.apps import AppConfig

from core.env import environment
from project import reporting, tracing


class ProjectConfig(AppConfig):
    name = "project"

    def ready(self) -> None:
        """Report what breaks, and trace what is asked for, from here on."""
        reporting.begin(environment())
        tracing.begin()
