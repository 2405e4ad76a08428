"""Lines that a flattener broke inside a sentence, where a link or an emphasised word stood.

    former fast bowler            former fast bowler Clint McKay, in an attempt to …
    Clint McKay              ->
    , in an attempt to …

Only breaks that no writer makes are mended: before a comma or a closing mark, or between two parts of a sentence of
which the second goes on in lower case. Verse, lists and code have breaks of the second kind too, so one of the two
lines must be longer than a verse, and none may hold marks of code. Text filled to a width is known by all its lines
(``pipeline.stages.read.wrapped``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipeline.stages.read.wrapped import unwrap

# No line begins with one of these unless it was cut off from the line before.
_CONTINUES: Final = "，。、；：！？）》」』】〕”’,;)"
# Marks that a text set letter by letter has on lines of their own.
_MARKS: Final = "，。、；：！？“”‘’（）《》"
# A line that ends in one of these is whole.
_WHOLE: Final = "。！？!?.…；;：:"
_CODE: Final = re.compile(r"[{}=<>\\|$\t`]|https?:|\w\(")
_ITEM: Final = re.compile(r"[•·●○◆◇■□▪*+#>@\-–—\d]")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_HAN: Final = re.compile(r"[㐀-鿿豈-﫿]")
# Han words that end no line and begin none.
_PARTICLES: Final = frozenset(("的", "了", "和", "与", "及", "在", "被", "把", "從", "从", "與", "對", "对", "以及"))
# English words at a border that speak for one sentence going on: the last of a line, or the first of the next.
_LAST: Final = frozenset(
    "a an the of to in on at by for from with and or but that which who is are was were be been has have had as than "
    "their its his her our your my this these those into about between over under after before while when if not "
    "will would can could should may might must do does did also such called named".split()
)
_FIRST: Final = frozenset(
    "of to in on at by for from with and or but that which who whose is are was were has have had as than said says "
    "into about between over under after before while when if will would can could should may might must does did "
    "also because so where since until against during through within without then takes makes provides helps lets "
    "the a an its their he she they it we told".split()
)

# Length in units (Han / 1.6 + words) that two joined lines have together, and one of them alone where only lower case
# speaks for the join: longer than a verse, and than a line of mail wrapped at 72 columns.
LONG: Final = 18.0
# Lines of one Han character that make a run; a bar of buttons (大 中 小) has fewer.
LETTERS: Final = 4
# Length of a fragment between two lines that may be joined on both sides, units.
FRAGMENT: Final = 8.0


def rejoin(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Breaks to mend: (index of the line to join with the next one, what to put between them: "" or " ").

    Ascending; a run of indexes joins more than two lines. Blank lines are never joined over.

    >>> tail = ", who had led the field from the first of six long days in the hills to the last."
    >>> rejoin(["The prize went to young", "Clint McKay", tail])
    [(0, ' '), (1, '')]
    """
    joined: dict[int, str] = {}
    running = 0.0  # length of the line with what was joined before it, 0.0 where nothing was
    for index in range(len(lines) - 1):
        before, running = running, 0.0
        first, second = lines[index].rstrip(), lines[index + 1].strip()
        if not first or not second or not _may_go_on(first, second):
            continue
        size, following = before + _units(lines[index]), _units(lines[index + 1])
        length = size + following if second[0] in _CONTINUES else max(size, following)
        if length >= LONG and _goes_on(first, second):
            joined[index] = _between(first, second)
            running = size
    joined = dict(unwrap(lines)) | joined | _letter_runs(lines)
    for index in sorted(joined):
        before = index - 1
        if before < 0 or before in joined or _units(lines[index]) > FRAGMENT:
            continue
        if _units(lines[before]) + _units(lines[index + 1]) < LONG:
            continue
        first, second = lines[before].rstrip(), lines[index].strip()
        if (
            second
            and first.strip()
            and _open(first[-1])
            and _plain(first)
            and _plain(second)
            and not _ITEM.match(second)
        ):
            joined[before] = _between(first, second)
    return sorted(joined.items())


def _letter_runs(lines: Sequence[str]) -> dict[int, str]:
    """Breaks inside runs of lines of one Han character each: text that was animated or set letter by letter."""
    joined: dict[int, str] = {}
    if sum(len(line.strip()) == 1 for line in lines) < LETTERS:
        return joined
    run: list[int] = []
    for index in range(len(lines) + 1):
        line = lines[index].strip() if index < len(lines) else ""
        if 0 < len(line) <= 4 and (_HAN.search(line) or line in _MARKS or (run and line.isdecimal())):
            run.append(index)
            continue
        letters = [lines[at].strip() for at in run]
        singles = sum(len(letter) == 1 for letter in letters)
        han = sum(len(letter) == 1 and _HAN.match(letter) is not None for letter in letters)
        if han >= LETTERS and singles >= 0.6 * len(run):
            joined |= {at: "" for at in run[:-1] if lines[at].strip()[-1] not in "。！？"}
        run = []
    return joined


def _units(line: str) -> float:
    if len(line) >= 2000:
        return LONG
    han = len(_HAN.findall(line))
    return han / 1.6 + len(_WORDS.findall(_HAN.sub(" ", line)))


def _plain(line: str) -> bool:
    return not (line[:1].isspace() and len(line) - len(line.lstrip()) > 1) and _CODE.search(line[:400]) is None


def _open(char: str) -> bool:
    """Whether a sentence may go on behind this character."""
    return char.islower() or char in ",，、" or _HAN.match(char) is not None


def _may_go_on(first: str, second: str) -> bool:
    """What ``_goes_on`` asks first, of all lines of all pages."""
    start = second[0]
    return start in _CONTINUES or "a" <= start <= "z" or second in _PARTICLES or first.strip() in _PARTICLES


def _goes_on(first: str, second: str) -> bool:
    """Whether ``second`` can only be the rest of the sentence that ``first`` began."""
    if not _plain(first) or not _plain(second):
        return False
    if second[0] in _CONTINUES:
        # A line of nothing but a comma is what is left of a bar of buttons.
        if len(second) > 2 and not _WORDS.match(second.lstrip(_CONTINUES + "”’\"' ")[:1] or " "):
            return False
        return len(second) > 1 and first[-1] not in _WHOLE and _WORDS.search(second) is not None
    if first[-1] in _WHOLE or _ITEM.match(second) or _ITEM.match(first.strip()):
        return False
    if second in _PARTICLES or first.strip() in _PARTICLES:
        return bool(_HAN.match(second[0])) and bool(_HAN.match(first[-1]))
    if not (second[0].islower() and second[0].isascii()):
        return False
    last, following = first.split()[-1], second.split()[0]
    return (first[-1] == "," and " " in first.strip()) or (
        first[-1].islower() and (last in _LAST or following.rstrip(",") in _FIRST)
    )


def _between(first: str, second: str) -> str:
    if second[0] in _CONTINUES or _HAN.match(second[0]) or _HAN.match(first[-1]) or first[-1] in "（《“‘「『【(":
        return ""
    return " "
