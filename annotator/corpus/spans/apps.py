"""The app `spans`."""

from django.apps import AppConfig


class SpansConfig(AppConfig):
    """Registers `annotator.corpus.spans`."""

    name = "annotator.corpus.spans"

    def ready(self) -> None:
        """Let workers complete submits that can no longer be undone."""
        from annotator.corpus.spans import lifecycle
        from annotator.platform.jobs.registry import at_each_sweep

        at_each_sweep(lifecycle.complete_submits)
