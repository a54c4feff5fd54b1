"""brat standoff."""

from itertools import pairwise

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read, read_one, relation, span, spans_of, write

TEXT = "Ada said no,\r\nshe would not go. 🙂 Ben agreed."


def ann(*lines, text=TEXT, **wishes):
    return read_one("brat", {"ada/one.txt": text.encode(), "ada/one.ann": "\n".join(lines).encode()}, **wishes)


def without_gaps_of_line_breaks(documents):
    """The documents without spans whose fragments a line break alone parts: brat cannot tell them from one span."""
    kept = []
    for one in documents:
        text, sets = one.document["text"], {}
        for name, work in one.sets.items():
            spans = [
                each
                for each in work["spans"]
                if all(
                    text[end:start].strip() or "\n" not in text[end:start]
                    for (_, end), (start, _) in pairwise(each["fragments"])
                )
            ]
            ids = {each["id"] for each in spans}
            relations = [each for each in work["relations"] if {each["from"], each["to"]} <= ids]
            sets[name] = {**work, "spans": spans, "relations": relations}
        kept.append(type(one)(one.document, sets))
    return kept


@given(corpora())
@settings(max_examples=examples(60))
def test_written_files_are_read_unchanged(documents):
    losses = assert_carried("brat", without_gaps_of_line_breaks(documents))
    assert losses.what <= {"id"}


@given(corpora())
@settings(max_examples=examples(30))
def test_no_text_of_a_span_has_a_line_break(documents):
    for name, data in write("brat", documents)[0].items():
        if name.endswith(".ann"):
            text = write("brat", documents)[0][name[:-4] + ".txt"].decode()
            for line in data.decode().split("\n"):
                if line.startswith("T"):
                    _, head, words = line.split("\t")
                    pairs = [tuple(map(int, pair.split(" "))) for pair in head.split(" ", 1)[1].split(";")]
                    assert " ".join(text[start:end] for start, end in pairs).replace("\t", " ") == words


def test_span_over_a_line_break_is_cut_and_comes_back_whole():
    spans = [span("T1", "Claim", (9, 31)), span("T2", "Claim", (12, 14)), span("T3", "Claim", (9, 12), (14, 17))]
    files, losses = write("brat", [entry(TEXT, {"ada": {"spans": spans}})])
    assert files["ada/d1.ann"].decode() == (
        "T3\tClaim 9 12;14 17\tno, she\nT1\tClaim 9 12;14 31\tno, she would not go.\n"
    )
    assert [loss[3:] for loss in losses.all] == [
        ("span", "The span covers only white space."),
        ("fragments", "A line break alone parts two fragments; readers of brat files join them."),
    ]
    assert spans_of(read_one("brat", files)) == [("Claim", [[9, 17]]), ("Claim", [[9, 31]])]


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
        (["T1\tClaim x y\tAda"], "not a label with offsets"),
        (["T1 Claim 0 3 Ada"], "not a brat standoff line. An id"),
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
        ("No text found for these annotations. Add “two.txt”. Texts: “one”.",),
    ]
    with pytest.raises(UnreadableFile, match=r"no \.txt file"):
        read("brat", {"two.ann": b""})


def test_losses_of_brat_are_reported():
    spans = [span("s1", "Claim", (0, 3), attributes={"kind": " x"}, note="a\nb", origin="imported")]
    files, losses = write("brat", [entry(TEXT, {"ada/1": {"spans": spans}}, id="a/b")])
    assert losses.what == {"id", "annotator", "attribute kind", "note"}
    assert ("a/b", "ada/1", "", "id", "brat numbers spans. Ids replaced: 1.") in losses.all
    assert set(files) == {"ada_1/a_b.txt", "ada_1/a_b.ann", "ada_1/annotation.conf"}
    assert b"said-by\tArg1:Claim, Arg2:Speaker" in files["ada_1/annotation.conf"]


def test_format_is_detected_by_its_content():
    assert detect_format(Head("x", b"T1\tClaim 0 3\tAda\n")) == "brat"
    assert detect_format(Head("x.ann", b"")) == "brat"


BOARD = "The harbour board of\nNorth Dale met."


