"""App configuration of `backup`."""

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Configuration of `annotator.site.backup`."""

    name = "annotator.site.backup"
