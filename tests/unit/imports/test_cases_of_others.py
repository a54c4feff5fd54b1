"""Small files like those that people had trouble with in other tools: what is stored, or what the report says."""

import json

import pytest

from annotator.corpus.documents.models import Document, Original
from annotator.corpus.spans.models import AnnotationSet, Relation, Span
from annotator.platform.jobs.models import JobState
from tests.unit.imports.conftest import report

PER = {"text": "Mira met Jon.", "spans": [{"start": 0, "end": 4, "label": "PER"}], "meta": {"source": "desk"}}
HTML = "<p>Hello <b>Mira</b> and Jon; Jon left.</p>"
RENDERED = "Hello Mira and Jon; Jon left."
MIRA, JON = "/p[1]/b[1]/text()[1]", "/p[1]/text()[2]"


def rows():
    columns = ("annotation_set__document__text", "annotation_set__name", "label", "start", "end")
    return list(Span.objects.order_by("annotation_set__document__position", "start").values_list(*columns))


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def region(start, end, label="PER", **members):
    return {"type": "labels", "value": {"start": start, "end": end, "labels": [label]} | members}


def hypertext(start, end, **members):
    value = {"start": start[0], "startOffset": start[1], "end": end[0], "endOffset": end[1], "hypertextlabels": ["PER"]}
    return {"type": "hypertextlabels", "value": value | members}


def task(data, *regions, **members):
    return json.dumps(
        [{"id": 3, "data": data, "annotations": [{"completed_by": 2, "result": regions}]} | members]
    ).encode()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        pytest.param(
            "b.jsonl", lines({"text": "Nothing here.", "label": []}, {"text": "Mira spoke.", "label": [[0, 4, "PER"]]}),
            [("Mira spoke.", "b", "PER", 0, 4)], id="doccano whose first record has no span",
        ),
        pytest.param(
            "h.json",
            task({"html": HTML}, hypertext((MIRA, 0), (MIRA, 4), text="Mira"), hypertext((JON, 5), (JON, 8))),
            [(RENDERED, "annotator-2", "PER", 6, 10), (RENDERED, "annotator-2", "PER", 15, 18)],
            id="HTML of Label Studio with paths",
        ),
        pytest.param(
            "h.json",
            task({"html": HTML}, hypertext((MIRA, 9), (MIRA, 9), globalOffsets={"start": 20, "end": 23})),
            [(RENDERED, "annotator-2", "PER", 20, 23)], id="HTML of Label Studio with global offsets",
        ),
        pytest.param(
            "d.json",
            task({"dialogue": [{"author": "A", "text": "Hello Jon."}, {"author": "B", "text": "Hi Mira."}]},
                 {"type": "paragraphlabels", "value": {"start": "1", "startOffset": 3, "end": "1", "endOffset": 7,
                                                       "text": "Mira", "paragraphlabels": ["PER"]}}),
            [("Hello Jon.\nHi Mira.", "annotator-2", "PER", 14, 18)], id="dialogue of Label Studio",
        ),
        pytest.param(
            "t.csv",
            b'annotation_id,annotator,id,label,text\n5,1,1,"[{""start"":0,""end"":4,""text"":""Mira"",""labels"":[""PER""]}]",'
            b"Mira met Jon.\n",
            [("Mira met Jon.", "annotator-1", "PER", 0, 4)], id="CSV of Label Studio",
        ),
        pytest.param(
            "t.json",
            json.dumps([{"id": 0, "paragraphs": [{"raw": 'Mira: "No."', "sentences": [{"tokens": [
                {"orth": "Mira", "ner": "U-PER"}, {"orth": ":", "ner": "-"}, {"orth": "``", "ner": "O"}, {"orth": "No"},
                {"orth": "."}, {"orth": "''"}]}]}]}]).encode(),
            [('Mira: "No."', "t", "PER", 0, 4)], id="paragraphs of spaCy 2",
        ),
        pytest.param(
            "f.csv", b"id,text,annotator,start,end,label\n1,Mira met Jon.,ann,0.0,4.0,PER\n2,Rain here.,ann,,,\n",
            [("Mira met Jon.", "ann", "PER", 0, 4)], id="offsets as floats in a table",
        ),
        pytest.param(
            "f.jsonl", lines({**PER, "spans": [{"start": 0.0, "end": 4.0, "label": "PER"}]}),
            [("Mira met Jon.", "f", "PER", 0, 4)], id="offsets as floats in JSON",
        ),
        pytest.param(
            "f.jsonl",
            lines({"text": "Mira met Jon.", "annotator": "a",
                   "spans": [{"id": "1", "label": "PER", "fragments": [[0.0, 4.0]]}]}),
            [("Mira met Jon.", "a", "PER", 0, 4)], id="offsets as floats in our JSONL",
        ),
        pytest.param(
            "a.csv", b"id,text,start,end,label\n1,Mira met Jon.,0,4,PER\n2,Rain here.,,,\n1,Mira met Jon.,9,12,PER\n",
            [("Mira met Jon.", "imported", "PER", 0, 4), ("Mira met Jon.", "imported", "PER", 9, 12)],
            id="rows of a document apart",
        ),
        pytest.param(
            "n.json",
            b'{"classes": ["PER"], "annotations": [["Mira met Jon.", {"entities": [[0, 4, "PER"], [9, 12, "PER"]]}], '
            b'null, ["Jon left.", {"entities": []}]]}',
            [("Mira met Jon.", "n", "PER", 0, 4), ("Mira met Jon.", "n", "PER", 9, 12)], id="NER Annotator",
        ),
        pytest.param(
            "n.json", b'[["Mira met Jon.", {"entities": [[0, 4, "PER"]]}]]', [("Mira met Jon.", "n", "PER", 0, 4)],
            id="spaCy 2 training data",
        ),
        pytest.param(
            "p.jsonl", lines(PER, {**PER, "text": "Jon left.", "spans": []}), [("Mira met Jon.", "p", "PER", 0, 4)],
            id="Prodigy without hashes",
        ),
        pytest.param(
            "s.csv", b'\xef\xbb\xbfsep=;\r\nid;text;start;end;label\r\n1;"Mira; met Jon.";0;4;PER\r\n',
            [("Mira; met Jon.", "imported", "PER", 0, 4)], id="the sep= line of Excel",
        ),
        pytest.param(
            "l.json", task({"text": "Text: Berlin,  Germany."}, region(6, 21, "LOC", text="Berlin, Germany")),
            [("Text: Berlin,  Germany.", "annotator-2", "LOC", 6, 22)], id="covered text with joined blanks",
        ),
    ],
)  # fmt: skip
def test_file_comes_in_whole(project, take_in, name, data, expected):
    job = take_in({name: data}, new_labels="add")
    assert (job.state, job.problem) == (JobState.DONE, None), report(job)
    assert rows() == expected
    assert not job.result["incomplete"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.jsonl", b'{"id": 1, "text": "One.", "label": [[0, 3, "N"]]}\n]\n{"id": 2, "text": "Two.", "label": []}\n',
         "Line 2: element 2 is not valid JSON"),
        ("a.json", b'[{"id": 1, "data": {"text": "One."}, "annotations": []}\n{"id": 2, "data": {"text": "Two."}}]',
         "Line 2: there is no comma after element 1"),
        ("a.jsonl", b'{"id": 1, "text": "Mira.", "label": [[0, 4, "P"]], "label": [[0, 4, "Q"]]}\n',
         "Line 1: the key “label” occurs twice in one object."),
        ("a.jsonl", b'{"text": "Mira.", "annotator": "a", "spans": [], "spans": []}\n',
         "The key “spans” occurs twice in one object."),
    ],
)  # fmt: skip
def test_file_is_refused_with_the_line(project, take_in, name, data, words):
    job = take_in({name: data}, new_labels="add")
    assert (job.state, Document.objects.count()) == (JobState.FAILED, 0)
    assert any(words in message for _, _, message in report(job)), report(job)


