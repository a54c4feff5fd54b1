"""The consensus does not depend on names or order."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.datasets.transforms.consensus import NAME, consensus_of
from annotator.formats.outgoing import ExportDocument
from tests.training import KeptLosses

TEXT = "abcdefghijklmnopqrst"
SETS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["Claim", "Hedge"]),
            st.integers(0, 18),
            st.integers(1, 6),
            st.sampled_from([{}, {"kind": "fact"}, {"kind": "position"}]),
        ),
        max_size=5,
    ),
    min_size=1,
    max_size=5,
)
ARROWS = st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=3), min_size=5, max_size=5)
DOCUMENT = {"id": "d", "title": "", "text": TEXT, "sha256": "", "meta": {}}


def record(spans, arrows=()):
    """A set of spans as (label, start, length, attributes), with relations between those that exist."""
    made = [
        {
            "id": f"x{number}",
            "label": label,
            "fragments": [[start, min(start + length, len(TEXT))]],
            "attributes": attributes,
            "note": "",
            "origin": "manual",
        }
        for number, (label, start, length, attributes) in enumerate(spans)
    ]
    relations = [
        {"id": f"r{number}", "label": "ties", "from": f"x{source}", "to": f"x{target}"}
        for number, (source, target) in enumerate(arrows)
        if source < len(made) and target < len(made)
    ]
    return {"spans": made, "relations": relations, "revision": 1}


def elected(sets):
    """The consensus without the names in it."""
    found = consensus_of(ExportDocument(DOCUMENT, sets), KeptLosses()).sets[NAME]
    return [
        [{name: value for name, value in one.items() if name != "sources"} for one in found[member]]
        for member in ("spans", "relations")
    ]


@given(SETS, ARROWS, st.randoms(use_true_random=False))
def test_consensus_depends_on_neither_names_nor_order(sets, arrows, random):
    records = [record(spans, drawn) for spans, drawn in zip(sets, arrows, strict=False)]
    first = elected({f"n{number}": one for number, one in enumerate(records)})
    for one in records:
        random.shuffle(one["spans"])
    random.shuffle(records)

    assert elected({f"m{number}": one for number, one in enumerate(records)}) == first


@given(SETS.map(lambda sets: sets[0]), st.integers(1, 5))
def test_identical_annotators_are_the_consensus(spans, annotators):
    distinct = list(
        {(label, start, start + length): (label, start, length, {}) for label, start, length, _ in spans}.values()
    )
    one = record(distinct)
    found = consensus_of(
        ExportDocument(DOCUMENT, {f"n{number}": one for number in range(annotators)}), KeptLosses()
    ).sets[NAME]

    said = sorted((span["fragments"], span["label"]) for span in one["spans"])
    assert sorted((span["fragments"], span["label"]) for span in found["spans"]) == said
    assert all(span["support"] == {"k": annotators, "n": annotators} for span in found["spans"])


@given(SETS)
def test_consensus_spans_are_real_and_others_are_losses(sets):
    records = {f"n{number}": record(spans) for number, spans in enumerate(sets)}
    book = KeptLosses()
    found = consensus_of(ExportDocument(DOCUMENT, records), book).sets[NAME]

    marked = {(str(span["fragments"]), span["label"]) for one in records.values() for span in one["spans"]}
    assert {(str(span["fragments"]), span["label"]) for span in found["spans"]} <= marked
    assert all(2 * span["support"]["k"] > span["support"]["n"] == len(sets) for span in found["spans"])
    supporting = sum(span["support"]["k"] for span in found["spans"])
    assert supporting + len(book.lost) == sum(len(one["spans"]) for one in records.values())
