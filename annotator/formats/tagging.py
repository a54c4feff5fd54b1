"""Tags of tokens and what they mean: IOB1, IOB2, BIOES and BILOU are told apart by no one and understood alike."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from annotator.formats.gathering import Gathering

TAG = re.compile(r"(?:([BIESULM])-(.+)|O)\Z")


class Tagged(NamedTuple):
    """A token with its tag: where it lies, and a name for it in words."""

    start: int
    end: int
    tag: str
    place: str


def gather_tagged(gathering: Gathering, tokens: Iterable[Tagged]) -> None:
    """Turn the tags of one sentence into spans."""
    label, start, end = "", 0, 0
    for token in tokens:
        match = TAG.match(token.tag)
        if match is None:
            gathering.problems.append(f"{token.place}: “{token.tag[:40]}” is no tag such as B-Claim, I-Claim or O.")
        letter, named = (match[1] or "O", match[2] or "") if match else ("O", "")
        if label and (letter in "OBSU" or named != label):
            gathering.add_span(None, label, [(start, end)])
            label = ""
        if named and not label:
            label, start = named, token.start
        end = token.end
        if label and letter in "ESUL":
            gathering.add_span(None, label, [(start, end)])
            label = ""
    if label:
        gathering.add_span(None, label, [(start, end)])


def gather_tags(gathering: Gathering, text: str, tokens: Sequence[str], tags: Sequence[object]) -> None:
    """Turn tags beside tokens into spans; each token stands after the one before."""
    if len(tokens) != len(tags):
        gathering.problems.append(f"There are {len(tokens)} tokens and {len(tags)} tags.")
        return
    at = 0
    placed = []
    for number, (token, tag) in enumerate(zip(tokens, tags, strict=True), 1):
        start = text.find(token, at)
        if start < 0:
            gathering.problems.append(
                f"Token {number}, “{token[:40]}”, does not stand in the text after the one before."
            )
            return
        at = start + len(token)
        if isinstance(tag, int):
            gathering.problems.append("The tags are numbers; put their names in their place (ClassLabel.int2str).")
            return
        placed.append(Tagged(start, at, str(tag), f"Token {number}"))
    gather_tagged(gathering, placed)
