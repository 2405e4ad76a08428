"""An output in the formats of other tools: texts, Parquet, translation memories, a Hugging Face data set.

Everything is read from the JSONL of the output, row by row, and appears under its final name only when it is whole.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from pipeline.config import check_score, nearest
from pipeline.records import schema
from pipeline.records.files import Parts

Row = dict[str, Any]

# Longest name of a file or folder, in bytes: what common file systems hold, less room for ".part" and an ending.
_LONGEST_NAME = 240
# Characters that no file name on Windows may have, controls, and blanks or dots at the end of a name.
_UNSAFE = re.compile(r'[<>:"\\|?*\x00-\x1f\x7f]|[. ]+$')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
# What would be markup in Markdown: anywhere, and at the start of a line.
_MARKUP = re.compile(r"[\\`*_<\[\]]")
_LINE_MARKUP = re.compile(r"^(?:#{1,6}(?=\s|$)|>|[-+](?=\s|$)|=+$|-+$|~~~)")
_NUMBERED = re.compile(r"^\d{1,9}(?=[.)](?:\s|$))")
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
# Files written before they get their final names.
_BATCH = 1_000


class ExportError(ValueError):
    """An export that cannot be made as asked for; the message says what would be right."""


def export(output: Path, to: str, destination: Path | None, min_score: float = 0.0) -> list[Path]:
    """Write ``output`` in the format ``to``; the paths written.

    ``destination`` is a folder; for ``tmx`` and ``tsv`` a file; for ``moses`` a folder that exists, or a file name to
    which ``.zh`` and ``.en`` are added. Without one, ``tmx`` and ``tsv`` go to standard output and all others to
    ``OUTPUT/export/FORMAT``, which then holds this export and nothing else. Pairs below ``min_score`` are left out.
    Raises ``ExportError`` for an unknown format, for what is no output, and for a missing library, ``ConfigError`` for
    an impossible ``min_score``.
    """
    check_score("min_score", min_score)
    if to not in _FORMATS:
        raise ExportError(f"unknown format {to!r}{nearest(to, tuple(_FORMATS))}")
    if not (output / "run.json").is_file():
        raise ExportError(f"{str(output)!r} is no output of a run: it has no run.json")
    if to in _STREAMS:
        content = _STREAMS[to](output, min_score)
        if destination is None:
            for text in content:
                sys.stdout.buffer.write(text.encode())
            sys.stdout.buffer.flush()
            return []
        path = destination / f"pairs.{to}" if destination.is_dir() else destination
        return _write({path: (text.encode() for text in content)})
    if destination is None:
        own = output / "export" / to
        written = _FOLDERS[to](output, own, min_score)
        _sweep(own, written)
        return written
    if to != "moses" and destination.is_file():
        raise ExportError(f"{str(destination)!r} is a file; {to} is written to a folder")
    return _FOLDERS[to](output, destination, min_score)


def rows(output: Path, table: str) -> Iterator[tuple[Row, int]]:
    """The rows of a table in order, each with its length as JSON in bytes."""
    single = output / f"{table}.jsonl"
    for path in [single] if single.is_file() else sorted((output / table).glob("*.jsonl")):
        with path.open("rb") as file:
            for line in file:
                yield orjson.loads(line), len(line)


def safe_name(source: str, ending: str, id: str) -> str:
    """A relative path for the document from ``source`` that any file system holds, ending in ``ending``.

    Characters that some system forbids become ``_``, over-long names are cut; then ``id`` keeps the name apart.
    """
    parts = []
    changed = False
    for part in source.split("/"):
        clean = _UNSAFE.sub("_", part) or "_"
        if _RESERVED.match(clean) or clean in (".", ".."):
            clean = f"_{clean}"
        if len(clean.encode()) > _LONGEST_NAME - len(ending) - len(id):
            clean = clean.encode()[: _LONGEST_NAME - len(ending) - len(id) - 1].decode("utf-8", "ignore")
        changed = changed or clean != part
        parts.append(clean)
    name = "/".join(parts).removesuffix(ending)
    return f"{name}-{id}{ending}" if changed else f"{name}{ending}"


def markdown(row: Mapping[str, Any]) -> str:
    """A document as Markdown: what is known of it as front matter, headings as headings, a paragraph a line."""
    known = {key: row[key] for key in ("title", "author", "published", "url", "source", "lang") if row[key]}
    # A JSON string is a YAML string.
    front = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in known.items())
    roles = {segment["start"]: segment["role"] for segment in row["segments"]}
    lines, at = [], 0
    for line in row["text"].split("\n"):
        start = at + len(line) - len(line.lstrip())
        if line.strip():
            mark = {"title": "# ", "heading": "## "}.get(roles.get(start, ""), "")
            lines.append(mark + _plain_markdown(line.strip()))
        at += len(line) + 1
    return f"---\n{front}---\n\n" + "\n\n".join(lines) + "\n"


def _plain_markdown(line: str) -> str:
    line = _LINE_MARKUP.sub(r"\\\g<0>", _MARKUP.sub(r"\\\g<0>", line))
    return _NUMBERED.sub(r"\g<0>\\", line)


def _sweep(folder: Path, written: Iterable[Path]) -> None:
    """Remove what an earlier export left in the output's own folder, documents that are gone since, say."""
    keep = set(written)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in keep:
            path.unlink()


def _write(files: Mapping[Path, Iterable[bytes]]) -> list[Path]:
    with Parts() as parts:
        for path, chunks in files.items():
            parts.write(path, chunks)
        parts.commit()
    return list(files)


