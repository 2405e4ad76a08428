"""Likeness of all runs of sentences in a block of both texts, as dense tables.

Dense over a block of a hundred-odd sentences, where a few matrix products are cheaper than any bookkeeping, and blocks
keep memory bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .lattice import MOST_EN, MOST_ZH
from .texts import Side, Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .encoder import Encoder

    Array = NDArray[np.floating[Any]]
    Index = NDArray[np.int64]


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
