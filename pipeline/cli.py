"""The command ``qingwen``. Data on standard output, everything else on standard error.

Exit codes: 0 fine; 1 findings (``check``, ``verify``, a file that ``clean`` or ``align`` cannot use); 2 wrong usage;
3 done, but some files could not be read, decoded or processed; 130 interrupted, resumable. Modules that do the work
are imported by the command that needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys

TYPE_CHECKING = False  # as typing has it, whose import would be a third of the time of --help
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from pipeline.batch.run import Report
    from pipeline.config import Config
    from pipeline.document import Document

FORMATS = ("txt", "markdown", "parquet", "tmx", "moses", "tsv", "hf")
# Seconds without a change before a watched file counts as complete, and between two looks.
_SETTLED = 2.0
# Rejections of files that hold nothing: to `align`, a side without sentences.
_NO_TEXT = ("decode.empty", "read.no-text")
_ENCODER = "local folder of a sentence-transformers model for sentence pairs, or: dictionary"


class _Parser(argparse.ArgumentParser):
    """A parser whose errors name the nearest right option."""

    _words: Sequence[str] = ()  # what is being parsed

    def error(self, message: str) -> NoReturn:
        hint = ""
        if "unrecognized arguments" in message:
            hint = self._right(next((word for word in message.split() if word.startswith("-")), ""))
        elif "arguments are required" in message:
            # A required option that is mistyped is missing, and argparse says no more than that.
            wrong = next((word for word in self._words if self._is_unknown(word)), "")
            hint = f"; there is no {wrong.partition('=')[0]}{self._right(wrong)}" if wrong else ""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {message}{hint}\n")

    def _is_unknown(self, word: str) -> bool:
        """Whether a word of the command line is an option that this parser does not have."""
        if len(word) < 2 or word[0] != "-" or word[1].isdigit() or word == "--":
            return False
        known = self._option_string_actions
        with_value = not word.startswith("--") and word[:2] in known  # -oOUTPUT
        return word.partition("=")[0] not in known and not with_value

    def _right(self, wrong: str) -> str:
        """The option that was meant, for the end of a message; it may have been called by the name of its value."""
        from pipeline.config import nearest

        name = wrong.partition("=")[0]
        for action in self._actions:
            if action.required and action.option_strings and name == f"--{action.metavar}".lower():
                return f"; did you mean {action.option_strings[-1]!r}?"
        return nearest(name, tuple(self._option_string_actions)) if name else ""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self._words = sys.argv[1:] if args is None else list(args)
        return super().parse_known_args(args, namespace)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        parsed, extra = self.parse_known_args(args, namespace)
        if extra:
            parsed.parser.error(f"unrecognized arguments: {' '.join(extra)}")
        return parsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = _build_parser()
    options = parser.parse_args(arguments)
    if not hasattr(options, "command"):
        parser.print_help()
        return 0
    try:
        return int(options.command(options))
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where it stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read standard output has had enough (head, say).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ValueError as error:
        if type(error).__name__ not in ("UsageError", "ConfigError", "CaseError", "ExportError"):
            raise
        print(f"qingwen: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        name = f" {error.filename!r}" if error.filename else ""
        print(f"qingwen: {error.strerror or error}{name}", file=sys.stderr)
        return 2 if isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError) else 3


def _build_parser() -> _Parser:
    from pipeline import __version__

    parser = _Parser(
        prog="qingwen",
        description="Clean, traceable, aligned text from scraped Chinese and English files.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"qingwen {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    _add_run(commands)
    _add_clean(commands)
    _add_explain(commands)
    _add_align(commands)
    _add_export(commands)
    _add_rules(commands)
    _add_verify(commands)
    _add_check(commands)
    return parser


def _command(commands: Any, name: str, command: Any, text: str) -> _Parser:
    parser: _Parser = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
    parser.set_defaults(command=command, parser=parser)
    return parser


def _add_options(parser: _Parser) -> None:
    """Options that change what a document becomes."""
    parser.add_argument("--config", metavar="FILE", help="options from FILE instead of ./qingwen.toml")
    preset = parser.add_mutually_exclusive_group()
    preset.add_argument("--precision", action="store_const", const="precision", dest="preset", help="drop the doubtful")
    preset.add_argument("--recall", action="store_const", const="recall", dest="preset", help="keep the doubtful")
    parser.add_argument("--keep", action="append", metavar="ROLE", help="keep lines of this role (comment, …)")
    parser.add_argument("--drop", action="append", metavar="ROLE", help="drop lines of this role (caption, …)")
    parser.add_argument("--repair", choices=("off", "safe", "full"), help="how much to repair (default: safe)")


# --- run ---------------------------------------------------------------------------------------------------------


def _add_run(commands: Any) -> None:
    parser = _command(commands, "run", _run, "Clean folders of files into an output folder; only new work is done.")
    parser.add_argument("inputs", nargs="*", metavar="INPUT", help="folders, files, globs, or - for paths on stdin")
    parser.add_argument("-o", "--output", required=True, metavar="OUTPUT", help="folder for the records")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: 1)")
    _add_options(parser)
    parser.add_argument("--near-duplicates", choices=("mark", "drop"), help="default: mark")
    parser.add_argument("--min-score", type=float, metavar="X", help="pairs below this score are not written")
    parser.add_argument("--encoder", metavar="FOLDER", help=_ENCODER)
    parser.add_argument("--include", action="append", default=[], metavar="GLOB", help="only files that match")
    parser.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="no files that match")
    parser.add_argument("--dry-run", action="store_true", help="list what would be done with each file and why")
    parser.add_argument("--progress", choices=("auto", "plain", "json", "none"), default="auto")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--add", action="store_true", help="keep the inputs of earlier runs beside these")
    kept.add_argument("--prune", action="store_true", help="drop records of inputs not named now")
    parser.add_argument("--watch", action="store_true", help="go on, and take up files as they land")


def _run(options: argparse.Namespace) -> int:
    from pipeline.batch.run import Options, plan, run

    if options.workers < 1:
        options.parser.error(f"--workers {options.workers}: at least one process is needed")
    inputs = _inputs(options)
    how = Options(
        workers=options.workers,
        include=options.include,
        exclude=options.exclude,
        add=options.add,
        prune=options.prune,
        progress=options.progress,
    )
    config = _config(options)
    if options.dry_run:
        for source, state, why in plan(inputs, options.output, config, how):
            print(f"{state}\t{source}\t{why}")
        return 0
    if options.watch:
        return _watch(inputs, options.output, config, how)
    report = run(inputs, options.output, config, how)
    _tell(report, options.output)
    return 3 if report.failed else 0


def _inputs(options: argparse.Namespace) -> list[str]:
    inputs: list[str] = []
    for item in options.inputs:
        inputs += _paths(sys.stdin.buffer.read()) if item == "-" else [item]
    if not inputs:
        options.parser.error("no input named; for example: qingwen run seeds -o output")
    return inputs


def _paths(data: bytes) -> list[str]:
    """Paths, one a line. Only a line feed ends a line: names may hold any other character, and bytes that are none."""
    return [line for line in os.fsdecode(data.replace(b"\r\n", b"\n")).split("\n") if line.strip()]


def _watch(inputs: list[str], output: str, config: Config, how: Any) -> int:
    import time

    from pipeline.batch.run import run

    print(f"watching {', '.join(inputs)}; Ctrl-C ends it", file=sys.stderr)
    how = how._replace(settled=_SETTLED)
    while True:
        report = run(inputs, output, config, how)
        if report.written:
            _tell(report, output)
        how = how._replace(add=False, prune=False) if how.prune else how
        time.sleep(_SETTLED)


def _tell(report: Report, output: str) -> None:
    """The closing summary, on standard error."""
    summary = report.summary
    lines = [*report.notes]
    state = "written" if report.written else "up to date"
    lines.append(
        f"{output}: {state}. {summary['inputs']} inputs = {summary['documents']} documents + "
        f"{summary['rejected']} rejected ({report.new} worked on, {report.reused} reused)"
    )
    for title, key in (
        ("languages", "languages"),
        ("lines removed", "lines_removed_by_role"),
        ("rejected", "rejected_by_rule"),
    ):
        if summary[key]:
            lines.append(f"  {title:14}" + ", ".join(f"{name} {count}" for name, count in summary[key].items()))
    lines.append(f"  {'bilingual':14}{summary['pairs']} sentence pairs, {summary['terms']} terms")
    print("\n".join(lines), file=sys.stderr)


# --- one document ------------------------------------------------------------------------------------------------


def _add_clean(commands: Any) -> None:
    parser = _command(commands, "clean", _clean, "Clean one document; its text goes to standard output.")
    parser.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="the record instead of the text")
    _add_options(parser)


def _clean(options: argparse.Namespace) -> int:
    config = _config(options)
    data, doc = _one_document(options.file, config)
    if doc.rejected:
        print(f"qingwen: {options.file}: {doc.rejected.rule}: {doc.rejected.reason}", file=sys.stderr)
        return 1
    if options.json:
        import orjson

        from pipeline.records.write import document_row

        sys.stdout.buffer.write(orjson.dumps(document_row(doc, data, config.digest())) + b"\n")
    else:
        sys.stdout.buffer.write(doc.text.encode() + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _add_explain(commands: Any) -> None:
    parser = _command(commands, "explain", _explain, "Show one document with every removal and edit marked.")
    parser.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    _add_options(parser)


def _explain(options: argparse.Namespace) -> int:
    from pipeline.records.explain import explain

    config = _config(options)
    _, doc = _one_document(options.file, config)
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    sys.stdout.buffer.write(explain(doc, color, config.reasons()).encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _one_document(path: str, config: Config) -> tuple[bytes, Document]:
    """The bytes and the clean document of a file that holds one."""
    from pipeline.batch.containers import members
    from pipeline.batch.discover import UsageError, display
    from pipeline.stages import clean

    if path == "-":
        data, name = sys.stdin.buffer.read(), "-"
    else:
        with open(path, "rb") as file:
            data, name = file.read(), display(os.path.basename(path))
    contents = members(data, name, config)
    first = next(contents)
    if next(contents, None) is not None:
        raise UsageError(f"{path} holds many documents; write them with: qingwen run {path} -o output")
    if first.data is None:
        from pipeline.document import Document

        return b"", Document.from_source(first.name, "").reject(first.rule, first.reason)
    hints = first.hints()
    declared, html = hints.pop("declared"), bool(hints.pop("html"))
    return first.data, clean(first.data, first.name, config, declared=declared, html=html, metadata=hints)


# --- bilingual ---------------------------------------------------------------------------------------------------


def _add_align(commands: Any) -> None:
    parser = _command(commands, "align", _align, "Align a Chinese and an English text; beads as JSONL.")
    parser.add_argument("zh", metavar="ZH", help="Chinese file")
    parser.add_argument("en", metavar="EN", help="English file")
    parser.add_argument("--lines", action="store_true", help="one segment a line; indexes are line numbers from 0")
    parser.add_argument("--config", metavar="FILE", help="options from FILE instead of ./qingwen.toml")
    parser.add_argument("--encoder", metavar="FOLDER", help=_ENCODER)


def _align(options: argparse.Namespace) -> int:
    import orjson

    from pipeline.alignment import align
    from pipeline.alignment.encoder import load

    config = _config(options)
    encoder = load(config.encoder)
    texts = [_readable(path, options.lines, config) for path in (options.zh, options.en)]
    faults = [(doc.name, doc.rejected) for doc in texts if doc.rejected and doc.rejected.rule not in _NO_TEXT]
    for name, fault in faults:
        print(f"qingwen: {name}: {fault.rule}: {fault.reason}", file=sys.stderr)
    if faults:
        return 1
    zh, en = (_segments(doc, options.lines) for doc in texts)
    for bead in align(zh, en, encoder=encoder):
        row = {
            "zh": list(bead.zh),
            "en": list(bead.en),
            "score": round(float(bead.score), 4),
            "zh_text": "".join(zh[index] for index in bead.zh),
            "en_text": " ".join(en[index] for index in bead.en),
        }
        sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
    return 0


def _readable(path: str, lines: bool, config: Config) -> Document:
    """The text of a file as it stands, for ``--lines``, or as it shows."""
    from pipeline.stages import readable
    from pipeline.stages.decode import decode

    with open(path, "rb") as file:
        return decode(file.read(), path) if lines else readable(file.read(), path, config)


def _segments(doc: Document, lines: bool) -> list[str]:
    """The lines of a text, or its sentences."""
    if lines:
        text = doc.text.removeprefix("\ufeff").replace("\r\n", "\n")
        return (text[:-1] if text.endswith("\n") else text).split("\n") if text else []
    from pipeline.stages.segment import segment

    return [doc.text[part.start : part.end] for part in segment(doc).segments]


def _add_export(commands: Any) -> None:
    parser = _command(commands, "export", _export, "Write an output in another format.")
    parser.add_argument("output", metavar="OUTPUT", help="the output folder of a run")
    parser.add_argument("--to", required=True, choices=FORMATS, metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument(
        "-d",
        "--destination",
        metavar="PATH",
        help="folder or file (default: OUTPUT/export/FORMAT, standard output for tmx and tsv)",
    )
    parser.add_argument("--min-score", type=float, default=0.0, metavar="X", help="leave out pairs below this score")


def _export(options: argparse.Namespace) -> int:
    from pathlib import Path

    from pipeline.records.export import export

    destination = Path(options.destination) if options.destination else None
    for path in export(Path(options.output), options.to, destination, options.min_score):
        print(path)
    return 0


# --- rules, verify, check ----------------------------------------------------------------------------------------


def _add_rules(commands: Any) -> None:
    parser = _command(commands, "rules", _rules, "List the rules; with an ID, one rule with its examples.")
    parser.add_argument("id", nargs="?", metavar="ID", help="a rule id such as strip.icp, or a stage")
    parser.add_argument("--config", metavar="FILE", help="rules of your own from FILE instead of ./qingwen.toml")


def _rules(options: argparse.Namespace) -> int:
    from pipeline.rules import Rule, all_rules

    rules = all_rules()
    rules |= {id: Rule(id, reason) for id, reason in _config(options).reasons().items()}
    if options.id in rules:
        rule = rules[options.id]
        print(f"{rule.id}\n  {rule.reason}")
        for title, texts in (("acts on", rule.examples), ("leaves alone", rule.near_misses)):
            for text in texts:
                print(f"  {title + ':':14}{text}")
        return 0
    chosen = [rule for rule in rules.values() if not options.id or rule.id.startswith(f"{options.id}.")]
    if not chosen:
        from difflib import get_close_matches

        names = {*rules, *(id.partition(".")[0] for id in rules)}
        near = ", ".join(get_close_matches(options.id, sorted(names), n=4, cutoff=0.0))
        print(f"qingwen: no rule or stage {options.id!r}; nearest are: {near}", file=sys.stderr)
        return 2
    width = max(len(rule.id) for rule in chosen)
    for rule in chosen:
        print(f"{rule.id:{width}}  {rule.reason}")
    return 0


def _add_verify(commands: Any) -> None:
    parser = _command(commands, "verify", _verify, "Check an output against its inputs: every law, every byte.")
    parser.add_argument("output", metavar="OUTPUT", help="the output folder of a run")
    parser.add_argument("--inputs", nargs="+", required=True, metavar="DIR", help="the inputs of that run")


def _verify(options: argparse.Namespace) -> int:
    from pathlib import Path

    from pipeline.records.verify import verify

    offences = verify(Path(options.output), [Path(path) for path in options.inputs])
    for offence in offences:
        print(offence)
    print(f"{options.output}: {'offences found' if offences else 'all laws hold'}", file=sys.stderr)
    return 1 if offences else 0


def _add_check(commands: Any) -> None:
    parser = _command(commands, "check", _check, "Run regression cases: TOML files with keep and remove phrases.")
    parser.add_argument("cases", metavar="CASES", help="a case file, or a folder of them")
    _add_options(parser)


def _check(options: argparse.Namespace) -> int:
    from functools import partial
    from pathlib import Path

    from pipeline.cases import check
    from pipeline.stages import clean

    results = check(Path(options.cases), partial(clean, config=_config(options)))
    for result in results:
        print(result)
    failed = sum(not result.passed for result in results)
    print(f"{len(results) - failed} of {len(results)} cases pass", file=sys.stderr)
    return 1 if failed else 0


# --- options -----------------------------------------------------------------------------------------------------


def _config(options: argparse.Namespace) -> Config:
    """Options of the configuration file, then those of the command line."""
    from pipeline.config import from_mapping

    values = _config_file(getattr(options, "config", None))
    for key in ("preset", "repair", "near_duplicates", "min_score", "encoder"):
        if getattr(options, key, None) is not None:
            values[key] = getattr(options, key)
    for key in ("keep", "drop"):
        before = values.get(key, [])
        if getattr(options, key, None) and isinstance(before, list):  # what is no list from_mapping refuses
            values[key] = [*before, *getattr(options, key)]
    return from_mapping(values)


def _config_file(path: str | None) -> dict[str, Any]:
    import tomllib

    from pipeline.config import ConfigError

    names = [path] if path else ["qingwen.toml", "pyproject.toml"]
    for name in names:
        if path is None and not os.path.exists(name):
            continue
        try:
            with open(name, "rb") as file:
                values: Any = tomllib.loads(file.read().decode("utf-8-sig"))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{name} is no TOML: {error}") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{name} is not UTF-8, as TOML must be: {error}") from error
        if os.path.basename(name) == "pyproject.toml":
            for key in ("tool", "qingwen"):
                values = values.get(key, {})
                if not isinstance(values, dict):
                    raise ConfigError(f"{name}: {key} = {values!r} must be a table, as in [tool.qingwen]")
        if values or path:
            return dict(values)
    return {}


if __name__ == "__main__":
    raise SystemExit(main())
