"""App configuration of `serving`."""

from django.apps import AppConfig

from annotator.platform.garbage import end_pause_of_start


class ServingConfig(AppConfig):
    """Configuration of `annotator.site.serving`, which runs the web server and the worker."""

    name = "annotator.site.serving"

    def ready(self) -> None:
        """End the pause of the search for cycles that `manage.py` begins."""
        end_pause_of_start()
