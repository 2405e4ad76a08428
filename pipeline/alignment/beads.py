"""Second pass: beads, by a semi-Markov conditional random field over a band around the first pass's path.

Every way of cutting both texts into beads inside the band gets a score, the sum of its beads' weighted features; the
probability of a bead is the share of all ways that use it (forward-backward). The output is the cutting with the most
beads expected right, and a bead's score is its probability, corrected by how well both texts agree around it.
Weights: ``pipeline/rules/bead_weights.json``, written by ``benchmarks/alignment_train.py``.

Semi-Markov CRF: Sarawagi & Cohen 2004; features after Vecalign (Thompson & Koehn 2019) and Bertalign (Liu & Zhu 2022).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Bead, screen
from .features import bead_features, company, null_features
from .judge import Found, evidence, judge
from .lattice import EN_NULL, MOST_EN, MOST_ZH, STEPS, ZH_NULL, Lattice, best_steps, lattice, posteriors
from .path import Path, find_path
from .tables import singles, tables
from .texts import Side, Texts, describe, part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .encoder import Encoder

    Array = NDArray[np.floating[Any]]
    Index = NDArray[np.int64]

# Chinese sentences scored in one go, and cells of such a block's dense tables (30 shapes × 4 tables × 4 bytes each).
BLOCK = 128
BLOCK_CELLS = 20_000
# Chinese sentences that are aligned in one go; a longer text is cut where a link is plain.
PIECE = 750
# Cells beyond which the first pass looks at sentences two by two.
PAIRED = 10**8
# Vectors made in one go: at 32 bits a number, with what lies between, some 10 MB.
VECTORS = 1024
# What a bead must promise above a null: the expected gain in correct beads that one wrong bead costs.
DOUBT = 0.4
# Share of either side that must have partners, in texts of more than 20 sentences, for any to be believed.
LEAST_COVERED = 0.05
_LETTER = re.compile(r"[^\W\d_]")


# --- scores of steps ------------------------------------------------------------------------------


def feature_blocks(
    texts: Texts, encoder: Encoder, band: Lattice
) -> Iterator[tuple[int, Index, dict[str, Array], Array]]:
    """For each step and block of nodes: (step, nodes, features, raw similarity of the two sides)."""
    n, m = len(texts.zh.length), len(texts.en.length)
    best_zh, best_en = _Near(n), _Near(m)
    own = singles(texts, encoder)
    last = 0
    while last < n:
        first = last + 1
        last = _block_end(band, first, n)
        nodes = np.arange(band.start[first], band.start[last + 1])
        i, j = band.i[nodes], band.j[nodes]
        top = max(0, first - 1 - MOST_ZH)
        left = max(0, int(j.min()) - MOST_EN - 1)
        t = tables(texts, encoder, own, top, min(n, last + 1), left, min(m, int(j.max()) + 1))
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
    middle = (band.low[1:] + band.j[band.start[2:] - 1]) // 2
    near_zh = best_zh.summary() | company(own.zh, own.en, middle)
    rows = np.interp(np.arange(m), middle + np.arange(n) * 1e-6, np.arange(n)).astype(np.int64)
    near_en = best_en.summary() | company(own.en, own.zh, rows)
    for s, side, near in ((ZH_NULL, "zh", near_zh), (EN_NULL, "en", near_en)):
        nodes = np.flatnonzero(band.before[s] < len(band.i))
        at = band.i[nodes] - 1 if s == ZH_NULL else band.j[nodes] - 1
        yield s, nodes, null_features(texts, near, side, at), np.zeros(len(nodes), np.float32)


def _block_end(band: Lattice, first: int, n: int) -> int:
    """The last row of a block that starts at ``first`` and keeps its tables small."""
    last = first
    left = int(band.low[first])
    while last < min(n, first + BLOCK - 1):
        right = int(band.j[band.start[last + 2] - 1])
        if (last + 1 - first + 8) * (right - left + 8) > BLOCK_CELLS:
            break
        last += 1
    return last


def similarity(found: dict[str, Array]) -> Array:
    """Raw likeness of the two sides of beads, about .6 and more for translations and .2 for unrelated text."""
    return found["cos"] + 0.5 * found["dice"]


class _Near:
    """The best that any partner nearby offers each sentence."""

    NAMES = ("cos", "dice", "margin", "apart", "raw")

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
    """The weight file, read on first use: {encoder's kind: {"beads": {feature: weight}, "gate": {…}}}."""
    file = File(__file__).parent.parent / "rules" / "bead_weights.json"
    weights: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return weights


def step_scores(texts: Texts, encoder: Encoder, band: Lattice, weights: Mapping[str, float]) -> tuple[Array, Array]:
    """Scores of steps into nodes (steps, nodes), -inf outside the band; raw likeness and cosine (2, steps, nodes)."""
    scores = np.full(band.before.shape, -np.inf, np.float32)
    likeness = np.zeros((2, *band.before.shape), np.float32)
    for s, nodes, found, raw in feature_blocks(texts, encoder, band):
        total = np.zeros(len(nodes), np.float32)
        for name, values in found.items():
            weight = weights.get(name, 0.0)
            if weight:
                total += np.float32(weight) * values
        scores[s, nodes] = total
        likeness[0, s, nodes] = raw
        if "cos" in found:
            likeness[1, s, nodes] = found["cos"]
    return scores, likeness


# --- from scores to beads -------------------------------------------------------------------------


def cut(texts: Texts, encoder: Encoder, path: Path, weights: Mapping[str, float]) -> list[Found]:
    """The beads of the cutting with the most beads expected right, in order."""
    out: list[Found] = []
    for rows, columns in _pieces(path, len(texts.en.length)):
        piece = part(texts, rows, columns)
        first = np.clip(path.first[rows] - columns.start, 0, columns.stop - columns.start - 1)
        last = np.clip(path.last[rows] - columns.start, 0, columns.stop - columns.start - 1)
        band = lattice(Path(first, last, path.gain[rows]), columns.stop - columns.start)
        scores, likeness = step_scores(piece, encoder, band, weights)
        chances = posteriors(band, scores, weights)
        gains = np.where(np.isfinite(scores), chances - DOUBT, -np.inf)
        gains[:2] = np.where(np.isfinite(scores[:2]), 0.0, -np.inf)
        for step, node in best_steps(band, gains):
            a, b = STEPS[step]
            if a and b:
                i, j = int(band.i[node]) + rows.start, int(band.j[node]) + columns.start
                chance = float(min(1.0, chances[step, node]))
                raw, cos = likeness[:, step, node].tolist()
                out.append(Found(tuple(range(i - a, i)), tuple(range(j - b, j)), chance, raw, cos))
    return out


def _pieces(path: Path, m: int) -> Iterator[tuple[slice, slice]]:
    """Parts of both texts that can be aligned on their own: cut where the path steps from one cell to the next."""
    n = len(path.first)
    # One column a row, or two where sentences were looked at two by two.
    steps = (path.last[1:] - path.first[1:] <= 1) & (path.first[1:] == path.last[:-1] + 1)
    plain = np.flatnonzero(steps & (path.gain[1:] >= np.median(path.gain))) + 1
    row = column = 0
    while n - row > 1.5 * PIECE:
        options = plain[(plain > row + PIECE // 2) & (plain < row + 1.5 * PIECE)]
        if not len(options):
            break
        stop = int(options[np.abs(options - row - PIECE).argmin()])
        yield slice(row, stop), slice(column, int(path.first[stop]))
        row, column = stop, int(path.first[stop])
    yield slice(row, n), slice(column, m)


def align_texts(zh: Sequence[str], en: Sequence[str], encoder: Encoder, min_score: float) -> list[Bead]:
    """See ``pipeline.alignment.align``."""
    # Lines without a letter (blank, signs, numbers) are all alike, and nothing to pair.
    zh_at = [i for i, text in enumerate(zh) if _LETTER.search(text)]
    en_at = [j for j, text in enumerate(en) if _LETTER.search(text)]
    if not (zh_at and en_at and screen.is_chinese(zh) and screen.is_english(en)):
        return _with_nulls([], len(zh), len(en))
    weights = load_weights()[encoder.kind]
    texts = describe([zh[i] for i in zh_at], [en[j] for j in en_at], encoder)
    beads = []
    found = cut(texts, encoder, first_path(texts, encoder), weights["beads"])
    scores = judge(evidence(found, texts), weights["gate"], encoder.kind).tolist()
    for bead, score in zip(found, scores, strict=True):
        zh_span, en_span = _span(bead.zh, zh_at), _span(bead.en, en_at)
        if (
            score > 0
            and score >= min_score
            and screen.can_translate([zh[i] for i in zh_span], [en[j] for j in en_span])
        ):
            beads.append(Bead(zh_span, en_span, round(score, 4)))
    few_zh = sum(len(b.zh) for b in beads) < LEAST_COVERED * len(zh_at) >= 1
    few_en = sum(len(b.en) for b in beads) < LEAST_COVERED * len(en_at) >= 1
    if few_zh and few_en:
        beads = []  # chance likenesses of two long texts
    return _with_nulls(beads, len(zh), len(en))


def _span(side: tuple[int, ...], places: Sequence[int]) -> tuple[int, ...]:
    """Indexes into the text as it was given; blank lines inside a bead belong to it."""
    return tuple(range(places[side[0]], places[side[-1]] + 1))


def first_path(texts: Texts, encoder: Encoder) -> Path:
    n, m = len(texts.zh.length), len(texts.en.length)
    if n * m < PAIRED:
        return find_path(_vectors(texts.zh, encoder, 1), _vectors(texts.en, encoder, 1))
    coarse = find_path(_vectors(texts.zh, encoder, 2), _vectors(texts.en, encoder, 2))
    rows = np.arange(n) // 2
    first, last = np.minimum(2 * coarse.first[rows], m - 1), np.minimum(2 * coarse.last[rows] + 1, m - 1)
    return Path(first, last, coarse.gain[rows])


def _vectors(side: Side, encoder: Encoder, group: int) -> Array:
    """Unit vectors of ``group`` sentences taken together, 16 bits a number."""
    starts = np.arange(0, len(side.length), group)
    out: Array = np.empty((len(starts), 0), np.float16)
    for first in range(0, len(starts), VECTORS):
        block = starts[first : first + VECTORS]
        rows = slice(block[0], min(block[-1] + group, len(side.length)))
        sums = np.add.reduceat(side.sums[rows].astype(np.float32), block - block[0], axis=0)
        vectors = encoder.vectors(sums, np.add.reduceat(side.counts[rows], block - block[0]))
        if not first:
            out = np.empty((len(starts), vectors.shape[1]), np.float16)
        out[first : first + len(block)] = vectors
    return out


def _with_nulls(beads: Sequence[Bead], n: int, m: int) -> list[Bead]:
    """Beads in order, and every sentence outside them alone with an empty side."""
    out: list[Bead] = []
    i = j = 0
    for bead in [*beads, Bead((n,), (m,), 0.0)]:
        out += [Bead((k,), (), 0.0) for k in range(i, bead.zh[0])]
        out += [Bead((), (k,), 0.0) for k in range(j, bead.en[0])]
        out.append(bead)
        i, j = bead.zh[-1] + 1, bead.en[-1] + 1
    return out[:-1]
