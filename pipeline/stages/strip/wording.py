"""Lines that a rule of ``pipeline.rules.boilerplate`` knows by their wording."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pipeline.rules.boilerplate import RULES, LineRule

# Full-width ASCII and the ideographic space as their half-width twins, one character for one.
_FOLD: Final = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0xA0: 0x20, 0x3002: 0x2E}
_BULLETS: Final = " \t•·●○◆◇■□▪▸►▶※‧\u200b\ufeff"
_WORDY: Final = re.compile(r"[^\W_]")

BY_ID: Final = {rule.id: rule for rule in RULES}


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[LineRule, re.Pattern[str]], ...]:
    return tuple((rule, re.compile(rule.pattern)) for rule in RULES if rule.pattern)


def fold(line: str) -> str:
    """The line as the rules see it: lower case, half-width, without bullets and outer space."""
    return line.translate(_FOLD).lower().strip(_BULLETS)


def match(lines: Sequence[str], units: Sequence[float]) -> dict[int, LineRule]:
    """Line index -> the first rule whose wording the line has. ``units`` are the lengths of the lines."""
    folded = [fold(line) if size <= 180 else "" for line, size in zip(lines, units, strict=True)]
    page = "\n".join(folded)
    found: dict[int, LineRule] = {}
    for rule, pattern in _patterns():
        words = [word for word in rule.words if word in page]
        if not words:
            continue
        for index, line in enumerate(folded):
            if index in found or units[index] > rule.longest or len(line) > 600:
                continue
            if any(word in line for word in words) and pattern.search(line):
                found[index] = rule
    symbols = BY_ID["strip.symbols"]
    for index, line in enumerate(folded):
        if index not in found and units[index] <= symbols.longest and not _WORDY.search(line):
            found[index] = symbols
    return found
