"""Write the files of an output from the results of all documents."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from pipeline import __version__
from pipeline.batch.work import unpack
from pipeline.config import Config
from pipeline.records.files import Parts
from pipeline.records.write import rejection, sentence_rows

KINDS = ("documents", "changes", "sentences", "rejected", "pairs")


class ConservationError(RuntimeError):
    """Inputs are not documents plus rejected: a fault of the program, found before anything was renamed."""


def write_output(
    db: sqlite3.Connection, output: Path, config: Config, selection: dict[str, list[str]]
) -> dict[str, Any]:
    """Write every file of ``output`` from the settled outcome and return what ``run.json`` says.

    ``selection`` says which files the run was given: names of inputs, patterns to include and exclude.
    """
    counts = _counts(db)
    shards = dict(_shards(db, "rule = ''")), dict(_shards(db, "rule <> ''"))
    wanted = {output / "rules.json", output / "run.json"}
    with Parts() as parts:
        for shard in shards[0] or {"00000": 0}:
            written = _count_lines(counts, "documents", _documents(db, shard))
            for kind, lines in (
                ("documents", written),
                ("changes", _changes(db, shard)),
                ("sentences", _sentences(db, shard)),
            ):
                wanted.add(path := output / kind / f"{shard}.jsonl")
                parts.write(path, lines)
            wanted.add(path := output / "pairs" / f"{shard}.jsonl")
            parts.write(path, _count_lines(counts, "pairs", _pairs(db, shard)))
        parts.write(output / "terms.jsonl", _count_lines(counts, "terms", _terms(db)))
        for shard in shards[1] or {"00000": 0}:
            wanted.add(path := output / "rejected" / f"{shard}.jsonl")
            parts.write(path, _count_lines(counts, "rejected", _rejected(db, shard)))
        parts.write(output / "rules.json", [_json(_rules(config))])
        if counts["inputs"] != counts["documents"] + counts["rejected"]:
            raise ConservationError(
                f"{counts['inputs']} inputs, but {counts['documents']} documents and "
                f"{counts['rejected']} rejected were written; please report this"
            )
        summary = _summary(db, counts, config, selection)
        parts.write(output / "run.json", [_json(summary)])
        parts.commit()
    for kind in KINDS:
        for path in sorted((output / kind).glob("*")):
            if path not in wanted:
                path.unlink()
    return summary


def _shards(db: sqlite3.Connection, condition: str) -> Iterator[tuple[str, int]]:
    yield from db.execute(f"select shard, count(*) from outcome where {condition} group by shard order by shard")


def _counts(db: sqlite3.Connection) -> dict[str, int]:
    inputs = db.execute("select count(*) from member").fetchone()[0]
    return {"inputs": inputs, "documents": 0, "rejected": 0, "pairs": 0, "terms": 0}


def _count_lines(counts: dict[str, int], kind: str, lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        counts[kind] += line.count(b"\n")
        yield line


def _documents(db: sqlite3.Connection, shard: str) -> Iterator[bytes]:
    query = (
        "select source, near, row from outcome join result using (key) where rule = '' and shard = ? order by source"
    )
    for source, near, row in db.execute(query, (shard,)):
        yield _fill(_fill(unpack(row), b"source", source), b"near_duplicate_of", near)


def _changes(db: sqlite3.Connection, shard: str) -> Iterator[bytes]:
    query = "select changes from outcome join result using (key) where rule = '' and shard = ? order by source"
    for (changes,) in db.execute(query, (shard,)):
        yield unpack(changes)


def _sentences(db: sqlite3.Connection, shard: str) -> Iterator[bytes]:
    query = "select row from outcome join result using (key) where rule = '' and shard = ? order by source"
    for (row,) in db.execute(query, (shard,)):
        yield b"".join(map(_line, sentence_rows(orjson.loads(unpack(row)))))


def _pairs(db: sqlite3.Connection, shard: str) -> Iterator[bytes]:
    for (row,) in db.execute("select row from pair where shard = ? order by rowid", (shard,)):
        yield row


def _terms(db: sqlite3.Connection) -> Iterator[bytes]:
    for (row,) in db.execute("select row from term order by rowid"):
        yield row + b"\n"


def _rejected(db: sqlite3.Connection, shard: str) -> Iterator[bytes]:
    query = (
        "select outcome.source, outcome.rule, duplicate_of, member.rule, reason, id, outcome.lang, rejected, row "
        "from outcome join member using (source) left join result on result.key = outcome.key "
        "where outcome.rule <> '' and shard = ? order by outcome.source"
    )
    reasons = _reasons()
    for source, rule, duplicate_of, unread, reason, id, lang, rejected, row in db.execute(query, (shard,)):
        if unread:
            yield _line(rejection(id, source, unread.partition(".")[0], unread, reason))
        elif duplicate_of:
            encoding = orjson.loads(unpack(row))["metadata"]["encoding"]
            told = f"{reasons[rule]}: {duplicate_of}"
            yield _line(
                rejection(
                    id, source, "deduplicate", rule, told, lang=lang, encoding=encoding, duplicate_of=duplicate_of
                )
            )
        else:
            assert rejected
            yield _fill(unpack(row), b"source", source)


def _fill(line: bytes, key: bytes, value: str) -> bytes:
    """The JSON line with its empty field ``key`` filled in; a quote within a string is escaped, so none is mistaken."""
    return line.replace(b'"%s":""' % key, b'"%s":%s' % (key, orjson.dumps(value)), 1) if value else line


def _line(row: dict[str, Any]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _json(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _reasons() -> dict[str, str]:
    from pipeline.rules import all_rules

    return {rule.id: rule.reason for rule in all_rules().values()}


def _rules(config: Config) -> dict[str, dict[str, str]]:
    told = _reasons() | config.reasons()
    stages = {id: id.partition(".")[0] for id in told}
    stages |= {rule.id: "strip" for rule in config.rules} | {term.id: "repair" for term in config.glossary}
    return {id: {"stage": stages[id], "reason": told[id]} for id in sorted(told)}


def _summary(
    db: sqlite3.Connection, counts: dict[str, int], config: Config, selection: dict[str, list[str]]
) -> dict[str, Any]:
    stages: dict[str, int] = {}
    roles: dict[str, int] = {}
    for (stats,) in db.execute("select stats from outcome join result using (key) where rule = '' order by source"):
        told = orjson.loads(stats)
        for total, part in ((stages, told["stages"]), (roles, told["roles"])):
            for key, count in part.items():
                total[key] = total.get(key, 0) + count
    languages = db.execute("select lang, count(*) from outcome where rule = '' group by lang order by lang")
    rejected = db.execute("select rule, count(*) from outcome where rule <> '' group by rule order by rule")
    near = db.execute("select count(*) from outcome where near <> ''").fetchone()[0]
    return {
        "version": __version__,
        "config": {**orjson.loads(orjson.dumps(asdict(config))), "digest": config.digest()},
        **selection,
        **counts,
        "languages": dict(languages),
        "rejected_by_rule": dict(rejected),
        "near_duplicates": near,
        "changes_by_stage": dict(sorted(stages.items())),
        "lines_removed_by_role": dict(sorted(roles.items())),
    }


def output_digest(output: Path) -> str:
    """What tells whether the files of an output are still as they were written: their names, sizes and times."""
    digest = hashlib.sha256()
    paths = [output / "rules.json", output / "run.json", output / "terms.jsonl"]
    paths += [path for kind in KINDS for path in sorted((output / kind).glob("*"))]
    for path in paths:
        if path.exists():
            stat = path.stat()
            where = path.relative_to(output)
            digest.update(f"{where} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
