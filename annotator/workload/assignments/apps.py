"""The app `assignments`."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    """Registers `annotator.workload.assignments`."""

    name = "annotator.workload.assignments"
