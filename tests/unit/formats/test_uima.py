"""UIMA CAS XMI."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from tests.formats import assert_carried, corpora, entry, read_one, span, spans_of, write

# In the manner of dkpro-cassis.
FILE = """<?xml version='1.0' encoding='UTF-8'?>
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:ner="http:///org/ner.ecore"
 xmlns:custom="http:///webanno/custom.ecore" xmlns:type="http:///org/type.ecore" xmi:version="2.0">
  <cas:NULL xmi:id="0"/>
  <type:Token xmi:id="9" sofa="1" begin="0" end="2"/>
  <ner:NamedEntity xmi:id="2" sofa="1" begin="3" end="6" value="PER" identifier="http://x"/>
  <custom:Mark xmi:id="3" sofa="1" begin="7" end="11"/>
  <custom:Tie xmi:id="4" sofa="1" begin="3" end="6" Governor="3" Dependent="2" label="by"/>
  <cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text/plain" sofaString="🙂 Ada said&#13;&#10;no"/>
  <cas:View sofa="1" members="2 3 4"/>
</xmi:XMI>
"""


@given(corpora(several_parts=False))
@settings(max_examples=60)
def test_written_files_are_read_unchanged(documents):
    assert assert_carried("uima", [*documents], ids=True).all == []


def test_annotations_of_other_types_are_read():
    arrival = read_one("uima", FILE.encode(), name="annotation/one.txt/ada.xmi")
    assert (arrival.document.external_id, arrival.document.text) == ("one", "🙂 Ada said\r\nno")
    assert spans_of(arrival, "ada") == [("Mark", [[6, 10]]), ("PER", [[2, 5]])]
    work = arrival.document.sets["ada"]
    assert work.spans[0]["attributes"] == {"identifier": "http://x"}
    assert [(one["label"], one["from"], one["to"]) for one in work.relations] == [("by", "s2", "s1")]
    assert arrival.notes == ("Annotations of type Token were left out: 1.",)


def test_type_system_is_written_and_offsets_count_utf16():
    work = {"spans": [span("s1", "PER", (2, 5), attributes={"kind": "x", "a-b": "y", "note": "z"})]}
    files, losses = write("uima", [entry("🙂 Ada\x01", {"ada": work}, id="one")])
    assert set(files) == {"annotation/one.txt/ada.xmi", "TypeSystem.xml"}
    names = [one.text for one in ElementTree.fromstring(files["TypeSystem.xml"]).iter() if one.tag.endswith("}name")]
    assert {"annotation.Span", "annotation.Relation", "kind", "a_b", "note_", "Governor"} <= set(names)
    element = ElementTree.fromstring(files["annotation/one.txt/ada.xmi"])[1]
    assert (element.get("begin"), element.get("end")) == ("3", "6")
    assert losses.what == {"attribute a-b", "attribute note", "text"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('end="11"', 'end="99"', "outside the text"),
        ('end="11"', 'end="x"', "whole numbers"),
        ('Governor="3"', 'Governor="7"', "span of element 7 does not exist"),
    ],
)
def test_errors_are_reported(old, new, words):
    assert words in read_one("uima", FILE.replace(old, new).encode()).problems[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (FILE.replace("<xmi:XMI", '<!DOCTYPE x [<!ENTITY a "aa">]><xmi:XMI', 1), "declares a document type"),
        (FILE[:200], "not valid XML"),
        (FILE.replace("sofaString", "other"), "no text"),
    ],
)
def test_invalid_xmi_is_refused(data, words):
    with pytest.raises(UnreadableFile, match=words):
        read_one("uima", data.encode())


def test_format_is_detected_by_its_content():
    assert detect_format(Head("x.xml", FILE.encode())) == "uima"
