"""Which annotation sets a migration has moved to another schema version, and spans whose label a person chooses."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotator.corpus.spans.models import AnnotationSet
from projects.models import SchemaMigration


class MigratedSet(models.Model):
    """A set that a migration has moved, with its revisions before and after."""

    migration = models.ForeignKey(SchemaMigration, on_delete=models.PROTECT, related_name="sets")
    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.PROTECT, related_name="migrations")
    revision_before = models.PositiveIntegerField()
    revision_after = models.PositiveIntegerField()
    by_hand = models.PositiveIntegerField(default=0, help_text="Spans whose label a person still has to choose.")
    needs_review = models.BooleanField(default=False)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    is_undone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["migration", "annotation_set"], name="migrated_set_once_per_migration")
        ]
        indexes = [
            models.Index(
                fields=["migration", "id"], condition=Q(needs_review=True, reviewed_at=None), name="migrated_set_review"
            )
        ]

    def __str__(self) -> str:
        return f"{self.annotation_set_id} by {self.migration_id}"


class HandSpan(models.Model):
    """A span with a provisional label, of a rule “decide by hand”, and the label that a person chose for it."""

    moved = models.ForeignKey(MigratedSet, on_delete=models.CASCADE, related_name="hand_spans")
    uid = models.CharField(max_length=64, help_text="The id of the span in its set.")
    from_label = models.CharField(max_length=64, help_text="The label before the migration.")
    label = models.CharField(max_length=64, blank=True, help_text="The chosen label; empty: not decided.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["moved", "uid"], name="hand_span_once_per_set")]
        indexes = [models.Index(fields=["moved", "id"], condition=Q(label=""), name="hand_span_undecided")]

    def __str__(self) -> str:
        return f"{self.uid} of {self.moved_id}"
