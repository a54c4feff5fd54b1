"""App configuration of `job_pages`."""

from django.apps import AppConfig


class JobPagesConfig(AppConfig):
    """Configuration of `annotator.site.jobs`."""

    name = "annotator.site.jobs"
    label = "job_pages"
