"""Exports in words."""

from collections.abc import Mapping
from typing import Any

from annotator.datasets.exports.formats import FORMATS, JSONL
from annotator.datasets.exports.options import ExportOptions

_SAID = {
    "quotation_marks": "quotation marks {}",
    "nested": "{} spans only",
    "discontinuous": "fragments as {}",
    "window": "sentences with {} of context",
    "pair_sentences": "pairs up to {} sentences apart",
}
_FLAGS = {
    "pseudonyms": "pseudonyms",
    "notes": "no notes",
    "negatives": "nothing without spans",
    "guideline": "with the guidelines",
}


def described(options: Mapping[str, Any]) -> str:
    """Say what an export was asked to hold: view and format, then what differs from the usual.

    >>> described({"view": "consensus", "format": "span-ner", "window": 1, "notes": False})
    'consensus, span-ner, sentences with 1 of context, no notes'
    """
    usual = ExportOptions().as_json()
    key = options.get("format") or JSONL
    shape = f"a line a {options.get('layout', usual['layout'])}" if key == JSONL else key
    said = [str(options.get("view", usual["view"])), shape if key in FORMATS else str(key)]
    differing = {name: value for name, value in options.items() if name in usual and value != usual[name]}
    if "labels" in differing:
        said.append(", ".join(differing["labels"]))
    if "attributes" in differing:
        said.append(f"attributes {', '.join(differing['attributes'])}" if differing["attributes"] else "no attributes")
    said += [words.format(differing[name]) for name, words in _SAID.items() if name in differing]
    return ", ".join([*said, *(words for name, words in _FLAGS.items() if name in differing)])
