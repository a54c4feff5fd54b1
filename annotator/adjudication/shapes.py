"""What the pages of an adjudication are handed: units, lanes, decisions and rows, ready to be shown."""

from dataclasses import dataclass

from django.utils.safestring import SafeString


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
