from annotator.agreement.counting.disagreements import align_pair
from annotator.measures.alignment import DisagreementKind, RelationContent, SetContent, SpanContent


def span(label, *fragments, **attributes):
    return SpanContent(label, fragments, attributes)


def content(*spans, relations=()):
    return SetContent(spans, relations)


def disagreements(first, second):
    return sorted(align_pair(first, second).disagreements)


def kinds(first, second):
    return [(each.kind, each.first, each.second) for each in disagreements(first, second)]


def test_identical_sets_have_no_disagreements():
    one = content(span("Claim", (0, 5), kind="fact"), span("Speaker", (6, 9)))

    alignment = align_pair(one, one)

    assert (alignment.disagreements, alignment.identical) == ([], 2)
    assert alignment.aligned[0].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_a_span_of_only_one_set_is_missed():
    assert kinds(content(span("Claim", (0, 5))), content()) == [(DisagreementKind.MISSED, (0,), ())]
    assert kinds(content(), content(span("Claim", (0, 5)))) == [(DisagreementKind.MISSED, (), (0,))]
    assert align_pair(content(), content(span("Claim", (0, 5)))).aligned[0].tolist() == [[0, 0], [1, 0]]


def test_boundary_and_label_are_kinds_of_their_own():
    claim = content(span("Claim", (0, 8)))
    both = disagreements(claim, content(span("Hedge", (2, 9))))

    assert kinds(claim, content(span("Hedge", (0, 8)))) == [(DisagreementKind.LABEL, (0,), (0,))]
    assert kinds(claim, content(span("Claim", (2, 9)))) == [(DisagreementKind.BOUNDARY, (0,), (0,))]
    assert [(each.kind, each.location) for each in both] == [(DisagreementKind.LABEL, "label-0-9")]


def test_a_missing_fragment_is_a_boundary_disagreement():
    assert kinds(content(span("Claim", (0, 5), (8, 9))), content(span("Claim", (0, 5)))) == [
        (DisagreementKind.BOUNDARY, (0,), (0,))
    ]


def test_one_span_against_several_is_one_disagreement():
    first, second = content(span("Claim", (0, 20))), content(span("Claim", (0, 9)), span("Claim", (11, 20)))

    assert kinds(first, second) == [(DisagreementKind.SEGMENTATION, (0,), (0, 1))]


def test_each_differing_attribute_is_a_disagreement():
    one, other = span("Claim", (0, 5), kind="fact", tone="calm"), span("Claim", (0, 5), kind="position")

    found = disagreements(content(one), content(other))

    assert [(each.kind, each.attribute) for each in found] == [
        (DisagreementKind.ATTRIBUTE, "kind"),
        (DisagreementKind.ATTRIBUTE, "tone"),
    ]


def test_attributes_are_compared_on_identical_spans_only():
    first, second = content(span("Claim", (0, 5), kind="fact")), content(span("Claim", (0, 6), kind="position"))

    assert kinds(first, second) == [(DisagreementKind.BOUNDARY, (0,), (0,))]


def test_an_equal_label_goes_before_equal_boundaries():
    first = content(span("Claim", (0, 5)))
    second = content(span("Hedge", (0, 5)), span("Claim", (1, 5)))

    assert kinds(first, second) == [(DisagreementKind.BOUNDARY, (0,), (1,)), (DisagreementKind.MISSED, (), (0,))]


def test_an_identical_span_goes_before_a_larger_overlap():
    first = content(span("Claim", (0, 20)), span("Claim", (0, 5)))
    second = content(span("Claim", (0, 5)))

    assert kinds(first, second) == [(DisagreementKind.MISSED, (0,), ())]


def test_relations_are_compared_by_their_aligned_spans():
    first = content(span("Claim", (0, 5)), span("Speaker", (6, 9)), relations=[RelationContent("attributed-to", 0, 1)])
    same = content(span("Speaker", (6, 9)), span("Claim", (0, 5)), relations=[RelationContent("attributed-to", 1, 0)])
    other = content(span("Speaker", (6, 9)), span("Claim", (0, 5)), relations=[RelationContent("denies", 1, 0)])
    without_span = content(span("Claim", (0, 5)))

    assert kinds(first, same) == []
    assert kinds(first, other) == [(DisagreementKind.RELATION, (0,), (0,))]
    assert (DisagreementKind.RELATION, (0,), ()) in kinds(first, without_span)


def test_disagreements_are_in_order_of_the_text():
    first = content(span("Claim", (30, 35)), span("Speaker", (0, 3)))
    second = content(span("Hedge", (10, 12)))

    assert [each.start for each in disagreements(first, second)] == [0, 10, 30]
