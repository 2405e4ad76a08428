"""Rows as Parquet, typed by the JSON Schema of their table, so that every file of a table has the same columns."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

# Rows of one row group, and JSON bytes after which a group ends early: readers hold one group in memory.
_GROUP_ROWS = 10_000
_GROUP_BYTES = 32_000_000


def parquet(schema: Mapping[str, Any], rows: Iterable[tuple[Mapping[str, Any], int]]) -> Iterator[bytes]:
    """The bytes of a Parquet file, piece by piece, from rows and the length of each as JSON.

    ``schema`` is the table's JSON Schema. Needs ``pyarrow`` (``ImportError`` without it).
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = pa.schema([(name, _type(inner)) for name, inner in schema["properties"].items()])
    sink = _Sink()
    with pq.ParquetWriter(sink, columns, compression="zstd") as writer:
        for group in _groups(rows):
            writer.write_table(pa.Table.from_pylist(group, schema=columns))
            yield sink.drain()
    yield sink.drain()


class _Sink(io.RawIOBase):
    """A file that hands on what was written to it."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._length

    def write(self, data: Any) -> int:
        chunk = bytes(data)
        self._chunks.append(chunk)
        self._length += len(chunk)
        return len(chunk)

    def drain(self) -> bytes:
        """What was written since the last call."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        return data


def _type(schema: Mapping[str, Any]) -> pa.DataType:
    """The column type of a value; arrays of fixed length are lists of integers."""
    import pyarrow as pa

    kind = schema["type"]
    if kind == "string":
        return pa.string()
    if kind == "integer":
        return pa.int64()
    if kind == "number":
        return pa.float64()
    if kind == "array":
        inner = schema["items"]
        return pa.list_(_type(inner[0] if isinstance(inner, list) else inner))
    return pa.struct([(name, _type(inner)) for name, inner in schema["properties"].items()])


def _groups(rows: Iterable[tuple[Mapping[str, Any], int]]) -> Iterator[list[Mapping[str, Any]]]:
    group: list[Mapping[str, Any]] = []
    size = 0
    for row, length in rows:
        group.append(row)
        size += length
        if len(group) >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
