"""Closing the sets of a document when it is settled unit by unit, and opening them again."""

from collections.abc import Collection
from datetime import datetime

from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState


def close_sets(adjudicated: AnnotationSet, *, sources: Collection[int], now: datetime) -> None:
    """Close an adjudicated set and the submitted sets of annotators (by key) that it was made from.

    The caller opens the transaction. A set that its annotator has taken back to work stays with them.
    """
    AnnotationSet.objects.filter(pk=adjudicated.pk).update(state=SetState.ADJUDICATED, submitted_at=now)
    annotators = AnnotationSet.objects.filter(pk__in=sources, kind=SetKind.ANNOTATOR, state=SetState.SUBMITTED)
    annotators.update(state=SetState.ADJUDICATED)
    adjudicated.refresh_from_db(fields=["state", "submitted_at", "revision"])


def reopen_sets(adjudicated: AnnotationSet) -> None:
    """Open an adjudicated set again, and give the annotators of its document theirs back as submitted.

    The caller opens the transaction.
    """
    AnnotationSet.objects.filter(pk=adjudicated.pk).update(state=SetState.OPEN, submitted_at=None)
    annotators = AnnotationSet.objects.filter(document_id=adjudicated.document_id, kind=SetKind.ANNOTATOR)
    annotators.filter(state=SetState.ADJUDICATED).update(state=SetState.SUBMITTED)
    adjudicated.refresh_from_db(fields=["state", "submitted_at", "revision"])
