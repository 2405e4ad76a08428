"""Documents inside files: .gz, .zip, .mhtml, .json, .jsonl, WARC and WET; any other file is one document, itself.

Kinds are told by their first bytes (JSON by its name as well). Members come out one by one, in the order of the
container, named ``container!member``; spans of a document are those of its member. A container is read as a stream, so
its size is not limited, that of a member is. Whatever is wrong comes out as a member without data that says why.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final, NamedTuple

from pipeline.config import Config


class Member(NamedTuple):
    """One document's bytes, and what the container says of it; without data the rule and reason why there is none."""

    name: str
    data: bytes | None
    declared: str = ""  # charset from a header
    url: str = ""
    published: str = ""  # YYYY-MM-DD
    title: str = ""
    fetched: str = ""  # when the page was saved: an ISO 8601 time with its zone
    rule: str = ""
    reason: str = ""

    def hints(self) -> dict[str, str]:
        """What the container says of the document, by key of ``metadata`` (and ``declared``, the charset)."""
        return {key: getattr(self, key) for key in ("declared", "url", "published", "title", "fetched")}


# Bytes looked at to tell the kind of a file.
_HEAD: Final = 4096
_CHUNK: Final = 1 << 16
# Packed data that grows by more than this factor, and beyond this size, is a bomb: text packs by 3 to 20, JSONL of
# similar lines by up to 100, zeros by 1,000.
_BOMB_RATIO: Final = 200
_BOMB_BYTES: Final = 20_000_000
# A header line or block of WARC, HTTP or MIME longer than this is no header.
_HEADER_BYTES: Final = 65_536

