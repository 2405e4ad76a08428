"""The shipped JSON Schemas are closed and check what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.records.schema import TABLES, load, offence


def objects(schema: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if schema.get("type") == "object" and "properties" in schema:
        yield name, schema
    for key, inner in schema.get("properties", {}).items():
        yield from objects(inner, f"{name}.{key}")
    if isinstance(schema.get("items"), dict):
        yield from objects(schema["items"], f"{name}[]")


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_every_key_and_no_other(table: str) -> None:
    for name, schema in objects(load(table), table):
        assert schema["additionalProperties"] is False, name
        assert schema["required"] == list(schema["properties"]), name


def test_no_value_may_be_null() -> None:
    for table in TABLES:
        assert "null" not in str(load(table))


@pytest.mark.parametrize("table", TABLES)
def test_schemas_compile_and_refuse_what_is_no_object(table: str) -> None:
    assert offence(table, [1]) == "the row is [1]: it must be object"


def test_long_values_are_cut_in_messages() -> None:
    assert offence("rules", {"a.b": {"stage": ["x" * 500], "reason": "y"}}).endswith("…: it must be string")


def test_an_unknown_table_is_an_error_that_names_the_tables() -> None:
    with pytest.raises(ValueError, match="no schema 'document'; there are: documents, changes"):
        load("document")
