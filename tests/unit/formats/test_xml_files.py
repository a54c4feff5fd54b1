"""XML in any encoding, without entities and deep nesting."""

import codecs

import pytest

from annotator.formats.incoming import UnreadableFile
from annotator.formats.xml_files import DEEPEST, parse_xml

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x t="&b;">&b;</x>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'
ENCODINGS = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("source", [LAUGHS, OUTSIDE, "<?xml version='1.0'?>\n<!-- a -->" + LAUGHS])
def test_document_types_are_refused_in_every_encoding(encoding, source):
    with pytest.raises(UnreadableFile, match="entities"):
        parse_xml(ENCODINGS[encoding] + source.encode(encoding))


def test_document_type_is_refused_in_a_declared_encoding():
    source = '<?xml version="1.0" encoding="iso-8859-1"?>' + LAUGHS

    with pytest.raises(UnreadableFile, match="entities"):
        parse_xml(source.encode("iso-8859-1"))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_plain_documents_are_read_in_every_encoding(encoding):
    root = parse_xml(ENCODINGS[encoding] + '<x t="&lt;ä">ö<y/></x>'.encode(encoding))

    assert (root.get("t"), root.text, root[0].tag) == ("<ä", "ö", "y")


UNREADABLE = [b"", b"<x", b"<x>&a;</x>", b"\xff\xfe<", b"<?xml version='1.0' encoding='none'?><x/>"]


@pytest.mark.parametrize("data", UNREADABLE)
def test_other_bytes_are_refused_in_words(data):
    with pytest.raises(UnreadableFile, match="not valid XML"):
        parse_xml(data)


def test_deep_nesting_is_refused():
    assert parse_xml(b"<x>" * DEEPEST + b"</x>" * DEEPEST).tag == "x"
    with pytest.raises(UnreadableFile, match="nested"):
        parse_xml(b"<x>" * 1_000_000)
