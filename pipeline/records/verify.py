"""Check a written output against its inputs: every law of the records, in one streaming pass.

Nothing is believed that can be looked up: rows are held to the shipped schemas, texts to the bytes of the files they
came from (``pipeline.records.laws``), references to the rows they name, counts to the rows that are there. Memory holds
one document at a time, of all documents only name, id and place in their file, and the terms.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import orjson

from pipeline.config import Config
from pipeline.records import laws, schema
from pipeline.records.files import shard_digits

Row = dict[str, Any]

# What an output may hold at its top, besides .qingwen (state of later runs) and what `qingwen export` puts in export/.
_BESIDE = ("changes", "sentences", "pairs")  # a file for each of documents/, of its name
_SHARDED = ("documents", "rejected", *_BESIDE)
_SINGLE = ("terms.jsonl", "rules.json", "run.json")
_OTHERS = (".qingwen", "export")
# What run.json counts by name.
_TALLIES = ("languages", "rejected_by_rule", "changes_by_stage", "lines_removed_by_role")
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
    run, fault = _object(output / "run.json", "run")
    files = {found.source: found.path for found in find_files(named, output, *_patterns(run))}
    with closing(_Sources(files, _limits(run))) as sources:
        return list(islice(_Check(output, sources, run, fault).offences(), limit))


class _Line(NamedTuple):
    """A row of a file that is well-formed, and where it stands."""

    row: Row
    where: str  # "documents/00000.jsonl:12"
    path: Path
    offset: int  # bytes


class _Check:
    """One verification: what has been seen of the output so far."""

    def __init__(self, output: Path, sources: _Sources, run: Row, fault: str) -> None:
        self.output = output
        self.sources = sources
        self.run = run
        self.run_fault = fault
        self.digits = {table: _digits(run.get(table)) for table in ("documents", "rejected")}
        self.documents: dict[str, str] = {}  # source -> id
        self.places: dict[str, tuple[Path, int]] = {}  # id -> where its row is
        self.rejected: set[str] = set()  # sources
        self.references: list[tuple[str, str, str]] = []  # where, key, source of a document that must be there
        self.counts = dict.fromkeys(schema.TABLES, 0)
        self.tallies: dict[str, Counter[str]] = {name: Counter() for name in _TALLIES}
        self.near_duplicates = 0
        self.faults: list[str] = []  # of the files being read, waiting to be told

    def offences(self) -> Iterator[str]:
        yield from self._files()
        yield from self._rules()
        yield from self._read_terms()
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
                    if not self._is_shard(shard):
                        yield f"{path.name}/{shard.name}: no file of an output{_partial(shard)}"
            elif path.name not in _SINGLE:
                yield f"{path.name}: no file of an output{_partial(path)}"
        for name in _SINGLE:
            if not (self.output / name).is_file():
                yield f"{name} is missing"
        documents = {path.name for path in self._shards("documents")}
        for table in _BESIDE:
            beside = {path.name for path in self._shards(table)}
            for name in sorted(beside - documents):
                yield f"{table}/{name}: there is no documents/{name} beside it"
            for name in sorted(documents - beside):
                yield f"{table}/{name} is missing"

    def _is_shard(self, path: Path) -> bool:
        """Whether a file is one of those that an output of this size has."""
        digits = self.digits["rejected" if path.parent.name == "rejected" else "documents"]
        return bool(re.fullmatch(rf"[0-9a-f]{{{digits}}}\.jsonl" if digits else r"00000\.jsonl", path.name))

    def _belongs(self, source: str, path: Path) -> bool:
        """Whether the hash of ``source`` puts its row into this file."""
        digits = self.digits[path.parent.name]
        return not digits or hashlib.sha256(source.encode()).hexdigest()[:digits] == path.stem

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
            if not self._belongs(source, path):
                yield f"{label}: the hash of the source names another file"
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
            self._count(row, own_changes)
            self.terms.look(row, own_changes)
            yield from (f"{label}: {finding}" for finding in laws.of_run(row, self.run))
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
        if self.digits["documents"] and not last:
            yield f"documents/{path.name}: no row, so there should be no such file"
        for table, group in (("changes", changes), ("sentences", sentences)):
            if left := group.first():
                yield f"{left.where}: {table} of {left.row['id']}, which is no document here or stands out of order"
        yield from self._told()

    def _count(self, row: Row, changes: Sequence[Row]) -> None:
        """Add a document to what run.json must say."""
        self.near_duplicates += bool(row["metadata"]["near_duplicate_of"])
        self.tallies["languages"][row["lang"]] += 1
        self.tallies["changes_by_stage"].update(change["stage"] for change in changes)
        self.tallies["lines_removed_by_role"].update(change["role"] for change in changes if change["role"])

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
            if not self._belongs(source, path):
                yield f"{label}: the hash of the source names another file"
            if source in self.documents or source in self.rejected:
                yield f"{label}: the source has a row already"
            last = source
            self.rejected.add(source)
            self.tallies["rejected_by_rule"][row["rule"]] += 1
            if row["rule"] not in self.rules:
                yield f"{label}: rules.json has no rule {row['rule']!r}"
            if row["encoding"] and not laws.is_stateless(row["encoding"]):
                yield f"{label}: encoding {row['encoding']!r} is no codec that decodes any slice"
            if row["stage"] != row["rule"].partition(".")[0]:
                yield f"{label}: stage {row['stage']!r} is not that of rule {row['rule']!r}"
            yield from (f"{label}: {finding}" for finding in laws.duplicate(row, self.documents))
            yield from self._rejected_bytes(row, label)
        if self.digits["rejected"] and not last:
            yield f"rejected/{path.name}: no row, so there should be no such file"
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
            if row["id"] != (id := laws.pair_id(row)):
                yield f"{where}: id is {row['id']}, documents and spans make {id}"
            if row["zh_doc"] in self.places and self.places[row["zh_doc"]][0].name != path.name:
                yield f"{where}: the row of zh_doc {row['zh_doc']} is not in documents/{path.name}"
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

    def _read_terms(self) -> Iterator[str]:
        path = self.output / "terms.jsonl"
        self.terms = _Terms(self._lines(path, "terms") if path.is_file() else ())
        yield from self._told()

    def _terms(self) -> Iterator[str]:
        yield from self.terms.offences()
        for row, where, _, _ in self.terms.lines:
            for id in row["docs"]:
                if id not in self.places:
                    yield f"{where}: {row['zh']} = {row['en']}: {id} is no document"

    def _conservation(self) -> Iterator[str]:
        """Every input has one row, and the counts in run.json are those of the rows."""
        run = self.run
        if self.run_fault:
            yield self.run_fault
            return
        for table in ("documents", "rejected", "pairs", "terms"):
            if run[table] != self.counts[table]:
                yield f"run.json: {table} is {run[table]}, there are {self.counts[table]} rows"
        if run["near_duplicates"] != self.near_duplicates:
            yield f"run.json: near_duplicates is {run['near_duplicates']}, the rows make {self.near_duplicates}"
        for name, tally in self.tallies.items():
            for key in sorted(tally.keys() | run[name].keys()):
                if (told := run[name].get(key, 0)) != tally[key]:
                    yield f"run.json: {name} of {key!r} is {told}, the rows make {tally[key]}"
        if run["inputs"] != run["documents"] + run["rejected"]:
            yield f"run.json: inputs {run['inputs']} != documents {run['documents']} + rejected {run['rejected']}"
        for source in self.sources.never_read(self.rejected):
            yield f"{source}: an input without a row in documents or rejected"


class _Terms:
    """The rows of ``terms.jsonl``, and how often the documents they name declare them."""

    def __init__(self, lines: Iterable[_Line]) -> None:
        self.lines = list(lines)
        self._least = [0] * len(self.lines)
        self._most = [0] * len(self.lines)
        self._silent: list[str] = []
        self._of: dict[str, list[int]] = {}  # id of a document -> the terms that name it
        for number, line in enumerate(self.lines):
            for id in line.row["docs"]:
                self._of.setdefault(id, []).append(number)

    def look(self, document: Row, changes: Sequence[Row]) -> None:
        """Look in a document and in what was removed from it for the terms that name it."""
        numbers = self._of.get(document["id"], ())
        found = laws.declarations(document, changes) if numbers else []
        for number in numbers:
            row, where, _, _ = self.lines[number]
            least, most = laws.times(row, found)
            self._least[number] += least
            self._most[number] += most
            if not most:
                self._silent.append(f"{where}: {row['zh']} = {row['en']}: {document['source']} does not declare it")

    def offences(self) -> Iterator[str]:
        """What is wrong with the terms, once all documents have been looked at."""
        yield from self._silent
        last = ("", "")
        for (row, where, _, _), least, most in zip(self.lines, self._least, self._most, strict=True):
            label = f"{where}: {row['zh']} = {row['en']}"
            if (row["en"], row["zh"]) <= last:
                yield f"{label}: does not come after {last[1]} = {last[0]} in order of English and Chinese"
            last = (row["en"], row["zh"])
            if row["docs"] != sorted(set(row["docs"])):
                yield f"{label}: docs does not ascend"
            if not least <= row["count"] <= most:
                said = f"{least}" if least == most else f"{least} to {most}"
                docs = f"docs has {len(row['docs'])}, which declare it {said} times"
                yield f"{label}: count is {row['count']}, but {docs}"


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


def _digits(count: object) -> int:
    """Hex digits in the names of the files that hold so many rows."""
    return shard_digits(count) if type(count) is int else 0


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
