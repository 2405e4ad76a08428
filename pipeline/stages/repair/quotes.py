"""Curly quotes that are doubled, turned the wrong way or padded with a space; one line is one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.document import Edit
from pipeline.stages.repair.lines import Page, settle, space_start

_QUOTE = re.compile("[“”]")
_LINE = re.compile("[^\n]*[“”][^\n]*")
# Chinese set with spaces around its other marks, too, is spaced as a style.
_SPACED = re.compile("[\u4e00-\u9fff”] [，。；：？！、]|[，；：、] [\u4e00-\u9fff“]")
_ENDS = " \t,.;:?!)]，。；：？！）、…—"


def quotes(page: Page) -> list[Edit]:
    """Edits that balance the curly double quotes of each line."""
    text = page.text
    if "“" not in text and "”" not in text:
        return []
    edits: list[Edit] = []
    line: list[int] = []
    bounds = (0, -1)
    for match in _QUOTE.finditer(text):
        if match.start() > bounds[1]:
            edits += _line(text, line, *bounds)
            line, bounds = [], page.line_of(match.start())
        line.append(match.start())
    edits += _line(text, line, *bounds)
    spaced: dict[int, bool] = {}  # by start of line: are its marks spaced throughout?
    kept = []
    for edit in edits:
        if edit.rule == "repair.space-in-quote":
            start, end = page.line_of(edit.start)
            if start not in spaced:
                spaced[start] = _SPACED.search(text, start, end) is not None
            if spaced[start]:
                continue
        kept.append(edit)
    return settle(text, kept)


def _line(text: str, at: list[int], start: int, end: int) -> Iterator[Edit]:
    """Walk the quotes of one line with one bit of state: is a quotation open?"""
    marks = [text[i] for i in at]
    if not marks:
        return
    if len(set(marks)) == 1 and len(marks) % 2 == 0 and _alternate(text, at, start, end):
        wrong = "”" if marks[0] == "“" else "“"
        for i in at[1 if wrong == "”" else 0 :: 2]:
            yield Edit(i, i + 1, wrong, "repair.quote-direction")
        return
    opens, closes = marks.count("“"), marks.count("”")
    is_open = False
    opened = -1
    for n, i in enumerate(at):
        before = text[i - 1] if i > start else "\n"
        after = text[i + 1] if i + 1 < end else "\n"
        next_mark = marks[n + 1] if n + 1 < len(marks) else ""
        if marks[n] == "“" and is_open:
            if opened == i - 1 and opens > closes:
                yield Edit(i, i + 1, "", "repair.doubled-quote")
                opens -= 1
            elif (after in " \n" or after in _ENDS) and next_mark != "”" and _has_letter(text, opened + 1, i):
                yield Edit(space_start(text, i), i + 1, "”", "repair.quote-direction")
                is_open = False
                opens, closes = opens - 1, closes + 1
        elif marks[n] == "“":
            is_open, opened = True, i
            alone = not next_mark and (before in " \n：:，," and n == 0)
            if after == " " and (next_mark == "”" or (next_mark == "“" and opens > closes) or alone):
                stop = i + 1
                while stop < end and text[stop] == " ":
                    stop += 1
                if stop < end:
                    yield Edit(i + 1, stop, "", "repair.space-in-quote")
        elif is_open:
            if before == " " and not (after.isascii() and after.isalnum()):
                first = space_start(text, i)
                if first > opened + 1:
                    yield Edit(first, i, "", "repair.space-in-quote")
            is_open = False
        elif before == "”" and closes > opens:
            yield Edit(i, i + 1, "", "repair.doubled-quote")
            closes -= 1


def _alternate(text: str, at: list[int], start: int, end: int) -> bool:
    """Whether quotes of one shape can be read as opening and closing by turns."""
    for n, i in enumerate(at):
        before = text[i - 1] if i > start else " "
        after = text[i + 1] if i + 1 < end else " "
        if n % 2 == 0 and after in _ENDS:
            return False
        if n % 2 == 1 and (before == " " or (after not in _ENDS and after.isascii())):
            return False
    return all(_has_letter(text, at[n] + 1, at[n + 1]) for n in range(0, len(at), 2))


def _has_letter(text: str, start: int, end: int) -> bool:
    return any(char.isalnum() for char in text[start : min(end, start + 200)])