def board(ann, **choices):
    """The result of reading annotations of the text about the board."""
    return read_one("brat", {"c/n.txt": BOARD.encode(), "c/n.ann": ann.encode()}, **choices)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_text_of_a_span_may_go_on_in_the_next_line(line_end):
    ann = "T1\tSource 4 31\tharbour board of\nNorth Dale\nT2\tCue 32 35\tmet\n"
    arrival = board(ann.replace("\n", line_end))
    assert spans_of(arrival) == [("Cue", [[32, 35]]), ("Source", [[4, 31]])]
    assert arrival.notes == ()


def test_line_after_the_text_of_a_span_is_a_problem():
    arrival = board("T1\tSource 4 31\tharbour board of\nNorth Dale\nNorth\nT2\tCue 32 35\tmet\n")
    assert arrival.problems == (
        "c/n.ann: “North” is not a brat standoff line. An id, such as T1, and a tab begin a line.",
    )


def test_words_that_a_line_break_cuts_do_not_shorten_a_span():
    arrival = board("T1\tSource 4 31\tharbour board of\n")
    assert spans_of(arrival) == [("Source", [[4, 31]])]
    assert "end at a line break; offsets 4 to 31 were kept" in arrival.notes[0]


@pytest.mark.parametrize("words", ["harbour board", "board of\nNorth Dale", "the harbour board of North Dale met"])
def test_span_is_never_shortened_or_moved_on_one_contradiction(words):
    arrival = board(f"T1\tSource 4 31\t{words}\n")
    assert "cover “harbour board of\nNorth Dale”, not “" in arrival.problems[0]
    assert arrival.document.sets["c"].contested[0]["under"] == "harbour board of\nNorth Dale"


@pytest.mark.parametrize(
    ("choice", "spans"), [("offsets", [("S", [[4, 31]])]), ("words", [("S", [[4, 17]])]), ("leave-out", [])]
)
def test_contested_span_follows_the_choice(choice, spans):
    ann = "T1\tS 4 31\tharbour board\nT2\tC 32 35\tmet\nR1\tby Arg1:T2 Arg2:T1\nA1\tkind T1 x"
    arrival = board(ann, options={"contested": choice})
    assert spans_of(arrival) == sorted([("C", [[32, 35]]), *spans])
    assert len(arrival.document.sets["c"].relations) == len(spans)
    assert "as chosen" in arrival.notes[0]
    left_out = arrival.document.sets["c"].items.as_json()["left_out"]
    lost = {"spans": {"choice": 1}, "attributes": {"choice": 1}, "relations": {"choice": 1}}
    assert left_out == ({} if spans else lost)


def test_spans_beside_a_contested_span_decide():
    text = "One. " * 30
    marked = text[:5] + "Two. " + text[10:15] + "Three. " + text[15:]
    ann = "T1\tA 7 10\tTwo\nT2\tA 12 15\tOne\nT3\tA 17 22\tThree\n"
    arrival = read_one("brat", {"a.txt": marked.encode(), "a.ann": ann.encode()})
    assert spans_of(arrival) == [("A", [[5, 8]]), ("A", [[10, 13]]), ("A", [[15, 20]])]
    assert "the spans beside it were moved by the same distance" in arrival.notes[-1]


def test_fragments_are_compared_in_the_order_of_the_file():
    text = "We will, she said, rebuild the pier."
    ann = "T1\tContent 19 35;0 7\trebuild the pier We will\nT2\tSource 9 12\tshe\n"
    arrival = read_one("brat", {"n.txt": text.encode(), "n.ann": ann.encode()})
    assert spans_of(arrival) == [("Content", [[0, 7], [19, 35]]), ("Source", [[9, 12]])]
    assert arrival.notes == ()


def test_fragments_parted_by_a_line_break_are_joined_unless_they_are_kept():
    ann = "T1\tSource 4 20;21 31\tharbour board of North Dale\n"
    joined = board(ann)
    assert spans_of(joined) == [("Source", [[4, 31]])]
    assert "were joined" in joined.notes[0]
    kept = board(ann, options={"line_breaks": "keep"})
    assert (spans_of(kept), kept.notes) == ([("Source", [[4, 20], [21, 31]])], ())


