"""The rules for sentences and tokens of texts, as one value that can be passed on.

What is written to files takes the rules from outside: releases of an earlier layout keep the rules they were made with,
however the present ones improve.
"""

from collections.abc import Callable
from dataclasses import dataclass

from annotator.text.sentences import sentence_boundaries
from annotator.text.tokens import Range, token_boundaries


@dataclass(frozen=True)
class TextRules:
    """Functions that return `(start, end)` of every sentence and of every token of a text, in code points."""

    sentences: Callable[[str], list[Range]]
    tokens: Callable[[str], list[Range]]
    version: int = 1


PRESENT_RULES = TextRules(sentence_boundaries, token_boundaries, version=2)
