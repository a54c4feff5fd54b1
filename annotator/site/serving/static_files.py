"""Static files of other packages that are not served."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class CollectedFiles(StaticFilesConfig):
    """Configuration that excludes unused files; the extensions of htmx also import modules that do not exist."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "django_htmx/ext/*",
        "htmax-*",
        "htmx-4*",
        "rest_framework",
    ]
