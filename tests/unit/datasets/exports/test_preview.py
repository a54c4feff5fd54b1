"""The preview of an export."""

import json

import pytest

from annotator.datasets.exports.format_registry import FORMATS, WRITABLE
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.exports.preview import LONGEST_LINE, preview_export, with_line_breaks
from annotator.datasets.exports.serializers import parse_options
from annotator.formats.extras import missing_packages
from tests.notation import make_spans


@pytest.fixture
def documents(make_document, make_set):
    """Thirty documents of one annotator."""
    for number in range(30):
        text, spans = make_spans(f"[Ada B.](Speaker kind=person) said [it rained](Claim) {number} times.")
        make_set(make_document(text, external_id=f"{number:02}"), "A", spans)


def test_preview_is_the_beginning_of_the_export(documents, project, exported):
    _, lines, _ = exported(format="span-ner")

    preview = preview_export(project, parse_options({"format": "span-ner"}))

    assert [json.loads(piece.text) for piece in preview.pieces] == lines[:2]
    assert preview.documents == 20


def test_preview_counts_what_its_documents_leave_behind(documents, project):
    preview = preview_export(project, parse_options({"labels": ["Claim"]}))

    assert preview.lost == {"span": 20}


@pytest.mark.parametrize("key", [key for key in WRITABLE if not missing_packages(FORMATS[key])])
def test_every_format_has_a_preview(documents, project, key):
    preview = preview_export(project, parse_options({"format": key}))

    assert preview.is_binary or preview.pieces[0].text


def test_preview_without_finished_sets_is_empty(project):
    assert preview_export(project, ExportOptions()).pieces == ()


def test_long_lists_are_cut_and_text_is_unchanged():
    shown = with_line_breaks(json.dumps({"tokens": ["word"] * 1000, "n": 1}))

    assert max(map(len, shown.split("\n"))) <= LONGEST_LINE + 20
    assert with_line_breaks("T1\tClaim 0 3") == "T1\tClaim 0 3"
