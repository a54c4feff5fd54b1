"""The probably correct label of a unit: a hint for the adjudicator, estimated from the whole document. Pure.

Dawid and Skene (1979) estimate from all units of the document how often each annotator gives which label for which
correct one ("nothing" is a label here), and from that the correct label of each unit. With fewer than three annotators
this would be a guess, so there is no hint.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST_ANNOTATORS = 3
LEAST_UNITS = 10
MOST_ROUNDS = 500
LEAST_PROBABLE = 0.6
"""Below this, two answers are nearly equally probable, and a hint would not help."""

Versions = Sequence[Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Hint:
    """The probably correct label of a unit ("" for nothing), its probability, and what it was estimated from."""

    label: str
    probability: float
    units: int
    annotators: int

    @property
    def percent(self) -> int:
        """The probability as a whole percentage; at most 99, because it is an estimate."""
        return min(99, round(100 * self.probability))


def hint(versions_by_unit: Mapping[int, Versions], unit: int) -> Hint | None:
    """Return the probably correct label of a unit; None when it cannot be estimated.

    `versions_by_unit` has the versions of every unit of the document, as they are stored.
    """
    annotators = len(versions_by_unit.get(unit, ()))
    if annotators < LEAST_ANNOTATORS or len(versions_by_unit) < LEAST_UNITS:
        return None
    # Importing numpy takes long, and few pages show a hint.
    import numpy as np

    from annotator.measures.dawid_skene import dawid_skene

    labels = [[own[0]["label"] if own else "" for own in versions] for versions in versions_by_unit.values()]
    classes = sorted({label for row in labels for label in row})
    votes = [(item, who, classes.index(label)) for item, row in enumerate(labels) for who, label in enumerate(row)]
    estimate = dawid_skene(np.array(votes), rounds=MOST_ROUNDS)
    posterior = estimate.posterior[list(versions_by_unit).index(unit)]
    best = int(posterior.argmax())
    if posterior[best] < LEAST_PROBABLE:
        return None
    return Hint(classes[best], float(posterior[best]), len(versions_by_unit), annotators)
