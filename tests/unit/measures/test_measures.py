"""Cases that fit on a line. Published values are in tests/reference, general laws in tests/properties."""

import math

import numpy as np
import pytest

from annotator.measures import attributes, cohen, fleiss, gwet, relations, span_f1
from annotator.measures.coverage import coverage
from annotator.measures.figures import Figure, Undefined, mean
from annotator.measures.krippendorff import (
    Coincidences,
    alpha_nominal,
    coincidences_by_label,
    coincidences_of_label_sets,
)
from annotator.measures.matching import exact_matching, greedy_matching
from annotator.measures.units import Annotation, Units, indexes
from tests.notation import make_units

CLAIM, SPEAKER = 0, 1


def test_a_value_that_is_not_a_number_needs_a_reason():
    with pytest.raises(ValueError, match="needs a reason"):
        Figure(math.nan)
    with pytest.raises(ValueError, match="needs a reason"):
        Figure(0.5, Undefined.NO_SPANS)


def test_a_mean_leaves_out_undefined_figures():
    nothing = Figure.without_value(Undefined.NO_SPANS)

    assert mean([Figure(0.25), nothing, Figure(0.75)]) == Figure(0.5)
    assert mean([nothing]).undefined == Undefined.NO_SPANS
    assert mean([]).undefined == Undefined.NO_PAIRS


def test_spans_that_touch_do_not_overlap():
    assert span_f1.overlap(make_units((CLAIM, (0, 5))), make_units((CLAIM, (5, 9)))).f1 == Figure(0.0)


def test_another_label_matches_only_without_labels():
    one, other = make_units((CLAIM, (0, 5))), make_units((SPEAKER, (0, 5)))

    assert (span_f1.exact(one, other).f1.value, span_f1.overlap(one, other).f1.value) == (0, 0)
    assert (span_f1.boundary(one, other).f1.value, span_f1.unlabelled(one, other).f1.value) == (1, 1)


def test_a_long_span_matches_only_one_of_two_short_ones():
    counts = span_f1.overlap(make_units((CLAIM, (0, 10))), make_units((CLAIM, (0, 3)), (CLAIM, (4, 10))))

    assert counts == span_f1.MatchCounts(1, 2, 1)


def test_fragments_count_together_when_pairs_are_put_in_order():
    split = Units.from_spans([(CLAIM, [(0, 3), (10, 13)])])
    other = make_units((CLAIM, (0, 5)), (CLAIM, (1, 13)))

    assert greedy_matching(split, other).tolist() == [[0, 1]]


def test_neither_marked_anything_is_not_defined():
    assert span_f1.exact(make_units(), make_units()).f1.undefined == Undefined.NO_SPANS
    assert span_f1.exact(make_units((CLAIM, (0, 1))), make_units()).f1 == Figure(0.0)


def test_identical_spans_of_one_annotator_match_one_to_one():
    twice = make_units((CLAIM, (0, 5)), (CLAIM, (0, 5)))

    assert exact_matching(twice, twice).tolist() == [[0, 0], [1, 1]]
    assert len(exact_matching(twice, make_units((CLAIM, (0, 5))))) == 1


def test_a_span_beyond_the_text_is_refused():
    with pytest.raises(ValueError, match="ends at 9"):
        coverage([make_units((CLAIM, (0, 9))).intervals()], length=8, labels=1)


def test_labels_that_overlap_are_one_category_of_their_own():
    one = make_units((CLAIM, (0, 4)), (SPEAKER, (2, 4))).intervals()
    other = make_units((CLAIM, (0, 4))).intervals()

    found = coincidences_of_label_sets(coverage([one, other], length=6, labels=2))

    # Of six positions two agree on {Claim}, two on nothing, two have {Claim, Speaker} against {Claim}.
    assert (found.values, found.agreeing, sorted(found.margins.values())) == (12, 8, [2, 4, 6])


def test_one_annotator_gives_items_without_pairs():
    covered = coverage([make_units((CLAIM, (0, 4))).intervals()], length=6, labels=1)

    assert coincidences_by_label(covered)[0].alpha.undefined == Undefined.NO_PAIRS
    assert coincidences_of_label_sets(covered).alpha.undefined == Undefined.NO_PAIRS


def test_no_items_and_no_variation_are_distinguished():
    assert Coincidences().alpha.undefined == Undefined.NO_ITEMS
    assert alpha_nominal(indexes([[0, 0], [0, 0]])).undefined == Undefined.NO_VARIATION
    assert cohen.Contingency().kappa.undefined == Undefined.NO_ITEMS
    assert cohen.cohen_kappa(indexes([1, 1]), indexes([1, 1])).undefined == Undefined.NO_VARIATION
    assert gwet.gwet_ac1(indexes([[0, 0]])).undefined == Undefined.NO_VARIATION


def test_kappa_needs_the_same_items_and_fleiss_every_value():
    with pytest.raises(ValueError, match="same items"):
        cohen.cohen_kappa(indexes([1]), indexes([1, 2]))
    with pytest.raises(ValueError, match="every annotator"):
        fleiss.fleiss_kappa(indexes([[0, -1], [1, 1]]))


def test_weights_stand_for_equal_items():
    weighted = cohen.contingency(indexes([0, 1]), indexes([0, 0]), weights=indexes([3, 2]))

    assert weighted == cohen.contingency(indexes([0, 0, 0, 1, 1]), indexes([0] * 5))


def test_an_attribute_that_only_one_set_counts_as_different():
    both = make_units((CLAIM, (0, 3)), (CLAIM, (5, 9)))
    one = Annotation(both, [{"kind": "fact"}, {"kind": "fact"}])
    other = Annotation(both, [{"kind": "fact"}, {}])

    tables = attributes.attribute_contingencies(one, other, exact_matching(both, both))

    assert tables[CLAIM, "kind"].cells == {("fact", "fact"): 1, ("fact", None): 1}


def test_a_relation_matches_through_the_spans_at_its_ends():
    pairs = indexes([[0, 1], [1, 0]])

    counts = relations.counts_by_label(indexes([[0, 0, 1], [1, 0, 1]]), indexes([[0, 1, 0]]), pairs, labels=2)

    assert counts == [span_f1.MatchCounts(1, 1, 1), span_f1.MatchCounts(1, 0, 0)]


def test_ten_thousand_spans_are_compared():
    random = np.random.default_rng(1)
    starts = np.sort(random.integers(0, 400_000, 10_000))
    one = Units(indexes(starts % 4), np.arange(10_000), starts, starts + 60)
    other = Units(indexes(starts % 4), np.arange(10_000), starts + 7, starts + 50)

    counts = span_f1.overlap(one, other)
    covered = coverage([one.intervals(), other.intervals()], length=400_100, labels=4)

    assert counts.matched > 9_000
    assert len(coincidences_by_label(covered)) == 4