def test_span_without_length_is_left_out_with_its_attributes_and_relations():
    arrival = board("T1\tS 4 4\t\nT2\tC 32 35\tmet\nA1\tkind T1 x\nR1\tby Arg1:T2 Arg2:T1\nE1\tS:T1 A:T2\n")
    assert (arrival.problems, spans_of(arrival)) == ((), [("C", [[32, 35]])])
    assert arrival.document.sets["c"].items.as_json()["left_out"] == {
        "spans": {"without_length": 1}, "attributes": {"no_span": 1}, "relations": {"no_end": 2}
    }  # fmt: skip


def test_folder_of_a_split_is_a_field_and_no_annotator():
    files = {
        "polnear/train/a.txt": b"Ada.", "polnear/train/a_4e07.ann": b"T1\tS 0 3\tAda\n",
        "polnear/train/a_5fec.ann": b"",
        "polnear/dev/b.txt": b"Ben.", "polnear/dev/b.ann": b"T1\tS 0 3\tBen\n",
        "polnear/annotator-training/c.txt": b"Cy.", "polnear/annotator-training/c_4e07.ann": b"",
    }  # fmt: skip
    found = {one.document.external_id: (one.document.meta, sorted(one.document.sets)) for one in read("brat", files)}
    assert found == {
        "a": ({"split": "train"}, ["4e07", "5fec"]),
        "b": ({"split": "dev"}, ["brat"]),
        "c": ({"folder": "annotator-training"}, ["4e07"]),
    }


def test_annotations_without_a_text_are_counted():
    arrival = read("brat", {"one.txt": b"x", "two.ann": b"T1\tA 0 1\tx\nE1\tA:T1 B:T1\nA1\tk T1\n#1\tN T1\tw\n"})[1]
    assert dict(arrival.items.found) == {"spans": 1, "relations": 1, "attributes": 1, "notes": 1}


def test_note_of_a_relation_is_kept_with_its_span():
    arrival = board("T1\tS 4 11\tharbour\nT2\tC 32 35\tmet\nR1\tby Arg1:T2 Arg2:T1\n#1\tAnnotatorNotes R1\tsure?\n")
    notes = [one.get("note") for one in arrival.document.sets["c"].spans]
    assert (notes, arrival.notes) == ([None, "R1: sure?"], ())


def test_names_that_brat_cannot_write_come_back():
    spans = [span("T1", "First Name", (0, 3), attributes={"is sure": "x"}), span("T2", "人名", (4, 8)),
             span("T3", "First_Name", (9, 11))]  # fmt: skip
    work = {"spans": spans, "relations": [relation("R1", "said by", "T1", "T2")]}
    files, losses = write("brat", [entry(TEXT, {"ada": work})])
    assert b"T1\tFirst_Name 0 3\tAda" in files["ada/d1.ann"]
    assert b"T3\tFirst_Name_2 9 11" in files["ada/d1.ann"]
    assert b"First_Name | First Name" in files["ada/visual.conf"]
    (one,) = read("brat", files)
    assert [each["label"] for each in one.document.sets["ada"].spans] == ["First Name", "人名", "First_Name"]
    assert one.document.sets["ada"].spans[0]["attributes"] == {"is sure": "x"}
    assert one.document.sets["ada"].relations[0]["label"] == "said by"
    assert losses.all == []


def test_each_attribute_of_events_that_share_a_trigger_is_counted():
    arrival = ann(
        "T1\tSay 4 8\tsaid", "T2\tPER 0 3\tAda", "E1\tSay:T1 by:T2", "E2\tSay:T1", "A1\tNegation E1",
        "A2\tNegation E2", "A3\tLevel E1 L1", "A4\tLevel E2 L2",
    )  # fmt: skip
    work = arrival.document.sets["ada"]
    assert (arrival.problems, work.spans[0]["attributes"]) == ((), {"Negation": "true", "Level": "L1"})
    assert work.items.found["attributes"] == 4
    assert work.items.left_out == {("attributes", "repeated"): 1, ("attributes", "unsupported"): 1}
    assert arrival.notes == (
        "ada/one.ann: Span T1: “Negation” was left out once, because it is given twice with the same value.",
        "ada/one.ann: A4: attribute “Level” was left out: another event of T1 has another value.",
    )
