"""Cases of gamma that fit on a line; its laws are in tests/properties, its reference values in tests/reference."""

import math

import numpy as np
import pytest

from annotator.measures import candidates
from annotator.measures.continua import Continua, continua_of
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.gamma import GammaSettings, gamma, pooled
from annotator.measures.gamma_alignment import best_alignments
from annotator.measures.gamma_samplers import Moments, normal_sampler, rotation_sampler
from annotator.measures.units import Annotation, Document, Units

CLAIM, HEDGE = 0, 1
ONE = [(CLAIM, (0, 10)), (HEDGE, (20, 30)), (CLAIM, (50, 64))]
OTHER = [(CLAIM, (2, 10)), (HEDGE, (21, 33)), (HEDGE, (50, 63))]


def document(*annotators, length=100):
    named = {
        name: Annotation(Units.from_spans([(label, [edges]) for label, edges in each]))
        for name, each in zip("abcdef", annotators, strict=False)
    }
    everywhere = np.arange(length)
    return Document(length, everywhere, everywhere + 1, named)


def test_gamma_reports_its_settings_and_error():
    found = gamma([document(ONE, OTHER)], labels=2)

    assert 0 < found.gamma.value < 1
    assert found.settings.sampler == "pygamma"
    assert found.samples >= 30
    assert 0 < found.standard_error <= found.settings.standard_error
    assert found.documents == 1


def test_the_bound_on_the_error_decides_how_many_continua_are_drawn():
    rough = gamma([document(ONE, OTHER)], labels=2, settings=GammaSettings(standard_error=1.0))
    fine = gamma([document(ONE, OTHER)], labels=2, settings=GammaSettings(standard_error=0.004))
    stopped = gamma([document(ONE, OTHER)], labels=2, settings=GammaSettings(standard_error=1e-9, most_samples=50))

    assert rough.samples == 30 < fine.samples
    assert fine.standard_error <= 0.004 < rough.standard_error
    assert abs(fine.gamma.value - rough.gamma.value) < 4 * rough.standard_error
    assert stopped.samples == 50


def test_identical_annotations_agree_entirely_and_identical_units_count_each():
    twice = [*ONE, *ONE]

    found = gamma([document(twice, twice, twice)], labels=2)

    assert (found.gamma.value, found.gamma_cat.value, found.gamma_k(HEDGE).value) == (1, 1, 1)
    assert continua_of([document(twice, twice)]).sizes.tolist() == [12]
    # One of two identical units is left over.
    assert best_alignments(continua_of([document(twice, [*ONE, *ONE[1:]])])).costs.tolist() == [1.0]


@pytest.mark.parametrize("sampler", ["pygamma", "rotation"])
def test_labels_by_chance_are_about_as_good_as_chance(sampler):
    random = np.random.default_rng(2)
    places = [(start, start + 8) for start in range(0, 3_000, 30)]
    layers = [[(int(random.integers(0, 2)), edges) for edges in places] for _ in range(2)]

    found = gamma([document(*layers, length=3_000)], labels=2, settings=GammaSettings(sampler=sampler))

    assert abs(found.gamma_cat.value) < 0.45
    assert found.gamma.value > 0.3, "the places agree"


def test_gamma_of_one_label_looks_only_at_pairs_with_it():
    layers = [[*ONE, (2, (80, 90))], [*OTHER, (2, (80, 91))]]

    found = gamma([document(*layers)], labels=4)

    assert found.gamma_k(2).value == 1
    assert found.gamma_k(HEDGE).value < found.gamma_cat.value < 1
    assert found.gamma_k(3).undefined == "no_pairs"


def test_documents_with_one_annotator_do_not_count():
    both, alone, unmarked = document(ONE, OTHER), document(ONE), document(ONE, [])

    found = gamma([both, alone, unmarked], labels=2)

    assert found.documents == 2
    assert found.rows[1].tolist() == [0, 0, 0]
    assert found.rows[2, 0] == 3
    assert found.of_document(2).value < 0 < found.of_document(0).value
    assert found.of_document(1).undefined == "no_spans"


def test_documents_with_two_and_with_three_annotators_are_pooled():
    found = gamma([document(ONE, OTHER), document(ONE, OTHER, ONE)], labels=2)

    assert found.gamma.value == pytest.approx(1 - found.rows[:, 0].sum() / found.rows[:, 1].sum())


@pytest.mark.parametrize("sampler", ["pygamma", "rotation"])
def test_a_document_that_changed_can_be_measured_alone(sampler):
    fine = GammaSettings(sampler=sampler, standard_error=0.005, most_samples=2_000)
    before = gamma([document(ONE, OTHER), document(ONE, [])], labels=2, settings=fine)
    whole = gamma([document(ONE, OTHER), document(ONE, OTHER)], labels=2, settings=fine)

    alone = gamma([document(ONE, OTHER)], labels=2, settings=fine, moments=before.moments)
    figure, error = pooled(np.stack([before.rows[0], alone.rows[0]]))

    assert (before.moments is None) == (sampler == "rotation")
    assert figure.value == pytest.approx(whole.gamma.value, abs=4 * (error + whole.standard_error))
    assert error < 0.01
    assert pooled(before.rows) == (before.gamma, before.standard_error)
    assert pooled(np.zeros((1, 3)))[0].undefined == "no_spans"


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        ([], "one_annotator"),
        ([document(ONE)], "one_annotator"),
        ([document([], [], length=0)], "empty_document"),
        ([document([], [])], "no_spans"),
        ([document([(CLAIM, (0, 50))], [(CLAIM, (0, 50))], length=50)], "no_variation"),
    ],
)
def test_undefined_gamma_has_a_reason(documents, reason):
    found = gamma(documents, labels=1)

    assert found.gamma.undefined == found.gamma_cat.undefined == found.gamma_k(0).undefined == reason
    assert math.isnan(found.standard_error)


