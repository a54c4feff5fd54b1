"""App configuration of `projects`."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Configuration of `projects`."""

    name = "projects"
