"""Every rule id that the stages and the containers use stands in a table, and every id in a table is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pipeline
from pipeline.rules import containers, decode, read

ROOT = Path(pipeline.__file__).parent


@pytest.mark.parametrize(
    ("table", "folder"),
    [(decode, "stages/decode"), (read, "stages/read"), (containers, "batch/containers")],
    ids=["decode", "read", "containers"],
)
def test_tables_and_code_agree(table, folder: str) -> None:
    prefix = table.__name__.rpartition(".")[2]
    used = set()
    for file in sorted((ROOT / folder).glob("*.py")):
        used |= set(re.findall(rf'"({prefix}\.[a-z0-9-]+)"', file.read_text(encoding="utf-8")))
    known = {rule.id for rule in table.RULES}
    assert used <= known
    # What the chain of stages itself says of a file stands in the same tables.
    assert known - used <= {"decode.too-large", "read.no-text"}


@pytest.mark.parametrize("table", [decode, read, containers], ids=["decode", "read", "containers"])
def test_ids_are_unique_and_have_reasons(table) -> None:
    ids = [rule.id for rule in table.RULES]
    assert len(set(ids)) == len(ids)
    assert all(rule.reason for rule in table.RULES)
