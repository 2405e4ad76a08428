"""Characters that are no text: invisible ones, controls, look-alikes of Han characters, odd spaces, loose accents.

None of these tables folds width or style: ， stays ，, ① stays ①, ™ stays ™ (NFKC would change them).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from pipeline.document import Edit
from pipeline.stages.repair.lines import Page, settle

_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2e80-\u2fd5\u3000\u3164\ud800-\udfff\ue000-\uf8ff\uf900-\ufaff\ufeff\uffa0\ufff9-\ufffc"
    "\U000e0001\U000e0020-\U000e007f\U000f0000-\U0010ffff]"
)
# All but printable ASCII, Latin-1, Han and the usual punctuation: a small class is twice as fast to look for.
_RARE = re.compile("[^\t\n -~¡-¬®-ÿ\u2010-\u2027\u3001-\u301f\u4e00-\u9fff！-～]")
# A letter with its accents written apart, and Hangul letters of one syllable. Bounded: ten thousand accents on one
# letter are no spelling, and composing them would cost the square of their number.
_LOOSE = re.compile(
    "[^\\W\\d_][\u0300-\u036f\u0653-\u0655\u3099\u309a]{1,16}(?![\u0300-\u036f])"
    "|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\u212a\u212b\u2126]"
)
_HAS_LOOSE = re.compile("[\u0300-\u036f\u0653-\u0655\u1100-\u1112\u212a\u212b\u2126\u3099\u309a]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINING = re.compile("[\u0600-\u06ff\u0700-\u07ff\u0900-\u0dff\u1780-\u17ff\u1800-\u18af]")  # scripts that use joiners
_NO_SPACES = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]")  # scripts whose words part at a zero-width space

# Code points of GB 18030-2000 in the private-use area and the characters they got since (GB 18030-2022, table D.2).
_GB_PRIVATE: Final = {
    **dict(zip(range(0xE78D, 0xE797), "︐︒︑︓︔︕︖︗︘︙", strict=True)),
    0xE7C7: "ḿ", 0xE7C8: "ǹ", 0xE5E5: "\u3000", 0xE81E: "龴", 0xE826: "龵", 0xE82B: "龶", 0xE82C: "龷", 0xE832: "龸",
    0xE843: "龹", 0xE854: "龺", 0xE864: "龻",
}  # fmt: skip
# Windows-1252 where text was read as Latin-1; the five unassigned bytes are dropped.
_C1: Final = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}


def characters(page: Page) -> list[Edit]:
    """Edits of single characters, the same in every language but for joiners and ideographic spaces."""
    edits: list[Edit] = []
    loose = False
    for match in _RARE.finditer(page.text):
        if _SUSPECT.match(match[0]):
            edits += _character(page, match.start())
        else:
            loose = loose or _HAS_LOOSE.match(match[0]) is not None
    if loose:
        edits += _loose(page.text)
    return settle(page.text, edits)


def _character(page: Page, at: int) -> Iterator[Edit]:
    text = page.text
    char = text[at]
    code = ord(char)
    if char == "\xa0" or 0x2000 <= code <= 0x200A or char in "\u202f\u205f":
        yield Edit(at, at + 1, " ", "repair.odd-space")
    elif char == "\u3000":
        if page.lang_at(at) == "en":
            yield Edit(at, at + 1, " ", "repair.odd-space")
    elif code < 0x20 or char == "\x7f":
        yield Edit(at, at + 1, " " if char in "\t\x0b\x0c\r\x1c\x1d\x1e\x1f" else "", "repair.control-character")
    elif code < 0xA0:
        yield Edit(at, at + 1, " " if code == 0x85 else _C1[code], "repair.c1-control")
    elif char in "\u2028\u2029":
        yield Edit(at, at + 1, " ", "repair.control-character")
    elif 0xD800 <= code <= 0xDFFF:
        yield from _surrogate(text, at, code)
    elif 0x2E80 <= code <= 0x2FD5 or 0xF900 <= code <= 0xFAFF:
        plain = _ideograph(char)
        if plain != char:
            rule = "repair.radical" if code < 0x3000 else "repair.compatibility-ideograph"
            yield Edit(at, at + 1, plain, rule)
    elif 0xE000 <= code <= 0xF8FF or code >= 0xF0000:
        yield Edit(at, at + 1, _GB_PRIVATE.get(code, ""), "repair.private-use")
    elif not _has_use(page, at, char):
        yield Edit(at, at + 1, "", "repair.zero-width")


def _surrogate(text: str, at: int, code: int) -> Iterator[Edit]:
    """Join two halves of a JSON escape; a half alone becomes U+FFFD, since no file could hold it."""
    if code < 0xDC00 and at + 1 < len(text) and 0xDC00 <= ord(text[at + 1]) <= 0xDFFF:
        joined = chr(0x10000 + ((code - 0xD800) << 10) + ord(text[at + 1]) - 0xDC00)
        yield Edit(at, at + 2, joined, "repair.surrogate")
    elif not (code >= 0xDC00 and at and 0xD800 <= ord(text[at - 1]) <= 0xDBFF):
        yield Edit(at, at + 1, "\ufffd", "repair.surrogate")


def _ideograph(char: str) -> str:
    """The unified ideograph of a radical or compatibility ideograph; the character itself where there is none."""
    plain = unicodedata.normalize("NFKC", char)
    return _SUPPLEMENT.get(char, plain) if len(plain) == 1 else char


# Radicals without a decomposition in Unicode that stand for one character in scanned and copied PDF text.
_SUPPLEMENT: Final = dict(
    zip(
        "⺠⻓⻔⻢⻋⻅⻉⻚⻛⻜⻝⻥⻦⻨⻩⻬⻮⻰⻳⺟⻄⻆⺒⺓⺝⻘",
        "民长门马车见贝页风飞食鱼鸟麦黄齐齿龙龟母西角巳幺月青",
        strict=True,
    )
)


def _has_use(page: Page, at: int, char: str) -> bool:
    """Whether an invisible character does something where it stands."""
    text = page.text
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if char == "\u200d":
        return bool(_JOINING.match(before)) or (_is_emoji(before) and _is_emoji(after))
    if char == "\u200c":
        return bool(_JOINING.match(before))
    if char in "\u200e\u200f\u061c" or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069":
        start, end = page.line_of(at)
        return _RIGHT_TO_LEFT.search(text, max(start, at - 2000), min(end, at + 2000)) is not None
    if char in "\u200b\xad":
        return bool(_NO_SPACES.match(before)) or bool(_NO_SPACES.match(after))
    if char in "\u115f\u1160":
        return bool(re.match("[\u1100-\u11ff]", after + before))
    if "\U000e0020" <= char <= "\U000e007f":  # tags that make flags out of a black flag
        return "\U0001f3f4" in text[max(0, at - 8) : at]
    return "\u17b4" <= char <= "\u17b5" or (char == "\u034f" and bool(re.match("[\u0300-\u036f]", after)))


def _is_emoji(char: str) -> bool:
    return bool(char) and (char >= "\U0001f000" or "\u2190" <= char <= "\u2bff" or char in "\ufe0f\u200d\u3030©®")


def _loose(text: str) -> Iterator[Edit]:
    for match in _LOOSE.finditer(text):
        composed = unicodedata.normalize("NFC", match[0])
        if composed != match[0]:
            yield Edit(match.start(), match.end(), composed, "repair.loose-accent")
