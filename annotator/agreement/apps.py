"""The app `agreement`."""

from django.apps import AppConfig


class AgreementConfig(AppConfig):
    """Registers `annotator.agreement`."""

    name = "annotator.agreement"
