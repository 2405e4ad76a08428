"""What the bead model looks at: the features of every candidate bead near the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import marks
from .lattice import MOST_EN, MOST_ZH
from .marks import MARKS
from .tables import Tables
from .texts import Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]
    Index = NDArray[np.int64]


def bead_features(texts: Texts, t: Tables, a: int, b: int, i: Index, j: Index) -> dict[str, Array]:
    """Features of beads of a and b sentences that end before zh sentence i and en sentence j: name -> (cells,)."""
    size = a + b
    r, c = i - t.top, j - t.left
    at = _Lookup(t, r, c)
    cos, dice = at(t.cos, a, b), at(t.dice, a, b)
    zh_mass = at.window(texts.zh.mass, i, a)
    en_mass = at.window(texts.en.mass, j, b)
    precision = at(t.hits_zh, a, b) / (zh_mass + 1)
    recall = at(t.hits_en, a, b) / (en_mass + 1)
    out = {
        "cos": cos,
        "cos_sized": cos * size,
        "cos_squared": cos * cos,
        "dice": dice,
        "dice_sized": dice * size,
        "precision": precision,
        "recall": recall,
        "recall_sized": recall * size,
        "lower": np.minimum(precision, recall),
        "product": cos * dice * size,
        "apart": at(t.apart, a, b),
        "apart_sized": at(t.apart, a, b) * size,
    }
    # How much better than the neighbours of the same ends (Bertalign's margin).
    around = [at(t.cos, a, 1, 0, 1), at(t.cos, a, 1, 0, -b), at(t.cos, 1, b, 1, 0), at(t.cos, 1, b, -a, 0)]
    words = [at(t.dice, a, 1, 0, 1), at(t.dice, a, 1, 0, -b), at(t.dice, 1, b, 1, 0), at(t.dice, 1, b, -a, 0)]
    margin = cos - np.mean(around, axis=0)
    out |= {
        "margin": margin,
        "margin_sized": margin * size,
        "margin_least": cos - np.max(around, axis=0),
        "words_margin": dice - np.mean(words, axis=0),
        "words_margin_sized": (dice - np.mean(words, axis=0)) * size,
        "words_margin_least": dice - np.max(words, axis=0),
    }
    out |= _border_features(t, at, a, b, cos, dice)
    out |= _crossing_features(t, at, a, b, zh_mass, en_mass)
    out |= _length_features(texts, at, a, b, i, j)
    out |= _mark_features(texts, at, a, b, i, j)
    out[f"shape_{a}-{b}"] = np.ones_like(cos)
    return out


class _Lookup:
    """Values at block cells, shifted by some rows and columns; zero outside the block."""

    def __init__(self, t: Tables, r: Index, c: Index) -> None:
        self.r, self.c = r, c
        self.rows, self.columns = t.cos.shape[2:]

    def __call__(self, table: Array, a: int, b: int, down: int = 0, right: int = 0) -> Array:
        r, c = self.r + down, self.c + right
        inside = (r >= a) & (c >= b) & (r < self.rows) & (c < self.columns)
        values = table[a - 1, b - 1, np.where(inside, r, 0), np.where(inside, c, 0)]
        return np.where(inside, values, np.float32(0))

    @staticmethod
    def window(values: Array, end: Index, size: int) -> Array:
        total = values[np.maximum(end - 1, 0)].copy()
        for k in range(1, size):
            total += values[np.maximum(end - 1 - k, 0)]
        return total


def _border_features(t: Tables, at: _Lookup, a: int, b: int, cos: Array, dice: Array) -> dict[str, Array]:
    """What is won or lost by dropping a sentence at an end, taking one more, or cutting the bead in two."""
    zero = np.zeros_like(cos)
    dropped, dropped_words, wider, wider_words = [], [], [], []
    if a > 1:
        dropped += [at(t.cos, a - 1, b), at(t.cos, a - 1, b, -1, 0)]
        dropped_words += [at(t.dice, a - 1, b), at(t.dice, a - 1, b, -1, 0)]
    if b > 1:
        dropped += [at(t.cos, a, b - 1), at(t.cos, a, b - 1, 0, -1)]
        dropped_words += [at(t.dice, a, b - 1), at(t.dice, a, b - 1, 0, -1)]
    if a < MOST_ZH:
        wider += [at(t.cos, a + 1, b), at(t.cos, a + 1, b, 1, 0)]
        wider_words += [at(t.dice, a + 1, b), at(t.dice, a + 1, b, 1, 0)]
    if b < MOST_EN:
        wider += [at(t.cos, a, b + 1), at(t.cos, a, b + 1, 0, 1)]
        wider_words += [at(t.dice, a, b + 1), at(t.dice, a, b + 1, 0, 1)]
    splits, split_words = [], []
    if a > 1 and b > 1:
        for x in range(1, a):
            for y in range(1, b):
                splits.append(np.minimum(at(t.cos, x, y, x - a, y - b), at(t.cos, a - x, b - y)))
                split_words.append(np.minimum(at(t.dice, x, y, x - a, y - b), at(t.dice, a - x, b - y)))
    return {
        "drop_worst": cos - np.max(dropped, axis=0) if dropped else zero,
        "drop_mean": cos - np.mean(dropped, axis=0) if dropped else zero,
        "drop_words_worst": dice - np.max(dropped_words, axis=0) if dropped else zero,
        "drop_words_mean": dice - np.mean(dropped_words, axis=0) if dropped else zero,
        "wider_best": np.maximum(np.max(wider, axis=0) - cos, 0) if wider else zero,
        "wider_words_best": np.maximum(np.max(wider_words, axis=0) - dice, 0) if wider else zero,
        "split_best": np.max(splits, axis=0) if splits else zero,
        "split_gain": np.max(splits, axis=0) - cos if splits else zero,
        "split_words": np.max(split_words, axis=0) - dice if splits else zero,
    }


def _crossing_features(t: Tables, at: _Lookup, a: int, b: int, zh_mass: Array, en_mass: Array) -> dict[str, Array]:
    """Words that only meet across the bead's best cut: a clause moved over a sentence border, so no cut is right."""
    zero = np.zeros_like(zh_mass)
    if a == 1 or b == 1:
        return {"crossing": zero, "crossing_sized": zero}
    met = at(t.hits_zh, a, b) / (zh_mass + 1) + at(t.hits_en, a, b) / (en_mass + 1)
    kept = []
    for x in range(1, a):
        for y in range(1, b):
            zh_kept = at(t.hits_zh, x, y, x - a, y - b) + at(t.hits_zh, a - x, b - y)
            en_kept = at(t.hits_en, x, y, x - a, y - b) + at(t.hits_en, a - x, b - y)
            kept.append(zh_kept / (zh_mass + 1) + en_kept / (en_mass + 1))
    crossing = met - np.max(kept, axis=0)
    return {"crossing": crossing, "crossing_sized": crossing * (a + b)}


