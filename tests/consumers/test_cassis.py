"""dkpro-cassis loads our XMI, and we read its XMI."""

import io

import cassis
import pytest
from hypothesis import given, settings

from tests.examples import examples
from tests.formats import corpora, read_one, spans_of, write

pytestmark = pytest.mark.consumers
TEXT = "🙂 Ada said\r\n“no”, שלום 👩🏽‍🔬 & <b>."


@given(corpora())
@settings(max_examples=examples(30), deadline=None)
def test_cassis_finds_every_fragment_and_relation(documents):
    files, _ = write("uima", documents)
    types = cassis.load_typesystem(io.BytesIO(files["TypeSystem.xml"]))
    for one in documents:
        for name, record in one.sets.items():
            data = files[f"annotation/{one.document['id']}.txt/{name}.xmi"]
            cas = cassis.load_cas_from_xmi(io.BytesIO(data), typesystem=types)
            text = one.document["text"]
            assert cas.sofa_string == text
            found = [(span.label, span.get_covered_text(), span.uid) for span in cas.select("annotation.Span")]
            expected = [
                (span["label"], text[start:end], span["id"])
                for span in record["spans"]
                for start, end in span["fragments"]
            ]
            assert sorted(found) == sorted(expected)
            arrows = [(arrow.Governor.uid, arrow.Dependent.uid) for arrow in cas.select("annotation.Relation")]
            assert sorted(arrows) == sorted((arrow["from"], arrow["to"]) for arrow in record["relations"])


def test_files_of_cassis_are_read():
    types = cassis.TypeSystem()
    entity = types.create_type("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", "uima.tcas.Annotation")
    types.create_feature(entity, "value", "uima.cas.String")
    types.create_feature(entity, "identifier", "uima.cas.String")
    tie = types.create_type("webanno.custom.Tie", "uima.tcas.Annotation")
    types.create_feature(tie, "label", "uima.cas.String")
    for end in ("Governor", "Dependent"):
        types.create_feature(tie, end, entity)
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = TEXT, "text/plain"
    places = {word: (TEXT.index(word), TEXT.index(word) + len(word)) for word in ("Ada", "“no”", "שלום")}
    made = {word: entity(begin=start, end=end, value="PER") for word, (start, end) in places.items()}
    made["Ada"].identifier = "Q7259"
    cas.add_all([*made.values(), tie(begin=0, end=1, label="by", Governor=made["“no”"], Dependent=made["Ada"])])

    arrival = read_one("uima", cas.to_xmi().encode(), name="annotation/one.txt/ada.xmi")
    assert (arrival.document.text, arrival.document.external_id) == (TEXT, "one")
    assert spans_of(arrival, "ada") == [("PER", [list(place)]) for place in sorted(places.values())]
    work = arrival.document.sets["ada"]
    names = {one["id"]: TEXT[one["fragments"][0][0] : one["fragments"][0][1]] for one in work.spans}
    assert [(one["label"], names[one["from"]], names[one["to"]]) for one in work.relations] == [("by", "“no”", "Ada")]
    assert [one["attributes"] for one in work.spans] == [{"identifier": "Q7259"}, {}, {}]
