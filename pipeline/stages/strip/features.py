"""What the line model knows of a line: its own words, its surroundings, the document, the page's tree.

All columns are computed for all lines at once. Nothing depends on where a line stands counted from the file's start
or end: files are cut at any place, and absolute position helped neither language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
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
    SPACE,
    STOP,
    UPPER,
    Page,
    title_words,
)
from pipeline.stages.strip.tree import tree_columns
from pipeline.stages.strip.windows import (
    FAR,
    UNKNOWN,
    Flags,
    Floats,
    Group,
    Sums,
    block_around,
    block_offsets,
    distances,
    max_sum_blocks,
    median,
)

# Penalties of the maximum-sum block, units a line. Good values run from 6 (WeChat) to 20 (Chinese news portals).
PENALTIES: Final = (5.0, 8.0, 13.0, 20.0)
# No line counts for more than this in a block, units.
BLOCK_CAP: Final = 40.0
# Units of a line that count as prose without any comma or stop, and with each of them. English news has a mark every
# 11 words, Chinese news every 7 units; a hundred titles in a row must not outweigh a body of two lines.
CLAUSE_FREE: Final = 7.0
CLAUSE_UNITS: Final = 14.0
WINDOWS: Final = (1, 2, 4, 8, 16)
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


class Columns(NamedTuple):
    """The model's input and some of its parts that the decisions after the model use again."""

    names: tuple[str, ...]
    values: NDArray[np.float32]  # (n, len(names)); UNKNOWN where a thing is not known
    block: Flags  # lines of the maximum-sum block, middle penalty
    sentence: Flags  # lines that hold a whole sentence
    date: Flags
    stamp: Flags  # lines with a date, or a time of day, or how long ago
    masked: list[str]  # the lines in lower case, numbers as "0"


class _Seen(NamedTuple):
    """What is known of each line of a page by itself and beside its copies; arrays of (n,) or (n, k)."""

    lower: list[str]
    masked: list[str]
    units: Floats
    chars: Floats
    solid: Floats  # characters but spaces
    prose: Floats  # units that count as prose
    marked: Floats  # (n, hints) share of the line that marker words cover
    cover: Floats  # the same for all hints together
    repeats: Floats  # lines that are the same but for numbers, this one counted
    copies: Floats  # lines that are the same
    date: Flags
    small_date: Flags
    stamp: Flags
    cut: Flags  # ends in dots or "more"
    terminal: Flags  # ends in a full stop, question or exclamation mark
    sentence: Flags
    short: Flags
    bullet: Flags
    contained: Flags  # stands in another line as well
    byline: Flags
    start: Flags  # first sentence below a byline


def columns(page: Page, facts: Sequence[LineFacts] = (), templates: Sequence[float] = (), title: str = "") -> Columns:
    """Every column of the model for a page of one line or more, none of them blank."""
    n = len(page.lines)
    seen = _see(page)
    blocks, block = _blocks(seen)
    count, share, anywhere = overlap(page, block)
    known = np.array(templates, float)[:, None] if len(templates) else np.full((n, 1), UNKNOWN)
    groups = [
        _own(page, seen),
        ([f"mark_{hint}" for hint in MARKERS], seen.marked),
        blocks,
        (["overlap", "overlap_share", "overlap_any"], np.column_stack((np.log1p(count), share, anywhere))),
        _title(page, title),
        _surroundings(page, seen, share),
        _landmarks(page, seen),
        _periodicity(seen),
        _document(page, seen, block),
        (["template"], known),
        tree_columns(facts, block, page.units),
    ]
    names = tuple(name for group, _ in groups for name in group)
    values = np.concatenate([part for _, part in groups], axis=1).astype(np.float32)
    return Columns(names, values, block, seen.sentence, seen.date, seen.stamp, seen.masked)


