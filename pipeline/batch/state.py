"""What an output remembers between runs, in ``OUTPUT/.qingwen/state.sqlite``: one writer, the driver.

Results are keyed by what they depend on (bytes, options, the program itself), never by name or time, so a file that
is moved, or comes back, costs nothing. Everything the driver knows of a batch is in these tables, so its memory does
not grow with the number of files.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import IO, NamedTuple

from pipeline.batch.discover import Found, Input, UsageError, display

# Raise it when a table changes: an older state is then rebuilt from the inputs.
LAYOUT = "2"

_TABLES = """
create table meta (key text primary key, value text) without rowid;
create table input (name text primary key, path text) without rowid;
-- one row an input file; `stat` tells whether it changed since it was read
create table file (source text primary key, path blob, stat text, run integer) without rowid;
-- one row a document to be: the file itself, or a member of a container
create table member (source text primary key, file text, n integer, id text, sha256 text, size integer, hints text,
    site text, base text, rule text, reason text, key text, lines blob, levels blob default x'') without rowid;
create index member_file on member (file);
create index member_key on member (key);
-- what the stages made of some bytes: what cross-file steps need, and rows for the output, compressed
create table result (key text primary key, rejected text, lang text, text_hash text, signature blob, stats text,
    bilingual integer, brackets blob, row blob, changes blob);
-- what the search for pairs and terms found in the document of one result, and what it has searched (see bilingual.py)
create table found (kind text, key text, value blob, primary key (kind, key));
-- two documents that may translate each other: whether they are proposed now, their votes, their place in the ranking,
-- how much of them pairs off, the rows of `pairs/`, and whether they were chosen
create table couple (zh text, en text, proposed integer, vote blob, place integer, share real, pairs blob,
    chosen integer default 0, primary key (zh, en));
-- what becomes of each member in this run (see outcome.py)
create table outcome (source text primary key, key text, sha256 text, text_hash text, lang text,
    rule text, duplicate_of text default '', near text default '', shard text default '') without rowid;
create index outcome_shard on outcome (shard, source);
"""


class Member(NamedTuple):
    """One document to be: a file, or a member of a container file."""

    source: str
    file: str
    n: int  # place in its file
    id: str  # first 16 hex digits of sha256
    sha256: str
    size: int  # bytes
    hints: str  # JSON of what the container knows: declared charset, url, published
    site: str
    lines: bytes  # keys of its lines as read (see pipeline.corpus.templates)
    base: str  # key of its result, but for what other files say of its lines; "" without bytes
    rule: str  # why there are no bytes: a rule id, else ""
    reason: str


class Result(NamedTuple):
    """What the stages made of one document's bytes."""

    key: str
    rejected: str  # rule id, "" for a document
    lang: str
    text_hash: str  # of the final text, "" if rejected
    signature: bytes  # MinHash of the final text
    stats: str  # JSON: counts for the summary
    bilingual: bool  # it may hold translations of itself
    brackets: bytes  # JSON of the brackets that may declare terms, empty for none
    row: bytes  # compressed JSON line with empty "source" and "near_duplicate_of"
    changes: bytes


