from collections import Counter
from types import SimpleNamespace

import orjson

from annotator.agreement.counting.disagreement_rows import group_disagreements
from annotator.agreement.counting.document_groups import DocumentGroup
from annotator.agreement.reports.locations import location_of, summary
from annotator.measures.alignment import RelationContent, SetContent, SpanContent

TEXT = "Officials in the city said it had rained all week."
SOURCE, WIDER = SpanContent("Source", ((0, 9),), {}), SpanContent("Source", ((0, 21),), {})
CLAIM = SpanContent("Claim", ((27, 49),), {"kind": "fact"})


def content(*spans, relations=()):
    return SetContent(spans, relations)


def located(**sets):
    """Return the disagreements of a document, and its locations in order."""
    found = group_disagreements(DocumentGroup.of_sets(TEXT, sets))
    by_number = {}
    for key, (row, place) in enumerate(zip(found.rows[0], found.located[0], strict=True)):
        values = {**row._asdict(), "detail": orjson.loads(row.detail), "id": key}
        by_number.setdefault(place.location, []).append(SimpleNamespace(**values))
    return found, [location_of(rows) for rows in by_number.values()]


def test_five_against_one_is_one_location():
    found, (place,) = located(**dict.fromkeys("abcde", content(SOURCE)), f=content())

    assert len(found.rows[0]) == 5
    assert summary(place) == "5 × Source, 1 × nothing"
    assert [group.annotators for group in place.groups] == [("a", "b", "c", "d", "e"), ("f",)]
    assert found.locations == [Counter({(("missed", "Source", "", ""),): 1})]
    assert found.apart == [Counter({("f", "", ""): 1, ("f", "missed", "Source"): 1})]


def test_other_boundaries_and_labels_belong_to_the_same_location():
    hedge = SpanContent("Hedge", ((0, 9),), {})
    found, (place,) = located(a=content(SOURCE), b=content(WIDER), c=content(hedge), d=content())

    assert (place.start, place.end, place.kinds[0]) == (0, 21, "label")
    assert set(place.kinds) == {"label", "missed", "boundary"}
    assert summary(place) == "1 × Source, 1 × Source, 1 × Hedge, 1 × nothing"
    assert sum(found.locations[0].values()) == 1
    assert found.boundaries == [Counter({("other", "Source", "end"): 1})]


def test_attributes_of_a_span_are_one_location_with_their_values():
    other = SpanContent("Claim", ((27, 49),), {"kind": "position", "tone": "calm"})
    found, (place,) = located(a=content(CLAIM), b=content(CLAIM), c=content(other))

    assert len(found.rows[0]) == 4
    assert summary(place) == "2 × Claim kind=fact tone=not set, 1 × Claim kind=position tone=calm"


def test_relations_and_distant_spans_have_locations_of_their_own():
    arrow = RelationContent("attributed-to", 1, 0)
    found, places = located(
        a=content(SOURCE, CLAIM, relations=[arrow]),
        b=content(SOURCE, CLAIM, relations=[arrow]),
        c=content(WIDER, CLAIM),
    )

    assert [place.kinds for place in places] == [("boundary",), ("relation",)]
    assert summary(places[1]) == "2 × Claim attributed-to -> Source, 1 × nothing"
    assert found.apart[0]["c", "relation", "attributed-to"] == 1
