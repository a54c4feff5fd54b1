"""The app `documents`."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Registers `annotator.corpus.documents`."""

    name = "annotator.corpus.documents"
