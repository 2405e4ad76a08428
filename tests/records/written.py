"""A small output folder, made of documents edited by hand, for the tests of what reads it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from pipeline import __version__
from pipeline.config import Config
from pipeline.document import Block, Change, Document, Edit, Segment
from pipeline.records.write import change_rows, document_id, document_row, rejection, sentence_rows
from pipeline.rules import languages
from pipeline.stages.detect import han_units, word_count

PLAIN = "\ufeff首页\r\n我们 明天见面(10 点)。\r\nSee you tomorrow at 10.\r\n扫码关注\r\n".encode()
PAGE = (
    "<html><head><title>T</title></head><body><nav>Home | News</nav><div hidden>secret</div>"
    "<p>Fish &amp; chips</p><p>两条 鱼。</p><script>var a = 'x';</script></body></html>"
).encode()
LEGACY = "臺北(Taipei)明天會下雨。\n返回首頁\n".encode("utf-16-le")


def segmented(doc: Document, *langs: str) -> Document:
    """The document with a segment a line."""
    segments, at = [], 0
    for number, line in enumerate(doc.lines()):
        if line.strip():
            segments.append(Segment(at, at + len(line), langs[len(segments)], number, "body"))
        at += len(line) + 1
    script = languages.script(doc.text, round(han_units(doc.text)), word_count(doc.text))
    return replace(doc, segments=tuple(segments)).note(script=script)


def removed(doc: Document, *edits: tuple[str, str, str]) -> Document:
    """The document as read, after replacing each of these texts once, in order: (old, new, rule)."""
    doc = doc.note(chars_in=len(doc.text))
    for old, new, rule in edits:
        at = doc.text.index(old)
        role = "nav" if rule.startswith("strip.") else ""
        doc = doc.edit([Edit(at, at + len(old), new, rule, role, 0.9312 if role else 1.0)])
    return doc


def plain() -> Document:
    """Plain text with a BOM and CRLF, repaired and stripped."""
    source = PLAIN.decode()
    doc = Document.from_source("a/plain.txt", source)
    runs, at = [], 0
    for line in source.removeprefix("\ufeff").split("\r\n"):
        start = source.index(line)
        runs.append(Block(at, start, len(line)))
        at += len(line)
        if at + 1 < len(source.replace("\r", "")):
            runs.append(Block(at, start + len(line) + 1, 1))
            at += 1
    doc = doc.reread(source.removeprefix("\ufeff").replace("\r\n", "\n"), [run for run in runs if run.length])
    doc = removed(
        doc,
        ("(", "（", "repair.width"),
        (")", "）", "repair.width"),
        ("我们 明", "我们明", "repair.space"),
        ("首页\n", "", "strip.nav"),
        ("\n扫码关注\n", "", "strip.follow-prompt"),
    )
    return segmented(doc, "zh", "en")


def page() -> Document:
    """An HTML page: markup passed over, a reference replaced, a line removed."""
    source = PAGE.decode()
    lines = ["Home | News", "Fish & chips", "两条 鱼。"]
    runs, changes, at = [], [], 0
    for line in lines:
        for piece in line.split("&"):
            runs.append(Block(at, source.index(piece), len(piece)))
            at += len(piece) + 1
    start = source.index("&amp;")
    changes.append(Change(start, start + 5, "&amp;", "&", "read.reference"))
    doc = Document.from_source("b/page.html", source).reread("\n".join(lines), runs, changes)
    doc = removed(replace(doc, format="html"), ("Home | News\n", "", "strip.nav"))
    return segmented(doc, "en", "zh")


def legacy() -> Document:
    """UTF-16 without BOM: offsets come from a table."""
    text = LEGACY.decode("utf-16-le")
    doc = Document.from_source("c/legacy.txt", text, "utf-16-le", range(0, 2 * len(text) + 1, 2))
    doc = removed(doc, ("\n返回首頁\n", "", "strip.nav"))
    return segmented(doc, "zh")


class Output(NamedTuple):
    """An output folder and the inputs it was made of."""

    path: Path
    inputs: Path

    def rows(self, file: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.path / file).read_text("utf-8").splitlines()]

    def write(self, file: str, rows: Iterable[Any]) -> None:
        target = self.path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        target.write_bytes(text.encode())

    def change(self, file: str, act: Callable[[list[dict[str, Any]]], object]) -> None:
        """Let ``act`` change the rows of a file in place."""
        rows = self.rows(file)
        act(rows)
        self.write(file, rows)


def write_output(folder: Path) -> Output:
    """Three documents, one rejected duplicate, a pair and a term; ``verify`` finds nothing wrong with it."""
    made = Output(folder / "out", folder / "in")
    rows: dict[str, list[dict[str, Any]]] = {"documents": [], "changes": [], "sentences": []}
    for doc, data in ((plain(), PLAIN), (page(), PAGE), (legacy(), LEGACY)):
        file = made.inputs / doc.name
        file.parent.mkdir(parents=True)
        file.write_bytes(data)
        id = document_id(data)
        rows["documents"].append(document_row(doc, data, Config().digest()))
        rows["changes"] += change_rows(doc, id)
        rows["sentences"] += sentence_rows(rows["documents"][-1])
    (made.inputs / "z.txt").write_bytes(PLAIN)
    ids = [row["id"] for row in rows["documents"]]
    reject = rejection(
        ids[0], "z.txt", "deduplicate", "deduplicate.same-bytes", "the same bytes", duplicate_of="a/plain.txt"
    )
    for table, content in rows.items():
        made.write(f"{table}/00000.jsonl", content)
    made.write("rejected/00000.jsonl", [reject])
    made.write("pairs/00000.jsonl", [pair(ids[0])])
    made.write(
        "terms.jsonl", [{"zh": "臺北", "en": "Taipei", "kind": "name", "score": 0.8, "count": 1, "docs": [ids[2]]}]
    )
    rules = {change["rule"] for change in rows["changes"]} | {reject["rule"]}
    made.write("rules.json", [{rule: {"stage": rule.split(".")[0], "reason": "why"} for rule in sorted(rules)}])
    made.write("run.json", [summary(rows["documents"], rows["changes"], [reject])])
    return made


def summary(
    documents: Sequence[dict[str, Any]], changes: Sequence[dict[str, Any]], rejected: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """What ``run.json`` says of these rows, a pair and a term."""
    return {
        "version": __version__,
        "config": {"digest": Config().digest()},
        "input_names": ["in"],
        "include": [],
        "exclude": [],
        "inputs": len(documents) + len(rejected),
        "documents": len(documents),
        "rejected": len(rejected),
        "pairs": 1,
        "terms": 1,
        "languages": Counter(row["lang"] for row in documents),
        "rejected_by_rule": Counter(row["rule"] for row in rejected),
        "near_duplicates": 0,
        "changes_by_stage": Counter(row["stage"] for row in changes),
        "lines_removed_by_role": Counter(row["role"] for row in changes if row["role"]),
    }


def pair(id: str, zh: str = "我们明天见面（10 点）。", en: str = "See you tomorrow at 10.") -> dict[str, Any]:
    """The pair inside the plain document."""
    zh_spans, en_spans = [[0, 13]], [[14, 37]]
    return {
        "id": hashlib.sha256(f"{id} {id} {zh_spans} {en_spans}".encode()).hexdigest()[:16],
        "translation": {"zh": zh, "en": en},
        "score": 0.98,
        "bead": "1-1",
        "method": "page",
        "flags": "",
        "zh_doc": id,
        "en_doc": id,
        "zh_spans": zh_spans,
        "en_spans": en_spans,
    }
