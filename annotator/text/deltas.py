"""Ranges for transfer: the gap since the end of the previous one, then the length. Small numbers compress well."""

from collections.abc import Iterable, Sequence

from annotator.text.tokens import Range


def encode_deltas(ranges: Iterable[Range]) -> list[int]:
    """Return `[gap, length, gap, length, …]` of ranges that are in order and do not overlap.

    >>> encode_deltas([(2, 5), (5, 6), (9, 10)])
    [2, 3, 0, 1, 3, 1]
    """
    deltas: list[int] = []
    previous = 0
    for start, end in ranges:
        if start < previous or end <= start:
            raise ValueError(f"Range {start} to {end} is empty or does not follow on {previous}.")
        deltas += (start - previous, end - start)
        previous = end
    return deltas


def decode_deltas(deltas: Sequence[int]) -> list[Range]:
    """Return the ranges encoded by `encode_deltas`.

    >>> decode_deltas([2, 3, 0, 1, 3, 1])
    [(2, 5), (5, 6), (9, 10)]
    """
    if len(deltas) % 2:
        raise ValueError("Deltas come in pairs of gap and length.")
    ranges = []
    end = 0
    for gap, length in zip(deltas[::2], deltas[1::2], strict=True):
        start = end + gap
        end = start + length
        ranges.append((start, end))
    return ranges
