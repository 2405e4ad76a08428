"""The JSON Schemas of the output files, and a check of one row against its schema.

The schemas are shipped as files beside this module (``schemas/documents.json`` …, draft-07) for anybody's validator.
JSON Schema holds ``1`` and ``1.0`` for the same number; the records do not: a score is always written as a float and
an offset never, because a column that is an integer in one file and a float in the next does not load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

TABLES = ("documents", "changes", "rejected", "sentences", "pairs", "terms", "rules", "run")

# Longest piece of a row that a message quotes, in characters.
_QUOTED = 80


@cache
def load(table: str) -> dict[str, Any]:
    """The JSON Schema of ``table``, one of ``TABLES``."""
    if table not in TABLES:
        raise ValueError(f"no schema {table!r}; there are: {', '.join(TABLES)}")
    schema = orjson.loads((Path(__file__).parent / "schemas" / f"{table}.json").read_bytes())
    assert isinstance(schema, dict)
    return schema


def offence(table: str, row: object) -> str:
    """What is wrong with ``row`` as a row of ``table``, in one sentence; ``""`` if nothing is."""
    from fastjsonschema import JsonSchemaValueException

    try:
        _checker(table)(row)
    except JsonSchemaValueException as error:
        return _sentence(error)
    return next(_wrong_numbers(load(table), row, ""), "")


@cache
def _checker(table: str) -> Callable[[object], object]:
    import fastjsonschema

    check: Callable[[object], object] = fastjsonschema.compile(load(table), use_default=False)
    return check


def _sentence(error: Any) -> str:
    """The library's finding in words that name the keys concerned."""
    name = error.name.removeprefix("data").removeprefix(".") or "the row"
    if error.rule == "required" and isinstance(error.value, Mapping):
        missing = [key for key in error.rule_definition if key not in error.value]
        return f"{name} lacks {', '.join(missing)}"
    if error.rule == "additionalProperties" and isinstance(error.value, Mapping):
        extra = [key for key in error.value if key not in error.definition["properties"]]
        return f"{name} has the unknown key {', '.join(map(str, extra))}"
    expected = error.message.removeprefix(error.name).strip()
    return f"{name} is {_quote(error.value)}: it {expected}"


def _quote(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"


def _wrong_numbers(schema: Mapping[str, Any], value: Any, name: str) -> Iterator[str]:
    """Numbers of the wrong kind: a float for an offset, an integer for a score, more than four decimals."""
    kind = schema["type"]
    if kind == "integer":
        if type(value) is not int:
            yield f"{name} is {value!r}: it must be written as an integer"
    elif kind == "number":
        if type(value) is not float or round(value, 4) != value:
            yield f"{name} is {value!r}: it must be written as a float of at most four decimals"
    elif kind == "object":
        for key, inner in schema.get("properties", {}).items():
            if inner["type"] != "string" and key in value:
                yield from _wrong_numbers(inner, value[key], f"{name}.{key}".removeprefix("."))
    elif kind == "array":
        inner = schema["items"]
        for index, item in enumerate(value):
            yield from _wrong_numbers(inner[index] if isinstance(inner, list) else inner, item, f"{name}[{index}]")
