"""brat standoff."""

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from tests.formats import assert_carried, corpora, entry, read, read_one, relation, span, spans_of, write

TEXT = "Ada said no,\r\nshe would not go. 🙂 Ben agreed."


def ann(*lines, text=TEXT, **wishes):
    return read_one("brat", {"ada/one.txt": text.encode(), "ada/one.ann": "\n".join(lines).encode()}, **wishes)


@given(corpora())
@settings(max_examples=60)
def test_written_files_are_read_unchanged(documents):
    losses = assert_carried("brat", documents)
    assert losses.what <= {"id"}


def test_valid_brat_ids_are_kept():
    documents = [entry(TEXT, {"ada": {"spans": [span("T7", "Claim", (0, 3)), span("T2", "Claim", (4, 8))],
                                        "relations": [relation("R5", "after", "T2", "T7")]}})]  # fmt: skip
    assert assert_carried("brat", documents, ids=True).all == []


def test_fragments_relations_attributes_and_notes_are_read():
    arrival = ann(
        "T1\tClaim 9 11;14 31\tno she would not go.",
        "T2\tSpeaker 0 3\tAda",
        "R1\tsaid-by Arg1:T1 Arg2:T2\t",
        "A1\tkind T1 fact",
        "M1\tNegated T1",
        "#1\tAnnotatorNotes T1\tis it?",
        "N1\tReference T2 Wikipedia:1815\tAda Lovelace",
    )
    assert (arrival.problems, arrival.notes) == ((), ())
    work = arrival.document.sets["ada"]
    assert work.spans == [
        {"id": "T1", "label": "Claim", "fragments": [[9, 11], [14, 31]], "note": "is it?",
         "attributes": {"kind": "fact", "Negated": "true"}},
        {"id": "T2", "label": "Speaker", "fragments": [[0, 3]], "note": "Wikipedia:1815 Ada Lovelace",
         "attributes": {}},
    ]  # fmt: skip
    assert work.relations == [relation("R1", "said-by", "T1", "T2")]


def test_event_becomes_a_span_with_relations():
    arrival = ann(
        "T1\tSaying 4 8\tsaid", "T2\tSpeaker 0 3\tAda", "T3\tClaim 9 11\tno", "T4\tDenying 26 28\tgo",
        "E1\tSaying:T1 Agent:T2 Theme:T3 Theme2:E2", "E2\tDenying:T4 Agent:T2", "A1\tNegated E2",
    )  # fmt: skip
    work = arrival.document.sets["ada"]
    joined = {(one["label"], one["from"], one["to"]) for one in work.relations}
    assert joined == {("Agent", "T1", "T2"), ("Theme", "T1", "T3"), ("Theme", "T1", "T4"), ("Agent", "T4", "T2")}
    assert work.spans[3]["attributes"] == {"Negated": "true"}


def test_equivalences_become_a_chain_of_relations():
    arrival = ann("T1\tA 0 3\tAda", "T2\tA 14 17\tshe", "T3\tA 34 37\tBen", "*\tEquiv T1 T2 T3")
    assert [(one["from"], one["to"]) for one in arrival.document.sets["ada"].relations] == [("T1", "T2"), ("T2", "T3")]


@pytest.mark.parametrize(
    ("line", "fragments", "words"),
    [
        ("T1\tClaim 9 16\tno, she", [[9, 17]], "count CR LF as one character"),
        ("T1\tSpeaker 35 38\tBen", [[34, 37]], "UTF-16"),
        ("T1\tSpeaker 3 6\tBen", [[34, 37]], "occurs only once"),
    ],
)
def test_known_offset_error_is_corrected_and_reported(line, fragments, words):
    arrival = ann(line)
    assert spans_of(arrival)[0][1] == fragments
    assert words in arrival.notes[0]


def test_offsets_counting_the_byte_order_mark_are_corrected():
    files = {"one.txt": b"\xef\xbb\xbfno no no", "one.ann": b"T1\tClaim 4 6\tno"}
    arrival = read_one("brat", files)
    assert spans_of(arrival) == [("Claim", [[3, 5]])]
    assert "byte order mark" in arrival.notes[0]


