"""Members of gzip files."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from typing import IO, Any

from pipeline.batch.containers.json_text import is_json, is_lines, jsonl_members
from pipeline.batch.containers.member import (
    BOMB_BYTES,
    BOMB_RATIO,
    CHUNK,
    HEAD,
    FaultError,
    Inner,
    Member,
    limited,
    too_large,
)
from pipeline.batch.containers.warc import is_warc, warc_members
from pipeline.config import Config


def is_gzip(head: bytes) -> bool:
    """Whether a file that begins so is packed by gzip."""
    return head.startswith(b"\x1f\x8b")


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, as a stream that ends where the data is damaged; ``fault`` then says why."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._data = gzip.GzipFile(fileobj=file)
        self._size = 0
        self.fault: FaultError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.fault:
            return 0
        try:
            data = self._data.read1(len(buffer))
        except EOFError:
            self.fault = FaultError("containers.truncated", "the gzip data ends too early")
            return 0
        except (gzip.BadGzipFile, zlib.error) as error:
            self.fault = FaultError("containers.broken", f"the gzip data is damaged: {error}")
            return 0
        self._size += len(data)
        if self._size > BOMB_BYTES and self._size > BOMB_RATIO * self._file.tell():
            self.fault = FaultError("containers.bomb", f"unpacks to more than {BOMB_RATIO} times its size")
            return 0
        buffer[: len(data)] = data
        return len(data)


def gzip_members(file: IO[bytes], name: str, config: Config, depth: int, inner_members: Inner) -> Iterator[Member]:
    """The member of a gzip file, or the members of the WARC, JSONL or other container packed in it."""
    inner = re.sub(r"\.gz$", "", name.rpartition("!")[2].rpartition("/")[2], flags=re.IGNORECASE) or "data"
    raw = _Unpacked(file)
    stream = io.BufferedReader(raw, CHUNK)
    head = stream.peek(HEAD)[:HEAD]
    found: Iterator[Member] | None = None
    if is_warc(head):
        found = warc_members(stream, name, config)
    elif is_json(head, inner) and is_lines(inner):
        found = jsonl_members(stream, name, config)
    if found is not None:
        for member in limited(found, name, config):
            yield member
            if member.name == name:
                return  # the container's fault, told once
    else:
        data = stream.read(config.max_bytes + 1)
        if len(data) > config.max_bytes:
            if not raw.fault:
                yield too_large(f"{name}!{inner}", len(data), config)
        elif not raw.fault or (data and raw.fault.rule != "containers.bomb"):
            # A container again, or the one document; a fault of the gzip data follows below.
            yield from inner_members(io.BytesIO(data), f"{name}!{inner}", config, depth + 1)
    if raw.fault:
        yield Member(name, None, rule=raw.fault.rule, reason=raw.fault.reason)
