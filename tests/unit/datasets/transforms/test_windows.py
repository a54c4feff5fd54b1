"""Windows of sentences with context."""

from annotator.datasets.transforms.windows import windows_of
from tests.training import KeptLosses, entry, shown

MARKED = "Ada[Speaker] left. [It rained](Claim).  Ben [may](Hedge) stay."


def cut(one, context):
    """Return the windows of a document, and the losses."""
    book = KeptLosses()
    return list(windows_of(one, context, book)), book


def test_each_sentence_is_a_window():
    found, book = cut(entry(MARKED), 0)

    assert [one.document["text"] for one in found] == ["Ada left.", "It rained.", "Ben may stay."]
    assert [shown(one)["A"] for one in found] == [[("Ada", "Speaker")], [("It rained", "Claim")], [("may", "Hedge")]]
    assert not book.lost


def test_windows_include_context_and_its_spans():
    one = entry(MARKED)
    _, middle, last = cut(one, 1)[0]

    assert middle.document["text"] == one.document["text"]
    assert [label for _, label in shown(middle)["A"]] == ["Speaker", "Claim", "Hedge"]
    assert last.document["text"] == "It rained.  Ben may stay."
    start, end = last.document["focus"]
    assert last.document["text"][start:end] == "Ben may stay."


def test_window_refers_to_its_document():
    one = entry(MARKED)
    text = one.document["text"]

    for window in cut(one, 1)[0]:
        begin, end = window.document["window"]
        first, last = window.document["focus"]
        assert (window.document["document"], window.document["id"]) == ("d1", f"d1#{begin + first}-{begin + last}")
        assert text[begin:end] == window.document["text"]
        for span in window.sets["A"]["spans"]:
            original = next(each for each in one.sets["A"]["spans"] if each["id"] == span["id"])
            assert [[start + begin, stop + begin] for start, stop in span["fragments"]] == original["fragments"]


def test_no_span_is_cut_in_any_set():
    found, _ = cut(entry("[Ada left. It rained.](Claim) Ben stayed.", "Ada left. It rained. Ben stayed."), 0)

    assert [one.document["text"] for one in found] == ["Ada left. It rained.", "Ben stayed."]


def test_relation_is_in_windows_with_both_spans():
    tied = {"A": [("attributed-to", "s2", "s1"), ("hedges", "s3", "s1")]}
    alone, book = cut(entry(MARKED, relations=tied), 0)
    found, other = cut(entry(MARKED, relations=tied), 1)

    assert not any(one.sets["A"]["relations"] for one in alone)
    assert book.lost == [("A", "r1", "relation"), ("A", "r2", "relation")]
    assert [len(one.sets["A"]["relations"]) for one in found] == [1, 2, 0]
    assert not other.lost


def test_white_space_alone_is_one_window():
    [one], _ = cut(entry(" \n "), 2)

    assert one.document["window"] == [0, 3]