def test_page_is_kept_as_the_original(project, take_in):
    take_in({"h.json": task({"html": HTML}, hypertext((MIRA, 0), (MIRA, 4)))}, new_labels="add")
    assert Original.objects.get().media_type == "text/html"


def test_relation_to_a_token_is_left_out_and_named(project, take_in):
    span = {"start": 0, "end": 4, "label": "PER"}
    token = {"start": 9, "end": 12, "label": None}
    relation = {"head": 0, "child": 2, "head_span": span, "child_span": token, "label": "met"}
    job = take_in(
        {"p.jsonl": lines({**PER, "_input_hash": 5, "answer": "accept", "relations": [relation]})}, new_labels="add"
    )

    assert (rows(), Relation.objects.count()) == ([("Mira met Jon.", "p", "PER", 0, 4)], 0)
    assert "1 between spans that are missing" in job.result["balance"]
    assert job.result["incomplete"]


def test_empty_set_of_a_table_is_stored(project, take_in):
    take_in({"f.csv": b"id,text,annotator,start,end,label\n2,Rain here.,ann,,,\n"})
    assert AnnotationSet.objects.get().name == "ann"


@pytest.mark.parametrize(
    ("contested", "expected"),
    [("", None), ("offsets", [(0, 4)]), ("words", [(9, 12)]), ("leave-out", [])],
)
def test_contested_span_follows_the_choice(project, take_in, contested, expected):
    data = task({"text": "Mira met Jon. Jon left."}, region(0, 4, text="Jon"))
    job = take_in({"l.json": data}, new_labels="add", map=json.dumps({"contested": contested}) if contested else "")

    if expected is None:
        assert job.state == JobState.FAILED
        assert "offsets 0 to 4 cover “Mira”, not “Jon”." in report(job)[0][2]
    else:
        assert [row[3:] for row in rows()] == expected
        assert not job.result["incomplete"]
