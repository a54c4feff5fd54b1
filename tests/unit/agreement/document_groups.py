"""Groups of documents for tests, out of what people marked in each."""

import numpy as np

from annotator.agreement.counting.document_groups import DocumentGroup, SpanRows
from annotator.agreement.counting.shared_schema import Unshared

EVERYTHING_SHARED = Unshared()


def group_of(documents, *, unshared=EVERYTHING_SHARED):
    """A group of `(text, {name: (spans, relations)})`, everybody in every document.

    A span is `(label, fragments, attributes)`, a relation `(label, row, row)`.
    """
    people = sorted(documents[0][1])
    spans, relations, sets = [], [], [[] for _ in people]
    for _, layers in documents:
        for person, name in enumerate(people):
            set_id = 10 + sum(map(len, sets))
            sets[person].append(set_id)
            own, arrows = layers[name]
            first = len(spans)
            for at, (label, fragments, attributes) in enumerate(own):
                written = str([list(edge) for edge in fragments]) if len(fragments) > 1 else None
                pairs = ",".join(f'"{key}":"{value}"' for key, value in attributes.items())
                place = fragments[0][0], fragments[-1][1]
                spans.append((set_id, first + at, label, *place, written, f"{{{pairs}}}"))
            relations += [(set_id, label, first + one, first + other) for label, one, other in arrows]
    texts = [(100 + at, text) for at, (text, _) in enumerate(documents)]
    return SpanRows(spans, relations).group(texts, sets, people, unshared)


def labels_of(group: DocumentGroup, person: int) -> list[str]:
    """The labels of the spans of somebody, in order of documents."""
    return [group.vocabulary.labels[label] for label in np.asarray(group.columns[person].labels).tolist()]
