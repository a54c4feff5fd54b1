"""Units as the pages show them: sentences with the versions drawn into them, one lane for each annotator."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from annotator.adjudication.board.contents import BoardUnit, relation_ends
from annotator.adjudication.board.overview import UnitNumber
from annotator.adjudication.models import Adjudication, Reason, Source
from annotator.adjudication.pages import messages
from annotator.adjudication.units.derivation import same_arrows
from annotator.adjudication.units.quotations import windows_around
from annotator.adjudication.units.versions import Arrow, Spans, letter, read_arrows, supporters, version_groups
from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.spans.markup import Mark, clip, mark_lines
from annotator.corpus.spans.values import SpanValue
from projects.schema import Schema

QUOTE_LENGTH = 45
LINE_BREAK = SafeString("<br>")
OMISSION = SafeString('<br><span class="soft">[…]</span><br>')


@dataclass(frozen=True)
class SpanView:
    """A span in words: label with its style, covered text, attributes as (name, value), and note."""

    label: str
    style: str
    words: str
    attributes: list[tuple[str, str]]
    note: str


@dataclass(frozen=True)
class VersionView:
    """A version, with all annotators who have it; `html` is the sentence with its spans, `relations` those drawn.

    `position` is the first of the annotators, `keys` are the shortcuts of all of them.
    """

    position: int
    letter: str
    name: str
    keys: str
    annotators: int
    of: int
    html: SafeString
    spans: list[SpanView]
    relations: list[str]
    is_chosen: bool

    @property
    def is_empty(self) -> bool:
        """Whether the annotator marked nothing here."""
        return not self.spans and not self.relations


@dataclass(frozen=True)
class DecisionView:
    """A decision in words."""

    kind: str
    text: str
    by: str
    reason: str
    section: str
    note: str
    support: int
    support_of: int
    pinned_in: int | None


@dataclass(frozen=True)
class UnitView:
    """A unit with the lanes of all annotators."""

    id: int
    is_span: bool
    number: UnitNumber | None
    title: str
    disagreement: str
    summary: str
    lanes: list[VersionView]
    outcome: list[SpanView]
    outcome_html: SafeString
    outcome_relations: list[str]
    decision: DecisionView | None
    is_open: bool
    is_moved: bool


@dataclass(frozen=True)
class UnitRow:
    """A unit in the list beside the lanes; `number` is "" for one that is not contested."""

    id: int
    number: str
    words: str
    label: str
    style: str
    state: str
    is_open: bool
    is_moved: bool


@dataclass(frozen=True)
class LocationRow:
    """A location in the list beside the lanes, with its units; `number` is "" for one that is not contested."""

    number: str
    units: list[UnitRow]

    @property
    def open(self) -> int:
        """How many of its units need a decision."""
        return sum(unit.is_open for unit in self.units)


@dataclass(frozen=True)
class LocationView:
    """The location of the unit on the page, with all its units, and what the annotators have there in short."""

    units: list[UnitRow]
    summary: str


class Desk:
    """The presentation of units of one adjudication; `numbers` has the numbers of contested units by key."""

    def __init__(
        self,
        adjudication: Adjudication,
        units: Mapping[int, BoardUnit],
        numbers: Mapping[int, UnitNumber],
        sources: Sequence[Source],
        schema: Schema,
    ) -> None:
        self._units = units
        self._numbers = numbers
        self._text = adjudication.document.text
        self._labels = SchemaNames(schema)
        self.letters = [letter(source.position) for source in sources]
        names = self.letters if adjudication.blind else [source.annotation_set.name for source in sources]
        self.names = list(names)

    def unit(self, unit: BoardUnit) -> UnitView:
        """Return one unit with its lanes."""
        outcome = self._outcome(unit)
        windows = self.windows(unit)
        lanes = self._lanes(unit, windows)
        return UnitView(
            id=unit.row.pk,
            is_span=unit.is_span,
            number=self.number(unit),
            title=self.title(unit),
            disagreement=messages.disagreement_text(unit.row.kinds),
            summary=self.summary([unit]),
            lanes=lanes,
            outcome=[self.span(span) for span in outcome],
            outcome_html=self.draw(outcome, windows),
            outcome_relations=self.decided_relations(unit),
            decision=self.decision(unit),
            is_open=unit.is_open,
            is_moved=unit.row.is_moved,
        )

    def number(self, unit: BoardUnit) -> UnitNumber | None:
        """Return the number of a contested unit; None for others."""
        return self._numbers.get(unit.row.pk)

    def location(self, units: Sequence[BoardUnit]) -> LocationView:
        """Return a location by its units."""
        return LocationView(self.rows(units), self.summary(units))

    def location_rows(self, locations: Iterable[Sequence[int]]) -> list[LocationRow]:
        """Return locations, given by the keys of their units, for the list."""
        rows = []
        for keys in locations:
            units = [self._units[key] for key in keys]
            number = next((number.location for unit in units if (number := self.number(unit))), "")
            rows.append(LocationRow(str(number), self.rows(units)))
        return rows

    def rows(self, units: Sequence[BoardUnit]) -> list[UnitRow]:
        """Return units for the list."""
        return [
            UnitRow(
                id=unit.row.pk,
                number=str(self.number(unit) or ""),
                words=self._quote(unit.row.start, unit.row.end),
                label=self.title(unit),
                style=self._style(unit),
                state=self.state(unit),
                is_open=unit.is_open,
                is_moved=unit.row.is_moved,
            )
            for unit in units
        ]

    def title(self, unit: BoardUnit) -> str:
        """Return the labels of the outcome, or of all versions while it is open."""
        if unit.is_span:
            spans = unit.outcome or tuple(span for version in unit.spans for span in version)
            return " / ".join(sorted({self._labels.label(span.label) for span in spans})) or _("Nothing")
        labels = {drawn.label for version in unit.relations for drawn in version}
        return " / ".join(sorted(self._labels.relation(label) for label in labels)) or _("Relation")

    def windows(self, unit: BoardUnit) -> list[tuple[int, int]]:
        """Return the sentences around a unit; for relations those around both ends."""
        if unit.is_span:
            return windows_around(self._text, [(unit.row.start, unit.row.end)])
        ends = [self._units[key].row for key in (unit.row.from_unit_id, unit.row.to_unit_id) if key is not None]
        return windows_around(self._text, [(end.start, end.end) for end in ends])

    def span(self, span: SpanValue) -> SpanView:
        """Return one span in words."""
        words = " … ".join(self._text[start:end] for start, end in span.fragments)
        attributes = [
            (self._labels.attribute(span.label, name), value) for name, value in sorted(span.attributes.items())
        ]
        return SpanView(self._labels.label(span.label), self._labels.style(span.label), words, attributes, span.note)

    def draw(self, spans: Spans, windows: Sequence[tuple[int, int]]) -> SafeString:
        """Return parts of the text with spans drawn into them; omissions between them are marked."""
        return format_html_join(OMISSION, "{}", ((self._draw_in(spans, *window),) for window in windows))

    def _draw_in(self, spans: Spans, low: int, high: int) -> SafeString:
        inside = [(self._labels.style(span.label), clip(span.fragments, low, high)) for span in spans]
        marks = [Mark(fragments, f"{style} lane-version") for style, fragments in inside if fragments]
        lines = mark_lines(self._text[low:high], marks)
        return format_html_join(LINE_BREAK, "{}", ((line,) for line in lines))

    def decision(self, unit: BoardUnit) -> DecisionView | None:
        """Return the decision about a unit in words."""
        decision = unit.decision
        if decision is None:
            return None
        return DecisionView(
            kind=decision.kind,
            text=messages.decision_text(decision.kind, decision.source, self.names),
            by=decision.by.get_username() if decision.by else "",
            reason=str(Reason(decision.reason).label) if decision.reason else "",
            section=decision.section,
            note=decision.note,
            support=decision.support,
            support_of=decision.support_of,
            pinned_in=decision.pinned_in,
        )

    def decisions_of_others(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Return the decisions of other users, a sentence each."""
        return [
            f"{record['by']}: {messages.decision_text(record['kind'], record['source'], self.names)}, "
            f"“{self._unit_quote(record['unit'])}”" + (f" ({record['note']})" if record["note"] else "")
            for record in records
        ]

    def summary(self, units: Sequence[BoardUnit]) -> str:
        """Return how many annotators have which labels at units, as reports write it: “5 × Source, 1 × nothing”."""
        nothing, counts = _("nothing"), Counter[str]()
        for position in range(len(self.names)):
            counts[" + ".join(self._labels_of(units, position)) or nothing] += 1
        ordered = sorted(counts.items(), key=lambda item: (item[0] == nothing, -item[1]))
        return ", ".join(f"{count} × {labels}" for labels, count in ordered)

    def _labels_of(self, units: Sequence[BoardUnit], position: int) -> list[str]:
        """The labels of an annotator's spans at units in order of the text, else of the relations."""
        spans = sorted(
            (span.fragments, self._labels.label(span.label))
            for unit in units
            if unit.is_span
            for span in unit.spans[position]
        )
        relations = (drawn for unit in units if not unit.is_span for drawn in unit.relations[position])
        return [label for _, label in spans] or [self._labels.relation(drawn.label) for drawn in relations]

    def _lanes(self, unit: BoardUnit, windows: Sequence[tuple[int, int]]) -> list[VersionView]:
        return [self._lane(unit, positions, windows) for positions in self._groups(unit)]

    def _groups(self, unit: BoardUnit) -> list[list[int]]:
        """The positions of the annotators, equal versions together."""
        if unit.is_span:
            return version_groups(unit.spans)
        groups: dict[tuple[str, ...], list[int]] = {}
        for position in range(len(self.names)):
            groups.setdefault(tuple(sorted(self._relations_of(unit, position))), []).append(position)
        return sorted(groups.values(), key=lambda group: (not unit.relations[group[0]], -len(group), group[0]))

    def _lane(self, unit: BoardUnit, positions: Sequence[int], windows: Sequence[tuple[int, int]]) -> VersionView:
        position = positions[0]
        spans = unit.spans[position] if unit.is_span else ()
        return VersionView(
            position=position,
            letter=self.letters[position],
            name=", ".join(self.names[at] for at in positions),
            keys=" ".join(self.letters[at].lower() for at in positions),
            annotators=len(positions),
            of=len(self.names),
            html=self.draw(spans or self._ends(unit, position), windows),
            spans=[self.span(span) for span in spans],
            relations=[] if unit.is_span else self._relations_of(unit, position),
            is_chosen=self._is_chosen(unit, position),
        )

    def _is_chosen(self, unit: BoardUnit, position: int) -> bool:
        """Whether the outcome is the version of this annotator."""
        if unit.is_open or unit.decision is None:
            return False
        if unit.is_span:
            return position in supporters(unit.spans, unit.outcome)
        arrows = read_arrows(unit.decision.outcome)
        return same_arrows(arrows, unit.relations[position], position, relation_ends(unit, self._units))

    def _ends(self, unit: BoardUnit, position: int) -> Spans:
        """For a relation: the spans at both ends, of the outcome or the annotator's own."""
        if unit.is_span:
            return ()
        ends = [self._units[key] for key in (unit.row.from_unit_id, unit.row.to_unit_id) if key is not None]
        return tuple(span for end in ends for span in (end.outcome or end.spans[position]))

    def _relations_of(self, unit: BoardUnit, position: int) -> list[str]:
        """The relations that an annotator drew, each between the spans that it joins."""
        ends = [end.versions[position] for end in relation_ends(unit, self._units)]
        return [
            self._relation_sentence(
                [span for span in ends[0] if span.id == relation.source],
                relation.label,
                [span for span in ends[1] if span.id == relation.target],
            )
            for relation in unit.relations[position]
        ]

    def decided_relations(self, unit: BoardUnit) -> list[str]:
        """Return the relations that were decided at a unit, a line each."""
        if unit.is_span or unit.is_open or unit.decision is None:
            return []
        source, target = relation_ends(unit, self._units)
        return self.arrows(read_arrows(unit.decision.outcome), source.outcome, target.outcome)

    def arrows(self, arrows: Iterable[Arrow], source: Spans, target: Spans) -> list[str]:
        """Return relations between spans of two outcomes, a line each."""
        return [
            self._relation_sentence(_part(source, arrow.from_part), arrow.label, _part(target, arrow.to_part))
            for arrow in sorted(arrows)
        ]

    def _relation_sentence(self, source: Sequence[SpanValue], label: str, target: Sequence[SpanValue]) -> str:
        return f"“{self._words(source)}” → {self._labels.relation(label)} → “{self._words(target)}”"

    def _words(self, spans: Sequence[SpanValue]) -> str:
        return " / ".join(self.span(span).words for span in spans) or "…"

    def _outcome(self, unit: BoardUnit) -> Spans:
        return () if unit.is_open else unit.outcome

    def _style(self, unit: BoardUnit) -> str:
        spans = [span for version in unit.spans for span in version] if unit.is_span else []
        return self._labels.style((unit.outcome or tuple(spans))[0].label) if unit.outcome or spans else ""

    def state(self, unit: BoardUnit) -> str:
        """Return the decision about a unit in a few words."""
        decision = self.decision(unit)
        return decision.text if decision else _("open")

    def _unit_quote(self, key: int) -> str:
        unit = self._units.get(key)
        return self._quote(unit.row.start, unit.row.end) if unit else ""

    def _quote(self, start: int, end: int) -> str:
        words = self._text[start:end]
        return words if len(words) <= QUOTE_LENGTH else f"{words[:QUOTE_LENGTH]}…"


def _part(spans: Spans, part: int | None) -> Spans:
    """The span that a relation joins; all of the outcome when it names none."""
    return spans if part is None else spans[part : part + 1]
