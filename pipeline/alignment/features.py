"""What the bead model looks at: the features of every candidate bead near the path.

``describe`` reads both texts once; ``bead_features`` and ``null_features`` give the numbers for a block of candidates.
All tables are dense over a block of a hundred-odd sentences, where a few matrix products are cheaper than any
bookkeeping, and blocks keep memory bounded.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .encoder import Encoder

    Array = NDArray[np.floating[Any]]
    Index = NDArray[np.int64]

# Bead shapes (Chinese sentences, English sentences). In published novels and minutes, 99.8 % of beads are among them.
SHAPES = (
    (1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 4), (4, 1), (1, 5), (5, 1), (1, 6),
    (2, 2), (2, 3), (3, 2), (2, 4), (4, 2), (3, 3), (3, 4),
)  # fmt: skip
MOST_ZH = max(a for a, _ in SHAPES)
MOST_EN = max(b for _, b in SHAPES)
# Latin letters that carry as much as one Han character; digits and other signs count as letters.
LETTERS_PER_HAN = 3.3


class Side(NamedTuple):
    """One text, sentence by sentence (n of them)."""

    sums: Any  # (n, d) float16: encoder sums, see encoder.py
    counts: Array  # (n,) tokens behind each sum
    starts: Index  # (n + 1,) where each sentence's tokens start in ids
    ids: Index  # token types of all sentences, one after the other
    idf: Array  # (types,) weight of each token type
    mass: Array  # (n,) summed weight of a sentence's tokens
    length: Array  # (n,) Han characters, or Latin letters / LETTERS_PER_HAN
    marks: Array  # (n, len(MARKS)) punctuation


class Texts(NamedTuple):
    """Two texts and the dictionary's links between their token types."""

    zh: Side
    en: Side
    links: Index  # (links, 2): zh type, en type; sorted
    ratio: float  # log of the usual zh/en length ratio of these texts


def describe(zh: Sequence[str], en: Sequence[str], encoder: Encoder) -> Texts:
    """Everything about the two texts that does not depend on which sentences are put together."""
    names = lexicon.romanised(en)
    zh_types: dict[str, int] = {}
    en_types: dict[str, int] = {}
    zh_side = _side(zh, (lexicon.chinese_tokens(s[:MAX_CHARS], names) for s in zh), zh_types, encoder)
    en_side = _side(en, (lexicon.english_tokens(s[:MAX_CHARS]) for s in en), en_types, encoder)
    links = [
        (t, en_types[s]) for token, t in zh_types.items() for s in sorted(lexicon.translations(token)) if s in en_types
    ]
    total = np.log((zh_side.length.sum() + 50) / (en_side.length.sum() + 50))
    return Texts(zh_side, en_side, np.array(links, np.int64).reshape(-1, 2), float(np.clip(total, -0.25, 0.25)))


# Code points of one sentence that are searched for words: as for the encoder, the beginning settles a 100 kB "line".
MAX_CHARS = 2000

_HAN = re.compile(f"[{lexicon.HAN}]")


_SIGN = re.compile(r"[^\W_]")


def _side(texts: Sequence[str], tokens: Iterable[list[str]], types: dict[str, int], encoder: Encoder) -> Side:
    sums, counts = encoder.sums(texts)
    flat, starts = array("q"), array("q", [0])
    seen: Counter[int] = Counter()
    for row in tokens:
        numbers = [types.setdefault(token, len(types)) for token in row]
        seen.update(set(numbers))
        flat.extend(numbers)
        starts.append(len(flat))
    return _weigh(texts, sums, counts, np.array(starts), np.array(flat, np.int64), list(types), seen)


