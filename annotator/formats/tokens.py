"""Tokens with tags, and tokens from which spaCy restores a text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from annotator.formats.set_builder import SetBuilder
from annotator.text.rules import PRESENT_RULES, TextRules
from annotator.text.tokens import split_tokens

TAG = re.compile(r"(?:([BIESULM])-(.+)|O)\Z")


class TaggedToken(NamedTuple):
    """A token with its tag, and its location in words."""

    start: int
    end: int
    tag: str
    location: str


def add_tagged_tokens(builder: SetBuilder, tokens: Iterable[TaggedToken]) -> None:
    """Add the spans that the tags of one sentence describe; IOB1, IOB2, BIOES and BILOU are read alike."""
    label, start, end = "", 0, 0
    for token in tokens:
        match = TAG.match(token.tag)
        if match is None:
            builder.problems.append(f"{token.location}: “{token.tag[:40]}” is not a tag such as B-Claim, I-Claim or O.")
        letter, tag_label = (match[1] or "O", match[2] or "") if match else ("O", "")
        if label and (letter in "OBSU" or tag_label != label):
            builder.add_span(None, label, [(start, end)])
            label = ""
        if tag_label and not label:
            label, start = tag_label, token.start
        end = token.end
        if label and letter in "ESUL":
            builder.add_span(None, label, [(start, end)])
            label = ""
    if label:
        builder.add_span(None, label, [(start, end)])


def add_tags(builder: SetBuilder, text: str, tokens: Sequence[str], tags: Sequence[object]) -> None:
    """Add the spans that tags describe; each token follows the previous one in the text."""
    if len(tokens) != len(tags):
        builder.problems.append(f"The numbers of tokens ({len(tokens)}) and tags ({len(tags)}) differ.")
        return
    offset = 0
    tagged = []
    for number, (token, tag) in enumerate(zip(tokens, tags, strict=True), 1):
        start = text.find(token, offset)
        if start < 0:
            builder.problems.append(f"Token {number}, “{token[:40]}”, does not follow the previous token in the text.")
            return
        offset = start + len(token)
        if isinstance(tag, int):
            builder.problems.append("The tags are numbers. Replace them by their names (ClassLabel.int2str).")
            return
        tagged.append(TaggedToken(start, offset, str(tag), f"Token {number}"))
    add_tagged_tokens(builder, tagged)


def restorable_tokens(
    text: str, starts: Iterable[int], ends: Iterable[int], rules: TextRules = PRESENT_RULES
) -> Iterator[tuple[int, int]]:
    r"""Yield tokens that leave out only single spaces after tokens, so that spaCy restores the text from them.

    A space is a token of its own if a span starts or ends with it.

    >>> list(restorable_tokens("Well, \n  no", [], []))
    [(0, 4), (4, 5), (6, 9), (9, 11)]
    """
    starts, ends = set(starts), set(ends)
    cuts = sorted(starts | ends)
    at = 0
    for start, end in [*split_tokens(text, cuts, rules.tokens), (len(text), len(text))]:
        spaces = range(at, start)
        own = not starts.isdisjoint(spaces) or not ends.isdisjoint(location + 1 for location in spaces)
        begin = at if own or not at or text[at : at + 1] != " " or start == at else at + 1
        if begin < start:
            yield from pairwise([begin, *(cut for cut in cuts if begin < cut < start), start])
        if start < end:
            yield start, end
        at = end
