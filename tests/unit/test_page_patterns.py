"""One page frame, one list of messages, one table and one block of errors of a form for all pages."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted(
    path for package in ("annotator", "projects") for path in (settings.BASE_DIR / package).rglob("templates/**/*.html")
)
# Two annotations of one text beside each other: columns of text, without figures or cards.
OTHER_TABLES = {"agreement/side_by_side.html"}


def _with(pattern: str) -> set[str]:
    """Return the templates that contain a pattern."""
    return {_name(path) for path in TEMPLATES if re.search(pattern, path.read_text("utf-8"))}


def _name(path: Path) -> str:
    return path.as_posix().rpartition("/templates/")[2]


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        (r"<html\b", {"base.html"}),
        (r'class="messages"', {"base.html"}),
        (r'<table(?! class="table\b)', OTHER_TABLES),
        # The preview of an import lists them under a sentence of its own.
        (r"in form\.non_field_errors", {"http/form_errors.html", "imports/preview.html"}),
    ],
)
def test_pages_share_their_patterns(pattern: str, places: set[str]) -> None:
    assert _with(pattern) == places
