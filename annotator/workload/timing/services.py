"""Recording reports of active time."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.problems import SetNotFound
from annotator.text.tokens import token_boundaries
from annotator.workload.timing.models import ActiveTime
from annotator.workload.timing.periods import Period, at_most, shifted, total_seconds, union, within
from projects.services.locks import lock_project

# Larger differences between the clocks, in milliseconds, are corrected; smaller ones may be the transfer time.
CLOCK_TOLERANCE = 120_000


def report(annotation_set: AnnotationSet, periods: Sequence[Period], *, sent_at: int, now: datetime) -> int:
    """Add active periods, and return the active time of the set in seconds.

    Only the union of all reports counts, so a repeated report adds nothing, nor do two windows at the same time.
    `sent_at` is the clock of the browser when the report was sent, in milliseconds since 1970. Raises `SetNotFound`
    when the set has been deleted with its project.
    """
    moment = _milliseconds(now)
    off = moment - sent_at
    reported = shifted(periods, off) if abs(off) > CLOCK_TOLERANCE else periods
    fresh = within(reported, _milliseconds(annotation_set.created_at), moment)
    times = ActiveTime.objects.filter(annotation_set=annotation_set)
    if not fresh:
        return times.values_list("seconds", flat=True).first() or 0
    if not times.exists():
        # Outside the transaction, because counting the words of a long document takes long.
        _create_row(annotation_set, words=_count_words(annotation_set), now=now)
    return _add(annotation_set, fresh, now=now)


@transaction.atomic
def _create_row(annotation_set: AnnotationSet, *, words: int, now: datetime) -> None:
    """Store a row without time, unless there is one already."""
    # Deleting the project takes this lock: a row created in between would refer to a deleted set.
    lock_project(annotation_set.document.project)
    if not AnnotationSet.objects.filter(pk=annotation_set.pk).exists():
        raise SetNotFound(annotation_set.pk)
    first = {"words": words, "reported_at": now}
    ActiveTime.objects.get_or_create(annotation_set=annotation_set, defaults=first)


@transaction.atomic
def _add(annotation_set: AnnotationSet, fresh: Sequence[Period], *, now: datetime) -> int:
    time = ActiveTime.objects.select_for_update().filter(annotation_set=annotation_set).first()
    if time is None:
        raise SetNotFound(annotation_set.pk)
    known = [(start, end) for start, end in time.periods]
    periods = at_most(union(known, fresh))
    if periods != known:
        time.periods, time.seconds, time.reported_at = periods, total_seconds(periods), now
        time.save(update_fields=["periods", "seconds", "reported_at"])
        AnnotationSet.objects.filter(pk=annotation_set.pk, is_tallied=True).update(is_tallied=False)
    return time.seconds


def _count_words(annotation_set: AnnotationSet) -> int:
    text = Document.objects.filter(pk=annotation_set.document_id).values_list("text", flat=True).first()
    if text is None:
        raise SetNotFound(annotation_set.pk)
    return sum(1 for start, end in token_boundaries(text) if any(map(str.isalnum, text[start:end])))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
