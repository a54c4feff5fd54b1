"""Statistics of a completed adjudication: agreement of annotators with it, and overruled versions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from annotator.adjudication.models import Adjudication, Decision, Reversals, Source, Subject, UnitKind
from annotator.adjudication.selectors import sources_of
from annotator.corpus.spans.models import AnnotationSet, Span
from annotator.measures import span_f1
from annotator.measures.units import Units
from annotator.platform.bulk_rows import driver_rows

Stored = Mapping[str, Any]
"""A span in its stored form: reading thousands of them as values would take longer than counting."""


def store_statistics(head: Adjudication) -> None:
    """Store the statistics of an adjudication that was just completed, in place of earlier ones."""
    _count_agreement(head)
    delete_statistics(head)
    versions: Counter[tuple[Subject, str]] = Counter()
    overruled: Counter[tuple[Subject, str]] = Counter()
    decisions = Decision.objects.filter(adjudication=head, is_current=True, merged_into=None, unit__kind=UnitKind.SPAN)
    columns = ("unit__versions", "outcome", "support", "reason", "section")
    for stored, outcome, support, reason, section in driver_rows(decisions.order_by("id").values_list(*columns)):
        of_annotators = orjson.loads(stored)
        for subject in _subjects(of_annotators, orjson.loads(outcome), reason, section):
            versions[subject] += len(of_annotators)
            overruled[subject] += len(of_annotators) - support
    Reversals.objects.bulk_create(
        Reversals(adjudication=head, subject=subject, value=value, versions=count, overruled=overruled[subject, value])
        for (subject, value), count in versions.items()
    )


def delete_statistics(head: Adjudication) -> None:
    """Delete the counts of overruled versions of an adjudication."""
    Reversals.objects.filter(adjudication=head).delete()


def _subjects(
    versions: Sequence[Sequence[Stored]], outcome: Sequence[Stored], reason: str, section: str
) -> list[tuple[Subject, str]]:
    """What a unit of spans counts for: its label, else the most frequent one; reason and section if given."""
    marked = Counter(span["label"] for version in versions for span in version)
    labels = [outcome[0]["label"]] if outcome else [label for label, _ in marked.most_common(1)]
    subjects = [(Subject.LABEL, label) for label in labels]
    subjects += [(Subject.REASON, reason)] if reason else []
    return subjects + ([(Subject.SECTION, section)] if section else [])


def _count_agreement(head: Adjudication) -> None:
    """Store for each source how many spans match adjudicated ones: same boundaries, and overlapping."""
    sources = sources_of(head)
    sets = [head.annotation_set, *(source.annotation_set for source in sources)]
    spans = [_spans(annotation_set) for annotation_set in sets]
    labels = {label: row for row, label in enumerate(sorted({label for own in spans for label, _ in own}))}
    adjudicated, *others = [Units.from_spans([(labels[label], fragments) for label, fragments in own]) for own in spans]
    for source, units in zip(sources, others, strict=True):
        exact, overlap = span_f1.exact(units, adjudicated), span_f1.overlap(units, adjudicated)
        source.spans, source.adjudicated_spans = exact.first, exact.second
        source.exact_matches, source.overlap_matches = int(exact.matched), int(overlap.matched)
    Source.objects.bulk_update(sources, ["spans", "adjudicated_spans", "exact_matches", "overlap_matches"])


def _spans(annotation_set: AnnotationSet) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    rows = Span.objects.filter(annotation_set=annotation_set).order_by("id")
    spans = driver_rows(rows.values_list("label", "start", "end", "fragments"))
    return sorted(
        (label, ((start, end),) if fragments is None else tuple(map(tuple, orjson.loads(fragments))))
        for label, start, end, fragments in spans
    )
