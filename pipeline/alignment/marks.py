"""Punctuation of sentences, as numbers that can be compared between the two languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]

MARKS = ("asks", "cries", "breaks_off", "opens", "closes", "ends_?", "ends_!", "ends_,", "ends_:", "starts_open",
         "ends_close", "inside", "commas", "brackets")  # fmt: skip
ASK, CRY, BREAK, OPEN, CLOSE, END_ASK, END_CRY = range(7)
END_COMMA, END_COLON, FIRST, LAST, INSIDE, COMMAS, BRACKETS = range(7, len(MARKS))
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)|(?<=s)['’](?= [a-z])")


def count_marks(texts: Sequence[str]) -> Array:
    """Punctuation counts and states per sentence, (n, len(MARKS)).

    Quotes: “ ” 「 」 『 』, straight and British single ones.
    """
    marks = np.zeros((len(texts), len(MARKS)), np.float32)
    inside = False
    for row, text in zip(marks, texts, strict=True):
        text = _APOSTROPHE.sub("", text)
        row[ASK] = text.count("?") + text.count("？")
        row[CRY] = text.count("!") + text.count("！")
        row[BREAK] = text.count("…") + text.count("...") + text.count("——") + text.count("—")
        row[COMMAS] = sum(map(text.count, ",，、;；"))
        row[BRACKETS] = text.count("(") + text.count("（")
        before = " "
        quotes = []
        for place, c in enumerate(text):
            if c in "“「『‘":
                quotes.append((place, True))
            elif c in "”」』’":
                quotes.append((place, False))
            elif c in "\"'＂":
                quotes.append(
                    (place, before.isspace() or before in "(（—-“‘「" or (place > 0 and not inside and c != "'"))
                )
            before = c
            if quotes and quotes[-1][0] == place:
                inside = quotes[-1][1]
        row[OPEN] = sum(is_open for _, is_open in quotes)
        row[CLOSE] = len(quotes) - row[OPEN]
        row[FIRST] = bool(quotes) and quotes[0][1] and quotes[0][0] <= 1
        row[LAST] = bool(quotes) and not quotes[-1][1] and quotes[-1][0] >= len(text) - 2
        row[INSIDE] = inside
        end = text.rstrip("”」』’\"' )）")[-1:]
        row[END_ASK] = end in ("?", "？")
        row[END_CRY] = end in ("!", "！")
        row[END_COMMA] = end in (",", "，", ";", "；", "、")
        row[END_COLON] = end in (":", "：")
    return marks
