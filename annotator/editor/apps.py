"""The app `editor`."""

from django.apps import AppConfig


class EditorConfig(AppConfig):
    """Registers `annotator.editor`."""

    name = "annotator.editor"
