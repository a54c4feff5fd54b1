"""App configuration of `privacy`."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Configuration of `annotator.site.privacy`."""

    name = "annotator.site.privacy"
