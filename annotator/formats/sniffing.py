"""Telling JSON formats apart by the first record of a file."""

import json
import re
from collections.abc import Mapping
from typing import Any

from annotator.formats.recipes import Head

_KEY = re.compile(r'"((?:[^"\\]|\\.){1,64})"\s*:')
_SCAN = json.JSONDecoder().raw_decode


def first_record(head: Head) -> dict[str, Any]:
    """Return the first object of a file: of an array, of lines, or the whole; {} when there is none.

    When it is longer than the head, its members are known by name only, and those of what it holds as well.
    """
    text = head.text.lstrip()
    at = 1 if text.startswith("[") else 0
    while at < len(text) and text[at].isspace():
        at += 1
    if not text.startswith("{", at):
        return {}
    try:
        record, _ = _SCAN(text, at)
    except (ValueError, RecursionError):
        return dict.fromkeys(_KEY.findall(text)) if len(head.data) > 1000 else {}
    return record if isinstance(record, dict) else {}


def is_array(head: Head) -> bool:
    """Whether a file begins as a JSON array."""
    return head.text.lstrip().startswith("[")


def list_of(record: Mapping[str, Any], key: str) -> list[Any]:
    """Return a list in a record, [] when there is none."""
    value = record.get(key)
    return value if isinstance(value, list) else []
