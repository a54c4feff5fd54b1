from annotator.agreement.alignment import Kind, RelationSeen, SetSeen, SpanSeen
from annotator.agreement.differences import compare


def span(label, *fragments, **attributes):
    return SpanSeen(label, fragments, attributes)


def seen(*spans, relations=()):
    return SetSeen(spans, relations)


def kinds(first, second):
    return [(each.kind, each.first, each.second) for each in compare(first, second).differences]


def test_identical_sets_have_no_differences():
    one = seen(span("Claim", (0, 5), kind="fact"), span("Speaker", (6, 9)))

    comparison = compare(one, one)

    assert (list(comparison.differences), comparison.alike) == ([], 2)
    assert comparison.labels == {("Claim", "Claim"): 1, ("Speaker", "Speaker"): 1}


def test_a_span_that_only_one_marked():
    assert kinds(seen(span("Claim", (0, 5))), seen()) == [(Kind.MISSED, (0,), ())]
    assert kinds(seen(), seen(span("Claim", (0, 5)))) == [(Kind.MISSED, (), (0,))]
    assert compare(seen(), seen(span("Claim", (0, 5)))).labels == {("", "Claim"): 1}


def test_other_edges_other_label_and_both():
    claim = seen(span("Claim", (0, 8)))
    found = [*compare(claim, seen(span("Hedge", (0, 8)))).differences]
    found += compare(claim, seen(span("Hedge", (2, 9)))).differences

    assert kinds(claim, seen(span("Claim", (2, 9)))) == [(Kind.BOUNDARY, (0,), (0,))]
    assert [(each.kind, each.edges_differ) for each in found] == [(Kind.LABEL, False), (Kind.LABEL, True)]
    assert (found[1].start, found[1].end, found[1].place) == (0, 9, "label-0-9")


def test_a_missing_fragment_is_a_difference_of_boundaries():
    assert kinds(seen(span("Claim", (0, 5), (8, 9))), seen(span("Claim", (0, 5)))) == [(Kind.BOUNDARY, (0,), (0,))]


def test_one_span_against_several_is_one_difference():
    first, second = seen(span("Claim", (0, 20))), seen(span("Claim", (0, 9)), span("Claim", (11, 20)))

    assert kinds(first, second) == [(Kind.SEGMENTATION, (0,), (0, 1))]


def test_each_attribute_that_differs_on_identical_spans_is_a_difference():
    one, other = span("Claim", (0, 5), kind="fact", tone="calm"), span("Claim", (0, 5), kind="position")

    found = compare(seen(one), seen(other)).differences

    assert [(each.kind, each.attribute) for each in found] == [(Kind.ATTRIBUTE, "kind"), (Kind.ATTRIBUTE, "tone")]


def test_attributes_are_not_compared_where_boundaries_differ():
    first, second = seen(span("Claim", (0, 5), kind="fact")), seen(span("Claim", (0, 6), kind="position"))

    assert kinds(first, second) == [(Kind.BOUNDARY, (0,), (0,))]


def test_an_equal_label_is_a_better_partner_than_equal_edges():
    first = seen(span("Claim", (0, 5)))
    second = seen(span("Hedge", (0, 5)), span("Claim", (1, 5)))

    assert kinds(first, second) == [(Kind.BOUNDARY, (0,), (1,)), (Kind.MISSED, (), (0,))]


def test_the_identical_span_is_taken_before_one_that_overlaps_more():
    first = seen(span("Claim", (0, 20)), span("Claim", (0, 5)))
    second = seen(span("Claim", (0, 5)))

    assert kinds(first, second) == [(Kind.MISSED, (0,), ())]


def test_relations_are_compared_through_the_aligned_spans():
    first = seen(span("Claim", (0, 5)), span("Speaker", (6, 9)), relations=[RelationSeen("attributed-to", 0, 1)])
    same = seen(span("Speaker", (6, 9)), span("Claim", (0, 5)), relations=[RelationSeen("attributed-to", 1, 0)])
    other = seen(span("Speaker", (6, 9)), span("Claim", (0, 5)), relations=[RelationSeen("denies", 1, 0)])
    without_span = seen(span("Claim", (0, 5)))

    assert kinds(first, same) == []
    assert kinds(first, other) == [(Kind.RELATION, (0,), (0,))]
    assert (Kind.RELATION, (0,), ()) in kinds(first, without_span)


def test_differences_come_in_the_order_of_the_text():
    first = seen(span("Claim", (30, 35)), span("Speaker", (0, 3)))
    second = seen(span("Hedge", (10, 12)))

    assert [each.start for each in compare(first, second).differences] == [0, 10, 30]
