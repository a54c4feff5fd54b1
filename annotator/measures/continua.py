"""Many continua at once, as arrays: what gamma aligns.

A continuum is what several annotators marked in one document, or a random one drawn like it. Aligning thousands of
them in one pass is what makes gamma quick here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotator.measures.units import Document, FloatArray, IntArray, Units, indexes


@dataclass(frozen=True)
class Continua:
    """Units of `count` continua with the same number of annotators, one row a unit.

    `continuum` (ascending) and `annotator` say whose unit it is, `starts` and `ends` where it lies (any finite numbers,
    also decimals and below 0), `labels` what it is. Units of one annotator may overlap, and be identical.
    """

    count: int
    annotators: int
    continuum: IntArray
    annotator: IntArray
    starts: FloatArray
    ends: FloatArray
    labels: IntArray

    def __post_init__(self) -> None:
        if not np.all(self.ends > self.starts):
            raise ValueError("Gamma: every unit must end after its start.")
        if np.any(np.diff(self.continuum) < 0):
            raise ValueError("Gamma: units must stand by continuum.")

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def sizes(self) -> IntArray:
        """Units in each continuum."""
        return np.bincount(self.continuum, minlength=self.count)

    def only(self, number: int) -> "Continua":
        """Return one of the continua by itself.

        >>> from annotator.measures.units import Annotation
        >>> ada = Annotation(Units.from_spans([(0, [(0, 10)])]))
        >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ada})
        >>> continua_of([document, document]).only(1).continuum.tolist()
        [0, 0]
        """
        rows = self.continuum == number
        columns = (self.annotator, self.starts, self.ends, self.labels)
        return Continua(1, self.annotators, self.continuum[rows] * 0, *(column[rows] for column in columns))


def continua_of(documents: Sequence[Document]) -> Continua:
    """Return the continua of documents, which must all have the same number of annotators.

    A discontinuous span is one unit from its first start to its last end. Annotators and units are put in an order of
    their own, so that nothing that follows depends on the order in which they came.

    >>> from annotator.measures.units import Annotation
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> found = continua_of([document])
    >>> found.starts.tolist(), found.annotator.tolist()
    ([0.0, 20.0, 0.0, 20.0], [0, 0, 1, 1])
    """
    annotators = len(documents[0].annotations) if documents else 0
    columns: list[list[float]] = []
    for number, document in enumerate(documents):
        if len(document.annotations) != annotators:
            raise ValueError("Gamma: documents of one batch must have the same number of annotators.")
        layers = sorted(_rows(annotation.units) for annotation in document.annotations.values())
        columns.extend([number, who, *row] for who, layer in enumerate(layers) for row in layer)
    table = np.asarray(columns, dtype=np.float64).reshape(-1, 5)
    whole = indexes(table[:, [0, 1, 4]].astype(np.int64))
    return Continua(len(documents), annotators, whole[:, 0], whole[:, 1], table[:, 2], table[:, 3], whole[:, 2])


def _rows(units: Units) -> list[tuple[int, int, int]]:
    return sorted(
        zip(units.first_starts.tolist(), units.last_ends.tolist(), units.labels.tolist(), strict=True),
    )


def joined(batches: Sequence[Continua]) -> Continua:
    """Return continua of several batches with the same number of annotators as one batch, one after the other.

    >>> from annotator.measures.units import Annotation
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> one = continua_of([document])
    >>> joined([one, one]).continuum.tolist()
    [0, 0, 0, 0, 1, 1, 1, 1]
    """
    first = np.cumsum([0, *(batch.count for batch in batches)])
    return Continua(
        int(first[-1]),
        batches[0].annotators,
        np.concatenate([batch.continuum + before for batch, before in zip(batches, first[:-1], strict=True)]),
        np.concatenate([batch.annotator for batch in batches]),
        np.concatenate([batch.starts for batch in batches]),
        np.concatenate([batch.ends for batch in batches]),
        np.concatenate([batch.labels for batch in batches]),
    )
