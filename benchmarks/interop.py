"""Load an output, and what ``qingwen export`` makes of it, with the real libraries people use downstream.

    pip install '.[interop]' && python benchmarks/interop.py OUTPUT

Prints a table: library, version, what it loaded, rows, and whether ids, texts and numbers are those of the JSONL.
A library that is not installed is listed as such. Exit 1 if a loaded table differs.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

from pipeline.records.export import export, rows

TABLES = ("documents", "changes", "rejected", "sentences", "pairs", "terms")


class Output:
    """An output folder with its exports beside it."""

    def __init__(self, path: Path, scratch: Path) -> None:
        self.path = path
        self.scratch = scratch
        self.tables = [table for table in TABLES if any(True for _ in rows(path, table))]

    def jsonl(self, table: str) -> list[str]:
        single = self.path / f"{table}.jsonl"
        return [str(path) for path in ([single] if single.is_file() else sorted((self.path / table).glob("*.jsonl")))]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [row for row, _ in rows(self.path, table)]

    def exported(self, to: str) -> Path:
        folder = self.scratch / to
        if not folder.exists():
            export(self.path, to, folder)
        return folder


def same(found: Any, expected: Any) -> bool:
    """Equal, whatever the library calls its lists."""
    return bool(orjson.loads(orjson.dumps(found, default=list, option=orjson.OPT_SERIALIZE_NUMPY)) == expected)


def hf_jsonl(output: Output) -> Iterator[tuple[str, int, bool]]:
    import datasets

    datasets.disable_progress_bars()
    for table in output.tables:
        data = datasets.load_dataset(
            "json", data_files=output.jsonl(table), split="train", cache_dir=str(output.scratch / "cache")
        )
        yield f"{table} (JSONL)", len(data), same(data.to_list(), output.rows(table))


def hf_folder(output: Output) -> Iterator[tuple[str, int, bool]]:
    import datasets

    folder = str(output.exported("hf"))
    for table in datasets.get_dataset_config_names(folder):
        data = datasets.load_dataset(folder, table, split="train", cache_dir=str(output.scratch / "cache"))
        yield f"{table} (export hf)", len(data), same(data.to_list(), output.rows(table))


def hf_parquet(output: Output) -> Iterator[tuple[str, int, bool]]:
    import datasets

    for path in sorted(output.exported("parquet").glob("*.parquet")):
        data = datasets.load_dataset(
            "parquet", data_files=str(path), split="train", cache_dir=str(output.scratch / "cache")
        )
        yield f"{path.stem} (export parquet)", len(data), same(data.to_list(), output.rows(path.stem))


def hf_stream(output: Output) -> Iterator[tuple[str, int, bool]]:
    import datasets

    data = list(datasets.load_dataset("json", data_files=output.jsonl("documents"), split="train", streaming=True))
    yield "documents (JSONL, streaming)", len(data), same(data, output.rows("documents"))


def datatrove(output: Output) -> Iterator[tuple[str, int, bool]]:
    from datatrove.pipeline.readers import JsonlReader

    found = list(JsonlReader(str(output.path / "documents")).run())
    expected = output.rows("documents")
    fine = all(
        (doc.id, doc.text, doc.metadata["lang"], doc.metadata["blocks"])
        == (row["id"], row["text"], row["lang"], row["blocks"])
        for doc, row in zip(found, expected, strict=True)
    )
    yield "documents (JsonlReader)", len(found), fine


def dolma(output: Output) -> Iterator[tuple[str, int, bool]]:
    import msgspec

    # The package's own types of a document; importing the whole package would load its taggers.
    path = next(path for path in metadata.files("dolma") or [] if str(path).endswith("core/data_types.py"))
    spec = importlib.util.spec_from_file_location("dolma_data_types", str(path.locate()))
    assert spec
    assert spec.loader
    types = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(types)
    decoder = msgspec.json.Decoder(types.InputSpecWithMetadata)
    lines = (line for path in output.jsonl("documents") for line in Path(path).read_bytes().splitlines())
    found = [decoder.decode(line) for line in lines]
    expected = output.rows("documents")
    fine = all(
        (doc.id, doc.text, doc.source, doc.metadata) == (row["id"], row["text"], row["source"], row["metadata"])
        for doc, row in zip(found, expected, strict=True)
    )
    yield "documents (InputSpecWithMetadata)", len(found), fine


def pandas(output: Output) -> Iterator[tuple[str, int, bool]]:
    import pandas

    for table in output.tables:
        frames = [pandas.read_json(path, lines=True, dtype=False, precise_float=True) for path in output.jsonl(table)]
        frames = [frame for frame in frames if len(frame)]
        found = pandas.concat(frames).to_dict("records")
        yield f"{table} (read_json)", len(found), same(found, output.rows(table))
    for path in sorted(output.exported("parquet").glob("*.parquet")):
        found = pandas.read_parquet(path).to_dict("records")
        yield f"{path.stem} (read_parquet)", len(found), same(found, output.rows(path.stem))


def polars(output: Output) -> Iterator[tuple[str, int, bool]]:
    import polars

    for table in output.tables:
        found = polars.read_ndjson(
            [path for path in output.jsonl(table) if Path(path).stat().st_size], infer_schema_length=None
        ).to_dicts()
        yield f"{table} (read_ndjson)", len(found), same(found, output.rows(table))


def duckdb(output: Output) -> Iterator[tuple[str, int, bool]]:
    import duckdb

    for table in output.tables:
        found = duckdb.sql(f"select * from read_json({output.jsonl(table)!r}, format = 'newline_delimited')")
        lines = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        expected = output.rows(table)
        fine = len(lines) == len(expected) and all(
            row.get(key) == wanted[key] for row, wanted in zip(lines, expected, strict=True) for key in wanted
            if isinstance(wanted[key], str) and key != "published"
        )  # fmt: skip
        yield f"{table} (read_json)", len(lines), fine
    documents, changes = (f"read_json({output.jsonl(table)!r})" for table in ("documents", "changes"))
    joined = duckdb.sql(f"select count(*) from {changes} c join {documents} d on c.id = d.id").fetchall()[0][0]
    yield "changes joined to documents", joined, joined == len(output.rows("changes"))


def pyarrow(output: Output) -> Iterator[tuple[str, int, bool]]:
    import pyarrow.json
    import pyarrow.parquet

    for path in sorted(output.exported("parquet").glob("*.parquet")):
        found = pyarrow.parquet.read_table(path).to_pylist()
        yield f"{path.stem} (export parquet)", len(found), same(found, output.rows(path.stem))
    read = pyarrow.json.ReadOptions(block_size=1 << 28)
    for table in output.tables:
        found = [
            row
            for path in output.jsonl(table)
            if Path(path).stat().st_size
            for row in pyarrow.json.read_json(path, read_options=read).to_pylist()
        ]
        same_rows = same([{**row, **_dates(row)} for row in found], output.rows(table))
        yield f"{table} (read_json)", len(found), same_rows


def _dates(row: dict[str, Any]) -> dict[str, str]:
    """pyarrow takes a column of dates for timestamps where no value is empty."""
    value = row.get("published", "")
    return {} if isinstance(value, str) else {"published": f"{value:%Y-%m-%d}"}


def translate_toolkit(output: Output) -> Iterator[tuple[str, int, bool]]:
    from translate.storage.tmx import tmxfile

    path = output.scratch / "pairs.tmx"
    export(output.path, "tmx", path)
    readings = []
    for lang in ("zh-CN", "zh-Hant"):
        with path.open("rb") as file:
            readings.append(tmxfile(file, lang, "en").units)
    # A unit has one of the two scripts.
    units = [(one.source or other.source, one.target) for one, other in zip(*readings, strict=True)]
    fine = units == [(row["translation"]["zh"], row["translation"]["en"]) for row in output.rows("pairs")]
    yield "pairs (export tmx)", len(units), fine


LOADERS: dict[str, tuple[Callable[[Output], Iterator[tuple[str, int, bool]]], ...]] = {
    "datasets": (hf_jsonl, hf_folder, hf_parquet, hf_stream),
    "datatrove": (datatrove,),
    "dolma": (dolma,),
    "pandas": (pandas,),
    "polars": (polars,),
    "duckdb": (duckdb,),
    "pyarrow": (pyarrow,),
    "translate-toolkit": (translate_toolkit,),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="the output folder of a run")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    failed = 0
    print("| library | version | loaded | rows | same as the JSONL |\n|---|---|---|--:|---|")
    with tempfile.TemporaryDirectory() as scratch:
        output = Output(options.output, Path(scratch))
        for library, loaders in LOADERS.items():
            try:
                version = metadata.version(library)
            except metadata.PackageNotFoundError:
                print(f"| {library} | not installed | | | |")
                continue
            for loader in loaders:
                try:
                    for what, count, fine in loader(output):
                        failed += not fine
                        print(f"| {library} | {version} | {what} | {count} | {'yes' if fine else '**no**'} |")
                except Exception as error:
                    failed += 1
                    told = f"{type(error).__name__}: {str(error)[:200]}".replace("\n", " ")
                    print(f"| {library} | {version} | {loader.__name__} | | **{told}** |")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
