"""Lines of a page as they grow: pieces of the source, each with the place it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.document import Block, Change, LineFacts

# White space in the sense of the HTML standard; NBSP is a character like any other.
SPACE = " \t\n\f\r"

# What one kept run may hold: words with single spaces between them.
_RUN = re.compile(r"[^ \t\n\f\r]+(?: [^ \t\n\f\r]+)*")

# Scripts written without spaces: between two of these a line break in the source is no space.
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")

# A table row stays one line (cells joined by a tab) while its longest cell has at most this many code points;
# beyond that the table lays out a page.
CELL_LIMIT = 60


class Line(NamedTuple):
    """One line of a page: its text, runs of the source (offsets of the line), changes, facts and zone."""

    text: str
    blocks: list[Block]
    changes: list[Change]
    facts: LineFacts
    zone: str


class Lines:
    """Collects pieces into lines: the text, its runs of the source, the changes, and the facts of each line.

    ``open`` says whether the present line shows anything yet; ``begin`` sets what is known of it.
    """

    __slots__ = (
        "_begun",
        "_facts",
        "_linked",
        "_marks",
        "blocks",
        "breaks",
        "changes",
        "ends",
        "facts",
        "gap",
        "length",
        "open",
        "parts",
        "source",
        "zones",
    )

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        # As Block, which would cost three times as much here; touching runs are one.
        self.blocks: list[tuple[int, int, int]] = []
        self.changes: list[Change] = []
        self.facts: list[LineFacts] = []
        self.zones: list[str] = []  # id of the element of interest each line stands in, "" for none
        self.breaks: list[int] = []  # index in `parts` of the break behind each line
        self.ends: list[tuple[int, int]] = []  # number of blocks and changes at the end of each line
        self.length = 0  # code points of the text so far
        self.open = False
        self.gap: tuple[int, int] | None = None  # source span of white space not yet shown
        self._begun = ("body", 0, "", "")  # tag, depth, hints, zone of the open line
        self._marks = (0, 0, 0, 0)  # where the open line began: parts, blocks, changes, length
        self._linked = 0  # non-space characters of the open line inside links

    def begin(self, tag: str, depth: int, hints: str, zone: str = "") -> None:
        """Say where the next line stands; it opens with the first piece."""
        self._begun = (tag, depth, hints, zone)
        self._marks = (len(self.parts), len(self.blocks), len(self.changes), self.length)
        self._linked = 0
        self.gap = None

    def text(self, start: int, end: int, linked: bool) -> None:
        """Add ``source[start:end]``, white space collapsed as a browser does."""
        value = self.source[start:end]
        inner = value.strip(SPACE)
        if not inner:
            self.space(start, end)
            return
        first = start
        if len(inner) != len(value):
            first += value.index(inner)
            if first > start:
                self.space(start, first)
        last = first + len(inner)
        if "\n" in inner or "  " in inner or "\t" in inner or "\r" in inner or "\f" in inner:
            done = 0
            for match in _RUN.finditer(inner):
                here, there = match.span()
                if here > done:
                    self.space(first + done, first + here)
                self._run(first + here, match.group(), linked)
                done = there
        else:
            self._run(first, inner, linked)
        if last < end:
            self.gap = (last, end)

    def space(self, start: int, end: int) -> None:
        """White space at ``source[start:end]``: shown as one space if the line goes on."""
        if self.open and self.gap is None:
            self.gap = (start, end)

    def reference(self, start: int, end: int, shown: str, linked: bool) -> None:
        """Add a character reference: ``source[start:end]`` stands for ``shown``."""
        if not shown.strip(SPACE):
            self.space(start, end)
        else:
            self.replaced(start, end, shown, "read.reference", linked)

    def replaced(self, start: int, end: int, shown: str, rule: str, linked: bool = False) -> None:
        """Add ``shown`` in place of ``source[start:end]``."""
        if self.gap is not None:
            self._space(shown[0])
        self.changes.append(Change(start, end, self.source[start:end], shown, rule))
        self._show(shown, linked)

    def verbatim(self, start: int, end: int, linked: bool) -> None:
        """Add ``source[start:end]`` as it is (a piece of preformatted text without a line break)."""
        if end > start:
            self.gap = None
            self._run(start, self.source[start:end], linked)

    def end(self) -> None:
        """Finish the open line; one that shows nothing but white space leaves no trace."""
        if not self.open:
            return
        self.open = False
        self.gap = None
        parts, blocks, changes, length = self._marks
        if self.parts[parts].isspace() and all(part.isspace() for part in self.parts[parts:]):
            del self.parts[parts:], self.blocks[blocks:], self.changes[changes:]
            self.length = length
            return
        links = 0.0
        if self._linked:
            links = self._linked / sum([len(part) - part.count(" ") for part in self.parts[parts:]])
        tag, depth, hints, zone = self._begun
        self.facts.append(LineFacts(tag, links, depth, hints))
        self.zones.append(zone)
        self.ends.append((len(self.blocks), len(self.changes)))
        self.breaks.append(len(self.parts))
        self.parts.append("\n")
        self.length += 1

    def join(self, first: int) -> None:
        """Make the finished lines from ``first`` on one, with a tab between them: the cells of a row."""
        lines = len(self.facts)
        if lines - first < 2:
            return
        start = self.breaks[first - 1] + 1 if first else 0
        sizes = []
        for stop in self.breaks[first:]:
            sizes.append(sum([len(part) for part in self.parts[start:stop]]))
            start = stop + 1
        if max(sizes) > CELL_LIMIT:
            return
        links = sum([facts.links * size for facts, size in zip(self.facts[first:], sizes, strict=True)]) / sum(sizes)
        for stop in self.breaks[first:-1]:
            self.parts[stop] = "\t"
        del self.breaks[first:-1], self.zones[first:-1], self.ends[first:-1]
        self.facts[first:] = [self.facts[first]._replace(links=links)]

    def lines(self) -> list[Line]:
        """Each line by itself, blocks with offsets of the line."""
        found = []
        part = block = change = offset = 0
        for stop, (blocks, changes), facts, zone in zip(self.breaks, self.ends, self.facts, self.zones, strict=True):
            text = "".join(self.parts[part:stop])
            runs = [Block(at - offset, source, size) for at, source, size in self.blocks[block:blocks]]
            found.append(Line(text, runs, self.changes[change:changes], facts, zone))
            part, block, change = stop + 1, blocks, changes
            offset += len(text) + 1
        return found

    def result(self) -> tuple[str, list[Block], list[Change], tuple[LineFacts, ...]]:
        """Text, its runs of the source, the changes, and the facts of each line."""
        self.end()
        return "".join(self.parts)[:-1], list(map(Block._make, self.blocks)), self.changes, tuple(self.facts)

    def _run(self, start: int, shown: str, linked: bool) -> None:
        """Show a kept run, grown onto the last one where they touch."""
        if self.gap is not None:
            self._space(shown[0])
        size = len(shown)
        length = self.length
        blocks = self.blocks
        if blocks and self.open:
            text, source, kept = blocks[-1]
            if source + kept == start and text + kept == length:
                blocks[-1] = (text, source, kept + size)
            else:
                blocks.append((length, start, size))
        else:
            blocks.append((length, start, size))
        self.parts.append(shown)
        self.length = length + size
        self.open = True
        if linked:
            self._linked += size - shown.count(" ")

    def _show(self, shown: str, linked: bool) -> None:
        self.parts.append(shown)
        self.length += len(shown)
        self.open = True
        if linked:
            self._linked += len(shown) - shown.count(" ")

    def _space(self, follower: str) -> None:
        """Show the pending gap as one space, out of the source if the gap has one."""
        if self.gap is None:
            return
        start, end = self.gap
        self.gap = None
        source = self.source
        if source[end - 1] == " " and not ("\n" in source[start:end] and _UNSPACED.match(follower)):
            self._run(end - 1, " ", False)
            return
        if "\n" in source[start:end] and _UNSPACED.match(follower) and _UNSPACED.match(self.parts[-1][-1]):
            return
        at = source.rfind(" ", start, end)
        if at >= 0:
            self._run(at, " ", False)
        else:
            self.changes.append(Change(start, end, source[start:end], " ", "read.space"))
            self._show(" ", False)


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Lines in the order in which they begin in the source."""
    return sorted(lines, key=_source_start)


def _source_start(line: Line) -> int:
    starts = [line.blocks[0].source] if line.blocks else []
    return min(starts + [change.start for change in line.changes[:1]])


def assemble(lines: Iterable[Line]) -> tuple[str, list[Block], list[Change], tuple[LineFacts, ...]]:
    """Lines one below the other: text, runs of the source, changes and facts, as ``Lines.result`` gives them."""
    texts: list[str] = []
    blocks: list[Block] = []
    changes: list[Change] = []
    facts: list[LineFacts] = []
    offset = 0
    for line in lines:
        texts.append(line.text)
        blocks += [Block(text + offset, source, size) for text, source, size in line.blocks]
        changes += line.changes
        facts.append(line.facts)
        offset += len(line.text) + 1
    return "\n".join(texts), blocks, changes, tuple(facts)
