"""A stuck decoder: one phrase over and over on one line; and little words written twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.document import Edit
from pipeline.stages.repair.lines import Page, settle

# Longest phrase that is looked for, in characters, and the piece of it that must come again within that distance.
_PERIOD: Final = 48
_PIECE: Final = 8
# Repetitions from which nobody means it: people chant and sing four times, seldom eight.
_CERTAIN: Final = 8
_LIKELY: Final = 4
_DOUBLED: Final = ("the the", "of of", "and and", "an an")


def loops(page: Page, likely: bool) -> list[Edit]:
    """Edits that leave one of many repetitions; ``likely`` also where a chorus could be meant."""
    text = page.text
    edits = list(_runs(text, page.lang, _LIKELY if likely else _CERTAIN))
    for pair in _DOUBLED:
        at = text.find(pair)
        while at >= 0:
            end = at + len(pair)
            alone = not text[at - 1 : at].isalpha() and not text[end : end + 1].isalpha()
            if alone and not text.startswith((" or", " not", " xor"), end) and page.lang_at(at) == "en":
                edits.append(Edit(at + len(pair) // 2, end, "", "repair.doubled-word"))
            at = text.find(pair, end)
    return settle(text, edits)


def _runs(text: str, lang: str, enough: int) -> Iterator[Edit]:
    """Every run of a phrase of two words or four Han; looks at a piece of text every few characters."""
    # Short enough to hit every run of the shortest phrase: eight times six letters or four Han.
    step = (32 if lang == "en" else 16) * enough // _CERTAIN
    at, size = 0, len(text) - _PIECE
    while at < size:
        period = text.find(text[at : at + _PIECE], at + 1, at + _PERIOD + _PIECE) - at
        if period < 2:
            at += step
            continue
        start, end = at, at + period + _PIECE
        while start and text[start - 1] == text[start - 1 + period]:
            start -= 1
        while end < len(text) and text[end] == text[end - period]:
            end += 1
        times = (end - start) // period
        if times >= enough and _is_phrase(text[start : start + period]):
            yield Edit(start + period, start + times * period, "", "repair.loop")
        at = max(end, at + step)


def _is_phrase(unit: str) -> bool:
    """Whether a repeated piece is words, not a ruler, a table or laughter."""
    letters = {char for char in unit if char.isalpha()}
    return "\n" not in unit and len(letters) >= 4 and (not unit.isascii() or len(unit.split()) >= 2)
