"""Plain text: one document per file."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.formats.incoming import LONGEST_LINE, Head, Source
from annotator.formats.plain_text.read import read_plain_text
from annotator.formats.registry import FORMATS, detect_format, stem_of


def read(data, encoding=""):
    (line,) = read_plain_text(io.BytesIO(data), Source("article", encoding))
    return line


def test_file_becomes_a_document_with_its_name():
    line = read("\ufeffOne.\r\nTwo 🙂\n".encode())
    assert (line.document.external_id, line.document.title) == ("article", "article")
    assert line.document.text == "One.\r\nTwo 🙂\n"
    assert line.problems == ()


def test_declared_encoding_is_used():
    assert read("café".encode("latin-1"), "iso-8859-1").document.text == "café"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has no text"),
        (b"\xef\xbb\xbf \r\n", "has no text"),
        ("café".encode("latin-1"), "Byte 3"),
        (b"a\n\0", "NUL character at line 2, column 1"),
        (b"x" * (LONGEST_LINE + 1), "longer than"),
    ],
    ids=["empty", "white space", "latin-1", "nul", "huge"],
)
def test_files_without_valid_text_are_refused(data, words):
    (problem,) = read(data).problems
    assert words in problem.message
    assert problem.line == 0


@pytest.mark.parametrize(
    ("name", "stem", "found"),
    [
        ("news.jsonl", "news", "jsonl"),
        ("NEWS.NDJSON", "NEWS", "jsonl"),
        ("a/b/article.one.txt", "article.one", "text"),
        ("C:\\x\\notes.md", "notes", "text"),
        ("README", "README", "text"),
        ("table.xlsx", "table.xlsx", None),
        ("a\nb.txt", "a_b", "text"),
        ("x" * 300 + ".txt", "x" * 200, "text"),
        (".txt", ".txt", "text"),
    ],
)
def test_format_and_name_follow_the_file_name(name, stem, found):
    assert detect_format(Head(name, b"")) == found
    assert stem_of(name) == stem
    assert found is None or found in FORMATS


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_is_read_unchanged(text):
    line = read(f"x{text}".encode())
    assert line.document.text == f"x{text}"
