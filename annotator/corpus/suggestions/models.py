"""Stored suggestions, and the log of those that annotators dismissed.

Suggestions never are rows of spans: agreement, consensus, progress and exports cannot count them.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from projects.models import SchemaVersion


class SuggestionRun(models.Model):
    """What one version of a source suggests for a document, compressed into one row."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="suggestion_runs")
    source = models.CharField(max_length=64, help_text="What made the suggestions, such as a tool or a rule.")
    version = models.CharField(max_length=150, help_text="Of the source, such as the name of a model.")
    score = models.FloatField(null=True, help_text="Of the run as a whole, as the source gives it.")
    size = models.PositiveIntegerField(help_text="The number of suggested spans.")
    packed = models.BinaryField(help_text="Spans and relations as JSON, compressed by zlib.")
    parameters = models.JSONField(default=dict, help_text="How the source was called.")
    schema_version = models.ForeignKey(SchemaVersion, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "source", "version"], name="suggestion_run_once_per_document")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.version} over {self.document_id}"


class DismissalKind(models.TextChoices):
    """How a suggestion was dismissed."""

    REJECTED = "rejected", _("Rejected")
    IGNORED = "ignored", _("Ignored")
    RESTORED = "restored", _("Restored")


class Dismissal(models.Model):
    """A suggestion that an annotator did not accept; append-only, with an id made by the client.

    The last entry about a suggestion counts: a rejection that was undone is followed by *restored*.
    """

    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.CASCADE, related_name="dismissals")
    change_id = models.CharField(max_length=64, help_text="Made by the client, so that a resend is recognised.")
    source = models.CharField(max_length=64)
    version = models.CharField(max_length=150)
    suggestion = models.CharField(max_length=64, help_text="The id of the span within its run.")
    kind = models.CharField(max_length=16, choices=DismissalKind, default=DismissalKind.REJECTED)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["annotation_set", "change_id"], name="dismissal_once_per_set")]

    def __str__(self) -> str:
        return f"{self.suggestion} of {self.source} {self.version}"
