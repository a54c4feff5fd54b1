"""Statistics of a completed adjudication: agreement of annotators with it, and overruled versions."""

from collections import Counter

from annotator.adjudication.board.contents import Board, BoardUnit
from annotator.adjudication.models import Adjudication, Reversals, Source, Subject
from annotator.adjudication.selectors import sources_of
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import state_of_rows
from annotator.measures import span_f1
from annotator.measures.units import Units


def store_statistics(head: Adjudication, board: Board) -> None:
    """Store the statistics of an adjudication that was just completed, in place of earlier ones."""
    _count_agreement(head)
    delete_statistics(head)
    versions: Counter[tuple[Subject, str]] = Counter()
    overruled: Counter[tuple[Subject, str]] = Counter()
    for unit in board.units:
        for subject in _subjects(unit):
            annotators = len(unit.row.versions)
            versions[subject] += annotators
            overruled[subject] += annotators - (unit.decision.support if unit.decision else 0)
    Reversals.objects.bulk_create(
        Reversals(adjudication=head, subject=subject, value=value, versions=count, overruled=overruled[subject, value])
        for (subject, value), count in versions.items()
    )


def delete_statistics(head: Adjudication) -> None:
    """Delete the counts of overruled versions of an adjudication."""
    Reversals.objects.filter(adjudication=head).delete()


def _subjects(unit: BoardUnit) -> list[tuple[Subject, str]]:
    """What a unit of spans counts for: its label, else the most frequent one; reason and section if given."""
    if not unit.is_span or unit.decision is None or unit.decision.merged_into_id is not None:
        return []
    marked = Counter(span.label for version in unit.spans for span in version)
    labels = [unit.outcome[0].label] if unit.outcome else [label for label, _ in marked.most_common(1)]
    subjects = [(Subject.LABEL, label) for label in labels]
    subjects += [(Subject.REASON, unit.decision.reason)] if unit.decision.reason else []
    return subjects + ([(Subject.SECTION, unit.decision.section)] if unit.decision.section else [])


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
    return sorted((span.label, span.fragments) for span in state_of_rows(annotation_set).spans.values())
