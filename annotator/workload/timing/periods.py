"""Active periods: `[start, end)` in milliseconds since 1970, sorted, without overlap. Pure.

Reports of several windows, and repeated reports, overlap: only their union counts.
"""

from collections.abc import Iterable, Sequence

Period = tuple[int, int]

# Periods closer than this are joined: two windows do not read the clock at the same time.
NEAR = 1_000
MOST_PERIODS = 5_000


def union(*reports: Iterable[Period], near: int = NEAR) -> list[Period]:
    """Return the union of periods; those less than `near` milliseconds apart are joined.

    >>> union([(0, 5_000), (60_000, 61_000)], [(3_000, 9_000)])
    [(0, 9000), (60000, 61000)]
    """
    merged: list[Period] = []
    for start, end in sorted(period for report in reports for period in report if period[0] < period[1]):
        if merged and start - merged[-1][1] < near:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def at_most(periods: Sequence[Period], most: int = MOST_PERIODS) -> list[Period]:
    """Return at most this many periods; the shortest pauses between them are filled when there are more.

    >>> at_most([(0, 10), (11, 20), (500, 600)], 2)
    [(0, 20), (500, 600)]
    """
    if len(periods) <= most:
        return list(periods)
    pauses = sorted(range(1, len(periods)), key=lambda index: periods[index][0] - periods[index - 1][1])
    filled = set(pauses[: len(periods) - most])
    kept: list[Period] = []
    for index, (start, end) in enumerate(periods):
        if index in filled:
            kept[-1] = (kept[-1][0], end)
        else:
            kept.append((start, end))
    return kept


def within(periods: Iterable[Period], earliest: int, latest: int) -> list[Period]:
    """Return the parts of periods between two moments.

    >>> within([(0, 5), (8, 20)], 3, 10)
    [(3, 5), (8, 10)]
    """
    cut = ((max(start, earliest), min(end, latest)) for start, end in periods)
    return [(start, end) for start, end in cut if start < end]


def shifted(periods: Iterable[Period], by: int) -> list[Period]:
    """Return the periods moved by this many milliseconds.

    >>> shifted([(0, 5)], 2)
    [(2, 7)]
    """
    return [(start + by, end + by) for start, end in periods]


def total_seconds(periods: Iterable[Period]) -> int:
    """Return the total length of periods in whole seconds.

    >>> total_seconds([(0, 1_500), (9_000, 10_600)])
    3
    """
    return sum(end - start for start, end in periods) // 1000
