"""Which Chinese document is the translation of which English one?

Documents propose each other by what they share (numbers, Latin words and URLs inside the Chinese, dictionary words),
found through an inverted index, so that cost grows with what is shared and not with all pairs. A proposal is then put
to the vote of its sentences (each votes for the document with the sentence nearest to it, and the vote counts if it is
returned), and at last aligned: how much of both texts pairs off is the score. File names only break ties.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.alignment import Bead
    from pipeline.alignment.encoder import Encoder

T = TypeVar("T", int, str)


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
# Difference of two votes (0 … 1) below which names decide, or nothing.
TIE = 0.02
# Pairs of documents that are counted at a time.
_PORTION = 4_000_000
# Share of the smaller text that must pair off, in beads of this score.
LEAST_ALIGNED = 0.3
LEAST_SCORE = 0.5

_URL = re.compile(r"https?://[^\s)\]）】>\"'，。]+|\b[\w.+-]+@[\w-]+\.[\w.]+")
_HAN = re.compile("[㐀-䶿一-鿿豈-﫿𠀀-𲎯]")
_LANGUAGE_MARK = re.compile(
    r"(?<![a-z])(?:zh[-_]?(?:cn|hans?|hant|tw|hk)?|en[-_]?(?:us|gb)?|cn|chs|cht|eng?|chinese|english|中文|英文)(?![a-z])",
    re.IGNORECASE,
)


def pair(documents: Sequence[Text], *, encoder: Encoder | None = None) -> list[PairedTexts]:
    """Translation pairs among the documents, each document in at most one, sorted by their indexes.

    The steps below, one after the other; a batch keeps what each step finds from run to run.
    """
    from pipeline.alignment import align
    from pipeline.alignment.encoder import encode, load

    proposals = propose(documents, [bag(document) for document in documents])
    if not proposals:
        return []
    encoder = encoder or load()
    vectors = {
        n: encode(encoder, voters(documents[n].sentences)) for n in sorted({n for two in proposals for n in two})
    }
    votes = {(n, m): vote(vectors[n], vectors[m]) for n, m in proposals}
    ranked = rank(documents, lambda: votes.items())
    shares: dict[tuple[int, int], float] = {}
    while True:
        chosen, open_ = choose((n, m, shares.get((n, m))) for n, m in ranked)
        if not open_:
            return sorted(PairedTexts(n, m, round(shares[n, m], 4)) for n, m in chosen)
        for n, m in open_:
            zh, en = documents[n].sentences, documents[m].sentences
            shares[n, m] = paired_share(zh, en, align(zh, en, encoder=encoder))


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


def propose(documents: Sequence[Text], bags: Sequence[NDArray[np.uint32]]) -> list[tuple[int, int]]:
    """(Chinese, English) documents whose tokens are alike enough, ascending: the best PROPOSALS of each document.

    ``bags`` are those of ``bag`` for each document; sentences are not read.
    """
    import numpy as np

    zh = [n for n, d in enumerate(documents) if d.lang == "zh" and len(bags[n])]
    en = [n for n, d in enumerate(documents) if d.lang == "en" and len(bags[n])]
    if not zh or not en:
        return []
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
    return sorted(chosen | {(n, m) for m, found in of_en.items() for _, n in sorted(found)[:PROPOSALS]})


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


def _same_words(one: str, other: str) -> float:
    """Share of the words of two stems that stand in both."""
    words, others = set(one.split("/")), set(other.split("/"))
    return len(words & others) / len(words | others)


# --- voting ---------------------------------------------------------------------------------------


class Vote(NamedTuple):
    """What the sentences of two documents say to their being translations: for each, its nearest in the other one."""

    zh: NDArray[Any]  # of SIDE, a row for each Chinese sentence that votes
    en: NDArray[Any]

    def pack(self) -> bytes:
        return bytes([len(self.zh)]) + self.zh.tobytes() + self.en.tobytes()

    @classmethod
    def unpack(cls, packed: bytes) -> Vote:
        import numpy as np

        rows = np.frombuffer(packed, SIDE, offset=1)
        return cls(rows[: packed[0]], rows[packed[0] :])


# Cosine of a sentence and its nearest one, and which that is: VOTERS fit into a byte.
SIDE: Final = [("cosine", "<f4"), ("nearest", "u1")]


def voters(sentences: Sequence[str]) -> list[str]:
    """The sentences that vote: at most VOTERS of those with something to say, or of all if none is long enough."""
    return list(_spread([s for s in sentences if len(s) >= 6] or sentences, VOTERS))


def vote(zh: NDArray[Any], en: NDArray[Any]) -> Vote:
    """The vote of two documents, by the vectors of their voters. It depends on nothing else."""
    import numpy as np

    table = zh.astype(np.float16).astype(np.float32) @ en.astype(np.float16).astype(np.float32).T
    sides = []
    for rows in (table, table.T):
        side = np.empty(len(rows), SIDE)
        side["cosine"], side["nearest"] = rows.max(axis=1), rows.argmax(axis=1)
        sides.append(side)
    return Vote(*sides)


def rank(
    documents: Sequence[Text], votes: Callable[[], Iterable[tuple[tuple[int, int], Vote]]]
) -> list[tuple[int, int]]:
    """The pairs that were voted on, the likeliest first; those left out for which no sentence speaks.

    ``votes`` is called twice and may give them in any order. A sentence votes for the document, of all those proposed
    to its own, that holds the sentence nearest to it, and its vote counts if that sentence returns it.
    """
    import numpy as np

    best: dict[int, NDArray[Any]] = {}
    for two, sides in votes():
        for n, side in zip(two, sides, strict=True):
            best[n] = np.maximum(best.get(n, side["cosine"]), side["cosine"])
    ranked = []
    for (n, m), (zh, en) in votes():
        mutual = en["nearest"][zh["nearest"]] == np.arange(len(zh))
        here = zh["cosine"] >= best[n] - 1e-3
        there = en["cosine"][zh["nearest"]] >= best[m][zh["nearest"]] - 1e-3
        share = float((mutual & here & there).sum()) / min(len(zh), len(en))
        likeness = float(zh["cosine"][mutual].mean()) if mutual.any() else 0.0
        if share > 0:
            named = _same_words(_stem(documents[n].name), _stem(documents[m].name))
            ranked.append(_Ranked(-share * likeness, n, m, named))
    return _without_ties(sorted(ranked))


class _Ranked(NamedTuple):
    unlikely: float  # the vote, negated
    zh: int
    en: int
    named: float  # how alike the names are, 0 … 1


def _without_ties(ranked: Sequence[_Ranked]) -> list[tuple[int, int]]:
    """The pairs, without those that sentences cannot decide: two versions of a page and of its translation, say.

    A pair is undecided if another one of a document of it, all of them still free, is all but as likely. Then the one
    whose names are more alike is meant; if none is, nothing is chosen for these documents.
    """
    rivals: dict[int, list[_Ranked]] = defaultdict(list)
    for pair in ranked:
        rivals[pair.zh].append(pair)
        rivals[pair.en].append(pair)
    taken: set[int] = set()
    undecided: set[int] = set()
    out = []
    for pair in ranked:
        two = {pair.zh, pair.en}
        if not two & taken:
            near = [
                other
                for other in (*rivals[pair.zh], *rivals[pair.en])
                if abs(other.unlikely - pair.unlikely) < TIE and not {other.zh, other.en} & taken and other != pair
            ]
            named = max((other.named for other in near), default=-1.0)
            if named > pair.named:
                continue
            if named == pair.named or two & undecided:
                undecided |= two.union(*({other.zh, other.en} for other in near if other.named == pair.named))
                continue
            taken |= two
        out.append((pair.zh, pair.en))
    return out


# --- confirming -----------------------------------------------------------------------------------


def choose(ranked: Iterable[tuple[T, T, float | None]]) -> tuple[list[tuple[T, T]], list[tuple[T, T]]]:
    """(pairs of translations, pairs that must be aligned first) of (Chinese, English, ``paired_share`` or None).

    A document goes to the first that it pairs off with. While there are pairs to align, what is chosen is not final.
    """
    taken: set[T] = set()
    chosen, unknown = [], []
    for n, m, share in ranked:
        if n in taken or m in taken:
            continue
        if share is None:
            # Whether these two are free for others is not known yet.
            unknown.append((n, m))
        elif share > 0:
            chosen.append((n, m))
        else:
            continue
        taken |= {n, m}
    return chosen, unknown


def paired_share(zh: Sequence[str], en: Sequence[str], beads: Iterable[Bead]) -> float:
    """How much of two texts pairs off in their alignment; 0.0 if that is too little for translations.

    Lines that stand in both, such as commands, tell nothing.
    """
    both = set(zh) & set(en)
    zh_size = [0 if s in both or not _HAN.search(s) else len(s) for s in zh]
    en_size = [0 if s in both else len(s) for s in en]
    sure = [bead for bead in beads if bead.zh and bead.en and bead.score >= LEAST_SCORE]
    of_zh = sum(zh_size[i] for bead in sure for i in bead.zh) / max(1, sum(zh_size))
    of_en = sum(en_size[j] for bead in sure for j in bead.en) / max(1, sum(en_size))
    if max(of_zh, of_en) < LEAST_ALIGNED or min(of_zh, of_en) < LEAST_ALIGNED / 3:
        return 0.0
    return (of_zh + of_en) / 2
