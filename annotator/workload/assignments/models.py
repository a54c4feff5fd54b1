"""Who annotates what."""

from django.conf import settings
from django.db import models

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet


class Assignment(models.Model):
    """A document given to an annotator. `slot` counts from 0 and stays below the project's annotators per document.

    The two constraints are the guarantee: never more annotators than slots, never the same one twice,
    also when two people ask at the same instant.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="assignments")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    slot = models.PositiveSmallIntegerField()
    annotation_set = models.OneToOneField(AnnotationSet, on_delete=models.PROTECT, related_name="assignment")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "slot"], name="assignment_slot_once_per_document"),
            models.UniqueConstraint(fields=["document", "annotator"], name="assignment_annotator_once_per_document"),
        ]

    def __str__(self) -> str:
        return f"{self.annotator} annotates {self.document_id}"