# Sentences to either side, nearest and farthest, whose company tells a foreign sentence.
COMPANY = (4, 14)


def company(own: Array, other: Array, place: Index) -> dict[str, Array]:
    """How well each sentence fits its own text around it, and the other text around its ``place`` there."""
    near, far = COMPANY
    summed = np.concatenate([np.zeros_like(own[:1]), np.cumsum(own, axis=0)])
    there = np.concatenate([np.zeros_like(other[:1]), np.cumsum(other, axis=0)])
    n, m = len(own), len(other)
    i = np.arange(n)
    before = summed[np.maximum(i - near, 0)] - summed[np.maximum(i - far, 0)]
    after = summed[np.minimum(i + far + 1, n)] - summed[np.minimum(i + near + 1, n)]
    across = there[np.clip(place + far, 0, m)] - there[np.clip(place - far, 0, m)]
    return {
        "fits_own": np.einsum("nd,nd->n", own, _unit(before + after)),
        "fits_other": np.einsum("nd,nd->n", own, _unit(across)),
    }


def _unit(rows: Array) -> Array:
    out: Array = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return out


def _length_features(texts: Texts, at: _Lookup, a: int, b: int, i: Index, j: Index) -> dict[str, Array]:
    lz = at.window(texts.zh.length, i, a) + 2
    le = at.window(texts.en.length, j, b) + 2
    r = np.log(lz / le) - texts.ratio
    z = (lz * np.exp(-texts.ratio) - le) / np.sqrt(lz + le)
    commas = np.log(
        (at.window(texts.zh.marks[:, marks.COMMAS], i, a) + a) / (at.window(texts.en.marks[:, marks.COMMAS], j, b) + b)
    )
    return {
        "length": r,
        "length_off": np.abs(r),
        "length_off_squared": np.minimum(r * r, 4),
        "length_factor": np.log2(1 + np.exp(-np.abs(r))),
        "length_factor_sized": np.log2(1 + np.exp(-np.abs(r))) * (a + b),
        "length_z": np.minimum(np.abs(z), 6),
        "length_z_squared": np.minimum(z * z, 20),
        "length_log": np.log(lz + le),
        "clauses": commas,
        "clauses_off": np.abs(commas),
    }


