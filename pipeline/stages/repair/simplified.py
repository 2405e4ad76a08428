"""Traditional to Simplified, as a view the user asks for; the author's script is in the changes."""

from __future__ import annotations

from functools import cache
from typing import Any

from pipeline.document import Edit
from pipeline.stages.repair.lines import Page, settle


def simplified(page: Page) -> list[Edit]:
    """Edits of each Traditional character in Chinese and mixed lines; needs the package OpenCC."""
    edits = []
    start = 0
    for line in page.text.split("\n"):
        if line and page.lang_at(start) in ("zh", "mixed"):
            new = _converter().convert(line)
            if len(new) == len(line):
                for at, (old, char) in enumerate(zip(line, new, strict=True), start):
                    if old != char:
                        edits.append(Edit(at, at + 1, char, "repair.simplified"))
            else:
                edits.append(Edit(start, start + len(line), new, "repair.simplified"))
        start += len(line) + 1
    return settle(page.text, edits)


@cache
def _converter() -> Any:
    try:
        from opencc import OpenCC
    except ImportError as error:
        raise ValueError("simplify needs the package OpenCC: pip install opencc") from error
    return OpenCC("t2s")
