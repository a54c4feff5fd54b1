"""Properties of every document, checked against slow, plain definitions on small random documents."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.measures import cohen, fleiss, span_f1
from annotator.measures.coverage import coverage
from annotator.measures.krippendorff import (
    alpha_nominal,
    coincidences_by_label,
    coincidences_of_items,
    coincidences_of_label_sets,
)
from annotator.measures.matching import (
    exact_matching,
    greedy_matching,
    heaviest_matching,
    largest_matching,
    overlapping_pairs,
)
from annotator.measures.units import Units, indexes

LENGTH, LABELS = 24, 3


@st.composite
def fragments(draw):
    edges = sorted(draw(st.lists(st.integers(0, LENGTH), min_size=2, max_size=4, unique=True)))
    return [(edges[at], edges[at + 1]) for at in range(0, len(edges) - 1, 2)]


spans = st.tuples(st.integers(0, LABELS - 1), fragments())
units = st.lists(spans, max_size=5)


def points(span):
    return {point for start, end in span[1] for point in range(start, end)}


def shared_points(first, second):
    return len(points(first) & points(second)) if first[0] == second[0] else 0


def covered(*annotators):
    return coverage([Units.from_spans(spans).intervals() for spans in annotators], length=LENGTH, labels=LABELS)


def label_sets(spans):
    return [frozenset(span[0] for span in spans if point in points(span)) for point in range(LENGTH)]


@given(units, units)
def test_overlapping_pairs_follow_the_plain_definition(first, second):
    actual = zip(
        *(rows.tolist() for rows in overlapping_pairs(Units.from_spans(first), Units.from_spans(second))), strict=True
    )

    expected = {
        (row, partner, shared_points(span, other))
        for row, span in enumerate(first)
        for partner, other in enumerate(second)
        if shared_points(span, other)
    }
    assert set(actual) == expected


@given(units, units)
def test_largest_and_heaviest_matching_beat_every_assignment(first, second):
    if len(first) > len(second):
        first, second = second, first
    assignments = [list(zip(first, order, strict=True)) for order in permutations(second, len(first))]
    sizes = [sum(shared_points(*pair) > 0 for pair in pairs) for pairs in assignments]
    weights = [
        sum(2 * shared_points(a, b) / (len(points(a)) + len(points(b))) for a, b in pairs) for pairs in assignments
    ]

    first_units, second_units = Units.from_spans(first), Units.from_spans(second)

    assert largest_matching(first_units, second_units) == max(sizes)
    assert np.isclose(heaviest_matching(first_units, second_units), max(weights))
    assert len(greedy_matching(first_units, second_units)) <= max(sizes)


@given(units, units)
def test_greedy_matching_prefers_pairs_with_most_overlap(first, second):
    candidates = sorted(
        (-shared_points(a, b), a[1][0][0], b[1][0][0], a[1][-1][1], b[1][-1][1], a[1], b[1], i, j)
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if shared_points(a, b)
    )
    pairs = {}
    for *_, row, partner in candidates:
        if row not in pairs and partner not in pairs.values():
            pairs[row] = partner

    actual = dict(greedy_matching(Units.from_spans(first), Units.from_spans(second)).tolist())

    keys = Units.from_spans(second).keys
    assert actual.keys() == pairs.keys()
    assert [keys[actual[row]] for row in pairs] == [keys[partner] for partner in pairs.values()]


@given(units, units, st.randoms(use_true_random=False))
def test_order_of_spans_is_irrelevant(first, second, random):
    shuffled = random.sample(first, len(first))
    plain, mixed, others = (Units.from_spans(spans) for spans in (first, shuffled, second))

    for measure in (span_f1.exact, span_f1.overlap, span_f1.boundary, span_f1.unlabelled, span_f1.largest_overlap):
        assert measure(plain, others) == measure(mixed, others)


@given(units, units)
def test_order_of_annotators_is_irrelevant(first, second):
    first_units, second_units = Units.from_spans(first), Units.from_spans(second)

    for measure in (span_f1.exact, span_f1.boundary, span_f1.unlabelled, span_f1.largest_overlap):
        assert measure(first_units, second_units).matched == measure(second_units, first_units).matched
    here, there = covered(first, second), covered(second, first)
    assert coincidences_by_label(here) == coincidences_by_label(there)
    assert coincidences_of_label_sets(here) == coincidences_of_label_sets(there)


@given(units.filter(bool))
def test_identical_annotators_agree_completely(both):
    same = Units.from_spans(both)

    for measure in (span_f1.exact, span_f1.overlap, span_f1.boundary, span_f1.unlabelled, span_f1.weighted_overlap):
        assert np.isclose(measure(same, same).f1.value, 1.0)
    for figure in [coincidences.alpha for coincidences in coincidences_by_label(covered(both, both))]:
        assert figure.value == 1.0 or figure.undefined == "no_variation"


@given(units, units, st.integers(1, 1000), st.permutations(range(LABELS)))
def test_shifted_text_and_renamed_labels_change_nothing(first, second, shift, names):
    moved = [
        Units.from_spans(
            [(names[label], [(start + shift, end + shift) for start, end in fragments]) for label, fragments in spans]
        )
        for spans in (first, second)
    ]
    plain = [Units.from_spans(spans) for spans in (first, second)]

    for measure in (span_f1.exact, span_f1.overlap, span_f1.boundary, span_f1.unlabelled, span_f1.largest_overlap):
        assert measure(*plain) == measure(*moved)


@given(st.lists(units, min_size=2, max_size=4))
def test_alpha_of_intervals_equals_alpha_of_positions(annotators):
    covered_text = covered(*annotators)

    for label, coincidences in enumerate(coincidences_by_label(covered_text)):
        values = indexes(
            [
                [any(span[0] == label and p in points(span) for span in spans) for spans in annotators]
                for p in range(LENGTH)
            ]
        )
        assert_same(coincidences.alpha, alpha_nominal(values))
    sets = [label_sets(spans) for spans in annotators]
    index = {value: number for number, value in enumerate({value for row in sets for value in row})}
    by_position = indexes([[index[value] for value in position] for position in zip(*sets, strict=True)])
    assert_same(coincidences_of_label_sets(covered_text).alpha, alpha_nominal(by_position))


def assert_same(first, second):
    assert first.undefined == second.undefined
    assert not first.is_defined or np.isclose(first.value, second.value)


matrices = st.integers(2, 4).flatmap(
    lambda columns: st.lists(st.lists(st.integers(-1, 2), min_size=columns, max_size=columns), min_size=1, max_size=8)
)


@given(matrices)
def test_doubling_documents_changes_only_the_sample_correction(rows):
    once = coincidences_of_items(indexes(rows))
    twice = once + once

    if once.alpha.is_defined:
        corrected = (1 - once.alpha.value) * (once.values - 0.5) / (once.values - 1)
        assert np.isclose(1 - twice.alpha.value, corrected)
        assert np.isclose(fleiss.kappa_of(once).value, fleiss.kappa_of(twice).value)
    else:
        assert twice.alpha.undefined == once.alpha.undefined


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1))
def test_doubling_documents_changes_neither_f1_nor_kappa(pairs):
    table = cohen.Contingency.of_pairs(pairs)
    counts = span_f1.MatchCounts(len(pairs), len(pairs) + 1, table.agreeing)

    assert_same((table + table).kappa, table.kappa)
    assert (counts + counts).f1 == counts.f1


@given(matrices, st.randoms(use_true_random=False))
def test_alpha_ignores_order_of_items_and_annotators(rows, random):
    order = random.sample(range(len(rows[0])), len(rows[0]))
    mixed = [[row[column] for column in order] for row in random.sample(rows, len(rows))]

    assert_same(alpha_nominal(indexes(mixed)), alpha_nominal(indexes(rows)))


@given(units, units)
def test_exact_pairs_are_identical_and_one_to_one(first, second):
    first_units, second_units = Units.from_spans(first), Units.from_spans(second)

    pairs = exact_matching(first_units, second_units).tolist()

    assert all(first_units.keys[row] == second_units.keys[partner] for row, partner in pairs)
    assert len({row for row, _ in pairs}) == len({partner for _, partner in pairs}) == len(pairs)