def test_too_many_overlapping_spans_are_compared_in_parts(monkeypatch):
    exact = gamma([document(ONE * 3, ONE * 3)], labels=2)
    monkeypatch.setattr(candidates, "MOST_TUPLES", 10)

    approximate = gamma([document(ONE * 3, ONE * 3)], labels=2)

    assert exact.is_exact
    assert not approximate.is_exact
    # Identical sets agree, however few of their spans are compared.
    assert approximate.rows[0, 0] == exact.rows[0, 0] == 0
    assert approximate.gamma.value == exact.gamma.value == 1


def test_a_continuum_refuses_units_without_length_and_units_out_of_order():
    zero, one = np.zeros(2, np.int64), np.ones(2)
    with pytest.raises(ValueError, match="end after"):
        Continua(1, 2, zero, zero, one, one, zero)
    with pytest.raises(ValueError, match="by continuum"):
        Continua(2, 2, np.array([1, 0]), zero, one, one + 1, zero)
    with pytest.raises(ValueError, match="two annotators"):
        best_alignments(Continua(1, 1, zero, zero, one, one + 1, zero))
    with pytest.raises(ValueError, match="same number"):
        continua_of([document(ONE), document(ONE, OTHER)])


def test_weights_and_settings_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="finite"):
        Dissimilarity(alpha=-1)
    with pytest.raises(ValueError, match="above 0"):
        Dissimilarity(delta_empty=0)
    with pytest.raises(ValueError, match="no sampler 'dice'"):
        GammaSettings(sampler="dice")
    with pytest.raises(ValueError, match="two samples"):
        GammaSettings(least_samples=1)


def test_a_missing_unit_costs_delta():
    dear = best_alignments(continua_of([document(ONE, [])]), Dissimilarity(delta_empty=2.5))

    assert dear.costs.tolist() == [7.5]
    assert dear.disorders.tolist() == [5.0]


def test_random_continua_resemble_the_real_ones():
    many = [(CLAIM if start % 40 else HEDGE, (start, start + 5 + start % 7)) for start in range(0, 2_000, 20)]
    batch = continua_of([document(many, many[::2], length=2_000)])
    draw = normal_sampler(batch, Moments.of([batch]))
    random = np.random.default_rng(4)

    drawn = [draw(random) for _ in range(200)]

    lengths = np.concatenate([each.ends - each.starts for each in drawn])
    assert np.mean([len(each) for each in drawn]) == pytest.approx(150, rel=0.05)
    assert lengths.mean() == pytest.approx((batch.ends - batch.starts).mean(), rel=0.02)
    assert np.mean(np.concatenate([each.labels for each in drawn])) == pytest.approx(batch.labels.mean(), abs=0.02)


def test_rotation_keeps_units_together_and_apart_from_where_they_were():
    batch = continua_of([document(ONE, OTHER)])
    draw = rotation_sampler(batch, np.array([100]))
    random = np.random.default_rng(4)

    for drawn in (draw(random) for _ in range(50)):
        lengths = {tuple(np.sort((drawn.ends - drawn.starts).round()[drawn.annotator == who])) for who in (0, 1)}
        assert lengths <= {(10.0, 10.0, 14.0), (8.0, 12.0, 13.0)}
        assert np.all((drawn.starts >= 0) & (drawn.starts < 100))


def test_samplers_never_draw_a_continuum_without_units():
    batch = continua_of([document([(CLAIM, (5, 9))], [], [])])
    random = np.random.default_rng(1)

    for draw in (normal_sampler(batch, Moments.of([batch])), rotation_sampler(batch, np.array([100]))):
        assert min(len(draw(random)) for _ in range(200)) >= 1
    with pytest.raises(ValueError, match="nothing to draw"):
        Moments.of([continua_of([document([], [])])])


def test_a_thousand_spans_are_compared():
    random = np.random.default_rng(1)
    starts = np.sort(random.integers(0, 60_000, 1_000))
    layers = [[(int(start % 4), (int(start + shift), int(start + shift + 40))) for start in starts] for shift in (0, 3)]

    found = gamma([document(*layers, length=61_000)], labels=4)

    assert found.gamma.value > 0.8


@pytest.mark.parametrize(("most_tuples", "is_exact"), [(6_000_000, True), (20_000, False)])
def test_hundreds_of_spans_at_one_location_are_handled(monkeypatch, most_tuples, is_exact):
    monkeypatch.setattr(candidates, "MOST_TUPLES", most_tuples)
    heap = [(CLAIM, (10, 60))] * 400

    # Half of the spans have no partner: the cost is at least theirs, and here it is no more.
    found = best_alignments(continua_of([document(heap, heap[:200])]))

    assert (found.is_exact, found.costs.tolist()) == (is_exact, [200.0])