_JSON_NAME = re.compile(r"\.(?:json|jsonl|ndjson)$", re.IGNORECASE)
_LINES_NAME = re.compile(r"\.(?:jsonl|ndjson)$", re.IGNORECASE)
_MHTML = re.compile(rb"^(?:content-type:\s*multipart/related|mime-version:|snapshot-content-location:)", re.I | re.M)
_OFFICE = ("[Content_Types].xml", "META-INF/container.xml", "META-INF/MANIFEST.MF", "AndroidManifest.xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]{1,40})", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_TEXT_TYPE = re.compile(r"text/(?:html|plain|xml)|application/(?:xhtml|xml|rss|atom)|^$", re.IGNORECASE)

# Fields of a JSON object: the page or text, and what is said of it.
_BODY_FIELDS: Final = ("html", "text", "content")
_URL_FIELDS: Final = ("url", "link", "source_url", "uri")
_DATE_FIELDS: Final = ("published", "publish_time", "date", "pub_date", "time")


class _FaultError(Exception):
    """Why a container cannot be read any further."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason


def members(data: bytes, name: str, config: Config) -> Iterator[Member]:
    """The documents in a file's bytes; a file that is no container yields itself."""
    yield from _members(io.BytesIO(data), name, config, 0)


def open_members(path: str | bytes | os.PathLike[str], name: str, config: Config) -> Iterator[Member]:
    """The same for a file on disk, read as a stream; ``OSError`` where it cannot be opened or read."""
    with open(path, "rb") as file:
        yield from _members(file, name, config, 0)


def _members(file: IO[bytes], name: str, config: Config, depth: int) -> Iterator[Member]:
    """Members of an open, seekable file."""
    head = file.read(_HEAD)
    file.seek(0)
    if not _is_container(head, name) or (_is_zip(head) and _is_office(file)):
        yield _whole(file, name, config)
    elif depth >= config.max_depth:
        yield Member(name, None, rule="containers.too-deep", reason=f"more than max_depth = {config.max_depth} levels")
    elif head.startswith(b"\x1f\x8b"):
        yield from _gzip_members(file, name, config, depth)
    else:
        yield from _limited(_stream_members(file, head, name, name, config, depth), name, config)


def _is_container(head: bytes, name: str) -> bool:
    return head.startswith((b"\x1f\x8b", b"WARC/")) or _is_zip(head) or _is_json(head, name) or _is_mhtml(head)


def _is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _is_json(head: bytes, name: str) -> bool:
    return _JSON_NAME.search(name) is not None and head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _is_mhtml(head: bytes) -> bool:
    return len(_MHTML.findall(head)) >= 2 and b"multipart/related" in head.lower()


def _is_office(file: IO[bytes]) -> bool:
    """Whether a zip file is a document of its own kind (Office, e-book, program): its parts are no documents."""
    import zipfile

    try:
        names = zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        names = []
    file.seek(0)
    return any(name in names for name in _OFFICE)


def _whole(file: IO[bytes], name: str, config: Config) -> Member:
    """A file that is one document."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > config.max_bytes:
        return _too_large(name, size, config)
    return Member(name, file.read())


def _too_large(name: str, size: int, config: Config) -> Member:
    reason = f"{size} bytes are more than the limit max_bytes = {config.max_bytes}"
    return Member(name, None, rule="decode.too-large", reason=reason)


def _limited(found: Iterator[Member], name: str, config: Config) -> Iterator[Member]:
    """At most ``max_members`` of these; a fault on the way comes out as a last member, the container itself."""
    count = 0
    try:
        for member in found:
            if count >= config.max_members:
                reason = f"more than max_members = {config.max_members} members"
                yield Member(name, None, rule="containers.too-many", reason=reason)
                return
            count += 1
            yield member
    except _FaultError as fault:
        yield Member(name, None, rule=fault.rule, reason=fault.reason)


def _stream_members(
    file: IO[bytes], head: bytes, name: str, prefix: str, config: Config, depth: int
) -> Iterator[Member]:
    """Members of a container that is not gzip; ``prefix`` is the name in front of their ``!``."""
    if head.startswith(b"WARC/"):
        yield from _warc_members(file, prefix, config)
    elif _is_zip(head):
        yield from _zip_members(file, prefix, config, depth)
    elif _is_mhtml(head):
        yield from _mhtml_members(file, prefix, config)
    elif _LINES_NAME.search(name):
        yield from _jsonl_members(file, prefix, config)
    else:
        yield from _json_members(file, prefix, config)


# --- gzip ------------------------------------------------------------------------------------------------------------


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, as a stream that ends where the data is damaged; ``fault`` then says why."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._data = gzip.GzipFile(fileobj=file)
        self._size = 0
        self.fault: _FaultError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.fault:
            return 0
        try:
            data = self._data.read1(len(buffer))
        except EOFError:
            self.fault = _FaultError("containers.truncated", "the gzip data ends too early")
            return 0
        except (gzip.BadGzipFile, zlib.error) as error:
            self.fault = _FaultError("containers.broken", f"the gzip data is damaged: {error}")
            return 0
        self._size += len(data)
        if self._size > _BOMB_BYTES and self._size > _BOMB_RATIO * self._file.tell():
            self.fault = _FaultError("containers.bomb", f"unpacks to more than {_BOMB_RATIO} times its size")
            return 0
        buffer[: len(data)] = data
        return len(data)


def _gzip_members(file: IO[bytes], name: str, config: Config, depth: int) -> Iterator[Member]:
    """The member of a gzip file, or the members of the WARC, JSONL or other container packed in it."""
    inner = re.sub(r"\.gz$", "", name.rpartition("!")[2].rpartition("/")[2], flags=re.IGNORECASE) or "data"
    raw = _Unpacked(file)
    stream = io.BufferedReader(raw, _CHUNK)
    head = stream.peek(_HEAD)[:_HEAD]
    found: Iterator[Member] | None = None
    if head.startswith(b"WARC/"):
        found = _warc_members(stream, name, config)
    elif _is_json(head, inner) and _LINES_NAME.search(inner):
        found = _jsonl_members(stream, name, config)
    if found is not None:
        for member in _limited(found, name, config):
            yield member
            if member.name == name:
                return  # the container's fault, told once
    else:
        data = stream.read(config.max_bytes + 1)
        if len(data) > config.max_bytes:
            if not raw.fault:
                yield _too_large(f"{name}!{inner}", len(data), config)
        elif data or not raw.fault:
            # A container again, or the one document; a fault of the gzip data follows below.
            yield from _members(io.BytesIO(data), f"{name}!{inner}", config, depth + 1)
    if raw.fault:
        yield Member(name, None, rule=raw.fault.rule, reason=raw.fault.reason)


# --- zip -------------------------------------------------------------------------------------------------------------


def _zip_members(file: IO[bytes], prefix: str, config: Config, depth: int) -> Iterator[Member]:
    import zipfile

    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _FaultError("containers.broken", f"the zip archive is damaged: {error}") from error
    size = file.seek(0, os.SEEK_END)
    total = 0
    seen: set[str] = set()
    for entry in archive.infolist():
        inner = _zip_name(entry)
        base = inner.rpartition("/")[2]
        if entry.is_dir() or inner.startswith("__MACOSX/") or base in (".DS_Store", "Thumbs.db"):
            continue
        name = f"{prefix}!{inner}"
        if inner.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", inner) or re.match(r"[A-Za-z]:", inner):
            yield Member(name, None, rule="containers.unsafe-name", reason=f"the name {inner!r} points elsewhere")
            continue
        if name in seen:
            yield Member(f"{name}#{len(seen)}", None, rule="containers.broken", reason=f"{inner!r} occurs twice")
            continue
        seen.add(name)
        if entry.flag_bits & 1:
            yield Member(name, None, rule="containers.encrypted", reason="the member needs a password")
            continue
        if entry.file_size > _BOMB_BYTES and entry.file_size > _BOMB_RATIO * entry.compress_size:
            reason = f"unpacks to more than {_BOMB_RATIO} times its size"
            yield Member(name, None, rule="containers.bomb", reason=reason)
            continue
        try:
            with archive.open(entry) as packed:
                data = packed.read(config.max_bytes + 1)
        except NotImplementedError as error:
            yield Member(name, None, rule="containers.unsupported", reason=str(error))
            continue
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            yield Member(name, None, rule="containers.broken", reason=f"the member is damaged: {error}")
            continue
        total += len(data)
        if total > _BOMB_BYTES and total > _BOMB_RATIO * size:
            raise _FaultError("containers.bomb", f"unpacks to more than {_BOMB_RATIO} times its size")
        if len(data) > config.max_bytes:
            yield _too_large(name, max(len(data), entry.file_size), config)
        else:
            yield from _members(io.BytesIO(data), name, config, depth + 1)


def _zip_name(entry: Any) -> str:
    """A member's name; one not marked as UTF-8 is often GBK, which zipfile reads as CP437."""
    name = str(entry.filename)
    if entry.flag_bits & 0x800 or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return name


# --- JSON ------------------------------------------------------------------------------------------------------------


def _json_members(file: IO[bytes], prefix: str, config: Config) -> Iterator[Member]:
    """One object, or a list of objects."""
    data = file.read(config.max_bytes + 1)
    if len(data) > config.max_bytes:
        yield _too_large(prefix, len(data), config)
        return
    value = _loads(data)
    if isinstance(value, _FaultError):
        # JSON Lines under the name .json
        if b"}\n" in data and not isinstance(_loads(data[: data.find(b"}\n") + 1]), _FaultError):
            yield from _jsonl_members(io.BytesIO(data), prefix, config)
            return
        raise value
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items):
        yield _json_member(item, f"{prefix}!{number}", config)


