"""Which Chinese document is the translation of which English one?

Documents propose each other by what they share (numbers, Latin words and URLs inside the Chinese, dictionary words),
found through an inverted index, so that cost grows with what is shared and not with all pairs. A proposal is then put
to the vote of its sentences (each votes for the document with the sentence nearest to it, and the vote counts if it is
returned), and at last aligned: how much of both texts pairs off is the score. File names only break ties.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.alignment.encoder import Encoder


class Text(NamedTuple):
    """A document as pairing sees it."""

    name: str  # its path; a hint only
    lang: str  # "zh" or "en"; others take no part
    sentences: Sequence[str]


class PairedTexts(NamedTuple):
    zh: int  # index into the documents given
    en: int
    score: float  # share of both texts that pairs off in the alignment, 0 … 1


# Proposals per document that go on to the vote.
PROPOSALS = 8
# A token in more than this share of one side's documents (and in more than 2) proposes nothing.
COMMON = 0.2
# Nor does one in more documents than this, however many there are: pairs grow with its square.
MOST_COMMON = 100
# Sentences of a document that are read for proposing and for voting, spread evenly.
READ = 200
VOTERS = 160
# Cosine of the documents' tokens that a proposal must reach. Of 165 translations, mined from eight projects, the least
# like had 0.146; of 33,820 other pairs 99 in 100 had less than 0.1.
LEAST_SHARED = 0.13
# The same for documents whose names differ in a mark of language only.
LEAST_NAMED = 0.02
# Pairs of documents that are counted at a time.
_PORTION = 4_000_000
# Share of the smaller text that must pair off.
LEAST_ALIGNED = 0.3

_URL = re.compile(r"https?://[^\s)\]）】>\"'，。]+|\b[\w.+-]+@[\w-]+\.[\w.]+")
_HAN = re.compile("[㐀-䶿一-鿿豈-﫿𠀀-𲎯]")
_LANGUAGE_MARK = re.compile(
    r"(?<![a-z])(?:zh[-_]?(?:cn|hans?|hant|tw|hk)?|en[-_]?(?:us|gb)?|cn|chs|cht|eng?|chinese|english|中文|英文)(?![a-z])",
    re.IGNORECASE,
)


def pair(
    documents: Sequence[Text], *, bags: Sequence[NDArray[np.uint32]] | None = None, encoder: Encoder | None = None
) -> list[PairedTexts]:
    """Translation pairs among the documents, each document in at most one, sorted by their indexes.

    ``bags`` are those of ``bag`` for each document, where they are known already; then only sentences of documents
    that propose each other are read.
    """
    if bags is None:
        bags = [bag(document) for document in documents]
    zh = [n for n, d in enumerate(documents) if d.lang == "zh" and len(bags[n])]
    en = [n for n, d in enumerate(documents) if d.lang == "en" and len(bags[n])]
    if not zh or not en:
        return []
    proposals = _propose(documents, bags, zh, en)
    if not proposals:
        return []
    if encoder is None:
        from pipeline.alignment.encoder import load

        encoder = load()
    voted = _vote(documents, proposals, encoder)
    return _confirm(documents, voted, encoder)


# --- proposing ------------------------------------------------------------------------------------


def bag(document: Text) -> NDArray[np.uint32]:
    """Hashes of what of a document its translation may share: numbers, URLs, and English stems.

    Of a Chinese document, the stems of what its words may be translated by. Ascending, each once.
    """
    import numpy as np

    from pipeline.alignment import lexicon

    if document.lang not in ("zh", "en"):
        return np.zeros(0, np.uint32)
    text = "\n".join(s[:500] for s in _spread(document.sentences, READ))
    tokens = set(_URL.findall(text))
    if document.lang == "en":
        tokens |= {t for t in lexicon.english_tokens(text) if len(t) > 2}
    else:
        for token in set(lexicon.chinese_tokens(text)):
            meanings = lexicon.translations(token)
            if len(meanings) <= 4 and (len(token) > 1 or token[0] in "#="):
                tokens |= {m for m in meanings if len(m) > 2}
    return np.unique(np.fromiter((crc32(token.encode()) for token in tokens), np.uint32, len(tokens)))


def _propose(
    documents: Sequence[Text], bags: Sequence[NDArray[np.uint32]], zh: Sequence[int], en: Sequence[int]
) -> set[tuple[int, int]]:
    """Pairs of documents whose tokens are alike enough, at most PROPOSALS for each document."""
    import numpy as np

    tokens, ids = np.unique(np.concatenate([bags[n] for n in (*zh, *en)]), return_inverse=True)
    sizes = [len(bags[n]) for n in (*zh, *en)]
    rows = np.repeat(np.arange(len(zh) + len(en)), sizes)
    border = sum(sizes[: len(zh)])
    seen_zh = np.bincount(ids[:border], minlength=len(tokens))
    seen_en = np.bincount(ids[border:], minlength=len(tokens))
    rarity = np.log(1 + (len(zh) + len(en)) / (seen_zh + seen_en)) ** 2
    # Against all tokens of a document, not only those that both languages have: a long text shares some with any other.
    norm = np.sqrt(np.bincount(rows, weights=rarity[ids]))
    telling = (seen_zh > 0) & (seen_en > 0) & (seen_zh <= _common(len(zh))) & (seen_en <= _common(len(en)))
    sides = []
    for part in (slice(0, border), slice(border, None)):
        held = np.flatnonzero(telling[ids[part]])
        order = held[np.argsort(ids[part][held], kind="stable")]
        sides.append(rows[part][order])
    pairs, shared = _shared(
        sides[0], sides[1] - len(zh), np.where(telling, seen_zh, 0), np.where(telling, seen_en, 0), rarity, len(en)
    )
    alike = shared / (norm[pairs // len(en)] * norm[len(zh) + pairs % len(en)])
    of_zh: dict[int, list[tuple[float, int]]] = defaultdict(list)
    of_en: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for at in np.flatnonzero(alike >= LEAST_NAMED).tolist():
        n, m, value = zh[pairs[at] // len(en)], en[pairs[at] % len(en)], float(alike[at])
        if value >= LEAST_SHARED or _stem(documents[n].name) == _stem(documents[m].name):
            of_zh[n].append((-value, m))
            of_en[m].append((-value, n))
    chosen = {(n, m) for n, found in of_zh.items() for _, m in sorted(found)[:PROPOSALS]}
    return chosen | {(n, m) for m, found in of_en.items() for _, n in sorted(found)[:PROPOSALS]}


def _common(count: int) -> float:
    """Documents of one side that may hold a token which still proposes something."""
    return min(max(2, COMMON * count), MOST_COMMON)


def _shared(
    zh_rows: NDArray[np.int64],
    en_rows: NDArray[np.int64],
    zh_sizes: NDArray[np.int64],
    en_sizes: NDArray[np.int64],
    weights: NDArray[np.float64],
    width: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(zh * width + en) of all pairs of rows that share a token, ascending, and the weight of what they share.

    ``zh_rows`` and ``en_rows`` are the rows that hold each token, token by token; ``zh_sizes`` and ``en_sizes`` how
    many they are. Tokens are taken in portions, so that memory follows the number of pairs that share something.
    """
    import numpy as np

    counts = zh_sizes * en_sizes
    zh_starts, en_starts = np.cumsum(zh_sizes) - zh_sizes, np.cumsum(en_sizes) - en_sizes
    portions = np.cumsum(counts) // _PORTION
    keys = np.zeros(0, np.int64)
    sums: NDArray[Any] = np.zeros(0)
    for portion in np.unique(portions[counts > 0]).tolist():
        at = np.flatnonzero((portions == portion) & (counts > 0))
        token = np.repeat(at, counts[at])
        place = np.arange(len(token)) - np.repeat(np.cumsum(counts[at]) - counts[at], counts[at])
        row = zh_rows[zh_starts[token] + place // en_sizes[token]]
        column = en_rows[en_starts[token] + place % en_sizes[token]]
        keys, back = np.unique(np.concatenate((keys, row * width + column)), return_inverse=True)
        sums = np.bincount(back, weights=np.concatenate((sums, weights[token])))
    return keys, sums


def _spread(sentences: Sequence[str], count: int) -> Sequence[str]:
    if len(sentences) <= count:
        return sentences
    step = len(sentences) / count
    return [sentences[int(k * step)] for k in range(count)]


def _stem(name: str) -> str:
    """A path without what marks its language: docs/zh/a.md, docs/a.zh-CN.md and docs/en/a.md have one stem."""
    return re.sub(r"[\W_]+", "/", _LANGUAGE_MARK.sub("", name)).strip("/").lower()


# --- voting ---------------------------------------------------------------------------------------


def _vote(
    documents: Sequence[Text], proposals: Iterable[tuple[int, int]], encoder: Encoder
) -> list[tuple[float, int, int]]:
    """(share of sentences that find each other, zh, en), best first, proposals without any vote left out."""
    import numpy as np

    from pipeline.alignment.encoder import encode

    partners: dict[int, list[int]] = defaultdict(list)
    vectors = {}
    for n, m in sorted(proposals):
        partners[n].append(m)
        for k in (n, m):
            if k not in vectors:
                vectors[k] = encode(encoder, list(_spread(_telling(documents[k].sentences), VOTERS))).astype(np.float16)
    nearest = {}  # (zh, en): similarity of each zh sentence's best in en, and of each en sentence's best in zh
    for n, found in partners.items():
        for m in found:
            table = vectors[n].astype(np.float32) @ vectors[m].astype(np.float32).T
            nearest[n, m] = (table.max(axis=1), table.max(axis=0), table.argmax(axis=1), table.argmax(axis=0))
    best_zh: dict[int, Any] = {}
    best_en: dict[int, Any] = {}
    for (n, m), (rows, columns, _, _) in nearest.items():
        best_zh[n] = np.maximum(best_zh.get(n, rows), rows)
        best_en[m] = np.maximum(best_en.get(m, columns), columns)
    out = []
    for (n, m), (rows, columns, to_en, to_zh) in nearest.items():
        mutual = to_zh[to_en] == np.arange(len(rows))
        here = mutual & (rows >= best_zh[n] - 1e-3) & (columns[to_en] >= best_en[m][to_en] - 1e-3)
        share = float(here.sum()) / min(len(rows), len(columns))
        likeness = float(rows[mutual].mean()) if mutual.any() else 0.0
        if share > 0:
            bonus = 0.02 if _stem(documents[n].name) == _stem(documents[m].name) else 0.0
            out.append((share * likeness + bonus, n, m))
    return sorted(out, key=lambda vote: (-vote[0], vote[1], vote[2]))


def _telling(sentences: Sequence[str]) -> Sequence[str]:
    """Sentences with something to say; all, if none is long enough."""
    return [s for s in sentences if len(s) >= 6] or sentences


# --- confirming -----------------------------------------------------------------------------------


def _confirm(documents: Sequence[Text], votes: Sequence[tuple[float, int, int]], encoder: Encoder) -> list[PairedTexts]:
    taken: set[int] = set()
    found = []
    for _, n, m in votes:
        if n in taken or m in taken:
            continue
        shares = _paired_shares(documents[n].sentences, documents[m].sentences, encoder)
        if max(shares) >= LEAST_ALIGNED and min(shares) >= LEAST_ALIGNED / 3:
            taken |= {n, m}
            found.append(PairedTexts(n, m, round(sum(shares) / 2, 4)))
    return sorted(found)


def _paired_shares(zh: Sequence[str], en: Sequence[str], encoder: Encoder) -> tuple[float, float]:
    """Share of each text's characters that pair off. Lines that stand in both, such as commands, tell nothing."""
    from pipeline.alignment import align

    both = set(zh) & set(en)
    zh_size = [0 if s in both or not _HAN.search(s) else len(s) for s in zh]
    en_size = [0 if s in both else len(s) for s in en]
    beads = [b for b in align(zh, en, encoder=encoder, min_score=0.5) if b.zh and b.en]
    zh_paired = sum(zh_size[i] for b in beads for i in b.zh)
    en_paired = sum(en_size[j] for b in beads for j in b.en)
    return zh_paired / max(1, sum(zh_size)), en_paired / max(1, sum(en_size))
