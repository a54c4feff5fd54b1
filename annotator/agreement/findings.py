"""The disagreements of one document, pair by pair, as rows to be stored. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from annotator.agreement.alignment import Kind, RelationSeen, SetSeen, SpanSeen
from annotator.agreement.boundaries import classify
from annotator.agreement.differences import Difference, compare

WORDS_LENGTH = 80
CountKey = tuple[str, str, str, str, str, str]
BoundaryKey = tuple[str, str, str]


@dataclass(frozen=True)
class Finding:
    """One disagreement, with the meaning that `annotator.agreement.models.Disagreement` gives its parts."""

    first: str
    second: str
    kind: str
    label: str
    other: str
    attribute: str
    start: int
    end: int
    words: str
    start_difference: str
    end_difference: str
    detail: Mapping[str, Any]

    @property
    def count_key(self) -> CountKey:
        """Under what it is counted."""
        return self.first, self.second, self.kind, self.label, self.other, self.attribute


@dataclass(frozen=True)
class Findings:
    """All disagreements, and per pair of authors the labels of aligned spans (`Comparison.labels`)."""

    found: Sequence[Finding]
    labels: Mapping[tuple[str, str], Mapping[tuple[str, str], int]]

    def counts(self) -> Counter[CountKey]:
        """How many there are of each."""
        return Counter(finding.count_key for finding in self.found)

    def boundaries(self) -> Counter[BoundaryKey]:
        """By what boundaries differ: class, label, and whether it is at the start or at the end."""
        found: Counter[BoundaryKey] = Counter()
        for finding in self.found:
            for side, by in (("start", finding.start_difference), ("end", finding.end_difference)):
                if by:
                    found[by, finding.label, side] += 1
        return found


def findings(text: str, sets: Mapping[str, SetSeen]) -> Findings:
    """Compare every two sets of a text; pairs go by name."""
    found: list[Finding] = []
    labels = {}
    for first, second in combinations(sorted(sets), 2):
        comparison = compare(sets[first], sets[second])
        labels[first, second] = comparison.labels
        found += (_finding(text, each, first, second, sets) for each in comparison.differences)
    return Findings(found, labels)


def _finding(text: str, difference: Difference, first: str, second: str, sets: Mapping[str, SetSeen]) -> Finding:
    one = list(_versions(difference, sets[first], difference.first))
    other = list(_versions(difference, sets[second], difference.second))
    name = "relation" if difference.kind is Kind.RELATION else "label"
    edges = ("", "")
    if difference.kind is Kind.BOUNDARY:
        edges = _edges(text, sets[first].spans[difference.first[0]], sets[second].spans[difference.second[0]])
    return Finding(
        first=first,
        second=second,
        kind=difference.kind.value,
        label=one[0][name] if one else "",
        other=other[0][name] if other else "",
        attribute=difference.attribute,
        start=difference.start,
        end=difference.end,
        words=_words(text, (one or other)[0]["fragments"]),
        start_difference=edges[0],
        end_difference=edges[1],
        detail={"first": one, "second": other},
    )


def _edges(text: str, first: SpanSeen, second: SpanSeen) -> tuple[str, str]:
    start, end = classify(text, first.start, second.start), classify(text, first.end, second.end)
    # Only fragments within differ.
    return (start, end) if start or end else ("inside", "")


def _versions(difference: Difference, seen: SetSeen, rows: Sequence[int]) -> Iterator[dict[str, Any]]:
    """What one of the two has there."""
    for row in rows:
        if difference.kind is Kind.RELATION:
            arrow: RelationSeen = seen.relations[row]
            yield _version(seen.spans[arrow.source]) | {
                "relation": arrow.label,
                "target": _version(seen.spans[arrow.target]),
            }
        elif difference.kind is Kind.ATTRIBUTE:
            yield _version(seen.spans[row]) | {"value": seen.spans[row].attributes.get(difference.attribute)}
        else:
            yield _version(seen.spans[row])


def _version(span: SpanSeen) -> dict[str, Any]:
    return {"label": span.label, "fragments": span.fragments}


def _words(text: str, fragments: Sequence[tuple[int, int]]) -> str:
    """The words of a span in small letters with single blanks, shortened."""
    words = " … ".join(text[start : min(end, start + 4 * WORDS_LENGTH)] for start, end in fragments[:4])
    return " ".join(words.casefold().split())[:WORDS_LENGTH]
