"""Pages of WARC files, texts of WET files."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import IO, Final

from pipeline.batch.containers.member import CHUNK, FaultError, Member, too_large
from pipeline.config import Config

# A header line or block of WARC or HTTP longer than this is no header.
_HEADER_BYTES: Final = 65_536
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]{1,40})", re.IGNORECASE)
_TEXT_TYPE = re.compile(r"text/(?:html|plain|xml)|application/(?:xhtml|xml|rss|atom)|^$", re.IGNORECASE)


def is_warc(head: bytes) -> bool:
    """Whether a file that begins so is a WARC."""
    return head.startswith(b"WARC/")


class _Records:
    """The bytes of a WARC file, of which some can be given back."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._back = b""

    def give_back(self, data: bytes) -> None:
        self._back = data + self._back

    def read(self, size: int) -> bytes:
        data, self._back = self._back[:size], self._back[size:]
        return data + self._file.read(size - len(data)) if len(data) < size else data

    def at_end(self) -> bool:
        self.give_back(self.read(1))
        return not self._back

    def line(self) -> bytes:
        """The next line, or so much of it as a header line may have."""
        if self._back:
            end = self._back.find(b"\n") + 1
            if end:
                line, self._back = self._back[:end], self._back[end:]
                return line
            line, self._back = self._back, b""
            return line + self._file.readline(_HEADER_BYTES)
        return self._file.readline(_HEADER_BYTES)


def warc_members(file: IO[bytes], prefix: str, config: Config) -> Iterator[Member]:
    """Pages of a WARC (responses, resources) or texts of a WET (conversions), numbered by record from 0."""
    records = _Records(file)
    number = -1
    while (headers := _warc_headers(records)) is not None:
        number += 1
        kind = headers.get("warc-type", "")
        name = f"{prefix}!{number}"
        url = headers.get("warc-target-uri", "").strip("<>")
        length = headers.get("content-length", "")
        size = int(length) if length.isdecimal() and len(length) < 16 else 0
        if kind not in ("response", "resource", "conversion") or size > config.max_bytes:
            _skip(records, size)
            if kind in ("response", "resource", "conversion"):
                yield too_large(name, size, config)
            continue
        block = _block(records, size, config.max_bytes)
        if kind == "response" and block[:5] == b"HTTP/":
            member = _http_member(block, name, url, config)
        else:
            member = _typed_member(block, name, url, headers.get("content-type", ""))
        yield member._replace(fetched=headers.get("warc-date", "")[:40])
        if len(block) < size and records.at_end():
            raise FaultError("containers.truncated", f"record {number} has {len(block)} of {size} bytes")


def _warc_headers(records: _Records) -> dict[str, str] | None:
    """Headers of the next record by lower-case name; ``None`` at the end."""
    while not (line := records.line()).startswith(b"WARC/"):
        if not line:
            return None
    lines: list[bytes] = []
    total = 0
    while (line := records.line()).strip():
        total += len(line)
        if total > _HEADER_BYTES:
            raise FaultError("containers.broken", "a record's header never ends")
        lines.append(line)
    if not line:
        raise FaultError("containers.truncated", "the last record's header is cut off")
    return _headers(lines)


def _block(records: _Records, size: int, limit: int) -> bytes:
    """A record's block. Where its length is wrong, what stands before the next record (up to ``limit`` bytes)."""
    block = records.read(size)
    after = b""
    while (line := records.line()) and not line.strip() and len(after) < _HEADER_BYTES:
        after += line
    if line.startswith(b"WARC/") or (not line and len(block) == size):
        records.give_back(line)
        return block
    cut = block.find(b"\nWARC/1.")
    if cut >= 0:
        records.give_back(block[cut + 1 :] + after + line)
        return block[: cut + 1]
    if not line:
        return block
    rest = [after]
    total = 0
    while line and not line.startswith(b"WARC/1.") and total < limit:
        rest.append(line)
        total += len(line)
        line = records.line()
    records.give_back(line)
    return block + b"".join(rest)


def _skip(records: _Records, size: int) -> None:
    """Pass over a record's block."""
    left = size
    while left and (chunk := records.read(min(left, CHUNK))):
        cut = chunk.find(b"\nWARC/1.")
        if cut >= 0:
            records.give_back(chunk[cut + 1 :])
            return
        left -= len(chunk)


def _headers(lines: list[bytes]) -> dict[str, str]:
    """Header lines by lower-case name; the first of several wins."""
    found: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            found.setdefault(key.strip().lower(), value.strip())
    return found


def _http_member(block: bytes, name: str, url: str, config: Config) -> Member:
    """The body of an archived HTTP response."""
    end = re.search(rb"\r?\n\r?\n", block[:_HEADER_BYTES])
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    status, *lines = head.splitlines() or [b""]
    code = [*status.split(), b"", b""][1].decode("ascii", "replace")
    if code != "200":
        return Member(name, None, url=url, rule="containers.http-status", reason=f"the answer's HTTP status is {code}")
    headers = _headers(lines)
    try:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = _dechunked(body)
        body = _content(body, headers.get("content-encoding", "").lower(), config)
    except FaultError as fault:
        return Member(name, None, url=url, rule=fault.rule, reason=fault.reason)
    if len(body) > config.max_bytes:
        return too_large(name, len(body), config)._replace(url=url)
    return _typed_member(body, name, url, headers.get("content-type", ""))


def _typed_member(body: bytes, name: str, url: str, kind: str) -> Member:
    """A body with its Content-Type: a document if that is text."""
    if not _TEXT_TYPE.search(kind.strip()):
        return Member(name, None, url=url, rule="containers.not-text", reason=f"the answer is {kind.partition(';')[0]}")
    charset = _CHARSET.search(kind)
    return Member(name, body, charset[1] if charset else "", url, html="html" in kind.lower())


def _dechunked(body: bytes) -> bytes:
    """A chunked body put together; archives that undid the chunks but kept the header stay as they are."""
    parts: list[bytes] = []
    at = 0
    while True:
        line = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]{0,200}\r?\n").match(body, at)
        if not line:
            return b"".join(parts) if parts else body
        size = int(line[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[line.end() : line.end() + size])
        at = line.end() + size
        while body[at : at + 1] in (b"\r", b"\n"):
            at += 1


def _content(body: bytes, coding: str, config: Config) -> bytes:
    """A body without its Content-Encoding, up to one byte over ``max_bytes``; archives often undid it already."""
    if coding in ("", "identity"):
        return body
    if coding in ("gzip", "x-gzip"):
        if not body.startswith(b"\x1f\x8b"):
            return body
        windows = [zlib.MAX_WBITS | 16]
    elif coding == "deflate":
        windows = [zlib.MAX_WBITS, -zlib.MAX_WBITS]
    elif body.lstrip()[:1] == b"<":
        return body
    else:
        raise FaultError("containers.unsupported", f"the answer is packed as {coding!r}")
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(body, config.max_bytes + 1)
        except zlib.error:
            continue
    raise FaultError("containers.broken", f"the answer's {coding} data is damaged")