def _see(page: Page) -> _Seen:
    n = len(page.lines)
    counts, units = page.counts, page.units
    chars = np.maximum(counts.sum(axis=1), 1.0)
    solid = np.maximum(chars - counts[:, SPACE], 1.0)
    lower = [line.lower() for line in page.lines]
    masked = lower[:]
    date, small_date = np.zeros(n, bool), np.zeros(n, bool)
    for i in np.flatnonzero((counts[:, DIGIT] > 0) & (chars < 400)).tolist():
        masked[i] = _DIGITS.sub("0", lower[i])
        small_date[i] = _SMALL_DATE.search(lower[i]) is not None
        if counts[i, DIGIT] >= 5:
            date[i] = _DATE.search(lower[i]) is not None
    cut = np.fromiter((line.endswith(_CUT) for line in page.lines), bool, n)
    # A link list of 400 characters is no prose: each clause mark vouches for so many units of a line, and no more.
    prose = np.minimum(units, CLAUSE_FREE + CLAUSE_UNITS * (counts[:, COMMA] + page.stops))
    sentence = (units >= 8) & (page.stops >= 1)
    marked = np.minimum(page.markers / solid[:, None], 1.0)
    # An article starts with its byline: a date, a source, an author; then the first whole sentence.
    byline = (units < 25) & ~cut & (date | ((page.markers[:, _METADATA] > 0) & (units < 14)))
    return _Seen(
        lower=lower,
        masked=masked,
        units=units,
        chars=chars,
        solid=solid,
        prose=prose,
        marked=marked,
        cover=np.minimum(marked.sum(axis=1), 1.0),
        repeats=_equal_lines(masked),
        copies=_equal_lines(page.lines),
        date=date,
        small_date=small_date,
        stamp=date | small_date,
        cut=cut,
        terminal=(page.last == STOP) | (page.last == DOT),
        sentence=sentence,
        short=units < 5,
        bullet=(page.first == BULLET) | (page.first == BAR),
        contained=_contained(lower, (units >= 5) & (units <= 40) & (chars < 160)),
        byline=byline,
        start=_first_after(byline, sentence & (units >= 12), 4),
    )


def _equal_lines(lines: Sequence[str]) -> Floats:
    """How many lines are the same as each line, itself counted."""
    count = Counter(lines)
    return np.fromiter((count[line] for line in lines), float, len(lines))


def _own(page: Page, seen: _Seen) -> Group:
    """What a line says, by itself and in its copies."""
    counts, units, solid = page.counts, seen.units, seen.solid
    letters = counts[:, LOWER] + counts[:, UPPER]
    words = np.maximum(page.words, 1)
    symbols = counts[:, OTHER] + counts[:, BAR] + counts[:, BRACKET] + counts[:, QUOTE]
    own: dict[str, NDArray[Any]] = {
        "units": np.minimum(units, 300.0),
        "solid": np.minimum(solid, 500.0),
        "cjk": (counts[:, HAN] + counts[:, KANA]) / solid,
        "digits": counts[:, DIGIT] / solid,
        "capitals": counts[:, UPPER] / np.maximum(letters, 1.0),
        "symbols": symbols / solid,
        "bars": counts[:, BAR] / solid,
        "spaces": counts[:, SPACE] / seen.chars,
        "private": counts[:, PRIVATE] / solid,
        "colons": counts[:, COLON] / solid,
        "commas": np.minimum(counts[:, COMMA], 20.0),
        "comma_rate": counts[:, COMMA] / np.maximum(units, 1.0),
        "stops": np.minimum(page.stops, 20),
        "stop_rate": page.stops / np.maximum(units, 1.0),
        "quotes": np.minimum(counts[:, QUOTE], 10.0),
        "brackets": np.minimum(counts[:, BRACKET], 10.0) / solid,
        "terminal": seen.terminal,
        "last_colon": page.last == COLON,
        "first": page.first,
        "last": page.last,
        "cut": seen.cut,
        "link": _lines_with(_ADDRESS, seen.lower),
        "pair": _lines_with(_KEY_VALUE, page.lines),
        "date": seen.date,
        "small_date": seen.small_date,
        "title_case": page.title_words / words,
        "word_length": letters / words,
        "function": page.stop_words / np.maximum(page.words + counts[:, HAN], 1.0),
        "repeats": np.minimum(seen.repeats, 20.0),
        "copies": np.minimum(seen.copies, 10.0),
        "cover": seen.cover,
        "sentence": seen.sentence,
        "prose": seen.prose,
        "start": seen.start,
        "byline": seen.byline,
        "contained": seen.contained,
    }
    return list(own), np.column_stack([np.asarray(column, float) for column in own.values()])


def _blocks(seen: _Seen) -> tuple[Group, Flags]:
    """Where a line stands beside the blocks of largest sum; and the lines of the one with the middle penalty."""
    n = len(seen.units)
    scores = np.minimum(seen.prose, BLOCK_CAP)[:, None] - np.array(PENALTIES)
    start, end, best = max_sum_blocks(scores)
    at = np.arange(n)[:, None]
    inside = (at >= start) & (at < end)
    around = block_around(scores) / np.maximum(best, 1.0)
    block = inside[:, 2]
    start2, end2, best2 = max_sum_blocks(np.where(block, -1e6, scores[:, 2])[:, None])
    second = (at >= start2) & (at < end2)
    ratio = max(0.0, float(best2[0])) / max(float(best[2]), 1.0)
    names = [f"{what}_{penalty:.0f}" for what in ("in", "off", "around") for penalty in PENALTIES]
    names += ["in_second", "second_ratio", "in_second_ratio"]
    parts = (inside, block_offsets(start, end, n), around, second, np.full((n, 1), ratio), second * ratio)
    return (names, np.concatenate(parts, axis=1)), block


