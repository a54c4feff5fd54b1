"""Reading documents to adjudicate, adjudications, their units and decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from annotator.adjudication.models import (
    Adjudication,
    AdjudicationState,
    Decision,
    ProjectRule,
    Source,
    StoredStatus,
    Unit,
    UnitKind,
)
from annotator.adjudication.units.versions import UNDECIDED, DecisionKind
from annotator.agreement.models import DocumentAgreement
from annotator.agreement.selectors.reports import latest_report
from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind
from annotator.platform.accounts.models import User
from annotator.platform.prepared import Parameter, PreparedQuery
from annotator.problems import NotFound
from projects.models import Project
from projects.roles import Capability
from projects.selectors import projects_for


def project_rule(project: Project) -> ProjectRule:
    """Return how adjudications of a project start; the default when it was never set."""
    return ProjectRule.objects.filter(project=project).order_by("id").first() or ProjectRule(project=project)


# Each page of the desk runs these; building them would take longer than running them.
_sources = PreparedQuery(
    lambda: (
        Source.objects.filter(adjudication=Parameter("adjudication"))
        .select_related("annotation_set__annotator")
        .order_by("position", "id")
    )
)
_reopened_sources = PreparedQuery(
    lambda: (
        Source.objects.filter(lifecycle.unsubmitted_sets("annotation_set__"), adjudication=Parameter("adjudication"))
        .select_related("annotation_set")
        .order_by("position", "id")
    )
)
_changed_sources = PreparedQuery(
    lambda: _finished(Parameter("document")).filter(
        ~Exists(
            Source.objects.filter(
                adjudication=Parameter("adjudication"),
                annotation_set=OuterRef("pk"),
                revision=OuterRef("revision"),
            )
        )
    )
)
_unfinished_names = PreparedQuery(
    lambda: (
        AnnotationSet.objects.filter(
            lifecycle.unsubmitted_sets() & lifecycle.data_sets(), document=Parameter("document")
        )
        .order_by("name", "id")
        .values_list("name")
    )
)


def finished_sets(document: Document) -> QuerySet[AnnotationSet]:
    """Return the sets of a document that are adjudicated, by name: submitted and imported ones."""
    return _finished(document)


def _finished(document: Document | Parameter) -> QuerySet[AnnotationSet]:
    sets = AnnotationSet.objects.filter(lifecycle.sets_for_agreement(), document=document)
    return sets.select_related("schema_version", "guideline_version").order_by("name", "id")


def get_document(document_id: int, *, user: User) -> Document:
    """Return a document that a user may adjudicate, with its project."""
    projects = projects_for(user, capability=Capability.ADJUDICATE).order_by()
    documents = Document.objects.filter(pk=document_id, project__in=projects).select_related("project")
    document = documents.order_by("id").first()
    if document is None:
        raise NotFound(f"There is no document {document_id}, or you may not adjudicate it.")
    return document


def find_adjudication(document: Document) -> Adjudication | None:
    """Return the adjudication of a document, if it has been started."""
    adjudications = Adjudication.objects.filter(document=document).order_by("id")
    related = ("document__project", "annotation_set__schema_version", "completed_by")
    return adjudications.select_related(*related).first()


def get_adjudication(document_id: int, *, user: User) -> Adjudication:
    """Return the adjudication of a document that a user may adjudicate."""
    adjudication = find_adjudication(get_document(document_id, user=user))
    if adjudication is None:
        raise NotFound(f"The adjudication of document {document_id} has not been started.")
    return adjudication


def get_unit(adjudication: Adjudication, unit_id: int) -> Unit:
    """Return a unit of an adjudication."""
    unit = Unit.objects.filter(adjudication=adjudication, pk=unit_id).order_by("id").first()
    if unit is None:
        raise NotFound(f"There is no unit {unit_id} in this adjudication.")
    return unit


def sources_of(adjudication: Adjudication) -> list[Source]:
    """Return the sources of an adjudication by position, each with its set."""
    return _sources.all(adjudication=adjudication.pk)


def decisions_since(adjudication: Adjudication, number: int) -> list[dict[str, Any]]:
    """Return the decisions after a revision, in order, as the API returns them."""
    decisions = Decision.objects.filter(adjudication=adjudication, number__gt=number).order_by("number", "id")
    return [decision_record(decision) for decision in decisions.select_related("by", "merged_into")]


def decision_record(decision: Decision) -> dict[str, Any]:
    """Return a decision as the API returns it."""
    return {
        "number": decision.number,
        "unit": decision.unit_id,
        "kind": decision.kind,
        "source": decision.source,
        "outcome": decision.outcome,
        "merged_into": decision.merged_into_id,
        "support": decision.support,
        "support_of": decision.support_of,
        "reason": decision.reason,
        "section": decision.section,
        "note": decision.note,
        "by": decision.by.get_username() if decision.by else None,
        "at": decision.at,
        "undoes": decision.undoes,
        "is_current": decision.is_current,
    }


MOST_FOR_HINTS = 2000


def decided_units_of_others(adjudication: Adjudication) -> list[tuple[int, Any, str]]:
    """Return document, versions and adjudicated label ("" for none) of units that people decided in other documents.

    Only completed adjudications count; the newest decisions come first.
    """
    decisions = Decision.objects.filter(
        adjudication__document__project=adjudication.document.project_id,
        adjudication__state=AdjudicationState.COMPLETED,
        is_current=True,
        unit__kind=UnitKind.SPAN,
        unit__is_added=False,
        merged_into=None,
    )
    decisions = decisions.exclude(adjudication=adjudication).exclude(kind__in=[DecisionKind.AGREED, *UNDECIDED])
    columns = ("adjudication__document", "unit__versions", "outcome")
    rows = decisions.order_by("-id").values_list(*columns)[:MOST_FOR_HINTS]
    return [(document, versions, outcome[0]["label"] if outcome else "") for document, versions, outcome in rows]


def changed_sources(adjudication: Adjudication) -> list[AnnotationSet]:
    """Return the sets that changed or were submitted since the adjudication read them, by name.

    A set that its annotator has reopened counts once it is submitted again.
    """
    return _changed_sources.all(adjudication=adjudication.pk, document=adjudication.document_id)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an adjudicator should know first: whether the work is their own, and excluded sources."""

    annotated_it: bool
    may_decide: bool
    excluded: Sequence[str]


