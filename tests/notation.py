"""Short notations for spans: `make_spans("Ada[Speaker] said [it rained](Claim)")` and `make_units((0, (4, 9)))`.

A label in square brackets covers the word before it; `[words](Label)` covers the words, nests, and may carry
attributes: `[it rained](Claim kind=fact)`.
"""

import re
from typing import Any

from annotator.measures.units import Units

TOKEN = re.compile(r"\[(?P<label>[A-Z][A-Za-z-]*)\]|(?P<open>\[)|\]\((?P<close>[^)]*)\)|(?P<text>.)", re.DOTALL)
LAST_WORD = re.compile(r"\S+$")


def make_spans(marked: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the bare text and its spans (ids s1, s2, … in order of their ends), offsets in code points."""
    text = ""
    opened: list[int] = []
    spans: list[dict[str, Any]] = []
    for match in TOKEN.finditer(marked):
        if match["label"] and (word := LAST_WORD.search(text)):
            spans.append(_span(len(spans), match["label"], word.start(), len(text)))
        elif match["open"] or match["label"]:
            opened.append(len(text))
            text += match["label"] or ""
        elif match["close"] is not None:
            spans.append(_span(len(spans), match["close"], opened.pop(), len(text)))
        else:
            text += match["text"]
    return text, spans


def make_units(*spans: tuple[int, tuple[int, int]]) -> Units:
    """Return the units of one annotator from spans (label, (start, end))."""
    return Units.from_spans([(label, [fragment]) for label, fragment in spans])


def _span(index: int, description: str, start: int, end: int) -> dict[str, Any]:
    label, *pairs = description.split()
    attributes = dict(pair.split("=", 1) for pair in pairs)
    return {
        "id": f"s{index + 1}",
        "label": label,
        "fragments": [[start, end]],
        "attributes": attributes,
        "note": "",
        "origin": "manual",
    }