class State:
    """The open state of one output folder; holds its lock until ``close``."""

    def __init__(self, output: Path) -> None:
        self.folder = output / ".qingwen"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / "state.sqlite"
        self._lock = _lock(self.folder / "lock", output)
        self.rebuilt = False  # an older or broken state was thrown away
        try:
            self.db = self._open()
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        self.db.close()
        self._lock.close()

    def _open(self) -> sqlite3.Connection:
        fresh = not self.path.exists()
        db = _connect(self.path)
        if not fresh and not _is_current(db):
            db.close()
            for path in self.folder.glob("state.sqlite*"):
                path.unlink()
            self.rebuilt = fresh = True
            db = _connect(self.path)
        try:
            _prepare(db, fresh)
        except BaseException:
            db.close()
            raise
        return db

    def meta(self, key: str) -> str:
        return _meta(self.db, key)

    def set_meta(self, **values: str) -> None:
        self.db.executemany("insert or replace into meta values (?, ?)", sorted(values.items()))

    def inputs(self) -> list[Input]:
        """The inputs of the last run, as they would be named together."""
        rows = self.db.execute("select name, path from input order by name").fetchall()
        return [Input(name, os.fsdecode(path), "") for name, path in rows]

    def set_inputs(self, inputs: Iterable[Input]) -> None:
        self.db.execute("delete from input")
        self.db.executemany("insert into input values (?, ?)", [(item.name, os.fsencode(item.path)) for item in inputs])

    def see(self, found: Found, stat: str, run: int) -> None:
        """Note that a file was seen in this run; its stat is cleared unless it is as it was when last read.

        Raises ``UsageError`` if another file of this run has the same name in records.
        """
        done = self.db.execute(
            "insert into file values (?, ?, '', ?) on conflict (source) do update set path = excluded.path, "
            "run = excluded.run, stat = case when stat = ? then stat else '' end where run <> excluded.run",
            (found.source, found.path, run, stat),
        )
        if not done.rowcount:
            (other,) = self.db.execute("select path from file where source = ?", (found.source,)).fetchone()
            raise _clash(found.source, *(display(os.fsdecode(path)) for path in (other, found.path)))

    def see_again(self, source: str, run: int) -> None:
        """Leave a file as it was in the last run, if it was there."""
        self.db.execute("update file set run = ? where source = ?", (run, source))

    def forget_unseen(self, run: int) -> int:
        """Drop the files that were not seen in this run; how many."""
        self.db.execute("delete from member where file in (select source from file where run <> ?)", (run,))
        return self.db.execute("delete from file where run <> ?", (run,)).rowcount

    def forget_members(self, file: str) -> None:
        self.db.execute("delete from member where file = ?", (file,))

    def add_members(self, members: Iterable[Member]) -> None:
        """Note the documents of a file; ``UsageError`` if one has the name of a document of another file."""
        for member in members:
            row = self.db.execute("select file from member where source = ?", (member.source,)).fetchone()
            if row and row[0] != member.file:
                raise _clash(member.source, row[0], member.file)
            self.db.execute(
                f"insert or replace into member ({', '.join(Member._fields)}, key) values ({_marks(Member)}, ?)",
                (*member, member.base),
            )

    def set_stat(self, file: str, stat: str) -> None:
        """Note that the members of a file are those it had under this stat; "" if they are to be read again."""
        self.db.execute("update file set stat = ? where source = ?", (stat, file))

    def set_levels(self, source: str, levels: bytes) -> None:
        """Note what the other files of its site say of a document's lines, which is part of the key of its result."""
        (base, before) = self.db.execute("select base, levels from member where source = ?", (source,)).fetchone()
        if levels != before:
            key = hashlib.sha256(base.encode() + levels).hexdigest()[:32] if levels else base
            self.db.execute("update member set levels = ?, key = ? where source = ?", (levels, key, source))

    def add_result(self, result: Result) -> None:
        self.db.execute(f"insert or replace into result values ({_marks(Result)})", result)

    def forget_pairs(self) -> None:
        """Drop what was found by comparing sentences."""
        self.db.executescript("begin; delete from couple; delete from found where kind in ('page', 'pairing'); commit;")

    def drop_unused(self) -> None:
        """Drop results that no member needs any more."""
        unknown = "not in (select key from result)"
        self.db.executescript(
            "begin; delete from result where key not in (select key from member);"
            f"delete from found where key <> '' and key {unknown};"
            f"delete from couple where not proposed or zh {unknown} or en {unknown}; commit;"
        )


def _clash(source: str, one: str, other: str) -> UsageError:
    return UsageError(f"{one} and {other} both give a document called {source!r}; rename one, or run them apart")


def is_current(output: Path) -> bool:
    """Whether an output has a state that a run would go on with. Nothing is written."""
    path = output / ".qingwen" / "state.sqlite"
    if not path.exists():
        return False
    with closing(open_to_read(str(path))) as db:
        return _is_current(db)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def open_to_read(path: str) -> sqlite3.Connection:
    """The state at ``path`` as workers see it."""
    return sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)


def _prepare(db: sqlite3.Connection, fresh: bool) -> None:
    db.execute("pragma journal_mode = wal")
    # A lost last transaction after a power cut only means work done again.
    db.execute("pragma synchronous = normal")
    # 4 MB, and as much for each sort: more would let the driver grow with the batch, and saves no time.
    db.execute("pragma cache_size = -4000")
    if fresh:
        db.executescript(f"begin; {_TABLES} insert into meta values ('layout', '{LAYOUT}'); commit;")


def _is_current(db: sqlite3.Connection) -> bool:
    """Whether a state can be gone on with; a disk that fails is another matter, and raises."""
    try:
        return _meta(db, "layout") == LAYOUT
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return False  # no such table, or no database
        raise


@contextmanager
def full_disk_told(output: Path) -> Iterator[None]:
    """Makes a full disk, which shows in several ways, one ``OSError`` that says what to do."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if isinstance(error, OSError):
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        else:
            full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
        if not full:
            raise
        told = "No space left for the output or for temporary files; make room, and the same command goes on"
        raise OSError(errno.ENOSPC, told, str(output)) from error


def _meta(db: sqlite3.Connection, key: str) -> str:
    row = db.execute("select value from meta where key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def _marks(kind: type[Member] | type[Result]) -> str:
    return ", ".join("?" * len(kind._fields))


def _lock(path: Path, output: Path) -> IO[bytes]:
    file = path.open("ab")
    try:
        # A POSIX lock: worker processes do not inherit it, so it ends with the driver, however that ends.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise UsageError(f"another run is writing to {output}; wait for it, or name another output") from error
    return file


@cache
def program_digest() -> str:
    """Hash of the program and its tables: results of another program are not taken for its own."""
    import pipeline

    root = Path(pipeline.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
