"""WebAnno TSV 3."""

import pytest
from hypothesis import given, settings

from annotator.formats.incoming import Head, UnreadableFile
from annotator.formats.registry import detect_format
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
@settings(max_examples=80)
def test_written_files_are_read_unchanged(documents):
    single = [
        type(one)(one.document, {name: work | {"spans": [each for each in work["spans"] if len(each["fragments"]) == 1],
                                               "relations": []} for name, work in one.sets.items()})
        for one in documents
    ]  # fmt: skip
    assert assert_carried("webanno", single).all == []


@given(corpora(several_parts=False))
@settings(max_examples=60)
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
