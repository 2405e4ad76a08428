"""A guess at the role of a line that the model kept or dropped: for the reader of the ledger, not for the decision."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.rules.markers import MARKERS
from pipeline.stages.strip.page import BRACKET, BULLET, DIGIT, DOT, OTHER, STOP, Page

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


def kept_role(page: Page, line: int, keep: NDArray[np.bool_]) -> str:
    """heading, list, table, code, caption or body."""
    text = page.lines[line]
    units = float(page.units[line])
    if _CAPTION.match(text) and units < 40:
        return "caption"
    if "\t" in text or text.count("|") >= 2:
        return "table"
    counts = page.counts[line]
    solid = max(int(counts.sum() - counts[1]), 1)
    odd = int(counts[OTHER] + counts[BRACKET]) / solid
    if _CODE.match(text) and (odd > 0.04 or ": " in text) and counts[2] * 4 < solid:
        return "code"
    if _ITEM.match(text) or page.first[line] == BULLET:
        return "list"
    if units <= 20 and page.last[line] not in (STOP, DOT) and not page.stops[line]:
        after = line + 1
        if after < len(keep) and keep[after] and page.units[after] > max(units * 1.5, 12):
            return "heading"
    return "body"


def dropped_role(page: Page, line: int, first: int, last: int, section: str, byline: bool, dated: bool) -> str:
    """The role a dropped line most likely had, from its markers, its place beside the body and its section."""
    counts = page.counts[line]
    solid = max(int(counts.sum() - counts[1]), 1)
    if byline:
        return "byline"
    if not page.words[line] and not counts[2] and not counts[3]:
        return "metadata" if counts[DIGIT] else "icon"
    covered = page.markers[line]
    best = int(np.argmax(covered))
    units = float(page.units[line])
    if covered[best] / solid > (0.15 if units < 30 else 0.08):
        return _ROLE_OF[_HINTS[best]]
    if dated and units < 20:
        return "metadata"
    if line > last and section:
        return section
    if line > last:
        return "related" if units >= 4 else "nav"
    if line < first:
        return "nav" if units < 20 else "ad"
    return "caption" if units >= 4 else "nav"
