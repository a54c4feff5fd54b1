"""From the probabilities of a model to the share that is right, learned from documents that it had not seen. Pure.

A logistic curve over the log-odds (Platt 1999), held near the identity, says what is to be expected of each
probability; shares that were seen replace it where there are many, and never fall as the probability rises. Few
documents are held out of a small project: shares alone kept too near what the model announces, which is too little.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from annotator.suggestions.evaluation import calibration

NEARNESS = 10.0
"""How strongly the curve is held to the identity, as the weight of a squared distance."""
WEIGHT_OF_CURVE = 40
"""So many finds of a probability count as much as the curve."""
ROUNDS = 25
_LEAST, _MOST = 0.01, 0.99


def shares(by_score: Mapping[int, Sequence[int]]) -> list[tuple[float, float]]:
    """Return for each score in percent, in order, the share of such finds that will be right.

    `by_score` has the number of finds of each score and how many of them were right.

    >>> [(score, round(share, 2)) for score, share in shares({40: [50, 30], 60: [50, 40], 80: [50, 46]})]
    [(0.4, 0.58), (0.6, 0.78), (0.8, 0.91)]
    """
    rows = calibration(by_score, expected=_logistic_curve(by_score), weight=WEIGHT_OF_CURVE)
    return [(row["score"], row["precision"]) for row in rows]


def _logistic_curve(by_score: Mapping[int, Sequence[int]]) -> Callable[[float], float]:
    """Return the curve with the greatest penalised likelihood, found by Newton's method."""
    points = [(_log_odds(score / 100), count, right) for score, (count, right) in by_score.items()]
    slope, shift = 1.0, 0.0
    for _round in range(ROUNDS):
        down, across = NEARNESS * (slope - 1), NEARNESS * shift
        first, both, last = NEARNESS, 0.0, NEARNESS
        for odds, count, right in points:
            share = _share_of(slope * odds + shift)
            down, across = down + (count * share - right) * odds, across + count * share - right
            weight = count * share * (1 - share)
            first, both, last = first + weight * odds * odds, both + weight * odds, last + weight
        size = first * last - both * both
        slope, shift = slope - (last * down - both * across) / size, shift - (first * across - both * down) / size
    return lambda score: _share_of(slope * _log_odds(score) + shift)


def _log_odds(share: float) -> float:
    bounded = min(_MOST, max(_LEAST, share))
    return math.log(bounded / (1 - bounded))


def _share_of(log_odds: float) -> float:
    return 1 / (1 + math.exp(-min(30.0, max(-30.0, log_odds))))
