"""UIMA CAS XMI."""

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from annotator.formats.set_builder import LONGEST_ATTRIBUTE
from projects.schema import LONGEST_VALUE
from tests.examples import examples
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
@settings(max_examples=examples(60))
def test_written_files_are_read_unchanged(documents):
    assert assert_carried("uima", [*documents], ids=True).all == []


def test_annotations_of_other_types_are_read():
    arrival = read_one("uima", FILE.encode(), name="annotation/one.txt/ada.xmi")
    assert (arrival.document.external_id, arrival.document.text) == ("one", "🙂 Ada said\r\nno")
    assert spans_of(arrival, "ada") == [("Mark", [[6, 10]]), ("PER", [[2, 5]])]
    work = arrival.document.sets["ada"]
    assert work.spans[0]["attributes"] == {"identifier": "http://x"}
    assert [(one["label"], one["from"], one["to"]) for one in work.relations] == [("by", "s2", "s1")]
    assert arrival.notes == ("The structure of the text was not imported: 1 Token.",)


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


def test_array_of_strings_is_an_attribute():
    span_element = (
        '<custom:Mark xmi:id="3" sofa="1" begin="7" end="11"><alias>Em</alias><alias>M.</alias></custom:Mark>'
    )
    data = FILE.replace('<custom:Mark xmi:id="3" sofa="1" begin="7" end="11"/>', span_element)
    assert read_one("uima", data.encode()).document.sets["uima"].spans[1]["attributes"] == {"alias": "Em, M."}


def test_value_that_no_attribute_can_hold_is_left_out_and_counted():
    assert LONGEST_ATTRIBUTE == LONGEST_VALUE
    for length, kept in ((LONGEST_VALUE, 1), (LONGEST_VALUE + 1, 0)):
        data = FILE.replace('identifier="http://x"', f'identifier="{"x" * length}"')
        arrival = read_one("uima", data.encode())
        work = arrival.document.sets["uima"]
        assert (arrival.problems, len(work.spans[0]["attributes"])) == ((), kept)
    assert work.items.left_out["attributes", "too_long"] == 1
    assert any("“identifier” was left out, because its value has 501 characters" in note for note in arrival.notes)


def test_links_and_features_of_relations_are_read_or_counted():
    link = '<custom:Link xmi:id="5" role="who" target="2"/>'
    host = f'<custom:Mark xmi:id="3" sofa="1" begin="7" end="11" links="5"/>{link}'
    data = FILE.replace('<custom:Mark xmi:id="3" sofa="1" begin="7" end="11"/>', host)
    work = read_one("uima", data.replace('label="by"', 'label="by" mood="x"').encode()).document.sets["uima"]
    assert sorted((one["label"], one["from"], one["to"]) for one in work.relations) == [
        ("by", "s2", "s1"), ("who", "s2", "s1")
    ]  # fmt: skip
    assert work.items.as_json()["left_out"] == {"attributes": {"unsupported": 1}}


def test_later_views_and_spans_without_length_are_counted():
    second = '<cas:Sofa xmi:id="8" sofaNum="2" sofaID="x" sofaString="Two"/>'
    data = FILE.replace('begin="7" end="11"', 'begin="7" end="7"').replace("  <cas:View", second + "  <cas:View")
    data = data.replace("  <cas:View", '<custom:Mark xmi:id="7" sofa="8" begin="0" end="1"/>  <cas:View')
    arrival = read_one("uima", data.encode())
    assert spans_of(arrival) == [("PER", [[2, 5]])]
    assert arrival.document.sets["uima"].items.as_json()["left_out"] == {
        "spans": {"without_length": 1, "unsupported": 1}, "relations": {"no_end": 1}
    }  # fmt: skip


CAS_JSON = {
    "%TYPES": {},
    "%FEATURE_STRUCTURES": [
        {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "sofaString": "🙂 Ada said no"},
        {"%ID": 2, "%TYPE": "custom.Span", "@sofa": 1, "begin": 3, "end": 6, "value": "PER", "@alias": 6, "sure": True},
        {"%ID": 3, "%TYPE": "custom.Host", "@sofa": 1, "begin": 7, "end": 11, "@links": 5},
        {"%ID": 4, "%TYPE": "custom.Link", "role": "who", "@target": 2},
        {"%ID": 5, "%TYPE": "custom.Link[]", "%ELEMENTS": [4]},
        {"%ID": 6, "%TYPE": "uima.cas.StringArray", "%ELEMENTS": ["Em", "M."]},
        {"%ID": 7, "%TYPE": "custom.Tie", "@sofa": 1, "begin": 3, "end": 6, "@Governor": 3, "@Dependent": 2},
    ],
    "%VIEWS": {"_InitialView": {"%SOFA": 1, "%MEMBERS": [2, 3, 7]}},
}


def test_cas_json_is_detected_and_read():
    data = json.dumps(CAS_JSON).encode()
    assert detect_format(Head("x.json", data)) == "uima"
    arrival = read_one("uima", data)
    assert spans_of(arrival) == [("Host", [[6, 10]]), ("PER", [[2, 5]])]
    work = arrival.document.sets["uima"]
    assert work.spans[0]["attributes"] == {"alias": "Em, M.", "sure": "true"}
    assert sorted((one["label"], one["from"], one["to"]) for one in work.relations) == [
        ("Tie", "s2", "s1"), ("who", "s2", "s1")
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"{}", b'{"%FEATURE_STRUCTURES": 1}', b'{"%FEATURE_STRUCTURES": []}', b'{"%TYPES": '])
def test_cas_json_without_text_is_refused(data):
    with pytest.raises(UnreadableFile):
        read_one("uima", data)


def test_attributes_whose_names_no_feature_can_have_are_kept_apart():
    work = {"spans": [span("s1", "人 名", (0, 2), attributes={"人": "a", "名": "b"})]}
    files, _ = write("uima", [entry("No.", {"ada": work}, id="one")])
    arrival = read_one("uima", files["annotation/one.txt/ada.xmi"])
    assert sorted(arrival.document.sets["uima"].spans[0]["attributes"].values()) == ["a", "b"]


def test_chains_are_relations_and_empty_arrays_no_attributes():
    link = '<custom:Link xmi:id="{}" sofa="1" begin="{}" end="{}" roles="" referenceType="nom" {}/>'
    elements = link.format(6, 3, 6, 'next="7" referenceRelation="same"') + link.format(7, 7, 11, 'next="99"')
    arrival = read_one("uima", FILE.replace("  <cas:Sofa", f"{elements}<cas:Sofa").encode())
    work = next(iter(arrival.document.sets.values()))
    chain = [span for span in work.spans if span["label"] == "nom"]
    assert [span["attributes"] for span in chain] == [{}, {"next": "99"}]
    assert ("same", chain[0]["id"], chain[1]["id"]) in {
        (one["label"], one["from"], one["to"]) for one in work.relations
    }


def test_id_of_two_elements_is_refused():
    twice = '<custom:Mark xmi:id="3" sofa="1" begin="0" end="2"/>'
    with pytest.raises(UnreadableFile, match="Two elements have the id 3"):
        read_one("uima", FILE.replace("  <cas:Sofa", f"{twice}<cas:Sofa").encode())
