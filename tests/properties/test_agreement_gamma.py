"""Gamma against exhaustive enumeration on small random continua, and properties of every continuum."""

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.measures.continua import Continua, continua_of, joined
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.gamma import GammaSettings, gamma
from annotator.measures.gamma_alignment import best_alignments
from annotator.measures.packing_solver import Limits
from annotator.measures.units import Annotation, Document, Units, indexes
from tests.examples import examples

CHUNKS, IN_A_CHUNK = 10, 100
SOLVERS = [
    Limits(),
    Limits(few=1, small=0),  # prices of the linear programme, or assignment
    Limits(few=1, large=1),  # the same, without a simple bound before
    Limits(few=1, small=1_000),  # dynamic programme alone
    Limits(few=1, small=0, states=0),  # integer programme
]
QUICK = GammaSettings(least_samples=4, most_samples=4)


def random_continuum(random, *, annotators, units, length=40):
    whose = np.sort(random.integers(0, annotators, units))
    starts = random.integers(0, length, units).astype(np.float64)
    ends = starts + random.integers(1, length // 2, units)
    return Continua(1, annotators, np.zeros(units, np.int64), whose, starts, ends, random.integers(0, 3, units))


def tuples_with(first, others, whose):
    """Yield all tuples of a unit and some of the others, with at most one unit of each annotator."""
    yield (first,)
    for at, other in enumerate(others):
        if whose[other] != whose[first]:
            beyond = [unit for unit in others[at + 1 :] if whose[unit] != whose[first]]
            yield from ((first, *rest) for rest in tuples_with(other, beyond, whose))


def least_cost(continuum, weights):
    """Return the cost of the best partition of the units into tuples, by trying every partition."""
    everywhere = np.arange(len(continuum))
    spans = continuum.starts, continuum.ends, continuum.labels
    of_pair = [weights.between(*spans, np.full(len(continuum), unit), everywhere).tolist() for unit in everywhere]
    whose = continuum.annotator.tolist()
    pairs = continuum.annotators * (continuum.annotators - 1) // 2

    def cost(units):
        between = sum(of_pair[first][second] for first, second in combinations(units, 2))
        return (between + pairs - len(units) * (len(units) - 1) / 2) / pairs

    @cache
    def cheapest(left):
        if not left:
            return 0.0
        return min(
            cost(units) + cheapest(tuple(unit for unit in left if unit not in units))
            for units in tuples_with(left[0], left[1:], whose)
        )

    return weights.delta_empty * cheapest(tuple(range(len(continuum))))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_best_alignment_has_the_least_cost_of_all(chunk):
    random = np.random.default_rng(chunk)
    for number in range(IN_A_CHUNK):
        annotators = int(random.integers(2, 6))
        continuum = random_continuum(random, annotators=annotators, units=int(random.integers(1, 9)))
        weights = Dissimilarity(*(float(random.choice(values)) for values in ([0.5, 1, 3], [0, 1, 2], [0.5, 1, 2])))

        actual = best_alignments(continuum, weights, limits=SOLVERS[number % 2]).costs[0]

        assert actual == pytest.approx(least_cost(continuum, weights), abs=1e-9)


@pytest.mark.parametrize("annotators", [2, 3, 4])
def test_every_solver_gives_the_same_cost(annotators):
    random = np.random.default_rng(annotators)
    continua = joined([random_continuum(random, annotators=annotators, units=30, length=150) for _ in range(5)])

    costs = [best_alignments(continua, limits=limits).costs for limits in SOLVERS]

    for other in costs[1:]:
        assert other == pytest.approx(costs[0], abs=1e-9)


def test_position_without_weight_leaves_only_labels():
    random = np.random.default_rng(9)
    weights = Dissimilarity(alpha=0.0)
    for _ in range(20):
        continuum = random_continuum(random, annotators=3, units=7)

        assert best_alignments(continuum, weights).costs[0] == pytest.approx(least_cost(continuum, weights), abs=1e-9)


spans = st.lists(
    st.tuples(st.integers(0, 2), st.tuples(st.integers(0, 50), st.integers(1, 15))).map(
        lambda span: (span[0], [(span[1][0], span[1][0] + span[1][1])])
    ),
    max_size=5,
)
layers = st.lists(spans, min_size=2, max_size=4)


def document(annotators, length=70):
    everywhere = np.arange(length)
    named = {f"annotator {number}": Annotation(Units.from_spans(layer)) for number, layer in enumerate(annotators)}
    return Document(length, everywhere, everywhere + 1, named)


def costs_of(*annotators):
    return float(best_alignments(continua_of([document(annotators)])).costs[0])


def moved(layer, distance):
    return [(label, [(start + distance, end + distance) for start, end in fragments]) for label, fragments in layer]


@given(layers, st.randoms())
def test_order_of_annotators_and_spans_is_irrelevant(annotators, random):
    shuffled = [random.sample(layer, len(layer)) for layer in random.sample(annotators, len(annotators))]

    first = gamma([document(annotators)], labels=3, settings=QUICK)
    second = gamma([document(shuffled)], labels=3, settings=QUICK)

    assert repr(first.gamma) == repr(second.gamma)
    assert repr(first.gamma_cat) == repr(second.gamma_cat)
    assert np.array_equal(first.rows, second.rows)


@given(layers, st.integers(1, 1_000_000))
def test_moving_all_spans_changes_no_cost(annotators, distance):
    assert costs_of(*(moved(layer, distance) for layer in annotators)) == pytest.approx(costs_of(*annotators), abs=1e-9)


@given(layers, st.permutations(range(3)))
def test_renaming_labels_changes_no_cost(annotators, names):
    renamed = [[(names[label], fragments) for label, fragments in layer] for layer in annotators]

    assert costs_of(*renamed) == pytest.approx(costs_of(*annotators), abs=1e-9)


@given(spans.filter(len), st.integers(2, 4))
def test_identical_annotations_cost_nothing(layer, annotators):
    assert costs_of(*[layer] * annotators) == 0


@given(layers, st.data())
def test_costs_on_both_sides_of_a_wide_gap_add_up(annotators, data):
    others = [data.draw(spans) for _ in annotators]
    together = [layer + moved(other, 1_000) for layer, other in zip(annotators, others, strict=True)]

    assert costs_of(*together) == pytest.approx(costs_of(*annotators) + costs_of(*others), abs=1e-9)


@settings(max_examples=examples(25))
@given(st.lists(layers, min_size=1, max_size=4), st.sampled_from(["pygamma", "rotation"]))
def test_same_seed_gives_same_value_and_documents_add_up(corpus, sampler):
    chosen = replace(QUICK, sampler=sampler)
    documents = [document(annotators) for annotators in corpus]

    first = gamma(documents, labels=3, settings=chosen)
    again = gamma(documents, labels=3, settings=chosen)

    assert repr(first.gamma) == repr(again.gamma)
    assert np.array_equal(first.rows, again.rows)
    if first.gamma.is_defined:
        observed, expected, _ = first.rows.sum(axis=0)
        assert first.gamma.value == pytest.approx(1 - observed / expected)
        assert observed == pytest.approx(sum(costs_of(*annotators) for annotators in corpus))


@given(layers)
def test_continua_solved_together_cost_the_same_as_alone(annotators):
    alone = continua_of([document(annotators)])
    beside = random_continuum(np.random.default_rng(3), annotators=alone.annotators, units=12)

    together = best_alignments(joined([alone, beside, alone])).costs

    assert together[[0, 2]] == pytest.approx([costs_of(*annotators)] * 2, abs=1e-9)


def test_positions_have_no_limit():
    layer, near = [(0, [(10, 20)]), (1, [(30, 44)])], [(0, [(11, 20)]), (1, [(30, 41)])]

    far = costs_of(moved(layer, 3_000_000_000), moved(near, 3_000_000_000))

    assert far == pytest.approx(costs_of(layer, near), abs=1e-12)
    assert indexes([3_000_000_000]).dtype == np.int64
