"""Doubts about a translation pair, as flags a user can filter by.

The flags say what was seen, not that the translation is wrong: ``number-mismatch``, ``date-mismatch``,
``name-mismatch``, ``untranslated``, ``length-ratio``, ``copy``, ``wrong-language``.
"""

from __future__ import annotations

import re
from collections import Counter

from . import lexicon

# Han characters per English letter, times LETTERS_PER_HAN, beyond which one side says far more than the other.
FARTHEST_RATIO = 2.5
# Han characters (or their worth in letters) below which lengths prove nothing.
SHORT = 12.0
# Letters that carry as much as one Han character (medians of 16 translated projects: 3.2 … 4.9).
LETTERS_PER_HAN = 3.6
# Words of Latin script in a row that a Chinese sentence would have translated.
UNTRANSLATED_WORDS = 6

_HAN = re.compile(f"[{lexicon.HAN}]")
_LETTER = re.compile(r"[A-Za-zÀ-ɏ]")
_FOREIGN_RUN = re.compile(rf"[A-Za-z][a-z'’]*(?:[ ,]+[a-z'’]+){{{UNTRANSLATED_WORDS - 1},}}")
_ZH_DATE = re.compile(r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号號])?")
_MONTH = (
    r"(January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_EN_DATE = re.compile(
    rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?|\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(\d{{4}}))?"
)
_ISO_DATE = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
_DECADE = re.compile(r"(\d{1,2}|十[七八九]|二十一?)世纪([\d一二三四五六七八九]0?十?)年代")
_NAME = re.compile(r"(?<![A-Za-z])[A-Z][a-z]{2,}(?:[A-Z][a-z]+)*(?![A-Za-z])|(?<![A-Za-z])[A-Z]{2,}[0-9-]*(?![A-Za-z])")
_PRODUCT = re.compile(r"[A-Za-z]+[-.]?\d[\w.-]*|\d+(?:\.\d+){2,}")
_GROUPED = re.compile(r"(?<=\d)[  ](?=\d{3}\b)")
_PLAIN = re.compile(r"[\W_]+")


def check(zh: str, en: str) -> str:
    """Flags of a pair, space-separated and sorted; "" if nothing looks wrong.

    Small numbers are not compared: "two" and 两 come and go in good translations.
    """
    found = set()
    if not _HAN.search(zh) or len(_LETTER.findall(en)) <= len(_HAN.findall(en)):
        found.add("wrong-language")
    if _copies(zh, en):
        found.add("copy")
    if _lengths_differ(zh, en):
        found.add("length-ratio")
    if (_HAN.search(en) and len(_HAN.findall(en)) > 0.1 * len(_LETTER.findall(en))) or _left_over(zh, en):
        found.add("untranslated")
    zh_dates, en_dates = _chinese_dates(zh), _english_dates(en)
    if zh_dates and en_dates and not _dates_agree(zh_dates, en_dates):
        found.add("date-mismatch")
    if _numbers_differ(zh, en):
        found.add("number-mismatch")
    if _names_differ(zh, en):
        found.add("name-mismatch")
    return " ".join(sorted(found))


def _copies(zh: str, en: str) -> bool:
    a, b = _PLAIN.sub("", zh).lower(), _PLAIN.sub("", en).lower()
    if not a or not b:
        return False
    return a == b or (len(a) > 20 and (a in b or b in a))


def _lengths_differ(zh: str, en: str) -> bool:
    a, b = _weight(zh), _weight(en)
    return max(a, b) > SHORT and max(a + 4, b + 4) / min(a + 4, b + 4) > FARTHEST_RATIO


def _weight(text: str) -> float:
    """Length in Han characters; a Latin letter or digit counts a part."""
    han = len(_HAN.findall(text))
    return han + (sum(map(str.isalnum, text)) - han) / LETTERS_PER_HAN


def _left_over(zh: str, en: str) -> bool:
    """Whether the Chinese still holds a clause of the English."""
    return any(run.lower() in en.lower() for run in _FOREIGN_RUN.findall(zh))


def _chinese_dates(text: str) -> set[tuple[int, int, int]]:
    """(year, month, day), 0 where it is not said."""
    out = {tuple(int(g or 0) for g in m.groups()) for m in _ZH_DATE.finditer(text)}
    out |= {tuple(map(int, m.groups())) for m in _ISO_DATE.finditer(text)}
    return {(y, m, d) for y, m, d in out if 1 <= m <= 12}


def _english_dates(text: str) -> set[tuple[int, int, int]]:
    out = {tuple(map(int, m.groups())) for m in _ISO_DATE.finditer(text)}
    for match in _EN_DATE.finditer(text):
        month, day, year, day2, month2, year2 = match.groups()
        name = (month or month2).lower()
        number = lexicon.MONTHS.get(name) or lexicon.MONTHS_SHORT.get(name[:3], 0)
        out.add((int(year or year2 or 0), number, int(day or day2)))
    return {(y, m, d) for y, m, d in out if 1 <= m <= 12}


def _dates_agree(one: set[tuple[int, int, int]], other: set[tuple[int, int, int]]) -> bool:
    """Each full date of the side with fewer has a partner that does not contradict it."""
    few, many = sorted((one, other), key=len)
    return all(any(all(p == q or not p or not q for p, q in zip(a, b, strict=True)) for b in many) for a in few)


def _numbers_differ(zh: str, en: str) -> bool:
    a, b = _numbers(zh, chinese=True), _numbers(en, chinese=False)
    loose_a = {*a, *_parts(zh)}
    loose_b = {*b, *_parts(en)}
    lost = [n for n in a if n not in loose_b and not _close(n, loose_b)]
    new = [n for n in b if n not in loose_a and not _close(n, loose_a)]
    return bool(lost and new) or len(lost) > 1 or len(new) > 1


def _numbers(text: str, *, chinese: bool) -> Counter[float]:
    """Numbers above twelve, or with a decimal point: those that a translation keeps."""
    text = _GROUPED.sub("", _PRODUCT.sub(" ", text))
    decades = []
    if chinese:
        for match in _DECADE.finditer(text):
            century = lexicon.number_value(match[1])
            tens = lexicon.number_value(match[2]) or 0
            if century:
                decades.append((century - 1) * 100 + (tens if tens >= 10 else tens * 10))
        text = _DECADE.sub(" ", text)
    forms = lexicon.chinese_numbers(text) if chinese else lexicon.english_numbers(text)
    values = [float(form[1:]) for _, _, form in forms]
    return Counter(v for v in [*values, *decades] if v > 12 or v != int(v))


def _parts(text: str) -> set[float]:
    """Digit groups as written, whatever they mean."""
    return {float(d) for d in re.findall(r"\d+(?:\.\d+)?", _GROUPED.sub("", text).replace(",", "")) if len(d) < 16}


def _close(number: float, others: set[float]) -> bool:
    """Within a rounding: 1.2 million and 120万, 近2000 and 1,998 are one number."""
    return any(abs(number - o) <= 0.005 * abs(number) for o in others)


def _names_differ(zh: str, en: str) -> bool:
    """Latin names that stand in the Chinese but nowhere in the English."""
    names = {n for n in _NAME.findall(zh) if len(n) > 2}
    if not names or not _HAN.search(zh):
        return False
    plain = en.lower()
    lost = [n for n in names if n.lower() not in plain]
    return len(lost) > len(names) / 2
