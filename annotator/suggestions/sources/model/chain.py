"""Linear-chain conditional random fields (Lafferty, McCallum and Pereira 2001) over many sequences at once. Pure.

Tokens are ordered by their position: first the first tokens of all sequences, longest sequence first, then the second
ones, and so on. All sequences take a step together, so that a step is one product of matrices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """The order of tokens of several sequences: `order[i]` is the token of row i, `sizes[t]` the rows of step t."""

    order: Integers
    sizes: Sequence[int]
    previous: Integers
    """The row of the token before each row that has one: those from `sizes[0]` on."""

    @property
    def steps(self) -> list[slice]:
        """The rows of each step."""
        ends = np.cumsum(self.sizes).tolist()
        return [slice(end - size, end) for end, size in zip(ends, self.sizes, strict=True)]

    @classmethod
    def of(cls, lengths: Sequence[int]) -> "Layout":
        """Return the order for sequences that stand one after another; none is empty."""
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
        longest_first = np.argsort(-np.asarray(lengths), kind="stable")
        sorted_lengths = np.asarray(lengths)[longest_first]
        sizes = [int(np.searchsorted(-sorted_lengths, -step)) for step in range(int(max(lengths, default=0)))]
        parts = [starts[longest_first[:size]] + step for step, size in enumerate(sizes)]
        ends = np.cumsum(sizes)
        before = [np.arange(size) + (ends[step] - sizes[step]) for step, size in zip(range(len(sizes) - 1), sizes[1:],
                                                                                    strict=True)]  # fmt: skip
        empty = np.zeros(0, dtype=np.int64)
        return cls(np.concatenate([empty, *parts]), sizes, np.concatenate([empty, *before]))


@dataclass(frozen=True)
class Posterior:
    """Probabilities of tags by row, the probability of each row's tag given the row before, and log likelihoods."""

    tags: Floats
    forward: Floats
    backward: Floats
    scale: Floats
    emission: Floats
    log_scale: float


def infer(layout: Layout, scores: Floats, transitions: Floats) -> Posterior:
    """Return the posterior of tags, given scores by row and tag, and exponentials of transition scores."""
    top = scores.max(axis=1)
    emission = np.exp(scores - top[:, None])
    forward = np.empty_like(emission)
    backward = np.ones_like(emission)
    scale = np.empty(len(emission))
    steps = layout.steps
    for number, rows in enumerate(steps):
        if number == 0:
            alpha = emission[rows] * transitions[-1]
        else:
            before = steps[number - 1]
            alpha = (forward[before.start : before.start + rows.stop - rows.start] @ transitions[:-1]) * emission[rows]
        total = alpha.sum(axis=1)
        scale[rows] = total
        forward[rows] = alpha / total[:, None]
    back = transitions[:-1].T.copy()
    for number in range(len(steps) - 1, 0, -1):
        rows = steps[number]
        begin = steps[number - 1].start
        beta = (emission[rows] * backward[rows]) / scale[rows][:, None]
        backward[begin : begin + rows.stop - rows.start] = beta @ back
    return Posterior(forward * backward, forward, backward, scale, emission, float(np.log(scale).sum() + top.sum()))


def expected_transitions(layout: Layout, posterior: Posterior, transitions: Floats, weights: Floats) -> Floats:
    """Return how often each tag is expected after each other; the last row counts first tags. Weights are by row."""
    first = layout.sizes[0] if layout.sizes else 0
    into = posterior.emission * posterior.backward / posterior.scale[:, None] * weights[:, None]
    inner = transitions[:-1] * (posterior.forward[layout.previous].T @ into[first:])
    start = (posterior.tags[:first] * weights[:first, None]).sum(axis=0)
    return np.vstack([inner, start])
