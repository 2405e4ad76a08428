"""A batch: find the files, do the work that is new, settle what depends on all documents, write the output.

Each step reads and writes the state of the output folder (``state.py``), so a run that was interrupted, or is repeated
over more files, does only what is missing; the files it writes do not depend on how the work was divided.
"""

from __future__ import annotations

import gc
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.batch import bilingual, bilingual_work
from pipeline.batch.containers import refusal
from pipeline.batch.discover import Input, UsageError, find_files, name_inputs
from pipeline.batch.outcome import settle
from pipeline.batch.pool import Outcome, Pool
from pipeline.batch.progress import Progress
from pipeline.batch.state import Member, State, full_disk_told, is_current, program_digest
from pipeline.batch.work import Clean, Count, Scan, Worker, failed_file, failed_result, limit_memory, stat_text
from pipeline.config import Config

# Results kept from one commit of the state to the next: what a kill can cost.
_COMMIT_EVERY = 200
# Results of one file that the driver holds at a time: a container may have millions.
_PORTION = 100
# Faults that may not come again: their documents are tried anew in the next run.
_PASSING = ("batch.time-limit", "batch.memory-limit", "batch.crashed", "batch.error", "batch.changed")
_FAILURES = {"time-limit": "it took longer than max_seconds", "crashed": "its worker process died"}
# Seconds for pairing all documents of a batch, or for aligning two of them.
_PAIRING_SECONDS = 86_400.0
# What a large file adds to the time limit: a tenth of the speed on one line of 50 MB.
_BYTES_PER_SECOND = 200_000


