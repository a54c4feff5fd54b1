"""How each annotator's set agrees with the adjudicated one, counted when a document is settled."""

from annotator.adjudication.models import Adjudication, Source
from annotator.adjudication.selectors import sources_of
from annotator.agreement.measures import span_f1
from annotator.agreement.units import Units
from annotator.spans.models import AnnotationSet
from annotator.spans.selectors import state_of_rows


def count_agreement(head: Adjudication) -> None:
    """Store for each source how many spans match the adjudicated ones: exactly, and in the same place."""
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
