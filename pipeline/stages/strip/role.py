"""A guess at the role of a line that the model kept or dropped: for the reader of the ledger, not for the decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.rules.markers import MARKERS
from pipeline.stages.strip.page import BRACKET, BULLET, DIGIT, DOT, HAN, KANA, OTHER, SPACE, STOP, Page

_HINTS: Final = tuple(MARKERS)
_ROLE_OF: Final = {
    "nav": "nav", "share": "share", "follow": "follow-prompt", "related": "related", "comment": "comment",
    "disclaimer": "disclaimer", "copyright": "copyright", "footer": "footer", "metadata": "metadata", "ad": "ad",
}  # fmt: skip
_ITEM: Final = re.compile(r"(?:[•·●○◆◇■□▪▸►▶*]|[-–]\s|\(?\d{1,2}[.、)）]|[（(][一二三四五六七八九十\d]{1,2}[)）])\s*\S")
_CODE: Final = re.compile(
    r"^(?:[A-Z][A-Za-z-]{2,30}: \S|(?:GET|POST|PUT|DELETE|HEAD|OPTIONS) /|(?:\$|>>>|#!)\s?\S|</?\w+[^>]*>|"
    r"(?:import|from|def|class|return|var|let|const|function|public|private|if|for|while)\b.*[;:{(]\s*$|.*[;{}]$)"
)
_CAPTION: Final = re.compile(
    r"^(?:▲|△|图\s?\d|圖\s?\d|[（(]图|图[:：/]|圖[:：/]|fig(?:ure)?\.? ?\d|photo:|image:)", re.IGNORECASE
)


class Plain(NamedTuple):
    """What the guesses need of a page, as lists: one number at a time is read faster from a list than an array."""

    lines: list[str]
    counts: list[list[int]]
    markers: list[list[float]]
    units: list[float]
    words: list[int]
    stops: list[int]
    first: list[int]
    last: list[int]


def plain(page: Page) -> Plain:
    """The page as lists."""
    return Plain(
        page.lines,
        page.counts.tolist(),
        page.markers.tolist(),
        page.units.tolist(),
        page.words.tolist(),
        page.stops.tolist(),
        page.first.tolist(),
        page.last.tolist(),
    )


def kept_role(page: Plain, line: int, keep: Sequence[bool]) -> str:
    """heading, list, table, code, caption or body."""
    text = page.lines[line]
    units = page.units[line]
    if units < 40 and _CAPTION.match(text):
        return "caption"
    if "\t" in text or text.count("|") >= 2:
        return "table"
    counts = page.counts[line]
    solid = max(sum(counts) - counts[SPACE], 1)
    odd = (counts[OTHER] + counts[BRACKET]) / solid
    if counts[HAN] * 4 < solid and (odd > 0.04 or ": " in text) and _CODE.match(text):
        return "code"
    if page.first[line] == BULLET or _ITEM.match(text):
        return "list"
    if units <= 20 and page.last[line] not in (STOP, DOT) and not page.stops[line]:
        after = line + 1
        if after < len(keep) and keep[after] and page.units[after] > max(units * 1.5, 12):
            return "heading"
    return "body"


def dropped_role(page: Plain, line: int, first: int, last: int, section: str, byline: bool, dated: bool) -> str:
    """The role a dropped line most likely had, from its markers, its place beside the body and its section."""
    if byline:
        return "byline"
    counts = page.counts[line]
    if not page.words[line] and not counts[HAN] and not counts[KANA]:
        return "metadata" if counts[DIGIT] else "icon"
    covered = page.markers[line]
    most = max(covered)
    units = page.units[line]
    solid = max(sum(counts) - counts[SPACE], 1)
    if most / solid > (0.15 if units < 30 else 0.08):
        return _ROLE_OF[_HINTS[covered.index(most)]]
    if dated and units < 20:
        return "metadata"
    if line > last and section:
        return section
    if line > last:
        return "related" if units >= 4 else "nav"
    if line < first:
        return "nav" if units < 20 else "ad"
    return "caption" if units >= 4 else "nav"
