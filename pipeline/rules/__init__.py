"""Tables and weights the stages use. Data, not logic."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """Why a rule exists, and what it is for.

    ``id`` is stage, dot, name, and never changes its meaning. ``examples`` are texts the rule acts on,
    ``near_misses`` texts that look alike and must stay as they are; the tests hold the rule to both.
    """

    id: str
    reason: str
    examples: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()


# Each of these modules has a table RULES whose entries have at least the attributes of Rule.
TABLES = ("decode", "read", "repair", "glossary", "boilerplate", "strip", "batch", "containers")


def all_rules() -> dict[str, Rule]:
    """Every rule of the package by id, in order of id."""
    from importlib import import_module

    rules = [rule for table in TABLES for rule in import_module(f"{__name__}.{table}").RULES]
    return {
        rule.id: Rule(rule.id, rule.reason, tuple(rule.examples), tuple(rule.near_misses))
        for rule in sorted(rules, key=lambda rule: str(rule.id))
    }
