"""App configuration of `inbox`."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Configuration of `annotator.site.inbox`."""

    name = "annotator.site.inbox"
