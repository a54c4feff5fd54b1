"""How good suggestions are against finished work: by label, for links, and whether scores keep their promise. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from annotator.measures import bootstrap
from annotator.measures.figures import add_in_order
from annotator.measures.matching import exact_matching, greedy_matching
from annotator.measures.units import Units

# So many suggestions of a score must have been checked before their share replaces the announced score altogether.
PRIOR_WEIGHT = 4
UNKNOWN_SCORE = 0.5
# Intervals of fewer documents would say nothing.
LEAST_DOCUMENTS = 5


@dataclass(slots=True)
class LabelCounts:
    """Suggested and finished spans of a label, and how many match; adds up over documents."""

    suggested: int = 0
    finished: int = 0
    exact: int = 0
    overlap: int = 0
    # Suggestions and right ones by score in whole percent.
    by_score: dict[int, list[int]] = field(default_factory=dict)
    # Suggested, finished, exact and overlap as they stood when each document began, by its number.
    before: dict[int, list[int]] = field(default_factory=dict)

    def add(self, document: int, name: str, count: int = 1) -> None:
        """Add to a count while a document is counted."""
        self.before.setdefault(document, [self.suggested, self.finished, self.exact, self.overlap])
        setattr(self, name, getattr(self, name) + count)

    def intervals(self, documents: int) -> dict[str, Any]:
        """Return 95 % intervals of all figures from resampling documents; null where a figure is not always defined."""
        rows = np.zeros((documents, 4))
        ends = [*list(self.before.values())[1:], [self.suggested, self.finished, self.exact, self.overlap]]
        for (number, begin), end in zip(self.before.items(), ends, strict=True):
            rows[number - 1] = np.subtract(end, begin)
        sums = bootstrap.resampled_sums(rows, bootstrap.plans(documents))
        found = {}
        with np.errstate(divide="ignore", invalid="ignore"):
            for column, name in ((2, "exact"), (3, "overlap")):
                matched = sums[:, column]
                figures = {
                    "precision": matched / sums[:, 0],
                    "recall": matched / sums[:, 1],
                    "f1": 2 * matched / (sums[:, 0] + sums[:, 1]),
                }
                found[name] = {key: bootstrap.interval(values) for key, values in figures.items()}
        return found

    def as_json(self, documents: int = 0) -> dict[str, Any]:
        """Return counts and figures, with intervals when a number of documents is given.

        A figure is null where it is not defined.
        """
        return {
            "suggested": self.suggested,
            "finished": self.finished,
            **{
                name: {
                    "matched": matched,
                    "precision": _share(matched, self.suggested),
                    "recall": _share(matched, self.finished),
                    "f1": _share(2 * matched, self.suggested + self.finished),
                }
                for name, matched in (("exact", self.exact), ("overlap", self.overlap))
            },
            "calibration": calibration(self.by_score),
            "calibration_error": calibration_error(self.by_score),
            **({"intervals": self.intervals(documents)} if documents >= LEAST_DOCUMENTS else {}),
        }


@dataclass(slots=True)
class Evaluation:
    """Counts over all documents."""

    documents: int = 0
    sets: int = 0
    accepted: int = 0
    labels: dict[str, LabelCounts] = field(default_factory=lambda: defaultdict(LabelCounts))
    links: LabelCounts = field(default_factory=LabelCounts)

    def start_document(self) -> None:
        """Begin a document: the sets that are added next are over it."""
        self.documents += 1

    def add(
        self,
        suggested: Sequence[Mapping[str, Any]],
        suggested_links: Iterable[Mapping[str, str]],
        finished: Sequence[Mapping[str, Any]],
        finished_links: Iterable[Mapping[str, str]],
        labels: Sequence[str],
    ) -> None:
        """Count one finished set against the suggestions for its document."""
        if not self.documents:
            self.start_document()
        self.sets += 1
        self.accepted += sum(1 for span in finished if span.get("suggestion"))
        index = {label: number for number, label in enumerate(labels)}
        ours = [span for span in suggested if span["label"] in index]
        theirs = [span for span in finished if span["label"] in index]
        units = [
            Units.from_spans([(index[span["label"]], [tuple(pair) for pair in span["fragments"]]) for span in spans])
            for spans in (ours, theirs)
        ]
        places = {_place(span) for span in theirs}
        for span in ours:
            counts = self.labels[span["label"]]
            counts.add(self.documents, "suggested")
            percent = counts.by_score.setdefault(round(100 * score_of(span)), [0, 0])
            percent[0] += 1
            percent[1] += _place(span) in places
        for span in theirs:
            self.labels[span["label"]].add(self.documents, "finished")
        for name, pairs in (("exact", exact_matching(*units)), ("overlap", greedy_matching(*units))):
            for number, count in zip(*_counts(units[0].labels[pairs[:, 0]]), strict=True):
                self.labels[labels[int(number)]].add(self.documents, name, int(count))
        self._add_links(ours, suggested_links, theirs, finished_links)

    def _add_links(
        self,
        ours: Sequence[Mapping[str, Any]],
        our_links: Iterable[Mapping[str, str]],
        theirs: Sequence[Mapping[str, Any]],
        their_links: Iterable[Mapping[str, str]],
    ) -> None:
        """Count links whose two spans are identical in both."""
        suggested, finished = _ends(ours, our_links), _ends(theirs, their_links)
        used = {end for link in suggested for end in link[1:]}
        known = {end for link in finished for end in link[1:]}
        # A link counts where both have its spans: what spans miss is counted above.
        comparable = {
            link for link in finished if link[0] in {other[0] for other in suggested} and set(link[1:]) <= used
        }
        offered = {link for link in suggested if set(link[1:]) <= known}
        self.links.suggested += len(offered)
        self.links.finished += len(comparable)
        self.links.exact += len(offered & comparable)

    def as_json(self) -> dict[str, Any]:
        """Return all figures."""
        links = self.links
        return {
            "documents": self.documents,
            "sets": self.sets,
            "accepted_suggestions_in_them": self.accepted,
            "labels": {label: counts.as_json(self.documents) for label, counts in sorted(self.labels.items())},
            "links": {
                "suggested": links.suggested,
                "finished": links.finished,
                "matched": links.exact,
                "precision": _share(links.exact, links.suggested),
                "recall": _share(links.exact, links.finished),
                "f1": _share(2 * links.exact, links.suggested + links.finished),
            },
        }


def score_of(span: Mapping[str, Any]) -> float:
    """Return the announced score of a suggestion; one half where the source gives none."""
    score = span.get("score")
    return UNKNOWN_SCORE if score is None else min(1.0, max(0.0, float(score)))


def calibration(
    by_score: Mapping[int, Sequence[int]],
    *,
    expected: Callable[[float], float] = lambda score: score,
    weight: float = PRIOR_WEIGHT,
) -> list[dict[str, float]]:
    """Return for each announced score how many suggestions had it, how many were right, and the precision to expect.

    The expected precision never falls as the score rises (pool adjacent violators). Few suggestions count little: what
    is `expected` of their score counts as much as `weight` of them.

    >>> [round(row["precision"], 2) for row in calibration({60: [96, 48], 70: [6, 1], 90: [46, 46]})]
    [0.49, 0.49, 0.99]
    """
    pooled: list[list[float]] = []
    for score in sorted(by_score):
        count, right = by_score[score]
        pooled.append([count + weight, right + weight * expected(score / 100), 1])
        while len(pooled) > 1 and pooled[-2][1] / pooled[-2][0] > pooled[-1][1] / pooled[-1][0]:
            last = pooled.pop()
            pooled[-1] = [first + second for first, second in zip(pooled[-1], last, strict=True)]
    precisions = [right / total for total, right, rows in pooled for _row in range(int(rows))]
    return [
        {"score": score / 100, "suggested": by_score[score][0], "right": by_score[score][1], "precision": precision}
        for score, precision in zip(sorted(by_score), precisions, strict=True)
    ]


def calibration_error(by_score: Mapping[int, Sequence[int]]) -> float | None:
    """Return the mean distance of announced scores from the share that was right, weighted by suggestions."""
    total = sum(count for count, _right in by_score.values())
    if not total:
        return None
    return add_in_order(abs(right - count * score / 100) for score, (count, right) in by_score.items()) / total


def expected_precision(figures: Mapping[str, Any] | None, label: str, score: float) -> float:
    """Return the precision to expect of a suggestion: as measured, or the announced score before anything was."""
    rows = (figures or {}).get("labels", {}).get(label, {}).get("calibration", [])
    if not rows:
        return score
    below = [row for row in rows if row["score"] <= score + 0.005]
    return float((below or rows)[-1 if below else 0]["precision"])


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _place(span: Mapping[str, Any]) -> tuple[str, tuple[tuple[int, ...], ...]]:
    return span["label"], tuple(tuple(pair) for pair in span["fragments"])


def _counts(numbers: Any) -> tuple[Any, Any]:
    return np.unique(numbers, return_counts=True)


def _ends(
    spans: Sequence[Mapping[str, Any]], links: Iterable[Mapping[str, str]]
) -> set[tuple[str, tuple[str, Any], tuple[str, Any]]]:
    places = {span["id"]: _place(span) for span in spans}
    return {
        (link["label"], places[link["from"]], places[link["to"]])
        for link in links
        if link["from"] in places and link["to"] in places
    }
