"""How far a bead can be believed: its probability among all cuttings, and whether the texts around it belong together.

The lattice shares its probability among ways of cutting two texts that translate each other; whether they do, it cannot
tell. A logistic regression over the bead and its surroundings can (trained by ``benchmarks/alignment_train.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .texts import Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]


class Found(NamedTuple):
    """A bead of the best cutting, with what speaks for it."""

    zh: tuple[int, ...]
    en: tuple[int, ...]
    chance: float  # posterior of this bead among all cuttings
    raw: float  # raw similarity of the two sides
    cos: float


EVIDENCE = ("chance", "raw", "cos", "around", "text", "dense", "short", "raw_short")
# Likeness of the two sides of its beads, on the average, below which a text is no translation of the other, by kind of
# encoder. Of 500 single sentences and their translations 5 were less alike, of 500 wrong ones all but 11 (vectors).
LEAST_LIKENESS = {"vectors": 0.35, "dictionary": 0.15}
# Beads either side that vouch for one.
NEIGHBOURS = 4
# Sentences either side among which partners are counted: in unrelated text nearly all stand alone.
VICINITY = 10


def judge(table: Array, gate: Mapping[str, float], kind: str) -> Array:
    """Probability that each bead is right, by its ``evidence``; ``kind`` is the encoder's."""
    total = table @ np.array([gate[name] for name in EVIDENCE]) + gate["bias"]
    alike = table[:, EVIDENCE.index("text")] >= LEAST_LIKENESS[kind]
    out: Array = np.where(alike, 1 / (1 + np.exp(-total)), 0.0)
    return out


def evidence(found: Sequence[Found], texts: Texts) -> Array:
    """What decides whether a bead is right: shape (beads, len(EVIDENCE))."""
    if not found:
        return np.zeros((0, len(EVIDENCE)), np.float32)
    chance = np.array([bead.chance for bead in found])
    raw = np.array([bead.raw for bead in found])
    cos = np.array([bead.cos for bead in found])
    window = np.ones(2 * NEIGHBOURS + 1)
    weight = np.convolve(chance + 1e-3, window, "full")[NEIGHBOURS:-NEIGHBOURS] - chance
    total = np.convolve((chance + 1e-3) * raw, window, "full")[NEIGHBOURS:-NEIGHBOURS] - chance * raw
    # With no neighbour to ask, a bead vouches for itself.
    around = raw if len(found) == 1 else total / np.maximum(weight, 1e-3)
    whole = np.full(len(found), (chance * raw).sum() / max(chance.sum(), 1e-3))
    zh_size = np.array([texts.zh.length[list(bead.zh)].sum() for bead in found])
    en_size = np.array([texts.en.length[list(bead.en)].sum() for bead in found])
    short = np.exp(-np.minimum(zh_size, en_size) / 10)
    odds = np.log((chance + 1e-3) / (1 - chance + 1e-3))
    dense = np.maximum(
        _partnered([bead.zh for bead in found], chance, len(texts.zh.length)),
        _partnered([bead.en for bead in found], chance, len(texts.en.length)),
    )
    out: Array = np.stack([odds, raw, cos, around, whole, dense, short, raw * short], axis=1)
    return out


def _partnered(sides: Sequence[tuple[int, ...]], chance: Array, n: int) -> Array:
    """Share of the sentences around each bead that have a partner too; 1 where there are none around."""
    held = np.zeros(n)
    for side, p in zip(sides, chance, strict=True):
        held[list(side)] = p
    summed = np.concatenate([[0.0], np.cumsum(held)])
    first, last = np.array([s[0] for s in sides]), np.array([s[-1] + 1 for s in sides])
    low, high = np.maximum(first - VICINITY, 0), np.minimum(last + VICINITY, n)
    others = (high - low) - (last - first)
    inside = (summed[high] - summed[low]) - (summed[last] - summed[first])
    out: Array = np.where(others > 0, inside / np.maximum(others, 1), 1.0)
    return out
