"""Translations inside one page: both languages, paragraph by paragraph, block after block or line by line.

However a page arranges its two languages, each language keeps the order of the other; so the Chinese and the English
sentences of a page are two texts, and are aligned as such. What decides whether there is anything to align is how much
of the scarcer language turns out to be translation: names, quotes, code and captions stay alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from . import Bead, align, lexicon

if TYPE_CHECKING:
    from .encoder import Encoder


class PageBead(NamedTuple):
    """A translation pair inside a page; each side a tuple of (segment index, start, end), code points of its text."""

    zh: tuple[tuple[int, int, int], ...]
    en: tuple[tuple[int, int, int], ...]
    score: float  # probability that the bead is right, see ``pipeline.alignment.Bead``


# A bead in a page must be surer than one between two texts that are known to belong together.
LEAST_SCORE = 0.5
# Of the scarcer language's text, the share that must be translation for the page to count as bilingual.
LEAST_SHARE = 0.25
# A single bead proves nothing about a page, unless it is long (Han characters, or their worth in letters) and sure;
# with less than that in one of the languages, a page has nothing to align.
LONG_BEAD, SURE = 12.0, 0.8
# What each sentence more of a bead is worth in likeness, so that parts of the same thing are kept.
WHOLE = 0.01

_HAN = f"[{lexicon.HAN}]"
_ZH_SIGN = f"[{lexicon.HAN}，。、；：？！“”‘’（）《》—…·\\d\\s%.,-]"
_EN_RUN = r"[“\"]?[A-Za-z][A-Za-zÀ-ɏ0-9 ,.;:'’\"“”()\-–—?!/&%$]*"
# One switch of language inside a line, at least three words of English and four Han characters.
_EN_ZH = re.compile(rf"(?P<en>{_EN_RUN}?)\s*(?:[/|｜—–-]{{1,2}}\s*)?(?P<zh>[“「『]?{_HAN}{_ZH_SIGN}*)")
_ZH_EN = re.compile(rf"(?P<zh>[“「『]?{_HAN}{_ZH_SIGN}*?)\s*(?:[/|｜—–-]{{1,2}}\s*)?[(（]?(?P<en>{_EN_RUN})[)）]?")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w.-]+|\S*[_/\\=<>{}]\S*")
_ONE_HAN = re.compile(_HAN)
_WORDS = re.compile(r"[A-Za-z][a-zA-Z'’-]*")


def align_page(
    segments: Sequence[tuple[str, str, int]], *, encoder: Encoder | None = None, min_score: float = LEAST_SCORE
) -> list[PageBead]:
    """Translation pairs among a page's sentences, in order; empty for a page in one language.

    ``segments``: (text, language, paragraph number) of each sentence, in the order of the page. Languages other than
    ``zh`` and ``en`` take no part, except that a ``mixed`` line, or one of either language, may hold both halves of a
    pair.
    """
    zh, en = _sides(segments)
    zh_texts, en_texts = [part[0] for part in zh], [part[0] for part in en]
    if min(sum(map(_weight, zh_texts)), sum(map(_weight, en_texts))) < LONG_BEAD:
        return []
    from .encoder import load

    encoder = encoder or load()
    found = align(zh_texts, en_texts, encoder=encoder, min_score=min_score)
    beads = [_together(bead, zh, en, encoder) for bead in found if bead.zh and bead.en]
    if not _is_bilingual(beads, zh_texts, en_texts):
        return []
    return [PageBead(tuple(zh[i][1] for i in b.zh), tuple(en[j][1] for j in b.en), b.score) for b in beads]


# Text, (segment, start, end), paragraph.
_Part = tuple[str, tuple[int, int, int], int]


def _sides(segments: Sequence[tuple[str, str, int]]) -> tuple[list[_Part], list[_Part]]:
    zh: list[_Part] = []
    en: list[_Part] = []
    for n, (text, lang, paragraph) in enumerate(segments):
        both = split_line(text)
        if both:
            (a, b), (c, d) = both
            zh.append((text[a:b], (n, a, b), paragraph))
            en.append((text[c:d], (n, c, d), paragraph))
        elif lang == "zh" and len(_ONE_HAN.findall(text)) >= 2:
            zh.append((text, (n, 0, len(text)), paragraph))
        elif lang == "en" and _is_prose(text):
            en.append((text, (n, 0, len(text)), paragraph))
    return zh, en


def _is_prose(text: str) -> bool:
    """Whether an English segment says anything: addresses and code do not, nor do Chinese lines full of names."""
    plain = _ADDRESS.sub(" ", text)
    letters = sum(len(word) for word in _WORDS.findall(plain))
    return len(_WORDS.findall(plain)) >= 2 and len(_ONE_HAN.findall(plain)) <= 0.05 * letters


def _together(bead: Bead, zh: Sequence[_Part], en: Sequence[_Part], encoder: Encoder) -> Bead:
    """The bead without what merely stands near it: a Chinese title above the English, a caption, a prompt below.

    Of the ways to leave paragraphs out at its ends, the one whose sides are most alike; a side whose parts have the
    other language between them cannot stay whole.
    """
    zh_runs, en_runs = _runs(bead.zh, zh, en), _runs(bead.en, en, zh)
    if len(zh_runs) == len(en_runs) == 1:
        return bead
    from .encoder import encode

    zh_vectors = encode(encoder, ["".join(zh[i][0] for i in run) for run in zh_runs])
    en_vectors = encode(encoder, [" ".join(en[j][0] for j in run) for run in en_runs])
    likeness = zh_vectors @ en_vectors.T
    _, x, y = max(
        (float(likeness[x, y]) + WHOLE * (len(a) + len(b)), x, y)
        for x, a in enumerate(zh_runs)
        for y, b in enumerate(en_runs)
    )
    return Bead(zh_runs[x], en_runs[y], bead.score)


def _runs(indexes: Sequence[int], mine: Sequence[_Part], other: Sequence[_Part]) -> list[tuple[int, ...]]:
    """Runs of whole paragraphs that stand together on the page, i.e. with no part of the other language inside."""
    places = [mine[i][1][0] for i in indexes]
    foreign = {part[1][0] for part in other}
    borders = [k for k in range(1, len(indexes)) if mine[indexes[k]][2] != mine[indexes[k - 1]][2]]
    starts = [0, *borders, len(indexes)]
    return [
        tuple(indexes[start:stop])
        for n, start in enumerate(starts[:-1])
        for stop in starts[n + 1 :]
        if not any(k in foreign for k in range(places[start] + 1, places[stop - 1]))
    ]


def split_line(text: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """(Chinese span, English span) of a line that says one thing in one language and then in the other; else None."""
    for pattern in (_EN_ZH, _ZH_EN):
        match = pattern.fullmatch(text.strip())
        if match:
            shift = len(text) - len(text.lstrip())
            words = _WORDS.findall(match["en"])
            han = len(_ONE_HAN.findall(match["zh"]))
            if len(words) >= 3 and han >= 4 and 0.4 < sum(map(len, words)) / (3.3 * han) < 2.5:
                (a, b), (c, d) = match.span("zh"), match.span("en")
                d = c + len(match["en"].rstrip(" (/|-–—"))
                b = a + len(match["zh"].rstrip(" （(/|-–—"))
                return (a + shift, b + shift), (c + shift, d + shift)
    return None


def _is_bilingual(
    beads: Sequence[tuple[Sequence[int], Sequence[int], float]], zh: Sequence[str], en: Sequence[str]
) -> bool:
    if not beads:
        return False
    zh_size, en_size = [_weight(t) for t in zh], [_weight(t) for t in en]
    paired = [min(sum(zh_size[i] for i in a), sum(en_size[j] for j in b)) for a, b, _ in beads]
    if len(beads) == 1 and (paired[0] < LONG_BEAD or beads[0][2] < SURE):
        return False
    return sum(paired) >= LEAST_SHARE * min(sum(zh_size), sum(en_size))


def _weight(text: str) -> float:
    """Length in Han characters; 3.3 Latin letters count as one."""
    han = len(_ONE_HAN.findall(text))
    return han + (sum(c.isalpha() for c in text) - han) / 3.3