def _title(page: Page, title: str) -> Group:
    """How much a line has in common with the title of the page's head, and how far lines are that say the same."""
    names = ["from_title", "of_title", "title_back", "title_on"]
    n = len(page.lines)
    wanted = title_words(title)
    out = np.full((n, len(names)), UNKNOWN)
    if not len(wanted) or not len(page.token):
        if title:
            out[:, 2:] = FAR
        return names, out
    at = np.minimum(np.searchsorted(wanted, page.token), len(wanted) - 1)
    found = np.bincount(page.token_line[wanted[at] == page.token], minlength=n)
    out[:, 0] = found / np.maximum(np.bincount(page.token_line, minlength=n), 1)
    out[:, 1] = np.minimum(found / len(wanted), 1.0)
    out[:, 2:] = np.concatenate(distances(((out[:, 0] > 0.6) & (out[:, 1] > 0.6))[:, None]), axis=1)
    return names, out


def _surroundings(page: Page, seen: _Seen, share: Floats) -> Group:
    """Means over the lines around, above and below. ``share``: of a line's words that the block uses."""
    capped = np.minimum(seen.prose, BLOCK_CAP)
    signals: dict[str, NDArray[Any]] = {
        "len": capped,
        "sentence": seen.sentence,
        "terminal": seen.terminal,
        "cover": seen.cover,
        "stamp": seen.stamp,
        "bullet": seen.bullet,
        "short": seen.short,
        "cut": seen.cut,
        "heading": ~seen.terminal & (seen.units >= 4) & (seen.units <= 25),
        "repeats": seen.repeats > 2,
        "overlap": share * capped,
        "function": page.stop_words / np.maximum(page.words, 1),
    }
    sums = Sums(np.column_stack(list(signals.values())).astype(float))
    names = [f"{name}_w{radius}" for radius in WINDOWS for name in signals]
    names += [f"{name}_{side}" for side in ("before", "after") for name in signals]
    return names, np.concatenate((sums.around(WINDOWS), sums.beside((-6, 6))), axis=1)


def _landmarks(page: Page, seen: _Seen) -> Group:
    """How far the next lines of each kind stand above and below."""
    strong = (seen.marked > 0.3) | ((page.markers > 0) & (seen.units < 12)[:, None])
    others = (
        seen.byline,
        seen.start,
        seen.contained & ~seen.terminal,
        seen.sentence & (seen.units > 12),
        ~seen.short & ~seen.sentence,
    )
    names = [*MARKERS, "byline", "start", "contained", "long", "phrase"]
    back, on = distances(np.column_stack((strong, *others)))
    return [f"{name}_back" for name in names] + [f"{name}_on" for name in names], np.concatenate((back, on), axis=1)


def _periodicity(seen: _Seen) -> Group:
    """How well the line shapes around each line repeat after 2 … 6 lines, and after one (a plain list)."""
    size = np.searchsorted(np.array([1.0, 3, 6, 10, 16, 26, 50]), seen.units)
    shape = size * 8 + seen.bullet * 4 + seen.stamp * 2 + seen.terminal
    n = len(shape)
    equal = np.zeros((n, 6))
    for lag in range(1, 7):
        if n > lag:
            same = shape[:-lag] == shape[lag:]
            equal[:-lag, lag - 1] += same * 0.5
            equal[lag:, lag - 1] += same * 0.5
    near = Sums(equal).around((8,))
    return ["cycle", "list"], np.column_stack((near[:, 1:].max(axis=1), near[:, 0]))


def _document(page: Page, seen: _Seen, block: Flags) -> Group:
    """What is the same for all lines of the page."""
    units, n = seen.units, len(seen.units)
    total = max(float(units.sum()), 1.0)
    cjk = float(page.counts[:, (HAN, KANA)].sum())
    letters = float(page.counts[:, (LOWER, UPPER)].sum())
    document = {
        "doc_lines": np.log1p(n),
        "doc_sentence": seen.sentence.mean(),
        "doc_sentence_units": units[seen.sentence].sum() / total,
        "doc_block_units": units[block].sum() / total,
        "doc_block": block.mean(),
        "doc_median": median(units),
        "doc_mean": total / n,
        "doc_cjk": cjk / max(cjk + letters, 1.0),
        "doc_short": seen.short.mean(),
        "doc_cover": seen.cover.mean(),
        "doc_stamp": seen.stamp.mean(),
        "doc_repeats": (seen.repeats > 2).mean(),
        "doc_starts": min(seen.start.sum(), 5),
    }
    return list(document), np.tile(np.array(list(document.values()), float), (n, 1))


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


def overlap(page: Page, inside: Flags) -> tuple[Floats, Floats, Floats]:
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
