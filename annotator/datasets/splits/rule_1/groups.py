"""Groups of documents that stay in one split."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from annotator.datasets.splits.requests import SplitRequest
from annotator.datasets.splits.rule_1.near_duplicates import near_duplicates
from annotator.datasets.splits.rule_1.sketches import Sketch

NEAR_DUPLICATE = "near-duplicate"


@dataclass
class Links:
    """Pairs of documents that stay together, as positions in the list of documents, each with the reason."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, one: int, other: int, reason: str) -> None:
        """Link two documents."""
        self.pairs.append((one, other))
        self.reasons.append(reason)


def link(together: Sequence[Mapping[str, str]], sketches: Sequence[Sketch | None], request: SplitRequest) -> Links:
    """Return the links between documents with the same value in a field, and between near-duplicates."""
    links = Links()
    first_with: dict[tuple[str, str], int] = {}
    for position, values in enumerate(together):
        for key in values.items():
            first = first_with.setdefault(key, position)
            if first != position:
                links.add(first, position, key[0])
    if request.near_duplicates:
        sketched = [position for position, one in enumerate(sketches) if one is not None]
        present = [one for one in sketches if one is not None]
        for one, other in near_duplicates(present, threshold=request.threshold).tolist():
            links.add(sketched[one], sketched[other], NEAR_DUPLICATE)
    return links


def groups_of(count: int, links: Links) -> tuple[list[list[int]], list[list[str]]]:
    """Return all groups as lists of positions, also groups of one document, and the sorted reasons of each."""
    # Here, so that pages and commands that split nothing start without SciPy.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = np.array(links.pairs, np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    number, group_of = connected_components(graph, directed=False)
    members: list[list[int]] = [[] for _ in range(number)]
    for position, group in enumerate(group_of.tolist()):
        members[group].append(position)
    reasons: dict[int, set[str]] = defaultdict(set)
    for (one, _), reason in zip(links.pairs, links.reasons, strict=True):
        reasons[int(group_of[one])].add(reason)
    return members, [sorted(reasons[group]) for group in range(number)]
