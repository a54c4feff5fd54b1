"""What is probably true, and who is probably wrong how: a hint for adjudication, not a measure of agreement.

Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied
Statistics 28(1), 20. Every item has a hidden class; every annotator has a confusion matrix. Expectation and
maximisation in turn, from the shares of votes, without smoothing, to a fixed point. Spans become items when they are
aligned first.
"""

from dataclasses import dataclass

import numpy as np

from annotator.measures.units import FloatArray, IntArray

TIE = -1
MOST_ROUNDS = 10_000
CLOSE_ENOUGH = 1e-13


@dataclass(frozen=True)
class DawidSkene:
    """`marginals[class]`, `confusion[annotator, class, vote]` and `posterior[item, class]`, all probabilities.

    The confusion of a class without items is 0 throughout. `converged` says whether a fixed point was
    reached.
    """

    marginals: FloatArray
    confusion: FloatArray
    posterior: FloatArray
    converged: bool


def dawid_skene(votes: IntArray, *, rounds: int = MOST_ROUNDS) -> DawidSkene:
    """Return the estimate from rows (item, annotator, class), numbered from 0; repeated votes are allowed.

    At most `rounds` rounds of expectation and maximisation; `converged` says whether they were enough.

    ValueError without votes, or when an item has none.

    >>> found = dawid_skene(np.array([[0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1]]))
    >>> found.posterior.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    counts = _counts(votes)
    posterior = counts.sum(axis=1) / counts.sum(axis=(1, 2))[:, None]
    for _ in range(rounds):
        marginals, confusion = _maximised(counts, posterior)
        following = _expected(counts, marginals, confusion)
        change = float(np.abs(following - posterior).max())
        posterior = following
        if change < CLOSE_ENOUGH:
            break
    marginals, confusion = _maximised(counts, posterior)
    return DawidSkene(marginals, confusion, posterior, change < CLOSE_ENOUGH)


def _counts(votes: IntArray) -> FloatArray:
    """Return how often an annotator gave a class to an item: (items, annotators, classes)."""
    if not len(votes):
        raise ValueError("Dawid-Skene: there are no votes.")
    counts = np.zeros(votes.max(axis=0) + 1)
    np.add.at(counts, tuple(votes.T), 1)
    if not counts.any(axis=(1, 2)).all():
        raise ValueError("Dawid-Skene: every item needs a vote; number the items without gaps.")
    return counts


def _maximised(counts: FloatArray, posterior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the marginals and confusion under which the votes are most likely, given these classes."""
    weighted = np.einsum("ic,iav->acv", posterior, counts)
    totals = weighted.sum(axis=2, keepdims=True)
    confusion = np.zeros_like(weighted)
    np.divide(weighted, totals, out=confusion, where=totals > 0)
    return posterior.mean(axis=0), confusion


def _expected(counts: FloatArray, marginals: FloatArray, confusion: FloatArray) -> FloatArray:
    """Return how likely each class of each item is; in logarithms, because products of many votes underflow."""
    with np.errstate(divide="ignore"):
        log_prior, log_confusion = np.log(marginals), np.log(confusion)
    # 0 votes times an impossible vote is nothing, not NaN: only what was voted is added.
    impossible = np.einsum("iav,acv->ic", counts, np.isneginf(log_confusion).astype(np.float64)) > 0
    log_likelihood = np.einsum("iav,acv->ic", counts, np.where(np.isneginf(log_confusion), 0, log_confusion))
    joint = np.where(impossible, -np.inf, log_likelihood + log_prior)
    joint -= joint.max(axis=1, keepdims=True)
    likelihood = np.exp(joint)
    posterior: FloatArray = likelihood / likelihood.sum(axis=1, keepdims=True)
    return posterior


def majority(votes: IntArray) -> IntArray:
    """Return the class with most votes of each item, -1 where two have equally many; rows as for `dawid_skene`.

    >>> majority(np.array([[0, 0, 1], [0, 1, 1], [0, 2, 0], [1, 0, 0], [1, 1, 1]])).tolist()
    [1, -1]
    """
    totals = _counts(votes).sum(axis=1)
    most = totals.max(axis=1)
    tied = (totals == most[:, None]).sum(axis=1) > 1
    return np.where(tied, TIE, totals.argmax(axis=1))
