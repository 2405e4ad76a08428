"""English typography of machine translation: loose possessives, dots in names, spaces and marks of Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.document import Edit
from pipeline.rules.languages import is_english
from pipeline.stages.repair.lines import Page, settle, space_start

_CLITIC = re.compile(r" [’'](?:s|re|ve|ll|d|m|t)\b(?!['’])")
_SPACED_S = re.compile(r"’ +s\b(?![’'])")
_INTERPUNCT = re.compile(r"[·•‧・](?<=[A-Za-z.][·•‧・])(?=[A-Z])")
_SPACE_BEFORE = re.compile(r" (?:[,;](?=[ \n]|$)|[.:?!](?= +[\"“”‘A-Z\d]|\n|$|[”\"]))")
_FULL: Final = {
    "，": ",",
    "。": ".",
    "；": ";",
    "：": ":",
    "？": "?",
    "！": "!",
    "（": "(",
    "）": ")",
    "、": ",",
    "％": "%",
}
_FULL_MARK = re.compile(r"(?<=[A-Za-z0-9)”’\"%]) ?[，。；：？！、]+ ?")
_FULL_BRACKET = re.compile(r" ?（([^（）\n]{1,200})）")
_FULL_LETTERS = re.compile("[！-～]+")
_GLUED = re.compile(r"[.?!](?<=[a-z]{2}[.?!])(?=[A-Z][a-z]*(?:[’'][a-z]+|\.)?(?: [A-Za-z]|[,，]))")
_CHAIN_LEFT = re.compile(r"(?:[A-Za-z][A-Za-z.]*[·•‧・])*[A-Za-z][A-Za-z.]*$")
_CHAIN_RIGHT = re.compile(r"[A-Za-z][A-Za-z.]*(?:[·•‧・][A-Za-z][A-Za-z.]*)*")
_IN_CODE: Final = ("repair.space-before-punctuation", "repair.missing-space")
_CODE_SIGN = re.compile(r"[{}<>=\\_\[\]|]|\(\)|--")
_RESIDUE = re.compile("(?<![\u4e00-\u9fff（(“\"‘'《「])[\u4e00-\u9fff]{2,}(?![\u4e00-\u9fff）)”\"’'》」])")
_LOOSE_ELLIPSIS = re.compile(r"(?<=[a-z]) +(?=… [A-Z])")
_BRACKET = re.compile("[()\n]")
# A second opening quote in mid-clause while the first, itself in mid-line, waits for its partner; one closes.
_NESTED = re.compile(r"(?<=[a-z] )“[^“”\n]{1,200}[a-z] “(?=[A-Za-z][^“”\n]{1,200}”[^“”\n]*$)", re.MULTILINE)
# Words that begin sentences: after a stop they are no part of a name such as String.Format or Booking.Com.
_STARTERS: Final = frozenset(
    """The It In This That These Those They There He She We You I If When While But However And As At For After Before
    Although Though Since Because So Then Our His Her Their Its My Your What How Why Who Where A An Not No One Some
    Many Most All Each Mr Mrs Ms Dr It’s We’ve We’re That’s I’m There’s""".split()
)
# No-break spaces that became question marks with it.
_LOST = re.compile(r"(?<=[^\s?])\?(?: \?)+(?= |$)", re.MULTILINE)
_COPYRIGHT = re.compile(r"\b([Cc]opyright|COPYRIGHT) \?(?= ?\d{4}\b)((?: ?\d{4}(?:-\d{4})?)?)((?: \?)*)")


def english(page: Page) -> list[Edit]:
    """Edits of typography in English and mixed lines."""
    if not {"en", "mixed"} & page.spoken:
        return []
    text = page.text
    edits = [edit for edit in _propose(text) if _is_prose(page, edit)]
    return settle(text, edits)


def _is_prose(page: Page, edit: Edit) -> bool:
    """Whether an edit stands in English prose: an English line, of six words or more where the document is not English.

    A full-width mark in a line of both languages may be the Chinese one's. Code has its own spaces.
    """
    lang = page.lang_at(edit.start)
    if lang != "en" and (lang != "mixed" or edit.rule == "repair.english-width"):
        return False
    if edit.rule in _IN_CODE and _CODE_SIGN.search(page.text, max(0, edit.start - 20), edit.end + 20):
        return False
    if page.lang == "en":
        return True
    start, end = page.line_of(edit.start)
    return page.text.count(" ", start, min(end, start + 2000)) >= 6


def copyright_mark(page: Page) -> list[Edit]:
    """``Copyright ? 2016``: a © that the file's encoding could not hold."""
    if "opyright ?" not in page.text and "OPYRIGHT ?" not in page.text:
        return []
    text = page.text
    edits = []
    for match in _COPYRIGHT.finditer(text):
        edits.append(Edit(match.start(), match.end(), f"{match[1]} ©{match[2]}", "repair.copyright-mark"))
        for lost in _LOST.finditer(text, match.end(), min(match.end() + 200, page.line_of(match.start())[1])):
            edits.append(Edit(lost.start(), lost.end(), "", "repair.copyright-mark"))
    return settle(text, edits)