def test_white_space_differences_are_ignored():
    arrival = ann("T1\tClaim 9 17\tno, she")
    assert (spans_of(arrival), arrival.notes) == ([("Claim", [[9, 17]])], ())


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["T1\tClaim 0 2\to"], "cover “Ad”, not “o”"),
        (["T1\tClaim 0 99\t"], "outside the text"),
        (["T1\tClaim 3 3\t"], "are empty or outside the text"),
        (["T1\tClaim x y\tAda"], "not a label with offsets"),
        (["T1 Claim 0 3 Ada"], "not a label with offsets"),
        (["T1\tClaim 0 3\tAda", "R1\tsays Arg1:T1 Arg2:T9"], "span T9 does not exist"),
        (["T1\tClaim 0 3\tAda", "R1\tsays T1 T9"], "not a relation with two arguments"),
        (["T1\tX 0 3\tAda", "T1\tX 4 8\tsaid", "T2\tX 9 11\tno", "R1\tsays Arg1:T1 Arg2:T2"], "the id T1 is ambiguous"),
        (["T1\tClaim 0 3\tAda", "A1\tkind T1 fact", "A2\tkind T1 plan"], "two values, “fact” and “plan”"),
        (["T1\tClaim 0 3\tAda", "Q1\twhat"], "not a brat standoff line"),
        (["T1\tClaim 0 3\tAda", "E1\tClaim:T9 Who:T1"], "Event E1: its trigger T9 is not a span"),
    ],
)  # fmt: skip
def test_invalid_lines_are_problems(lines, words):
    assert words in ann(*lines).problems[0]


def test_repeated_ids_and_orphaned_attributes_are_reported():
    arrival = ann("T1\tClaim 0 3\tAda", "T1\tClaim 4 8\tsaid", "A1\tkind R9 fact", "#1\tAnnotatorNotes R9\twhy")
    assert [one["id"] for one in arrival.document.sets["ada"].spans] == ["T1", "T1-2"]
    assert [("became T1-2" in note, "is not a span" in note) for note in arrival.notes] == [
        (True, False), (False, True), (False, True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"one.txt": b"x", "one.ann": b""}, {"one": ["brat"]}),
        ({"one.txt": b"x"}, {"one": []}),
        ({"one.txt": b"x", "one_ada.ann": b"", "one_ben.ann": b""}, {"one": ["ada", "ben"]}),
        ({"a_b.txt": b"x", "a_b_c.ann": b"", "a.txt": b"y"}, {"a_b": ["c"], "a": []}),
        ({"texts/one.txt": b"x", "ada/one.ann": b"", "ben/one.ann": b""}, {"one": ["ada", "ben"]}),
        ({"ada/one.txt": b"x", "ada/one.ann": b"", "ben/one.txt": b"x", "ben/one.ann": b""}, {"one": ["ada", "ben"]}),
        ({"a/one.txt": b"x", "a/one.ann": b"", "b/one.txt": b"y", "b/one.ann": b""}, {"a/one": ["a"], "b/one": ["b"]}),
    ],
)
def test_folders_and_names_determine_annotators(files, found):
    arrivals = read("brat", files)
    assert {one.document.external_id: sorted(one.document.sets) for one in arrivals} == found


def test_missing_texts_are_reported():
    arrivals = read("brat", {"one.txt": b"x", "two.ann": b""})
    assert [arrival.problems for arrival in arrivals] == [
        (),
        ("No text found for these annotations. Texts: “one”.",),
    ]
    with pytest.raises(UnreadableFile, match=r"no \.txt file"):
        read("brat", {"two.ann": b""})


def test_losses_of_brat_are_reported():
    spans = [span("s1", "Claim", (0, 3), attributes={"kind": " x"}, note="a\nb", origin="imported")]
    files, losses = write("brat", [entry(TEXT, {"ada/1": {"spans": spans}}, id="a/b")])
    assert losses.what == {"id", "annotator", "origin", "attribute kind", "note"}
    assert set(files) == {"ada_1/a_b.txt", "ada_1/a_b.ann", "ada_1/annotation.conf"}
    assert b"said-by\tArg1:Claim, Arg2:Speaker" in files["ada_1/annotation.conf"]


def test_format_is_detected_by_its_content():
    assert detect_format(Head("x", b"T1\tClaim 0 3\tAda\n")) == "brat"
    assert detect_format(Head("x.ann", b"")) == "brat"
