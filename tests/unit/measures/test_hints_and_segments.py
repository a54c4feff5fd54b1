import numpy as np
import pytest

from annotator.measures.dawid_skene import dawid_skene, majority
from annotator.measures.segmentation import boundary_edits, boundary_kappas, pk, window_diff


def votes(*rows):
    return np.array([(item, who, value) for item, row in enumerate(rows) for who, value in enumerate(row)])


def test_an_annotator_who_always_says_the_opposite_still_tells_the_truth():
    truth = [0, 1, 0, 1, 0, 0, 1, 1, 0, 1]
    found = dawid_skene(votes(*[(value, value, 1 - value) for value in truth]))

    assert found.converged
    assert found.posterior.argmax(axis=1).tolist() == truth
    assert found.confusion[2] == pytest.approx(np.array([[0, 1], [1, 0]]))
    assert found.marginals == pytest.approx([0.5, 0.5])


def test_everything_adds_up_to_one():
    random = np.random.default_rng(1)
    found = dawid_skene(np.column_stack([np.arange(300) % 60, np.arange(300) // 60, random.integers(0, 3, 300)]))

    assert found.posterior.sum(axis=1) == pytest.approx(1)
    assert found.confusion.sum(axis=2) == pytest.approx(1)
    assert found.marginals.sum() == pytest.approx(1)


def test_a_tie_has_no_majority():
    assert majority(votes((0, 0, 1), (1, 0, 2), (2, 2, 2))).tolist() == [0, -1, 2]


def test_votes_are_needed_for_every_item():
    with pytest.raises(ValueError, match="no votes"):
        dawid_skene(np.zeros((0, 3), np.int64))
    with pytest.raises(ValueError, match="needs a vote"):
        majority(np.array([[0, 0, 0], [2, 0, 0]]))


def test_a_boundary_one_position_off_costs_half():
    near, missing = boundary_edits([5, 5], [6, 4]), boundary_edits([5, 5], [10])

    assert (near.additions, near.transpositions, missing.additions) == (0, 1, 1)
    assert (near.boundary_similarity.value, missing.boundary_similarity.value) == (0.5, 0)
    assert (near + missing).boundary_similarity.value == 0.25


def test_texts_without_boundaries_are_not_defined():
    assert boundary_edits([7], [7]).boundary_similarity.undefined == "no_spans"
    assert boundary_edits([7], [7]).segmentation_similarity.value == 1
    assert boundary_edits([1], [1]).segmentation_similarity.undefined == "no_items"
    assert pk([1], [1]).undefined == window_diff([1], [1]).undefined == "no_items"
    assert boundary_kappas([[7], [7]]).pi.undefined == "no_spans"
    assert boundary_kappas([[1, 1], [1, 1]]).kappa.undefined == "no_variation"


def test_segmentations_of_different_texts_are_refused():
    with pytest.raises(ValueError, match="has 5 units, the other 6"):
        pk([2, 3], [6])
    with pytest.raises(ValueError, match="at least 1"):
        boundary_edits([0, 5], [5])
    with pytest.raises(ValueError, match="at least two"):
        boundary_kappas([[3]])
