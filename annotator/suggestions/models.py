"""Settings of suggestions in a project, what was offered to annotators, and measured sources."""

from django.db import models

from annotator.corpus.spans.models import AnnotationSet
from projects.models import Project

DEFAULT_BAR = 0.6


class SuggestionSettings(models.Model):
    """The sources that are on in a project, and the precision from which a suggestion is offered."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="suggestion_settings")
    bar = models.FloatField(default=DEFAULT_BAR)
    sources = models.JSONField(default=list, help_text="Names of the built-in sources that are on.")

    def __str__(self) -> str:
        return f"suggestions of {self.project_id}"


class SuggestionOffer(models.Model):
    """What one version of a source offered in an annotation set, so that ignored suggestions can be counted."""

    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.CASCADE, related_name="suggestion_offers")
    source = models.CharField(max_length=64)
    version = models.CharField(max_length=150)
    bar = models.FloatField()
    offered = models.JSONField(help_text="Label and fragments of each offered suggestion, by its id.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["annotation_set", "source", "version"], name="suggestion_offer_once_per_set"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.version} in {self.annotation_set_id}"


class SourceEvaluation(models.Model):
    """How good one version of a source was against the finished work of a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="source_evaluations")
    source = models.CharField(max_length=64)
    version = models.CharField(max_length=150)
    figures = models.JSONField(help_text="As `evaluation.Figures` writes them.")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "source", "version"], name="source_evaluation_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.version} in {self.project_id}"
