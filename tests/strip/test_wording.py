"""The rules of wording: each removes its examples and leaves its near misses."""

from __future__ import annotations

import time

import pytest

from pipeline.rules.boilerplate import RULES
from pipeline.stages.strip import ROLES
from pipeline.stages.strip.page import read_page
from pipeline.stages.strip.wording import match

EXAMPLES = [(rule.id, line) for rule in RULES for line in rule.examples]
NEAR_MISSES = [(rule.id, line) for rule in RULES for line in rule.near_misses]
# Decided by comparison with other lines, not by wording.
BY_COMPARISON = {
    "strip.duplicate",
    "strip.model",
    "strip.teaser",
    "strip.related-list",
    "strip.comment-thread",
    "strip.feed",
    "strip.dated-row",
    "strip.link-list",
    "strip.byline",
}


def rule_of(line: str) -> str:
    found = match([line], read_page([line]).units.tolist())
    return found[0].id if found else ""


@pytest.mark.parametrize(("rule", "line"), EXAMPLES)
def test_a_rule_knows_its_examples(rule: str, line: str) -> None:
    assert rule_of(line) == rule


@pytest.mark.parametrize(("rule", "line"), NEAR_MISSES)
def test_a_near_miss_matches_no_rule(rule: str, line: str) -> None:
    assert rule_of(line) == ""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_is_for(rule) -> None:
    assert rule.id.startswith("strip.")
    assert rule.role in ROLES
    assert rule.reason
    assert rule.longest > 0
    if rule.id not in BY_COMPARISON:
        assert rule.examples
        assert rule.near_misses


def test_rule_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    "line",
    ["分享" * 2000, "关注" * 2000, "<<:" + " " * 5000, "copyright " * 500, "扫" * 5000, "- " * 3000, "【" * 3000],
)
def test_no_pattern_is_slow_on_a_hostile_line(line: str) -> None:
    units = [5.0]  # as if the line were short, so that every pattern is tried
    started = time.process_time()
    match([line[:600]], units)
    assert time.process_time() - started < 1.0
