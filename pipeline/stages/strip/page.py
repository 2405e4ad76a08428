"""The characters of a page as arrays: what the line model counts, for all lines at once.

Python loops over characters cost more than everything else in cleaning, so the lines are joined into one array of
code points, each is given a class by table, and the counts of all lines come out of one ``bincount``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind
from numpy.typing import NDArray

from pipeline.rules.markers import MARKERS, literals

# Character classes. The order is that of the columns of `Page.counts`.
OTHER, SPACE, HAN, KANA, LOWER, UPPER, DIGIT, STOP, DOT, COMMA, COLON, QUOTE, BRACKET, BAR, BULLET, PRIVATE = range(16)
CLASSES: Final = 16

_MEMBERS: Final = (
    (STOP, "。！？!?；;…"),
    (DOT, ".．"),
    (COMMA, "，,"),
    (COLON, "：:"),
    (QUOTE, "\"'“”‘’「」『』《》〈〉«»`"),
    (BRACKET, "()（）[]【】{}〔〕［］"),
    (BAR, "、|/\\>›<=_-–—―~+#*&@│｜＞→←"),
    (BULLET, "•·●○◆◇■□▪▸►▶★☆‧※﹒．⊙◎▲△▼✓✔➤❖"),
    (SPACE, " \t\n\r\x0b\x0c\x85\u00a0\u3000\u2028\u2029\u200b\u200c\u200d\ufeff\u00ad"),
)

# The longest part of a line that is looked at, code points. Its length is capped far below by every feature, and a
# file that is one line of 10 MB must not cost more than a page.
LINE_CAP: Final = 6000

_STOP_WORDS: Final = (
    "the of and to in a is that for it as was with on be by at this are or from an not have has had but his her he she "
    "they we you i which were their been who will would can more when there all one our its than so if what about into"
).split()
_FUNCTION_HAN: Final = "的了是在和有不我这他她它们也就都而对与为以及其被把从到将等個這們對與為於"

_PRIME: Final = 0x9E3779B97F4A7C15
_ODD: Final = 0x100000001B3


class Page(NamedTuple):
    """A page of ``n`` lines; all arrays are parallel to its lines or to its tokens."""

    lines: list[str]  # as given, without outer space
    counts: NDArray[np.int64]  # (n, CLASSES) characters of each class
    words: NDArray[np.int64]  # (n,) runs of letters
    title_words: NDArray[np.int64]  # (n,) runs of letters that start with a capital
    stops: NDArray[np.int64]  # (n,) sentence ends
    stop_words: NDArray[np.int64]  # (n,) English function words, or Han function characters
    first: NDArray[np.uint8]  # (n,) class of the first character (SPACE for a blank line)
    last: NDArray[np.uint8]  # (n,) class of the last character that is no quote or bracket
    token: NDArray[np.uint64]  # hashes of Latin words (4 letters or more) and Han bigrams
    token_number: NDArray[np.int64]  # the same as numbers from 0, equal for equal tokens
    token_line: NDArray[np.int64]  # line of each token
    markers: NDArray[np.float64]  # (n, hints) characters covered by marker words, order of MARKERS
    units: NDArray[np.float64]  # (n,) effective length: Han / 1.6 + words


@lru_cache(maxsize=1)
def _class_table() -> NDArray[np.uint8]:
    """Class of each code point below 0x10000; built by ranges, in well under a millisecond."""
    table = np.zeros(0x10000, np.uint8)
    table[0xC0:0x2000] = LOWER  # Latin supplements, Greek, Cyrillic, Arabic, Indic …: letters, until told otherwise
    table[0x1E00:0x2000] = LOWER
    table[0xA640:0xAC00] = LOWER
    table[0x00D7] = table[0x00F7] = OTHER
    table[0x0E00:0x0F00] = KANA  # Thai and Lao write without spaces, as kana does
    table[ord("a") : ord("z") + 1] = LOWER
    table[ord("A") : ord("Z") + 1] = UPPER
    table[0xC0:0xDE] = UPPER
    table[0x0391:0x03AA] = UPPER
    table[0x0410:0x0430] = UPPER
    table[ord("0") : ord("9") + 1] = DIGIT
    table[0xFF10:0xFF1A] = DIGIT
    table[0xFF21:0xFF3B] = UPPER
    table[0xFF41:0xFF5B] = LOWER
    table[0x3400:0xA000] = HAN
    table[0xF900:0xFB00] = HAN
    table[0x3005] = table[0x3007] = HAN
    table[0x3040:0x3100] = KANA
    table[0xAC00:0xD7A4] = LOWER  # Hangul has spaces between words
    table[0xE000:0xF900] = PRIVATE
    table[0xD800:0xE000] = PRIVATE
    table[0xFFFD] = PRIVATE
    table[0x2000:0x200B] = SPACE
    for number, members in _MEMBERS:
        for char in members:
            table[ord(char)] = number
    return table


@lru_cache(maxsize=1)
def _powers(length: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Powers of an odd number and of its inverse modulo 2**64, for the rolling hash of words."""
    inverse = pow(_ODD, -1, 2**64)
    ones = np.full(length, _ODD, np.uint64)
    ones[0] = 1
    back = np.full(length, inverse, np.uint64)
    back[0] = 1
    return np.cumprod(ones, dtype=np.uint64), np.cumprod(back, dtype=np.uint64)