def _weigh(
    texts: Sequence[str], sums: Any, counts: Array, starts: Index, ids: Index, names: list[str], seen: Counter[int]
) -> Side:
    frequency = np.array([seen[t] for t in range(len(names))])
    # A lone character with no gloss of its own, and words unknown to the dictionary, say little when unmatched.
    rarity = np.log((len(texts) + 10) / (frequency + 1))
    known = np.array([1.0 if t.isascii() or lexicon.translations(t) else 0.3 for t in names])
    short = np.array([0.5 if len(t) == 1 else 1.5 if t[0] == "#" else 1.0 for t in names])
    idf = (rarity * known * short).astype(np.float32) if names else np.zeros(0, np.float32)
    mass = np.add.reduceat(np.append(idf[ids], np.float32(0)), starts[:-1])
    mass = np.where(np.diff(starts) > 0, mass, 0).astype(np.float32)
    length = np.array([_length(s) for s in texts], np.float32)
    closing = [text.strip()[-MAX_CHARS:] for text in texts]
    return Side(sums.astype(np.float16), counts, starts, ids, idf, mass, length, _marks(closing))


def _length(text: str) -> float:
    han = len(_HAN.findall(text))
    return han + (len(_SIGN.findall(text)) - han) / LETTERS_PER_HAN


# --- punctuation ----------------------------------------------------------------------------------

MARKS = ("asks", "cries", "breaks_off", "opens", "closes", "ends_?", "ends_!", "ends_,", "ends_:", "starts_open",
         "ends_close", "inside", "commas", "brackets")  # fmt: skip
_ASK, _CRY, _BREAK, _OPEN, _CLOSE, _END_ASK, _END_CRY = range(7)
_END_COMMA, _END_COLON, _FIRST, _LAST, _INSIDE, _COMMAS, _BRACKETS = range(7, len(MARKS))
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)|(?<=s)['’](?= [a-z])")
_SPACES = re.compile(r"\s+")


def _marks(texts: Sequence[str]) -> Array:
    """Punctuation counts and states per sentence. Quotes: “ ” 「 」 『 』, straight and British single ones."""
    marks = np.zeros((len(texts), len(MARKS)), np.float32)
    inside = False
    for row, text in zip(marks, texts, strict=True):
        text = _APOSTROPHE.sub("", text)
        row[_ASK] = text.count("?") + text.count("？")
        row[_CRY] = text.count("!") + text.count("！")
        row[_BREAK] = text.count("…") + text.count("...") + text.count("——") + text.count("—")
        row[_COMMAS] = sum(map(text.count, ",，、;；"))
        row[_BRACKETS] = text.count("(") + text.count("（")
        before = " "
        quotes = []
        for place, c in enumerate(text):
            if c in "“「『‘":
                quotes.append((place, True))
            elif c in "”」』’":
                quotes.append((place, False))
            elif c in "\"'＂":
                quotes.append(
                    (place, before.isspace() or before in "(（—-“‘「" or (place > 0 and not inside and c != "'"))
                )
            before = c
            if quotes and quotes[-1][0] == place:
                inside = quotes[-1][1]
        row[_OPEN] = sum(is_open for _, is_open in quotes)
        row[_CLOSE] = len(quotes) - row[_OPEN]
        row[_FIRST] = bool(quotes) and quotes[0][1] and quotes[0][0] <= 1
        row[_LAST] = bool(quotes) and not quotes[-1][1] and quotes[-1][0] >= len(text) - 2
        row[_INSIDE] = inside
        end = text.rstrip("”」』’\"' )）")[-1:]
        row[_END_ASK] = end in ("?", "？")
        row[_END_CRY] = end in ("!", "！")
        row[_END_COMMA] = end in (",", "，", ";", "；", "、")
        row[_END_COLON] = end in (":", "：")
    return marks


# --- dense tables of a block ----------------------------------------------------------------------


class Tables(NamedTuple):
    """Values for every pair of ends in a block: [a][b][row, column] for the last a and b sentences before the node."""

    top: int  # zh sentence of row 0
    left: int  # en sentence of column 0
    cos: Array  # (MOST_ZH, MOST_EN, rows + 1, columns + 1)
    hits_zh: Array  # same shape: weight of zh tokens that meet a translation
    hits_en: Array  # same shape: weight of en tokens that are met
    dice: Array  # same shape: hits over all weight, 0 … 1
    apart: Array  # same shape: cosine of what sets the runs apart from the rest of their texts


class Singles(NamedTuple):
    """Unit vectors of the single sentences of both texts."""

    zh: Array  # (n, d)
    en: Array  # (m, d)


def singles(texts: Texts, encoder: Encoder) -> Singles:
    zh, en = texts.zh, texts.en
    return Singles(
        encoder.vectors(zh.sums.astype(np.float32), zh.counts), encoder.vectors(en.sums.astype(np.float32), en.counts)
    )


def tables(texts: Texts, encoder: Encoder, own: Singles, top: int, bottom: int, left: int, right: int) -> Tables:
    """Dense tables for zh sentences top … bottom and en sentences left … right (ends excluded)."""
    zh, en = texts.zh, texts.en
    zv = _runs(zh, top, bottom, MOST_ZH, encoder)
    ev = _runs(en, left, right, MOST_EN, encoder)
    cos = np.einsum("ard,bcd->abrc", zv, ev, optimize=True)
    apart = np.einsum("ard,bcd->abrc", _without(zv, own.zh), _without(ev, own.en), optimize=True)
    hits_zh, hits_en = _hits(texts, top, bottom, left, right)
    zm = _window(zh.mass[top:bottom], MOST_ZH)[:, None, :, None]
    em = _window(en.mass[left:right], MOST_EN)[None, :, None, :]
    return Tables(top, left, cos, hits_zh, hits_en, (hits_zh + hits_en) / (zm + em + 1.0), apart)


def _runs(side: Side, start: int, stop: int, most: int, encoder: Encoder) -> Array:
    """Unit vectors of the last 1 … most sentences before each end: (most, stop - start + 1, d); zero if too few."""
    sums = np.cumsum(np.vstack([np.zeros_like(side.sums[:1]), side.sums[start:stop]]), axis=0, dtype=np.float32)
    counts = np.cumsum(np.append(np.float32(0), side.counts[start:stop]))
    out = np.zeros((most, len(sums), sums.shape[1]), np.float32)
    for k in range(1, min(most, stop - start) + 1):
        out[k - 1, k:] = encoder.vectors(sums[k:] - sums[:-k], counts[k:] - counts[:-k])
    return out


def _without(vectors: Array, all_of_text: Array) -> Array:
    """Unit vectors less what the whole text has in common."""
    out: Array = vectors - all_of_text.mean(axis=0)
    out /= np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-6)
    return out


