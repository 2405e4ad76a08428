"""Segment: paragraphs and sentences as spans of the final text, each with its language.

A line is a paragraph. A sentence ends at 。！？ or at . ! ? before a space and a capital; closing quotes and brackets
stay with it. A stop does not end a sentence inside a number, an address, an abbreviation, or a Chinese quotation
whose speaker is named right behind it (“好吗？”他问。). Every decision looks at a bounded stretch around one mark, so
time grows with the number of marks, whatever the length of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.document import Document, Segment
from pipeline.rules import languages
from pipeline.stages.detect import detect_line, han_units, language_of, units, word_count

_H = "\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7a3\u3007"
_MARK = re.compile("[。！？｡!?．]+[。！？!?…]*|…+|\\.+[!?.]*")
_CLOSERS = re.compile("[”’」』）】》〉〕\\])\"'＂＇]*")
_HAN = re.compile(f"[{_H}]")
_WORD_BEFORE = re.compile(r"[A-Za-z.&'’-]{1,24}$")
_WORD_AFTER = re.compile(r"[\s\"'“‘(\[「『（《【—–-]*([A-Za-z']+|[0-9]|[^\x00-\x7f])")
# Who speaks, right behind a closing quote: up to twelve characters with a verb of saying, then a mark.
_TAG = re.compile(
    "[^。！？，；：“”「」\\n]{0,10}"
    "(?:说|說|(?<!知)道|问|問|喊|叫|答|笑|称|稱|表示|想|嚷|骂|罵|讲|講|回应|回應|解释|解釋|写|寫|吼|叹|嘆|催|补充|補充)"
    "(?:道|着|著|了|起来|起來|一句|一声|一聲|[我你您他她它]们?)?(?:[，。：！？,:!?…]|$)"
)
# Abbreviations before which a capital is no new sentence.
_TITLES: Final = frozenset(
    """mr mrs ms dr p pp prof sr jr gen col lt sgt capt rev hon gov sen rep pres mt ft no nos vol vols fig figs vs
    ed eds cf viz e.g i.e al approx dept est tel ext univ assn bros ave blvd rd sq op art sec ch par jan feb mar apr jun
    jul aug sept oct nov dec mon tue tues wed thu thur thurs fri sat sun messrs mmes adm cmdr maj pvt cpl supt ald
    """.split()
)
# Abbreviations that may end a sentence: only before a usual first word of a sentence they do.
_MAYBE_LAST: Final = frozenset(
    "inc ltd co corp etc st u.s u.k u.n e.u d.c a.m p.m ph.d m.d b.a m.a b.sc m.sc jr sr llc plc".split()
)
# What may follow an hour within a sentence, and states as datelines shorten them.
_BEHIND_HOURS: Final = frozenset(
    """Eastern Pacific Central Mountain Beijing London ET EST EDT PT PST PDT CT GMT UTC CET Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday January February March April May June July August September October November
    December""".split()
)
_STATES: Final = frozenset(
    """ala ariz ark calif ca colo conn del fla ga ind kan ky md mich minn mont neb nev okla pa tenn tex va vt wis wyo
    """.split()
)
_FIRST_WORDS: Final = frozenset(
    """the a an this that these those it he she they we you i in on at by for from with as but and so if when while
    after before since although though however meanwhile moreover there here what who why how where his her its
    their our my your one some many most all no not according""".split()
)
# A date or a number that a stop parts from the next item is a list: "1. ", "3." at the start of a line.
_LIST_NUMBER = re.compile(r"^\s*[(（]?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})$")


def segment(doc: Document) -> Document:
    """The document with its ``segments`` (one sentence each, code points), ``lang`` and ``script`` of its final text.

    Together the segments hold every character that is not white space. ``line_langs`` and ``line_roles`` are used
    where they fit the lines of the text.
    """
    lines = doc.lines()
    langs = doc.line_langs if len(doc.line_langs) == len(lines) else None
    roles = doc.line_roles if len(doc.line_roles) == len(lines) else None
    hint = doc.lang if doc.lang not in ("mixed", "other") else ""
    segments: list[Segment] = []
    shares: dict[str, float] = {}
    start = paragraph = 0
    for number, line in enumerate(lines):
        if line and not line.isspace():
            line_lang = langs[number] if langs else detect_line(line, hint)
            role = roles[number] if roles else "body"
            for first, last in sentences(line):
                sentence = line[first:last]
                lang = _language(sentence, line_lang, hint)
                segments.append(Segment(start + first, start + last, lang, paragraph, role or "body"))
                _count(shares, sentence, lang)
            paragraph += 1
        start += len(line) + 1
    han, words = han_units(doc.text), word_count(doc.text)
    script = languages.script(doc.text, round(han), words)
    metadata = {**doc.metadata, "script": script}
    return replace(doc, segments=tuple(segments), lang=language_of(shares), metadata=metadata)


def sentences(line: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of one line, without the white space between them."""
    start = 0
    for match in _MARK.finditer(line):
        if match.start() < start:
            continue
        end = _end(line, start, match)
        if end:
            yield from _span(line, start, end)
            start = end
    yield from _span(line, start, len(line))


