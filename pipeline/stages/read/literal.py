"""Text held in a string literal of a script: what it says, and where each character of it stands in the page."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from pipeline.document import Block, Change
from pipeline.stages.read.lines import Line

# An escape of a JavaScript or JSON string; the first form is also seen with its backslash escaped once more.
_ESCAPE = re.compile(
    r"\\\\?x([0-9a-fA-F]{2})"
    r"|\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u([0-9a-fA-F]{4})"
    r"|\\([\s\S])"
)
_SINGLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


class Literal(NamedTuple):
    """A literal's text; ``blocks`` are its runs of the source, ``escapes`` the rest (offsets in the text: span)."""

    text: str
    blocks: list[Block]
    escapes: list[Block]  # text offset, source offset, length *in the source*; each stands for one character


def unescape(source: str, start: int, end: int) -> Literal:
    """What ``source[start:end]``, the inside of a string literal, stands for."""
    parts: list[str] = []
    blocks: list[Block] = []
    escapes: list[Block] = []
    length = 0
    done = start
    for found in _ESCAPE.finditer(source, start, end):
        first, last = found.span()
        if first > done:
            parts.append(source[done:first])
            blocks.append(Block(length, done, first - done))
            length += first - done
        done = last
        code, high, low, wide, single = found.groups()
        if single is not None:
            shown = _SINGLE.get(single, single)
        elif high:
            shown = chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
        else:
            shown = chr(int(code or wide, 16))
            if "\ud800" <= shown <= "\udfff":
                shown = "\ufffd"  # half of a pair
        if shown >= " " or shown in ("\n", "\t", "\r", "\f"):  # other control characters show nothing
            escapes.append(Block(length, first, last - first))
            parts.append(shown)
            length += 1
    if end > done:
        parts.append(source[done:end])
        blocks.append(Block(length, done, end - done))
    return Literal("".join(parts), blocks, escapes)


def literal_end(source: str, start: int) -> int:
    """Offset of the quote that ends the literal whose inside begins at ``start``; -1 if it never ends."""
    quote = source[start - 1]
    at = start
    while True:
        at = source.find(quote, at)
        if at < 0:
            return -1
        slashes = at
        while slashes > start and source[slashes - 1] == "\\":
            slashes -= 1
        if (at - slashes) % 2 == 0:
            return at
        at += 1


def relocate(line: Line, literal: Literal, source: str) -> Line:
    """A line read from ``literal.text``, with places in the page instead.

    Characters written as escapes become changes (rule ``read.escape``).
    """
    blocks: list[Block] = []
    changes: list[Change] = []
    for text, begin, size in line.blocks:
        index = max(0, bisect_right(literal.blocks, begin, key=_offset) - 1)
        for here in range(index, len(literal.blocks)):
            run = literal.blocks[here]
            if run.text >= begin + size:
                break
            first = max(begin, run.text)
            last = min(begin + size, run.text + run.length)
            if first < last:
                blocks.append(Block(text + first - begin, run.source + first - run.text, last - first))
        index = bisect_right(literal.escapes, begin - 1, key=_offset)
        for here in range(index, len(literal.escapes)):
            at, start, length = literal.escapes[here]
            if at >= begin + size:
                break
            end = start + length
            changes.append(Change(start, end, source[start:end], literal.text[at], "read.escape"))
    for change in line.changes:
        start, end = _span(literal, change.start, change.end)
        changes.append(change._replace(start=start, end=end, before=source[start:end]))
    return line._replace(blocks=blocks, changes=sorted(changes))


def _span(literal: Literal, start: int, end: int) -> tuple[int, int]:
    """Source span of ``literal.text[start:end]``."""
    if start == end:
        place = _place(literal, start)[0] if start < len(literal.text) else _place(literal, start - 1)[1]
        return place, place
    return _place(literal, start)[0], _place(literal, end - 1)[1]


def _place(literal: Literal, at: int) -> tuple[int, int]:
    """Source span of one character of the literal."""
    index = bisect_right(literal.escapes, at, key=_offset) - 1
    if index >= 0 and literal.escapes[index].text == at:
        _, start, length = literal.escapes[index]
        return start, start + length
    run = literal.blocks[bisect_right(literal.blocks, at, key=_offset) - 1]
    place = run.source + at - run.text
    return place, place + 1


def _offset(block: Block) -> int:
    return block.text