def _window(values: Array, most: int) -> Array:
    """Sums of the last 1 … most values before each end: (most, len(values) + 1, …)."""
    summed = np.concatenate([np.zeros_like(values[:1]), np.cumsum(values, axis=0)]) if len(values) else values
    out = np.zeros((most, *summed.shape), np.float32)
    for k in range(1, most + 1):
        out[k - 1] = summed
        out[k - 1, k:] -= summed[:-k]
        out[k - 1, :k] = summed[:k]
    return out


def _hits(texts: Texts, top: int, bottom: int, left: int, right: int) -> tuple[Array, Array]:
    zh, en = texts.zh, texts.en
    rows, columns = bottom - top, right - left
    shape = (MOST_ZH, MOST_EN, rows + 1, columns + 1)
    zh_types, zh_has = _present(zh, top, bottom)
    en_types, en_has = _present(en, left, right)
    t = np.searchsorted(zh_types, texts.links[:, 0])
    v = np.searchsorted(en_types, texts.links[:, 1])
    here = (t < len(zh_types)) & (v < len(en_types))
    here[here] = (zh_types[t[here]] == texts.links[here, 0]) & (en_types[v[here]] == texts.links[here, 1])
    t, v = t[here], v[here]
    if not len(t):
        return np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    # Only types with a link in this block can hit.
    zh_linked, t = np.unique(t, return_inverse=True)
    en_linked, v = np.unique(v, return_inverse=True)
    zh_has, en_has = zh_has[:, zh_linked], en_has[:, en_linked]
    met_zh = _any_link(en_has > 0, t, v, len(zh_linked))  # (zh types, columns): translation in that sentence
    met_en = _any_link(zh_has > 0, v, t, len(en_linked))  # (en types, rows)
    zh_weight = zh_has * zh.idf[zh_types[zh_linked]]
    en_weight = en_has * en.idf[en_types[en_linked]]
    hits_zh = np.empty(shape, np.float32)
    hits_en = np.empty(shape, np.float32)
    for b, met in enumerate(_any_window(met_zh, MOST_EN)):
        hits_zh[:, b] = _window(zh_weight @ met, MOST_ZH)
    for a, met in enumerate(_any_window(met_en, MOST_ZH)):
        hits_en[a] = _window(en_weight @ met, MOST_EN).swapaxes(1, 2)
    return hits_zh, hits_en


