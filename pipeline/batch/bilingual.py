"""Sentence pairs and terms of a batch: inside a page, across documents, in brackets.

Encoder and dictionary are large, so the work is done in worker processes, which read the documents from the state;
what they find is kept there under the keys of the results it was made of, so that unchanged documents cost nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import orjson

from pipeline.batch.pool import Outcome
from pipeline.batch.work import pack, unpack
from pipeline.records.write import Row

# Languages of documents that pairing looks at.
_LANGUAGES = ("zh", "en")


class Page(NamedTuple):
    """Task: the sentence pairs inside one document, by the key of its result."""

    key: str


class Across(NamedTuple):
    """Task: the sentence pairs between two documents, by the keys of their results."""

    zh: str
    en: str


class Pairing(NamedTuple):
    """Task: which documents are translations of each other?"""


class Mining(NamedTuple):
    """Task: the bracketed terms of all documents."""


Task = Page | Across | Pairing | Mining
Work = Callable[[Sequence[Task]], Iterator[Outcome]]


class Worker:
    """The work of one process: a read-only view of the state."""

    def __init__(self, state: str) -> None:
        self.state = sqlite3.connect(f"file:{state}?mode=ro", uri=True)

    def __call__(self, task: Task) -> Iterator[bytes | str]:
        """What the task finds, packed; or a string that says what went wrong."""
        try:
            match task:
                case Page(key=key):
                    yield pack(self.page(key))
                case Across(zh=zh, en=en):
                    yield pack(self.across(zh, en))
                case Pairing():
                    yield zlib.compress(orjson.dumps(self.pairing()))
                case Mining():
                    yield zlib.compress(orjson.dumps(self.mining()))
        except Exception as error:
            yield f"{type(error).__name__}: {error}"

    def page(self, key: str) -> Iterator[Row]:
        """Rows of ``pairs/`` for the sentences of one document that translate each other."""
        from pipeline.alignment.page import align_page

        doc = self._document(key)
        segments = doc["segments"]
        sentences = [(doc["text"][s["start"] : s["end"]], s["lang"], s["paragraph"]) for s in segments]
        for bead in align_page(sentences):
            zh, en = (
                [[segments[n]["start"] + start, segments[n]["start"] + end] for n, start, end in side]
                for side in (bead.zh, bead.en)
            )
            yield pair_row(doc, doc, zh, en, bead.score, "page")

    def across(self, zh_key: str, en_key: str) -> Iterator[Row]:
        """Rows of ``pairs/`` for the sentences of two documents."""
        from pipeline.alignment import align

        zh_doc, en_doc = self._document(zh_key), self._document(en_key)
        zh_segments, en_segments = _segments(zh_doc, "en"), _segments(en_doc, "zh")
        for bead in align(_texts(zh_doc, zh_segments), _texts(en_doc, en_segments)):
            if bead.zh and bead.en:
                zh = [[zh_segments[n]["start"], zh_segments[n]["end"]] for n in bead.zh]
                en = [[en_segments[n]["start"], en_segments[n]["end"]] for n in bead.en]
                yield pair_row(zh_doc, en_doc, zh, en, bead.score, "documents")

    def pairing(self) -> list[tuple[str, str]]:
        """Keys of the results of documents that translate each other: (Chinese, English)."""
        from pipeline.corpus.pair import Text, pair

        keys, texts = [], []
        for key, source, lang, row in self._documents("lang in ('zh', 'en')"):
            doc = orjson.loads(unpack(row))
            other = "en" if lang == "zh" else "zh"
            keys.append(key)
            texts.append(Text(source, lang, _texts(doc, _segments(doc, other))))
        return [(keys[found.zh], keys[found.en]) for found in pair(texts)]

    def mining(self) -> list[Row]:
        """Rows of ``terms.jsonl``."""
        from pipeline.alignment.terms import mine

        ids: list[str] = []

        def texts() -> Iterator[str]:
            for key, _, _, row in self._documents("lang in ('zh', 'en', 'mixed')"):
                doc = orjson.loads(unpack(row))
                ids.append(doc["id"])
                yield "\n".join([doc["text"], *self._removed(key)])

        return [
            {
                "zh": term.zh,
                "en": term.en,
                "kind": term.kind,
                "score": round(term.score, 4),
                "count": term.count,
                "docs": sorted({ids[n] for n in term.docs}),
            }
            for term in mine(texts())
        ]

    def _removed(self, key: str) -> Iterator[str]:
        """Removed lines with brackets: teasers of other articles name things in both languages too."""
        (changes,) = self.state.execute("select changes from result where key = ?", (key,)).fetchone()
        for line in unpack(changes).splitlines():
            if b'"stage":"strip"' in line and (b"(" in line or "（".encode() in line):
                yield orjson.loads(line)["before"]

    def _document(self, key: str) -> Row:
        (row,) = self.state.execute("select row from result where key = ?", (key,)).fetchone()
        document: Row = orjson.loads(unpack(row))
        return document

    def _documents(self, condition: str) -> Iterator[tuple[str, str, str, bytes]]:
        yield from self.state.execute(
            "select key, source, outcome.lang, row from outcome join result using (key) "
            f"where rule = '' and outcome.{condition} order by source"
        )


def pair_row(
    zh_doc: Row, en_doc: Row, zh: Sequence[Sequence[int]], en: Sequence[Sequence[int]], score: float, method: str
) -> Row:
    """A row of ``pairs/``; ``zh`` and ``en`` are spans of the documents' texts."""
    from pipeline.alignment.checks import check

    zh_text = "".join(zh_doc["text"][start:end] for start, end in zh)
    en_text = " ".join(en_doc["text"][start:end] for start, end in en)
    name = f"{zh_doc['id']} {en_doc['id']} {zh} {en}"
    return {
        "id": hashlib.sha256(name.encode()).hexdigest()[:16],
        "translation": {"zh": zh_text, "en": en_text},
        "score": round(float(score), 4),
        "bead": f"{len(zh)}-{len(en)}",
        "method": method,
        "flags": check(zh_text, en_text),
        "zh_doc": zh_doc["id"],
        "en_doc": en_doc["id"],
        "zh_spans": zh,
        "en_spans": en,
    }


