"""From documents to a plan: which go to training, which to validation, which to test."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.datasets.splits.requests import Group, SplitItem, SplitPlan, SplitRequest
from annotator.datasets.splits.rule_1.draw import best_salt, deal, key_hashes
from annotator.datasets.splits.rule_1.groups import groups_of, link
from annotator.datasets.splits.rule_1.sketches import Sketch, sketch
from annotator.measures.units import IntArray

DOCUMENTS = "documents"
TOO_LARGE = 0.2


@dataclass(frozen=True, slots=True)
class _Row:
    """What is kept of a document."""

    id: str
    together: Mapping[str, str]
    labels: Mapping[str, int]
    sketch: Sketch | None


class SplitPlanner:
    """Collects documents one at a time, keeping of each text only a sketch of 512 bytes, then deals them out."""

    def __init__(self, request: SplitRequest) -> None:
        self._request = request
        self._rows: list[_Row] = []

    def add(self, item: SplitItem) -> None:
        """Take a document in, each only once."""
        sketched = sketch(item.text) if self._request.near_duplicates else None
        together = {name: item.together[name] for name in self._request.together if name in item.together}
        self._rows.append(_Row(item.id, together, dict(item.labels), sketched))

    def plan(self, earlier: Mapping[str, str] | None = None) -> SplitPlan:
        """Deal out; a group with documents of an `earlier` plan goes where most of these were, the ties by name."""
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
            self._kept(group, names[dealt], earlier)
            for group, dealt in zip(members, deal(hashes, shares, salt).tolist(), strict=True)
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
        """Return what a group is known by, so that another document seldom changes it.

        Of the values that tie its documents, and the ids of those without any, it is the one whose hash is least.
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

    def _kept(self, group: Sequence[int], dealt: str, earlier: Mapping[str, str]) -> str:
        before = Counter(earlier.get(self._rows[one].id, "") for one in group)
        known = [(-count, name) for name, count in before.items() if name in self._request.shares]
        return min(known)[1] if known else dealt


def plan_splits(
    documents: Iterable[SplitItem], request: SplitRequest, *, earlier: Mapping[str, str] | None = None
) -> SplitPlan:
    """Deal documents out as asked; the same documents in any order give the same plan.

    `earlier` is the `split_of` of a plan that is to be kept to: nothing that was dealt moves, unless a new document
    ties together what was apart.
    """
    dealing = SplitPlanner(request)
    for item in documents:
        dealing.add(item)
    return dealing.plan(earlier)


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
