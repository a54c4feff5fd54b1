"""The app `jobs`."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers `annotator.jobs` and finds the kinds of jobs that the other apps bring."""

    name = "annotator.jobs"

    def ready(self) -> None:
        """Import `jobs` of every app, so that each kind of job is known to the site, the worker and the commands."""
        from annotator.jobs import registry

        registry.discover()
