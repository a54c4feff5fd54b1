"""Sets as a report measured them: at the revision that it notes, within what it is limited to."""

from collections.abc import Sequence

from annotator.agreement.alignment import RelationSeen, SetSeen, SpanSeen
from annotator.agreement.models import AgreementReport, ReportedSet
from annotator.agreement.reading import OWN_ORIGINS, Wanted
from annotator.agreement.scope import Scope
from annotator.agreement.versions import unshared
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import state_at, state_of_rows
from projects.selectors import schema_of


def wanted_of(report: AgreementReport, sets: Sequence[ReportedSet]) -> Wanted:
    """Return what a report read of a document; `sets` are all that it has of it."""
    scope = Scope.of_record(report.scope)
    versions = {each.annotation_set.schema_version_id: each.annotation_set.schema_version for each in sets}
    between = unshared([schema_of(versions[key]) for key in sorted(versions)])
    documents = {each.annotation_set.document_id for each in sets}
    return Wanted(frozenset(scope.labels), scope.suggestions, dict.fromkeys(documents, between))


def seen_at(annotation_set: AnnotationSet, revision: int, wanted: Wanted) -> SetSeen:
    """Return the spans and relations of a set as they were at a revision, in order of the text, as far as they count.

    Only a set that has moved since is rebuilt out of its change log.
    """
    moved = annotation_set.revision != revision
    state = state_at(annotation_set, revision) if moved else state_of_rows(annotation_set)
    between = wanted.unshared[annotation_set.document_id]
    counting = [
        span
        for span in state.spans.values()
        if (not wanted.labels or span.label in wanted.labels)
        and (wanted.suggestions or span.origin in OWN_ORIGINS)
        and span.label not in between.labels
    ]
    counting.sort(key=lambda span: (span.fragments, span.label, span.id))
    places = {span.id: place for place, span in enumerate(counting)}
    return SetSeen(
        [SpanSeen(s.label, s.fragments, between.shared_attributes(s.label, s.attributes)) for s in counting],
        [
            RelationSeen(arrow.label, places[arrow.source], places[arrow.target])
            for arrow in sorted(state.relations.values(), key=lambda arrow: arrow.id)
            if arrow.source in places and arrow.target in places and arrow.label not in between.relations
        ],
    )
