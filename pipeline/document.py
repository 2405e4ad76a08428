"""Text that remembers where it came from.

A stage looks at ``doc.text``, proposes ``Edit``s and gets a new ``Document``. The document keeps which characters
of the text are still characters of the source (``blocks``, as in difflib's matching blocks) and, for all others,
why they changed (``changes``). Cost follows the number of edits, not the length of the text.

::

    source   ABC<b>DEF</b>GHI        blocks   (0, 0, 3)  ABC      text offset, source offset, length
    text     ABCDEGHI                         (3, 6, 2)  DE
                                              (5, 13, 3) GHI
                                     changes  Change(8, 9, "F", "", rule)

Offsets are code points and half-open everywhere in this module; ``byte_offsets`` gives bytes of the file.
Laws that hold after every edit (checked by ``tests/test_document.py`` against one offset per character):

1. *kept*: each block's text equals its source, and blocks ascend on both sides without touching each other on both;
2. *explained*: each source character is in a block or inside a change (or is markup a reader passed over);
3. *nothing invented*: each character outside the blocks was put there by a change (or is a reader's line break).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple


class Edit(NamedTuple):
    """What a stage proposes: replace ``text[start:end]`` by ``new`` (``""`` removes it) because of ``rule``."""

    start: int
    end: int
    new: str
    rule: str  # "strip.qr-code": stage, dot, rule; its reason stands in pipeline/rules
    role: str = ""  # the role of a removed line, else ""
    score: float = 1.0  # a model's probability; 1.0 for a rule


class Change(NamedTuple):
    """What happened: ``before`` became ``after``; ``source[start:end]`` is where ``before`` came from.

    ``before`` is what the stage saw, which is the source as repaired by earlier stages.
    """

    start: int
    end: int
    before: str
    after: str
    rule: str
    role: str = ""
    score: float = 1.0


class Block(NamedTuple):
    """A kept run: ``text[text:text + length] == source[source:source + length]``."""

    text: int
    source: int
    length: int


class LineFacts(NamedTuple):
    """What the reader of a page knows of one line of its text, beyond the words."""

    tag: str  # innermost block element: "p", "li", "h2", "td", "pre" …
    links: float  # share of the line's non-space characters inside <a>, 0..1
    depth: int  # number of ancestor elements
    hints: str  # class and id words of the ancestors, outermost first, lower case, space-separated


class Segment(NamedTuple):
    """A sentence of the final text: ``text[start:end]``, its language, paragraph number and role of its line."""

    start: int
    end: int
    lang: str
    paragraph: int
    role: str


class Rejection(NamedTuple):
    """Why an input gave no document: the stage that gave up, the rule and a sentence for people."""

    stage: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """One file on its way from bytes to clean text.

    ``source`` is the decoded file with nothing lost: an undecodable byte ``b`` is the lone surrogate
    ``chr(0xDC00 + b)`` (as Python's ``surrogateescape`` has it). ``offsets`` holds the byte offset of each source
    character and of the end where ``encoding`` does not round-trip (big5, utf-16), and is empty where it does.
    """

    name: str  # path relative to the input folder, posix separators
    source: str
    text: str
    blocks: tuple[Block, ...]
    changes: tuple[Change, ...] = ()
    encoding: str = "utf-8"  # a stateless codec
    offsets: Sequence[int] = ()
    format: str = "text"  # "text", "html", "wechat"
    lang: str = "other"  # "zh", "en", "mixed", another ISO 639-1 code, or "other"
    line_langs: tuple[str, ...] = ()  # language of each line of the text, from `detect` until `strip`
    line_facts: tuple[LineFacts, ...] = ()  # from an HTML reader until `strip`; () for plain text
    line_roles: tuple[str, ...] = ()  # role of each line of the final text, from `strip` on
    segments: tuple[Segment, ...] = ()  # sentences of the final text, from `segment` on
    metadata: Mapping[str, str | int | float] = field(default_factory=dict)
    flags: tuple[str, ...] = ()  # sorted words: "low-confidence", "lossy-encoding" …
    rejected: Rejection | None = None

    @classmethod
    def from_source(cls, name: str, source: str, encoding: str = "utf-8", offsets: Sequence[int] = ()) -> Document:
        """A document whose text is its whole source."""
        blocks = (Block(0, 0, len(source)),) if source else ()
        return cls(name=name, source=source, text=source, blocks=blocks, encoding=encoding, offsets=offsets)

    def edit(self, edits: Iterable[Edit]) -> Document:
        """The document after ``edits``, which must ascend and not overlap (``ValueError`` names the rule if not)."""
        text, blocks = self.text, self.blocks
        pieces: list[str] = []
        kept: list[Block] = []
        changes: list[Change] = []
        done = 0  # text before this offset is dealt with
        length = 0  # of the new text so far
        index = 0  # of the first block that ends after `done`
        for edit in edits:
            start, end, new, rule, role, score = edit
            if not done <= start <= end <= len(text):
                raise ValueError(f"{edit!r}: edits ascend inside the text and do not overlap (from offset {done} on)")
            if start > done:
                pieces.append(text[done:start])
                index = _keep(kept, blocks, index, done, start, length)
                length += start - done
            source_start, source_end, index = self._span(start, end, index)
            changes.append(Change(source_start, source_end, text[start:end], new, rule, role, score))
            if new:
                pieces.append(new)
                length += len(new)
            done = end
        if not changes:
            return self
        pieces.append(text[done:])
        _keep(kept, blocks, index, done, len(text), length)
        return replace(self, text="".join(pieces), blocks=tuple(kept), changes=self.changes + tuple(changes))

    def reread(self, text: str, runs: Sequence[Block], changes: Sequence[Change] = ()) -> Document:
        """The document as a reader gives it: ``text`` made of ``runs`` of the present text.

        ``runs`` ascend on both sides; ``changes`` (references, escapes) carry offsets of the present text. What is in
        neither is markup the reader passed over, or in ``text`` a line break or tab it put there.
        """
        located = []
        for change in changes:
            start, end = self.source_span(change.start, change.end)
            located.append(change._replace(start=start, end=end))
        return replace(self, text=text, blocks=compose(runs, self.blocks), changes=(*self.changes, *located))

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The smallest source span that is sure to contain ``text[start:end]``; equal ends for an empty one."""
        index = bisect_right(self.blocks, start, key=_text_end)
        return self._span(start, end, index)[:2]

    def byte_offsets(self, positions: Iterable[int]) -> dict[int, int]:
        """Byte offset in the file of each of these source offsets."""
        wanted = sorted(set(positions))
        if self.offsets:
            return {position: self.offsets[position] for position in wanted}
        if self.source.isascii():
            return {position: position for position in wanted}
        found: dict[int, int] = {}
        position = total = 0
        for target in wanted:
            total += len(self.source[position:target].encode(self.encoding, "surrogateescape"))
            found[target] = total
            position = target
        return found

    def lines(self) -> list[str]:
        """The lines of the text, without their breaks; only ``\\n`` breaks a line."""
        return self.text.split("\n")

    def reject(self, rule: str, reason: str) -> Document:
        """The document marked as one that gave no text, and why."""
        return replace(self, rejected=Rejection(rule.partition(".")[0], rule, reason))

    def flag(self, *flags: str) -> Document:
        """The document with these words added to its flags."""
        return replace(self, flags=tuple(sorted({*self.flags, *flags})))

    def note(self, **metadata: str | int | float) -> Document:
        """The document with metadata added; what is already known and not empty stays."""
        known = {key: value for key, value in self.metadata.items() if value != ""}
        return replace(self, metadata={**metadata, **known})

    def _span(self, start: int, end: int, index: int) -> tuple[int, int, int]:
        """Source span of ``text[start:end]`` and the first block that ends after ``end``.

        ``index`` is that of the first block that ends after ``start``.
        """
        blocks = self.blocks
        inside = index < len(blocks) and blocks[index].text < start + (start < end)
        if inside:
            source_start = blocks[index].source + start - blocks[index].text
        elif index:
            source_start = blocks[index - 1].source + blocks[index - 1].length
        else:
            source_start = 0
        if start == end:
            return source_start, source_start, index
        while index < len(blocks) and _text_end(blocks[index]) <= end:
            index += 1
        if index < len(blocks) and blocks[index].text < end:
            source_end = blocks[index].source + end - blocks[index].text
        elif index and _text_end(blocks[index - 1]) == end:
            source_end = blocks[index - 1].source + blocks[index - 1].length
        else:
            source_end = blocks[index].source if index < len(blocks) else len(self.source)
        return source_start, source_end, index


def compose(later: Sequence[Block], earlier: Sequence[Block]) -> tuple[Block, ...]:
    """Chain two alignments: ``later`` (new text to old text) and ``earlier`` (old text to source)."""
    result: list[Block] = []
    # The identity, as behind every page without a bad byte.
    if later and len(earlier) == 1 and earlier[0][:2] == (0, 0) and later[-1][1] + later[-1][2] <= earlier[0].length:
        for text, old, length in later:
            _append(result, text, old, length)
        return tuple(result)
    index = 0
    for text, old, length in later:
        while index and earlier[index - 1].text + earlier[index - 1].length > old:
            index -= 1
        while index < len(earlier) and _text_end(earlier[index]) <= old:
            index += 1
        here = index
        while here < len(earlier) and earlier[here].text < old + length:
            start = max(old, earlier[here].text)
            end = min(old + length, _text_end(earlier[here]))
            _append(result, text + start - old, earlier[here].source + start - earlier[here].text, end - start)
            here += 1
    return tuple(result)


def line_starts(lines: Sequence[str]) -> list[int]:
    """Offset of the start of each line in ``"\\n".join(lines)``."""
    starts: list[int] = []
    offset = 0
    for line in lines:
        starts.append(offset)
        offset += len(line) + 1
    return starts


def line_at(starts: Sequence[int], offset: int) -> int:
    """Index of the line that holds ``offset``, given the starts of the lines."""
    return bisect_right(starts, offset) - 1


def _keep(kept: list[Block], blocks: Sequence[Block], index: int, start: int, end: int, length: int) -> int:
    """Add to ``kept`` what ``blocks`` hold of ``text[start:end]``, which now begins at ``length``."""
    while index < len(blocks):
        text, source, size = blocks[index]
        if text >= end:
            break
        first = text if text > start else start
        last = text + size
        if last > end:
            _append(kept, length + first - start, source + first - text, end - first)
            break
        if last > first:
            _append(kept, length + first - start, source + first - text, last - first)
        index += 1
    return index


def _append(blocks: list[Block], text: int, source: int, length: int) -> None:
    """Append a block, joining it to the last one where they touch on both sides."""
    if blocks:
        last = blocks[-1]
        if last.text + last.length == text and last.source + last.length == source:
            blocks[-1] = Block(last.text, last.source, last.length + length)
            return
    blocks.append(Block(text, source, length))


def _text_end(block: Block) -> int:
    return block.text + block.length
