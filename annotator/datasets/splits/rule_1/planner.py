"""The plan of splits: which documents are for training, validation and test."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.datasets.splits.requests import Group, SplitItem, SplitPlan, SplitRequest
from annotator.datasets.splits.rule_1.draw import best_salt, draw, key_hashes
from annotator.datasets.splits.rule_1.groups import groups_of, link
from annotator.datasets.splits.rule_1.sketches import Sketch, sketch
from annotator.measures.units import IntArray

DOCUMENTS = "documents"
TOO_LARGE = 0.2


@dataclass(frozen=True, slots=True)
class _Row:
    """What is kept in memory of a document."""

    id: str
    together: Mapping[str, str]
    labels: Mapping[str, int]
    sketch: Sketch | None


class SplitPlanner:
    """Collects documents one at a time, keeping only a sketch of 512 bytes of each text, then plans the splits."""

    def __init__(self, request: SplitRequest) -> None:
        self._request = request
        self._rows: list[_Row] = []

    def add(self, item: SplitItem) -> None:
        """Add a document; each may be added only once."""
        sketched = sketch(item.text) if self._request.near_duplicates else None
        together = {name: item.together[name] for name in self._request.together if name in item.together}
        self._rows.append(_Row(item.id, together, dict(item.labels), sketched))

    def plan(self, earlier: Mapping[str, str] | None = None) -> SplitPlan:
        """Return the plan. A group keeps the split that most of its documents had in an `earlier` plan."""
        earlier, shares = earlier or {}, self._request.shares
        self._rows.sort(key=lambda row: row.id)
        sketches = [row.sketch for row in self._rows]
        members, reasons = groups_of(
            len(self._rows), link([row.together for row in self._rows], sketches, self._request)
        )
        hashes = key_hashes([self._key(group) for group in members])
        contents, columns = self._contents(members)
        salt = self._request.salt or best_salt(hashes, contents, shares)
        names = list(shares)
        kept = [
            self._split(group, names[drawn], earlier)
            for group, drawn in zip(members, draw(hashes, shares, salt).tolist(), strict=True)
        ]
        split_of = {self._rows[one].id: kept[number] for number, group in enumerate(members) for one in group}
        return SplitPlan(
            salt=salt,
            split_of=dict(sorted(split_of.items())),
            groups=tuple(
                Group(tuple(self._rows[one].id for one in group), tuple(why))
                for group, why in zip(members, reasons, strict=True)
                if len(group) > 1
            ),
            counts=_counts(names, kept, contents, columns),
            moved={key: was for key, was in sorted(earlier.items()) if split_of.get(key, was) != was},
            notes=tuple(_notes(names, kept, members, len(self._rows))),
        )

    def _key(self, group: Sequence[int]) -> str:
        """Return the key of a group, chosen so that further documents rarely change it.

        It is the value with the smallest hash, out of the values that its documents share and the ids of those without.
        """
        keys = {
            key
            for one in group
            for key in (
                [f"{name}\0{value}" for name, value in self._rows[one].together.items()] or [f"\0{self._rows[one].id}"]
            )
        }
        return keys.pop() if len(keys) == 1 else min(keys, key=lambda key: (key_hashes([key])[0], key))

    def _contents(self, members: Sequence[Sequence[int]]) -> tuple[IntArray, list[str]]:
        labels = sorted({label for row in self._rows for label in row.labels})
        column = {label: number for number, label in enumerate(labels, 1)}
        contents = np.zeros((len(members), len(labels) + 1), np.int64)
        for number, group in enumerate(members):
            contents[number, 0] = len(group)
            for one in group:
                for label, count in self._rows[one].labels.items():
                    contents[number, column[label]] += count
        return contents, [DOCUMENTS, *labels]

    def _split(self, group: Sequence[int], drawn: str, earlier: Mapping[str, str]) -> str:
        before = Counter(earlier.get(self._rows[one].id, "") for one in group)
        known = [(-count, name) for name, count in before.items() if name in self._request.shares]
        return min(known)[1] if known else drawn


def plan_splits(
    documents: Iterable[SplitItem], request: SplitRequest, *, earlier: Mapping[str, str] | None = None
) -> SplitPlan:
    """Return a plan for the documents; their order does not matter.

    `earlier` is the `split_of` of a plan whose documents keep their splits, unless a new document links groups that
    were in different splits.
    """
    planner = SplitPlanner(request)
    for item in documents:
        planner.add(item)
    return planner.plan(earlier)


def _counts(
    names: Sequence[str], kept: Sequence[str], contents: IntArray, columns: Sequence[str]
) -> dict[str, dict[str, int]]:
    where = np.array(kept, dtype=object)
    return {name: dict(zip(columns, contents[where == name].sum(axis=0).tolist(), strict=True)) for name in names}


def _notes(
    names: Sequence[str], kept: Sequence[str], members: Sequence[Sequence[int]], documents: int
) -> Iterable[str]:
    for name in names:
        if documents and name not in kept:
            yield f"“{name}” is empty: there are {len(members):,} groups of documents to deal out."
    largest = max((len(group) for group in members), default=0)
    if largest > 1 and largest > TOO_LARGE * documents:
        yield (
            f"The largest group that must stay together has {largest:,} of {documents:,} documents; the splits cannot "
            "come out as asked. Name fields with more different values, such as the story instead of the publisher."
        )
