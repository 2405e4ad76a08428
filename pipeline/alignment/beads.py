"""Second pass: beads, by a semi-Markov conditional random field over a band around the first pass's path.

Every way of cutting both texts into beads inside the band gets a score, the sum of its beads' weighted features; the
probability of a bead is the share of all ways that use it (forward-backward). The output is the cutting with the most
beads expected right, and a bead's score is its probability times the probability that the two sides are translations
at all. Weights: ``pipeline/rules/bead_weights.json``, written by ``benchmarks/alignment_train.py``.

Semi-Markov CRF: Sarawagi & Cohen 2004; features after Vecalign (Thompson & Koehn 2019) and Bertalign (Liu & Zhu 2022).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import Bead, features, lexicon
from .features import SHAPES, Texts, bead_features, describe, null_features, tables
from .path import Path, find_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .encoder import Encoder

    Array = NDArray[np.floating[Any]]
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
# Cells beyond which the first pass looks at sentences two by two.
PAIRED = 10**8
# Cells of a block's dense tables (30 shapes × 4 tables × 4 bytes each).
BLOCK_CELLS = 40_000
# What a bead must promise above a null: the expected gain in correct beads that one wrong bead costs.
DOUBT = 0.25
# Share of both sides that must have partners, in texts of more than 20 sentences, for any to be believed.
LEAST_COVERED = 0.05
# What the share of sentences without partner may add to it.
MOST_DOUBT = 0.25
# Share of both sides that must have partners, in texts of more than 20 sentences, for any to be believed.
LEAST_COVERED = 0.05


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


# --- scores of steps ------------------------------------------------------------------------------


def feature_blocks(
    texts: Texts, encoder: Encoder, band: Lattice
) -> Iterator[tuple[int, NDArray[np.int64], dict[str, Array], Array]]:
    """For each step and block of nodes: (step, nodes, features, raw similarity of the two sides)."""
    n, m = len(texts.zh.length), len(texts.en.length)
    best_zh, best_en = _Near(n), _Near(m)
    own = features.singles(texts, encoder)
    last = 0
    while last < n:
        first = last + 1
        last = _block_end(band, first, n)
        nodes = np.arange(band.start[first], band.start[last + 1])
        i, j = band.i[nodes], band.j[nodes]
        top = max(0, first - 1 - features.MOST_ZH)
        left = max(0, int(j.min()) - features.MOST_EN - 1)
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
    near_zh = best_zh.summary() | features.company(own.zh, own.en, middle)
    rows = np.interp(np.arange(m), middle + np.arange(n) * 1e-6, np.arange(n)).astype(np.int64)
    near_en = best_en.summary() | features.company(own.en, own.zh, rows)
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


def step_scores(texts: Texts, encoder: Encoder, band: Lattice, weights: dict[str, float]) -> tuple[Array, Array]:
    """Scores of steps into nodes (steps, nodes), -inf outside the band; raw likeness and cosine (2, steps, nodes)."""
    scores = np.full(band.before.shape, -np.inf, np.float32)
    raws = np.zeros((2, *band.before.shape), np.float32)
    for s, nodes, found, raw in feature_blocks(texts, encoder, band):
        total = np.zeros(len(nodes), np.float32)
        for name, values in found.items():
            weight = weights.get(name, 0.0)
            if weight:
                total += np.float32(weight) * values
        scores[s, nodes] = total
        raws[0, s, nodes] = raw
        if "cos" in found:
            raws[1, s, nodes] = found["cos"]
    return scores, raws


# --- dynamic programming --------------------------------------------------------------------------


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


# --- from scores to beads -------------------------------------------------------------------------


class Found(NamedTuple):
    """A bead of the best cutting, with what speaks for it."""

    zh: tuple[int, ...]
    en: tuple[int, ...]
    chance: float  # posterior of this bead among all cuttings; 0.0 for a null
    raw: float  # raw similarity of the two sides
    cos: float


def cut(texts: Texts, encoder: Encoder, path: Path, weights: dict[str, float]) -> list[Found]:
    """The cutting of both texts with the most beads expected right, in order; nulls are single sentences."""
    out: list[Found] = []
    for rows, columns in _pieces(path, len(texts.en.length)):
        piece = _part(texts, rows, columns)
        first = np.clip(path.first[rows] - columns.start, 0, columns.stop - columns.start - 1)
        last = np.clip(path.last[rows] - columns.start, 0, columns.stop - columns.start - 1)
        band = lattice(Path(first, last, path.gain[rows]), columns.stop - columns.start)
        scores, raws = step_scores(piece, encoder, band, weights)
        chances = posteriors(band, scores)
        # Where much of the text stands alone, a doubtful bead is more often wrong.
        alone = float(chances[:2].sum()) / (len(piece.zh.length) + len(piece.en.length))
        gains = np.where(np.isfinite(scores), chances - DOUBT - min(alone, MOST_DOUBT), -np.inf)
        gains[:2] = np.where(np.isfinite(scores[:2]), 0.0, -np.inf)
        for step, node in best_steps(band, gains):
            a, b = STEPS[step]
            i, j = int(band.i[node]) + rows.start, int(band.j[node]) + columns.start
            chance = float(min(1.0, chances[step, node])) if a and b else 0.0
            out.append(
                Found(
                    tuple(range(i - a, i)),
                    tuple(range(j - b, j)),
                    chance,
                    float(raws[0, step, node]),
                    float(raws[1, step, node]),
                )
            )
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


def _part(texts: Texts, rows: slice, columns: slice) -> Texts:
    return texts._replace(zh=_part_of_side(texts.zh, rows), en=_part_of_side(texts.en, columns))


def _part_of_side(side: features.Side, part: slice) -> features.Side:
    starts = side.starts[part.start : part.stop + 1]
    return side._replace(
        sums=side.sums[part], counts=side.counts[part], starts=starts - starts[0],
        ids=side.ids[starts[0] : starts[-1]], mass=side.mass[part], length=side.length[part], marks=side.marks[part],
    )  # fmt: skip


EVIDENCE = ("chance", "raw", "cos", "around", "text", "dense", "short", "raw_short")
# Beads either side that vouch for one.
NEIGHBOURS = 4
# Sentences either side among which partners are counted: in unrelated text nearly all stand alone.
VICINITY = 10


def evidence(found: Sequence[Found], texts: Texts) -> Array:
    """What decides whether a bead is right, nulls excluded: shape (beads, len(EVIDENCE))."""
    beads = [bead for bead in found if bead.zh and bead.en]
    if not beads:
        return np.zeros((0, len(EVIDENCE)), np.float32)
    chance = np.array([bead.chance for bead in beads])
    raw = np.array([bead.raw for bead in beads])
    window = np.ones(2 * NEIGHBOURS + 1)
    weight = np.convolve(chance + 1e-3, window, "full")[NEIGHBOURS:-NEIGHBOURS] - chance
    total = np.convolve((chance + 1e-3) * raw, window, "full")[NEIGHBOURS:-NEIGHBOURS] - chance * raw
    # With no neighbour to ask, a bead vouches for itself.
    around = raw if len(beads) == 1 else total / np.maximum(weight, 1e-3)
    whole = np.full(len(beads), (chance * raw).sum() / max(chance.sum(), 1e-3))
    size = np.array([min(texts.zh.length[list(b.zh)].sum(), texts.en.length[list(b.en)].sum()) for b in beads])
    short = np.exp(-size / 10)
    odds = np.log((chance + 1e-3) / (1 - chance + 1e-3))
    cos = np.array([bead.cos for bead in beads])
    dense = np.maximum(
        _partnered([b.zh for b in beads], chance, len(texts.zh.length)),
        _partnered([b.en for b in beads], chance, len(texts.en.length)),
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


def judge(found: Sequence[Found], texts: Texts, gate: dict[str, float]) -> list[float]:
    """Probability that each non-null bead is right, given how well both texts agree around it."""
    table = evidence(found, texts)
    total = table @ np.array([gate[name] for name in EVIDENCE]) + gate["bias"]
    return [float(v) for v in 1 / (1 + np.exp(-total))]


# --- putting it together --------------------------------------------------------------------------


def align_texts(zh: Sequence[str], en: Sequence[str], encoder: Encoder, min_score: float) -> list[Bead]:
    """See ``pipeline.alignment.align``."""
    beads: list[Bead] = []
    # Lines without a letter (blank, signs, numbers) are all alike, and nothing to pair.
    zh_at = [i for i, text in enumerate(zh) if _LETTER.search(text)]
    en_at = [j for j, text in enumerate(en) if _LETTER.search(text)]
    if zh_at and en_at and _is_chinese(zh) and _is_english(en):
        weights = load_weights()[encoder.kind]
        texts = describe([zh[i] for i in zh_at], [en[j] for j in en_at], encoder)
        found = [
            bead
            for bead in cut(texts, encoder, first_path(texts, encoder), weights["beads"])
            if bead.zh and bead.en and _can_translate([zh[zh_at[i]] for i in bead.zh], [en[en_at[j]] for j in bead.en])
        ]
        beads = [
            Bead(_span(bead.zh, zh_at), _span(bead.en, en_at), round(score, 4))
            for bead, score in zip(found, judge(found, texts, weights["gate"]), strict=True)
            if score >= min_score
        ]
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


def _vectors(side: features.Side, encoder: Encoder, group: int) -> Array:
    """Unit vectors of ``group`` sentences taken together, 16 bits a number."""
    starts = np.arange(0, len(side.length), group)
    out = []
    for block in np.array_split(starts, len(starts) // 4096 + 1):
        rows = slice(block[0], min(block[-1] + group, len(side.length)))
        sums = np.add.reduceat(side.sums[rows].astype(np.float32), block - block[0], axis=0)
        counts = np.add.reduceat(side.counts[rows], block - block[0])
        out.append(encoder.vectors(sums, counts).astype(np.float16))
    return np.concatenate(out)


_HAN = re.compile(f"[{lexicon.HAN}]")
_KANA = re.compile("[ぁ-ヿ가-힣]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+")
_LETTER = re.compile(r"[^\W\d_]")
_SIGNS = re.compile(r"[\W_]+")
# Sentences that tell a text's language, spread over it.
SAMPLE = 400
# Commonest words of other languages in Latin script, none of them common in English.
FOREIGN = frozenset(
    """le la les des et est une dans pour que qui sur avec pas ne il elle der die das und ist nicht ein eine mit von
    den zu
    el los las del por para con una como su di che per il non sono della het een van dat niet voor os da um uma não yang
    dan di untuk dengan và của là các och att som""".split()
)
# Words below which a text is too short to be called foreign.
FEWEST_WORDS = 20


def _sample(texts: Sequence[str]) -> str:
    step = max(1, len(texts) // SAMPLE)
    return "\n".join(text[:500] for text in texts[::step])


def _is_chinese(texts: Sequence[str]) -> bool:
    sample = _sample(texts)
    han = len(_HAN.findall(sample))
    return han > 0 and len(_KANA.findall(sample)) < 0.1 * han


def _is_english(texts: Sequence[str]) -> bool:
    sample = _sample(texts)
    words = _LATIN_WORD.findall(sample)
    if len(_HAN.findall(sample)) > sum(map(len, words)) / 3:
        return False
    if len(words) < FEWEST_WORDS:
        return bool(words)
    english = sum(word.lower() in lexicon.STOP for word in words)
    foreign = sum(word.lower() in FOREIGN for word in words)
    return foreign <= max(english, 0.05 * len(words))


def _can_translate(zh: Sequence[str], en: Sequence[str]) -> bool:
    """Two lines of digits, signs or the same words are no translation, however alike."""
    a, b = "".join(zh), "".join(en)
    return bool(_HAN.search(a) and _LATIN_WORD.search(b)) and _SIGNS.sub("", a) != _SIGNS.sub("", b)


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
