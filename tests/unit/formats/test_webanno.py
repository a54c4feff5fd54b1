"""WebAnno TSV 3."""

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
from annotator.formats.webanno import table
from tests.examples import examples
from tests.formats import assert_carried, corpora, entry, read_one, relation, span, spans_of, write

# In the manner of INCEpTION: numbers only where they are needed, a relation in the row of its target.
FILE = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_SP=webanno.custom.Mark|
#T_RL=webanno.custom.Tie|kind|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity


#Text=🙂 Ada Byron said no.
1-1\t0-2\t🙂\t_\t_\t_\t_\t
1-2\t3-6\tAda\t*[1]\tPER[1]\t_\t_\t_\t
1-3\t7-12\tByron\t*[1]|*\tPER[1]|LOC\\_X\t_\t_\t_\t
1-4\t13-17\tsaid\t*\tSAY\t*\tby\t1-2[1_0]\t
1-4.1\t13-15\tsa\t_\t_\t*\t_\t_\t
1-5\t18-20\tno\t_\t_\t_\t_\t_\t
1-6\t20-21\t.\t_\t_\t_\t_\t_\t

#Text=Yes\\tno.
2-1\t23-26\tYes\thttp://x\tYES\t_\t_\t_\t
2-2\t27-29\tno\t_\t_\t_\t_\t_\t
2-3\t29-30\t.\t_\t_\t_\t_\t_\t
"""


@given(corpora())
@settings(max_examples=examples(80))
def test_written_files_are_read_unchanged(documents):
    single = [
        type(one)(one.document, {name: work | {"spans": [each for each in work["spans"] if len(each["fragments"]) == 1],
                                               "relations": []} for name, work in one.sets.items()})
        for one in documents
    ]  # fmt: skip
    assert assert_carried("webanno", single).all == []


@given(corpora(several_parts=False))
@settings(max_examples=examples(60))
def test_relations_survive_a_round_trip(documents):
    assert assert_carried("webanno", documents).all == []


def test_layers_of_other_projects_are_read():
    arrival = read_one("webanno", FILE.encode(), name="annotation/one.txt/ada.tsv")
    assert arrival.document.external_id == "one"
    assert arrival.document.text == "🙂 Ada Byron said no.\n\nYes\tno."
    assert spans_of(arrival, "ada") == [
        ("LOC_X", [[6, 11]]), ("Mark", [[12, 14]]), ("Mark", [[12, 16]]), ("PER", [[2, 11]]), ("SAY", [[12, 16]]),
        ("YES", [[22, 25]]),
    ]  # fmt: skip
    work = arrival.document.sets["ada"]
    label_of = {one["id"]: one["label"] for one in work.spans}
    assert [(one["label"], label_of[one["from"]], label_of[one["to"]]) for one in work.relations] == [
        ("by", "PER", "SAY")
    ]
    assert [one["attributes"] for one in work.spans if one["label"] == "YES"] == [{"identifier": "http://x"}]


def test_written_offsets_count_utf16_units():
    files, _ = write("webanno", [entry("🙂 Ada.", {"ada": {"spans": [span("s1", "PER", (2, 5))]}}, id="one")])
    ((name, data),) = files.items()
    assert name == "annotation/one.txt/ada.tsv"
    assert "1-2\t3-6\tAda\tPER[1]\t*[1]\t_\t_\t\n" in data.decode()


def test_reserved_characters_survive_a_round_trip():
    odd = r"a|b_c*[1]\;->d"
    work = {"spans": [span("s1", odd, (0, 2), attributes={"kind": "*x"})]}
    files, _ = write("webanno", [entry("No\\n.", {"ada": work}, id="one")])
    arrival = read_one("webanno", next(iter(files.values())))
    assert arrival.document.text == "No\\n."
    assert spans_of(arrival) == [(odd, [[0, 2]])]
    assert arrival.document.sets["webanno"].spans[0]["attributes"] == {"kind": "*x"}


def test_losses_are_reported():
    spans = [span("s1", "Claim", (0, 2), (3, 5), note="a\nb"), span("s2", "Claim", (2, 3)), span("s3", "Claim", (2, 5))]
    work = {"spans": spans, "relations": [relation("r1", "said-by", "s1", "s2")]}
    _, losses = write("webanno", [entry("No no.", {"a/b": {**work}}, id="a/b")])
    assert losses.what == {"fragments", "note", "span", "edges", "relation", "id", "annotator"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1-5\t18-20\tno", "no token", "is not a token"),
        ("1-2[1_0]", "x", "not the source of a relation"),
        ("1-2[1_0]", "1-2[7_0]", "span 7 does not exist"),
        ("\tYES\t_\t_\t_\t", "", "too few columns"),
        ("29-30\t.\t_\t_", "29-99\t.\t*\tX", "outside the text"),
    ],
)
def test_errors_are_reported(old, new, words):
    assert words in read_one("webanno", FILE.replace(old, new, 1).encode()).problems[0]


def test_a_file_without_text_is_refused():
    with pytest.raises(UnreadableFile):
        read_one("webanno", b"#FORMAT=WebAnno TSV 3.3\n")


def test_sentence_of_several_lines_is_joined():
    arrival = read_one("webanno", b"#FORMAT=WebAnno TSV 3.1\n\n#Text=One\n#Text=two.\n1-1\t0-3\tOne\t\n")
    assert arrival.document.text == "One\ntwo."


def test_format_is_detected_by_its_content():
    assert detect_format(Head("x.tsv", FILE.encode())) == "webanno"


def tsv(header, *rows, text="Mira left ."):
    """A file of version 3 with one sentence."""
    lines = ["#FORMAT=WebAnno TSV 3.3", *header, "", "", f"#Text={text}", *rows, ""]
    return read_one("webanno", "\n".join(lines).encode())


def links_of(arrival):
    """The relations of a set by the labels of their spans."""
    work = arrival.document.sets["webanno"]
    label_of = {one["id"]: one["label"] for one in work.spans}
    return [(one["label"], label_of[one["from"]], label_of[one["to"]]) for one in work.relations]


def test_span_without_length_is_left_out_and_named():
    arrival = tsv(
        ["#T_SP=custom.Span|value"], "1-1\t0-4\tMira\tPER\t", "1-1.1\t4-4\t\tMARK\t", "1-2\t5-9\tleft\t_\t",
        "1-3\t10-11\t.\t_\t",
    )  # fmt: skip
    assert spans_of(arrival) == [("PER", [[0, 4]])]
    assert arrival.notes == ("Span 2 (“MARK”) at 4 was left out: it has no length.",)
    assert arrival.document.sets["webanno"].items.as_json()["left_out"] == {"spans": {"without_length": 1}}


def test_slots_become_relations():
    header = ["#T_SP=c.Lu|value", "#T_SP=c.Frame|FE|ROLE_c.Frame:Roles_c.RolesLink|c.Lu"]
    arrival = tsv(
        header,
        "1-1\t0-4\tMira\tmira[1]\t_\t_\t_\t",
        "1-2\t5-9\tleft\tmira[1]\tleave\tgoer;*\t1-1[1];1-3\t",
        "1-3\t10-11\t.\tstop\t_\t_\t_\t",
    )
    assert spans_of(arrival) == [("leave", [[5, 9]]), ("mira", [[0, 9]]), ("stop", [[10, 11]])]
    assert links_of(arrival) == [("goer", "leave", "mira"), ("Roles", "leave", "stop")]


def test_stacked_slots_and_slots_to_any_layer_are_read():
    header = ["#T_SP=c.Host|ROLE_c.Host:links_c.Link|uima.tcas.Annotation"]
    arrival = tsv(header, "1-1\t0-4\tMira\t_[1]|to[2]\t*|1-1[1]\t")
    assert (len(spans_of(arrival)), links_of(arrival)) == (2, [("to", "Host", "Host")])
    assert "slot “7-7” is not an annotation" in tsv(header, "1-1\t0-4\tMira\tto\t7-7\t").problems[0]


def test_chains_become_spans_with_relations():
    header = ["#T_CH=c.Link|referenceType|referenceRelation"]
    arrival = tsv(
        header, "1-1\t0-4\tMira\tname[1]\tsame->1-1\t", "1-2\t5-9\tleft\tverb[1]\t*->1-2\t",
        "1-3\t10-11\t.\tverb[1]\t*->1-2\t",
    )  # fmt: skip
    assert spans_of(arrival) == [("name", [[0, 4]]), ("verb", [[5, 11]])]
    assert links_of(arrival) == [("same", "name", "verb")]


def test_relations_without_spans_and_further_features_are_counted():
    header = ["#T_SP=c.A|value", "#T_RL=c.R|kind|mood|BT_c.A", "#T_RL=c.Q|BT_c.Token"]
    arrival = tsv(
        header, "1-1\t0-4\tMira\tPER\tself\t_\t1-1\t_\t", "1-2\t5-9\tleft\tV\tby\tsad\t1-1\t1-1\t",
    )  # fmt: skip
    assert links_of(arrival) == [("by", "PER", "V")]
    assert arrival.document.sets["webanno"].items.as_json()["left_out"] == {
        "relations": {"unsupported": 1, "no_end": 1}, "attributes": {"unsupported": 1}
    }  # fmt: skip


def test_token_far_behind_the_text_is_refused_at_once():
    with pytest.raises(UnreadableFile, match=r"Line 5: the token “Mira” begins at offset 2,000,000,000"):
        tsv([], "1-1\t2000000000-2000000004\tMira\t")


def test_thousands_of_annotations_on_one_token_are_read():
    arrival = tsv(["#T_SP=c.A|value|kind"], f"1-1\t0-4\tMira\t{'|' * 4_000}\t{'|' * 4_000}\t")

    assert len(arrival.document.sets["webanno"].spans) == 4_001


def test_tokens_that_differ_from_the_text_are_one_problem():
    arrival = tsv(["#T_SP=c.A|value"], "1-1\t0-4\tMira\tPER\t", "1-2\t5-9\tgone\tV\t", "1-3\t10-11\t!\tV\t")
    (problem,) = arrival.problems
    assert problem == (
        "Tokens that differ from the text at their offsets: 2. The first is in line 7: “gone”, offsets 5 to 9 cover "
        "“left”."
    )


VERSION_2 = """ # c.Entity | value # c.POS | PosValue # c.Dep | Type | AttachTo=c.POS
#id=1
#text=🙂 Mira Holt left.
1-1\t🙂\tO\tSYM\tdep\t1-4
1-2\tMira\tB-PER|B-ORG\tNNP\tsubj\t1-4
1-3\tHolt\tI-PER\tNNP\tflat\t1-2
1-4\tleft\tO\tVBD\troot\t1-4

