"""Reading the table of documents: which documents, in which order, and what each row shows.

Documents are chosen and sorted by indexed columns only; everything else is read for the rows of one page.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from annotator.agreement.models import AgreementReport, Disagreement, DocumentAgreement
from annotator.agreement.selectors.reports import latest_report
from annotator.corpus.documents.models import Document, DocumentTag, Tag
from annotator.corpus.documents.search import title_contains
from annotator.corpus.spans import lifecycle
from annotator.corpus.spans.models import AnnotationSet, SetKind, SetState, Span
from annotator.platform.accounts.models import User
from annotator.problems import NotFound
from annotator.site.search.query import STATES, Filter, Query, parse
from annotator.site.search.selectors import find_documents
from annotator.site.work_table.choice import ANSWER, META, Choice
from annotator.site.work_table.models import SavedView
from annotator.site.work_table.orders import keys_by_values, sort_keys
from annotator.workload.assignments.models import DocumentPlan, Round, Stage
from annotator.workload.assignments.selectors.board import NO_ROUND
from annotator.workload.assignments.selectors.tallies import at_limit
from annotator.workload.timing.models import ActiveTime
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import role_in

PAGE_SIZE = 50
READ_AT_ONCE = 500
MOST_META_READ = 100
"""So many of the first documents are read to know the names of metadata fields."""
FIELDS: Mapping[str, str] = {
    "position": "position",
    "title": "title",
    "external_id": "external_id",
    "length": "length",
    "priority": "plan__priority",
    "slots": "plan__taken",
    "spans": "plan__spans",
    "minutes": "plan__seconds",
}
INDEXED_IN_PLANS = ("plan__spans", "plan__seconds")
"""Orders that an index of the plans gives, with the document as second column."""


@dataclass(frozen=True, slots=True)
class Row:
    """A document of the table; `limit` is how many annotators it has at most, `agreement` overlap F1 from 0 to 1."""

    document: Document
    state: str
    round: str = ""
    priority: int = 0
    taken: int = 0
    limit: int = 0
    submitted: int = 0
    sets: int = 0
    tags: Sequence[str] = ()
    people: Sequence[AnnotationSet] = ()
    labels: Mapping[str, int] = field(default_factory=dict)
    spans: int = 0
    agreement: float | None = None
    disagreements: int | None = None
    minutes: float | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """How many sets give which value to an attribute of the document."""


@dataclass(frozen=True, slots=True)
class TablePage:
    """Rows, and the document after which the next page begins; None on the last page.

    `count` is how many documents there are, up to one more than were asked for; None where they were not counted.
    """

    rows: Sequence[Row]
    after: int | None
    count: int | None = None


def documents_of(project: Project, choice: Choice, *, user: User) -> QuerySet[Document]:
    """Return the documents that the filters let through, in the order of the import.

    Raises `InvalidInput` for a state that there is not.
    """
    query = parse(choice.q)
    named = {"state": choice.state, "label": choice.label}
    if choice.round != NO_ROUND:
        named["round"] = choice.round
    filters = [Filter(key, value, is_negated=False) for key, value in named.items() if value]
    documents = Document.objects.filter(project=project)
    if query.words or query.filters or filters:
        documents = find_documents(project, Query(query.words, [*query.filters, *filters]), user=user)
    # Few documents have a tag or a set of a person: the database begins with these.
    for tag in choice.tags:
        tagged = DocumentTag.objects.filter(tag__project=project, tag__name=tag).order_by()
        documents = documents.filter(pk__in=tagged.values("document"))
    if choice.person or choice.week:
        documents = documents.filter(pk__in=_sets_of(choice).values("document"))
    if choice.stage:
        documents = documents.filter(_at_stage(project, choice.stage))
    if choice.search:
        documents = title_contains(documents, choice.search)
    if choice.round == NO_ROUND:
        documents = documents.exclude(plan__round__isnull=False)
    archived = Document.objects.filter(project=project, is_archived=True).order_by().values("pk")
    if choice.archive != "all":
        documents = documents.filter(pk__in=archived) if choice.archive else documents.exclude(pk__in=archived)
    return documents.defer("text").order_by("position", "id")


def _sets_of(choice: Choice) -> QuerySet[AnnotationSet]:
    """Return the sets of a member or of a name in imported files, and of a week, that no exclusion covers."""
    sets = AnnotationSet.objects.filter(lifecycle.included()).order_by()
    if choice.week:
        sets = sets.filter(tally__week=date.fromisoformat(choice.week))
    if choice.person:
        sets = sets.filter(Q(annotator__username=choice.person) | Q(annotator=None, name=choice.person))
    return sets


def _at_stage(project: Project, stage: str) -> Q:
    """Return the condition for documents that are so far, as the overview counts them."""
    is_full = at_limit(project, "submitted", "plan__")
    conditions = {
        "adjudicated": Q(plan__stage=Stage.ADJUDICATED),
        "submitted": ~Q(plan__stage=Stage.ADJUDICATED) & is_full,
        "begun": Q(plan__stage=Stage.BEGUN) & ~is_full,
        "unassigned": Q(plan__stage=Stage.UNASSIGNED) & ~is_full,
    }
    return conditions[stage] & Q(is_excluded=False)


def keys_in_order(
    project: Project, choice: Choice, *, user: User, after: int | None = None, most: int = PAGE_SIZE
) -> list[int]:
    """Return the keys of the documents behind `after` in the chosen order, at most so many."""
    documents = documents_of(project, choice, user=user)
    if choice.sort_key == "agreement":
        return _keys_by_agreement(project, documents, choice, after=after, most=most)
    if keys := sort_keys(choice.sort_key, descending=choice.is_descending):
        return keys_by_values(documents, keys, after=after, most=most, descending=choice.is_descending)
    # The order would tell what the column of active times hides.
    is_hidden = choice.sort_key == "minutes" and not may_see_times(project, user)
    name = FIELDS["position" if is_hidden else choice.sort_key]
    if name in INDEXED_IN_PLANS:
        documents = documents.filter(plan__project=project)
    key = "plan__document_id" if name in INDEXED_IN_PLANS else "id"
    if after is not None:
        at = Document.objects.filter(project=project, pk=after).values_list(name, flat=True).order_by("id").first()
        documents = _behind(documents, name, at, key, after, descending=choice.is_descending)
    sign = "-" if choice.is_descending else ""
    return list(documents.order_by(f"{sign}{name}", f"{sign}{key}").values_list("pk", flat=True)[:most])


def _keys_by_agreement(
    project: Project, documents: QuerySet[Document], choice: Choice, *, after: int | None, most: int
) -> list[int]:
    """Return keys in the order of the newest report; documents without a figure in it are not listed."""
    rows = DocumentAgreement.objects.filter(report=latest_report(project), overlap_f1__isnull=False)
    if choice.is_filtered or _has_archived(project):
        # One by one in the order of the figures, until the page is full.
        rows = rows.filter(Exists(documents.order_by().filter(pk=OuterRef("document"))))
    if after is not None:
        figures = rows.filter(document=after).order_by("id").values_list("overlap_f1", flat=True)
        rows = _behind(rows, "overlap_f1", figures.first(), "document", after, descending=choice.is_descending)
    sign = "-" if choice.is_descending else ""
    return list(rows.order_by(f"{sign}overlap_f1", f"{sign}document").values_list("document", flat=True)[:most])


def _has_archived(project: Project) -> bool:
    return Document.objects.filter(project=project, is_archived=True).exists()


def _behind(rows: QuerySet[Any], name: str, value: object, key: str, after: int, *, descending: bool) -> QuerySet[Any]:
    """Limit rows to those behind a row; the two conditions are written so that an index answers the first."""
    if value is None:
        return rows
    beyond, equal = ("lte", "gte") if descending else ("gte", "lte")
    return rows.filter(**{f"{name}__{beyond}": value}).exclude(**{name: value, f"{key}__{equal}": after})


def table_page(
    project: Project, choice: Choice, *, user: User, after: int | None = None, most: int = PAGE_SIZE, count_to: int = 0
) -> TablePage:
    """Return a page of the table; the first one counts up to `count_to` documents with the same query.

    In the order of agreement documents are not counted: those without a figure are not listed.
    """
    counts = bool(count_to) and after is None and choice.sort_key != "agreement"
    keys = keys_in_order(project, choice, user=user, after=after, most=max(count_to if counts else 0, most) + 1)
    rows = rows_of(project, keys[:most], choice.columns, user=user)
    return TablePage(rows, keys[most - 1] if len(keys) > most else None, len(keys) if counts else None)


def all_rows(project: Project, choice: Choice, *, user: User) -> Iterator[Row]:
    """Yield all rows, some at a time, so that memory does not grow."""
    after = None
    if sort_keys(choice.sort_key, descending=choice.is_descending):
        # No index gives the order: it is read once.
        every = keys_in_order(project, choice, user=user, most=Document.objects.filter(project=project).count())
        for begin in range(0, len(every), READ_AT_ONCE):
            yield from rows_of(project, every[begin : begin + READ_AT_ONCE], choice.columns, user=user)
        return
    while keys := keys_in_order(project, choice, user=user, after=after, most=READ_AT_ONCE):
        yield from rows_of(project, keys, choice.columns, user=user)
        after = keys[-1]


def rows_of(project: Project, keys: Sequence[int], columns: Sequence[str], *, user: User) -> list[Row]:
    """Return the rows of documents in the order of their keys, with what the columns show."""
    with_meta = any(name.startswith(META) for name in columns)
    documents = Document.objects.filter(pk__in=keys, project=project).defer("text", *([] if with_meta else ["meta"]))
    found = {document.pk: document for document in documents.order_by("id")}
    parts = _Parts(project, list(found), set(columns), sees_times=may_see_times(project, user))
    return [parts.row(found[key]) for key in keys if key in found]


def may_see_times(project: Project, user: User) -> bool:
    """Return whether a user may see active times: leads."""
    role = role_in(project, user)
    return role is not None and can(role, Capability.MANAGE)


class _Parts:
    """What the rows of some documents need, read with one query for each kind of column."""

    def __init__(self, project: Project, keys: list[int], columns: set[str], *, sees_times: bool) -> None:
        self._project, self._columns = project, columns
        self._answered = sorted(name.removeprefix(ANSWER) for name in columns if name.startswith(ANSWER))
        plans = DocumentPlan.objects.filter(document__in=keys).select_related("round").order_by("document_id")
        self._plans = {plan.document_id: plan for plan in plans}
        self._sets: dict[int, list[AnnotationSet]] = defaultdict(list)
        sets = AnnotationSet.objects.filter(document__in=keys).defer("waived_hints").order_by("name", "id")
        for annotation_set in sets:
            self._sets[annotation_set.document_id].append(annotation_set)
        self._tags = _tags(keys) if "tags" in columns else {}
        self._labels = _labels(keys) if columns & {"spans", "labels"} else {}
        report = latest_report(project) if columns & {"agreement", "disagreements"} else None
        self._agreement = _agreement(report, keys)
        self._disagreements = _disagreements(report, keys) if "disagreements" in columns else {}
        self._seconds = _seconds(keys) if "minutes" in columns and sees_times else {}

    def row(self, document: Document) -> Row:
        """Return the row of a document."""
        plan, sets = self._plans.get(document.pk), self._sets[document.pk]
        of_round = plan.round if plan else None
        limit = of_round.annotators_per_document if of_round else self._project.annotators_per_document
        submitted = sum(_is_submitted(one) for one in sets)
        labels = self._labels.get(document.pk, Counter())
        seconds = self._seconds.get(document.pk)
        fields = [name.removeprefix(META) for name in self._columns if name.startswith(META)]
        return Row(
            document=document,
            state=_state(document, sets, submitted=submitted, limit=limit),
            round=of_round.name if of_round else "",
            priority=plan.priority if plan else 0,
            taken=plan.taken if plan else 0,
            limit=limit,
            submitted=submitted,
            sets=len(sets),
            tags=self._tags.get(document.pk, ()),
            people=[one for one in sets if one.kind != SetKind.ADJUDICATED],
            labels=dict(sorted(labels.items())),
            spans=labels.total(),
            agreement=self._agreement.get(document.pk),
            disagreements=self._disagreements.get(document.pk),
            minutes=None if seconds is None else round(seconds / 60, 1),
            meta={name: document.meta.get(name) for name in fields} if fields else {},
            answers={name: _answers(sets, name) for name in self._answered},
        )


def _answers(sets: Iterable[AnnotationSet], name: str) -> dict[str, int]:
    """Count the values of an attribute of the document in the sets that no exclusion covers."""
    answers: Counter[str] = Counter()
    for one in sets:
        value = one.document_attributes.get(name)
        if value is not None and not one.is_excluded and one.kind != SetKind.MODEL:
            answers.update([", ".join(map(str, value)) if isinstance(value, list) else str(value)])
    return dict(sorted(answers.items()))


def _is_submitted(one: AnnotationSet) -> bool:
    return one.kind == SetKind.ANNOTATOR and one.state in lifecycle.FINISHED_STATES and not one.is_excluded


def _state(document: Document, sets: Iterable[AnnotationSet], *, submitted: int, limit: int) -> str:
    """Return the state of a document in one word."""
    kinds = {(one.kind, one.state) for one in sets if not one.is_excluded}
    if document.is_excluded:
        return "excluded"
    if document.is_archived:
        return "archived"
    if (SetKind.ADJUDICATED, SetState.ADJUDICATED) in kinds:
        return "adjudicated"
    if submitted and submitted >= limit:
        return "submitted"
    return "begun" if any(kind == SetKind.ANNOTATOR for kind, _state in kinds) else "unassigned"


def _tags(keys: list[int]) -> dict[int, list[str]]:
    tags: dict[int, list[str]] = defaultdict(list)
    rows = DocumentTag.objects.filter(document__in=keys).order_by("tag__name", "id")
    for key, name in rows.values_list("document", "tag__name"):
        tags[key].append(name)
    return tags


def _labels(keys: list[int]) -> dict[int, Counter[str]]:
    """Count the spans of annotators, imported files and adjudication by label; those of models do not count."""
    spans = Span.objects.filter(lifecycle.included("annotation_set__"), annotation_set__document__in=keys)
    rows = spans.exclude(annotation_set__kind=SetKind.MODEL).order_by().values_list("annotation_set__document", "label")
    labels: dict[int, Counter[str]] = defaultdict(Counter)
    for key, label, count in rows.annotate(count=Count("id")):
        labels[key][label] = count
    return labels


def _agreement(report: AgreementReport | None, keys: list[int]) -> dict[int, float | None]:
    if report is None:
        return {}
    rows = DocumentAgreement.objects.filter(report=report, document__in=keys).order_by("id")
    return dict(rows.values_list("document", "overlap_f1"))


def _disagreements(report: AgreementReport | None, keys: list[int]) -> dict[int, int]:
    if report is None:
        return {}
    measured = DocumentAgreement.objects.filter(report=report, document__in=keys).order_by("id")
    pairs = dict(measured.values_list("document", "measurement"))
    counts = Disagreement.objects.filter(measurement__in=list(pairs.values())).order_by().values_list("measurement")
    by_measurement = dict(counts.annotate(count=Count("id")))
    return {key: by_measurement.get(measurement, 0) for key, measurement in pairs.items()}


def _seconds(keys: list[int]) -> dict[int, int]:
    rows = ActiveTime.objects.filter(annotation_set__document__in=keys).order_by()
    return dict(rows.values_list("annotation_set__document").annotate(seconds=Sum("seconds")))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters and columns of a project offer."""

    states: Sequence[str]
    rounds: Sequence[str]
    tags: Sequence[str]
    people: Sequence[str]
    meta: Sequence[str]


