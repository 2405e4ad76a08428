"""Lines of a page as they grow: pieces of the source, each with the place it came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.document import Block, Change, LineFacts

# White space in the sense of the HTML standard; NBSP is a character like any other.
SPACE = " \t\n\f\r"

# A word run: what one kept piece may hold. Inside, single spaces only.
_RUN = re.compile(r"[^ \t\n\f\r]+(?: [^ \t\n\f\r]+)*")
_UNEVEN = re.compile(r"[\t\n\f\r]|  ")

# Scripts written without spaces: between two of these a line break in the source is no space.
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")

# A table row stays one line (cells joined by a tab) while its longest cell has at most this many code points;
# beyond that the table lays out a page.
CELL_LIMIT = 60


class Line(NamedTuple):
    """A finished line: what it shows, its kept runs and changes with offsets of the line, and its facts."""

    shown: list[str]
    blocks: list[Block]  # text offset within the line, source offset, length
    changes: list[Change]
    length: int
    facts: LineFacts


class Lines:
    """Collects pieces into lines and lines into the text, runs and changes that ``Document.reread`` takes."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.done: list[Line] = []
        self.facts = LineFacts("body", 0.0, 0, "")  # of the line that is open, `links` still to be counted
        self._shown: list[str] = []
        self._blocks: list[Block] = []
        self._changes: list[Change] = []
        self._length = 0
        self._linked = 0  # non-space characters of the open line inside links
        self._solid = 0  # non-space characters of the open line
        self._gap: tuple[int, int] | None = None  # source span of white space not yet shown

    @property
    def empty(self) -> bool:
        """Whether the open line shows nothing so far."""
        return not self._shown

    def text(self, start: int, end: int, linked: bool) -> None:
        """Add ``source[start:end]``, white space collapsed as a browser does."""
        value = self.source[start:end]
        if _UNEVEN.search(value) is None:
            first = start + (value[:1] == " ")
            last = end - (value[-1:] == " ")
            if first > start:
                self.gap(start, first)
            if last > first:
                self._word(first, last, value[first - start : last - start], linked)
            if end > last >= first:
                self.gap(last, end)
            return
        done = 0
        for match in _RUN.finditer(value):
            first, last = match.span()
            if first > done:
                self.gap(start + done, start + first)
            self._word(start + first, start + last, match.group(), linked)
            done = last
        if done < len(value):
            self.gap(start + done, end)

    def reference(self, start: int, end: int, shown: str, linked: bool) -> None:
        """Add a character reference: ``source[start:end]`` stands for ``shown``."""
        if shown.isspace() and not shown.strip(SPACE):
            self.gap(start, end)
        else:
            self.replaced(start, end, shown, "read.reference", linked)

    def replaced(self, start: int, end: int, shown: str, rule: str, linked: bool = False) -> None:
        """Add ``shown`` in place of ``source[start:end]``."""
        if self._gap is not None:
            self._space(shown[0])
        self._changes.append(Change(start, end, self.source[start:end], shown, rule))
        self._show(shown, linked)

    def verbatim(self, start: int, end: int, linked: bool) -> None:
        """Add ``source[start:end]`` as it is (a piece of preformatted text without a line break)."""
        if end > start:
            self._gap = None
            self._blocks.append(Block(self._length, start, end - start))
            self._show(self.source[start:end], linked)

    def gap(self, start: int, end: int) -> None:
        """White space at ``source[start:end]``: shown as one space if the line goes on."""
        if self._gap is None and self._shown:
            self._gap = (start, end)

    def end(self) -> None:
        """Finish the open line, if it shows anything."""
        self._gap = None
        if not self._shown:
            return
        links = self._linked / self._solid if self._solid else 0.0
        facts = self.facts._replace(links=links) if links else self.facts
        if self._solid:
            self.done.append(Line(self._shown, self._blocks, self._changes, self._length, facts))
        self._shown, self._blocks, self._changes = [], [], []
        self._length = self._linked = self._solid = 0

    def join(self, first: int, tag: str) -> None:
        """Join the finished lines from ``first`` on into one, cell by cell, with a tab between them."""
        cells = self.done[first:]
        shown: list[str] = []
        blocks: list[Block] = []
        changes: list[Change] = []
        length = 0
        for cell in cells:
            if shown:
                shown.append("\t")
                length += 1
            shown += cell.shown
            blocks += [Block(block.text + length, block.source, block.length) for block in cell.blocks]
            changes += cell.changes
            length += cell.length
        total = sum(cell.length for cell in cells)
        links = sum(cell.facts.links * cell.length for cell in cells) / total
        facts = cells[0].facts._replace(tag=tag, links=links)
        self.done[first:] = [Line(shown, blocks, changes, length, facts)]

    def result(self) -> tuple[str, list[Block], list[Change], tuple[LineFacts, ...]]:
        """Text, its runs of the source, the changes, and the facts of each line."""
        self.end()
        blocks: list[Block] = []
        changes: list[Change] = []
        offset = 0
        for line in self.done:
            blocks += [Block(text + offset, source, size) for text, source, size in line.blocks]
            changes += line.changes
            offset += line.length + 1
        text = "\n".join(["".join(line.shown) for line in self.done])
        return text, blocks, changes, tuple([line.facts for line in self.done])

    def _word(self, start: int, end: int, shown: str, linked: bool) -> None:
        if self._gap is not None:
            self._space(shown[0])
        self._blocks.append(Block(self._length, start, end - start))
        self._show(shown, linked)

    def _show(self, shown: str, linked: bool) -> None:
        self._shown.append(shown)
        self._length += len(shown)
        solid = len(shown) - shown.count(" ")
        self._solid += solid
        if linked:
            self._linked += solid

    def _space(self, follower: str) -> None:
        """Show the pending gap as one space, out of the source if the gap has one."""
        assert self._gap is not None
        start, end = self._gap
        self._gap = None
        if (
            _UNSPACED.match(follower)
            and _UNSPACED.match(self._shown[-1][-1])
            and self.source.find("\n", start, end) >= 0
        ):
            return
        at = self.source.rfind(" ", start, end)
        if at >= 0:
            self._blocks.append(Block(self._length, at, 1))
        else:
            self._changes.append(Change(start, end, self.source[start:end], " ", "read.space"))
        self._shown.append(" ")
        self._length += 1


def cells_fit(cells: Sequence[Line]) -> bool:
    """Whether these lines, one per cell of a row, read well as one line."""
    return len(cells) > 1 and max(cell.length for cell in cells) <= CELL_LIMIT
