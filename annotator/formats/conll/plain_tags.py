"""Tags of column files without B- and I-, such as those of the Stanford tagger: `Speaker`, or `O` for nothing.

Neighbouring tokens of a sentence with the same tag are one span. Where every tag of a column has a number, as in
`direct.speech.3`, the number tells spans apart instead: they may go on in the next sentence, or after a gap.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from annotator.formats.conll.sentences import Placed
from annotator.formats.set_builder import SetBuilder
from annotator.formats.tokens import TAG

NOTHING = frozenset(["O", "-", "_", ""])
_NUMBER = re.compile(r"(?<=.)\.\d+(?:_\d+)*(?=\.|\Z)", re.ASCII)


def plain_columns(rows: Iterable[Sequence[str]], columns: Iterable[int]) -> dict[int, bool]:
    """Return those of the columns whose tags are plain, each with whether its tags are numbered.

    They have a sign for nothing or numbers, and no tag like B-Claim. A column of `O` alone belongs to both kinds and is
    not among them.
    """
    seen: dict[int, set[str]] = {column: set() for column in columns}
    for row in rows:
        for column, cells in seen.items():
            if column < len(row):
                cells.add(row[column])
    return {
        column: is_numbered
        for column, cells in seen.items()
        if ((is_numbered := are_numbered(cells)) or cells & NOTHING)
        and cells != {"O"}
        and not any(_is_of_another_kind(cell) for cell in cells - NOTHING)
    }


def holds_plain_tags(tokens: Sequence[str], cells: Sequence[str]) -> bool:
    """Return whether a column looks like plain tags: many tokens have none, or all tags are numbered."""
    # A hyphen may be the token itself, or its lemma.
    empty = sum(cell in NOTHING and cell != token for token, cell in zip(tokens, cells, strict=True))
    return 5 * empty >= len(cells) or are_numbered(cells)


def are_numbered(cells: Iterable[str]) -> bool:
    """Return whether there are tags, and each has a number that tells spans apart.

    >>> are_numbered(["direct.speech.3|reported.4.nonfact", "-"]), are_numbered(["-"]), are_numbered(["PER"])
    (True, False, False)
    """
    tags = {tag for cell in cells for tag in _tags_in(cell)}
    return bool(tags) and all(map(_NUMBER.search, tags))


def add_plain_tags(
    builder: SetBuilder, sentences: Sequence[Sequence[Placed]], index: int, *, is_numbered: bool
) -> None:
    """Add the spans that the tags of a document describe; `index` is the place of their column among those of tags."""
    layers = [[(_tags_in(one.token.tags[index]), one) for one in sentence] for sentence in sentences]
    if is_numbered:
        _add_numbered(builder, layers)
        return
    for sentence in layers:
        for tag in dict.fromkeys(tag for stack, _ in sentence for tag in stack):
            marked = [(tag in stack, one) for stack, one in sentence]
            for has_tag, run in groupby(marked, key=itemgetter(0)):
                if has_tag:
                    parts = [one for _, one in run]
                    builder.add_span(None, tag, [(parts[0].start, parts[-1].end)])


def _add_numbered(builder: SetBuilder, sentences: Sequence[Sequence[tuple[list[str], Placed]]]) -> None:
    fragments: dict[str, list[tuple[int, int]]] = defaultdict(list)
    before: set[str] = set()
    for stack, one in (pair for sentence in sentences for pair in sentence):
        for tag in stack:
            start = fragments[tag].pop()[0] if tag in before else one.start
            fragments[tag].append((start, one.end))
        before = set(stack)
    for tag, pairs in fragments.items():
        builder.add_span(None, _NUMBER.sub("", tag, count=1), pairs)


def _tags_in(cell: str) -> list[str]:
    """Return the tags of a cell, which bars may separate, each once."""
    return list(dict.fromkeys(tag for tag in cell.split("|") if tag not in NOTHING))


def _is_of_another_kind(cell: str) -> bool:
    """Return whether a cell has tags with prefixes, or brackets that open and close as in CoNLL-2012."""
    return "*" in cell or any(TAG.match(tag) or tag.startswith("(") or tag.endswith(")") for tag in cell.split("|"))
