"""Regression cases: small TOML files that say what of a page must stay and what must go.

::

    file = "pages/front.txt"        # relative to this case file; or: text = '''…'''
    keep = ["The mayor said"]       # phrases that must be in the clean text
    remove = ["Scan the QR code"]   # phrases of the page that must not
    lang = "en"                     # optional
    rejected = "read.no-text"       # optional: the page must give no document, for this rule
    [metadata]                      # optional: what the record must say: title, published, encoding, flags …
    title = "Mayor opens bridge"

A phrase may run over several lines (white space counts as it stands). Each finding names the rule that took or
left the phrase, with the line, its role and the model's score.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import nearest
from pipeline.document import Change, Document, line_at, line_starts
from pipeline.records.explain import as_seen, pieces
from pipeline.records.write import document_row

_KEYS = ("file", "text", "keep", "remove", "lang", "rejected", "metadata")
# Longest piece of a line that a finding quotes, in characters.
_QUOTED = 60


class CaseError(ValueError):
    """A case that cannot be run as it is written; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case; as a string, the lines that people read."""

    name: str
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.failures

    def __str__(self) -> str:
        return "\n    ".join((f"{'ok  ' if self.passed else 'FAIL'} {self.name}", *self.failures))


def check(path: Path, clean: Callable[[bytes, str], Document]) -> list[CaseResult]:
    """Run the case in file ``path``, or all cases (``*.toml``) in the folder and below, in order of name.

    ``clean`` takes the bytes of a page and its name. Raises ``CaseError`` for a file that is no case: an unknown
    key, a missing page, nothing expected.
    """
    if path.is_dir():
        files = sorted(path.rglob("*.toml"))
        if not files:
            raise CaseError(f"{path} holds no case: cases are files whose names end in .toml")
    elif path.is_file():
        files = [path]
    else:
        raise CaseError(f"no such case file or folder: {path}")
    return [CaseResult(str(file), tuple(_failures(file, clean))) for file in files]


def _failures(file: Path, clean: Callable[[bytes, str], Document]) -> Iterator[str]:
    case = _load(file)
    data, name = _page(file, case)
    doc = clean(data, name)
    if doc.rejected or "rejected" in case:
        yield from _rejection(doc, case.get("rejected", ""))
        return
    seen = as_seen(doc)
    for phrase in case.get("keep", []):
        if phrase not in doc.text:
            yield f"lost {phrase!r}: {_taker(doc, seen, phrase)}"
    for phrase in case.get("remove", []):
        if phrase in doc.text:
            yield f"left {phrase!r}: {_leaver(doc, phrase)}"
        elif phrase not in doc.source and phrase not in seen:
            yield f"the case is wrong: the page does not hold {phrase!r}, so nothing can remove it"
    if case.get("lang", doc.lang) != doc.lang:
        yield f"lang is {doc.lang!r}, not {case['lang']!r}"
    record = document_row(doc, data, "")
    recorded = {**record["metadata"], **{key: record[key] for key in ("title", "author", "published", "url")}}
    for key, wanted in case.get("metadata", {}).items():
        if key not in recorded:
            raise CaseError(f"{file}: no record has metadata.{key}{nearest(key, set(recorded))}")
        if recorded[key] != wanted:
            yield f"metadata.{key} is {recorded[key]!r}, not {wanted!r}"


def _load(file: Path) -> dict[str, Any]:
    try:
        case = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(f"{file} is no TOML: {error}") from error
    for key in case:
        if key not in _KEYS:
            raise CaseError(f"{file}: unknown key {key!r}{nearest(key, _KEYS)}")
    if ("file" in case) == ("text" in case):
        raise CaseError(f"{file}: a case has either file = … or text = …")
    for key in ("file", "text", "lang", "rejected"):
        if not isinstance(case.get(key, ""), str):
            raise CaseError(f"{file}: {key} is a string")
    for key in ("keep", "remove"):
        phrases = case.get(key, [])
        if not isinstance(phrases, list) or not all(isinstance(phrase, str) and phrase for phrase in phrases):
            raise CaseError(f"{file}: {key} is a list of phrases that are not empty")
    if not isinstance(case.get("metadata", {}), Mapping):
        raise CaseError(f"{file}: metadata is a table of values")
    if len(case) == 1:
        raise CaseError(f"{file}: the case expects nothing; give it keep, remove, lang, rejected or [metadata]")
    return case


def _page(file: Path, case: Mapping[str, Any]) -> tuple[bytes, str]:
    if "text" in case:
        return case["text"].encode(), f"{file.stem}.txt"
    page = file.parent / case["file"]
    try:
        return page.read_bytes(), page.name
    except OSError as error:
        raise CaseError(f"{file}: file = {case['file']!r}: {error.strerror} ({page})") from error


def _rejection(doc: Document, wanted: str) -> Iterator[str]:
    if doc.rejected is None:
        yield f"not rejected, should be for {wanted}; the text begins {_quote(doc.text)}"
    elif doc.rejected.rule != wanted:
        yield f"rejected for {doc.rejected.rule}: {doc.rejected.reason}" + (f", not for {wanted}" if wanted else "")


def _taker(doc: Document, seen: str, phrase: str) -> str:
    """Which change took the phrase, or a part of it."""
    change = next(_suspects(doc, seen, phrase), None)
    if change:
        number = doc.source.count("\n", 0, change.start) + 1
        what = f"removed as {change.role}" if change.role else f"replaced by {change.after!r}"
        return f"{what} by {change.rule} (score {change.score:.2f}) on line {number}: {_quote(change.before)}"
    if phrase in doc.source:
        return "the page holds it, but the reader passed over it (hidden, or broken by markup)"
    return "the page does not hold it"


def _suspects(doc: Document, seen: str, phrase: str) -> Iterator[Change]:
    """Changes at the place of the phrase: removed lines of the text as judged, then edits of the source."""
    at = seen.find(phrase)
    start = 0
    for piece in pieces(doc):
        change = piece.change
        if change and change.role:
            if at >= 0 and start < at + len(phrase) and at < start + len(change.before):
                yield change
            start += len(change.before)
        else:
            start += len(piece.text)
    at = doc.source.find(phrase)
    if at >= 0:
        yield from (change for change in doc.changes if change.start < at + len(phrase) and at < change.end)
    yield from (change for change in doc.changes if phrase in change.before)


def _leaver(doc: Document, phrase: str) -> str:
    """Which line still holds the phrase, and what it was taken for."""
    lines = doc.lines()
    at = doc.text.index(phrase)
    number = line_at(line_starts(lines), at)
    segment = next((segment for segment in doc.segments if segment.start <= at < segment.end), None)
    role = segment.role if segment else doc.line_roles[number] if number < len(doc.line_roles) else "?"
    near = [change for change in doc.changes if change.role and phrase in change.before]
    elsewhere = f"; {near[0].rule} removed it elsewhere" if near else ""
    return f"line {number + 1} of the text was taken for {role}, no rule removed it: {_quote(lines[number])}{elsewhere}"


def _quote(text: str) -> str:
    text = text.strip()
    return repr(text) if len(text) <= _QUOTED else f"{text[:_QUOTED]!r}…"
