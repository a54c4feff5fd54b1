from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.alignment import Kind, RelationSeen, SetSeen, SpanSeen, align


def span(label, *fragments, **attributes):
    return SpanSeen(label, fragments, attributes)


def seen(*spans, relations=()):
    return SetSeen(spans, relations)


def rows(**sets):
    return [dict(unit.rows) for unit in align(sets).units]


def kinds(**sets):
    return [set(unit.kinds) for unit in align(sets).units]


def test_what_all_marked_alike_is_one_unit_about_which_nobody_differs():
    one = seen(span("Claim", (0, 5), kind="fact"))

    assert kinds(A=one, B=one, C=one) == [set()]


def test_who_marked_nothing_is_missing_from_the_unit():
    one = seen(span("Claim", (0, 5)))

    assert rows(A=one, B=seen(), C=one) == [{"A": (0,), "C": (0,)}]
    assert kinds(A=one, B=seen(), C=one) == [{Kind.MISSED}]


def test_each_way_to_differ_is_told():
    assert kinds(A=seen(span("Claim", (0, 9))), B=seen(span("Claim", (0, 7)))) == [{Kind.BOUNDARY}]
    assert kinds(A=seen(span("Claim", (0, 9))), B=seen(span("Hedge", (0, 9)))) == [{Kind.LABEL}]
    assert kinds(A=seen(span("Claim", (0, 9))), B=seen(span("Hedge", (0, 8)))) == [{Kind.LABEL, Kind.BOUNDARY}]
    assert kinds(A=seen(span("Claim", (0, 9), kind="fact")), B=seen(span("Claim", (0, 9)))) == [{Kind.ATTRIBUTE}]


def test_one_span_against_two_is_a_difference_of_segmentation():
    whole, parts = seen(span("Claim", (0, 20))), seen(span("Claim", (12, 20)), span("Claim", (0, 10)))

    assert rows(A=whole, B=parts) == [{"A": (0,), "B": (1, 0)}]
    assert kinds(A=whole, B=parts) == [{Kind.SEGMENTATION}]
    assert kinds(A=whole, B=parts, C=parts) == [{Kind.SEGMENTATION}]


def test_a_span_nested_in_ones_own_is_not_a_part():
    outer, both = seen(span("Claim", (0, 19))), seen(span("Claim", (0, 20)), span("Claim", (3, 6)))

    assert kinds(A=outer, B=both) == [{Kind.BOUNDARY}, {Kind.MISSED}]


def test_a_speaker_within_somebodys_claim_is_not_a_claim_with_another_label():
    claim, speaker = seen(span("Claim", (0, 40))), seen(span("Speaker", (0, 4)))

    assert rows(A=claim, B=speaker) == [{"B": (0,)}, {"A": (0,)}]


def test_relations_between_aligned_spans_are_one_whatever_their_rows():
    first = seen(span("Claim", (0, 5)), span("Speaker", (6, 9)), relations=[RelationSeen("attributed-to", 0, 1)])
    second = seen(span("Speaker", (6, 9)), span("Claim", (0, 5)), relations=[RelationSeen("attributed-to", 1, 0)])
    other = seen(span("Speaker", (6, 9)), span("Claim", (0, 5)), relations=[RelationSeen("denies", 1, 0)])

    agreed = align({"A": first, "B": second}).relations
    labelled = align({"A": first, "B": other}).relations
    missing = align({"A": first, "B": seen(*second.spans)}).relations

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
    sets = {name: seen(*own) for name, own in zip("ABC", spans, strict=False)}

    found = [(author, row) for unit in align(sets).units for author, own in unit.rows.items() for row in own]

    assert sorted(found) == [(name, row) for name in sets for row in range(len(sets[name].spans))]


@given(st.lists(SETS, min_size=2, max_size=3))
def test_neither_the_order_of_sets_nor_that_of_spans_matters(spans):
    sets = {name: seen(*own) for name, own in zip("ABC", spans, strict=False)}
    expected = meaning(sets)

    for order in permutations(sets):
        assert meaning({name: seen(*reversed(sets[name].spans)) for name in order}) == expected


@given(SETS, SETS)
def test_two_sets_are_joined_one_to_one_but_for_segmentation(first, second):
    for unit in align({"A": seen(*first), "B": seen(*second)}).units:
        assert Kind.SEGMENTATION in unit.kinds or all(len(own) == 1 for own in unit.rows.values())
