"""The app `quality`."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Registers `annotator.quality`, which decides what annotators get before the documents of the queue."""

    name = "annotator.quality"

    def ready(self) -> None:
        """Let the queue ask for documents of qualification and gold checks."""
        from annotator.quality.planner import plan_next
        from annotator.workload.assignments.services import plan_with

        plan_with(plan_next)