def _spans_hash(codes: NDArray[np.uint32], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A hash of each ``codes[start:end]``; equal spans get equal hashes wherever they stand."""
    size = 1 << max(12, len(codes).bit_length())
    up, down = _powers(size)
    rolled = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes.astype(np.uint64) * up[: len(codes)], out=rolled[1:])
    return (rolled[end] - rolled[start]) * down[start] * np.uint64(_PRIME)


@lru_cache(maxsize=1)
def _stop_hashes() -> NDArray[np.uint64]:
    text = " ".join(_STOP_WORDS)
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    ends = np.array([i for i, c in enumerate(text + " ") if c == " "], np.int64)
    starts = np.concatenate(([0], ends[:-1] + 1))
    return np.sort(_spans_hash(codes, starts, ends))


@lru_cache(maxsize=1)
def _function_han() -> NDArray[np.bool_]:
    table = np.zeros(0x10000, np.bool_)
    table[[ord(c) for c in _FUNCTION_HAN]] = True
    return table


class Literals:
    """Finds any of many literals in a text, scanning it once."""

    def __init__(self, words: Iterable[str]) -> None:
        """The numbers of the words are their places in the order given."""
        self._words = tuple(words)
        self._finder = AhoCorasick(self._words, matchkind=MatchKind.Standard)
        self._latin = [word[0].isascii() and word[0].isalpha() for word in self._words]

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """(start, end, number) of all occurrences in order, the longest first at each offset.

        A word that begins with an ASCII letter is found only where no such letter stands before it.
        """
        found = [
            (start, end, number)
            for number, start, end in self._finder.find_matches_as_indexes(text, overlapping=True)
            if not (self._latin[number] and start and text[start - 1].isascii() and text[start - 1].isalpha())
        ]
        return sorted(found, key=lambda hit: (hit[0], -hit[1], hit[2]))


@lru_cache(maxsize=1)
def _marker_words() -> tuple[Literals, list[tuple[str, int, bool, bool]]]:
    entries = literals()
    return Literals(word for word, *_ in entries), entries


def _scan_markers(text: str, line_of: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """Characters of ``text`` (lower case) covered by marker words, (n, hints)."""
    covered = np.zeros((n, len(MARKERS)))
    words, entries = _marker_words()
    hits: list[tuple[int, int, int]] = []
    done = 0
    for start, end, number in words.find(text):
        if start < done:
            continue
        _, hint, before, after = entries[number]
        if (before and start and text[start - 1].isalnum()) or (after and text[end].isalnum()):
            continue
        hits.append((start, hint, end - start))
        done = end
    if hits:
        where, hint_of, length = np.array(hits).T
        np.add.at(covered, (line_of[where], hint_of), length)
    return covered


def read_page(lines: Sequence[str]) -> Page:
    """Count what there is in each line. ``lines`` may be empty, blank, or any text at all."""
    stripped = [_capped(line.strip()) for line in lines]
    n = len(stripped)
    text = "\n".join(stripped) + "\n"
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    breaks = np.flatnonzero(codes == 10)
    line_of = np.zeros(len(codes), np.int64)
    line_of[breaks[:-1] + 1] = 1
    np.cumsum(line_of, out=line_of)
    low = np.minimum(codes, 0xFFFF)
    kind = _class_table()[low]
    astral = codes > 0xFFFF
    if astral.any():
        kind = np.where(astral, np.where((codes >= 0x20000) & (codes < 0x32000), HAN, OTHER), kind).astype(np.uint8)
    counts = np.bincount(line_of * CLASSES + kind, minlength=n * CLASSES).reshape(n, CLASSES)
    counts[:, SPACE] -= 1  # the line's own "\n"

    letter = (kind == LOWER) | (kind == UPPER)
    before = np.empty_like(letter)
    before[0], before[1:] = False, letter[:-1]
    starts = np.flatnonzero(letter & ~before)
    ends = np.flatnonzero(before & ~letter)  # the text ends in "\n", so every run ends inside it
    words = np.bincount(line_of[starts], minlength=n)
    title_words = np.bincount(line_of[starts[kind[starts] == UPPER]], minlength=n)

    folded = codes + np.where((codes >= 65) & (codes <= 90), np.uint32(32), np.uint32(0))
    hashes = _spans_hash(folded, starts, ends)
    word_line = line_of[starts]
    known = _stop_hashes()
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    stop_words = np.bincount(word_line[known[at] == hashes], minlength=n)
    stop_words = stop_words + np.bincount(line_of[_function_han()[low]], minlength=n)

    han = kind == HAN
    pair = np.flatnonzero(han[:-1] & han[1:])
    pair_hash = (folded[pair].astype(np.uint64) << np.uint64(32)) | folded[pair + 1].astype(np.uint64)
    long = ends - starts >= 4
    token = np.concatenate((hashes[long], pair_hash))
    _, token_number = np.unique(token, return_inverse=True)
    token_line = np.concatenate((word_line[long], line_of[pair]))

    first_at = np.concatenate(([0], breaks[:-1] + 1))
    first = np.where(first_at == breaks, np.uint8(SPACE), kind[first_at])
    last_at = np.maximum(breaks - 1, first_at)
    for _ in range(2):  # step back over closing quotes and brackets
        closing = (kind[last_at] == QUOTE) | (kind[last_at] == BRACKET)
        last_at = np.where(closing & (last_at > first_at), last_at - 1, last_at)
    last = np.where(first_at == breaks, np.uint8(SPACE), kind[last_at])

    # A full stop ends a sentence after a letter or digit and before a space or the end of the line.
    after = np.empty_like(kind)
    after[:-1], after[-1] = kind[1:], SPACE
    previous = np.empty_like(kind)
    previous[1:], previous[0] = kind[:-1], SPACE
    sentence = (kind == STOP) | (
        (kind == DOT) & ((after == SPACE) | (after == QUOTE)) & (previous >= HAN) & (previous <= DIGIT)
    )
    stops = np.bincount(line_of[sentence], minlength=n)

    markers = _scan_markers(folded.tobytes().decode("utf-32-le", "replace"), line_of, n)
    units = (counts[:, HAN] + counts[:, KANA]) / 1.6 + words
    return Page(
        stripped, counts, words, title_words, stops, stop_words, first, last, token, token_number, token_line, markers,
        units,
    )  # fmt: skip


def _capped(line: str) -> str:
    if len(line) > LINE_CAP:
        line = line[: LINE_CAP * 3 // 4] + line[-LINE_CAP // 4 :]
    return line.replace("\n", " ") if "\n" in line else line


@lru_cache(maxsize=8)
def title_words(title: str) -> NDArray[np.uint64]:
    """The different words of a title, hashed as ``Page.token`` has them, ascending; none for ``""``."""
    return np.unique(read_page([title]).token)
