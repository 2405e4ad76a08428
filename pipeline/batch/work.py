"""What a worker process does with one input file. Faults of a document end here, as results."""

from __future__ import annotations

import hashlib
import os
import re
import resource
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import orjson

from pipeline.batch.state import Member, Result, program_digest
from pipeline.config import Config
from pipeline.records.write import Row, change_rows, document_id, document_row, rejected_row, rejection

if TYPE_CHECKING:
    from pipeline.batch.containers import Member as Content
    from pipeline.document import Document

# Times a file is read again when it changes under the reader.
_RETRIES = 2


# A page is looked at for translations of itself if its scarcer language has so many Han characters, or their worth in
# English letters, and such a share of the text: a name or a slogan is less, one translated paragraph is more.
_LEAST_OF_SCARCER = 12.0
_LEAST_SHARE = 0.04
_LETTERS_PER_HAN = 3.6
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile("[A-Za-z]")
_GRAMMAR = re.compile(r"\b(?:the|of|and|to|in|is|for|that|with|on|are|was|by|this|it|an?)\b")


class Scan(NamedTuple):
    """Task: which documents are in this file, and what are their bytes?"""

    source: str
    path: bytes


class Clean(NamedTuple):
    """Task: results for the documents of this file that have none yet."""

    source: str
    path: bytes


class Scanned(NamedTuple):
    """The documents of a file and the stat under which they were read."""

    stat: str
    members: list[Member]


class Worker:
    """The work of one process: options, and a read-only view of the state for what is known already."""

    def __init__(self, config: Config, state: str) -> None:
        self.config = config
        self.digest = config.digest()
        self.state = sqlite3.connect(f"file:{state}?mode=ro", uri=True)

    def __call__(self, task: Scan | Clean) -> Iterator[Scanned | Result]:
        if isinstance(task, Scan):
            yield self.scan(task)
        else:
            yield from self.clean(task)

    def scan(self, task: Scan) -> Scanned:
        """The members of a file; a file that cannot be read is one member with a rule."""
        for _ in range(_RETRIES + 1):
            try:
                before = stat_text(task.path)
                contents = enumerate(_contents(task, self.config))
                found = [self._member(task.source, n, content) for n, content in contents]
                if before == stat_text(task.path):
                    return Scanned(before, found)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                return Scanned("", [failed_file(task.source, "batch.unreadable", reason)])
        return Scanned("", [failed_file(task.source, "batch.changed", "the file changed while it was being read")])

    def _member(self, source: str, n: int, content: Content) -> Member:
        hints = {key: value for key, value in content.hints().items() if value}
        packed = orjson.dumps(hints, option=orjson.OPT_SORT_KEYS).decode()
        if content.data is None:
            return Member(content.name, source, n, "", "", 0, packed, "", "", "", content.rule, content.reason)
        sha = hashlib.sha256(content.data).hexdigest()
        key = hashlib.sha256(f"{sha} {packed} {self.digest} {program_digest()}".encode()).hexdigest()[:32]
        return Member(content.name, source, n, sha[:16], sha, len(content.data), packed, "", "", key, "", "")

    def clean(self, task: Clean) -> Iterator[Result]:
        """Results of the members of a file that have none in the state."""
        rows = self.state.execute(
            "select source, key, sha256 from member where file = ? and key <> '' "
            "and key not in (select key from result)",
            (task.source,),
        )
        wanted = {source: (key, sha) for source, key, sha in rows}
        if not wanted:
            return
        for content in _contents(task, self.config):
            key, sha = wanted.get(content.name, ("", ""))
            # Bytes that are not those of the scan belong to no key: the driver finds the result missing.
            if content.data is not None and hashlib.sha256(content.data).hexdigest() == sha:
                yield _result(key, content, self.config, self.digest)


def stat_text(path: bytes) -> str:
    """What changes when a file changes: size, times and inode."""
    stat = os.stat(path)
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"


def limit_memory(config: Config) -> None:
    """Make this process raise ``MemoryError`` when it grows by more than ``max_memory`` bytes."""
    with open("/proc/self/statm") as statm:
        pages = int(statm.read().split()[0])
    limit = pages * resource.getpagesize() + config.max_memory
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _contents(task: Scan | Clean, config: Config) -> Iterator[Content]:
    from pipeline.batch.containers import open_members

    return open_members(task.path, task.source, config)


def failed_file(source: str, rule: str, reason: str) -> Member:
    """The one member of a file that could not be read."""
    return Member(source, source, 0, "", "", 0, "{}", "", "", "", rule, reason)


def _result(key: str, content: Content, config: Config, digest: str) -> Result:
    """The result for one document's bytes; a fault of the program is a rejection that names it."""
    from pipeline.stages import clean

    data = content.data
    assert data is not None
    hints = content.hints()
    declared = hints.pop("declared", "")
    try:
        doc = clean(data, "", config, declared=declared, metadata=hints)
        return _packed(key, doc, data, digest)
    except MemoryError:
        rule, reason = "batch.memory-limit", f"more than max_memory = {config.max_memory} bytes were needed"
    except Exception as error:
        rule, reason = "batch.error", f"{type(error).__name__}: {error}"
    return failed_result(key, document_id(data), rule, reason)


def failed_result(key: str, id: str, rule: str, reason: str) -> Result:
    """The result of a document that could not be processed."""
    return Result(key, rule, "", "", b"", "{}", pack([rejection(id, "", "batch", rule, reason)]), b"", False)


def _packed(key: str, doc: Document, data: bytes, digest: str) -> Result:
    from pipeline.corpus.deduplicate import signature, text_digest

    id = document_id(data)
    if doc.rejected:
        return Result(key, doc.rejected.rule, doc.lang, "", b"", "{}", pack([rejected_row(doc, id)]), b"", False)
    stats: dict[str, dict[str, int]] = {"stages": {}, "roles": {}}
    for change in doc.changes:
        stage = change.rule.partition(".")[0]
        stats["stages"][stage] = stats["stages"].get(stage, 0) + 1
        if change.role:
            stats["roles"][change.role] = stats["roles"].get(change.role, 0) + 1
    row = document_row(doc, data, digest)
    return Result(
        key=key,
        rejected="",
        lang=doc.lang,
        text_hash=text_digest(doc.text),
        signature=signature(doc.text),
        stats=orjson.dumps(stats).decode(),
        row=pack([row]),
        changes=pack(change_rows(doc, id)),
        bilingual=is_bilingual(row),
    )


def is_bilingual(row: Row) -> bool:
    """Whether a row of ``documents/`` may hold translations of itself: enough of both languages, in sentences."""
    han = latin = 0.0
    for segment in row["segments"]:
        if segment["lang"] in ("zh", "en", "mixed"):
            text = row["text"][segment["start"] : segment["end"]]
            wide = len(_HAN.findall(text))
            han += wide
            # Chinese with some English words, commands and product names are no second language.
            if segment["lang"] != "zh" and len(_GRAMMAR.findall(text)) >= 2:
                latin += len(_LETTER.findall(text)) / _LETTERS_PER_HAN
    return min(han, latin) >= max(_LEAST_OF_SCARCER, _LEAST_SHARE * (han + latin))


def pack(rows: Iterable[Row]) -> bytes:
    """Rows as compressed JSON lines; empty for none."""
    lines = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
    return zlib.compress(lines, 1)


def unpack(packed: bytes) -> bytes:
    """JSON lines of a result."""
    return zlib.decompress(packed) if packed else b""
