"""Sentence pairs and terms of a batch: inside a page, across documents, in brackets.

Encoder and dictionary are large, so the work is done in worker processes, which read the documents from the state;
what they find is kept there under the keys of the results it was made of, so that unchanged documents cost nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from pipeline.batch.pool import Outcome
from pipeline.batch.work import pack, unpack
from pipeline.records.write import Row

# Languages of documents that pairing looks at.
_LANGUAGES = ("zh", "en")
# Documents whose sentences a worker holds while it pairs.
_SENTENCES_KEPT = 256
# Tasks that are known to the driver at a time.
_PORTION = 2000


class Page(NamedTuple):
    """Task: the sentence pairs inside one document, by the key of its result."""

    key: str


class Across(NamedTuple):
    """Task: the sentence pairs between two documents, by the keys of their results."""

    zh: str
    en: str


class Bag(NamedTuple):
    """Task: what of a document its translation may share, by the key of its result."""

    key: str


class Pairing(NamedTuple):
    """Task: which documents are translations of each other?"""


class Mining(NamedTuple):
    """Task: the bracketed terms of all documents."""


Task = Page | Across | Bag | Pairing | Mining
Work = Callable[[Sequence[Task]], Iterator[Outcome]]


class Worker:
    """The work of one process: a read-only view of the state."""

    def __init__(self, state: str) -> None:
        self.state = sqlite3.connect(f"file:{state}?mode=ro", uri=True)
        self._sentences: dict[tuple[str, str], list[str]] = {}

    def __call__(self, task: Task) -> Iterator[bytes | str]:
        """What the task finds, packed; or a string that says what went wrong."""
        try:
            match task:
                case Page(key=key):
                    yield pack(self.page(key))
                case Across(zh=zh, en=en):
                    yield pack(self.across(zh, en))
                case Bag(key=key):
                    yield self.bag(key)
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

    def bag(self, key: str) -> bytes:
        """Hashes of a document's tokens, little-endian uint32 (see ``pipeline.corpus.pair.bag``)."""
        from pipeline.corpus.pair import Text, bag

        doc = self._document(key)
        return bag(Text("", doc["lang"], _texts(doc, _segments(doc, _other(doc["lang"]))))).astype("<u4").tobytes()

    def pairing(self) -> list[tuple[str, str]]:
        """Keys of the results of documents that translate each other: (Chinese, English)."""
        import numpy as np

        from pipeline.corpus.pair import Text, pair

        keys, texts, bags = [], [], []
        for key, source, lang, packed in self.state.execute(
            "select key, source, lang, value from outcome left join found on name = 'bag ' || key "
            "where rule = '' and lang in ('zh', 'en') order by source"
        ):
            keys.append(key)
            texts.append(Text(source, lang, _Sentences(self, key, _other(lang))))
            bags.append(np.frombuffer(packed or b"", "<u4"))
        return [(keys[found.zh], keys[found.en]) for found in pair(texts, bags=bags)]

    def mining(self) -> list[Row]:
        """Rows of ``terms.jsonl``."""
        from pipeline.alignment.terms import mine

        ids: list[str] = []

        def texts() -> Iterator[str]:
            for key, row in self.state.execute(
                "select key, row from outcome join result using (key) "
                "where rule = '' and outcome.lang in ('zh', 'en', 'mixed') order by source"
            ):
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

    def sentences(self, key: str, other: str) -> list[str]:
        """The sentences of a document that are not in the ``other`` language; those of the last documents are kept."""
        if (key, other) not in self._sentences:
            while len(self._sentences) >= _SENTENCES_KEPT:
                self._sentences.pop(next(iter(self._sentences)))
            doc = self._document(key)
            self._sentences[key, other] = _texts(doc, _segments(doc, other))
        return self._sentences[key, other]

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


class _Sentences(Sequence[str]):
    """The sentences of a document, read when one is asked for, so that a batch need not be held in memory."""

    def __init__(self, worker: Worker, key: str, other: str) -> None:
        self._worker, self._key, self._other = worker, key, other

    def _read(self) -> list[str]:
        return self._worker.sentences(self._key, self._other)

    def __len__(self) -> int:
        return len(self._read())

    def __getitem__(self, index: Any) -> Any:
        return self._read()[index]


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


def _other(lang: str) -> str:
    return "en" if lang == "zh" else "zh"


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
        "and name not in (select 'bag ' || key from result) and name not like 'across %' and name not like 'pairing %'",
        (terms,),
    )
    return faults


def _found_pairs(db: sqlite3.Connection, work: Work, faults: list[str]) -> list[tuple[str, str, str]]:
    """(name of what is found, "", source of the Chinese document) for each pair of documents."""
    count = "select count(*) from outcome where rule = '' and lang = ?"
    if not all(db.execute(count, (lang,)).fetchone()[0] for lang in _LANGUAGES):
        return []
    name = f"pairing {_documents_digest(db, _LANGUAGES)}"
    if not _value(db, name):
        _fill_bags(db, work, faults)
    _keep(db, [(name, "", "")], [(name, Pairing())], work, faults)
    db.execute("delete from found where name like 'pairing %' and name <> ?", (name,))
    keys = orjson.loads(unpack(_value(db, name)) or b"[]")
    source = "select min(source) from outcome where rule = '' and key = ?"
    return [(f"across {zh} {en}", "", db.execute(source, (zh,)).fetchone()[0]) for zh, en in keys]


def _fill_bags(db: sqlite3.Connection, work: Work, faults: list[str]) -> None:
    """Have the bag of each Chinese and English document in the table ``found``."""
    after = ""
    while keys := db.execute(
        "select distinct key from outcome where rule = '' and lang in ('zh', 'en') and key > ? "
        "and not exists (select 1 from found where name = 'bag ' || key) order by key limit ?",
        (after, _PORTION),
    ).fetchall():
        tasks = [(f"bag {key}", Bag(key)) for (key,) in keys]
        db.execute("begin")
        _keep(db, [], tasks, work, faults)
        db.execute("commit")
        after = keys[-1][0]


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
