"""Rows of the output files, made of documents. The schema is closed: every row has every key, unknown is ``""``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from pipeline import __version__
from pipeline.document import Document

Row = dict[str, Any]

_SURROGATE = re.compile("[\ud800-\udfff]")


def document_id(data: bytes) -> str:
    """First 16 hex digits of the hash of the file: the document's id."""
    return hashlib.sha256(data).hexdigest()[:16]


def document_row(doc: Document, data: bytes, config: str) -> Row:
    """The row of ``documents/``; ``near_duplicate_of`` is filled in when all documents are known."""
    known = doc.metadata
    return {
        "id": document_id(data),
        "text": doc.text,
        "lang": doc.lang,
        "title": _text(known.get("title", "")),
        "author": _text(known.get("author", "")),
        "published": _text(known.get("published", "")),
        "url": _text(known.get("url", "")),
        "source": doc.name,
        "metadata": {
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "encoding": doc.encoding,
            "encoding_confidence": _score(known.get("encoding_confidence", 1.0)),
            "format": doc.format,
            "script": _text(known.get("script", "")),
            "account": _text(known.get("account", "")),
            "site": _text(known.get("site", "")),
            "chars_in": int(known.get("chars_in", len(doc.text))),
            "chars_out": len(doc.text),
            "changes": len(doc.changes),
            "unlocated": int(known.get("unlocated", 0)),
            "artifacts_per_1000": _density(int(known.get("artifacts", 0)), doc.text),
            "near_duplicate_of": "",
            "flags": " ".join(doc.flags),
            "pipeline": __version__,
            "config": config,
        },
        "segments": [segment._asdict() for segment in doc.segments],
        "blocks": byte_blocks(doc),
    }


def byte_blocks(doc: Document) -> list[list[int]]:
    """``[text_start, byte_start, byte_end]`` of each kept run."""
    ends = {block.source + block.length for block in doc.blocks}
    offsets = doc.byte_offsets({block.source for block in doc.blocks} | ends)
    return [[block.text, offsets[block.source], offsets[block.source + block.length]] for block in doc.blocks]


def change_rows(doc: Document, id: str) -> Iterator[Row]:
    """The rows of ``changes/``, in order of application."""
    offsets = doc.byte_offsets({offset for change in doc.changes for offset in (change.start, change.end)})
    for seq, change in enumerate(doc.changes):
        yield {
            "id": id,
            "seq": seq,
            "stage": change.rule.partition(".")[0],
            "rule": change.rule,
            "role": change.role,
            "score": _score(change.score),
            "start": offsets[change.start],
            "end": offsets[change.end],
            "before": _text(change.before),
            "after": _text(change.after),
        }


def sentence_rows(document: Row) -> Iterator[Row]:
    """The rows of ``sentences/`` for a row of ``documents/``: its segments with their text."""
    text = document["text"]
    for n, segment in enumerate(document["segments"]):
        start, end = segment["start"], segment["end"]
        yield {
            "id": document["id"],
            "n": n,
            "lang": segment["lang"],
            "text": text[start:end],
            "start": start,
            "end": end,
        }


def rejected_row(doc: Document, id: str, duplicate_of: str = "") -> Row:
    """The row of ``rejected/`` for a document that has ``rejected`` set."""
    assert doc.rejected is not None
    return rejection(
        id,
        doc.name,
        doc.rejected.stage,
        doc.rejected.rule,
        doc.rejected.reason,
        lang=doc.lang if doc.text else "",
        encoding=doc.encoding if doc.source else "",
        text=_text(doc.text),
        duplicate_of=duplicate_of,
    )


def rejection(
    id: str,
    source: str,
    stage: str,
    rule: str,
    reason: str,
    *,
    lang: str = "",
    encoding: str = "",
    text: str = "",
    duplicate_of: str = "",
) -> Row:
    """A row of ``rejected/``."""
    return {
        "id": id,
        "source": source,
        "stage": stage,
        "rule": rule,
        "reason": reason,
        "lang": lang,
        "encoding": encoding,
        "text": text,
        "duplicate_of": duplicate_of,
    }


def units(text: str) -> float:
    """Length of a text in units that serve both scripts: Han characters / 1.6 + Latin words."""
    from pipeline.stages.detect import units as count

    return float(count(text))


def _density(count: int, text: str) -> float:
    size = units(text) if count else 0.0
    return round(1000.0 * count / size, 4) if size else 0.0


def _score(value: float | str) -> float:
    return round(float(value), 4)


def _text(value: object) -> str:
    """A string that UTF-8 can hold: what was an undecodable byte is written as ``\\xNN``."""
    text = str(value)
    return text if text.isascii() else _SURROGATE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code & 0xFF:02x}" if 0xDC00 <= code <= 0xDCFF else f"\\u{code:04x}"
