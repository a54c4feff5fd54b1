"""Reading JSONL, and refusing lines with their location."""

import io
import json
from pathlib import Path

import pytest

from annotator.formats.incoming import LONGEST_LINE, Source
from annotator.formats.jsonl.read import read_jsonl
from annotator.formats.jsonl.write import document_line, set_line

SAMPLES = sorted((Path(__file__).parents[3] / "annotator" / "site" / "demo" / "sample-corpus").glob("*.jsonl"))
SPAN = {"id": "s1", "label": "Speaker", "fragments": [[0, 3]], "attributes": {"kind": "person"}}


def read(data, **source):
    return list(read_jsonl(io.BytesIO(data), Source("news", **source)))


def read_one(**line):
    (one,) = read(json.dumps({"text": "Ada said no."} | line).encode())
    return one


def by_id(items):
    return {item["id"]: item for item in items}


def problem_of(data):
    (problem,) = [problem for line in read(data) for problem in line.problems]
    return problem


def test_line_requires_only_a_text():
    document = read_one().document
    assert (document.text, document.title, document.meta, document.sets) == ("Ada said no.", "", {}, {})
    assert document.external_id == "news-1"
    assert len(document.sha256) == 64


def test_id_title_and_meta_are_read():
    document = read_one(id="d/1", title="Título", meta={"source": ["wire", 1, None]}).document
    assert (document.external_id, document.title) == ("d/1", "Título")
    assert document.meta == {"source": ["wire", 1, None]}
    assert read_one(id=17).document.external_id == "17"


def test_lines_are_counted_and_empty_lines_skipped():
    data = b'{"text": "one"}\r\n\n  \n{"text": "two"}'
    lines = read(data)
    assert [(line.number, line.document.text) for line in lines] == [(1, "one"), (4, "two")]
    assert lines[-1].end == len(data)


def test_reading_continues_from_any_line():
    data = '{"text": "é"}\n{"text": "two"}\n{"text": "three"}\n'.encode()
    first, *rest = read(data)
    again = list(read_jsonl(io.BytesIO(data[first.end :]), Source("news", line=first.number, offset=first.end)))
    assert again == rest


def test_text_is_unchanged():
    text = "\ufeffZoe\u0308\r\n\t👩🏽‍🔬 “no”\u202f\u2028"
    assert read_one(text=text).document.text == text
    data = b"\xef\xbb\xbf" + json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n"
    assert read(data)[0].document.text == text


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_corpus_survives_both_layouts(path):
    given = json.loads(path.read_text(encoding="utf-8"))
    (line,) = read(path.read_bytes())
    head = {"id": line.document.external_id, "title": "", "text": line.document.text, "sha256": line.document.sha256}
    records = {
        name: {
            "spans": [{"note": "", "origin": "imported"} | span for span in work.spans],
            "relations": work.relations,
            "revision": 1,
            "state": "submitted",
            "schema_version": 1,
            "guideline_version": 1,
        }
        for name, work in line.document.sets.items()
    }
    data = document_line(head | {"meta": {}}, records)
    data += b"".join(set_line(head | {"meta": {}}, name, record) for name, record in records.items())

    whole, *single = read(data)

    assert not any(line.problems for line in [whole, *single])
    assert {name: len(work.spans) for name, work in whole.document.sets.items()} == {
        name: len(work["spans"]) for name, work in given["annotators"].items()
    }
    for back in [whole, *single]:
        for name, work in back.document.sets.items():
            given_spans = [span | {"origin": "imported"} for span in given["annotators"][name]["spans"]]
            assert by_id(work.spans) == by_id(given_spans)
            assert by_id(work.relations) == by_id(given["annotators"][name]["relations"])


@pytest.mark.parametrize(
    ("line", "pointer", "words"),
    [
        ({"text": None}, "/text", "no text"),
        ({"text": 5}, "/text", "must be a string"),
        ({"text": " \n"}, "/text", "empty"),
        ({"text": "a\nb\0"}, "/text", "NUL character at line 2, column 2"),
        ({"id": ""}, "/id", "1 to 200 characters"),
        ({"id": True}, "/id", "must be a string"),
        ({"id": "a\nb"}, "/id", "control characters"),
        ({"title": ["x"]}, "/title", "must be a string"),
        ({"title": "x" * 501}, "/title", "1 to 500 characters"),
        ({"meta": []}, "/meta", "must be an object"),
        ({"meta": {"a": ["b\0"]}}, "/meta", "NUL"),
        ({"sha256": "0" * 64}, "/sha256", "checksum"),
        ({"spnas": []}, "/spnas", "Unknown member “spnas”"),
        ({"label~/x": 1}, "/label~0~1x", "Unknown member"),
        ({"annotators": []}, "/annotators", "object of sets by name"),
        ({"annotators": {"": {}}}, "/annotators/", "1 to 150 characters"),
        ({"annotators": {"A": []}}, "/annotators/A", "must be an object"),
        ({"annotators": {"A": {"spans": {}}}}, "/annotators/A/spans", "must be a list"),
        ({"annotators": {"A": {"relations": None}}}, "/annotators/A/relations", "must be a list"),
        ({"annotators": {"A": {"span": []}}}, "/annotators/A/span", "Known members: spans, relations"),
        ({"annotators": {"A": {"revision": "3"}}}, "/annotators/A/revision", "must be a number"),
        (
            {"annotators": {"A/1": {"spans": [SPAN | {"text": ["Bob"]}]}}},
            "/annotators/A~11/spans/0/text",
            'cover ["Ada"]',
        ),
        ({"spans": []}, "/annotator", "must be a string"),
        ({"annotator": "A", "annotators": {}}, "/annotator", "Unknown member"),
    ],
)
def test_wrong_line_has_location_and_message(line, pointer, words):
    (problem,) = read_one(**line).problems
    assert (problem.line, problem.pointer) == (1, pointer)
    assert words in problem.message


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b'{"text": "a"}\n{"text": "b"}\n{"text": "c",}\n', 3, "not valid JSON, at column 13"),
        (b'{"text": "caf\xe9"}', 1, r"Byte 13 (hexadecimal E9"),
        (b'{"text": "a\\ud83d"}', 1, "not valid JSON, at column"),
        (b"[1]\n", 1, "must be an object"),
        (b"", 0, "empty"),
        (b"\n \n", 0, "empty"),
        (b"\xff\xfe{\0", 0, "UTF-16"),
        (b'{"text": "a\0b"}', 1, "not valid JSON"),
    ],
)
def test_unreadable_line_has_number_and_reason(data, line, words):
    problem = problem_of(data)
    assert problem.line == line
    assert words in problem.message


