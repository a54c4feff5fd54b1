"""Decoding text, and refusing bytes with their location."""

import pytest

from annotator.text.decoding import UnreadableText, decode_text, place_of
from annotator.text.digest import text_digest

TEXT = "Zoe\u0308 said:\r\n“no” 🙂 é"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 little endian", "utf-16 big endian"],
)
def test_decoding_removes_only_the_byte_order_mark(data):
    assert decode_text(data) == TEXT


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("latin-1", "caf\xe9".encode("latin-1")),
        ("windows-1252", "“café”".encode("cp1252")),
        ("UTF-16LE", "café".encode("utf-16-le")),
        ("utf-16-le", b"\xff\xfe" + "café".encode("utf-16-le")),
        ("koi8-r", "нет".encode("koi8-r")),
    ],
)
def test_declared_encoding_is_used(encoding, data):
    assert decode_text(data, encoding=encoding) in {"café", "“café”", "нет"}


def test_invalid_bytes_are_refused_with_their_position():
    with pytest.raises(UnreadableText, match=r"Byte 3 \(hexadecimal E9\) is not valid UTF-8") as failure:
        decode_text("caf\xe9".encode("latin-1"))
    assert failure.value.extra["byte"] == 3
    assert failure.value.extra["bytes"] == "E9"


def test_utf_16_without_byte_order_mark_is_refused():
    with pytest.raises(UnreadableText, match="NUL character at line 1, column 2"):
        decode_text("no".encode("utf-16-le"))


@pytest.mark.parametrize("data", [b"ab\r\nc\0d", "ab\r\nc\0d".encode("utf-8-sig")])
def test_nul_is_refused_with_its_location(data):
    with pytest.raises(UnreadableText, match=r"a NUL character at line 2, column 2 \(code point 5\)"):
        decode_text(data)


def test_a_lone_surrogate_is_refused_with_its_bytes():
    with pytest.raises(UnreadableText, match=r"Byte 2 .*UTF-8"):
        decode_text("ab\ud83d".encode("utf-8", "surrogatepass"))
    with pytest.raises(UnreadableText, match=r"Byte 4 .*UTF-16"):
        decode_text(b"\xff\xfe" + "a\ud83d".encode("utf-16-le", "surrogatepass"))


@pytest.mark.parametrize("encoding", ["martian", "rot13", "base64", "unicode_escape", "utf-7", "a\0b", "é"])
def test_unknown_encoding_is_refused(encoding):
    with pytest.raises(UnreadableText, match="encoding"):
        decode_text(b"abc", encoding=encoding)


def test_locations_count_every_line_end_once():
    text = "a\r\nb\rc\nd"
    assert [place_of(text, text.index(letter))[:2] for letter in "abcd"] == [(1, 1), (2, 1), (3, 1), (4, 1)]


def test_composed_and_decomposed_texts_have_different_digests():
    assert text_digest("é") != text_digest("e\u0301")
    assert text_digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
