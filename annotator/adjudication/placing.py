"""Finding a place in the text for a span that nobody marked. Pure; offsets are code points."""

import re

from annotator.adjudication.versions import Tokens
from annotator.corpus.spans.values import Fragments

LONGEST_QUERY = 500


def word_after(tokens: Tokens, position: int) -> Fragments:
    """Return the first token that begins at a position or after it; the last one where there is none.

    >>> word_after([(0, 3), (4, 8)], 3)
    ((4, 8),)
    """
    found = next((token for token in tokens if token[0] >= position), tokens[-1])
    return (found,)


def shifted(fragments: Fragments, tokens: Tokens, step: int) -> Fragments:
    """Return one token: the next after a span (step 1), or the one before it (-1); at the ends of the text it stays."""
    start, end = fragments[0][0], fragments[-1][1]
    if step > 0:
        found = next((token for token in tokens if token[0] >= end), None)
    else:
        found = next((token for token in reversed(tokens) if token[1] <= start), None)
    return (found,) if found else fragments


def next_sentence(fragments: Fragments, tokens: Tokens, sentences: Tokens, step: int) -> Fragments:
    """Return the first token of the next sentence (step 1) or of the one before (-1); at the ends it stays."""
    here = fragments[0][0]
    starts = [start for start, _ in sentences if (start > here if step > 0 else start < here)]
    # Within a sentence, back means its beginning first.
    return word_after(tokens, min(starts) if step > 0 else max(starts)) if starts else fragments


def occurrence(text: str, words: str, *, near: int) -> Fragments | None:
    r"""Return where words stand in a text, nearest to a position; blanks and line breaks count alike. None: nowhere.

    >>> occurrence("it rained, it\nrained", "it  rained", near=12)
    ((11, 20),)
    """
    parts = [re.escape(part) for part in words[:LONGEST_QUERY].split()]
    if not parts:
        return None
    found = [match.span() for match in re.finditer(r"\s+".join(parts), text)]
    return (min(found, key=lambda place: (abs(place[0] - near), place)),) if found else None
