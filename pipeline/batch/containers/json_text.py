"""Pages and texts in fields of JSON and JSON Lines."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO, Any, Final

from pipeline.batch.containers.member import FaultError, Member, too_large
from pipeline.config import Config

_JSON_NAME = re.compile(r"\.(?:json|jsonl|ndjson)$", re.IGNORECASE)
_LINES_NAME = re.compile(r"\.(?:jsonl|ndjson)$", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")

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
    value = _loads(data)
    if isinstance(value, FaultError):
        # JSON Lines under the name .json
        if b"}\n" in data and not isinstance(_loads(data[: data.find(b"}\n") + 1]), FaultError):
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
    number = -1
    while line := file.readline(limit + 1):
        number += 1
        name = f"{prefix}!{number}"
        if len(line) > limit:
            while line and not line.endswith(b"\n"):
                line = file.readline(limit)
            yield too_large(name, limit + 1, config)
        elif line.strip():
            value = _loads(line)
            if isinstance(value, FaultError):
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
        return json.loads(_decoded(data), strict=False)  # lone surrogates, NaN, control characters
    except (ValueError, RecursionError) as error:
        return FaultError("containers.broken", f"no JSON: {error}")


def _decoded(data: bytes) -> str | bytes:
    """JSON that is no UTF-8 as text: some scrapers write it in GBK."""
    from pipeline.stages.decode import decode

    try:
        data.decode()
    except UnicodeDecodeError:
        return decode(data, "").source
    return data


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