def choices_of(project: Project, people: Sequence[str]) -> Choices:
    """Return the values that a project has for filters and columns."""
    metas = Document.objects.filter(project=project).order_by("position", "id").values_list("meta", flat=True)
    names = {name for meta in metas[:MOST_META_READ] if isinstance(meta, dict) for name in meta}
    return Choices(
        states=STATES,
        rounds=list(Round.objects.filter(project=project).order_by("-priority", "id").values_list("name", flat=True)),
        tags=list(Tag.objects.filter(project=project).order_by("name", "id").values_list("name", flat=True)),
        people=people,
        meta=sorted(names | set(project.shown_meta)),
    )


def views_of(project: Project, user: User) -> QuerySet[SavedView]:
    """Return the saved views of a user and those shared in the project, by name."""
    views = SavedView.objects.filter(project=project).select_related("owner")
    return (views.filter(owner=user) | views.filter(is_shared=True)).order_by("name", "id")


def get_view(view_id: int, project: Project, user: User) -> SavedView:
    """Return a saved view that a user may delete: their own, and shared ones with the right to manage."""
    views = views_of(project, user) if may_see_times(project, user) else views_of(project, user).filter(owner=user)
    view = views.filter(pk=view_id).first()
    if view is None:
        raise NotFound(_("There is no saved view %(number)s, or you may not change it.") % {"number": view_id})
    return view
