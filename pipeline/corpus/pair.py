"""Which Chinese document is the translation of which English one?

Documents propose each other by what they share (numbers, Latin words and URLs inside the Chinese, dictionary words),
found through an inverted index, so that cost grows with what is shared and not with all pairs. A proposal is then put
to the vote of its sentences (each votes for the document with the sentence nearest to it, and the vote counts if it is
returned), and at last aligned: how much of both texts pairs off is the score. File names only break ties.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
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
# Sentences of a document that are read for proposing and for voting, spread evenly.
READ = 200
VOTERS = 160
# Cosine of the documents' tokens that a proposal must reach. Of 165 translations, mined from eight projects, the least
# like had 0.146; of 33,820 other pairs 99 in 100 had less than 0.1.
LEAST_SHARED = 0.13
# Share of the smaller text that must pair off.
LEAST_ALIGNED = 0.3

_URL = re.compile(r"https?://[^\s)\]）】>\"'，。]+|\b[\w.+-]+@[\w-]+\.[\w.]+")
_HAN = re.compile("[㐀-䶿一-鿿豈-﫿𠀀-𲎯]")
_LANGUAGE_MARK = re.compile(
    r"(?<![a-z])(?:zh[-_]?(?:cn|hans?|hant|tw|hk)?|en[-_]?(?:us|gb)?|cn|chs|cht|eng?|chinese|english|中文|英文)(?![a-z])",
    re.IGNORECASE,
)


def pair(documents: Sequence[Text], *, encoder: Encoder | None = None) -> list[PairedTexts]:
    """Translation pairs among the documents, each document in at most one, sorted by their indexes."""
    zh = [n for n, d in enumerate(documents) if d.lang == "zh" and d.sentences]
    en = [n for n, d in enumerate(documents) if d.lang == "en" and d.sentences]
    if not zh or not en:
        return []
    proposals = _propose(documents, zh, en)
    if not proposals:
        return []
    if encoder is None:
        from pipeline.alignment.encoder import load

        encoder = load()
    voted = _vote(documents, proposals, encoder)
    return _confirm(documents, voted, encoder)


# --- proposing ------------------------------------------------------------------------------------


def _propose(documents: Sequence[Text], zh: Sequence[int], en: Sequence[int]) -> set[tuple[int, int]]:
    bags = {n: _bag(documents[n]) for n in (*zh, *en)}
    seen_zh = Counter(token for n in zh for token in bags[n])
    seen_en = Counter(token for n in en for token in bags[n])
    postings: dict[str, list[int]] = defaultdict(list)
    for n in en:
        for token in bags[n]:
            if token in seen_zh:
                postings[token].append(n)
    rarity = {token: math.log(1 + len(bags) / (seen_zh[token] + seen_en[token])) for token in {*seen_zh, *seen_en}}
    weight = {
        token: rarity[token]
        for token in postings
        if seen_zh[token] <= max(2, COMMON * len(zh)) and seen_en[token] <= max(2, COMMON * len(en))
    }
    # Against all tokens of a document, not only those that both languages have: a long text shares some with any other.
    norm = {n: math.sqrt(sum(rarity[t] ** 2 for t in bags[n])) or 1.0 for n in bags}
    shared: dict[tuple[int, int], float] = defaultdict(float)
    for n in zh:
        for token in sorted(bags[n]):
            if token in weight:
                for m in postings[token]:
                    shared[n, m] += weight[token] ** 2 / (norm[n] * norm[m])
    of_zh: dict[int, list[tuple[float, int]]] = defaultdict(list)
    of_en: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for (n, m), value in shared.items():
        if value >= LEAST_SHARED or _stem(documents[n].name) == _stem(documents[m].name):
            of_zh[n].append((-value, m))
            of_en[m].append((-value, n))
    chosen = {(n, m) for n, found in of_zh.items() for _, m in sorted(found)[:PROPOSALS]}
    return chosen | {(n, m) for m, found in of_en.items() for _, n in sorted(found)[:PROPOSALS]}


def _bag(document: Text) -> frozenset[str]:
    """What its translation may share with a document: numbers, URLs, English stems (of a Chinese one, the glosses)."""
    from pipeline.alignment import lexicon

    text = "\n".join(s[:500] for s in _spread(document.sentences, READ))
    tokens = set(_URL.findall(text))
    if document.lang == "en":
        return frozenset(tokens | {t for t in lexicon.english_tokens(text) if len(t) > 2})
    for token in set(lexicon.chinese_tokens(text)):
        meanings = lexicon.translations(token)
        if len(meanings) <= 4 and (len(token) > 1 or token[0] in "#="):
            tokens |= {m for m in meanings if len(m) > 2}
    return frozenset(tokens)


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
