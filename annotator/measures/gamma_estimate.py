"""About how long gamma takes, before it starts. Needs neither numpy nor scipy."""

LEAST_SAMPLES = 30
"""How many random continua are drawn at least, of all documents together."""
SECONDS_PER_UNIT = (0.0, 0.0, 2e-5, 6e-5, 1e-4, 2e-4, 6.5e-4)
"""About how long one unit takes to align, by number of annotators, on one core; measured on newspaper text, on a slow
machine: a quick one takes half, so that the budget holds on both."""


def estimated_seconds(units: int, annotators: int) -> float:
    """Return about how long one alignment of a document takes; it doubles with every annotator beyond six.

    >>> estimated_seconds(1_000, 2), estimated_seconds(1_000, 6), estimated_seconds(1_000, 8)
    (0.02, 0.65, 2.6)
    """
    at = min(annotators, len(SECONDS_PER_UNIT) - 1)
    return float(units * SECONDS_PER_UNIT[at] * 2 ** max(0, annotators - at))
