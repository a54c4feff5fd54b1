"""The app `assignments`."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    """Registers `annotator.assignments`."""

    name = "annotator.assignments"
