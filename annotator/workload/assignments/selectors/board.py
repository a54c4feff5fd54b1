"""The board: documents by people, a page at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.workload.assignments.models import Assignment, DocumentPlan
from annotator.workload.assignments.selectors.candidates import annotating_names
from annotator.workload.assignments.selectors.tallies import at_limit
from projects.models import Project

PAGE_SIZE = 50
STATES = ("free", "full", "unassigned", "adjudicated", "excluded")
NO_ROUND = "none"


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which documents the board shows: of a round, in a state, of a person, with a title or id."""

    round: str = ""
    state: str = ""
    person: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a person has to do with a document; `imported` is their set of an outside name without an assignment."""

    name: str
    assignment: Assignment | None
    imported: AnnotationSet | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A document with its plan, its limit and a cell for each person."""

    plan: DocumentPlan
    limit: int
    cells: Sequence[Cell]
    others: Sequence[Assignment]


@dataclass(frozen=True, slots=True)
class Board:
    """A page of documents by people; `after` is the position from which the next page starts, None on the last."""

    people: Sequence[str]
    rows: Sequence[Row]
    after: int | None


def board_plans(project: Project, chosen: BoardFilter) -> QuerySet[DocumentPlan]:
    """Return the plans of the documents that a filter lets through, in the order of the import."""
    plans = DocumentPlan.objects.filter(project=project)
    if chosen.round == NO_ROUND:
        plans = plans.filter(round=None)
    elif chosen.round.isdecimal():
        plans = plans.filter(round=int(chosen.round))
    if chosen.person:
        # The documents of a person are few beside those of a project.
        own = Assignment.objects.filter(annotator__username=chosen.person).order_by()
        plans = plans.filter(document__in=own.values("document"))
    if chosen.search:
        # Each has an index with the project, which is read instead of the documents.
        documents = Document.objects.filter(project=project).order_by().values("pk")
        titled = documents.filter(title__icontains=chosen.search)
        named = documents.filter(external_id__icontains=chosen.search)
        plans = plans.filter(Q(document__in=titled) | Q(document__in=named))
    is_full = at_limit(project, "taken")
    ended = AnnotationSet.objects.filter(lifecycle.gold_sets(), document=OuterRef("document"))
    conditions: Mapping[str, Q] = {
        "free": ~is_full & Q(document__is_excluded=False) & ~Q(Exists(ended)),
        "full": is_full,
        "unassigned": Q(taken=0, document__is_excluded=False),
        "adjudicated": Q(Exists(ended)),
        "excluded": Q(document__is_excluded=True),
    }
    return plans.filter(conditions.get(chosen.state, Q())).order_by("position", "document_id")


def board(project: Project, chosen: BoardFilter, *, after: int = -1) -> Board:
    """Return a page of the board."""
    # First the keys: a database that sorts the documents found by a word would carry all columns of each.
    keys = board_plans(project, chosen).filter(position__gt=after).values_list("pk", flat=True)[: PAGE_SIZE + 1]
    plans = DocumentPlan.objects.filter(pk__in=list(keys)).select_related("document", "round")
    page = list(plans.defer("document__text", "document__meta").order_by("position", "document_id"))
    people = annotating_names(project)
    assignments: dict[int, dict[str, Assignment]] = defaultdict(dict)
    rows = Assignment.objects.filter(document__in=[plan.document_id for plan in page[:PAGE_SIZE]])
    for row in rows.select_related("annotator", "annotation_set").order_by("id"):
        assignments[row.document_id][row.annotator.get_username()] = row
    imported = _imported_sets([plan.document_id for plan in page[:PAGE_SIZE]])
    return Board(
        people=people,
        rows=[_row(plan, project, people, assignments[plan.document_id], imported) for plan in page[:PAGE_SIZE]],
        after=page[PAGE_SIZE - 1].position if len(page) > PAGE_SIZE else None,
    )


def _imported_sets(document_ids: Sequence[int]) -> dict[tuple[int, str], AnnotationSet]:
    """Return the sets of outside names that count for members, by document and user name."""
    sets = AnnotationSet.objects.filter(lifecycle.sets_for_agreement(), document__in=document_ids)
    linked = sets.filter(member__isnull=False).select_related("member").order_by("id")
    return {(row.document_id, row.member.get_username()): row for row in linked if row.member is not None}


def _row(
    plan: DocumentPlan,
    project: Project,
    people: Sequence[str],
    assigned: Mapping[str, Assignment],
    imported: Mapping[tuple[int, str], AnnotationSet],
) -> Row:
    limit = project.annotators_per_document if plan.round is None else plan.round.annotators_per_document
    cells = [Cell(name, assigned.get(name), imported.get((plan.document_id, name))) for name in people]
    return Row(plan, limit, cells, [row for name, row in assigned.items() if name not in people])


def documents_of_plans(plans: QuerySet[DocumentPlan]) -> QuerySet[Document]:
    """Return the documents of plans, in the same order, without their texts."""
    documents = Document.objects.filter(pk__in=plans.order_by().values("document")).select_related("project")
    return documents.defer("text", "meta").order_by("position", "id")
