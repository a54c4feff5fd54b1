"""Feedback from completed adjudications: for annotators on their sets, for leads on labels, rules and annotators."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, F, QuerySet, Sum
from django.utils.safestring import SafeString

from annotator.adjudication.board.contents import Board, BoardUnit, read_board, schema_of_adjudication
from annotator.adjudication.models import Adjudication, AdjudicationState, Reason, Reversals, Source, Subject
from annotator.adjudication.pages.presentation import DecisionView, Desk, SpanView
from annotator.adjudication.selectors import find_adjudication
from annotator.adjudication.units.derivation import drawn_arrows
from annotator.adjudication.units.versions import DecisionKind, Spans, alike
from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import get_set
from annotator.platform.accounts.models import User
from projects.models import Project
from projects.selectors import current_schema, schema_of


@dataclass(frozen=True)
class FeedbackItem:
    """A unit whose outcome differs from the version of an annotator; with relations where it is about these."""

    own: list[SpanView]
    own_html: SafeString
    outcome: list[SpanView]
    outcome_html: SafeString
    decision: DecisionView | None
    own_relations: list[str] = field(default_factory=list)
    outcome_relations: list[str] = field(default_factory=list)

    @property
    def is_undecidable(self) -> bool:
        """Whether the adjudicator found the unit undecidable."""
        return self.decision is not None and self.decision.kind == DecisionKind.UNDECIDABLE


@dataclass(frozen=True)
class Feedback:
    """An annotator's set compared with the adjudicated one; `groups` are by guideline section, "" last."""

    annotation_set: AnnotationSet
    is_completed: bool
    unchanged: int
    groups: list[tuple[str, list[FeedbackItem]]]


def feedback_on(set_id: int, *, user: User) -> Feedback:
    """Return feedback on a set that a user may see: their own, or any with the right to see all annotations.

    It is empty until the adjudication is completed, and it never contains annotations of others.
    """
    annotation_set = get_set(set_id, user=user)
    adjudication = find_adjudication(annotation_set.document)
    source = Source.objects.filter(adjudication=adjudication, annotation_set=annotation_set).order_by("id").first()
    if adjudication is None or source is None or adjudication.state != AdjudicationState.COMPLETED:
        return Feedback(annotation_set, is_completed=False, unchanged=0, groups=[])
    board = read_board(adjudication)
    desk = Desk(adjudication, board.by_id, {}, [source], schema_of_adjudication(adjudication))
    same, items = 0, []
    for unit in board.units:
        if not unit.is_span:
            items += _relation_items(desk, board, unit, source.position)
            continue
        own, outcome = _compare(unit, board.by_id, source.position)
        if alike(own, outcome):
            same += bool(own)
        else:
            items.append(_item(desk, unit, own, outcome))
    groups: dict[str, list[FeedbackItem]] = {}
    for item in items:
        groups.setdefault(item.decision.section if item.decision else "", []).append(item)
    ordered = sorted(groups.items(), key=lambda group: (not group[0], group[0]))
    return Feedback(annotation_set, is_completed=True, unchanged=same, groups=ordered)


def _compare(unit: BoardUnit, by_id: Mapping[int, BoardUnit], position: int) -> tuple[Spans, Spans]:
    """The version of an annotator at a unit of spans, and its outcome."""
    if unit.decision is None:
        return (), ()
    leading = by_id.get(unit.decision.merged_into_id or unit.row.pk, unit)
    own = unit.spans[position]
    if leading is not unit and not own:
        return (), ()  # reported with the merged span
    return own, leading.outcome