def circumstances(document: Document, adjudication: Adjudication | None, *, user: User) -> Circumstances:
    """Return what an adjudicator of a document should know first."""
    sets = AnnotationSet.objects.filter(document=document)
    excluded = Source.objects.filter(adjudication=adjudication, annotation_set__is_excluded=True).order_by("position")
    annotated_it = sets.filter(lifecycle.submitted_sets(), annotator=user).exists()
    return Circumstances(
        annotated_it=annotated_it,
        may_decide=not annotated_it or document.project.adjudicate_own,
        excluded=list(excluded.values_list("annotation_set__name", flat=True)) if adjudication else [],
    )


def reopened_sources(adjudication: Adjudication) -> list[Source]:
    """Return the sources that their annotators have reopened."""
    return _reopened_sources.all(adjudication=adjudication.pk)


@dataclass(frozen=True, slots=True)
class AnnotatorProgress:
    """The numbers of annotators of a document, and of those who have submitted; the names of the `unfinished`."""

    finished: int
    annotators: int
    unfinished: Sequence[str] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every annotator who has the document has submitted it."""
        return self.finished == self.annotators


def annotator_progress(document: Document) -> AnnotatorProgress:
    """Return how many annotators of a document have submitted, and who has not."""
    sets = AnnotationSet.objects.filter(document=document)
    finished = sets.filter(lifecycle.finished_sets()).count()
    unfinished = [name for (name,) in _unfinished_names.all(document=document.pk)]
    return AnnotatorProgress(finished, finished + len(unfinished), unfinished)


def origins_of(set_ids: Sequence[int]) -> dict[tuple[int, str], dict[str, Any]]:
    """Return the origin of each span of adjudicated sets, by (set, id of the span); for exports.

    Each value holds `support` and `of` (k of n annotators had exactly this span), `kind` of the decision, `sources`
    (the names of these annotators), `reason` and `section`.
    """
    decisions = Decision.objects.filter(adjudication__annotation_set__in=set_ids, is_current=True, unit__kind="span")
    rows = decisions.select_related("unit", "adjudication").order_by("id")
    names: dict[int, dict[int, str]] = {}
    sources = Source.objects.filter(adjudication__annotation_set__in=set_ids).order_by("id")
    author = Coalesce("annotation_set__annotator__username", "annotation_set__member__username", "annotation_set__name")
    for adjudication, position, name in sources.annotate(author=author).values_list(
        "adjudication", "position", "author"
    ):
        names.setdefault(adjudication, {})[position] = name
    origins: dict[tuple[int, str], dict[str, Any]] = {}
    for decision in rows.iterator(chunk_size=2000):
        origin = _origin(decision, names.get(decision.adjudication_id, {}))
        for span in decision.outcome:
            origins[decision.adjudication.annotation_set_id, span["id"]] = origin
    return origins


def _origin(decision: Decision, names: dict[int, str]) -> dict[str, Any]:
    outcome = _content_of(decision.outcome)
    contents = [_content_of(version) for version in decision.unit.versions]
    had = [names[position] for position, content in enumerate(contents) if content and content == outcome]
    return {
        "support": decision.support,
        "of": decision.support_of,
        "kind": decision.kind,
        "sources": had,
        "reason": decision.reason,
        "section": decision.section,
    }


def _content_of(spans: Sequence[dict[str, Any]]) -> list[Any]:
    return [(span["label"], span["fragments"], span["attributes"]) for span in spans]


def decided_by_people(adjudication: Adjudication) -> set[int]:
    """Return the keys of units with a decision by an adjudicator that was not undone, whether it is current or not."""
    return set(_standing_decisions(adjudication).order_by("id").values_list("unit", flat=True))


def _standing_decisions(adjudication: Adjudication) -> QuerySet[Decision]:
    by_people = Decision.objects.filter(adjudication=adjudication, undoes=None, is_undone=False)
    return by_people.exclude(kind__in=[DecisionKind.AGREED, *UNDECIDED])


def earlier_decision(adjudication: Adjudication, unit: Unit) -> Decision | None:
    """Return the last decision by an adjudicator about a unit that is open again because an annotator changed it."""
    if not unit.is_moved:
        return None
    decisions = _standing_decisions(adjudication).filter(unit=unit, is_current=False).select_related("by")
    return decisions.order_by("-number", "-id").first()


def units_of_action(adjudication: Adjudication, number: int) -> list[int]:
    """Return the keys of the units of an action, in order of the text, without additions that it removed."""
    units = Unit.objects.filter(adjudication=adjudication, decisions__number=number)
    units = units.exclude(is_added=True, status=StoredStatus.GONE).order_by("start", "end", "id")
    return list(units.values_list("pk", flat=True))


def adopted_set(document: Document) -> AnnotationSet | None:
    """Return the adjudicated set of a document that was adopted as a whole or imported."""
    sets = AnnotationSet.objects.filter(document=document, kind=SetKind.ADJUDICATED, adjudication=None)
    return sets.order_by("id").first()


def latest_figures(document: Document) -> DocumentAgreement | None:
    """Return the figures of a document in the newest report, if it is in it."""
    figures = DocumentAgreement.objects.filter(document=document, report=latest_report(document.project))
    return figures.order_by("id").first()


MOST_NEAR = 12


def nearest_decided(adjudication: Adjudication, unit: Unit) -> list[int]:
    """Return the keys of decided units of spans, nearest to a unit first."""
    decided = Unit.objects.filter(adjudication=adjudication, kind=UnitKind.SPAN).exclude(pk=unit.pk)
    decided = decided.filter(status__in=(StoredStatus.DECIDED, StoredStatus.AGREED))
    before = decided.filter(start__lt=unit.start).order_by("-start", "-id")[:MOST_NEAR]
    after = decided.filter(start__gte=unit.start).order_by("start", "id")[:MOST_NEAR]
    rows = [*before, *after]
    rows.sort(key=lambda row: (max(row.start - unit.end, unit.start - row.end, 0), row.start, row.pk))
    return [row.pk for row in rows[:MOST_NEAR]]


def relations_at(adjudication: Adjudication, unit: Unit) -> list[int]:
    """Return the keys of the units of relations that begin or end at a unit of spans."""
    at_unit = Unit.objects.filter(Q(from_unit=unit) | Q(to_unit=unit), adjudication=adjudication)
    return list(at_unit.order_by("id").values_list("pk", flat=True))
