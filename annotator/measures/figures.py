"""A measured figure: a number, or the reason why there is none."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Undefined(StrEnum):
    """Why a measure has no value. An undefined value is never 0 and never 1."""

    NO_SPANS = "no_spans"
    ONE_ANNOTATOR = "one_annotator"
    EMPTY_DOCUMENT = "empty_document"
    NO_VARIATION = "no_variation"
    NO_PAIRS = "no_pairs"
    NO_ITEMS = "no_items"
    TOO_DENSE = "too_dense"


@dataclass(frozen=True)
class Figure:
    """A value, or NaN with the reason for it."""

    value: float
    undefined: Undefined | None = None

    def __post_init__(self) -> None:
        if math.isnan(self.value) != (self.undefined is not None):
            raise ValueError("Figure: a value that is not a number needs a reason, and only that.")

    @classmethod
    def without_value(cls, reason: Undefined) -> "Figure":
        """Return the figure that is not defined, for this reason."""
        return cls(math.nan, reason)

    @property
    def is_defined(self) -> bool:
        """Whether there is a number."""
        return self.undefined is None


def add_in_order(values: Iterable[float]) -> float:
    """Add numbers one after the other, so that every Python gives the same last digit: from 3.12 on, `sum` rounds less.

    >>> add_in_order([0.1] * 10)
    0.9999999999999999
    """
    total = 0.0
    for value in values:
        total += value
    return total


def mean(figures: list[Figure]) -> Figure:
    """Return the mean of the defined figures; the first reason when none is defined.

    >>> mean([Figure(0.5), Figure(1.0), Figure.without_value(Undefined.NO_SPANS)]).value
    0.75
    >>> mean([Figure.without_value(Undefined.NO_SPANS)]).undefined
    <Undefined.NO_SPANS: 'no_spans'>
    """
    values = [figure.value for figure in figures if figure.is_defined]
    if values:
        return Figure(math.fsum(values) / len(values))
    return figures[0] if figures else Figure.without_value(Undefined.NO_PAIRS)
