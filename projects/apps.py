"""The app `projects`."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Registers `projects`."""

    name = "projects"
