"""Second pass: beads, by a semi-Markov conditional random field over a band around the first pass's path.

Every way of cutting both texts into beads inside the band gets a score, the sum of its beads' weighted features; the
probability of a bead is the share of all ways that use it (forward-backward). The output is the cutting with the most
beads expected right, and a bead's score is its probability times the probability that the two sides are translations
at all. Weights: ``pipeline/rules/bead_weights.json``, written by ``benchmarks/alignment_train.py``.

Semi-Markov CRF: Sarawagi & Cohen 2004; features after Vecalign (Thompson & Koehn 2019) and Bertalign (Liu & Zhu 2022).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import Bead, features
from .features import SHAPES, Texts, bead_features, describe, null_features, tables
from .path import Path, find_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .encoder import Encoder

    Array = NDArray[np.float32]
    Index = NDArray[np.int64]

# Sentences either side of the path that a bead may end at. Gold beads outside: 1 in 3,900 at 6.
BAND = 6
# Shapes of the lattice: what leaves one Chinese, one English sentence alone, and the beads.
ZH_NULL, EN_NULL = 0, 1
STEPS = ((1, 0), (0, 1), *SHAPES)
# Chinese sentences scored in one go; tables of a block take about 40 MB.
BLOCK = 128
# Chinese sentences that are aligned in one go; a longer text is cut where a link is plain.
PIECE = 1500
# What a bead must promise above a null: the expected gain in correct beads that one wrong bead costs.
DOUBT = 0.2


class Lattice(NamedTuple):
    """The band: nodes (i, j) = "i Chinese and j English sentences are behind us", row by row in one flat array."""

    low: Index  # (n + 1,) first column of each row
    start: Index  # (n + 2,) where each row's nodes start
    i: Index  # (nodes,)
    j: Index  # (nodes,)
    before: Index  # (steps, nodes): the node a step comes from, or `nodes` (a dead end) if outside the band


def lattice(path: Path, m: int) -> Lattice:
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


# --- scores of steps -------------------------------------------------------------------------------------------------


def feature_blocks(
    texts: Texts, encoder: Encoder, band: Lattice
) -> Iterator[tuple[int, NDArray[np.int64], dict[str, Array], Array]]:
    """For each step and block of nodes: (step, nodes, features, raw similarity of the two sides)."""
    n, m = len(texts.zh.length), len(texts.en.length)
    best_zh, best_en = _Near(n), _Near(m)
    for first in range(1, n + 1, BLOCK):
        last = min(n, first + BLOCK - 1)
        nodes = np.arange(band.start[first], band.start[last + 1])
        i, j = band.i[nodes], band.j[nodes]
        top = max(0, first - 1 - features.MOST_ZH)
        left = max(0, int(j.min()) - features.MOST_EN - 1)
        t = tables(texts, encoder, top, min(n, last + 1), left, min(m, int(j.max()) + 1))
        for s, (a, b) in enumerate(STEPS):
            here = band.before[s, nodes] < len(band.i)
            if not (a and b and here.any()):
                continue
            found = bead_features(texts, t, a, b, i[here], j[here])
            raw = similarity(found)
            if a == 1:
                best_zh.see(i[here] - 1, found, raw)
            if b == 1:
                best_en.see(j[here] - 1, found, raw)
            yield s, nodes[here], found, raw
    for s, side, near in ((ZH_NULL, "zh", best_zh), (EN_NULL, "en", best_en)):
        nodes = np.flatnonzero(band.before[s] < len(band.i))
        at = band.i[nodes] - 1 if s == ZH_NULL else band.j[nodes] - 1
        yield s, nodes, null_features(texts, near.summary(), side, at), np.zeros(len(nodes), np.float32)


def similarity(found: dict[str, Array]) -> Array:
    """Raw likeness of the two sides of beads, about .6 and more for translations and .2 for unrelated text."""
    return found["cos"] + 0.5 * found["dice"]


class _Near:
    """The best that any partner nearby offers each sentence."""

    NAMES = ("cos", "dice", "margin", "raw")

    def __init__(self, size: int) -> None:
        self.best = {name: np.zeros(size, np.float32) for name in self.NAMES}

    def see(self, sentences: Index, found: dict[str, Array], raw: Array) -> None:
        for name in self.NAMES:
            np.maximum.at(self.best[name], sentences, raw if name == "raw" else found[name])

    def summary(self) -> dict[str, Array]:
        """The bests, and how the sentences around fare: a foreign stretch is poor in all of them."""
        raw = self.best["raw"]
        kernel = np.ones(min(5, len(raw)) | 1)
        weight = np.convolve(np.ones(len(raw)), kernel, "same")[: len(raw)]
        smooth = np.convolve(raw, kernel, "same")[: len(raw)] / weight
        return {**self.best, "around": smooth, "all": np.full(len(raw), raw.mean() if len(raw) else 0.0)}


@cache
def load_weights() -> dict[str, Any]:
    """The weight file, read on first use: {"vectors" | "dictionary": {feature: weight}, "gate": {…}}."""
    file = File(__file__).parent.parent / "rules" / "bead_weights.json"
    weights: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return weights


def step_scores(texts: Texts, encoder: Encoder, band: Lattice, weights: dict[str, float]) -> tuple[Array, Array]:
    """(score, raw similarity) of each step into each node, shape (steps, nodes); -inf outside the band."""
    scores = np.full(band.before.shape, -np.inf, np.float32)
    raws = np.zeros(band.before.shape, np.float32)
    for s, nodes, found, raw in feature_blocks(texts, encoder, band):
        total = np.zeros(len(nodes), np.float32)
        for name, values in found.items():
            weight = weights.get(name, 0.0)
            if weight:
                total += np.float32(weight) * values
        scores[s, nodes] = total
        raws[s, nodes] = raw
    return scores, raws


# --- dynamic programming -----------------------------------------------------------------------------------------------


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


def posteriors(band: Lattice, scores: Array) -> Array:
    """Probability of each step into each node, shape (steps, nodes)."""
    size = len(band.i)
    steps = scores.astype(np.float64)
    others = [s for s in range(len(STEPS)) if s != EN_NULL]
    forward = np.full(size + 1, -np.inf)
    for row in range(len(band.low)):
        here = slice(band.start[row], band.start[row + 1])
        values = _log_sum(forward[band.before[others, here]] + steps[others, here]) if row else _origin(band.start[1])
        forward[here] = _spread(values, steps[EN_NULL, here], np.logaddexp)
    after = np.full((len(STEPS), size), size, np.int64)
    nodes = np.arange(size)
    for s in range(len(STEPS)):
        known = band.before[s] < size
        after[s, band.before[s, known]] = nodes[known]
    padded = np.concatenate([steps, np.full((len(STEPS), 1), -np.inf)], axis=1)
    backward = np.full(size + 1, -np.inf)
    which = np.array(others)[:, None]
    for row in range(len(band.low) - 1, -1, -1):
        here = slice(band.start[row], band.start[row + 1])
        if row == len(band.low) - 1:
            values = _origin(band.start[row + 1] - band.start[row])[::-1]
        else:
            values = _log_sum(backward[after[others, here]] + padded[which, after[others, here]])
        along = padded[EN_NULL, after[EN_NULL, here]][::-1]
        shifted = np.concatenate([[0.0], along[1:]])
        backward[here] = _spread(values[::-1], shifted, np.logaddexp)[::-1]
    with np.errstate(invalid="ignore"):
        out: Array = np.exp(forward[band.before] + steps + backward[:size] - forward[size - 1])
    return np.nan_to_num(out, nan=0.0)


def _origin(width: int) -> Array:
    out = np.full(width, -np.inf)
    out[0] = 0
    return out


def best_steps(band: Lattice, gains: Array) -> list[tuple[int, int]]:
    """The chain of steps from first to last node with the highest summed gain: (step, node it ends in), in order."""
    size = len(band.i)
    others = [s for s in range(len(STEPS)) if s != EN_NULL]
    best = np.full(size + 1, -np.inf)
    taken = np.full(size, EN_NULL, np.int64)
    for row in range(len(band.low)):
        here = slice(band.start[row], band.start[row + 1])
        if row:
            options = best[band.before[others, here]] + gains[others, here]
            choice = options.argmax(axis=0)
            values = np.take_along_axis(options, choice[None], axis=0)[0]
        else:
            choice, values = np.zeros(band.start[1], np.int64), _origin(band.start[1])
        spread = _spread(values, gains[EN_NULL, here], np.maximum)
        best[here] = spread
        taken[here] = np.where(values >= spread - 1e-9, np.array(others)[choice], EN_NULL)
    chain = []
    node = size - 1
    while node:
        step = int(taken[node])
        chain.append((step, node))
        node = int(band.before[step, node])
    return chain[::-1]


# --- putting it together -----------------------------------------------------------------------------------------------


def align_texts(zh: Sequence[str], en: Sequence[str], encoder: Encoder, min_score: float) -> list[Bead]:
    """See ``pipeline.alignment.align``."""
    weights = load_weights()[getattr(encoder, "weights", "vectors")]
    texts = describe(zh, en, encoder)
    path = first_path(texts, encoder)
    band = lattice(path, len(en))
    scores, raws = step_scores(texts, encoder, band, weights)
    chances = posteriors(band, scores)
    gains = np.where(np.isfinite(scores), chances - DOUBT, -np.inf)
    gains[:2] = np.where(np.isfinite(scores[:2]), 0.0, -np.inf)
    chain = best_steps(band, gains)
    beads = []
    for step, node in chain:
        a, b = STEPS[step]
        i, j = int(band.i[node]), int(band.j[node])
        beads.append(Bead(tuple(range(i - a, i)), tuple(range(j - b, j)), float(min(1.0, chances[step, node]))))
    return beads


def first_path(texts: Texts, encoder: Encoder) -> Path:
    x = encoder.vectors(texts.zh.sums.astype(np.float32), texts.zh.counts)
    y = encoder.vectors(texts.en.sums.astype(np.float32), texts.en.counts)
    return find_path(x, y)