def _present(side: Side, start: int, stop: int) -> tuple[Index, Array]:
    """Token types of some sentences, and how often each stands in each: (types,), (sentences, types)."""
    ids = side.ids[side.starts[start] : side.starts[stop]]
    types, local = np.unique(ids, return_inverse=True)
    sentence = np.repeat(np.arange(stop - start), np.diff(side.starts[start : stop + 1]))
    has = np.zeros((stop - start, len(types)), np.float32)
    np.add.at(has, (sentence, local), 1)
    return types, has


def _any_link(has: NDArray[np.bool_], mine: Index, theirs: Index, types: int) -> NDArray[np.bool_]:
    order = np.argsort(mine, kind="stable")
    starts = np.searchsorted(mine[order], np.arange(types))
    out: NDArray[np.bool_] = np.logical_or.reduceat(has.T[theirs[order]], starts, axis=0)
    return out


def _any_window(met: NDArray[np.bool_], most: int) -> list[Array]:
    """Whether any of the last 1 … most columns before each end is true, as floats: most × (types, columns + 1)."""
    seen = np.zeros((met.shape[0], met.shape[1] + 1), np.float32)
    seen[:, 1:] = met
    out = [seen]
    for _ in range(most - 1):
        wider = seen.copy()
        wider[:, 1:] = np.maximum(wider[:, 1:], out[-1][:, :-1])
        out.append(wider)
    return out


# --- features -------------------------------------------------------------------------------------


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
        (at.window(texts.zh.marks[:, _COMMAS], i, a) + a) / (at.window(texts.en.marks[:, _COMMAS], j, b) + b)
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
        for k in (_ASK, _CRY, _BREAK, _OPEN, _CLOSE, _BRACKETS)
    }
    out["shared_?"] = np.minimum(np.minimum(zs[:, _ASK], es[:, _ASK]), 2)
    out["shared_!"] = np.minimum(np.minimum(zs[:, _CRY], es[:, _CRY]), 2)
    out["shared_open"] = np.minimum(np.minimum(zs[:, _OPEN], es[:, _OPEN]), 3)
    for k in (_END_ASK, _END_CRY, _END_COLON, _LAST, _INSIDE):
        out[f"both_{MARKS[k]}"] = zl[:, k] * el[:, k]
        out[f"one_{MARKS[k]}"] = np.abs(zl[:, k] - el[:, k])
    out["zh_ends_,"] = zl[:, _END_COMMA]
    out["en_ends_,"] = el[:, _END_COMMA]
    out["both_starts_open"] = zf[:, _FIRST] * ef[:, _FIRST]
    out["one_starts_open"] = np.abs(zf[:, _FIRST] - ef[:, _FIRST])
    out["zh_new_speaker"] = closed_z
    out["en_new_speaker"] = closed_e
    out["new_speaker_both"] = np.minimum(closed_z, closed_e)
    return out


def _breaks(marks: Array, end: Index, size: int) -> Array:
    """How often, inside the run, a sentence closes a quote and the next one opens one: another speaker."""
    total = np.zeros(len(end), np.float32)
    for k in range(1, size):
        total += marks[np.maximum(end - 1 - k, 0), _LAST] * marks[end - k, _FIRST]
    return total


def null_features(texts: Texts, near: dict[str, Array], side: str, at: Index) -> dict[str, Array]:
    """Features of a sentence left without a partner; ``near``: per sentence, what the best partner nearby offers."""
    own = texts.zh if side == "zh" else texts.en
    length = np.log(own.length[at] + 1)
    out = {f"null_{side}": np.ones(len(at), np.float32), f"null_{side}_length": length}
    for name, values in near.items():
        out[f"null_{side}_{name}"] = values[at]
    out[f"null_{side}_quote"] = own.marks[at, _FIRST]
    return out
