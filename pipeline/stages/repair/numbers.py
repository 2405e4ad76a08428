"""Numbers and dates in the order of Chinese: 万 and 亿 as units, year month day as words."""

from __future__ import annotations

import re
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
    if " ten thousand" in text or " hundred million" in text:
        for match in _UNIT.finditer(text):
            new = _number(Decimal(match[1]) * _VALUE[match[2]])
            edits.append(Edit(match.start(), match.end(), new, "repair.number-unit"))
    if "month" in text and "year" in text:
        for match in _DATE.finditer(text):
            if 1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31:
                new = f"{_MONTHS[int(match[2]) - 1]} {int(match[3])}, {match[1]}"
                edits.append(Edit(match.start(), match.end(), new, "repair.date-order"))
    return settle(text, [edit for edit in edits if page.lang_at(edit.start) == "en"])


def _number(value: Decimal) -> str:
    """The number as English writes it: 300,000, 1.5 million, 20 billion."""
    for size, name in ((10**9, " billion"), (10**6, " million")):
        if value >= size:
            return f"{(value / size).normalize():f}{name}"
    return f"{value.normalize():,f}"
