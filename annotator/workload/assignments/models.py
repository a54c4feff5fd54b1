"""Assignments of documents to annotators."""

from django.conf import settings
from django.db import models

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet


class Assignment(models.Model):
    """A document assigned to an annotator. `slot` counts from 0, below the project's annotators per document.

    The two constraints guarantee that there are never more annotators than slots, and never the same one twice, also
    when two users request a document at the same time.
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
