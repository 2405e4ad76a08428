"""Which Chinese document is the translation of which English one?

Documents propose each other by what they share (``propose.py``). A proposal is then put to the vote of its sentences
(each votes for the document with the sentence nearest to it, and the vote counts if it is returned), and at last
aligned: how much of both texts pairs off is the score. File names only break ties.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from pipeline.corpus.propose import Text, bag, propose, spread, stem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.alignment import Bead
    from pipeline.alignment.encoder import Encoder

T = TypeVar("T", int, str)


class PairedTexts(NamedTuple):
    zh: int  # index into the documents given
    en: int
    score: float  # share of both texts that pairs off in the alignment, 0 … 1


# Sentences of a document that vote, spread evenly.
VOTERS = 160
# Difference of two votes (0 … 1) below which names decide, or nothing.
TIE = 0.02
# Share of the smaller text that must pair off, in beads of this score.
LEAST_ALIGNED = 0.3
LEAST_SCORE = 0.5

_HAN = re.compile("[㐀-䶿一-鿿豈-﫿𠀀-𲎯]")


def pair(documents: Sequence[Text], *, encoder: Encoder | None = None) -> list[PairedTexts]:
    """Translation pairs among the documents, each document in at most one, sorted by their indexes.

    The steps below, one after the other; a batch keeps what each step finds from run to run.
    """
    from pipeline.alignment import align
    from pipeline.alignment.encoder import encode, load

    proposals = propose(documents, [bag(document) for document in documents].__getitem__)
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
    return list(spread([s for s in sentences if len(s) >= 6] or sentences, VOTERS))


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
            named = _same_words(stem(documents[n].name), stem(documents[m].name))
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
