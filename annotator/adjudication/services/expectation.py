"""The number of decisions to expect from an adjudication, before it starts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from annotator.adjudication import selectors
from annotator.adjudication.services.start import content_of
from annotator.adjudication.units.alignment import align_contents
from annotator.adjudication.units.versions import AcceptanceRule, annotators_needed, support_under
from annotator.corpus.documents.models import Document
from annotator.platform.garbage import paused_collector
from annotator.text.tokens import token_boundaries

MOST_SPANS = 6_000
"""Beyond it the decisions are counted only when that is asked for: the page before the start would take seconds."""
RULES = (AcceptanceRule.EXACT, AcceptanceRule.SAME_TOKENS)


@dataclass(frozen=True)
class ExpectedDecisions:
    """How many of `units` need a decision, when `least` of `annotators` have to agree under each rule."""

    least: int
    annotators: int
    units: int
    exact: int
    same_tokens: int


@paused_collector()
def expected_decisions(document: Document, *, most_spans: int | None = None) -> Sequence[ExpectedDecisions]:
    """Return the expected decisions about spans for each number of annotators that may be asked for, all first.

    Relations follow their spans and are not counted. Empty with fewer than two finished sets, or over `most_spans`.
    """
    sets = list(selectors.finished_sets(document))
    contents = [content_of(annotation_set) for annotation_set in sets] if len(sets) > 1 else []
    if not contents or (most_spans is not None and sum(len(content.spans) for content in contents) > most_spans):
        return []
    units, _ = align_contents(contents)
    tokens = token_boundaries(document.text)
    supports = [Counter(support_under(unit.versions, rule, tokens) for unit in units) for rule in RULES]
    fewest = annotators_needed(len(sets), 1)
    return [
        ExpectedDecisions(
            least,
            len(sets),
            len(units),
            *(sum(count for size, count in own.items() if size < least) for own in supports),
        )
        for least in range(len(sets), fewest - 1, -1)
    ]
