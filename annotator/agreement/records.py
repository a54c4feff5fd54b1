"""Figures as JSON: `{"value", "undefined", "low", "high"}`, a number or null with the reason, and an interval. Pure."""

from typing import Any

from annotator.agreement.tallies import Counts
from annotator.measures import bootstrap
from annotator.measures.figures import Figure

Record = dict[str, Any]


def figure_record(figure: Figure, interval: bootstrap.Interval | None = None) -> Record:
    """A figure as JSON."""
    low, high = interval or (None, None)
    return {
        "value": figure.value if figure.is_defined else None,
        "undefined": figure.undefined,
        "low": low,
        "high": high,
    }


def counts_record(counts: Counts) -> Record:
    """Spans of both of a pair (or what they drew), and F1."""
    return {
        "first_count": counts.first,
        "second_count": counts.second,
        "exact_f1": figure_record(counts.exact_f1),
        "overlap_f1": figure_record(counts.overlap_f1),
    }
