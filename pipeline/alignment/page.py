"""Translations inside one page: both languages, paragraph by paragraph, block after block or line by line.

However a page arranges its two languages, each language keeps the order of the other; so the Chinese and the English
sentences of a page are two texts, and are aligned as such. What decides whether there is anything to align is how much
of the scarcer language turns out to be translation: names, quotes, code and captions stay alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from . import align, lexicon

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
# A single bead proves nothing about a page, unless it is long (Han characters, or their worth in letters) and sure.
LONG_BEAD, SURE = 12.0, 0.8

_HAN = f"[{lexicon.HAN}]"
_ZH_SIGN = f"[{lexicon.HAN}，。、；：？！“”‘’（）《》—…·\\d\\s%.,-]"
_EN_RUN = r"[A-Za-z][A-Za-zÀ-ɏ0-9 ,.;:'’\"“”()\-–—?!/&%$]*"
# One switch of language inside a line, at least three words of English and four Han characters.
_EN_ZH = re.compile(rf"(?P<en>{_EN_RUN}?)\s*(?:[/|｜—–-]{{1,2}}\s*)?(?P<zh>{_HAN}{_ZH_SIGN}*)")
_ZH_EN = re.compile(rf"(?P<zh>{_HAN}{_ZH_SIGN}*?)\s*(?:[/|｜—–-]{{1,2}}\s*)?[(（]?(?P<en>{_EN_RUN})[)）]?")
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
    if not zh or not en:
        return []
    beads = [
        bead
        for bead in align([t for t, _ in zh], [t for t, _ in en], encoder=encoder, min_score=min_score)
        if bead.zh and bead.en
    ]
    if not _is_bilingual(beads, [t for t, _ in zh], [t for t, _ in en]):
        return []
    return [PageBead(tuple(zh[i][1] for i in b.zh), tuple(en[j][1] for j in b.en), b.score) for b in beads]


_Part = tuple[str, tuple[int, int, int]]


def _sides(segments: Sequence[tuple[str, str, int]]) -> tuple[list[_Part], list[_Part]]:
    zh: list[_Part] = []
    en: list[_Part] = []
    for n, (text, lang, _) in enumerate(segments):
        both = split_line(text)
        if both:
            (a, b), (c, d) = both
            zh.append((text[a:b], (n, a, b)))
            en.append((text[c:d], (n, c, d)))
        elif lang == "zh":
            zh.append((text, (n, 0, len(text))))
        elif lang == "en":
            en.append((text, (n, 0, len(text))))
    return zh, en


def split_line(text: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """(Chinese span, English span) of a line that says one thing in one language and then in the other; else None."""
    for pattern in (_EN_ZH, _ZH_EN):
        match = pattern.fullmatch(text.strip())
        if match:
            shift = len(text) - len(text.lstrip())
            words = _WORDS.findall(match["en"])
            han = len(re.findall(_HAN, match["zh"]))
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
    han = len(re.findall(_HAN, text))
    return han + (sum(c.isalpha() for c in text) - han) / 3.3
