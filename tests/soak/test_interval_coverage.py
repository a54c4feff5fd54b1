"""How often stated 95 % intervals cover the true figure, on simulated documents of uneven size and quality."""

import numpy as np
import pytest

from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS
from annotator.measures import bootstrap
from annotator.measures.jackknife import LEAST_SAMPLED, of_sample, studentised

pytestmark = pytest.mark.soak

REPLICATIONS = 20_000
LEAST, MOST = 0.93, 0.97


def f1_rows(chance, documents, spans, evenness):
    """Return spans of both and matched ones of documents."""
    units = 2 * np.maximum(1, chance.negative_binomial(2, 2 / (2 + spans), documents))
    matched = chance.binomial(units // 2, chance.beta(evenness * 0.7, evenness * 0.3, documents))
    return np.column_stack([units, matched]).astype(float)


def alpha_rows(chance, documents, spans, evenness):
    """Return values, agreeing pairs and margins of one label on tokens."""
    tokens = chance.integers(30 * spans, 100 * spans, documents)
    marked = chance.binomial(tokens, chance.beta(2, 8, documents))
    both = chance.binomial(marked, chance.beta(evenness * 0.8, evenness * 0.2, documents))
    only = marked - both
    other = chance.binomial(tokens - marked, np.clip(only / np.maximum(tokens - marked, 1), 0, 1))
    yes = 2 * both + only + other
    return np.column_stack([2 * tokens, 2 * tokens - 2 * (only + other), yes, 2 * tokens - yes]).astype(float)


@pytest.mark.parametrize("documents", [MINIMUM_DOCUMENTS, 16, 24])
@pytest.mark.parametrize(("spans", "evenness"), [(6, 4), (20, 10)])
@pytest.mark.parametrize(("rows", "figure"), [(f1_rows, bootstrap.f1), (alpha_rows, bootstrap.alpha)])
def test_intervals_cover_the_true_figure(rows, figure, spans, evenness, documents):
    chance = np.random.default_rng(7)
    truth = figure(rows(chance, 400_000, spans, evenness).sum(axis=0, keepdims=True))[0]
    intervals = [studentised(rows(chance, documents, spans, evenness), figure) for _ in range(REPLICATIONS)]

    stated = [interval for interval in intervals if interval is not None]
    covered = sum(low <= truth <= high for low, high in stated) / len(stated)

    print(f"{figure.__name__}, {documents} documents of {spans} spans: {covered:.1%} of {len(stated):,} intervals")
    assert LEAST <= covered <= MOST


@pytest.mark.parametrize("sampled", [LEAST_SAMPLED, 10, 20])
@pytest.mark.parametrize("documents", [40, 200])
@pytest.mark.parametrize("unevenness", [0.4, 0.8])
def test_intervals_of_a_sample_cover_gamma_of_all_documents(unevenness, documents, sampled):
    chance = np.random.default_rng(7)
    covered = 0
    for _ in range(REPLICATIONS):
        size = np.exp(chance.normal(3, unevenness, documents))
        expected = size * chance.gamma(30, 1 / 30, documents)
        cost = size * chance.beta(6, 4, documents) * chance.gamma(20, 1 / 20, documents)
        rows = np.column_stack([cost, 1.5 * expected])
        truth = bootstrap.gamma(rows.sum(axis=0, keepdims=True))[0]
        low, high = of_sample(chance.permutation(rows)[:sampled], bootstrap.gamma, documents=documents)
        covered += low <= truth <= high

    print(f"{sampled} of {documents} documents, unevenness {unevenness}: {covered / REPLICATIONS:.1%}")
    assert LEAST <= covered / REPLICATIONS <= MOST
