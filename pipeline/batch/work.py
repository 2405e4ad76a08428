"""What a worker process does with one input file. Faults of a document end here, as results."""

from __future__ import annotations

import hashlib
import os
import re
import resource
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import orjson

from pipeline.batch.state import Member, Result, open_to_read, program_digest
from pipeline.config import Config
from pipeline.records.write import Row, change_rows, document_id, document_row, rejected_row, rejection

if TYPE_CHECKING:
    from pipeline.batch.containers import Member as Content
    from pipeline.document import Document

# Documents whose levels are sent to the driver at a time.
_PORTION = 100


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


class Count(NamedTuple):
    """Task: what do the files of each site say of each other's lines?"""


class Worker:
    """The work of one process: options, and a read-only view of the state for what is known already."""

    def __init__(self, config: Config, state: str) -> None:
        self.config = config
        self.digest = config.digest()
        self.state = open_to_read(state)

    def __call__(self, task: Scan | Clean | Count) -> Iterator[Member | str | Result | list[tuple[str, bytes]]]:
        match task:
            case Scan():
                return self.scan(task)
            case Clean():
                return self.clean(task)
            case Count():
                return self.count()

    def scan(self, task: Scan) -> Iterator[Member | str]:
        """The members of a file, then the stat under which they were read ("" if it could not be read whole)."""
        try:
            before = stat_text(task.path)
            n = 0
            for n, content in enumerate(_contents(task, self.config)):
                yield self._member(task.source, n, content)
            if before == stat_text(task.path):
                yield before
                return
            rule, reason = "batch.changed", "the file changed while it was being read"
        except OSError as error:
            rule, reason = "batch.unreadable", error.strerror or type(error).__name__
        yield failed_file(task.source, rule, reason)
        yield ""

    def _member(self, source: str, n: int, content: Content) -> Member:
        hints = {key: value for key, value in content.hints().items() if value}
        packed = orjson.dumps(hints, option=orjson.OPT_SORT_KEYS).decode()
        if content.data is None:
            return Member(content.name, source, n, "", "", 0, packed, "", b"", "", content.rule, content.reason)
        sha = hashlib.sha256(content.data).hexdigest()
        base = hashlib.sha256(f"{sha} {packed} {self.digest} {program_digest()}".encode()).hexdigest()[:32]
        site, lines = self._lines(content, hints)
        return Member(content.name, source, n, sha[:16], sha, len(content.data), packed, site, lines, base, "", "")

    def _lines(self, content: Content, hints: dict[str, str]) -> tuple[str, bytes]:
        """The site of a document and the keys of its lines; empty where it cannot be read (`clean` will say why)."""
        from pipeline.corpus.templates import line_keys, site_of
        from pipeline.stages import readable

        assert content.data is not None
        metadata = {key: value for key, value in hints.items() if key not in ("declared", "html")}
        declared, html = hints.get("declared", ""), "html" in hints
        try:
            doc = readable(content.data, "", self.config, declared=declared, html=html, metadata=metadata)
        except Exception:
            return "", b""
        if doc.rejected:
            return "", b""
        known = {key: str(doc.metadata.get(key, "")) for key in ("url", "account")}
        site = site_of(content.name, known)
        return site, line_keys(site, doc.lines())

    def count(self) -> Iterator[list[tuple[str, bytes]]]:
        """Sources with the levels of their lines, in portions; only those whose levels are not as they were."""
        from pipeline.corpus.templates import FEWEST, empty

        sites = "site in (select site from member where length(lines) > 0 group by site having count(*) >= ?)"
        query = f"select site, lines, source, levels from member where length(lines) > 0 and {sites}"
        (files,) = self.state.execute(f"select count(*) from ({query})", (FEWEST,)).fetchone()
        counts = empty(files)
        for site, lines, _, _ in self.state.execute(query, (FEWEST,)):
            counts.add_keys(site, lines)
        portion = []
        for site, lines, source, before in self.state.execute(query, (FEWEST,)):
            levels = counts.levels(site, lines)
            if not any(levels):
                levels = b""
            if levels != before:
                portion.append((source, levels))
            if len(portion) == _PORTION:
                yield portion
                portion = []
        yield portion
        alone = f"select source, x'' from member where length(levels) > 0 and not {sites}"
        cursor = self.state.execute(alone, (FEWEST,))
        while portion := cursor.fetchmany(_PORTION):
            yield portion

    def clean(self, task: Clean) -> Iterator[Result]:
        """Results of the members of a file that have none in the state."""
        rows = self.state.execute(
            "select source, key, sha256, levels from member where file = ? and key <> '' "
            "and key not in (select key from result)",
            (task.source,),
        )
        wanted = {source: rest for source, *rest in rows}
        if not wanted:
            return
        with suppress(OSError):
            for content in _contents(task, self.config):
                key, sha, levels = wanted.get(content.name, ("", "", b""))
                # Bytes that are not those of the scan, or are gone, belong to no key: the driver finds none.
                if content.data is not None and hashlib.sha256(content.data).hexdigest() == sha:
                    yield _result(key, content, levels, self.config, self.digest)


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
    return Member(source, source, 0, "", "", 0, "{}", "", b"", "", rule, reason)


