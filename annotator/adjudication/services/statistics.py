"""What is counted when a document is settled: how annotators agree with it, and what was turned down."""

from collections import Counter

from annotator.adjudication.board.contents import Board, UnitSeen
from annotator.adjudication.models import Adjudication, Reversals, Source, Subject
from annotator.adjudication.selectors import sources_of
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import state_of_rows
from annotator.measures import span_f1
from annotator.measures.units import Units


def count_settled(head: Adjudication, board: Board) -> None:
    """Store the counts of a document that has just been settled; earlier ones go."""
    _count_agreement(head)
    forget_reversals(head)
    readings: Counter[tuple[Subject, str]] = Counter()
    turned_down: Counter[tuple[Subject, str]] = Counter()
    for unit in board.units:
        for subject in _subjects(unit):
            annotators = len(unit.row.versions)
            readings[subject] += annotators
            turned_down[subject] += annotators - (unit.decision.support if unit.decision else 0)
    Reversals.objects.bulk_create(
        Reversals(
            adjudication=head, subject=subject, value=value, readings=count, turned_down=turned_down[subject, value]
        )
        for (subject, value), count in readings.items()
    )


def forget_reversals(head: Adjudication) -> None:
    """Take the counts of a document back that is being reopened."""
    Reversals.objects.filter(adjudication=head).delete()


def _subjects(unit: UnitSeen) -> list[tuple[Subject, str]]:
    """What a unit of spans counts for: the label that stands, else the one most marked; reason and section if given."""
    if not unit.is_span or unit.decision is None or unit.decision.merged_into_id is not None:
        return []
    marked = Counter(span.label for version in unit.spans for span in version)
    labels = [unit.outcome[0].label] if unit.outcome else [label for label, _ in marked.most_common(1)]
    found = [(Subject.LABEL, label) for label in labels]
    found += [(Subject.REASON, unit.decision.reason)] if unit.decision.reason else []
    return found + ([(Subject.SECTION, unit.decision.section)] if unit.decision.section else [])


def _count_agreement(head: Adjudication) -> None:
    """For each source: how many spans match the adjudicated ones, with the same edges and in the same place."""
    sources = sources_of(head)
    sets = [head.annotation_set, *(source.annotation_set for source in sources)]
    spans = [_spans(each) for each in sets]
    labels = {label: row for row, label in enumerate(sorted({label for each in spans for label, _ in each}))}
    adjudicated, *others = [Units.from_spans([(labels[label], pieces) for label, pieces in each]) for each in spans]
    for source, units in zip(sources, others, strict=True):
        exact, overlap = span_f1.exact(units, adjudicated), span_f1.overlap(units, adjudicated)
        source.spans, source.adjudicated_spans = exact.first, exact.second
        source.exact_matches, source.overlap_matches = int(exact.matched), int(overlap.matched)
    Source.objects.bulk_update(sources, ["spans", "adjudicated_spans", "exact_matches", "overlap_matches"])


def _spans(annotation_set: AnnotationSet) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    return sorted((span.label, span.fragments) for span in state_of_rows(annotation_set).spans.values())
