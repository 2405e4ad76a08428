"""Ways of cutting two texts into beads: a band of nodes around a path, and sums and maxima over all ways through it.

A node (i, j) says that i Chinese and j English sentences are behind us; a step leads to a node from an earlier one, by
a bead of some shape or by leaving one sentence alone. Sentences that stand alone come in runs, so what such a step
costs depends on the step before it: the sums are kept by the kind of the last step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .path import Path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]
    Index = NDArray[np.int64]

# Bead shapes (Chinese sentences, English sentences). In published novels and minutes, 99.8 % of beads are among them.
SHAPES = (
    (1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 4), (4, 1), (1, 5), (5, 1), (1, 6),
    (2, 2), (2, 3), (3, 2), (2, 4), (4, 2), (3, 3), (3, 4),
)  # fmt: skip
MOST_ZH = max(a for a, _ in SHAPES)
MOST_EN = max(b for _, b in SHAPES)
# Steps: what leaves one Chinese, one English sentence alone, and the beads.
ZH_NULL, EN_NULL = 0, 1
STEPS = ((1, 0), (0, 1), *SHAPES)
_BEADS = np.arange(2, len(STEPS))
# Sentences either side of the path that a bead may end at. Gold beads outside: 1 in 3,900 at 6.
BAND = 6
# What a null's score gains right after another one: (step before, step).
TRANSITIONS = {
    "zh_null_again": (ZH_NULL, ZH_NULL),
    "en_null_again": (EN_NULL, EN_NULL),
    "zh_en_null": (ZH_NULL, EN_NULL),
    "en_zh_null": (EN_NULL, ZH_NULL),
}


class Lattice(NamedTuple):
    """The band, row by row (a row: all nodes of one i) in one flat array."""

    low: Index  # (n + 1,) first column of each row
    start: Index  # (n + 2,) where each row's nodes start
    i: Index  # (nodes,)
    j: Index  # (nodes,)
    before: Index  # (steps, nodes): the node a step comes from, or `nodes` (a dead end) if outside the band


def lattice(path: Path, m: int) -> Lattice:
    """The band around a path through n Chinese and m English sentences."""
    n = len(path.first)
    around = int(np.clip(round(BAND * m / n), BAND, 2 * BAND))
    low = np.concatenate([[0], np.maximum(path.first - around, 0)])
    high = np.concatenate([np.minimum(path.last + 1 + around, m), [m]])
    # A node lies between two sentences, so its row joins what both may see.
    low[1:] = np.minimum(low[1:], m)
    high = np.maximum.accumulate(high)
    low = np.minimum.accumulate(low[::-1])[::-1]
    start = np.concatenate([[0], np.cumsum(high - low + 1)])
    i = np.repeat(np.arange(n + 1), high - low + 1)
    j = np.arange(start[-1]) - start[i] + low[i]
    before = np.full((len(STEPS), len(i)), len(i), np.int64)
    for s, (a, b) in enumerate(STEPS):
        row, column = i - a, j - b
        r = np.maximum(row, 0)
        inside = (row >= 0) & (column >= low[r]) & (column <= high[r])
        before[s, inside] = (start[r] + column - low[r])[inside]
    return Lattice(low, start, i, j, before)


def posteriors(band: Lattice, scores: Array, weights: Mapping[str, float]) -> Array:
    """Probability of each step into each node, (steps, nodes).

    ``scores``: (steps, nodes), -inf outside the band; ``weights``: those of TRANSITIONS are used, 0 where missing.
    """
    # What a null step gains after a bead (or at the start), a Chinese null, an English null: (steps 0 and 1, kinds).
    gains = np.zeros((2, 3))
    for name, (last, step) in TRANSITIONS.items():
        gains[step, 1 + last] = weights.get(name, 0.0)
    size = len(band.i)
    steps = np.concatenate([scores.astype(np.float64), np.full((len(STEPS), 1), -np.inf)], axis=1)
    forward = _forward(band, steps, gains)
    backward = _backward(band, steps, gains)
    out = np.full((len(STEPS), size), -np.inf)
    total = np.logaddexp.reduce(forward[:, size - 1])
    with np.errstate(invalid="ignore"):
        for step in (ZH_NULL, EN_NULL):
            came = np.logaddexp.reduce(forward[:, band.before[step]] + gains[step][:, None], axis=0)
            out[step] = came + steps[step, :size] + backward[1 + step, :size]
        any_kind = np.logaddexp.reduce(forward, axis=0)
        out[_BEADS] = any_kind[band.before[_BEADS]] + steps[_BEADS, :size] + backward[0, :size]
        chances: Array = np.exp(out - total)
    return np.nan_to_num(chances, nan=0.0)


def _forward(band: Lattice, steps: Array, gains: Array) -> Array:
    """Log of the summed weight of all ways from the first node to each, by the kind of the last step (3, nodes + 1).

    Kinds: a bead or the start, a Chinese null, an English null.
    """
    forward = np.full((3, len(band.i) + 1), -np.inf)
    of_any_kind = np.full(len(band.i) + 1, -np.inf)
    for row in range(len(band.low)):
        here = slice(band.start[row], band.start[row + 1])
        if row:
            forward[0, here] = _log_sum(of_any_kind[band.before[_BEADS, here]] + steps[_BEADS, here])
            above = forward[:, band.before[ZH_NULL, here]] + gains[ZH_NULL][:, None]
            forward[1, here] = np.logaddexp.reduce(above, axis=0) + steps[ZH_NULL, here]
        else:
            forward[0, 0] = 0
        left = forward[:2, here] + gains[EN_NULL][:2, None]
        starts = np.concatenate([[-np.inf], np.logaddexp(*left)[:-1]]) + steps[EN_NULL, here]
        forward[2, here] = _spread(starts, steps[EN_NULL, here] + gains[EN_NULL, 2], np.logaddexp)
        of_any_kind[here] = np.logaddexp.reduce(forward[:, here], axis=0)
    return forward


def _backward(band: Lattice, steps: Array, gains: Array) -> Array:
    """Log of the summed weight of all ways from each node to the last, by the kind of the step into it."""
    size = len(band.i)
    after = np.full((len(STEPS), size), size, np.int64)
    for s in range(len(STEPS)):
        known = np.flatnonzero(band.before[s] < size)
        after[s, band.before[s, known]] = known
    backward = np.full((3, size + 1), -np.inf)
    for row in range(len(band.low) - 1, -1, -1):
        here = slice(band.start[row], band.start[row + 1])
        by_bead, below, right = after[_BEADS, here], after[ZH_NULL, here], after[EN_NULL, here]
        onward = _log_sum(backward[0, by_bead] + steps[_BEADS[:, None], by_bead])
        null = backward[1, below] + steps[ZH_NULL, below]
        if row == len(band.low) - 1:
            onward[-1] = 0
        # Kind by kind: what does not go on along the row. English nulls do, one after the other.
        leaves = np.logaddexp(onward, null + gains[ZH_NULL][:, None])
        along = steps[EN_NULL, right]
        with_more = np.concatenate([[0.0], (along + gains[EN_NULL, 2])[:-1][::-1]])
        backward[2, here] = _spread(leaves[2, ::-1], with_more, np.logaddexp)[::-1]
        rest = backward[2, right] + along
        backward[:2, here] = np.logaddexp(leaves[:2], rest + gains[EN_NULL][:2, None])
    return backward


def _spread(values: Array, steps: Array, join: Any) -> Array:
    """Along one row: out[k] = join(values[k], out[k - 1] + steps[k]), without a loop. ``steps[0]`` is ignored."""
    if len(values) == 1:
        return values
    reach = np.cumsum(np.concatenate([[0.0], steps[1:]]))
    out: Array = reach + join.accumulate(values - reach)
    return out


def _log_sum(terms: Array) -> Array:
    top = terms.max(axis=0)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        out: Array = np.log(np.exp(terms - top).sum(axis=0)) + top
    return out


def best_steps(band: Lattice, gains: Array) -> list[tuple[int, int]]:
    """The chain of steps from first to last node with the highest summed gain: (step, node it ends in), in order.

    ``gains``: (steps, nodes), -inf outside the band.
    """
    size = len(band.i)
    others = np.array([s for s in range(len(STEPS)) if s != EN_NULL])
    best = np.full(size + 1, -np.inf)
    taken = np.full(size, EN_NULL, np.int64)
    for row in range(len(band.low)):
        here = slice(band.start[row], band.start[row + 1])
        if row:
            options = best[band.before[others, here]] + gains[others, here]
            choice = options.argmax(axis=0)
            values = np.take_along_axis(options, choice[None], axis=0)[0]
        else:
            choice, values = np.zeros(band.start[1], np.int64), np.full(band.start[1], -np.inf)
            values[0] = 0
        spread = _spread(values, gains[EN_NULL, here], np.maximum)
        best[here] = spread
        taken[here] = np.where(values >= spread - 1e-9, others[choice], EN_NULL)
    chain = []
    node = size - 1
    while node:
        step = int(taken[node])
        chain.append((step, node))
        node = int(band.before[step, node])
    return chain[::-1]