def _propose(text: str) -> Iterator[Edit]:
    if " ’" in text or " '" in text:
        for match in _CLITIC.finditer(text):
            start = space_start(text, match.start())
            before = text[start - 1 : start]
            if before.isalnum() if match[0][2] != "t" else before == "n":
                yield Edit(start, match.start() + 1, "", "repair.spaced-possessive")
    if "’ " in text:
        for match in _SPACED_S.finditer(text):
            if text[match.start() - 1 : match.start()].islower():
                yield Edit(match.start() + 1, match.end() - 1, "", "repair.spaced-possessive")
    if not text.isascii():
        for match in _INTERPUNCT.finditer(text):
            if _is_name(text, match.start()):
                yield Edit(match.start(), match.end(), " ", "repair.name-interpunct")
        yield from _full_width(text)
    for match in _SPACE_BEFORE.finditer(text):
        start = space_start(text, match.start())
        before = text[start - 1 : start]
        if before.isalnum() or (before and before in ")]”’\"'"):
            yield Edit(start, match.start() + 1, "", "repair.space-before-punctuation")
    for match in _GLUED.finditer(text):
        if _parts_sentences(text, match.start()):
            yield Edit(match.end(), match.end(), " ", "repair.missing-space")


def _is_name(text: str, at: int) -> bool:
    """Whether the dot at ``at`` stands between two capitalised words, at most three in a chain (more are a list)."""
    left = _CHAIN_LEFT.search(text, max(0, at - 80), at)
    right = _CHAIN_RIGHT.match(text, at + 1, at + 80)
    if not left or not right:
        return False
    words = re.split("[·•‧・]", left[0] + "·" + right[0])
    return len(words) <= 3 and all(word[0].isupper() for word in words) and any(len(word) > 2 for word in words)


def _full_width(text: str) -> Iterator[Edit]:
    if any(mark in text for mark in "，。；：？！、"):
        for match in _FULL_MARK.finditer(text):
            end = match.end()
            after = text[end : end + 1]
            if after and "\u3400" <= after <= "\u9fff":
                continue
            mark = _FULL[match[0].strip()[0]]
            space = " " if after and after not in " \n”’\"')" else ""
            yield Edit(match.start(), end, mark + space, "repair.english-width")
    if "（" in text:
        for match in _FULL_BRACKET.finditer(text):
            before = text[match.start() - 1 : match.start()]
            after = text[match.end() : match.end() + 1]
            if re.search("[A-Za-z]", match[1]) and not re.match("[\u3400-\u9fff]", before or " "):
                new = f"{' ' if before not in ('', chr(10)) else ''}({match[1]}){' ' if after.isalnum() else ''}"
                yield Edit(match.start(), match.end(), new, "repair.english-width")


def _parts_sentences(text: str, at: int) -> bool:
    """Whether the stop at ``at`` parts two sentences rather than the parts of a name."""
    left = re.search(r"[A-Za-z.]+$", text[max(0, at - 30) : at])
    right = re.match(r"[A-Za-z]+(?:[’'][a-z]+)?", text[at + 1 : at + 40])
    if not left or not right or len(left[0]) < 3 or "." in left[0]:
        return False
    if right[0].replace("'", "’") in _STARTERS:
        return True
    return left[0].islower() and is_english(left[0]) and is_english(right[0].lower())


def loose_ends(page: Page) -> list[Edit]:
    """Edits that only a document with other artifacts proves: brackets and quotes without a partner, loose ellipses."""
    text = page.text
    edits = [Edit(m.start(), m.end(), "", "repair.spaced-ellipsis") for m in _LOOSE_ELLIPSIS.finditer(text)]
    edits += _orphans(page)
    for match in _NESTED.finditer(text):
        edits.append(Edit(match.end() - 1, match.end(), "", "repair.doubled-quote"))
    return settle(text, [edit for edit in edits if page.lang_at(edit.start) == "en"])


def _orphans(page: Page) -> Iterator[Edit]:
    """Closing brackets behind a word that no bracket of their line opened."""
    text, depth = page.text, 0
    for match in _BRACKET.finditer(text):
        if match[0] == "\n":
            depth = 0
        elif match[0] == "(":
            depth += 1
        elif depth:
            depth -= 1
        elif text[max(0, match.start() - 3) : match.start()].isalpha() and match.start() > 2:
            yield Edit(match.start(), match.end(), "", "repair.orphan-bracket")


def residue(page: Page) -> int:
    """How many stretches of Han a translation left in English lines, outside brackets and quotes. Never edited."""
    if page.text.isascii() or "en" not in page.spoken:
        return 0
    return sum(page.lang_at(match.start()) == "en" for match in _RESIDUE.finditer(page.text))
