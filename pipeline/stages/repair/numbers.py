"""Numbers and dates in the order of Chinese: 万 and 亿 as units, year month day as words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from pipeline.document import Edit
from pipeline.stages.repair.lines import Page, settle

_UNIT = re.compile(r"(?<![\d.,])(\d{1,4}(?:\.\d{1,4})?) (ten thousand|hundred million)\b(?!-)")
_DATE = re.compile(r"\b(\d{4}) ?year,? ?(\d{1,2}) ?month,? ?(\d{1,2})(?:st|nd|rd|th)? ?day\b")
_VALUE: Final = {"ten thousand": 10_000, "hundred million": 100_000_000}
_MONTHS: Final = "January February March April May June July August September October November December".split()


def numbers(page: Page) -> list[Edit]:
    """Edits of numbers with Chinese units and of dates in English lines."""
    text = page.text
    edits = []
    for unit, value in _VALUE.items():
        for at in _digit_before(text, f" {unit}"):
            match = _UNIT.match(text, max(0, text.rfind(" ", 0, at) + 1))
            if match:
                new = _number(Decimal(match[1]) * value)
                edits.append(Edit(match.start(), match.end(), new, "repair.number-unit"))
    for at in _digit_before(text, " month"):
        match = _DATE.search(text, max(0, at - 16), at + 24)
        if match and 1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31:
            new = f"{_MONTHS[int(match[2]) - 1]} {int(match[3])}, {match[1]}"
            edits.append(Edit(match.start(), match.end(), new, "repair.date-order"))
    return settle(text, [edit for edit in edits if page.lang_at(edit.start) == "en"])


def _digit_before(text: str, phrase: str) -> Iterator[int]:
    """Where ``phrase`` stands behind a digit."""
    at = text.find(phrase)
    while at >= 0:
        if text[at - 1 : at].isdigit():
            yield at
        at = text.find(phrase, at + len(phrase))


def _number(value: Decimal) -> str:
    """The number as English writes it: 300,000, 1.5 million, 20 billion."""
    for size, name in ((10**9, " billion"), (10**6, " million")):
        if value >= size:
            return f"{(value / size).normalize():f}{name}"
    return f"{value.normalize():,f}"
