"""The app `questions`."""

from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    """Registers `annotator.workload.questions`."""

    name = "annotator.workload.questions"
