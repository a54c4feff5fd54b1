"""Attributes and links of what a model finds: those that the rules give a span of its label at the same place. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from annotator.suggestions.sources.interface import SourceSchema, SuggestedLink, Suggestion, Suggestions
from annotator.suggestions.sources.rules.assembly import suggest as suggest_by_rules

LEAST_OVERLAP = 0.5
"""Of the longer span of both, so much must be shared."""


def completed(text: str, schema: SourceSchema, finds: Sequence[Suggestion]) -> Suggestions:
    """Return finds with the attributes and links of the rules; those without a counterpart keep what they have."""
    if not finds:
        return Suggestions(finds)
    ruled = suggest_by_rules(text, schema)
    by_label: dict[str, list[tuple[int, int, Suggestion]]] = defaultdict(list)
    for span in ruled.spans:
        by_label[span.label].append((span.fragments[0][0], span.fragments[-1][1], span))
    find_of: dict[str, str] = {}
    spans = []
    for find in finds:
        first, last = find.fragments[0][0], find.fragments[-1][1]
        near = [span for start, end, span in by_label[find.label] if start < last and end > first]
        best = max(near, key=partial(_overlap, find), default=None)
        if best is not None and _overlap(find, best) >= LEAST_OVERLAP:
            find_of.setdefault(best.id, find.id)
            spans.append(find._replace(attributes={**find.attributes, **best.attributes}))
        else:
            spans.append(find)
    links = [
        SuggestedLink(link.label, find_of[link.source], find_of[link.target])
        for link in ruled.links
        if link.source in find_of and link.target in find_of
    ]
    return Suggestions(spans, links)


def _overlap(first: Suggestion, second: Suggestion) -> float:
    shared = sum(max(0, min(b, d) - max(a, c)) for a, b in first.fragments for c, d in second.fragments)
    return shared / max(_length(first), _length(second))


def _length(span: Suggestion) -> int:
    return max(1, sum(end - start for start, end in span.fragments))
