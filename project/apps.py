"""The project app."""

from django.apps import AppConfig

from core.env import environment
from project import reporting


class ProjectConfig(AppConfig):
    name = "project"

    def ready(self) -> None:
        """Report what breaks from here on."""
        reporting.begin(environment())
