"""Texts in which a pattern can be tried in very many ways are read in a time that grows with their length."""

import pytest

from annotator.formats.incoming import Head
from annotator.formats.registry import detect_format
from annotator.formats.span_locations import SpanLocator
from annotator.imports.run.import_run import _pattern
from tests.formats import read_one, relation

SPANS = "T1\tSpeaker 0 3\tAda\nT2\tClaim 9 18\tit rained\n"


def brat(line):
    return read_one("brat", {"d.txt": b"Ada said it rained.", "d.ann": f"{SPANS}R1\t{line}\n".encode()})


@pytest.mark.parametrize(
    "line", [f"said-by A{':a' * 9_000} T1", f"said-by {':' * 9_000} T1 ", "a " * 9_000, "a :b c:d", "a b: c:d"]
)
def test_line_that_is_no_relation_is_a_problem(line):
    assert "is not a relation with two arguments" in brat(line).problems[0]


@pytest.mark.parametrize("line", ["said-by Arg1:T2 Arg2:T1", "said-by  :1:T2\x0bArg2:T1 "])
def test_relation_has_a_label_and_two_ends(line):
    arrival = brat(line)

    (work,) = arrival.document.sets.values()
    assert (arrival.problems, work.relations) == ((), [relation("R1", "said-by", "T2", "T1")])


def test_web_page_is_recognised_behind_comments():
    comments = b"<?xml version='1.0'?>\n" + b"<!-- a --> " * 400

    assert detect_format(Head("page", comments + b"<!DOCTYPE  html>")) == "html"
    assert detect_format(Head("page", comments + b"none")) != "html"


@pytest.mark.parametrize(
    ("gap", "is_parted"), [("\n" * 200_000, True), (" \u2028 ", True), ("  ", False), ("\n" * 200_000 + "x", False)]
)
def test_fragments_are_parted_by_white_space_with_a_line_break(gap, is_parted):
    text = f"Ada{gap}Ben"

    assert SpanLocator(text, in_utf16=False, mark_removed=False).parted_by_line_break(3, len(text) - 3) is is_parted


def test_lines_are_compared_by_their_beginnings():
    assert _pattern(f"d.ann: {'a.' * 500_000}") == _pattern(f"e.ann: {'a.' * 400_000}")
