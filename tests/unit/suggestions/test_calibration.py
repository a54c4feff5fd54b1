"""Shares that are right by probability: little is learned from few finds, everything from many."""

import random

import pytest

from annotator.suggestions.evaluation import calibration
from annotator.suggestions.sources.model.calibration import shares

LEVELS = range(25, 100, 5)


def finds(right_share, count):
    """Return counts by score of `count` finds a level, of which the given share is right."""
    return {level: [count, round(count * right_share(level / 100))] for level in LEVELS}


def error(expected, right_share):
    return sum(abs(value - right_share(score)) for score, value in expected) / len(expected)


def more_than_announced(score):
    return score + 0.6 * score * (1 - score)


def test_few_finds_are_enough_to_learn_that_a_model_promises_too_little():
    chance = random.Random(1)
    before, after = [], []
    for _number in range(30):
        drawn = {level: [10, sum(chance.random() < more_than_announced(level / 100) for _find in range(10))]
                 for level in LEVELS}  # fmt: skip
        before.append(error([(row["score"], row["precision"]) for row in calibration(drawn)], more_than_announced))
        after.append(error(shares(drawn), more_than_announced))
    assert sum(after) < 0.8 * sum(before)


def test_many_finds_count_more_than_the_curve():
    def steps(score):
        return 0.3 if score < 0.5 else 0.9

    assert error(shares(finds(steps, 100_000)), steps) < 0.01


@pytest.mark.parametrize(
    "by_score",
    [{}, {100: [3, 3]}, {0: [2, 0], 100: [1, 0]}, {40: [1, 1]}, {50: [10_000, 0]}, {30: [500, 500], 90: [500, 0]}],
)
def test_shares_are_between_0_and_1_and_never_fall(by_score):
    values = [value for _score, value in shares(by_score)]
    assert [score for score, _value in shares(by_score)] == [score / 100 for score in sorted(by_score)]
    assert all(0 <= value <= 1 for value in values)
    assert values == sorted(values)
