"""Transforms and the losses that they report."""

import pytest

from annotator.datasets.transforms.layers import Discontinuous, Nested
from annotator.datasets.transforms.quotation_marks import QuotationMarks
from annotator.datasets.transforms.transformation import TransformOptions, transform
from annotator.formats.loss_reasons import reason
from tests.training import KeptLosses, entry, shown

SCHEMA = {"boundaries": {"trim_trailing": [".", ",", ";", ":"]}}


def left(one, **choices):
    """Return the transformed documents, and the losses."""
    book = KeptLosses()
    return list(transform([one], TransformOptions(**choices), book, schema=SCHEMA)), book


def test_default_options_change_nothing():
    one = entry("[it](Claim) rained")

    found, book = left(one)

    assert found[0] is one
    assert not book.lost


def test_other_labels_and_their_relations_are_removed():
    one = entry("Ada[Speaker] said [it rained](Claim)", relations={"A": [("attributed-to", "s2", "s1")]})

    [found], book = left(one, labels=frozenset({"Claim"}))

    assert shown(found) == {"A": [("it rained", "Claim")]}
    assert found.sets["A"]["relations"] == []
    assert book.lost == [("A", "s1", "span"), ("A", "r1", "relation")]


def test_attributes_are_selected_by_name_or_label():
    one = entry("[Ada B.](Speaker kind=person) said [it rained](Claim kind=fact voice=speaker)")

    [found], book = left(one, attributes=frozenset({"Claim.kind"}))
    [bare], _ = left(one, attributes=frozenset())

    assert [span["attributes"] for span in found.sets["A"]["spans"]] == [{}, {"kind": "fact"}]
    assert [span["attributes"] for span in bare.sets["A"]["spans"]] == [{}, {}]
    assert book.reasons == [reason("attributes_not_selected", "kind"), reason("attributes_not_selected", "voice")]


def test_excluded_notes_are_reported():
    one = entry("[it](Claim) rained")
    one.sets["A"]["spans"][0]["note"] = "Ask Ben."

    [found], book = left(one, notes=False)

    assert found.sets["A"]["spans"][0]["note"] == ""
    assert book.lost == [("A", "s1", "note")]
    assert one.sets["A"]["spans"][0]["note"] == "Ask Ben."


@pytest.mark.parametrize(
    ("nested", "kept"),
    [
        (Nested.OUTER, [("it may rain", "Claim"), ("no", "Denial")]),
        (Nested.INNER, [("may", "Hedge"), ("no", "Denial")]),
    ],
)
def test_outer_or_inner_spans_are_kept(nested, kept):
    [found], book = left(entry("[it [may](Hedge) rain](Claim) [no](Denial)"), nested=nested)

    assert shown(found)["A"] == kept
    assert [what for *_, what in book.lost] == ["span"]


def test_one_of_crossing_spans_is_kept():
    one = entry("[a b c](Claim) d")
    one.sets["A"]["spans"].append({**one.sets["A"]["spans"][0], "id": "s2", "fragments": [[4, 7]]})

    assert shown(left(one, nested=Nested.OUTER)[0][0])["A"] == [("a b c", "Claim")]
    assert shown(left(one, nested=Nested.INNER)[0][0])["A"] == [("c d", "Claim")]


@pytest.mark.parametrize(
    ("choice", "texts", "ids"),
    [
        (Discontinuous.HULL, ["They did, she said, agree"], ["s1"]),
        (Discontinuous.PARTS, ["They did", "agree"], ["s1", "s1~2"]),
    ],
)
def test_discontinuous_spans_become_hull_or_parts(choice, texts, ids):
    one = entry("[They did](Claim), she said, agree.")
    one.sets["A"]["spans"][0]["fragments"] = [[0, 8], [20, 25]]

    [found], book = left(one, discontinuous=choice)

    assert [text for text, _ in shown(found)["A"]] == texts
    assert [span["id"] for span in found.sets["A"]["spans"]] == ids
    assert book.lost == [("A", "s1", "fragments")]


def test_new_id_of_a_fragment_is_unique():
    one = entry("[They did](Claim), she said, [agree](Hedge).")
    one.sets["A"]["spans"][0] |= {"fragments": [[0, 8], [20, 25]], "id": "x" * 64}
    one.sets["A"]["spans"][1]["id"] = "x" * 62 + "~2"

    [found], _ = left(one, discontinuous=Discontinuous.PARTS)

    ids = [span["id"] for span in found.sets["A"]["spans"]]
    assert len(set(ids)) == 3
    assert max(map(len, ids)) == 64


DIRECT = "Claim quote_type=direct"


@pytest.mark.parametrize(
    ("marked", "within", "without"),
    [
        (f"“[It rained]({DIRECT}),” she said.", "“It rained,”", "It rained"),
        (f"[“It rained,”]({DIRECT}) she said.", "“It rained,”", "It rained"),
        (f'"[Did it?]({DIRECT})" she said.', '"Did it?"', "Did it?"),
        (f"“[It rained]({DIRECT}). It poured,” she said.", "It rained", "It rained"),
        (f"[“It rained,” he said, “and poured”]({DIRECT})", *["“It rained,” he said, “and poured”"] * 2),
        (f'He said "no" [it rained]({DIRECT}) "so"', "it rained", "it rained"),
        (f'He said "no"[it rained]({DIRECT})"so"', "it rained", "it rained"),
        (f"‘[It didn't rain]({DIRECT})’", "‘It didn't rain’", "It didn't rain"),
        (f"'[It didn't rain]({DIRECT})'", "'It didn't rain'", "It didn't rain"),
        (f"the workers'[ pay]({DIRECT})'", " pay", " pay"),
        (f"„[Es regnet]({DIRECT})“, sagte sie", "„Es regnet“", "Es regnet"),
        (f"»[Es regnet]({DIRECT})«", "»Es regnet«", "Es regnet"),
        (f"[“”]({DIRECT})", "“”", "“”"),
        ("“[It rained](Claim quote_type=mixed)”", "It rained", "It rained"),
        ("“[Big Lio](Speaker)”", "Big Lio", "Big Lio"),
    ],
)
def test_quotation_marks_move_in_pairs(marked, within, without):
    one = entry(marked)

    assert shown(left(one, quotation_marks=QuotationMarks.IN)[0][0])["A"][0][0] == within
    assert shown(left(one, quotation_marks=QuotationMarks.OUT)[0][0])["A"][0][0] == without


def test_each_fragment_has_its_own_quotation_marks():
    one = entry(f"“[The bridge]({DIRECT}),” Brandt said, “will open.”")
    one.sets["A"]["spans"][0]["fragments"] = [[1, 11], [28, 37]]

    assert shown(left(one, quotation_marks=QuotationMarks.IN)[0][0])["A"][0][0] == "“The bridge,”…“will open.”"


def test_documents_without_spans_can_be_excluded():
    assert left(entry("rain", "rain"), negatives=False)[0] == []
    assert left(entry("rain", "rain"))[0] != []


def test_set_without_spans_is_removed_where_rows_are_sets():
    one = entry("[rain](Claim)", "rain")

    [whole], none = left(one, negatives=False)
    [alone], book = left(one, negatives=False, whole=False)

    assert (sorted(whole.sets), sorted(alone.sets)) == (["A", "B"], ["A"])
    assert not none.lost
    assert book.lost == [("B", "", "set")]


def test_labels_are_chosen_after_the_consensus():
    marked = "[no](Denial)", "[no](Denial)", "[no](Hedge)"

    [found], _ = left(entry(*marked), consensus=True, labels=frozenset({"Hedge"}))

    assert shown(found) == {"consensus": []}
