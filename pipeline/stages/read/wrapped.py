"""Paragraphs that were wrapped at a fixed width: saved by lynx or w3m, from mail, or from a page's own line breaks.

    The ferry to the outer islands will not sail today because the      The ferry to the outer islands will not sail
    harbour wall needs mending, the port authority said on Tuesday,  -> today because the harbour wall needs mending,
    and the next one is not due before the end of the week.             the port authority said on Tuesday, and the …

A program that fills lines breaks each where the next word would not have fitted. Writers of verse, lists and tables do
not, and their lines end whole. So a stretch is taken for filled lines when several breaks in a row are of that kind,
and most of them stand inside a sentence. Paragraphs without a blank line between them are joined where the last line
of one happens to be full: better that than to leave the halves of sentences to be judged alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

# Columns of a filled line; a Han character takes two. Narrower columns are seen in print only, wider ones nowhere.
NARROWEST: Final = 44
WIDEST: Final = 110
# Columns that a filled line may be short of the width: for a mark that must not begin a line, or a ragged editor.
SLACK: Final = 4
# Breaks in a row of this kind that make a stretch, and the share of them that must stand inside a sentence: without
# and with knowledge of the width.
BREAKS: Final = 3
INSIDE: Final = 0.6
KNOWN_INSIDE: Final = 0.4
# Breaks before a small letter from which a file may be filled to one width as a whole, and the share of them that must
# be. Then paragraphs of two lines are filled ones as well.
FILE_BREAKS: Final = 6
FILE_SHARE: Final = 0.85
# Full stops inside lines of Han characters, at least, a line.
STOPS: Final = 0.3
# Words of a filled line of Latin text, at least: addresses and code have fewer.
WORDS: Final = 5
# Share of the words that have letters only.
ALPHABETIC: Final = 0.7

_WIDE: Final = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]"
)
_HAN: Final = re.compile("[㐀-鿿豈-﫿]")
_ENDS: Final = frozenset('。！？!?.…；;：:”"」』)）')
_WORD: Final = re.compile(r"[\"'“‘(]?[^\W\d_]+(?:['’.-][^\W\d_]+)*[,.;:!?\"'”’)]*|.*[㐀-鿿].*")
_NO_PROSE: Final = re.compile(r"[{}<>\\|\t`]|\s{3}|^\s*(?:[•·●○◆◇■□▪*+#>@\-–—]|\(?\d{1,3}[.)、])\s?")


def unwrap(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Breaks to undo: (index of the line to join with the next one, what to put between them: "" or " "), ascending."""
    runs: list[tuple[int, list[str], list[int]]] = []  # first line, lines without outer space, widths with indentation
    end = 0
    for index, (line, following) in enumerate(pairwise(lines)):
        if index < end or not _may_go_on(line, following):
            continue
        start = index
        while start > end and _may_be_filled(lines[start - 1]):
            start -= 1
        end = index
        while end < len(lines) and _may_be_filled(lines[end]):
            end += 1
        if end - start > 1:
            run = [line.strip() for line in lines[start:end]]
            runs.append((start, run, [_width(line.rstrip()) for line in lines[start:end]]))
        end = max(end, index + 1)
    full = _common_width(runs)
    return [
        (start + index, _between(run[index], run[index + 1]))
        for start, run, widths in runs
        for index in _undo(run, widths, full)
    ]


def _may_go_on(line: str, following: str) -> bool:
    """What is asked first, of all lines of all files: whether one of the breaks that make a stretch may be here."""
    if not 20 <= len(line) <= WIDEST + 8:
        return False
    start = following.lstrip()[:1]
    return start.islower() or (start >= "㐀" and "。" in line[:-1])


def _may_be_filled(line: str) -> bool:
    return 0 < len(line) <= WIDEST + 8 and not line.isspace() and not _NO_PROSE.search(line.strip())


def _width(line: str) -> int:
    return len(line) + (0 if line.isascii() else len(_WIDE.findall(line)))


def _common_width(runs: list[tuple[int, list[str], list[int]]]) -> int:
    """The width to which the Latin prose of a file is filled, if it is all filled to one; else 0."""
    breaks = Counter(
        (width, width + 1 + len(following.split(maxsplit=1)[0]))
        for _, run, widths in runs
        for width, (line, following) in zip(widths, pairwise(run), strict=False)
        if following[0].islower() and line[-1] not in _ENDS and line.count(" ") >= WORDS - 1
    )
    if breaks.total() < FILE_BREAKS:
        return 0
    filled = {
        full: sum(count for (width, overflow), count in breaks.items() if width <= full < overflow + SLACK)
        for full in {width for width, _ in breaks if NARROWEST <= width <= WIDEST}
    }
    best = max(sorted(filled), key=lambda full: filled[full], default=0)
    return best if best and filled[best] >= FILE_SHARE * breaks.total() else 0


def _undo(lines: list[str], widths: list[int], known: int) -> list[int]:
    """The breaks to undo in a run of lines filled to the width ``known``; 0: each stretch has to show its own."""
    found: list[int] = []
    least = 1 if known else BREAKS
    first = 0
    while first + least < len(lines):
        full = known or max(widths[first : first + least + 1])
        last = first  # the line behind the last filled break
        while (
            NARROWEST <= full <= WIDEST
            and last + 1 < len(lines)
            and max(widths[last], widths[last + 1]) <= full
            and _fills(widths[last], lines[last], lines[last + 1], full)
        ):
            last += 1
        if last - first < least:
            first += 1
            continue
        if _is_prose(lines[first : last + 1], KNOWN_INSIDE if known else INSIDE):
            found += range(first, last)
        first = last + 1  # no part of a stretch is looked at again: a dump of memory is one stretch of any length
    return found


def _is_prose(lines: list[str], share: float) -> bool:
    """Whether a ``share`` of the breaks stands inside sentences for sure; headlines may be equally long."""
    words = " ".join(lines).split()
    if sum(_WORD.fullmatch(word) is not None for word in words) < ALPHABETIC * len(words):
        return False  # a dump of memory, commands
    inside = stops = han = 0
    for line, following in pairwise(lines):
        if _HAN.match(following):
            # Nothing tells that a Han character begins no sentence, but headlines hold no full stop.
            han += 1
            stops += "。" in line[:-1]
            inside += line[-1] not in _ENDS
        else:
            inside += line[-1] not in _ENDS and following[0].islower()
    return inside >= share * (len(lines) - 1) and stops >= STOPS * han


def _fills(width: int, line: str, following: str, full: int) -> bool:
    """Whether the first word of the following line would not have fitted on the line."""
    if _HAN.match(following):
        return width + 2 > full - SLACK and (_HAN.match(line[-1]) is not None or line[-1] in "，、,。")
    return line.count(" ") >= WORDS - 1 and width + 1 + len(following.split(maxsplit=1)[0]) > full - SLACK


def _between(line: str, following: str) -> str:
    return "" if _HAN.match(following) or _HAN.match(line[-1]) or line[-1] == "-" else " "
