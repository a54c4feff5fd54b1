"""The app `documents`."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Registers `annotator.documents`."""

    name = "annotator.documents"
