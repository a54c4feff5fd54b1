"""Units made ready for the page: sentences with the versions drawn into them, one lane an annotator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from annotator.adjudication.board.contents import UnitSeen
from annotator.adjudication.models import Adjudication, Reason, Source
from annotator.adjudication.pages import messages
from annotator.adjudication.units.quotations import windows_around
from annotator.adjudication.units.versions import Relations, Spans, letter, supporters
from annotator.agreement.pages.names import SchemaNames
from annotator.corpus.spans.markup import Mark, clip, mark_lines
from annotator.corpus.spans.values import SpanValue
from projects.schema import Schema

QUOTE_LENGTH = 45
LINE_BREAK = SafeString("<br>")
LEFT_OUT = SafeString('<br><span class="soft">[…]</span><br>')


@dataclass(frozen=True)
class PartShown:
    """One span of a version: label, looks, words, attributes as (name, value), and what its author noted."""

    label: str
    style: str
    words: str
    attributes: list[tuple[str, str]]
    note: str


@dataclass(frozen=True)
class LaneShown:
    """What one annotator has at a unit; `html` is the sentence with their spans, `arrows` what they drew."""

    position: int
    letter: str
    name: str
    html: SafeString
    parts: list[PartShown]
    arrows: list[str]
    is_taken: bool

    @property
    def is_empty(self) -> bool:
        """Whether they marked nothing here."""
        return not self.parts and not self.arrows


@dataclass(frozen=True)
class DecisionShown:
    """A decision in words."""

    meaning: str
    by: str
    reason: str
    section: str
    note: str
    support: str
    pinned_in: int | None


@dataclass(frozen=True)
class UnitShown:
    """A unit with all of its lanes."""

    id: int
    is_span: bool
    number: int
    title: str
    ways: str
    lanes: list[LaneShown]
    outcome: list[PartShown]
    outcome_html: SafeString
    decision: DecisionShown | None
    is_open: bool
    is_moved: bool


@dataclass(frozen=True)
class RowShown:
    """A unit in the list beside the lanes."""

    id: int
    number: int
    words: str
    label: str
    style: str
    state: str
    is_open: bool
    is_moved: bool


class Desk:
    """Draws units of one adjudication: those given, with the numbers by which people call those they decide about."""

    def __init__(
        self,
        adjudication: Adjudication,
        units: Mapping[int, UnitSeen],
        numbers: Mapping[int, int],
        sources: Sequence[Source],
        schema: Schema,
    ) -> None:
        self._units = units
        self._numbers = numbers
        self._text = adjudication.document.text
        self._names = SchemaNames(schema)
        self.letters = [letter(source.position) for source in sources]
        shown = self.letters if adjudication.blind else [source.annotation_set.name for source in sources]
        self.people = list(shown)

    def unit(self, unit: UnitSeen) -> UnitShown:
        """One unit with its lanes."""
        outcome = self._outcome(unit)
        windows = self.windows(unit)
        return UnitShown(
            id=unit.row.pk,
            is_span=unit.is_span,
            number=self.number(unit),
            title=self.title(unit),
            ways=messages.ways(unit.row.kinds),
            lanes=self._lanes(unit, windows),
            outcome=[self.part(span) for span in outcome],
            outcome_html=self.drawn(outcome, windows),
            decision=self.decision(unit),
            is_open=unit.is_open,
            is_moved=unit.row.is_moved,
        )

    def number(self, unit: UnitSeen) -> int:
        """The number by which people call a unit that they decide about; 0 for others."""
        return self._numbers.get(unit.row.pk, 0)

    def rows(self, units: Sequence[UnitSeen]) -> list[RowShown]:
        """Units for the list."""
        return [
            RowShown(
                id=unit.row.pk,
                number=self.number(unit),
                words=self._quote(unit.row.start, unit.row.end),
                label=self.title(unit),
                style=self._style(unit),
                state=self.state(unit),
                is_open=unit.is_open,
                is_moved=unit.row.is_moved,
            )
            for unit in units
        ]

    def title(self, unit: UnitSeen) -> str:
        """The labels that stand or are in question."""
        if unit.is_span:
            spans = unit.outcome or tuple(span for version in unit.spans for span in version)
            return " / ".join(sorted({self._names.label(span.label) for span in spans})) or "Nothing"
        labels = {drawn.label for version in unit.relations for drawn in version}
        return " / ".join(sorted(self._names.relation(label) for label in labels)) or "Relation"

    def windows(self, unit: UnitSeen) -> list[tuple[int, int]]:
        """The sentences around a unit; for relations those around both ends."""
        if unit.is_span:
            return windows_around(self._text, [(unit.row.start, unit.row.end)])
        ends = [self._units[key].row for key in (unit.row.from_unit_id, unit.row.to_unit_id) if key is not None]
        return windows_around(self._text, [(end.start, end.end) for end in ends])

    def part(self, span: SpanValue) -> PartShown:
        """One span in words."""
        words = " … ".join(self._text[start:end] for start, end in span.fragments)
        attributes = [
            (self._names.attribute(span.label, name), value) for name, value in sorted(span.attributes.items())
        ]
        return PartShown(self._names.label(span.label), self._names.style(span.label), words, attributes, span.note)

    def drawn(self, spans: Spans, windows: Sequence[tuple[int, int]]) -> SafeString:
        """Stretches of the text with spans drawn into them; dots between those that do not lie beside each other."""
        return format_html_join(LEFT_OUT, "{}", ((self._drawn_in(spans, *window),) for window in windows))

    def _drawn_in(self, spans: Spans, low: int, high: int) -> SafeString:
        inside = [(self._names.style(span.label), clip(span.fragments, low, high)) for span in spans]
        marks = [Mark(fragments, f"{style} lane-version") for style, fragments in inside if fragments]
        lines = mark_lines(self._text[low:high], marks)
        return format_html_join(LINE_BREAK, "{}", ((line,) for line in lines))

    def decision(self, unit: UnitSeen) -> DecisionShown | None:
        """What was decided about a unit, in words."""
        found = unit.decision
        if found is None:
            return None
        return DecisionShown(
            meaning=messages.meaning(found.kind, found.source, self.people),
            by=found.by.get_username() if found.by else "",
            reason=str(Reason(found.reason).label) if found.reason else "",
            section=found.section,
            note=found.note,
            support=f"{found.support} of {found.support_of}",
            pinned_in=found.pinned_in,
        )

    def meanwhile(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """What others did, a sentence each."""
        return [
            f"{each['by']}: {messages.meaning(each['kind'], each['source'], self.people)}, "
            f"“{self._unit_quote(each['unit'])}”" + (f" ({each['note']})" if each["note"] else "")
            for each in records
        ]

    def _lanes(self, unit: UnitSeen, windows: Sequence[tuple[int, int]]) -> list[LaneShown]:
        lanes = []
        for position, name in enumerate(self.people):
            spans = unit.spans[position] if unit.is_span else ()
            arrows = () if unit.is_span else unit.relations[position]
            lanes.append(
                LaneShown(
                    position=position,
                    letter=self.letters[position],
                    name=name,
                    html=self.drawn(spans or self._ends(unit, position), windows),
                    parts=[self.part(span) for span in spans],
                    arrows=self._arrows(unit, position, arrows),
                    is_taken=self._is_taken(unit, position),
                )
            )
        return lanes

    def _is_taken(self, unit: UnitSeen, position: int) -> bool:
        """Whether what stands is the version of this annotator."""
        if unit.is_open or unit.decision is None:
            return False
        if unit.is_span:
            return position in supporters(unit.spans, unit.outcome)
        labels = sorted(str(each["label"]) for each in unit.decision.outcome)
        return sorted(drawn.label for drawn in unit.relations[position]) == labels

    def _ends(self, unit: UnitSeen, position: int) -> Spans:
        """For a relation: the spans at both ends, the annotator's own or those that stand."""
        if unit.is_span:
            return ()
        ends = [self._units[key] for key in (unit.row.from_unit_id, unit.row.to_unit_id) if key is not None]
        return tuple(span for end in ends for span in (end.outcome or end.spans[position]))

    def _arrows(self, unit: UnitSeen, position: int, drawn: Relations) -> list[str]:
        if unit.is_span or not drawn:
            return []
        ends = [self._units[key] for key in (unit.row.from_unit_id, unit.row.to_unit_id) if key is not None]
        words = [self._words(end.outcome or end.spans[position]) for end in ends]
        return self._arrow_sentences(words, [arrow.label for arrow in drawn])

    def arrows(self, ends: Sequence[UnitSeen], labels: Sequence[str]) -> list[str]:
        """Relations between what stands at two units, a line each."""
        return self._arrow_sentences([self._words(end.outcome) for end in ends], labels)

    def _arrow_sentences(self, words: Sequence[str], labels: Sequence[str]) -> list[str]:
        return [f"“{words[0]}” → {self._names.relation(label)} → “{words[-1]}”" for label in labels]

    def _words(self, spans: Spans) -> str:
        return " / ".join(self.part(span).words for span in spans) or "…"

    def _outcome(self, unit: UnitSeen) -> Spans:
        return () if unit.is_open else unit.outcome

    def _style(self, unit: UnitSeen) -> str:
        spans = [span for version in unit.spans for span in version] if unit.is_span else []
        return self._names.style((unit.outcome or tuple(spans))[0].label) if unit.outcome or spans else ""

    def state(self, unit: UnitSeen) -> str:
        """What was decided about a unit, in a few words."""
        decision = self.decision(unit)
        return decision.meaning if decision else "open"

    def _unit_quote(self, key: int) -> str:
        unit = self._units.get(key)
        return self._quote(unit.row.start, unit.row.end) if unit else ""

    def _quote(self, start: int, end: int) -> str:
        words = self._text[start:end]
        return words if len(words) <= QUOTE_LENGTH else f"{words[:QUOTE_LENGTH]}…"
