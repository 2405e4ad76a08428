"""The two texts as the aligner sees them: sentence vectors, dictionary words, lengths and punctuation."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import lexicon
from .marks import count_marks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .encoder import Encoder

    Array = NDArray[np.floating[Any]]
    Index = NDArray[np.int64]

# Latin letters that carry as much as one Han character; digits and other signs count as letters.
LETTERS_PER_HAN = 3.3
# Code points of one sentence that are searched for words: as for the encoder, the beginning settles a 100 kB "line".
MAX_CHARS = 2000

_HAN = re.compile(f"[{lexicon.HAN}]")
_SIGN = re.compile(r"[^\W_]")


class Side(NamedTuple):
    """One text, sentence by sentence (n of them)."""

    sums: Any  # (n, d) float16: encoder sums, see encoder.py
    counts: Array  # (n,) tokens behind each sum
    starts: Index  # (n + 1,) where each sentence's tokens start in ids
    ids: Index  # token types of all sentences, one after the other
    idf: Array  # (types,) weight of each token type
    mass: Array  # (n,) summed weight of a sentence's tokens
    length: Array  # (n,) Han characters, or Latin letters / LETTERS_PER_HAN
    marks: Array  # (n, len(MARKS)) punctuation, see marks.py


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
    return Side(sums.astype(np.float16, copy=False), counts, starts, ids, idf, mass, length, count_marks(closing))


def _length(text: str) -> float:
    han = len(_HAN.findall(text))
    return han + (len(_SIGN.findall(text)) - han) / LETTERS_PER_HAN


def part(texts: Texts, rows: slice, columns: slice) -> Texts:
    """Some Chinese and some English sentences of the texts, with what all of them have in common."""
    return texts._replace(zh=_part_of_side(texts.zh, rows), en=_part_of_side(texts.en, columns))


def _part_of_side(side: Side, rows: slice) -> Side:
    starts = side.starts[rows.start : rows.stop + 1]
    return side._replace(
        sums=side.sums[rows], counts=side.counts[rows], starts=starts - starts[0],
        ids=side.ids[starts[0] : starts[-1]], mass=side.mass[rows], length=side.length[rows], marks=side.marks[rows],
    )  # fmt: skip
