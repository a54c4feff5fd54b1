"""What annotators and leads learn from settled documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, F, QuerySet, Sum
from django.utils.safestring import SafeString

from annotator.adjudication.board.contents import Board, UnitSeen, read_board, schema_of_adjudication
from annotator.adjudication.models import Adjudication, AdjudicationState, Reason, Reversals, Source, Subject
from annotator.adjudication.pages.presentation import DecisionShown, Desk, PartShown
from annotator.adjudication.selectors import find_adjudication
from annotator.adjudication.units.versions import Spans, alike
from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import get_set
from annotator.platform.accounts.models import User
from projects.models import Project
from projects.selectors import current_schema, schema_of


@dataclass(frozen=True)
class ItemShown:
    """A place where the settled document says something else than an annotator did; `arrows` where it is a relation."""

    own: list[PartShown]
    own_html: SafeString
    settled: list[PartShown]
    settled_html: SafeString
    decision: DecisionShown | None
    own_arrows: list[str] = field(default_factory=list)
    settled_arrows: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Feedback:
    """An annotator's set beside the settled one; `groups` are by guideline section, "" last."""

    annotation_set: AnnotationSet
    is_settled: bool
    alike: int
    groups: list[tuple[str, list[ItemShown]]]


def feedback_on(set_id: int, *, user: User) -> Feedback:
    """Return what became of a set that a person may see: their own, or any with the right to see all work.

    Nothing is told before the document is settled, and nothing of other annotators at any time.
    """
    annotation_set = get_set(set_id, user=user)
    adjudication = find_adjudication(annotation_set.document)
    source = Source.objects.filter(adjudication=adjudication, annotation_set=annotation_set).order_by("id").first()
    if adjudication is None or source is None or adjudication.state != AdjudicationState.SETTLED:
        return Feedback(annotation_set, is_settled=False, alike=0, groups=[])
    board = read_board(adjudication)
    desk = Desk(adjudication, board.by_id, {}, [source], schema_of_adjudication(adjudication))
    same, items = 0, []
    for unit in board.units:
        if not unit.is_span:
            items += _relation_items(desk, board, unit, source.position)
            continue
        own, settled = _both(unit, board.by_id, source.position)
        if alike(own, settled):
            same += bool(own)
        else:
            items.append(_item(desk, unit, own, settled))
    groups: dict[str, list[ItemShown]] = {}
    for item in items:
        groups.setdefault(item.decision.section if item.decision else "", []).append(item)
    ordered = sorted(groups.items(), key=lambda group: (not group[0], group[0]))
    return Feedback(annotation_set, is_settled=True, alike=same, groups=ordered)


def _both(unit: UnitSeen, by_id: Mapping[int, UnitSeen], position: int) -> tuple[Spans, Spans]:
    """What an annotator has at a unit of spans and what stands there."""
    if unit.decision is None:
        return (), ()
    leading = by_id.get(unit.decision.merged_into_id or unit.row.pk, unit)
    own = unit.spans[position]
    if leading is not unit and not own:
        return (), ()  # told where the merged span stands
    return own, leading.outcome


def _relation_items(desk: Desk, board: Board, unit: UnitSeen, position: int) -> list[ItemShown]:
    """A relation that stands otherwise than an annotator drew it; nothing where an end is gone: its place says so."""
    ends = [board.leading(key) for key in (unit.row.from_unit_id, unit.row.to_unit_id) if key is not None]
    if not all(end.outcome for end in ends):
        return []
    own = sorted(drawn.label for drawn in unit.relations[position])
    settled = board.labels_between(*ends)
    if own == settled:
        return []
    windows = desk.windows(unit)
    html = desk.drawn(tuple(span for end in ends for span in end.outcome), windows)
    told, stands = (desk.arrows(ends, labels) for labels in (own, settled))
    return [ItemShown([], html, [], html, desk.decision(unit), told, stands)]


def _item(desk: Desk, unit: UnitSeen, own: Spans, settled: Spans) -> ItemShown:
    windows = desk.windows(unit)
    decision = desk.decision(unit)
    if decision is None:
        raise ValueError(f"Unit {unit.row.pk} of a settled document has no decision.")
    return ItemShown(
        own=[desk.part(span) for span in own],
        own_html=desk.drawn(own, windows),
        settled=[desk.part(span) for span in settled],
        settled_html=desk.drawn(settled, windows),
        decision=decision,
    )


@dataclass(frozen=True)
class Standing:
    """How somebody's sets agree with the settled documents; F1 in hundredths, None below the minimum."""

    name: str
    documents: int
    spans: int
    settled_spans: int
    exact_matches: int
    overlap_matches: int

    @property
    def same_place(self) -> int | None:
        """F1 of spans in the same place, in hundredths."""
        return self._f1(self.overlap_matches)

    @property
    def same_edges(self) -> int | None:
        """F1 of spans with the same edges, in hundredths."""
        return self._f1(self.exact_matches)

    def _f1(self, matches: int) -> int | None:
        both = self.spans + self.settled_spans
        enough = self.documents >= MINIMUM_DOCUMENTS and self.settled_spans >= MINIMUM_SPANS
        return round(200 * matches / both) if enough and both else None


def standings(project: Project) -> list[Standing]:
    """Return how every annotator agrees with the settled documents of a project, by name, pooled over documents."""
    settled = Source.objects.filter(
        adjudication__document__project=project, adjudication__state=AdjudicationState.SETTLED
    )
    rows = settled.values(name=F("annotation_set__name")).annotate(
        documents=Count("id"),
        own=Sum("spans"),
        settled=Sum("adjudicated_spans"),
        exact=Sum("exact_matches"),
        overlap=Sum("overlap_matches"),
    )
    return [
        Standing(row["name"], row["documents"], row["own"], row["settled"], row["exact"], row["overlap"])
        for row in rows.order_by("name")
    ]


@dataclass(frozen=True)
class TurnedDown:
    """How often the readings of one kind were turned down."""

    name: str
    turned_down: int
    readings: int

    @property
    def share(self) -> int:
        """In hundredths."""
        return round(100 * self.turned_down / self.readings) if self.readings else 0


def turned_down(project: Project, subject: Subject) -> list[TurnedDown]:
    """Return what was turned down in settled documents, by label, reason or guideline section, most often first."""
    rows = _reversals(project).filter(subject=subject).values("value")
    summed = rows.annotate(down=Sum("turned_down"), all=Sum("readings")).order_by("-down", "value")
    return [TurnedDown(_name(project, subject, row["value"]), row["down"], row["all"]) for row in summed]


def _reversals(project: Project) -> QuerySet[Reversals]:
    return Reversals.objects.filter(adjudication__document__project=project)


def _name(project: Project, subject: Subject, value: str) -> str:
    if subject is Subject.LABEL:
        known = schema_of(current_schema(project)).labels.get(value)
        return known.name if known else value
    return str(Reason(value).label) if subject is Subject.REASON else value


def settled_count(project: Project) -> int:
    """Return how many documents of a project are settled unit by unit."""
    settled = Adjudication.objects.filter(document__project=project, state=AdjudicationState.SETTLED)
    return settled.count()