def _span(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and line[start].isspace():
        start += 1
    while end > start and line[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _end(line: str, start: int, match: re.Match[str]) -> int:
    """Where the sentence that holds this mark ends, or 0 if it goes on."""
    mark = match[0]
    after = match.end()
    closers = _CLOSERS.match(line, after, after + 8)
    end = closers.end() if closers else after
    attached = line[end : end + 1].isspace() or end == len(line)
    if end > after and line[end - 1] in "\"'" and not attached and not _closes(line, start, end - 1):
        end -= 1
    following = line[end : end + 1]
    if not following:
        return end
    if following in "，。；、：,;:!?！？…":
        return 0
    if mark[0] in "。｡！？":
        quoted = end > after
        return 0 if quoted and _TAG.match(line, end, end + 18) else end
    before = line[match.start() - 1 : match.start()]
    if mark[0] == "…" or (mark[0] == "." and len(mark) > 1 and mark.strip(".") == ""):
        return end if end > after or (following.isspace() and _starts_sentence(line, end)) else 0
    chinese = bool(before and (_HAN.match(before) or before in "”’」』）】》"))
    if mark[0] in "!?":
        return _half_width(line, end, end > after, chinese, following)
    return _stop(line, start, match.start(), end, chinese, following)


def _half_width(line: str, end: int, quoted: bool, chinese: bool, following: str) -> int:
    """``!`` and ``?``: in Chinese they end a sentence unless the speaker follows; in Latin before a capital."""
    if chinese or _HAN.match(following):
        return 0 if quoted and _TAG.match(line, end, end + 18) else end
    return end if following.isspace() and _starts_sentence(line, end) else 0


def _stop(line: str, start: int, at: int, end: int, chinese: bool, following: str) -> int:
    """A full stop of half width."""
    if chinese:
        return end if _HAN.match(following) or following.isspace() else 0
    if _LIST_NUMBER.match(line[max(start, at - 8) : at]) and at - start <= 8:
        return 0
    if _HAN.match(following):
        return end if len(line[max(start, at - 60) : at].split()) >= 4 else 0
    if not following.isspace() or not _starts_sentence(line, end):
        return 0
    word = _WORD_BEFORE.search(line, max(start, at - 24), at)
    if not word:
        return end
    name = word[0].lower().strip("'’-&")
    if name in _TITLES or (len(name) == 1 and word[0].isupper() and name != "i"):
        return 0
    if name in ("a.m", "p.m"):
        first = _WORD_AFTER.match(line, end, end + 40)
        return 0 if first and first[1] in _BEHIND_HOURS else end
    if word[0][0].isupper() and name in _STATES:
        return 0
    if name in _MAYBE_LAST or re.fullmatch("(?:[a-z]\\.)+[a-z]", name):
        first = _WORD_AFTER.match(line, end, end + 40)
        return end if first and first[1].lower() in _FIRST_WORDS and first[1][0].isupper() else 0
    return end


def _starts_sentence(line: str, end: int) -> bool:
    """Whether what follows ``end`` may begin a sentence: a capital, a digit, Han, an opening quote before one."""
    if line.startswith(("--", "—", "–"), end + 1):
        return False
    first = _WORD_AFTER.match(line, end, end + 40)
    return not first or not first[1][0].islower()


def _closes(line: str, start: int, at: int) -> bool:
    """Whether the straight quote at ``at`` closes one opened in this sentence (looking 2,000 characters back)."""
    return line.count(line[at], max(start, at - 2_000), at) % 2 == 1


def _language(sentence: str, line_lang: str, hint: str) -> str:
    """Language of a sentence: its line's, unless its own script says otherwise."""
    if line_lang == "mixed":
        return detect_line(sentence, hint) or line_lang
    has_han = _HAN.search(sentence) is not None
    if line_lang in ("zh", "ja", "ko"):
        if not has_han and word_count(sentence) >= 4:
            return detect_line(sentence, line_lang)
    elif has_han or not line_lang:
        return detect_line(sentence, line_lang)
    return line_lang


def _count(shares: dict[str, float], sentence: str, lang: str) -> None:
    if lang == "mixed":
        shares["zh"] = shares.get("zh", 0.0) + han_units(sentence)
        shares["en"] = shares.get("en", 0.0) + word_count(sentence)
    else:
        shares[lang] = shares.get(lang, 0.0) + units(sentence)