def _result(key: str, content: Content, levels: bytes, config: Config, digest: str) -> Result:
    """The result for one document's bytes; a fault of the program is a rejection that names it."""
    from pipeline.corpus.templates import spread
    from pipeline.stages import clean

    data = content.data
    assert data is not None
    hints = content.hints()
    declared, html = hints.pop("declared"), bool(hints.pop("html"))
    try:
        templates = partial(spread, levels) if levels else None
        doc = clean(data, "", config, declared=declared, html=html, metadata=hints, templates=templates)
        return _packed(key, doc, data, digest)
    except MemoryError:
        rule, reason = "batch.memory-limit", f"more than max_memory = {config.max_memory} bytes were needed"
    except Exception as error:
        rule, reason = "batch.error", f"{type(error).__name__}: {error}"
    return failed_result(key, document_id(data), rule, reason)


def failed_result(key: str, id: str, rule: str, reason: str) -> Result:
    """The result of a document that could not be processed."""
    return _rejected(key, rule, "", rejection(id, "", "batch", rule, reason))


def _packed(key: str, doc: Document, data: bytes, digest: str) -> Result:
    from pipeline.corpus.deduplicate import signature, text_digest

    id = document_id(data)
    if doc.rejected:
        return _rejected(key, doc.rejected.rule, doc.lang, rejected_row(doc, id))
    stats: dict[str, dict[str, int]] = {"stages": {}, "roles": {}}
    for change in doc.changes:
        stage = change.rule.partition(".")[0]
        stats["stages"][stage] = stats["stages"].get(stage, 0) + 1
        if change.role:
            stats["roles"][change.role] = stats["roles"].get(change.role, 0) + 1
    row = document_row(doc, data, digest)
    changes = list(change_rows(doc, id))
    return Result(
        key=key,
        rejected="",
        lang=doc.lang,
        text_hash=text_digest(doc.text),
        signature=signature(doc.text),
        stats=orjson.dumps(stats).decode(),
        bilingual=is_bilingual(row),
        brackets=_brackets(row, changes),
        row=pack([row]),
        changes=pack(changes),
    )


def _rejected(key: str, rule: str, lang: str, row: Row) -> Result:
    return Result(key, rule, lang, "", b"", "{}", bilingual=False, brackets=b"", row=pack([row]), changes=b"")


def _brackets(row: Row, changes: Iterable[Row]) -> bytes:
    """The brackets of a document that may declare terms, as JSON; empty for none."""
    from pipeline.alignment.terms import brackets

    if row["lang"] not in ("zh", "en", "mixed"):
        return b""
    # Removed lines as well: teasers of other articles name things in both languages too.
    removed = (change["before"] for change in changes if change["stage"] == "strip")
    texts = [row["text"], *(text for text in removed if "(" in text or "（" in text)]
    found = [tuple(bracket) for text in texts for bracket in brackets(text)]
    return orjson.dumps(found) if found else b""


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