def _segments(doc: Row, other: str) -> list[Row]:
    """The segments of a document that are not in the other language."""
    return [segment for segment in doc["segments"] if segment["lang"] != other]


def _texts(doc: Row, segments: Iterable[Row]) -> list[str]:
    return [doc["text"][segment["start"] : segment["end"]] for segment in segments]


# --- the driver's side -----------------------------------------------------------------------------------------------


def find_pairs(db: sqlite3.Connection, work: Work, min_score: float) -> list[str]:
    """Fill the temporary tables ``pair`` and ``term`` for the documents of the settled outcome.

    ``work`` runs tasks in worker processes. Gives the faults of tasks that failed; the next run tries those again.
    """
    db.executescript(
        "drop table if exists temp.pair; drop table if exists temp.term;"
        "create temp table pair (shard text, source text, n integer, said text unique, row blob);"
        "create temp table term (row blob);"
    )
    faults: list[str] = []
    pages = db.execute(
        "select 'page ' || key, key, source from outcome join result using (key) "
        "where rule = '' and bilingual order by source"
    ).fetchall()
    _keep(db, pages, ((found, Page(key)) for found, key, _ in pages), work, faults)
    pairs = _found_pairs(db, work, faults)
    _keep(db, pairs, ((found, Across(*found.split()[1:])) for found, _, _ in pairs), work, faults)
    for found, _, source in sorted([*pages, *pairs], key=lambda entry: entry[2]):
        _insert_pairs(db, source, _value(db, found), min_score)
    terms = f"mining {_documents_digest(db, ('zh', 'en', 'mixed'))}"
    _keep(db, [(terms, "", "")], [(terms, Mining())], work, faults)
    rows = orjson.loads(unpack(_value(db, terms)) or b"[]")
    db.executemany("insert into term values (?)", [(orjson.dumps(row),) for row in rows])
    db.execute(
        "delete from found where name not in (select 'page ' || key from result) and name <> ? "
        "and name not like 'across %' and name not like 'pairing %'",
        (terms,),
    )
    return faults


def _found_pairs(db: sqlite3.Connection, work: Work, faults: list[str]) -> list[tuple[str, str, str]]:
    """(name of what is found, "", source of the Chinese document) for each pair of documents."""
    count = "select count(*) from outcome where rule = '' and lang = ?"
    if not all(db.execute(count, (lang,)).fetchone()[0] for lang in _LANGUAGES):
        return []
    name = f"pairing {_documents_digest(db, _LANGUAGES)}"
    _keep(db, [(name, "", "")], [(name, Pairing())], work, faults)
    db.execute("delete from found where name like 'pairing %' and name <> ?", (name,))
    keys = orjson.loads(unpack(_value(db, name)) or b"[]")
    source = "select min(source) from outcome where rule = '' and key = ?"
    return [(f"across {zh} {en}", "", db.execute(source, (zh,)).fetchone()[0]) for zh, en in keys]


def _keep(
    db: sqlite3.Connection,
    wanted: Iterable[tuple[str, str, str]],
    tasks: Iterable[tuple[str, Task]],
    work: Work,
    faults: list[str],
) -> None:
    """Do the tasks whose results are not in the table ``found`` yet."""
    known = {name for name, _, _ in wanted if db.execute("select 1 from found where name = ?", (name,)).fetchone()}
    missing = {task: name for name, task in tasks if name not in known}
    for outcome in work(list(missing)):
        value = outcome.results[0] if outcome.results else outcome.failure
        if isinstance(value, str):
            faults.append(f"{missing[outcome.task]}: {value}")
            continue
        db.execute("insert or replace into found values (?, ?)", (missing[outcome.task], value))


def _insert_pairs(db: sqlite3.Connection, source: str, rows: bytes, min_score: float) -> None:
    """Add pairs of one Chinese document, leaving out those that were said before in the same words."""
    for n, line in enumerate(unpack(rows).splitlines()):
        row = orjson.loads(line)
        if row["score"] >= min_score:
            said = hashlib.sha256(f"{row['translation']['zh']}\0{row['translation']['en']}".encode()).hexdigest()
            db.execute(
                "insert or ignore into pair select shard, source, ?, ?, ? from outcome where source = ?",
                (n, said, line + b"\n", source),
            )


def _documents_digest(db: sqlite3.Connection, langs: Sequence[str]) -> str:
    digest = hashlib.sha256()
    marks = ", ".join("?" * len(langs))
    query = f"select source, key, lang from outcome where rule = '' and lang in ({marks}) order by source"
    for row in db.execute(query, langs):
        digest.update(repr(row).encode())
    return digest.hexdigest()[:32]


def _value(db: sqlite3.Connection, name: str) -> bytes:
    row = db.execute("select value from found where name = ?", (name,)).fetchone()
    return bytes(row[0]) if row else b""