def _relation_items(desk: Desk, board: Board, unit: BoardUnit, position: int) -> list[FeedbackItem]:
    """A relation whose outcome differs from what an annotator drew; nothing where an end is gone: its unit says so."""
    ends = [board.leading(key) for key in (unit.row.from_unit_id, unit.row.to_unit_id) if key is not None]
    if not all(end.outcome for end in ends):
        return []
    source, target = board.ends(unit)
    decided = board.arrows_between(*ends)
    drawn = drawn_arrows(unit.relations[position], position, source, target) or frozenset()
    if drawn == decided:
        return []
    windows = desk.windows(unit)
    html = desk.draw(tuple(span for end in ends for span in end.outcome), windows)
    own, outcome = (desk.arrows(arrows, source.outcome, target.outcome) for arrows in (drawn, decided))
    return [FeedbackItem([], html, [], html, desk.decision(unit), own, outcome)]


def _item(desk: Desk, unit: BoardUnit, own: Spans, outcome: Spans) -> FeedbackItem:
    windows = desk.windows(unit)
    decision = desk.decision(unit)
    if decision is None:
        raise ValueError(f"Unit {unit.row.pk} of a completed adjudication has no decision.")
    return FeedbackItem(
        own=[desk.span(span) for span in own],
        own_html=desk.draw(own, windows),
        outcome=[desk.span(span) for span in outcome],
        outcome_html=desk.draw(outcome, windows),
        decision=decision,
    )


@dataclass(frozen=True)
class AnnotatorAgreement:
    """The agreement of an annotator's sets with the adjudicated ones; F1 in percent, None below the minimum."""

    name: str
    documents: int
    spans: int
    adjudicated_spans: int
    exact_matches: int
    overlap_matches: int

    @property
    def overlap_f1(self) -> int | None:
        """F1 of overlapping spans, in percent."""
        return self._f1(self.overlap_matches)

    @property
    def exact_f1(self) -> int | None:
        """F1 of spans with the same boundaries, in percent."""
        return self._f1(self.exact_matches)

    def _f1(self, matches: int) -> int | None:
        both = self.spans + self.adjudicated_spans
        enough = self.documents >= MINIMUM_DOCUMENTS and self.adjudicated_spans >= MINIMUM_SPANS
        return round(200 * matches / both) if enough and both else None


def agreement_by_annotator(project: Project) -> list[AnnotatorAgreement]:
    """Return the agreement of annotators with the adjudicated sets of a project, by name, pooled over documents."""
    sources = Source.objects.filter(
        adjudication__document__project=project, adjudication__state=AdjudicationState.COMPLETED
    )
    rows = sources.values(name=F("annotation_set__name")).annotate(
        documents=Count("id"),
        own=Sum("spans"),
        adjudicated=Sum("adjudicated_spans"),
        exact=Sum("exact_matches"),
        overlap=Sum("overlap_matches"),
    )
    return [
        AnnotatorAgreement(row["name"], row["documents"], row["own"], row["adjudicated"], row["exact"], row["overlap"])
        for row in rows.order_by("name")
    ]


@dataclass(frozen=True)
class OverruledCount:
    """How many versions with a label, reason or section were overruled."""

    name: str
    overruled: int
    versions: int

    @property
    def share(self) -> int:
        """The share of overruled versions in percent."""
        return round(100 * self.overruled / self.versions) if self.versions else 0


def overruled_counts(project: Project, subject: Subject) -> list[OverruledCount]:
    """Return the overruled versions by label, reason or guideline section, most frequent first."""
    rows = _reversals(project).filter(subject=subject).values("value")
    summed = rows.annotate(lost=Sum("overruled"), all=Sum("versions")).order_by("-lost", "value")
    return [OverruledCount(_name(project, subject, row["value"]), row["lost"], row["all"]) for row in summed]


def _reversals(project: Project) -> QuerySet[Reversals]:
    return Reversals.objects.filter(adjudication__document__project=project)


def _name(project: Project, subject: Subject, value: str) -> str:
    if subject is Subject.LABEL:
        known = schema_of(current_schema(project)).labels.get(value)
        return known.name if known else value
    return str(Reason(value).label) if subject is Subject.REASON else value


def completed_count(project: Project) -> int:
    """Return the number of completed adjudications of a project."""
    completed = Adjudication.objects.filter(document__project=project, state=AdjudicationState.COMPLETED)
    return completed.count()