def _jsonl_members(file: IO[bytes], prefix: str, config: Config) -> Iterator[Member]:
    """One object a line; empty lines are none. Members are numbered by line, from 0."""
    # Escapes can make a line several times as long as its text.
    limit = 6 * config.max_bytes
    number = -1
    while line := file.readline(limit + 1):
        number += 1
        name = f"{prefix}!{number}"
        if len(line) > limit:
            while line and not line.endswith(b"\n"):
                line = file.readline(limit)
            yield _too_large(name, limit + 1, config)
        elif line.strip():
            value = _loads(line)
            if isinstance(value, _FaultError):
                yield Member(name, None, rule=value.rule, reason=value.reason)
            else:
                yield _json_member(value, name, config)


def _loads(data: bytes) -> Any:
    """The JSON value, or the fault (a value may be anything, so this is no exception)."""
    import json

    import orjson

    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(data, strict=False)  # lone surrogates, NaN, control characters
    except (ValueError, RecursionError) as error:
        return _FaultError("containers.broken", f"no JSON: {error}")


def _json_member(item: Any, name: str, config: Config) -> Member:
    fields = item if isinstance(item, dict) else {"text": item}
    body = next((fields[key] for key in _BODY_FIELDS if isinstance(fields.get(key), str) and fields[key]), None)
    if body is None:
        reason = f"no field of {', '.join(_BODY_FIELDS)} holds a string"
        return Member(name, None, rule="containers.no-field", reason=reason)
    data = body.encode("utf-8", "replace")
    if len(data) > config.max_bytes:
        return _too_large(name, len(data), config)
    return Member(
        name, data, "utf-8", _first(fields, _URL_FIELDS), _day(_first(fields, _DATE_FIELDS)), _first(fields, ("title",))
    )


