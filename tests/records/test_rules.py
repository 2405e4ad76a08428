"""Whatever rule a change can name has its reason in the table that is written to ``rules.json``."""

from __future__ import annotations

import re
from pathlib import Path

import pipeline
from pipeline.rules import all_rules

STAGES = Path(pipeline.__file__).parent / "stages"
# A string that looks like a rule id of a stage: "repair.something".
ID = re.compile(r"""["']((?:decode|read|detect|repair|strip|segment)\.[a-z]+(?:[.-][a-z0-9]+)*)["']""")


def test_every_rule_named_in_the_stages_has_a_reason() -> None:
    known = all_rules()
    named = {
        (id, path.name) for path in sorted(STAGES.rglob("*.py")) for id in ID.findall(path.read_text(encoding="utf-8"))
    }
    assert named
    assert [(id, name) for id, name in sorted(named) if id not in known] == []


def test_ids_have_one_form_and_a_reason() -> None:
    for id, rule in all_rules().items():
        assert re.fullmatch(r"[a-z]+(\.[a-z0-9-]+)+", id), id
        assert rule.reason.strip(), id
