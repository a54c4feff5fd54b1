"""The app `suggestions`."""

from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    """Registers `annotator.corpus.suggestions`."""

    name = "annotator.corpus.suggestions"
