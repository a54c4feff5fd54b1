"""CoNLL-2012: brackets of names and of coreference."""

import pytest

from annotator.formats.incoming import Head
from annotator.formats.registry import detect_format
from tests.formats import read, read_one, spans_of

ROWS = (
    # word, name, predicates, coreference
    ("Mira", "(PERSON*", "(ARG0*", "(12"),
    ("Holt", "*)", "*)", "12)"),
    ("praised", "*", "(V*)", "-"),
    ("her", "*", "(ARG1*", "(3|(12)"),
    ("Rome", "(GPE)", "*)", "3)"),
)


def conll_2012(rows, *, document="(bc/news_0001); part 000", separator="   "):
    """A file of one sentence; the predicates are a column for each of theirs."""
    lines = [
        separator.join(("bc/news_0001", "0", str(number), word, "NN", "*", "-", "-", "-", "-", name, *others, chain))
        for number, (word, name, *others, chain) in enumerate(rows)
    ]
    return "\n".join((f"#begin document {document}", *lines, "", "#end document", "")).encode()


def mentions(arrival):
    """The spans by what they cover, with the number of their chain."""
    (made,) = arrival.document.sets.values()
    text = arrival.document.text
    return sorted(
        (text[slice(*one["fragments"][0])], one["label"], one.get("attributes", {}).get("chain")) for one in made.spans
    )


@pytest.mark.parametrize("separator", ["\t", "   "])
def test_names_and_mentions_are_read(separator):
    data = conll_2012(ROWS, separator=separator)
    assert detect_format(Head("news.v4_gold_conll", data)) == "conll"
    arrival = read_one("conll", data)
    assert arrival.problems == ()
    assert (arrival.document.external_id, arrival.document.text) == ("bc/news_0001", "Mira Holt praised her Rome")
    assert mentions(arrival) == [
        ("Mira Holt", "Mention", "12"), ("Mira Holt", "PERSON", None), ("Rome", "GPE", None),
        ("her", "Mention", "12"), ("her Rome", "Mention", "3"),
    ]  # fmt: skip
    items = arrival.document.sets["file"].items.as_json()
    assert items["found"]["spans"] == 8
    assert items["left_out"] == {"spans": {"other_column": 3}}


def test_parts_are_documents():
    data = conll_2012(ROWS) + conll_2012(ROWS, document="(bc/news_0001); part 001")
    assert [one.document.external_id for one in read("conll", data)] == ["bc/news_0001", "bc/news_0001-part-1"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("a", "*)", "*", "-"), "“*)” ends a name that was not begun."),
        (("a", "(PER*", "*", "-"), "“PER” is not ended in its sentence."),
        (("a", "(A*)x", "*", "-"), "“(A*)x” is not a bracket such as (PERSON*, *) or (PERSON)."),
        (("a", "*", "*", "7)"), "“7)” ends a mention that was not begun."),
        (("a", "*", "*", "(7"), "“(7” is not ended."),
        (("a", "*", "*", "7"), "“7” is not a bracket such as (12, 12) or (12)."),
    ],
)
def test_damaged_brackets_refuse_the_document(row, problem):
    assert read("conll", conll_2012([row]))[0].problems == (f"Line 2: {problem}",)


def test_row_without_all_columns_is_a_problem():
    assert read("conll", b"#begin document (a); part 000\na\t0\t0\tMira\n")[0].problems[0].startswith("Line 2 has 4")


def test_spans_of_a_nested_chain_end_with_the_innermost():
    rows = [("a", "*", "*", "(1"), ("b", "*", "*", "(1"), ("c", "*", "*", "1)"), ("d", "*", "*", "1)")]
    assert [fragments for _, fragments in spans_of(read_one("conll", conll_2012(rows)))] == [[[0, 7]], [[2, 5]]]


def test_number_of_a_part_may_be_of_any_length():
    (arrival,) = read("conll", conll_2012(ROWS, document=f"(a); part {'9' * 5000}"))
    assert arrival.document.external_id == "a-part-999999999999"