def _texts(output: Path, folder: Path, ending: str, content: Callable[[Row], str]) -> list[Path]:
    """One file a document, named like its source."""
    taken: set[str] = set()  # lower case: some file systems know no other
    written: list[Path] = []
    batch: dict[Path, Iterable[bytes]] = {}
    for row, _ in rows(output, "documents"):
        name = safe_name(row["source"], ending, row["id"])
        folders = name.lower().split("/")[:-1]
        above = {"/".join(folders[: depth + 1]) for depth in range(len(folders))}
        if name.lower() in taken or f"{name.lower()}/" in taken or above & taken:
            name = f"{name.replace('/', '_').removesuffix(ending)}-{row['id']}{ending}"
            above = set()
        taken |= {name.lower(), *(f"{path}/" for path in above)}
        batch[folder / name] = (content(row).encode(),)
        if len(batch) == _BATCH:
            written += _write(batch)
            batch = {}
    return written + _write(batch)


def _txt(output: Path, folder: Path, min_score: float) -> list[Path]:
    return _texts(output, folder, ".txt", lambda row: f"{row['text']}\n")


def _markdown(output: Path, folder: Path, min_score: float) -> list[Path]:
    return _texts(output, folder, ".md", markdown)


def _pairs(output: Path, min_score: float) -> Iterator[tuple[Row, int]]:
    return ((row, size) for row, size in rows(output, "pairs") if row["score"] >= min_score)


def _tables(output: Path, min_score: float) -> Iterator[tuple[str, Iterator[tuple[Row, int]]]]:
    """Every table that has rows, with its rows."""
    for table in ("documents", "changes", "rejected", "sentences", "pairs", "terms"):
        for _ in _table(output, table, min_score):
            yield table, _table(output, table, min_score)
            break


def _table(output: Path, table: str, min_score: float) -> Iterator[tuple[Row, int]]:
    return _pairs(output, min_score) if table == "pairs" else rows(output, table)


def _parquet(output: Path, folder: Path, min_score: float) -> list[Path]:
    if not _has_pyarrow():
        raise ExportError("parquet needs the library pyarrow: pip install 'qingwen[interop]'")
    return _write(_parquet_files(output, folder, min_score))


def _parquet_files(output: Path, folder: Path, min_score: float) -> dict[Path, Iterable[bytes]]:
    from pipeline.records.parquet import parquet

    return {
        folder / f"{table}.parquet": parquet(schema.load(table), content)
        for table, content in _tables(output, min_score)
    }


def _has_pyarrow() -> bool:
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def _hf(output: Path, folder: Path, min_score: float) -> list[Path]:
    """A folder for ``datasets.load_dataset``: a file a table, and a card that makes a configuration of each.

    Parquet where ``pyarrow`` is installed, as it is beside ``datasets``: of JSON, ``datasets`` guesses the types from
    the first 10 MB, and a column ``published`` that is never empty there becomes one of timestamps.
    """
    if _has_pyarrow():
        files = _parquet_files(output, folder, min_score)
    else:
        files = {
            folder / f"{table}.jsonl": (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row, _ in content)
            for table, content in _tables(output, min_score)
        }
    card = ["---", "configs:"]
    for path in files:
        card += [f"- config_name: {path.stem}", f"  data_files: {path.name}"]
        card += ["  default: true"] if path.stem == "documents" else []
    title = "# Clean documents and what was done to them\n\nWritten by qingwen; one configuration a table.\n"
    return _write({**files, folder / "README.md": ("\n".join([*card, "---", "", title]).encode(),)})


def _moses(output: Path, destination: Path, min_score: float) -> list[Path]:
    """Two files whose lines belong together; a segment is one line whatever breaks it had."""
    named = destination != output / "export" / "moses" and not destination.is_dir()
    stem = destination if named else destination / "pairs"
    sides = {side: stem.with_name(f"{stem.name}.{side}") for side in ("zh", "en")}
    return _write({path: _side(output, side, min_score) for side, path in sides.items()})


def _side(output: Path, side: str, min_score: float) -> Iterator[bytes]:
    return (f"{_one_line(row['translation'][side])}\n".encode() for row, _ in _pairs(output, min_score))


def _tmx(output: Path, min_score: float) -> Iterator[str]:
    from pipeline import __version__
    from pipeline.records.tmx import tmx

    traditional = {row["id"] for row, _ in rows(output, "documents") if row["metadata"]["script"] == "Hant"}
    return tmx((row for row, _ in _pairs(output, min_score)), traditional, __version__)


def _tsv(output: Path, min_score: float) -> Iterator[str]:
    columns = ("score", "bead", "method", "flags", "zh_doc", "en_doc")
    yield "\t".join(("zh", "en", *columns)) + "\n"
    for row, _ in _pairs(output, min_score):
        sides = (_one_line(row["translation"][side]) for side in ("zh", "en"))
        yield "\t".join((*sides, *(str(row[column]) for column in columns))) + "\n"


def _one_line(text: str) -> str:
    """The text without tabs and without anything that some tool takes for the end of a line."""
    return _BREAKS.sub(" ", text).strip()


_STREAMS: dict[str, Callable[[Path, float], Iterator[str]]] = {"tmx": _tmx, "tsv": _tsv}
_FOLDERS: dict[str, Callable[[Path, Path, float], list[Path]]] = {
    "txt": _txt,
    "markdown": _markdown,
    "parquet": _parquet,
    "moses": _moses,
    "hf": _hf,
}
_FORMATS = (*_FOLDERS, *_STREAMS)
