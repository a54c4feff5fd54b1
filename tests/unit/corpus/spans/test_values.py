"""Spans and relations from the wire: what is read, and what is refused where."""

import pytest

from annotator.corpus.spans.values import ChangeError, SpanValue, read_relation, read_span

SPAN = {"id": "s1", "label": "Claim", "fragments": [[0, 3], [4, 6]], "attributes": {"kind": "fact"}, "note": "sic"}


def read_with(**fields):
    return read_span(SPAN | fields, "/span")


def refused(**fields):
    with pytest.raises(ChangeError) as caught:
        read_with(**fields)
    return caught.value


def test_span_is_read_back_unchanged():
    read = read_with(origin="imported")

    assert read == SpanValue("s1", "Claim", ((0, 3), (4, 6)), {"kind": "fact"}, "sic", "imported")
    assert read.wire() == SPAN | {"origin": "imported"}


def test_attributes_note_and_origin_are_optional():
    read = read_span({"id": "s1", "label": "Claim", "fragments": [[0, 3]]}, "")

    assert (read.attributes, read.note, read.origin) == ({}, "", "manual")


def test_null_attribute_is_not_set():
    assert read_with(attributes={"kind": None, "voice": "speaker"}).attributes == {"voice": "speaker"}


@pytest.mark.parametrize(
    "fragments",
    [
        [],
        "0-3",
        None,
        [[0]],
        [[0, 3, 4]],
        [["0", 3]],
        [[0, 3.0]],
        [[False, True]],
        [[3, 3]],
        [[3, 1]],
        [[-1, 2]],
        [[0, 3], [3, 5]],
        [[0, 3], [2, 5]],
        [[4, 6], [0, 3]],
        [[0, 2**40]],
        [[2 * place, 2 * place + 1] for place in range(2001)],
    ],
)
def test_invalid_fragments_are_refused(fragments):
    assert refused(fragments=fragments).pointer.startswith("/span/fragments")


@pytest.mark.parametrize("uid", ["", "x" * 65, 7, None, "a\nb", "a\0", "a\x9f", "a\u2028", "\ud800"])
def test_invalid_ids_are_refused(uid):
    error = refused(id=uid)

    assert (error.reason, error.pointer) == ("malformed", "/span/id")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"label": 3}, "/span/label"),
        ({"note": "x" * 2001}, "/span/note"),
        ({"note": "a\0b"}, "/span/note"),
        ({"note": None}, "/span/note"),
        ({"origin": "model"}, "/span/origin"),
        ({"origin": ["manual"]}, "/span/origin"),
        ({"attributes": []}, "/span/attributes"),
        ({"attributes": {"kind": 1}}, "/span/attributes/kind"),
        ({"attributes": {"a/b~": "x" * 2001}}, "/span/attributes/a~1b~0"),
        ({"attributes": {f"a{number}": "" for number in range(51)}}, "/span/attributes"),
        ({"color": "red"}, "/span"),
    ],
)
def test_fields_have_strict_types_and_sizes(fields, pointer):
    assert refused(**fields).pointer == pointer


def test_note_may_have_several_lines():
    assert read_with(note="<script>\r\n\t\u202e𝄞").note == "<script>\r\n\t\u202e𝄞"


@pytest.mark.parametrize("raw", [None, [], "s", {"id": "s1"}, {"id": "s1", "label": "Claim"}])
def test_incomplete_span_is_refused(raw):
    with pytest.raises(ChangeError, match=r"object|Missing"):
        read_span(raw, "")


def test_relation_is_read_back_unchanged():
    raw = {"id": "r1", "label": "denies", "from": "s1", "to": "s2"}

    assert read_relation(raw, "").wire() == raw


@pytest.mark.parametrize("field", ["id", "label", "from", "to"])
def test_relation_needs_all_fields(field):
    raw = {"id": "r1", "label": "denies", "from": "s1", "to": "s2"}

    with pytest.raises(ChangeError, match=field):
        read_relation({name: value for name, value in raw.items() if name != field}, "")
    with pytest.raises(ChangeError) as caught:
        read_relation(raw | {field: 7}, "/relation")
    assert caught.value.pointer == f"/relation/{field}"