def _first(fields: dict[str, Any], keys: tuple[str, ...]) -> str:
    found = next((fields[key] for key in keys if isinstance(fields.get(key), str)), "")
    return " ".join(found.encode("utf-8", "replace").decode().split())[:2000]


def _day(text: str) -> str:
    found = _DATE.search(text)
    return found.group() if found else ""


# --- MHTML -----------------------------------------------------------------------------------------------------------


def _mhtml_members(file: IO[bytes], prefix: str, config: Config) -> Iterator[Member]:
    """The page of a saved web archive: its first part that is HTML (later ones are frames)."""
    from email import message_from_bytes

    data = file.read(config.max_bytes + 1)
    if len(data) > config.max_bytes:
        yield _too_large(prefix, len(data), config)
        return
    message = message_from_bytes(data)
    for number, part in enumerate(message.walk()):
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        page = part.get_payload(decode=True)
        if isinstance(page, bytes):
            url = str(part.get("Content-Location", "")).strip() or str(message.get("Snapshot-Content-Location", ""))
            yield Member(f"{prefix}!{number}", page, str(part.get_content_charset("") or ""), url.strip())
            return
    raise _FaultError("containers.broken", "the web archive holds no page")


# --- WARC ------------------------------------------------------------------------------------------------------------


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


def _warc_members(file: IO[bytes], prefix: str, config: Config) -> Iterator[Member]:
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
                yield _too_large(name, size, config)
            continue
        block = _block(records, size, config.max_bytes)
        if kind == "response" and block[:5] == b"HTTP/":
            member = _http_member(block, name, url, config)
        else:
            member = _typed_member(block, name, url, headers.get("content-type", ""))
        yield member._replace(fetched=headers.get("warc-date", "")[:40])
        if len(block) < size and records.at_end():
            raise _FaultError("containers.truncated", f"record {number} has {len(block)} of {size} bytes")


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
            raise _FaultError("containers.broken", "a record's header never ends")
        lines.append(line)
    if not line:
        raise _FaultError("containers.truncated", "the last record's header is cut off")
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
    while left and (chunk := records.read(min(left, _CHUNK))):
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
    except _FaultError as fault:
        return Member(name, None, url=url, rule=fault.rule, reason=fault.reason)
    if len(body) > config.max_bytes:
        return _too_large(name, len(body), config)._replace(url=url)
    return _typed_member(body, name, url, headers.get("content-type", ""))


def _typed_member(body: bytes, name: str, url: str, kind: str) -> Member:
    """A body with its Content-Type: a document if that is text."""
    if not _TEXT_TYPE.search(kind.strip()):
        return Member(name, None, url=url, rule="containers.not-text", reason=f"the answer is {kind.partition(';')[0]}")
    charset = _CHARSET.search(kind)
    return Member(name, body, charset[1] if charset else "", url)


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
        raise _FaultError("containers.unsupported", f"the answer is packed as {coding!r}")
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(body, config.max_bytes + 1)
        except zlib.error:
            continue
    raise _FaultError("containers.broken", f"the answer's {coding} data is damaged")