def test_huge_line_is_refused_and_the_next_read():
    data = b'{"text": "' + b"x" * (LONGEST_LINE + 5_000_000) + b'"}\n{"text": "two"}\n'
    first, second = read(data)
    assert "longer than 10,000,000 bytes" in first.problems[0].message
    assert (second.number, second.document.text, second.end) == (2, "two", len(data))


def test_first_twenty_problems_of_a_line_are_reported():
    assert len(read_one(**{f"key{number}": 1 for number in range(50)}).problems) == 20


def test_declared_encoding_is_used():
    data = '{"text": "café"}\n'.encode("latin-1")
    assert read(data, encoding="latin-1")[0].document.text == "café"


def test_text_of_a_span_may_be_one_string():
    document = read_one(annotators={"A": {"spans": [SPAN | {"text": "Ada"}]}}).document
    assert document.sets["A"].spans == [SPAN]


def test_reader_does_not_check_fragments():
    span = SPAN | {"text": "Ada", "fragments": [["0", 3]]}
    assert read_one(annotators={"A": {"spans": [span, "does not exist"]}}).problems == ()


@pytest.mark.parametrize(
    ("text", "fragments", "covered", "right", "reason"),
    [
        ("🙂 Ada, Ada", [[8, 11]], "Ada", [[7, 10]], "they count UTF-16 units"),
        ("é Ada, Ada", [[8, 11]], "Ada", [[7, 10]], "they count UTF-8 bytes"),
        ("a\r\nAda, Ada", [[7, 10]], "Ada", [[8, 11]], "they count CR LF as one character"),
        ("No, Ada.", [[0, 3]], ["Ada"], [[4, 7]], "the text occurs only once"),
        ("🙂 a b, a b", [[8, 9], [10, 11]], ["a", "b"], [[7, 8], [9, 10]], "they count UTF-16 units"),
    ],
)
def test_offsets_with_one_explanation_are_corrected(text, fragments, covered, right, reason):
    read_in = read_one(text=text, annotator="A", spans=[SPAN | {"fragments": fragments, "text": covered}])
    assert read_in.problems == ()
    assert read_in.document.sets["A"].spans[0]["fragments"] == right
    assert [(note.line, note.pointer) for note in read_in.notes] == [(1, "/spans/0/fragments")]
    assert reason in read_in.notes[0].message


@pytest.mark.parametrize("words", [{}, {"text": ["no", "Ada"]}])
def test_fragments_in_another_order_than_the_text_are_sorted_and_listed(words):
    span = SPAN | {"fragments": [[9, 11], [0, 3]]} | words
    read_in = read_one(annotators={"A": {"spans": [span]}})
    assert read_in.problems == ()
    assert read_in.document.sets["A"].spans[0]["fragments"] == [[0, 3], [9, 11]]
    assert [(note.line, note.pointer) for note in read_in.notes] == [(1, "/annotators/A/spans/0/fragments")]
    assert "another order" in read_in.notes[0].message


@pytest.mark.parametrize(
    ("fragments", "merged"), [([[0, 3], [3, 8]], [[0, 8]]), ([[4, 8], [0, 4], [9, 11]], [[0, 8], [9, 11]])]
)
def test_fragments_that_touch_are_merged_and_listed(fragments, merged):
    read_in = read_one(annotator="A", spans=[SPAN | {"fragments": fragments}])
    assert read_in.problems == ()
    assert read_in.document.sets["A"].spans[0]["fragments"] == merged
    assert ["merged" in note.message for note in read_in.notes] == [True]


@pytest.mark.parametrize("fragments", [[[3, 3], [3, 8]], [[0, 3], [5, 2]], [[0, 5], [3, 8]]])
def test_other_faults_of_fragments_are_left_to_the_check(fragments):
    read_in = read_one(annotator="A", spans=[SPAN | {"fragments": fragments}])
    assert sorted(read_in.document.sets["A"].spans[0]["fragments"]) == sorted(fragments)


@pytest.mark.parametrize(
    ("text", "fragments", "covered"),
    [
        ("Ada said: Ada.", [[1, 4]], "Ada"),
        ("No.", [[0, 1]], "Ada"),
        ("🙂é Ada Ada Ada", [[9, 12]], "Ada Ada"),
        ("Ada said no.", [["0", 3]], "Ben"),
        ("Ada said no.", [[0, 3]], ["Ada", 7]),
        ("Ada said no.", [[0, 3]], None),
    ],
)
def test_offsets_without_a_unique_explanation_are_unchanged(text, fragments, covered):
    read_in = read_one(text=text, annotator="A", spans=[SPAN | {"fragments": fragments, "text": covered}])
    assert read_in.notes == ()
    assert [problem.pointer for problem in read_in.problems] in (["/spans/0/text"], [])
