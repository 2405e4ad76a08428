"""HTML tables on one line of a text: what is left where a converter to Markdown had no form for them.

    <table><tbody><tr><td style="…">CVE</td><td>9.8</td></tr></tbody></table>   ->   CVE\t9.8

A text that shows tags otherwise, or as code, is about markup: there they stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.document import Edit

_OPEN: Final = re.compile(r"<table\b", re.IGNORECASE)
_CLOSE: Final = re.compile(r"</table\s{0,9}>", re.IGNORECASE)
_CELL: Final = re.compile(r"</t[dh]\s{0,9}>", re.IGNORECASE)


def table_edits(text: str) -> Iterator[Edit]:
    """Edits that leave of each table its cells, a row a line and a tab between two cells (rule ``read.table``)."""
    if not _OPEN.search(text):
        return
    offset = 0
    fenced = False  # inside a block of code
    for line in text.split("\n"):
        fenced ^= line.lstrip().startswith("```")
        opening = None if fenced or "`<" in line else _OPEN.search(line)
        if opening and _CELL.search(line) and (closings := [found.end() for found in _CLOSE.finditer(line)]):
            yield from _cells(line[opening.start() : closings[-1]], offset + opening.start())
        offset += len(line) + 1


def _cells(table: str, offset: int) -> Iterator[Edit]:
    """Edits of what stands between the texts of a table that begins at ``offset``."""
    from pipeline.stages.read.html import lines_of

    shown, blocks, _, _ = lines_of(table).lines.result()
    at = done = 0
    for place, start, length in [*blocks, (len(shown), len(table), 0)]:
        if start > done or place > at:
            yield Edit(offset + done, offset + start, shown[at:place], "read.table")
        at, done = place + length, start + length
