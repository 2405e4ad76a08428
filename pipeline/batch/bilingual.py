"""Sentence pairs and terms of a batch: inside a page, across documents, in brackets.

Encoder and dictionary are large, so the work is done in worker processes (``bilingual_work.py``); what they find is
kept in the state under the keys of the results it was made of, so that documents which are there already cost nothing.
What all documents decide together (who proposes whom, the ranking, the choice) is decided anew, from what is kept.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import orjson

from pipeline.batch.bilingual_work import Align, Bag, Choose, Mine, Page, Propose, Rank, Task, Vote
from pipeline.batch.pool import Outcome
from pipeline.batch.work import unpack

# Tasks from one commit of the state to the next: what a kill can cost.
_COMMIT_EVERY = 100
# Rows of the state that are read at a time.
_PORTION = 1000
# English documents that one task of votes asks.
_ASKED = 100
# Instead of a share: the alignment failed, and is tried again in the next run.
_FAILED = -1.0

Work = Callable[[Iterable[Task]], Iterator[Outcome]]


def search(db: sqlite3.Connection, work: Work) -> list[str]:
    """Bring what the state knows of pairs and terms up to date with the table ``outcome``.

    ``work`` runs tasks in worker processes. Gives the faults of tasks that failed; the next run tries those again.
    """
    found = _Search(db, work)
    found.pages()
    found.documents()
    found.terms()
    return found.faults


def collect(db: sqlite3.Connection, min_score: float) -> None:
    """Fill the temporary tables ``pair`` and ``term`` with what was found; each pair once, by its Chinese side."""
    db.executescript(
        "drop table if exists temp.pair; drop table if exists temp.term;"
        "create temp table pair (shard text, said text unique, row blob); create temp table term (row blob);"
    )
    rows = db.execute(
        "select shard, source, 1 as kind, value from outcome join found using (key) where rule = '' and kind = 'page' "
        "union all "
        "select shard, source, 2, pairs from outcome join couple on zh = key where rule = '' and chosen "
        "order by source, kind"
    )
    for shard, _, _, packed in rows:
        for line in unpack(packed).splitlines():
            row = orjson.loads(line)
            if row["score"] >= min_score:
                said = hashlib.sha256(f"{row['translation']['zh']}\0{row['translation']['en']}".encode()).hexdigest()
                db.execute("insert or ignore into pair values (?, ?, ?)", (shard, said, line + b"\n"))
    for (packed,) in db.execute("select value from found where kind = 'terms'"):
        db.executemany("insert into term values (?)", ((line,) for line in unpack(packed).splitlines()))


class _Search:
    """Brings what the state knows of pairs and terms up to date with the table ``outcome``."""

    def __init__(self, db: sqlite3.Connection, work: Work) -> None:
        self.db = db
        self.work = work
        self.faults: list[str] = []

    def pages(self) -> None:
        """Sentence pairs inside documents."""
        condition = "key in (select key from result where bilingual)"
        for task, (rows,) in self._done(map(Page, self._keys_without("page", condition))):
            self._keep("page", task.key, rows)

    def documents(self) -> None:
        """Sentence pairs between documents."""
        digest = self._digest("select source, key, lang from outcome where rule = '' and lang in ('zh', 'en')")
        if self._value("pairing", "") == digest:
            return
        before = len(self.faults)
        self._forget_choice()
        languages = "select count(distinct lang) from outcome where rule = '' and lang in ('zh', 'en')"
        if self.db.execute(languages).fetchone()[0] == 2:
            for task, (bag,) in self._done(map(Bag, self._keys_without("bag", "lang in ('zh', 'en')"))):
                self._keep("bag", task.key, bag)
            self._propose()
            self._vote()
            self._rank()
            while wanted := self._choose():
                self._align(wanted)
        if len(self.faults) == before:
            self._keep("pairing", "", digest)

    def terms(self) -> None:
        """Terms in brackets."""
        digest = self._digest(
            "select source, key from outcome join result using (key) where rule = '' and length(brackets) > 0"
        )
        if self._value("mining", "") == digest:
            return
        for _, (rows,) in self._done([Mine()]):
            self._keep("terms", "", rows)
            self._keep("mining", "", digest)

    def _forget_choice(self) -> None:
        self.db.executescript(
            "begin; delete from found where kind = 'pairing';"
            "update couple set proposed = 0, place = null, chosen = 0, share = nullif(share, -1.0); commit;"
        )

    def _propose(self) -> None:
        add = "insert into couple (zh, en, proposed) values (?, ?, 1) on conflict (zh, en) do update set proposed = 1"
        for _, portions in self._done([Propose()]):
            self.db.executemany(add, (row for portion in portions for row in portion))

    def _vote(self) -> None:
        for task, (votes,) in self._done(self._unvoted()):
            rows = ((vote, task.zh, en) for en, vote in zip(task.en, votes, strict=True))
            self.db.executemany("update couple set vote = ? where zh = ? and en = ?", rows)

    def _unvoted(self) -> Iterator[Vote]:
        """Each Chinese document with the English ones that it has to vote on.

        In order of source: those of one folder often have the same proposed to them, whose vectors a worker then has.
        """
        query = (
            "select source, zh, group_concat(en, ' ') from outcome join couple on zh = key "
            "where rule = '' and source > ? and proposed and vote is null group by source order by source limit ?"
        )
        after = ""
        while rows := self.db.execute(query, (after, _PORTION)).fetchall():
            for _, zh, en in rows:
                keys = en.split()
                yield from (Vote(zh, tuple(keys[n : n + _ASKED])) for n in range(0, len(keys), _ASKED))
            after = rows[-1][0]

    def _rank(self) -> None:
        place = count()
        for _, portions in self._done([Rank()]):
            ranked = ((next(place), *row) for portion in portions for row in portion)
            self.db.executemany("update couple set place = ? where zh = ? and en = ?", ranked)

    def _choose(self) -> list[Align]:
        """Mark the pairs of translations; or give those that must be aligned before they are known."""
        wanted = []
        for _, portions in self._done([Choose()]):
            rows = [row for portion in portions for row in portion]
            wanted += [Align(zh, en) for zh, en, unknown in rows if unknown]
            chosen = ((zh, en) for zh, en, unknown in rows if not unknown)
            self.db.executemany("update couple set chosen = 1 where zh = ? and en = ?", chosen)
        return wanted

    def _align(self, wanted: list[Align]) -> None:
        change = "update couple set share = ?, pairs = ? where zh = ? and en = ?"
        failed = set(wanted)
        for task, ((share, pairs),) in self._done(wanted):
            failed.discard(task)
            self.db.execute(change, (share, pairs, task.zh, task.en))
        self.db.executemany(change, ((_FAILED, b"", task.zh, task.en) for task in failed))

    def _done(self, tasks: Iterable[Task]) -> Iterator[tuple[Any, list[Any]]]:
        """The tasks that did not fail and what they found, which the caller writes; it is committed now and then."""
        self.db.execute("begin")
        for n, outcome in enumerate(self.work(tasks), 1):
            *_, last = outcome.results or [""]
            fault = outcome.failure or (last if isinstance(last, str) else "")
            if fault:
                self.faults.append(f"{type(outcome.task).__name__.lower()} {' '.join(map(str, outcome.task))}: {fault}")
            elif outcome.results:
                yield outcome.task, outcome.results
            if n % _COMMIT_EVERY == 0:
                self.db.execute("commit")
                self.db.execute("begin")
        self.db.execute("commit")

    def _keys_without(self, kind: str, condition: str) -> Iterator[str]:
        """Keys of documents for which nothing of this kind was found yet."""
        query = (
            f"select distinct key from outcome where rule = '' and {condition} and key > ? "
            "and not exists (select 1 from found where kind = ? and found.key = outcome.key) order by key limit ?"
        )
        after = ""
        while rows := self.db.execute(query, (after, kind, _PORTION)).fetchall():
            yield from (key for (key,) in rows)
            after = rows[-1][0]

    def _keep(self, kind: str, key: str, value: bytes | str) -> None:
        self.db.execute("insert or replace into found values (?, ?, ?)", (kind, key, value))

    def _value(self, kind: str, key: str) -> Any:
        row = self.db.execute("select value from found where kind = ? and key = ?", (kind, key)).fetchone()
        return row[0] if row else None

    def _digest(self, query: str) -> str:
        """A hash over the rows of a query, in order of source."""
        digest = hashlib.sha256()
        for row in self.db.execute(f"{query} order by source"):
            digest.update(repr(row).encode())
        return digest.hexdigest()
