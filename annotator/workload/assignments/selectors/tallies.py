"""Reading tallies: how far documents are, and the work of people by week. `services.tallies` brings them up to date."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from annotator.corpus.documents.models import Document
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet
from annotator.workload.assignments.models import DocumentPlan, Round, Stage, WeekTally
from projects.models import Project


@dataclass(frozen=True, slots=True)
class StageCount:
    """Documents of a round (None: without one) at the same point: their number, and the slots that they have taken."""

    round: int | None
    stage: str
    submitted: int
    has_imported: bool
    documents: int
    taken: int


def stage_counts(project: Project) -> list[StageCount]:
    """Return how far the documents of a project are that are not excluded."""
    plans = DocumentPlan.objects.filter(project=project)
    excluded = Document.objects.filter(project=project, is_excluded=True).order_by()
    counts = _groups(plans)
    left_out = _groups(plans.filter(document__in=excluded.values("pk"))) if excluded.exists() else {}
    for key, (documents, taken) in left_out.items():
        before = counts[key]
        counts[key] = (before[0] - documents, before[1] - taken)
    return [StageCount(*key, *values) for key, values in counts.items() if values[0]]


Key = tuple[int | None, str, int, bool]


def _groups(plans: QuerySet[DocumentPlan]) -> dict[Key, tuple[int, int]]:
    columns = ("round", "stage", "submitted", "has_imported")
    rows = plans.order_by(*columns).values_list(*columns)
    return {row[:4]: row[4:] for row in rows.annotate(n=Count("*"), t=Sum("taken"))}


@dataclass(frozen=True, slots=True)
class Stages:
    """Documents of a round (None: without one) by how far they are; the first four numbers add up to all of them."""

    round: Round | None
    limit: int
    unassigned: int
    begun: int
    submitted: int
    adjudicated: int
    imported: int

    @property
    def documents(self) -> int:
        """All documents of the round."""
        return self.unassigned + self.begun + self.submitted + self.adjudicated


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """A round (None: documents without one), its documents, and how many slots are taken and done, of all."""

    round: Round | None
    documents: int
    slots: int
    taken: int
    submitted: int
    stages: Stages


def round_progress(project: Project) -> list[RoundProgress]:
    """Return the progress of each round in the order in which they are assigned, then of documents without a round."""
    counts = stage_counts(project)
    rounds: list[Round | None] = [*Round.objects.filter(project=project).order_by("-priority", "id"), None]
    return [_round_progress(project, current, counts) for current in rounds]


def _round_progress(project: Project, current: Round | None, counts: Sequence[StageCount]) -> RoundProgress:
    key = None if current is None else current.pk
    limit = project.annotators_per_document if current is None else current.annotators_per_document
    own = [count for count in counts if count.round == key]
    by_stage = dict.fromkeys(("unassigned", "begun", "submitted", "adjudicated"), 0)
    for count in own:
        by_stage[stage_of(count.stage, count.submitted, limit)] += count.documents
    documents = sum(count.documents for count in own)
    return RoundProgress(
        round=current,
        documents=documents,
        slots=documents * limit,
        taken=sum(count.taken for count in own),
        submitted=sum(count.submitted * count.documents for count in own),
        stages=Stages(current, limit, **by_stage, imported=sum(count.documents for count in own if count.has_imported)),
    )


def stage_of(stage: str, submitted: int, limit: int) -> str:
    """Return how far a document is in one word."""
    if stage == Stage.ADJUDICATED:
        return "adjudicated"
    if submitted and submitted >= limit:
        return "submitted"
    return "begun" if stage == Stage.BEGUN else "unassigned"


def count_comparable(project: Project) -> Counter[int]:
    """Return how many documents have how many sets that agreement counts, of those with any.

    Only documents with sets that wait to be counted are looked at; the tallies have the others.
    """
    plans = DocumentPlan.objects.filter(project=project, comparable__gte=1).order_by()
    waiting = _with_waiting_sets(project)
    counts = _documents_by(plans.values_list("comparable"))
    counts.subtract(_documents_by(plans.filter(document__in=waiting).values_list("comparable")))
    sets = AnnotationSet.objects.filter(lifecycle.sets_for_agreement(), document__in=waiting).order_by()
    counts.update(sets.values("document").annotate(count=Count("id")).values_list("count", flat=True))
    return counts


def _documents_by(column: QuerySet[DocumentPlan, Any]) -> Counter[int]:
    # Rows, not keys: SQLite would look up the key of each in the table, and the index has everything else.
    return Counter(dict(column.annotate(documents=Count("*"))))


def _with_waiting_sets(project: Project) -> QuerySet[AnnotationSet, Any]:
    """Return the keys of documents with sets that wait to be counted."""
    return lifecycle.few_sets_of(project, Q(is_tallied=False)).order_by().values("document")


def documents_changed_since(project: Project, moment: datetime | None, *, most: int) -> list[int]:
    """Return the keys of documents whose sets may have changed since a moment, counted already or not.

    These are at most so many, of which those that changed last come first; without a moment the newest documents.
    """
    if moment is None:
        newest = Document.objects.filter(project=project).order_by("-position", "-id")
        return list(newest.values_list("pk", flat=True)[:most])
    waiting = _with_waiting_sets(project).distinct().values_list("document", flat=True)
    plans = DocumentPlan.objects.filter(project=project, changed_at__gte=moment).order_by("-changed_at", "-document_id")
    keys = dict.fromkeys([*waiting[:most], *plans.values_list("document", flat=True)[:most]])
    return list(keys)[:most]


def at_limit(project: Project, column: str, prefix: str = "") -> Q:
    """Return the condition for plans of which a column reaches the annotators per document of their round.

    One condition for each limit: `Coalesce` over a round would leave out the plans without one.
    """
    condition = Q(**{f"{prefix}round": None, f"{prefix}{column}__gte": project.annotators_per_document})
    by_limit: dict[int, list[int]] = defaultdict(list)
    for key, limit in Round.objects.filter(project=project).order_by("id").values_list("pk", "annotators_per_document"):
        by_limit[limit].append(key)
    for limit, keys in by_limit.items():
        condition |= Q(**{f"{prefix}round__in": keys, f"{prefix}{column}__gte": limit})
    return condition


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """The sets that a person submitted in a week, with their time; `name` is empty for deleted accounts."""

    name: str
    week: date
    sets: int
    seconds: int
    median_seconds: int | None
    paces: Sequence[float]
    last_at: datetime


def people_with_work(project: Project) -> set[str]:
    """Return the names of the people of a project who submitted a set, as far as sets are counted."""
    rows = WeekTally.objects.filter(project=project, annotator__isnull=False).order_by()
    return set(rows.values_list("annotator__username", flat=True).distinct())


def person_weeks(project: Project) -> list[PersonWeek]:
    """Return the work of all people, oldest week first, then by name."""
    columns = ("annotator__username", "week", "sets", "seconds", "median_seconds", "paces", "last_at")
    rows = WeekTally.objects.filter(project=project).order_by("week", "annotator__username", "id").values_list(*columns)
    return [PersonWeek(name or "", *row) for name, *row in rows]
