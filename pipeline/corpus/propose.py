"""Which documents may be translations of each other?

Documents propose each other by what they share: numbers, Latin words and URLs inside the Chinese, dictionary words.
That is found through an inverted index of the tokens in few documents of both languages, so that cost grows with what
is shared and not with all pairs, and a portion at a time, so that memory grows with the documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Proposals per document that go on to the vote.
PROPOSALS = 8
# A token in more than this share of one side's documents (and in more than 2) proposes nothing.
COMMON = 0.2
# Nor does one in more documents than this, however many there are: pairs grow with its square.
MOST_COMMON = 100
# Sentences of a document that are read, spread evenly.
READ = 200
# Cosine of the documents' tokens that a proposal must reach. Of 165 translations, mined from eight projects, the least
# like had 0.146; of 33,820 other pairs 99 in 100 had less than 0.1.
LEAST_SHARED = 0.13
# The same for documents whose names differ in a mark of language only.
LEAST_NAMED = 0.02
# Tokens, and pairs of documents by token, that are counted at a time.
_PORTION = 1_000_000

_URL = re.compile(r"https?://[^\s)\]）】>\"'，。]+|\b[\w.+-]+@[\w-]+\.[\w.]+")
_LANGUAGE_MARK = re.compile(
    r"(?<![a-z])(?:zh[-_]?(?:cn|hans?|hant|tw|hk)?|en[-_]?(?:us|gb)?|cn|chs|cht|eng?|chinese|english|中文|英文)(?![a-z])",
    re.IGNORECASE,
)


class Text(NamedTuple):
    """A document as pairing sees it."""

    name: str  # its path; a hint only
    lang: str  # "zh" or "en"; others take no part
    sentences: Sequence[str]


def bag(document: Text) -> NDArray[np.uint32]:
    """Hashes of what of a document its translation may share: numbers, URLs, and English stems.

    Of a Chinese document, the stems of what its words may be translated by. Ascending, each once.
    """
    import numpy as np

    from pipeline.alignment import lexicon

    if document.lang not in ("zh", "en"):
        return np.zeros(0, np.uint32)
    text = "\n".join(s[:500] for s in spread(document.sentences, READ))
    tokens = set(_URL.findall(text))
    if document.lang == "en":
        tokens |= {t for t in lexicon.english_tokens(text) if len(t) > 2}
    else:
        for token in set(lexicon.chinese_tokens(text)):
            meanings = lexicon.translations(token)
            if len(meanings) <= 4 and (len(token) > 1 or token[0] in "#="):
                tokens |= {m for m in meanings if len(m) > 2}
    return np.unique(np.fromiter((crc32(token.encode()) for token in tokens), np.uint32, len(tokens)))


def propose(documents: Sequence[Text], bag_of: Callable[[int], NDArray[np.uint32]]) -> list[tuple[int, int]]:
    """(Chinese, English) documents whose tokens are alike enough, ascending: the best PROPOSALS of each document.

    ``bag_of(n)`` is the ``bag`` of document n. It is called twice for each, so that the bags need not lie in memory;
    what does are the tokens in few documents of both languages. Sentences are not read.
    """
    import numpy as np

    sides = [[n for n, d in enumerate(documents) if d.lang == lang] for lang in ("zh", "en")]
    frequencies = [_frequencies(map(bag_of, side)) for side in sides]
    tokens = np.union1d(frequencies[0].tokens, frequencies[1].tokens)
    seen = np.zeros((2, len(tokens)), np.int64)
    for row, known in zip(seen, frequencies, strict=True):
        row[np.searchsorted(tokens, known.tokens)] = known.counts
    rarity = np.log(1 + sum(known.documents for known in frequencies) / np.maximum(seen.sum(axis=0), 1)) ** 2
    most = np.array([[_common(known.documents)] for known in frequencies])
    telling: NDArray[np.bool_] = np.all((seen > 0) & (seen <= most), axis=0)
    zh, en = (_index(map(bag_of, side), tokens, telling, rarity) for side in sides)
    stems: dict[str, int] = {}
    zh_stems, en_stems = (
        np.array([stems.setdefault(stem(documents[n].name), len(stems)) for n in side], np.int64) for side in sides
    )
    of_zh = of_en = _Alike(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    for found in _shared(zh, en, rarity):
        named = (found.alike >= LEAST_NAMED) & (zh_stems[found.zh] == en_stems[found.en])
        found = found.only(named | (found.alike >= LEAST_SHARED))
        of_zh = of_zh.and_also(found.only(_best(found.zh, found.alike, found.en)))
        of_en = of_en.and_also(found)
        of_en = of_en.only(_best(of_en.en, of_en.alike, of_en.zh))
    chosen = zip([*of_zh.zh.tolist(), *of_en.zh.tolist()], [*of_zh.en.tolist(), *of_en.en.tolist()], strict=True)
    return sorted({(sides[0][n], sides[1][m]) for n, m in chosen})


class _Frequencies(NamedTuple):
    tokens: NDArray[np.uint32]  # ascending
    counts: NDArray[np.int64]  # documents that hold each
    documents: int  # those that hold any


def _frequencies(bags: Iterable[NDArray[np.uint32]]) -> _Frequencies:
    import numpy as np

    known = _Frequencies(np.zeros(0, np.uint32), np.zeros(0, np.int64), 0)
    portion: list[NDArray[np.uint32]] = []
    size = 0
    for bag in bags:
        if len(bag):
            portion.append(bag)
            size += len(bag)
        if size >= _PORTION:
            known, portion, size = _added(known, portion), [], 0
    return _added(known, portion)


def _added(known: _Frequencies, bags: Sequence[NDArray[np.uint32]]) -> _Frequencies:
    import numpy as np

    found, counts = np.unique(np.concatenate((*bags, np.zeros(0, np.uint32))), return_counts=True)
    tokens = np.union1d(known.tokens, found)
    total = np.zeros(len(tokens), np.int64)
    total[np.searchsorted(tokens, known.tokens)] = known.counts
    total[np.searchsorted(tokens, found)] += counts
    return _Frequencies(tokens, total, known.documents + len(bags))


class _Index(NamedTuple):
    """The telling tokens of the documents of one language, by their numbers."""

    tokens: NDArray[np.int32]  # of all documents, one after the other
    starts: NDArray[np.int64]  # (documents + 1,) where those of each start
    norm: NDArray[np.float64]  # of each document, over all its tokens


def _index(
    bags: Iterable[NDArray[np.uint32]],
    tokens: NDArray[np.uint32],
    telling: NDArray[np.bool_],
    rarity: NDArray[np.float64],
) -> _Index:
    import numpy as np

    held, norms = [np.zeros(0, np.int32)], []
    for bag in bags:
        numbers = np.searchsorted(tokens, bag)
        # Against all tokens of a document, not only those of both languages: a long text shares some with any other.
        norms.append(np.sqrt(rarity[numbers].sum()))
        held.append(numbers[telling[numbers]].astype(np.int32))
    starts = np.cumsum([len(numbers) for numbers in held])
    return _Index(np.concatenate(held), starts, np.array(norms))


def _common(count: int) -> float:
    """Documents of one side that may hold a token which still proposes something."""
    return min(max(2, COMMON * count), MOST_COMMON)


class _Alike(NamedTuple):
    """Pairs of documents that share something: row by row, the Chinese and the English one and how alike they are."""

    zh: NDArray[np.int64]
    en: NDArray[np.int64]
    alike: NDArray[np.float64]

    def only(self, rows: NDArray[np.bool_]) -> _Alike:
        return _Alike(self.zh[rows], self.en[rows], self.alike[rows])

    def and_also(self, more: _Alike) -> _Alike:
        import numpy as np

        return _Alike(*(np.concatenate(two) for two in zip(self, more, strict=True)))


def _best(group: NDArray[np.int64], alike: NDArray[np.float64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The PROPOSALS rows of each group that are most alike; of rows that are equally so, those of lower ``other``."""
    import numpy as np

    order = np.lexsort((other, -alike, group))
    first = np.searchsorted(group[order], group[order])
    best = np.zeros(len(group), np.bool_)
    best[order[np.arange(len(order)) - first < PROPOSALS]] = True
    return best


