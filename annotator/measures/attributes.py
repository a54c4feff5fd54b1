"""Do annotators who mark the same span also choose the same attribute values?

Counted over exactly matched spans only, so that disagreement about spans is not counted twice. An attribute that
only one of the two set counts with the value None for the other.
"""

from collections import defaultdict
from collections.abc import Hashable

from annotator.measures.cohen import Contingency
from annotator.measures.units import Annotation, IntArray

AttributeKey = tuple[int, str]


def attribute_contingencies(first: Annotation, second: Annotation, pairs: IntArray) -> dict[AttributeKey, Contingency]:
    """Return the values of both annotators against each other by label and attribute name, on matched spans.

    >>> from annotator.measures.units import Units, indexes
    >>> units = Units.from_spans([(0, [(0, 4)])])
    >>> one, other = Annotation(units, [{"kind": "fact"}]), Annotation(units, [{"kind": "opinion"}])
    >>> attribute_contingencies(one, other, indexes([[0, 0]]))
    {(0, 'kind'): Contingency(cells={('fact', 'opinion'): 1})}
    """
    values: dict[AttributeKey, list[tuple[Hashable, Hashable]]] = defaultdict(list)
    for row, partner in pairs.tolist():
        of_first, of_second = first.attributes[row], second.attributes[partner]
        label = int(first.units.labels[row])
        for name in of_first.keys() | of_second.keys():
            values[label, name].append((of_first.get(name), of_second.get(name)))
    return {key: Contingency.of_pairs(found) for key, found in values.items()}
