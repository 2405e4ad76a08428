"""What the line model knows of a line: its own words, its surroundings, the document, the page's tree.

All columns are computed for all lines at once. Nothing depends on where a line stands counted from the file's start
or end: files are cut at any place, and absolute position helped neither language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.document import LineFacts
from pipeline.rules.markers import MARKERS
from pipeline.stages.strip.page import (
    BAR,
    BRACKET,
    BULLET,
    COLON,
    COMMA,
    DIGIT,
    DOT,
    HAN,
    KANA,
    LOWER,
    OTHER,
    PRIVATE,
    QUOTE,
    STOP,
    UPPER,
    Page,
    title_words,
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Penalties of the maximum-sum block, units a line. Good values run from 6 (WeChat) to 20 (Chinese news portals).
PENALTIES: Final = (5.0, 8.0, 13.0, 20.0)
# No line counts for more than this in a block, units.
BLOCK_CAP: Final = 40.0
# Units of a line that count as prose without any comma or stop, and with each of them. English news has a mark every
# 11 words, Chinese news every 7 units; a hundred titles in a row must not outweigh a body of two lines.
CLAUSE_FREE: Final = 7.0
CLAUSE_UNITS: Final = 14.0
WINDOWS: Final = (1, 2, 4, 8, 16)
# Probability from which the first look finds it possible that a line belongs to the article.
DOUBT: Final = 0.05
# Stands for what is not known (no tree, no templates, no title): below every real value.
UNKNOWN: Final = -9.0
# Farther than this is as far as can be, lines.
FAR: Final = 64
# Beyond so many lines only whole lines are looked for in others, not parts.
LONG_PAGE: Final = 2000
_METADATA: Final = list(MARKERS).index("metadata")

_DATE = re.compile(
    r"(?:19|20)\d\d ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2}"
    r"|\b\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r"|\b\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,? (?:19|20)\d\d"
)
_SMALL_DATE = re.compile(
    r"\d{1,2}:\d\d|\b\d{1,2}[-/月]\d{1,2}\b|\d (?:min|hour|day|week|month|year)[a-z]{0,4} ago"
    r"|\d ?(?:小时|分钟|天|小時|分鐘|個月|个月|年)前"
)
_DIGITS = re.compile(r"\d+")
_CUT = ("...", "…", "..", "[详细]", "[詳細]", "«全文»", "[…]", "[...]", "more", "More", "»", ">>", "[全文]", "详细")
# Both are looked for in all lines at once, joined by line breaks.
_ADDRESS = re.compile(r"http|www\.|@")
_KEY_VALUE = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{1,30}: ?[^\s]", re.MULTILINE)

_GOOD_HINTS: Final = (
    "article", "content", "post", "entry", "story", "detail", "body", "main", "text", "rich_media", "artical", "zoom",
)  # fmt: skip
_BAD_HINTS: Final = (
    "nav", "menu", "foot", "sidebar", "aside", "head", "comment", "related", "recommend", "share", "social", "widget",
    "ad", "promo", "crumb", "copyright", "hot", "rank", "login", "tags", "meta", "links", "right", "list", "modal",
)  # fmt: skip
_TAGS: Final = ("p", "li", "td", "div", "heading", "other")


def _median(values: Floats) -> float:
    """The same as ``np.median``, several times faster on a page's worth of numbers."""
    middle = np.sort(values)[(len(values) - 1) // 2 : len(values) // 2 + 1]
    return float(middle.mean())


class Columns(NamedTuple):
    """The model's input and some of its parts that the decisions after the model use again."""

    names: tuple[str, ...]
    values: NDArray[np.float32]  # (n, len(names)); UNKNOWN where a thing is not known
    block: Flags  # lines of the maximum-sum block, middle penalty
    sentence: Flags  # lines that hold a whole sentence
    date: Flags
    stamp: Flags  # lines with a date, or a time of day, or how long ago
    masked: list[str]  # the lines in lower case, numbers as "0"


class Sums:
    """Means over stretches of lines, of all columns of ``signals`` (n, k) at once, from their running sums."""

    def __init__(self, signals: Floats) -> None:
        self._n = len(signals)
        self._total = np.zeros((self._n + 1, signals.shape[1]))
        np.cumsum(signals, axis=0, out=self._total[1:])

    def _mean(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> Floats:
        """Means over the lines ``low`` to ``high`` (half-open): arrays (windows, n) in, (n, windows * k) out."""
        low, high = np.clip(low, 0, self._n), np.clip(high, 0, self._n)
        mean = (self._total[high] - self._total[low]) / np.maximum(high - low, 1)[:, :, None]
        return np.asarray(mean.transpose(1, 0, 2).reshape(self._n, -1))

    def around(self, radii: Sequence[int]) -> Floats:
        """Means over the lines ``i - radius … i + radius``, cut at the ends; the columns of each radius together."""
        at, radius = np.arange(self._n), np.array(radii)[:, None]
        return self._mean(at - radius, at + radius + 1)

    def beside(self, reaches: Sequence[int]) -> Floats:
        """Means over as many lines above (``reach`` below 0) or below; 0 where there are none."""
        at, reach = np.arange(self._n), np.array(reaches)[:, None]
        return self._mean(at + np.where(reach < 0, reach, 1), at + np.where(reach < 0, 0, reach + 1))


def distances(flags: Flags) -> tuple[Floats, Floats]:
    """Lines back to the last, and on to the next, flagged line (not itself), for each column of (n, k); up to FAR."""
    n = len(flags)
    at = np.arange(n)[:, None]
    last = np.maximum.accumulate(np.where(flags, at, -FAR), axis=0)
    last = np.vstack((np.full((1, flags.shape[1]), -FAR), last[:-1]))
    following = np.minimum.accumulate(np.where(flags, at, n + FAR)[::-1], axis=0)[::-1]
    following = np.vstack((following[1:], np.full((1, flags.shape[1]), n + FAR)))
    return np.minimum(at - last, FAR).astype(float), np.minimum(following - at, FAR).astype(float)


def max_sum_blocks(scores: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """The contiguous run with the largest sum in each column of ``scores`` (n, k): (start, end) half-open, sum."""
    n, k = scores.shape
    total = np.zeros((n + 1, k))
    np.cumsum(scores, axis=0, out=total[1:])
    lowest = np.minimum.accumulate(total, axis=0)
    end = np.argmax(total[1:] - lowest[:-1], axis=0) + 1
    start = np.array([int(np.argmin(total[: end[j], j])) for j in range(k)])
    best = total[end, np.arange(k)] - total[start, np.arange(k)]
    return start, end, best


def block_around(scores: Floats) -> Floats:
    """For each line and column, the largest sum of a run that holds the line."""
    n, k = scores.shape
    total = np.zeros((n + 1, k))
    np.cumsum(scores, axis=0, out=total[1:])
    low = np.minimum.accumulate(total, axis=0)[:-1]
    high = np.maximum.accumulate(total[::-1], axis=0)[::-1][1:]
    return np.asarray(high - low)


def _lines_with(pattern: re.Pattern[str], lines: Sequence[str]) -> Flags:
    """Which lines hold a match of ``pattern``."""
    out = np.zeros(len(lines), bool)
    hits = [match.start() for match in pattern.finditer("\n".join(lines))]
    if hits:
        starts = np.cumsum([0] + [len(line) + 1 for line in lines])
        out[np.searchsorted(starts, hits, side="right") - 1] = True
    return out


def _contained(lines: Sequence[str], wanted: Flags) -> Flags:
    """Which of the ``wanted`` lines stand in another line as well: titles do, in the page's head and in its lists."""
    if len(lines) > LONG_PAGE:
        count = Counter(lines)
        return np.asarray(wanted & np.fromiter((count[line] > 1 for line in lines), bool, len(lines)))
    text = "\n".join(lines)
    out = np.zeros(len(lines), bool)
    for i in np.flatnonzero(wanted).tolist():
        at = text.find(lines[i])
        out[i] = text.find(lines[i], at + 1) >= 0
    return out


def _first_after(flags: Flags, wanted: Flags, reach: int) -> Flags:
    """The first ``wanted`` line within ``reach`` lines after each flagged line."""
    n = len(flags)
    following = np.minimum.accumulate(np.where(wanted, np.arange(n), n + reach)[::-1])[::-1]
    at = np.flatnonzero(flags[:-1])
    target = following[at + 1]
    out = np.zeros(n, bool)
    out[target[target - at <= reach]] = True
    return out


def _overlap(page: Page, inside: Flags) -> tuple[Floats, Floats, Floats]:
    """How much of each line's words the other lines of ``inside`` use: count, share; and share in any other line."""
    n = len(page.lines)
    if not len(page.token):
        zero = np.zeros(n)
        return zero, zero, zero
    token = page.token_number
    kinds = int(token.max()) + 1
    own = inside[page.token_line]
    in_block = np.bincount(token[own], minlength=kinds)
    everywhere = np.bincount(token, minlength=kinds)
    shared = (in_block[token] - own) > 0
    repeated = everywhere[token] > 1
    count = np.bincount(page.token_line[shared], minlength=n).astype(float)
    total = np.maximum(np.bincount(page.token_line, minlength=n), 1)
    again = np.bincount(page.token_line[repeated], minlength=n)
    return count, count / total, again / total


def _title_match(page: Page, title: str) -> tuple[Floats, Floats]:
    """Share of each line's words that are the title's, and of the title's words that are the line's."""
    n = len(page.lines)
    wanted = title_words(title)
    if not len(wanted) or not len(page.token):
        return np.full(n, UNKNOWN), np.full(n, UNKNOWN)
    at = np.minimum(np.searchsorted(wanted, page.token), len(wanted) - 1)
    hit = wanted[at] == page.token
    found = np.bincount(page.token_line[hit], minlength=n)
    total = np.maximum(np.bincount(page.token_line, minlength=n), 1)
    return found / total, np.minimum(found / len(wanted), 1.0)


def _periodicity(shape: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """How well the line shapes around each line repeat after 2 … 6 lines, and after one (a plain list)."""
    n = len(shape)
    equal = np.zeros((n, 6))
    for lag in range(1, 7):
        if n > lag:
            same = shape[:-lag] == shape[lag:]
            equal[:-lag, lag - 1] += same * 0.5
            equal[lag:, lag - 1] += same * 0.5
    near = Sums(equal).around((8,))
    return near[:, 1:].max(axis=1), near[:, 0]


class _Hints(NamedTuple):
    """The class and id words of a line's ancestors, without those that number an element, such as ``post-18231``."""

    words: tuple[str, ...]
    good: int  # words that speak for an article, up to 5
    bad: int  # words that speak for chrome, up to 5

    def shared(self, other: _Hints) -> float:
        """Share of the words that both have from the root on."""
        same = 0
        for ours, theirs in zip(self.words, other.words, strict=False):
            if ours != theirs:
                break
            same += 1
        return same / max(len(self.words), len(other.words), 1)


@lru_cache(maxsize=4096)
def _hints(text: str) -> _Hints:
    kinds = [(word, *kind) for word in text.split() if (kind := _hint_kind(word))]
    return _Hints(
        tuple(word for word, _, _ in kinds),
        min(sum(good for _, good, _ in kinds), 5),
        min(sum(bad for _, _, bad in kinds), 5),
    )


@lru_cache(maxsize=20_000)
def _hint_kind(word: str) -> tuple[bool, bool] | None:
    """Whether a class or id speaks for an article, and whether for chrome; none if it is a number."""
    if sum(map(str.isdigit, word)) >= 3:
        return None
    return any(good in word for good in _GOOD_HINTS), any(bad in word for bad in _BAD_HINTS)


def _tree(facts: Sequence[LineFacts], block: Flags, weight: Floats) -> tuple[list[str], Floats]:
    """Columns from the page's tree; UNKNOWN in plain text."""
    names = [
        "links",
        "links_4",
        "links_16",
        "depth_off",
        "good_hint",
        "bad_hint",
        "same_hints",
        "shared_hints",
        "block_links",
    ]
    names += [f"tag_{tag}" for tag in _TAGS]
    n = len(block)
    if not facts:
        return names, np.full((n, len(names)), UNKNOWN)
    out = np.zeros((n, len(names)))
    links = np.array([fact.links for fact in facts])
    chars = np.maximum(weight, 0.5)
    dense = np.column_stack((links * chars, chars))
    mean = Sums(dense).around((4, 16))
    out[:, 1] = mean[:, 0] / mean[:, 1]
    out[:, 2] = mean[:, 2] / mean[:, 3]
    out[:, 0] = links
    depth = np.array([fact.depth for fact in facts], float)
    hints_of = [_hints(fact.hints) for fact in facts]
    main: Counter[_Hints] = Counter()
    for fact, hints, units, inside in zip(facts, hints_of, weight.tolist(), block.tolist(), strict=True):
        if inside:
            main[hints] += int(units * (1 - fact.links)) + 1
    home = max(sorted(main), key=lambda h: main[h]) if main else _Hints((), 0, 0)
    home_depth = _median(depth[block]) if block.any() else 0.0
    out[:, 3] = np.clip(depth - home_depth, -12, 12)
    seen = {hints: (hints.good, hints.bad, hints == home, hints.shared(home)) for hints in set(hints_of)}
    out[:, 4:8] = [seen[hints] for hints in hints_of]
    out[:, 8] = float((links * weight)[block].sum() / max(weight[block].sum(), 1.0))
    for line, fact in enumerate(facts):
        tag = "heading" if fact.tag[:1] == "h" and fact.tag[1:].isdigit() else fact.tag
        if tag in ("th", "dd", "dt", "pre", "blockquote"):
            tag = {"th": "td", "pre": "p", "blockquote": "p"}.get(tag, "li")
        out[line, 9 + (_TAGS.index(tag) if tag in _TAGS else 5)] = 1.0
    return names, out


def columns(page: Page, facts: Sequence[LineFacts] = (), templates: Sequence[float] = (), title: str = "") -> Columns:
    """Every column of the model for a page of one line or more, none of them blank."""
    n = len(page.lines)
    counts = page.counts.astype(float)
    units = page.units
    chars = np.maximum(counts.sum(axis=1), 1.0)
    solid = np.maximum(chars - counts[:, 1], 1.0)
    letters = counts[:, LOWER] + counts[:, UPPER]
    cjk = counts[:, HAN] + counts[:, KANA]
    words = np.maximum(page.words, 1)

    lower = [line.lower() for line in page.lines]
    masked = lower[:]
    date = np.zeros(n, bool)
    small = np.zeros(n, bool)
    for i in np.flatnonzero((counts[:, DIGIT] > 0) & (chars < 400)).tolist():
        masked[i] = _DIGITS.sub("0", lower[i])
        small[i] = _SMALL_DATE.search(lower[i]) is not None
        if counts[i, DIGIT] >= 5:
            date[i] = _DATE.search(lower[i]) is not None
    cut = np.fromiter((line.endswith(_CUT) for line in page.lines), bool, n)
    link, pair = _lines_with(_ADDRESS, lower), _lines_with(_KEY_VALUE, page.lines)
    again = Counter(masked)
    repeats = np.fromiter((again[line] for line in masked), float, n)
    exact = Counter(page.lines)
    copies = np.fromiter((exact[line] for line in page.lines), float, n)

    # A link list of 400 characters is no prose: each clause mark vouches for so many units of a line, and no more.
    clauses = counts[:, COMMA] + page.stops
    prose = np.minimum(units, CLAUSE_FREE + CLAUSE_UNITS * clauses)

    terminal = (page.last == STOP) | (page.last == DOT)
    contained = _contained(lower, (units >= 5) & (units <= 40) & (chars < 160))
    bullet = (page.first == BULLET) | (page.first == BAR)
    sentence = (units >= 8) & (page.stops >= 1)
    short = units < 5
    marked = np.minimum(page.markers / solid[:, None], 1.0)
    cover = np.minimum(marked.sum(axis=1), 1.0)
    stamp = date | small
    # An article starts with its byline: a date, a source, an author; then the first whole sentence.
    byline = (units < 25) & ~cut & (date | ((page.markers[:, _METADATA] > 0) & (units < 14)))
    start_line = _first_after(byline, sentence & (units >= 12), 4)

    own: dict[str, NDArray[Any]] = {
        "units": np.minimum(units, 300.0),
        "solid": np.minimum(solid, 500.0),
        "cjk": cjk / solid,
        "digits": counts[:, DIGIT] / solid,
        "capitals": counts[:, UPPER] / np.maximum(letters, 1.0),
        "symbols": (counts[:, OTHER] + counts[:, BAR] + counts[:, BRACKET] + counts[:, QUOTE]) / solid,
        "bars": counts[:, BAR] / solid,
        "spaces": counts[:, 1] / chars,
        "private": counts[:, PRIVATE] / solid,
        "colons": counts[:, COLON] / solid,
        "commas": np.minimum(counts[:, COMMA], 20.0),
        "comma_rate": counts[:, COMMA] / np.maximum(units, 1.0),
        "stops": np.minimum(page.stops, 20),
        "stop_rate": page.stops / np.maximum(units, 1.0),
        "quotes": np.minimum(counts[:, QUOTE], 10.0),
        "brackets": np.minimum(counts[:, BRACKET], 10.0) / solid,
        "terminal": terminal,
        "last_colon": page.last == COLON,
        "first": page.first,
        "last": page.last,
        "cut": cut,
        "link": link,
        "pair": pair,
        "date": date,
        "small_date": small,
        "title_case": page.title_words / words,
        "word_length": letters / words,
        "function": page.stop_words / np.maximum(page.words + counts[:, HAN], 1.0),
        "repeats": np.minimum(repeats, 20.0),
        "copies": np.minimum(copies, 10.0),
        "cover": cover,
        "sentence": sentence,
        "prose": prose,
        "start": start_line,
        "byline": byline,
        "contained": contained,
    }
    names = list(own)
    parts = [np.column_stack([np.asarray(column, float) for column in own.values()])]

    names += [f"mark_{hint}" for hint in MARKERS]
    parts.append(marked)

    capped = np.minimum(prose, BLOCK_CAP)
    scores = capped[:, None] - np.array(PENALTIES)
    start, end, best = max_sum_blocks(scores)
    at = np.arange(n)[:, None]
    inside = (at >= start) & (at < end)
    off = np.where(at < start, at - start, np.where(at >= end, at - end + 1, 0))
    around = block_around(scores) / np.maximum(best, 1.0)
    names += [f"{what}_{penalty:.0f}" for what in ("in", "off", "around") for penalty in PENALTIES]
    parts += [inside.astype(float), np.sign(off) * np.log1p(np.minimum(np.abs(off), FAR)), around]
    block = inside[:, 2]
    rest = np.where(block, -1e6, scores[:, 2])[:, None]
    start2, end2, best2 = max_sum_blocks(rest)
    second = (at[:, 0] >= start2[0]) & (at[:, 0] < end2[0])
    ratio = max(0.0, float(best2[0])) / max(float(best[2]), 1.0)
    names += ["in_second", "second_ratio", "in_second_ratio"]
    parts.append(np.column_stack((second, np.full(n, ratio), second * ratio)))

    count, share, anywhere = _overlap(page, block)
    names += ["overlap", "overlap_share", "overlap_any"]
    parts.append(np.column_stack((np.log1p(count), share, anywhere)))

    from_title, of_title = _title_match(page, title)
    is_title = ((from_title > 0.6) & (of_title > 0.6))[:, None]
    back, on = distances(is_title)
    if not title:
        back[:], on[:] = UNKNOWN, UNKNOWN
    names += ["from_title", "of_title", "title_back", "title_on"]
    parts += [np.column_stack((from_title, of_title)), back, on]

    heading = ~terminal & (units >= 4) & (units <= 25)
    signals = np.column_stack(
        (
            capped,
            sentence,
            terminal,
            cover,
            stamp,
            bullet,
            short,
            cut,
            heading,
            repeats > 2,
            share * capped,
            page.stop_words / words,
        )
    ).astype(float)
    signal_names = (
        "len", "sentence", "terminal", "cover", "stamp", "bullet", "short", "cut", "heading", "repeats",
        "overlap", "function",
    )  # fmt: skip
    names += [f"{name}_w{radius}" for radius in WINDOWS for name in signal_names]
    names += [f"{name}_{side}" for side in ("before", "after") for name in signal_names]
    sums = Sums(signals)
    parts += [sums.around(WINDOWS), sums.beside((-6, 6))]
    strong = (marked > 0.3) | ((page.markers > 0) & (units < 12)[:, None])
    landmarks = np.column_stack(
        (strong, byline, start_line, contained & ~terminal, sentence & (units > 12), ~short & ~sentence)
    )
    back, on = distances(landmarks)
    landmark_names = [*MARKERS, "byline", "start", "contained", "long", "phrase"]
    names += [f"{name}_back" for name in landmark_names] + [f"{name}_on" for name in landmark_names]
    parts += [back, on]

    size = np.searchsorted(np.array([1.0, 3, 6, 10, 16, 26, 50]), units)
    shape = size * 8 + bullet * 4 + stamp * 2 + terminal
    cycle, plain = _periodicity(shape)
    names += ["cycle", "list"]
    parts.append(np.column_stack((cycle, plain)))

    total = max(float(units.sum()), 1.0)
    document = [
        np.log1p(n),
        float(sentence.mean()),
        float(units[sentence].sum()) / total,
        float(units[block].sum()) / total,
        float(block.mean()),
        _median(units),
        total / n,
        float(cjk.sum() / max(float(cjk.sum() + letters.sum()), 1.0)),
        float(short.mean()),
        float(cover.mean()),
        float(stamp.mean()),
        float((repeats > 2).mean()),
        float(np.minimum(start_line.sum(), 5)),
    ]
    names += [
        "doc_lines", "doc_sentence", "doc_sentence_units", "doc_block_units", "doc_block", "doc_median", "doc_mean",
        "doc_cjk", "doc_short", "doc_cover", "doc_stamp", "doc_repeats", "doc_starts",
    ]  # fmt: skip
    parts.append(np.tile(np.array(document), (n, 1)))

    names.append("template")
    parts.append(np.array(templates, float)[:, None] if len(templates) else np.full((n, 1), UNKNOWN))

    tree_names, tree = _tree(facts, block, units)
    names += tree_names
    parts.append(tree)
    values = np.concatenate(parts, axis=1).astype(np.float32)
    return Columns(tuple(names), values, block, sentence, date, stamp, masked)


# The second look: what the first look's probabilities say about a line's surroundings.


def doubtful(probability: Floats) -> Flags:
    """The lines worth a second look: those the first finds possible, and the lines next to them.

    Half of a page's lines are not; of the lines of articles, two in a thousand.
    """
    possible = probability >= DOUBT
    out = possible.copy()
    out[1:] |= possible[:-1]
    out[:-1] |= possible[1:]
    return out


def _runs(kept: Flags, gap: int) -> NDArray[np.int64]:
    """Number of the run of kept lines each line belongs to; lines apart by ``gap`` or fewer others share a run.

    Lines between two parts of a run belong to it; lines outside every run have -1.
    """
    n = len(kept)
    out = np.full(n, -1)
    at = np.flatnonzero(kept)
    if not len(at):
        return out
    number = np.concatenate(([0], np.cumsum(np.diff(at) > gap + 1)))
    first = at[np.concatenate(([True], np.diff(number) > 0))]
    last = at[np.concatenate((np.diff(number) > 0, [True]))]
    for run, (a, b) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        out[a : b + 1] = run
    return out


def _opening(run: NDArray[np.int64], mass: Floats) -> Flags:
    """The lines of the first run that weighs as much as two lines of prose, or as the heaviest run if none does."""
    runs = int(run.max()) + 1
    if not runs:
        return np.zeros(len(run), bool)
    weights = np.bincount(run[run >= 0], weights=mass[run >= 0], minlength=runs)
    big = np.flatnonzero(weights >= min(50.0, float(weights.max())))
    return np.asarray(run == big[0])


def second_look(
    page: Page, looked: Columns, probability: Floats, facts: Sequence[LineFacts] = ()
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Columns made from the first model's ``probability`` of each line to be kept, (n,)."""
    n = len(page.lines)
    prose = looked.values[:, looked.names.index("prose")].astype(float)
    mass = probability * np.minimum(prose, BLOCK_CAP)
    names = ["p"]
    parts = [probability[:, None]]
    signals = np.column_stack((probability, mass))
    names += [f"{name}_w{radius}" for radius in WINDOWS for name in ("p", "mass")]
    names += [f"{name}_{side}" for side in ("3_-1", "-1_3", "10_-1", "-1_10") for name in ("p", "mass")]
    sums = Sums(signals)
    parts += [sums.around(WINDOWS), sums.beside((-3, 3, -10, 10))]

    weight = np.minimum(prose, BLOCK_CAP) + 4
    scores = np.column_stack(((probability - 0.3) * weight, (probability - 0.6) * weight))
    start, end, best = max_sum_blocks(scores)
    at = np.arange(n)[:, None]
    off = np.where(at < start, at - start, np.where(at >= end, at - end + 1, 0))
    names += ["p_off_3", "p_off_6", "p_around_3", "p_around_6"]
    parts += [np.sign(off) * np.log1p(np.minimum(np.abs(off), FAR)), block_around(scores) / np.maximum(best, 1.0)]
    main = (at[:, 0] >= start[1]) & (at[:, 0] < end[1])
    inside = main & (probability > 0.4)

    kept = probability > 0.4
    run = _runs(kept, 3)
    runs = int(run.max()) + 1
    share = np.zeros(n)
    rank = np.full(n, -1.0)
    begun = np.zeros(n)
    if runs:
        in_run = run >= 0
        weights = np.bincount(run[in_run], weights=mass[in_run], minlength=runs)
        share[in_run] = (weights / max(weights.max(), 1e-6))[run[in_run]]
        order = np.empty(runs)
        order[np.argsort(-weights, kind="stable")] = np.arange(runs)
        rank[in_run] = np.minimum(order, 9)[run[in_run]]
        starts = looked.values[:, looked.names.index("start")] > 0
        has_start = np.bincount(run[in_run], weights=starts[in_run], minlength=runs) > 0
        begun[in_run] = has_start[run[in_run]]
    names += ["run_share", "run_rank", "run_start", "runs"]
    parts.append(np.column_stack((share, rank, begun, np.full(n, min(runs, 30)))))

    # An article comes before the feed of others below it: what stands above and below each line, and in what order.
    sure = mass * (probability > 0.4)
    above = np.concatenate(([0.0], np.cumsum(sure)[:-1]))
    below = sure.sum() - above - sure
    begins = looked.values[:, looked.names.index("start")].astype(float)
    begun_above = np.concatenate(([0.0], np.cumsum(begins)[:-1]))
    names += ["mass_above", "mass_below", "above_share", "starts_above", "starts_below", "run_number"]
    parts.append(
        np.column_stack(
            (
                np.log1p(above), np.log1p(below), above / max(float(sure.sum()), 1e-6), np.minimum(begun_above, 5),
                np.minimum(begins.sum() - begun_above, 5), np.minimum(run, 20),
            )
        )
    )  # fmt: skip

    count, part, _ = _overlap(page, inside)
    names += ["p_overlap", "p_overlap_share"]
    parts.append(np.column_stack((np.log1p(count), part)))
    # The first run of some size: replies and the rest of an article share its words, a feed below it does not.
    opening = _opening(run, mass)
    count, part, _ = _overlap(page, opening & (probability > 0.4))
    at_end = int(np.flatnonzero(opening)[-1]) if opening.any() else n
    since = np.minimum(np.arange(n) - at_end, 400)
    clutter = looked.values[:, looked.names.index("repeats")] >= 3
    names += ["opening", "opening_overlap", "opening_share", "opening_since", "clutter_above", "clutter_since"]
    above = np.concatenate(([0], np.cumsum(clutter)[:-1]))
    behind = np.maximum(above - (above[at_end] if at_end < n else 0), 0)
    parts.append(
        np.column_stack(
            (
                opening, np.log1p(count), part, np.sign(since) * np.log1p(np.abs(since)), np.minimum(above, 60),
                np.minimum(behind, 60),
            )
        )
    )  # fmt: skip

    total = max(float(mass.sum()), 1e-6)
    document = [total, float(mass[main].sum()) / total, float(probability.max()), float(kept.mean()), float(best[1])]
    names += ["doc_mass", "doc_main", "doc_best", "doc_kept", "doc_score"]
    parts.append(np.tile(np.array(document), (n, 1)))

    tree = np.full((n, 4), UNKNOWN)
    if facts:
        hints_of = [_hints(fact.hints) for fact in facts]
        votes: Counter[_Hints] = Counter()
        all_votes: Counter[_Hints] = Counter()
        for hints, m, prose_units in zip(hints_of, mass.tolist(), prose.tolist(), strict=True):
            votes[hints] += int(m * 16)
            all_votes[hints] += int(prose_units * 16)
        home = max(sorted(votes), key=lambda h: votes[h])
        depth = np.array([fact.depth for fact in facts], float)
        home_depth = _median(depth[main]) if main.any() else 0.0
        whole = max(sum(votes.values()), 1)
        near = {
            hints: (votes[hints] / whole, votes[hints] / max(all_votes[hints], 1), hints.shared(home))
            for hints in votes
        }
        tree[:, :3] = [near[hints] for hints in hints_of]
        tree[:, 3] = np.clip(depth - home_depth, -12, 12)
    names += ["p_home", "p_hints", "p_shared", "p_depth"]
    parts.append(tree)
    return tuple(names), np.concatenate(parts, axis=1).astype(np.float32)
