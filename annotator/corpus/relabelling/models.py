"""Which annotation sets a migration has moved to another schema version."""

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
