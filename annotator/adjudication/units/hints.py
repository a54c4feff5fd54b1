"""Who is probably right about a place: a hint for the adjudicator, from what the annotators did in the whole document.

Dawid and Skene (1979) estimate from all places of the document how often each annotator gives which label where which
one is right ("nothing" is a label here), and from that what is right at each place. With fewer than three annotators
that is no more than a guess, so that nothing is said. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST_ANNOTATORS = 3
LEAST_PLACES = 10
MOST_ROUNDS = 500
LEAST_PROBABLE = 0.6
"""Below this two answers are nearly as good as each other, and a hint would only be in the way."""

Versions = Sequence[Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Hint:
    """The label that is probably right at a place ("" for nothing), how probable, and from what that was estimated."""

    label: str
    probability: float
    places: int
    annotators: int

    @property
    def in_hundred(self) -> int:
        """The probability in whole hundredths; never 100, for it is an estimate."""
        return min(99, round(100 * self.probability))


def hint(versions_by_unit: Mapping[int, Versions], unit: int) -> Hint | None:
    """What is probably right at a unit; None where that cannot be said.

    `versions_by_unit` has what each annotator marked at each place of the document, as it is stored with units.
    """
    annotators = len(versions_by_unit.get(unit, ()))
    if annotators < LEAST_ANNOTATORS or len(versions_by_unit) < LEAST_PLACES:
        return None
    # Numpy takes its time, and few pages give a hint.
    import numpy as np

    from annotator.measures.dawid_skene import dawid_skene

    labels = [[own[0]["label"] if own else "" for own in versions] for versions in versions_by_unit.values()]
    classes = sorted({label for row in labels for label in row})
    votes = [(item, who, classes.index(label)) for item, row in enumerate(labels) for who, label in enumerate(row)]
    found = dawid_skene(np.array(votes), rounds=MOST_ROUNDS)
    posterior = found.posterior[list(versions_by_unit).index(unit)]
    best = int(posterior.argmax())
    if posterior[best] < LEAST_PROBABLE:
        return None
    return Hint(classes[best], float(posterior[best]), len(versions_by_unit), annotators)