def _mark_features(texts: Texts, at: _Lookup, a: int, b: int, i: Index, j: Index) -> dict[str, Array]:
    z, e = texts.zh.marks, texts.en.marks
    zl, el = z[i - 1], e[j - 1]  # marks of the last sentences
    zf, ef = z[np.maximum(i - a, 0)], e[np.maximum(j - b, 0)]  # and of the first
    zs, es = at.window(z, i, a), at.window(e, j, b)
    closed_z = _breaks(z, i, a)
    closed_e = _breaks(e, j, b)
    out = {
        f"more_{MARKS[k]}": np.minimum(np.abs(zs[:, k] - es[:, k]), 3)
        for k in (marks.ASK, marks.CRY, marks.BREAK, marks.OPEN, marks.CLOSE, marks.BRACKETS)
    }
    out["shared_?"] = np.minimum(np.minimum(zs[:, marks.ASK], es[:, marks.ASK]), 2)
    out["shared_!"] = np.minimum(np.minimum(zs[:, marks.CRY], es[:, marks.CRY]), 2)
    out["shared_open"] = np.minimum(np.minimum(zs[:, marks.OPEN], es[:, marks.OPEN]), 3)
    for k in (marks.END_ASK, marks.END_CRY, marks.END_COLON, marks.LAST, marks.INSIDE):
        out[f"both_{MARKS[k]}"] = zl[:, k] * el[:, k]
        out[f"one_{MARKS[k]}"] = np.abs(zl[:, k] - el[:, k])
    out["zh_ends_,"] = zl[:, marks.END_COMMA]
    out["en_ends_,"] = el[:, marks.END_COMMA]
    out["both_starts_open"] = zf[:, marks.FIRST] * ef[:, marks.FIRST]
    out["one_starts_open"] = np.abs(zf[:, marks.FIRST] - ef[:, marks.FIRST])
    out["zh_new_speaker"] = closed_z
    out["en_new_speaker"] = closed_e
    out["new_speaker_both"] = np.minimum(closed_z, closed_e)
    return out


def _breaks(table: Array, end: Index, size: int) -> Array:
    """How often, inside the run, a sentence closes a quote and the next one opens one: another speaker."""
    total = np.zeros(len(end), np.float32)
    for k in range(1, size):
        total += table[np.maximum(end - 1 - k, 0), marks.LAST] * table[end - k, marks.FIRST]
    return total


def null_features(texts: Texts, near: dict[str, Array], side: str, at: Index) -> dict[str, Array]:
    """Features of a sentence left without a partner; ``near``: per sentence, what the best partner nearby offers."""
    own = texts.zh if side == "zh" else texts.en
    length = np.log(own.length[at] + 1)
    out = {f"null_{side}": np.ones(len(at), np.float32), f"null_{side}_length": length}
    for name, values in near.items():
        out[f"null_{side}_{name}"] = values[at]
    out[f"null_{side}_quote"] = own.marks[at, marks.FIRST]
    return out
