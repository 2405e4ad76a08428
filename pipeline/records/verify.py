"""Check a written output against its inputs: every law of the records, in one streaming pass.

Nothing is believed that can be looked up: rows are held to the shipped schemas, texts to the bytes of the files they
came from (``pipeline.records.laws``), references to the rows they name, counts to the rows that are there. Memory holds
one document at a time, and of all documents only name, id and place in their file.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import orjson

from pipeline.config import Config
from pipeline.records import laws, schema

Row = dict[str, Any]

# What an output may hold at its top, besides .qingwen (state of later runs) and what `qingwen export` puts in export/.
_SHARDED = ("documents", "changes", "sentences", "rejected", "pairs")
_SINGLE = ("terms.jsonl", "rules.json", "run.json")
_NEEDED = ("rules.json", "run.json")
_OTHERS = (".qingwen", "export")
_SHARD_NAME = re.compile(r"[0-9a-f]+\.jsonl")
# Containers whose members are kept unpacked (in a temporary file) at a time: names in order of source visit one after
# the other, but a large output has one file per hash prefix and comes back to each container.
_OPEN_CONTAINERS = 8


def verify(output: Path, inputs: Sequence[Path], limit: int = 20) -> list[str]:
    """The first ``limit`` offences against the laws of the records in ``output``, as sentences; ``[]`` if all hold.

    ``inputs`` are the folders and files that the run was given. Raises ``UsageError`` where there is no such output
    or input.
    """
    from pipeline.batch.discover import UsageError, find_files, name_inputs

    if not (output / "run.json").is_file():
        raise UsageError(f"{str(output)!r} is no output of a run: it has no run.json")
    named = name_inputs([str(path) for path in inputs])
    run, _ = _object(output / "run.json", "run")
    files = {found.source: found.path for found in find_files(named, output, *_patterns(run))}
    with closing(_Sources(files, _limits(run))) as sources:
        return list(islice(_Check(output, sources).offences(), limit))


class _Line(NamedTuple):
    """A row of a file that is well-formed, and where it stands."""

    row: Row
    where: str  # "documents/00000.jsonl:12"
    path: Path
    offset: int  # bytes


class _Check:
    """One verification: what has been seen of the output so far."""

    def __init__(self, output: Path, sources: _Sources) -> None:
        self.output = output
        self.sources = sources
        self.documents: dict[str, str] = {}  # source -> id
        self.places: dict[str, tuple[Path, int]] = {}  # id -> where its row is
        self.rejected: set[str] = set()  # sources
        self.references: list[tuple[str, str, str]] = []  # where, key, source of a document that must be there
        self.counts = dict.fromkeys(schema.TABLES, 0)
        self.faults: list[str] = []  # of the files being read, waiting to be told

    def offences(self) -> Iterator[str]:
        yield from self._files()
        yield from self._rules()
        for path in self._shards("documents"):
            yield from self._documents(path)
        for path in self._shards("rejected"):
            yield from self._rejected(path)
        yield from self._references()
        for path in self._shards("pairs"):
            yield from self._pairs(path)
        yield from self._terms()
        yield from self._conservation()

    def _shards(self, table: str) -> list[Path]:
        return sorted((self.output / table).glob("*.jsonl"))

    def _files(self) -> Iterator[str]:
        """Nothing unfinished, nothing unknown, nothing missing."""
        for path in sorted(self.output.iterdir()):
            if path.name in _OTHERS:
                continue
            if path.name in _SHARDED and path.is_dir():
                for shard in sorted(path.iterdir()):
                    if not _SHARD_NAME.fullmatch(shard.name):
                        yield f"{path.name}/{shard.name}: no file of an output{_partial(shard)}"
            elif path.name not in _SINGLE:
                yield f"{path.name}: no file of an output{_partial(path)}"
        for name in _NEEDED:
            if not (self.output / name).is_file():
                yield f"{name} is missing"
        documents = {path.name for path in self._shards("documents")}
        for table in ("changes", "sentences"):
            for path in self._shards(table):
                if path.name not in documents:
                    yield f"{table}/{path.name}: there is no documents/{path.name} beside it"

    def _rules(self) -> Iterator[str]:
        rules, fault = _object(self.output / "rules.json", "rules")
        self.rules = rules
        if fault:
            yield fault

    def _lines(self, path: Path, table: str) -> Iterator[_Line]:
        """The well-formed rows of a file; what is wrong with the others goes to ``faults``."""
        name = f"{path.parent.name}/{path.name}" if path.parent != self.output else path.name
        offset = 0
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                where = f"{name}:{number}"
                self.counts[table] += 1
                fault, row = "", {}
                if not line.endswith(b"\n"):
                    fault = "the line does not end, the file is cut"
                else:
                    try:
                        row = orjson.loads(line)
                        fault = schema.offence(table, row)
                    except orjson.JSONDecodeError as error:
                        fault = f"no JSON: {error}"
                if fault:
                    self.faults.append(f"{where}: {fault}")
                else:
                    yield _Line(row, where, path, offset)
                offset += len(line)

    def _told(self) -> Iterator[str]:
        yield from self.faults
        self.faults.clear()

    def _documents(self, path: Path) -> Iterator[str]:
        changes = _Group(self._beside(path, "changes"))
        sentences = _Group(self._beside(path, "sentences"))
        last = ""
        for row, where, _, offset in self._lines(path, "documents"):
            yield from self._told()
            source, id = row["source"], row["id"]
            label = f"{where} ({source})"
            if source <= last:
                yield f"{label}: does not come after {last!r} in order of source"
            if source in self.documents:
                yield f"{label}: the source has a document already"
            if id in self.places:
                yield f"{label}: id {id} is taken by another document: same bytes, so one of them is a duplicate"
            last = source
            self.documents[source] = id
            self.places[id] = (path, offset)
            if near := row["metadata"]["near_duplicate_of"]:
                self.references.append((label, "metadata.near_duplicate_of", near))
            data = self.sources.read(source)
            own_changes, own_sentences = changes.take(id), sentences.take(id)
            if self.faults:
                yield from self._told()
                continue  # whatever else seems wrong with this document follows from its broken rows
            for change in own_changes:
                if change["rule"] not in self.rules:
                    yield f"{label}: change {change['seq']}: rules.json has no rule {change['rule']!r}"
            if data is None:
                yield f"{label}: the inputs have no such file"
                continue
            for finding in laws.offences(row, own_changes, own_sentences, data):
                yield f"{label}: {finding}"
        for table, group in (("changes", changes), ("sentences", sentences)):
            if left := group.first():
                yield f"{left.where}: {table} of {left.row['id']}, which is no document here or stands out of order"
        yield from self._told()

    def _beside(self, path: Path, table: str) -> Iterator[_Line]:
        beside = self.output / table / path.name
        return self._lines(beside, table) if beside.is_file() else iter(())

    def _rejected(self, path: Path) -> Iterator[str]:
        last = ""
        for row, where, _, _ in self._lines(path, "rejected"):
            yield from self._told()
            source = row["source"]
            label = f"{where} ({source})"
            if source <= last:
                yield f"{label}: does not come after {last!r} in order of source"
            if source in self.documents or source in self.rejected:
                yield f"{label}: the source has a row already"
            last = source
            self.rejected.add(source)
            if row["rule"] not in self.rules:
                yield f"{label}: rules.json has no rule {row['rule']!r}"
            if row["encoding"] and not laws.is_stateless(row["encoding"]):
                yield f"{label}: encoding {row['encoding']!r} is no codec that decodes any slice"
            if row["stage"] != row["rule"].partition(".")[0]:
                yield f"{label}: stage {row['stage']!r} is not that of rule {row['rule']!r}"
            yield from (f"{label}: {finding}" for finding in laws.duplicate(row, self.documents))
            yield from self._rejected_bytes(row, label)
        yield from self._told()

    def _rejected_bytes(self, row: Row, label: str) -> Iterator[str]:
        data = self.sources.read(row["source"]) if row["id"] else b""
        if data is None:
            yield f"{label}: the inputs have no such file"
        elif row["id"]:
            yield from (f"{label}: {finding}" for finding in laws.same_id(row, data))

    def _references(self) -> Iterator[str]:
        for label, key, source in self.references:
            if source not in self.documents:
                yield f"{label}: {key} names {source!r}, which is no document"
            elif f"({source})" in label:
                yield f"{label}: {key} names the document itself"

    def _pairs(self, path: Path) -> Iterator[str]:
        texts: OrderedDict[str, str] = OrderedDict()
        for row, where, _, _ in self._lines(path, "pairs"):
            yield from self._told()
            if row["bead"] != (bead := f"{len(row['zh_spans'])}-{len(row['en_spans'])}"):
                yield f"{where}: bead is {row['bead']!r}, the spans make {bead!r}"
            for side in ("zh", "en"):
                text = self._text(row[f"{side}_doc"], texts)
                if text is None:
                    yield f"{where}: {side}_doc {row[f'{side}_doc']} is no document"
                    continue
                yield from (f"{where}: {finding}" for finding in laws.pair_side(row, side, text))
        yield from self._told()

    def _text(self, id: str, texts: OrderedDict[str, str]) -> str | None:
        """The text of a document, read again from its row; the last two are at hand."""
        if id not in texts:
            if id not in self.places:
                return None
            path, offset = self.places[id]
            with path.open("rb") as file:
                file.seek(offset)
                texts[id] = orjson.loads(file.readline())["text"]
            if len(texts) > 2:
                texts.popitem(last=False)
        return texts[id]

    def _terms(self) -> Iterator[str]:
        path = self.output / "terms.jsonl"
        if not path.is_file():
            return
        for row, where, _, _ in self._lines(path, "terms"):
            yield from self._told()
            if row["count"] < len(row["docs"]):
                yield f"{where}: {row['zh']} = {row['en']}: count is {row['count']}, but docs has {len(row['docs'])}"
            for id in row["docs"]:
                if id not in self.places:
                    yield f"{where}: {row['zh']} = {row['en']}: {id} is no document"
        yield from self._told()

    def _conservation(self) -> Iterator[str]:
        """Every input has one row, and the counts in run.json are those of the rows."""
        run, fault = _object(self.output / "run.json", "run")
        if fault:
            yield fault
            return
        for table in ("documents", "rejected", "pairs", "terms"):
            if run.get(table, self.counts[table]) != self.counts[table]:
                yield f"run.json: {table} is {run[table]}, there are {self.counts[table]} rows"
        if run["inputs"] != run["documents"] + run["rejected"]:
            yield f"run.json: inputs {run['inputs']} != documents {run['documents']} + rejected {run['rejected']}"
        for source in self.sources.never_read(self.rejected):
            yield f"{source}: an input without a row in documents or rejected"


class _Group:
    """Rows that come in runs of one document, taken run by run."""

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._lines = iter(lines)
        self._next = next(self._lines, None)

    def take(self, id: str) -> list[Row]:
        """The rows that come next, if they are those of document ``id``."""
        rows: list[Row] = []
        while self._next is not None and self._next.row["id"] == id:
            rows.append(self._next.row)
            self._next = next(self._lines, None)
        return rows

    def first(self) -> _Line | None:
        """The first row that nobody took."""
        return self._next


class _Sources:
    """The bytes behind a ``source``: a file, or a member of a container file."""

    def __init__(self, files: dict[str, bytes], limits: Config) -> None:
        self._files = files
        self._limits = limits
        self._read: set[str] = set()
        self._open: OrderedDict[str, tuple[IO[bytes], dict[str, tuple[int, int]]]] = OrderedDict()

    def close(self) -> None:
        """Give back the temporary files."""
        for spool, _ in self._open.values():
            spool.close()

    def read(self, source: str) -> bytes | None:
        """The bytes, or None where the inputs have no such file or member."""
        if source in self._files:
            self._read.add(source)
            try:
                with open(self._files[source], "rb") as file:
                    return file.read()
            except OSError:
                return None
        for match in re.finditer("!", source):
            container = source[: match.start()]
            if container in self._files:
                self._read.add(container)
                return self._member(container, source)
        return None

    def never_read(self, known: set[str]) -> Iterator[str]:
        """Files that no row named, though they hold something; ``known`` are names of rows without bytes."""
        containers = {source[: match.start()] for source in known for match in re.finditer("!", source)}
        for source in self._files:
            if source not in self._read and source not in known and source not in containers:
                yield source

    def _member(self, container: str, source: str) -> bytes | None:
        if container not in self._open:
            self._open[container] = self._unpack(container)
            if len(self._open) > _OPEN_CONTAINERS:
                self._open.popitem(last=False)[1][0].close()
        spool, places = self._open[container]
        if source not in places:
            return None
        offset, size = places[source]
        spool.seek(offset)
        return spool.read(size)

    def _unpack(self, container: str) -> tuple[IO[bytes], dict[str, tuple[int, int]]]:
        from pipeline.batch.containers import open_members

        spool = TemporaryFile()  # noqa: SIM115 - stays open as long as the container is near
        places: dict[str, tuple[int, int]] = {}
        for member in open_members(self._files[container], container, self._limits):
            if member.data is not None:
                places[member.name] = (spool.tell(), len(member.data))
                spool.write(member.data)
        return spool, places


def _patterns(run: Row) -> tuple[list[str], list[str]]:
    """What the run was told to include and to exclude."""
    include, exclude = (run.get(key) for key in ("include", "exclude"))
    return include if isinstance(include, list) else [], exclude if isinstance(exclude, list) else []


def _limits(run: Row) -> Config:
    """The limits under which the run took containers apart."""
    told = run.get("config")
    limits: dict[str, Any] = {}
    for name in ("max_bytes", "max_members", "max_depth"):
        value = told.get(name) if isinstance(told, dict) else None
        if type(value) is int and value > 0:
            limits[name] = value
    return Config(**limits)


def _object(path: Path, table: str) -> tuple[Row, str]:
    """A JSON file that is one object, and what is wrong with it."""
    if not path.is_file():
        return {}, ""  # missing files are told once, by name
    try:
        found = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        return {}, f"{path.name}: no JSON: {error}"
    fault = schema.offence(table, found)
    return (found if isinstance(found, dict) else {}), (f"{path.name}: {fault}" if fault else "")


def _partial(path: Path) -> str:
    return ", but of a run that was interrupted" if path.suffix == ".part" else ""
