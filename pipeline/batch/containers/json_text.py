"""Pages and texts in fields of JSON and JSON Lines."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator
from typing import IO, Any, Final

from pipeline.batch.containers.member import FaultError, Member, too_large
from pipeline.config import Config

_JSON_NAME = re.compile(r"\.(?:json|jsonl|ndjson)$", re.IGNORECASE)
_LINES_NAME = re.compile(r"\.(?:jsonl|ndjson)$", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")

_UTF8: Final = "utf-8"
# Bytes that are enough to tell a codec by.
_SAMPLE: Final = 65_536

# Fields of a JSON object: the page or text, and what is said of it.
_BODY_FIELDS: Final = ("html", "text", "content")
_URL_FIELDS: Final = ("url", "link", "source_url", "uri")
_DATE_FIELDS: Final = ("published", "publish_time", "date", "pub_date", "time")


def is_json(head: bytes, name: str) -> bool:
    """Whether a file of this name that begins so holds JSON."""
    return _JSON_NAME.search(name) is not None and head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def is_lines(name: str) -> bool:
    """Whether the name says that each line is a JSON value of its own."""
    return _LINES_NAME.search(name) is not None


def json_members(file: IO[bytes], prefix: str, config: Config) -> Iterator[Member]:
    """One object, or a list of objects."""
    data = file.read(config.max_bytes + 1)
    if len(data) > config.max_bytes:
        yield too_large(prefix, len(data), config)
        return
    value = _loads(data, _codec(data))
    if isinstance(value, FaultError):
        # JSON Lines under the name .json
        if b"}\n" in data and not isinstance(_loads(data[: data.find(b"}\n") + 1], _codec(data)), FaultError):
            yield from jsonl_members(io.BytesIO(data), prefix, config)
            return
        raise value
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items):
        yield _json_member(item, f"{prefix}!{number}", config)


def jsonl_members(file: IO[bytes], prefix: str, config: Config) -> Iterator[Member]:
    """One object a line; empty lines are none. Members are numbered by line, from 0."""
    # Escapes can make a line several times as long as its text.
    limit = 6 * config.max_bytes
    ahead = deque(_sample(file, limit))
    codec = _codec(b"".join(ahead))
    number = -1
    while line := ahead.popleft() if ahead else file.readline(limit + 1):
        number += 1
        name = f"{prefix}!{number}"
        if len(line) > limit:
            while line and not line.endswith(b"\n"):
                line = file.readline(limit)
            yield too_large(name, limit + 1, config)
        elif line.strip():
            value = _loads(line, codec)
            if isinstance(value, FaultError):
                yield Member(name, None, rule=value.rule, reason=value.reason)
            else:
                yield _json_member(value, name, config)


def _sample(file: IO[bytes], limit: int) -> Iterator[bytes]:
    """The first lines; one that is too long is the last of them."""
    size = 0
    while size < min(_SAMPLE, limit) and (line := file.readline(limit + 1)):
        size += len(line)
        yield line


def _codec(data: bytes) -> str:
    """The codec of a JSON file: some scrapers write GBK or Big5. All else is UTF-8, perhaps damaged.

    It is told by the first lines or bytes together: one short line of GBK may well be UTF-8 too.
    """
    from pipeline.stages.decode import decode

    try:
        data.decode()
    except UnicodeDecodeError:
        codec = decode(data[:_SAMPLE], "").encoding
        return codec if codec in ("gb18030", "big5hkscs") else _UTF8
    return _UTF8


def _loads(data: bytes, codec: str) -> Any:
    """The JSON value, or the fault (a value may be anything, so this is no exception)."""
    import json

    import orjson

    try:
        data = data.removeprefix(b"\xef\xbb\xbf") if codec == _UTF8 else data.decode(codec).encode()
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    except UnicodeDecodeError as error:
        return FaultError("containers.broken", f"no {codec}: {error}")
    try:
        return json.loads(data, strict=False)  # lone surrogates, NaN, control characters
    except (ValueError, RecursionError) as error:
        return FaultError("containers.broken", f"no JSON: {error}")


def _json_member(item: Any, name: str, config: Config) -> Member:
    fields = item if isinstance(item, dict) else {"text": item}
    field = next((key for key in _BODY_FIELDS if isinstance(fields.get(key), str) and fields[key]), None)
    if field is None:
        reason = f"no field of {', '.join(_BODY_FIELDS)} holds a string"
        return Member(name, None, rule="containers.no-field", reason=reason)
    data = fields[field].encode("utf-8", "replace")
    if len(data) > config.max_bytes:
        return too_large(name, len(data), config)
    url, day = _first(fields, _URL_FIELDS), _day(_first(fields, _DATE_FIELDS))
    title, author = _first(fields, ("title",)), _first(fields, ("author",))
    return Member(name, data, "utf-8", url, day, title, author, html=field == "html")


def _first(fields: dict[str, Any], keys: tuple[str, ...]) -> str:
    found = next((fields[key] for key in keys if isinstance(fields.get(key), str)), "")
    return " ".join(found.encode("utf-8", "replace").decode().split())[:2000]


def _day(text: str) -> str:
    found = _DATE.search(text)
    return found.group() if found else ""
