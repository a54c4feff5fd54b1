from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from annotator.measures.alignment import DisagreementKind, RelationContent, SetContent, SpanContent, align


def span(label, *fragments, **attributes):
    return SpanContent(label, fragments, attributes)


def content(*spans, relations=()):
    return SetContent(spans, relations)


def rows(**sets):
    return [dict(unit.rows) for unit in align(sets).units]


def kinds(**sets):
    return [set(unit.kinds) for unit in align(sets).units]


def test_identical_spans_are_one_agreed_unit():
    one = content(span("Claim", (0, 5), kind="fact"))

    assert kinds(A=one, B=one, C=one) == [set()]


def test_an_author_without_a_span_is_missing_from_the_unit():
    one = content(span("Claim", (0, 5)))

    assert rows(A=one, B=content(), C=one) == [{"A": (0,), "C": (0,)}]
    assert kinds(A=one, B=content(), C=one) == [{DisagreementKind.MISSED}]


def test_each_kind_of_disagreement_is_named():
    assert kinds(A=content(span("Claim", (0, 9))), B=content(span("Claim", (0, 7)))) == [{DisagreementKind.BOUNDARY}]
    assert kinds(A=content(span("Claim", (0, 9))), B=content(span("Hedge", (0, 9)))) == [{DisagreementKind.LABEL}]
    assert kinds(A=content(span("Claim", (0, 9))), B=content(span("Hedge", (0, 8)))) == [
        {DisagreementKind.LABEL, DisagreementKind.BOUNDARY}
    ]
    assert kinds(A=content(span("Claim", (0, 9), kind="fact")), B=content(span("Claim", (0, 9)))) == [
        {DisagreementKind.ATTRIBUTE}
    ]


def test_one_span_against_two_is_segmentation():
    whole, parts = content(span("Claim", (0, 20))), content(span("Claim", (12, 20)), span("Claim", (0, 10)))

    assert rows(A=whole, B=parts) == [{"A": (0,), "B": (1, 0)}]
    assert kinds(A=whole, B=parts) == [{DisagreementKind.SEGMENTATION}]
    assert kinds(A=whole, B=parts, C=parts) == [{DisagreementKind.SEGMENTATION}]


def test_a_nested_span_of_the_same_author_is_no_part():
    outer, both = content(span("Claim", (0, 19))), content(span("Claim", (0, 20)), span("Claim", (3, 6)))

    assert kinds(A=outer, B=both) == [{DisagreementKind.BOUNDARY}, {DisagreementKind.MISSED}]


def test_a_speaker_inside_a_claim_is_not_aligned_with_it():
    claim, speaker = content(span("Claim", (0, 40))), content(span("Speaker", (0, 4)))

    assert rows(A=claim, B=speaker) == [{"B": (0,)}, {"A": (0,)}]


def test_relations_between_aligned_spans_are_joined():
    first = content(span("Claim", (0, 5)), span("Speaker", (6, 9)), relations=[RelationContent("attributed-to", 0, 1)])
    second = content(span("Speaker", (6, 9)), span("Claim", (0, 5)), relations=[RelationContent("attributed-to", 1, 0)])
    other = content(span("Speaker", (6, 9)), span("Claim", (0, 5)), relations=[RelationContent("denies", 1, 0)])

    agreed = align({"A": first, "B": second}).relations
    labelled = align({"A": first, "B": other}).relations
    missing = align({"A": first, "B": content(*second.spans)}).relations

    assert [each.is_contested for each in agreed] == [False]
    assert [(dict(each.rows), each.is_contested) for each in labelled] == [({"A": (0,), "B": (0,)}, True)]
    assert [(dict(each.rows), each.is_contested) for each in missing] == [({"A": (0,)}, True)]


SPANS = st.builds(
    lambda label, start, length: span(label, (start, start + length)),
    st.sampled_from(["Claim", "Speaker"]),
    st.integers(0, 12),
    st.integers(1, 8),
)
SETS = st.lists(SPANS, max_size=5)


def meaning(sets):
    """Units as the spans that each author has in them, whatever their rows."""
    return sorted(
        sorted(
            (author, [(sets[author].spans[row].label, sets[author].spans[row].fragments) for row in own])
            for author, own in unit.rows.items()
        )
        for unit in align(sets).units
    )


@given(st.lists(SETS, min_size=2, max_size=3))
def test_every_span_is_in_exactly_one_unit(spans):
    sets = {name: content(*own) for name, own in zip("ABC", spans, strict=False)}

    found = [(author, row) for unit in align(sets).units for author, own in unit.rows.items() for row in own]

    assert sorted(found) == [(name, row) for name in sets for row in range(len(sets[name].spans))]


@given(st.lists(SETS, min_size=2, max_size=3))
def test_order_of_sets_and_spans_does_not_matter(spans):
    sets = {name: content(*own) for name, own in zip("ABC", spans, strict=False)}
    expected = meaning(sets)

    for order in permutations(sets):
        assert meaning({name: content(*reversed(sets[name].spans)) for name in order}) == expected


@given(SETS, SETS)
def test_two_sets_are_joined_one_to_one_except_segmentation(first, second):
    for unit in align({"A": content(*first), "B": content(*second)}).units:
        assert DisagreementKind.SEGMENTATION in unit.kinds or all(len(own) == 1 for own in unit.rows.values())