#id=2
#text=Jon.
2-1\tJon\tB-PER\tNNP\t_\t_
"""


def test_version_2_is_detected_and_read():
    assert detect_format(Head("x.tsv", VERSION_2.encode())) == "webanno"
    arrival = read_one("webanno", VERSION_2.encode())
    assert arrival.document.text == "🙂 Mira Holt left.\nJon."
    named = [one for one in spans_of(arrival) if one[0] in ("PER", "ORG")]
    assert named == [("ORG", [[2, 6]]), ("PER", [[2, 11]]), ("PER", [[18, 21]])]
    assert links_of(arrival) == [("dep", "VBD", "SYM"), ("subj", "VBD", "NNP"), ("flat", "NNP", "NNP")]
    assert "“gone” does not follow" in read_one("webanno", VERSION_2.replace("\tleft", "\tgone").encode()).problems[0]


def test_attributes_of_any_name_survive_a_round_trip():
    attributes = {"is sure": "x", "note": "y", "label": "z", "人": "a"}
    work = {"spans": [span("s1", "人 名", (0, 2), attributes=attributes)]}
    files, losses = write("webanno", [entry("No.", {"ada": work}, id="one")])
    arrival = read_one("webanno", next(iter(files.values())))
    assert spans_of(arrival) == [("人 名", [[0, 2]])]
    expected = {"is_sure": "x", "note_": "y", "label_": "z", "人": "a"}
    assert arrival.document.sets["webanno"].spans[0]["attributes"] == expected
    assert losses.what == {"attribute is sure", "attribute note", "attribute label"}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("#T_SP=c.Lu|value", "|" * 1_000_000),
        ("#T_SP=c.Host|ROLE_c.Host:links_c.Link|c.Host", "a\t" + "1-1;" * 1_000_000),
        ("#T_CH=c.Link|referenceType|referenceRelation", "*\t" + "*->1-1|" * 1_000_000),
    ],
)
def test_a_million_values_on_one_token_are_refused(header, cells):
    with pytest.raises(UnreadableFile) as refusal:
        tsv([header], f"1-1\t0-4\tMira\t{cells}\t")
    assert refusal.value.detail == "Line 6: more than 50,000 values are stacked on one token."


def test_a_file_has_no_more_annotations_than_a_set_holds(monkeypatch):
    monkeypatch.setattr(table, "MOST_SPANS", 1)
    with pytest.raises(UnreadableFile, match="more than 1 annotations"):
        tsv(["#T_SP=c.Lu|value"], "1-1\t0-4\tMira\tA\t", "1-2\t5-9\tleft\tB\t")


def test_controls_in_values_and_named_features_of_relations_are_read():
    lines = FILE.replace("PER", "PER\\tA\\nB").replace("Tie|kind|", "Tie|kind|value|").replace("\tby\t", "\ttrue\tby\t")
    arrival = read_one("webanno", lines.replace("_\t_\t\n", "_\t_\t_\t\n").encode())
    work = next(iter(arrival.document.sets.values()))
    assert arrival.problems == ()
    assert "PER\tA\nB" in {span["label"] for span in work.spans}
    assert [relation["label"] for relation in work.relations] == ["by"]
