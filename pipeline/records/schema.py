"""The JSON Schemas of the output files, and a check of one row against its schema.

The schemas are shipped as files beside this module (``schemas/documents.json`` …, draft-07) for anybody's validator.
JSON Schema holds ``1`` and ``1.0`` for the same number; the records do not: a score is always written as a float and
an offset never, because a column that is an integer in one file and a float in the next does not load.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    check = _number_checker(table)
    return check(row).removeprefix(".") if check else ""


@cache
def _checker(table: str) -> Callable[[object], object]:
    import fastjsonschema

    check: Callable[[object], object] = fastjsonschema.compile(load(table), use_default=False)
    return check


@cache
def _number_checker(table: str) -> Callable[[Any], str] | None:
    return _numbers(load(table))


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


def _numbers(schema: Mapping[str, Any]) -> Callable[[Any], str] | None:
    """A check for numbers of the wrong kind in a value of this schema; None if it holds no numbers.

    The check returns where and what, ``""`` if all is well.
    """
    kind = schema["type"]
    if kind == "integer":
        return lambda value: "" if type(value) is int else f" is {value!r}: it must be written as an integer"
    if kind == "number":
        return _wrong_float
    if kind == "object":
        inner = [(key, _numbers(inner)) for key, inner in schema.get("properties", {}).items()]
        checks = [(key, check) for key, check in inner if check]
        return (lambda value: _first_of_keys(checks, value)) if checks else None
    if kind == "array":
        items = schema["items"]
        check = _numbers(items[0] if isinstance(items, list) else items)
        return (lambda value: _first_of_items(check, value)) if check else None
    return None


def _wrong_float(value: Any) -> str:
    if type(value) is float and round(value, 4) == value:
        return ""
    return f" is {value!r}: it must be written as a float of at most four decimals"


def _first_of_keys(checks: Sequence[tuple[str, Callable[[Any], str]]], value: Mapping[str, Any]) -> str:
    for key, check in checks:
        if key in value and (fault := check(value[key])):
            return f".{key}{fault}"
    return ""


def _first_of_items(check: Callable[[Any], str], value: Sequence[Any]) -> str:
    for index, item in enumerate(value):
        if fault := check(item):
            return f"[{index}]{fault}"
    return ""
