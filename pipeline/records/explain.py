"""A document for the eye: the page in order, with everything that was removed or edited marked in its place.

::

    - [nav strip.line 0.98] Home | News           a removed line: role, rule, the model's score
    Meet Jeff{· →   | repair.name-dot}Wilke.      an edit: before → after | rule
    {↵↵ → | strip.blank-line}                     what is gone has no after; ↵ is a line break
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.document import Block, Change, Document

_RED, _YELLOW, _DIM, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"

# What a terminal would obey or not show: controls but line break and tab, what changes the direction of writing,
# zero-width characters, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# What a summary says of a document in lines of its own, besides its other metadata.
_TOLD = ("encoding", "format", "flags")


class Piece(NamedTuple):
    """A stretch of the page: characters of the text, or a change with those characters of the text that it wrote."""

    text: str
    change: Change | None


def pieces(doc: Document) -> Iterator[Piece]:
    """The page in order; the texts of all pieces together are the text of the document.

    A change that a later one covers is not told again: the later one's ``before`` has it.
    """
    standing = _standing(doc.changes)
    starts = [change.start for change in standing]
    told = 0  # of standing
    last = Block(0, 0, 0)
    for block in [*doc.blocks, Block(len(doc.text), len(doc.source), 0)]:
        here = bisect_right(starts, block.source)
        yield from _gap(doc.text[last.text + last.length : block.text], standing[told:here])
        if block.length:
            yield Piece(doc.text[block.text : block.text + block.length], None)
        told, last = here, block


def as_seen(doc: Document) -> str:
    """The text as it was when lines were judged: repaired, with the removed lines in their places."""
    return "".join(piece.change.before if piece.change and piece.change.role else piece.text for piece in pieces(doc))


def explain(doc: Document, color: bool, own: Mapping[str, str] | None = None) -> str:
    """The page with every removal and edit marked, and a table of the rules that acted.

    ``own`` has the reasons of the user's own rules by id (``Config.reasons``). Safe for a terminal: control characters
    of the file appear as escapes (``\\x1b``). ``color`` adds ANSI colours.
    """
    red, yellow, dim, plain = (_RED, _YELLOW, _DIM, _PLAIN) if color else ("", "", "", "")
    out: list[str] = []
    fresh = True  # at the start of a line
    for text, change in pieces(doc):
        if change is None:
            shown = _safe(text)
        elif change.role:
            label = f"{red}- {dim}[{change.role} {change.rule} {change.score:.2f}]{plain} {red}"
            lines = [line for line in change.before.split("\n") if line.strip()]
            shown = "".join(f"{label}{_safe(line)}{plain}\n" for line in lines)
            shown = f"\n{shown}" if lines and not fresh else shown
        else:
            edit = f"{_inline(change.before)} → {_inline(change.after)}".rstrip(" ")
            shown = f"{yellow}{{{edit}{plain}{dim} | {change.rule}{plain}{yellow}}}{plain}"
            shown += "\n" * (fresh and not change.before.strip("\n"))  # blank lines: the mark has its own line
        if shown:
            out.append(shown)
            fresh = shown.endswith("\n")
    return "".join(out).rstrip("\n") + "\n\n" + "\n".join(_summary(doc, own or {}))


def _standing(changes: Sequence[Change]) -> list[Change]:
    """Changes that no later change covers, in order of place; edits of one and the same place all stand."""
    standing: list[Change] = []
    spans: list[tuple[int, int, bool]] = []  # of changes that stand, ascending, and whether they removed a line
    for change in reversed(changes):
        start, end = change.start, change.end
        index = bisect_left(spans, (start + 1,)) - 1
        if index >= 0:
            first, last, line = spans[index]
            inside = first < start and end < last if start == end else last >= end
            if inside and (line or (first, last) != (start, end)):
                continue
        standing.append(change)
        if end > start:
            insort(spans, (start, end, bool(change.role)))
    standing.reverse()
    standing.sort(key=lambda change: (change.start, change.end))
    return standing


def _gap(text: str, changes: Sequence[Change]) -> Iterator[Piece]:
    """Changes between two kept runs, and between them what a reader put there."""
    done = 0
    for change in changes:
        at = text.find(change.after, done) if change.after else -1
        if at < 0:
            yield Piece("", change)
            continue
        if at > done:
            yield Piece(text[done:at], None)
        done = at + len(change.after)
        yield Piece(change.after, change)
    if done < len(text):
        yield Piece(text[done:], None)


def _summary(doc: Document, own: Mapping[str, str]) -> Iterator[str]:
    """What is known of the document, and how often each rule acted."""
    known = [f"{key} {_safe(str(value))}" for key, value in doc.metadata.items() if value != "" and key not in _TOLD]
    yield _safe(f"{doc.name or '-'}: {doc.lang}, {doc.format}, {doc.encoding}")
    if known:
        yield f"  {'; '.join(known)}"
    if doc.flags:
        yield f"  flags: {' '.join(doc.flags)}"
    if doc.rejected:
        yield f"  rejected: {doc.rejected.rule}: {_safe(doc.rejected.reason)}"
    counts: dict[str, int] = {}
    for change in doc.changes:
        counts[change.rule] = counts.get(change.rule, 0) + 1
    reasons = {**_reasons(), **own} if counts else {}
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {count:5} x {rule}: {_safe(reasons.get(rule, ''))}"


def _reasons() -> dict[str, str]:
    from pipeline.rules import all_rules

    return {rule.id: rule.reason for rule in all_rules().values()}


def _safe(text: str) -> str:
    """Text with everything escaped that a terminal would obey or swallow."""
    return _UNSAFE.sub(_escape, text)


def _inline(text: str) -> str:
    return _safe(text).replace("\n", "↵").replace("\t", "\\t")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
