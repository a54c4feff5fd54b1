"""The app `job_pages`."""

from django.apps import AppConfig


class JobPagesConfig(AppConfig):
    """Registers `annotator.site.jobs`."""

    name = "annotator.site.jobs"
    label = "job_pages"
