"""The app `quality`."""

from django.apps import AppConfig

from annotator.workload.assignments.planners import plan_with


class QualityConfig(AppConfig):
    """Registers `annotator.quality`, which decides what annotators get before the documents of the queue."""

    name = "annotator.quality"

    def ready(self) -> None:
        """Let the queue ask for documents of qualification and gold checks."""
        plan_with("annotator.quality.planner.plan_next")
