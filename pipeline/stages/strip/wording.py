"""Lines that a rule of ``pipeline.rules.boilerplate`` knows by their wording."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from pipeline.rules.boilerplate import RULES, LineRule
from pipeline.stages.strip.page import Literals

_BULLETS: Final = " \t•·●○◆◇■□▪▸►▶※‧\u200b\ufeff"
_FENCE: Final = ("```", "~~~")  # around code in Markdown
_WORDY: Final = re.compile(r"[^\W_]")

BY_ID: Final = {rule.id: rule for rule in RULES}


class _Table(NamedTuple):
    words: Literals
    owners: list[list[int]]  # number of a word -> numbers of the rules that have it
    rules: list[tuple[LineRule, re.Pattern[str]]]


@lru_cache(maxsize=1)
def _table() -> _Table:
    rules = [(rule, re.compile(rule.pattern)) for rule in RULES if rule.pattern]
    owners: dict[str, list[int]] = {}
    for number, (rule, _) in enumerate(rules):
        for word in rule.words:
            owners.setdefault(word, []).append(number)
    return _Table(Literals(owners), list(owners.values()), rules)


def fold(lines: Sequence[str]) -> str:
    """The lines as the rules see them, each closed by a line break: lower case, half-width.

    Full-width ASCII, the ideographic space and the Chinese full stop become their half-width twins, one for one.
    """
    text = "\n".join(lines) + "\n"
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.where((codes >= 0xFF01) & (codes <= 0xFF5E), codes - np.uint32(0xFEE0), codes)
    codes = np.where((codes == 0x3000) | (codes == 0xA0), np.uint32(0x20), codes)
    codes = np.where(codes == 0x3002, np.uint32(0x2E), codes)
    codes = np.where((codes >= 65) & (codes <= 90), codes + np.uint32(32), codes)
    return codes.tobytes().decode("utf-32-le", "replace")


def match(lines: Sequence[str], units: Sequence[float]) -> dict[int, LineRule]:
    """Line index -> the first rule whose wording the line has. ``units`` are the lengths of the lines.

    The lines must hold no line break.
    """
    words, owners, rules = _table()
    text = fold([line if size <= 180 and len(line) <= 600 else "" for line, size in zip(lines, units, strict=True)])
    starts = [0]
    for line in text.split("\n")[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    wanted: dict[int, set[int]] = {}  # line -> rules one of whose words it has
    for at, _, number in words.find(text):
        wanted.setdefault(bisect_right(starts, at) - 1, set()).update(owners[number])
    found: dict[int, LineRule] = {}
    for index, numbers in wanted.items():
        line = text[starts[index] : starts[index + 1] - 1].strip(_BULLETS)
        for number in sorted(numbers):
            rule, pattern = rules[number]
            if units[index] <= rule.longest and pattern.search(line):
                found[index] = rule
                break
    symbols = BY_ID["strip.symbols"]
    for index, line in enumerate(lines):
        wordless = bool(line) and not line.startswith(_FENCE) and not _WORDY.search(line)
        if wordless and units[index] <= symbols.longest and index not in found:
            found[index] = symbols
    return dict(sorted(found.items()))