class Options(NamedTuple):
    """How a run goes about its work; none of these changes what it writes."""

    workers: int = 1
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    add: bool = False  # keep the inputs of earlier runs
    prune: bool = False  # forget inputs that are not named any more
    progress: str = "none"
    settled: float = 0.0  # seconds since its last change from which a file is taken for complete


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did."""

    summary: dict[str, Any]  # as in run.json
    new: int  # documents worked on
    reused: int  # documents taken from earlier runs
    written: bool  # False: the output was up to date
    notes: tuple[str, ...]  # for the user's eyes
    faults: int = 0  # searches for pairs or terms that failed

    @property
    def failed(self) -> int:
        """Inputs that could not be read, decoded or processed; a file without an article is none."""
        rejected: dict[str, int] = self.summary["rejected_by_rule"]
        return self.faults + sum(count for rule, count in rejected.items() if is_failure(rule))


# Rejections that say there was nothing to find, of stages whose others say that something could not be done.
_NO_FAILURE = (
    "decode.empty",
    "containers.empty",
    "containers.http-status",
    "containers.not-text",
    "containers.no-field",
)


def is_failure(rule: str) -> bool:
    """Whether a rejection says that the program could not do its work, rather than that there was nothing to find."""
    return rule.partition(".")[0] in ("batch", "containers", "decode") and rule not in _NO_FAILURE


def run(
    inputs: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    config: Config | None = None,
    options: Options = Options(),  # noqa: B008 (immutable)
) -> Report:
    """Clean every file of ``inputs`` (folders, files, globs) into the folder ``output``.

    Raises ``UsageError`` for a wrong call, ``OSError`` for a full disk. Files that cannot be read or hold no article
    are rows in ``rejected``. The bytes written depend on inputs and ``config`` only, not on ``options``, earlier runs
    or the clock.
    """
    if isinstance(inputs, str | bytes | os.PathLike):
        raise TypeError(
            f"run() takes a list of inputs, not {type(inputs).__name__}; for one folder: run([folder], output)"
        )
    config = config or Config()
    folder = Path(output)
    named = name_inputs([os.fspath(item) for item in inputs])
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; the output is a folder")
    if any(os.path.realpath(item.path) == os.path.realpath(folder) for item in named):
        raise UsageError(f"{folder} is an input; the output is another folder (it may lie inside the input)")
    with full_disk_told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with closing(State(folder)) as state:
            named = _remembered(state, folder, named, options)
            return _run(state, folder, named, config, options)


def plan(
    inputs: Sequence[str], output: str | os.PathLike[str], config: Config, options: Options
) -> Iterator[tuple[str, str, str]]:
    """What ``run`` would do with each file: (source, "new" | "changed" | "cached" | "refused" | "gone", why).

    Writes nothing, and reads no more of a file than its first bytes.
    """
    folder = Path(output)
    named = name_inputs(inputs)
    known: dict[str, str] = {}
    basis = True
    if is_current(folder):
        with closing(State(folder)) as state:
            named = _remembered(state, folder, named, options)
            known = dict(state.db.execute("select source, stat from file"))
            basis = state.meta("basis") == _basis(config)
    for found in find_files(named, folder, options.include, options.exclude):
        before = known.pop(found.source, None)
        if why := refusal(found.path, found.source, config):
            yield found.source, "refused", why
        elif before is None:
            yield found.source, "new", "it was not in the last run"
        elif before != _stat(found.path):
            yield found.source, "changed", "its size or time is not that of the last run"
        elif not basis:
            yield found.source, "changed", "the options or the program are not those of the last run"
        else:
            yield found.source, "cached", "it is as it was in the last run"
    yield from ((source, "gone", "it was in the last run") for source in sorted(known))


def _basis(config: Config) -> str:
    """What all results depend on besides their bytes."""
    return f"{config.digest()} {program_digest()}"


def _remembered(state: State, folder: Path, named: list[Input], options: Options) -> list[Input]:
    """The inputs of this run, given those the output holds; raises if some would be dropped unasked."""
    before = {item.path: item.name for item in state.inputs()} or _named_in_records(folder)
    missing = (
        sorted(set(before) - {item.path for item in named})
        if state.inputs()
        else sorted(set(before.values()) - {item.name for item in named})
    )
    if not missing or options.prune:
        return named
    if not options.add:
        raise UsageError(
            f"{folder} holds records of {', '.join(missing)}, which this run does not name; "
            "--add keeps them beside the new ones, --prune drops them"
        )
    return name_inputs([*(item.path for item in named), *before])


def _named_in_records(folder: Path) -> dict[str, str]:
    """Inputs an output without state says it holds (a fresh clone of a repository with its output, say)."""
    try:
        names = json.loads((folder / "run.json").read_bytes())["input_names"]
    except (OSError, ValueError, KeyError):
        return {}
    return {name: name for name in names}


def _run(state: State, folder: Path, named: list[Input], config: Config, options: Options) -> Report:
    notes = ["the state of an older version was rebuilt"] if state.rebuilt else []
    progress = Progress(options.progress)
    basis = _basis(config)
    if state.meta("basis") != basis:
        # Keys of results hold options and program, so every file is scanned again for its new keys.
        state.db.execute("update file set stat = ''")
        state.set_meta(basis=basis)
    model = _model_stat(config.encoder)
    if state.meta("model") != model:
        state.forget_pairs()
        state.set_meta(model=model, content="")
    setup = partial(_set_up, config, str(state.path))
    with Pool(_do, setup, options.workers, partial(_seconds, config), _PORTION) as pool:
        _scan(state, folder, named, options, pool, progress)
        state.set_inputs(named)
        new = _clean(state, pool, progress)
    total = state.db.execute("select count(*) from member where key <> ''").fetchone()[0]
    settle(state.db, config)
    set_up = partial(_set_up_bilingual, str(state.path), config.encoder)
    with Pool(_do_bilingual, set_up, options.workers, _bilingual_seconds, _PORTION) as pool:
        faults = bilingual.search(state.db, pool.outcomes)
    notes += [f"no pairs or terms from {fault}" for fault in faults]
    summary, written = _write(state, folder, _selection(named, options), config, whole=not faults)
    return Report(summary, new, max(0, total - new), written, tuple(notes), len(faults))


def _model_stat(encoder: str) -> str:
    """Sizes and times of the files of a model folder, which may change under its name; "" for no folder."""
    folder = Path(encoder)
    if not encoder or not folder.is_dir():
        return ""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return " ".join(f"{path.relative_to(folder)} {_stat(os.fsencode(path))}" for path in files)


def _scan(state: State, folder: Path, named: list[Input], options: Options, pool: Pool, progress: Progress) -> None:
    """Bring the tables of files and members up to date."""
    db = state.db
    run = int(state.meta("run") or 0) + 1
    db.execute("begin")
    for found in find_files(named, folder, options.include, options.exclude):
        if options.settled and not _is_settled(found.path, options.settled):
            state.see_again(found.source, run)
            continue
        state.see(found, _stat(found.path), run)
    state.forget_unseen(run)
    state.set_meta(run=str(run))
    db.execute("commit")
    count = db.execute("select count(*) from file where stat = ''").fetchone()[0]
    progress.begin("scanning", count)
    rows = _pages(db, "select source, path from file where stat = '' and source > ? order by source limit 1000")
    begun = set()
    for outcome in _committed(db, pool.outcomes(Scan(source, path) for source, path in rows)):
        source = outcome.task.source
        if source not in begun:
            begun.add(source)
            state.forget_members(source)
        members = [result for result in outcome.results if isinstance(result, Member)]
        for stat in outcome.results[len(members) :]:
            state.set_stat(source, stat)
        if outcome.failure:
            # What was listed before the fault is tried for itself; the file stands for the rest.
            members.append(failed_file(source, f"batch.{outcome.failure}", _FAILURES[outcome.failure]))
        state.add_members(members)
        progress.step(sum(member.size for member in members), files=int(outcome.done))
        if outcome.done:
            begun.discard(source)
    progress.end()
    for outcome in _committed(db, pool.outcomes([Count()])):
        for source, levels in (pair for portion in outcome.results for pair in portion):
            state.set_levels(source, levels)


def _clean(state: State, pool: Pool, progress: Progress) -> int:
    """Bring the table of results up to date; how many documents were worked on."""
    db = state.db
    db.execute(f"delete from result where rejected in ({', '.join('?' * len(_PASSING))})", _PASSING)
    done = 0
    missing = "select distinct file from member where key <> '' and key not in (select key from result)"
    while count := db.execute(f"select count(*) from ({missing})").fetchone()[0]:
        progress.begin("cleaning", count)
        # One file for each missing key, so that equal bytes are worked on once.
        db.execute("drop table if exists temp.todo")
        db.execute(
            "create temp table todo as select distinct file.source as source, path from "
            "(select min(source) as source from member where key <> '' and key not in (select key from result) "
            "group by key) as lacking join member using (source) join file on file.source = member.file"
        )
        rows = _pages(db, "select source, path from todo where source > ? order by source limit 1000")
        for outcome in _committed(db, pool.outcomes(Clean(source, path) for source, path in rows)):
            for result in outcome.results:
                state.add_result(result)
            done += len(outcome.results)
            if outcome.failure or not outcome.results:
                _blame(state, outcome)
            rejected = sum(bool(result.rejected) for result in outcome.results)
            progress.step(_size(outcome.task.path) if outcome.done else 0, files=int(outcome.done), rejected=rejected)
        progress.end()
    return done


def _committed(db: sqlite3.Connection, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """The outcomes; what the caller writes of them is committed every few hundred results."""
    results = 0
    db.execute("begin")
    for outcome in outcomes:
        yield outcome
        results += len(outcome.results)
        if results >= _COMMIT_EVERY:
            results = 0
            db.execute("commit")
            db.execute("begin")
    db.execute("commit")


def _blame(state: State, outcome: Outcome) -> None:
    """Make the failure of a task the result of its first document that has none; the rest is tried again."""
    row = state.db.execute(
        "select key, id from member where file = ? and key <> '' and key not in (select key from result) "
        "order by n limit 1",
        (outcome.task.source,),
    ).fetchone()
    if row is None:
        return
    key, id = row
    if outcome.failure:
        state.add_result(failed_result(key, id, f"batch.{outcome.failure}", _FAILURES[outcome.failure]))
    else:
        state.add_result(failed_result(key, id, "batch.changed", "the file changed between two readings"))


def _seconds(config: Config, task: Scan | Clean | Count) -> float:
    """The time limit of a task: that of its next document."""
    if isinstance(task, Count):
        return _PAIRING_SECONDS
    try:
        return config.max_seconds + os.stat(task.path).st_size / _BYTES_PER_SECOND
    except OSError:
        return config.max_seconds


_worker: Worker | None = None  # of this process


def _set_up(config: Config, state: str) -> None:
    global _worker
    # Documents are many small tuples in no cycles: looking for garbage less often saves a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    _worker = Worker(config, state)
    limit_memory(config)


def _do(task: Scan | Clean | Count) -> Iterator[Any]:
    assert _worker is not None
    return _worker(task)


_pairer: bilingual_work.Worker | None = None  # of this process


def _set_up_bilingual(state: str, encoder: str) -> None:
    global _pairer
    _pairer = bilingual_work.Worker(state, encoder)


def _do_bilingual(task: bilingual_work.Task) -> Iterator[Any]:
    assert _pairer is not None
    return _pairer(task)


def _bilingual_seconds(task: bilingual_work.Task) -> float:
    return _PAIRING_SECONDS


def _pages(db: Any, query: str) -> Iterator[tuple[str, bytes]]:
    """Rows of a query by source, fetched in pages so that the table may be written meanwhile."""
    after = ""
    while rows := db.execute(query, (after,)).fetchall():
        yield from rows
        after = rows[-1][0]


def _is_settled(path: bytes, seconds: float) -> bool:
    try:
        return time.time() - os.stat(path).st_mtime >= seconds
    except OSError:
        return True


def _size(path: bytes) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _stat(path: bytes) -> str:
    try:
        return stat_text(path)
    except OSError:
        return ""


def _selection(named: list[Input], options: Options) -> dict[str, list[str]]:
    """Which files the run was given, as ``run.json`` has it: `verify` looks for a row of each."""
    names = [item.name for item in named]
    return {"input_names": names, "include": list(options.include), "exclude": list(options.exclude)}


def _write(
    state: State, folder: Path, selection: dict[str, list[str]], config: Config, whole: bool
) -> tuple[dict[str, Any], bool]:
    """Settle and write the output, unless it stands already as it would be written."""
    from pipeline.batch.output import output_digest, write_output

    content = _content_digest(state, config, selection)
    if state.meta("content") == content and state.meta("files") == output_digest(folder):
        return json.loads(state.meta("summary")), False
    bilingual.collect(state.db, config.min_score)
    summary = write_output(state.db, folder, config, selection)
    state.drop_unused()
    # An output that lacks something for a fault is not taken for up to date.
    state.set_meta(
        content=content if whole else "", files=output_digest(folder), summary=json.dumps(summary, ensure_ascii=False)
    )
    return summary, True


def _content_digest(state: State, config: Config, selection: dict[str, list[str]]) -> str:
    import hashlib

    digest = hashlib.sha256(f"{config.digest()} {program_digest()} {selection}".encode())
    for row in state.db.execute(
        "select outcome.source, outcome.key, outcome.rule, duplicate_of, near, member.reason "
        "from outcome join member using (source) order by outcome.source"
    ):
        digest.update(repr(row).encode())
    return digest.hexdigest()
