"""App configuration of `work_table`."""

from django.apps import AppConfig


class WorkTableConfig(AppConfig):
    """Configuration of `annotator.site.work_table`."""

    name = "annotator.site.work_table"