def _shared(zh: _Index, en: _Index, rarity: NDArray[np.float64]) -> Iterator[_Alike]:
    """All pairs of documents that share a telling token, some Chinese documents at a time, in their order."""
    import numpy as np

    order = np.argsort(en.tokens, kind="stable")
    holders = np.repeat(np.arange(len(en.norm)), np.diff(en.starts))[order]  # of each token, token by token
    sizes = np.bincount(en.tokens, minlength=len(rarity))
    places = np.cumsum(sizes) - sizes
    total = np.concatenate(([0], np.cumsum(sizes[zh.tokens])))[zh.starts]
    start, documents = 0, len(zh.norm)
    while start < documents:
        stop = max(start + 1, int(np.searchsorted(total, total[start] + _PORTION, "right")) - 1)
        tokens = zh.tokens[zh.starts[start] : zh.starts[stop]]
        rows = np.repeat(np.arange(start, stop), np.diff(zh.starts[start : stop + 1]))
        count = sizes[tokens]
        token = np.repeat(tokens, count)
        within = np.arange(len(token)) - np.repeat(np.cumsum(count) - count, count)
        keys, back = np.unique(
            np.repeat(rows, count) * len(en.norm) + holders[places[token] + within], return_inverse=True
        )
        shared = np.bincount(back, weights=rarity[token], minlength=len(keys))
        n, m = keys // len(en.norm), keys % len(en.norm)
        yield _Alike(n, m, shared / (zh.norm[n] * en.norm[m]))
        start = stop


def spread(sentences: Sequence[str], count: int) -> Sequence[str]:
    """At most so many of the sentences, from all over the text."""
    if len(sentences) <= count:
        return sentences
    step = len(sentences) / count
    return [sentences[int(k * step)] for k in range(count)]


def stem(name: str) -> str:
    """A path without what marks its language: docs/zh/a.md, docs/a.zh-CN.md and docs/en/a.md have one stem."""
    return re.sub(r"[\W_]+", "/", _LANGUAGE_MARK.sub("", name)).strip("/").lower()
