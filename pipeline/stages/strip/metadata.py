"""Title, author, account and date of an article from the lines around its body; each names its line."""

from __future__ import annotations

import datetime
import re
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.rules.markers import MARKERS
from pipeline.stages.strip.features import Columns
from pipeline.stages.strip.page import DOT, STOP, Page, title_words

# How far above the first line of the body its title may stand, and its bylines above and below, lines.
TITLE_REACH: Final = 8
BYLINE_REACH: Final = 6

# A title of so many words (Han bigrams) or more, over a body of so many units, of which the body uses less than this
# share, is hardly that body's title: two of 221 labelled pages are such and should not be.
FEWEST_TITLE_WORDS: Final = 8
FEWEST_BODY_UNITS: Final = 400.0
MISMATCH_SHARE: Final = 0.28
# What a heading shares with the body, at least, if it is to stand for a title that shares less than that.
OWN_SHARE: Final = 0.4
# Units of a line that has little but a date.
BARE_DATE: Final = 3.0

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
    for name in (names,)
}
_MONTH: Final = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_NUMERIC: Final = re.compile(r"(?<!\d)((?:19|20)\d\d) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})(?!\d)")
_YEAR_LAST: Final = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d\d)(?!\d)")
_MONTH_FIRST: Final = re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)\b")
_DAY_FIRST: Final = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? {_MONTH},? ((?:19|20)\d\d)\b")
_REPUBLIC: Final = re.compile(r"(?:民國|民国)\s?(\d{2,3}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日")
_HAN_DATE: Final = re.compile(
    r"([一二][九〇零○][〇零○一二三四五六七八九]{2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_HAN_DIGITS: Final = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}

_CHAT_BYLINE: Final = re.compile(r"^(.{2,40}?)\s+((?:19|20)\d\d-\d\d-\d\d)(?: \d\d:\d\d(?::\d\d)?)?$")
_AUTHOR: Final = (
    re.compile(
        r"(?:^|[\s|　])(?:作者|撰文|撰稿)\s*[:：/|]\s*(?:(?:本报|本網|本网)?(?:记者|記者|通讯员)\s*)?"
        r"([^\s|，,：:（(]{2,20}(?: [A-Z][\w.'-]+)?)"
    ),
    re.compile(r"^(?:文)\s*[/／|｜:：]\s*([^\s|，,：:（(]{2,12})$"),
    re.compile(r"^[bB][yY]:?\s+([A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|de|van|von|bin|al)){1,3})(?=$|[,|]| [-–—|]|\s{2})"),
    re.compile(r"^(?:本报|本網|本网)?(?:记者|記者)\s*[:：]?\s*([一-鿿]{2,4})(?=$|[\s／/╱])"),
)
_ACCOUNT: Final = re.compile(r"^(?:公众号|公眾號|微信公众号|来源公众号)\s*[:：|]\s*(\S{2,20})$")
_URL: Final = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w./?=&%#~+-]*)?")
_PERMALINK: Final = re.compile(
    r"^(?:原文链接|本文链接|文章链接|原文地址|本文地址|網址|网址|链接|permalink|url)\s*[:：]\s*(https?://\S+)$",
    re.IGNORECASE,
)
_BYLINE: Final = re.compile(
    r"^(?:来源|來源|作者|编辑|編輯|记者|記者|原创|原創|发布|發佈|发表|时间|時間|日期|文[/／|:：]"
    r"|by\b|posted\b|published\b|updated\b|last modified|created|source:|date:|written by|author)",
    re.IGNORECASE,
)
_MARKED: Final = [list(MARKERS).index(hint) for hint in ("nav", "share", "follow", "related", "comment", "footer")]


class Found(NamedTuple):
    """Where the title is (-1: nowhere), which lines are bylines, and what was read from which line."""

    title: int
    copies: frozenset[int]  # other lines that say no more than the title, outside the body
    mismatch: bool  # the title and the body have nothing in common
    bylines: frozenset[int]
    names: frozenset[int]  # of these the bare names between title and date, and how an account introduces itself
    values: dict[str, str]
    sources: dict[str, int]


def date_in(line: str) -> str:
    """The first full date in a line as ``YYYY-MM-DD``, or ``""``; ``01/02/2021`` is left alone, being two dates.

    >>> date_in("发布时间：2021年4月1日 08:30"), date_in("Jan. 17, 2012"), date_in("民國101年1月17日")
    ('2021-04-01', '2012-01-17', '2012-01-17')
    """
    low = line.lower()
    if found := _NUMERIC.search(low):
        return _iso(found[1], found[2], found[3])
    if found := _MONTH_FIRST.search(low):
        return _iso(found[3], str(_MONTHS[found[1]]), found[2])
    if found := _DAY_FIRST.search(low):
        return _iso(found[3], str(_MONTHS[found[2]]), found[1])
    if found := _REPUBLIC.search(low):
        return _iso(str(int(found[1]) + 1911), found[2], found[3])
    if found := _YEAR_LAST.search(low):
        first, second = int(found[1]), int(found[2])
        if first > 12 >= second:
            return _iso(found[3], found[2], found[1])
        if second > 12 >= first or first == second:
            return _iso(found[3], found[1], found[2])
        return ""
    if found := _HAN_DATE.search(low):
        year = "".join(_HAN_DIGITS[c] for c in found[1])
        return _iso(year, str(_han_number(found[2])), str(_han_number(found[3])))
    return ""


_AGO: Final = re.compile(
    r"(?<![\d.])(\d{1,3}) ?(分钟|分鐘|小时|小時|天|日|周|週|min(?:ute)?s?|hours?|days?|weeks?) ?(?:之?前|ago\b)"
    r"|(昨天|昨日|今天|今日|yesterday|today)[ ,，]{0,2}(?:at )?\d{1,2}:\d\d"
)
_UNITS: Final = {
    "分": 1 / 1440,
    "小": 1 / 24,
    "天": 1,
    "日": 1,
    "周": 7,
    "週": 7,
    "m": 1 / 1440,
    "h": 1 / 24,
    "d": 1,
    "w": 7,
}


def relative_date(line: str, fetched: str) -> str:
    """The day that a line names by its distance from ``fetched`` (ISO 8601, with zone), as ``YYYY-MM-DD``.

    ``""`` where the line names none, or another one in Beijing than in Greenwich: pages do not say where they stand.

    >>> relative_date("3 小时前", "2023-05-05T12:00:00Z"), relative_date("Yesterday at 9:15", "2023-05-05T12:00:00Z")
    ('2023-05-05', '2023-05-04')
    """
    found = _AGO.search(line.lower())
    if not found:
        return ""
    try:
        moment = datetime.datetime.fromisoformat(fetched)
    except ValueError:
        return ""
    if moment.tzinfo is None:
        return ""
    days = float(found[1]) * _UNITS[found[2][0]] if found[1] else float(found[3] in ("昨天", "昨日", "yesterday"))
    moment -= datetime.timedelta(days=days)
    zones = (datetime.UTC, datetime.timezone(datetime.timedelta(hours=8)))
    dates = {moment.astimezone(zone).date().isoformat() for zone in zones}
    return dates.pop() if len(dates) == 1 else ""


def _han_number(text: str) -> int:
    """十七 -> 17, 三十 -> 30, 二 -> 2."""
    if "十" not in text:
        return int("".join(_HAN_DIGITS.get(c, "0") for c in text))
    tens, _, ones = text.partition("十")
    return int(_HAN_DIGITS.get(tens, "1")) * 10 + int(_HAN_DIGITS.get(ones, "0"))


def _iso(year: str, month: str, day: str) -> str:
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def from_lines(page: Page, keep: NDArray[np.bool_], looked: Columns, title: str) -> Found:
    """What the lines around the body say. ``title`` is what the page's head says, or ``""``."""
    at = np.flatnonzero(keep)
    if not len(at):
        return Found(-1, frozenset(), False, frozenset(), frozenset(), {}, {})
    first, last = int(at[0]), int(at[-1])
    values: dict[str, str] = {}
    sources: dict[str, int] = {}
    title_at, settled = _title_line(page, keep, looked, first, title)
    if title_at >= 0 and settled:
        values["title"], sources["title"] = page.lines[title_at], title_at
    elif title:
        values["title"] = title
    top = title_at if title_at >= 0 else first
    bylines = _bylines(page, keep, looked, top, first, last)
    for line in sorted(bylines):
        _take(page.lines[line], line, values, sources)
    names = _name_lines(page, looked, top, bylines, values, sources)
    for line in range(len(page.lines)):
        if not keep[line] and (found := _PERMALINK.match(page.lines[line])):
            values.setdefault("url", found[1])
            sources.setdefault("url", line)
    body = keep.copy()
    body[list(names)] = False
    copies, mismatch = _compare(page, body, title_at, first, last)
    return Found(title_at, copies, mismatch, frozenset(bylines), names, values, sources)


def _compare(page: Page, keep: NDArray[np.bool_], title_at: int, first: int, last: int) -> tuple[frozenset[int], bool]:
    """The title's other copies above its line and below the body, and whether the body knows none of its words."""
    if title_at < 0:
        return frozenset(), False
    key = "".join(page.lines[title_at].split()).lower()
    top = max(first, title_at)
    copies = {
        line
        for line, text in enumerate(page.lines)
        if line != title_at and (line <= top or line > last) and "".join(text.split()).lower() == key
    }
    own = np.unique(page.token_number[page.token_line == title_at])
    body = keep.copy()
    body[[title_at, *copies]] = False
    in_body = np.zeros(len(page.token), bool)
    in_body[page.token_number[body[page.token_line]]] = True
    shared = int(in_body[own].sum())
    enough = len(own) >= FEWEST_TITLE_WORDS and float(page.units[body].sum()) >= FEWEST_BODY_UNITS
    return frozenset(copies), bool(enough and shared / len(own) < MISMATCH_SHARE)


def _words_in(page: Page, body: NDArray[np.bool_], title: str) -> float:
    """Share of the title's words that the lines of ``body`` use; 0.0 for a title without words."""
    own = set(title_words(title).tolist())
    return len(own & set(page.token[body[page.token_line]].tolist())) / len(own) if own else 0.0


def _heading_like(page: Page, line: int) -> bool:
    return (
        3 <= page.units[line] <= 45
        and page.last[line] not in (STOP, DOT)
        and page.markers[line][_MARKED].sum() < 0.35 * len(page.lines[line])
        and len(page.lines[line]) < 160
    ) or (3 <= page.units[line] <= 30 and page.lines[line].endswith(("！", "？", "!", "?")))


def _title_line(page: Page, keep: NDArray[np.bool_], looked: Columns, first: int, title: str) -> tuple[int, bool]:
    """Where the title stands (-1: nowhere), and whether that line rather than ``title`` is what it says."""
    if not title:
        return _nearest_copy(page, _heading_above(page, looked, first), first), True
    copy = _nearest_copy(page, _copy_above(page, first, title), first)
    body = keep.copy()
    start = first
    if copy == first:  # the head itself was taken for body: what it says is not the body's word for it
        body[copy] = False
        if first + 1 < len(keep) and keep[first + 1] and _heading_like(page, first + 1):
            start = first + 1
    heading = _nearest_copy(page, _heading_above(page, looked, start), start)
    # "Top stories", or the name of the site: a head may say the same on all pages. Then the heading has the word.
    if (
        heading >= 0
        and _words_in(page, body, title) < MISMATCH_SHARE
        and _words_in(page, body & (np.arange(len(keep)) != heading), page.lines[heading]) >= OWN_SHARE
    ):
        return heading, True
    return (copy, True) if copy >= 0 else (heading, False)


def _copy_above(page: Page, first: int, title: str) -> int:
    """The line nearest above the body that says what the page's head says; -1 where none does."""
    wanted = set(title_words(title).tolist())
    best, best_at = 0.0, -1
    for line in range(max(0, first - TITLE_REACH), min(first + 3, len(page.lines))):
        own = set(page.token[page.token_line == line].tolist())
        if own and wanted and page.units[line] <= 60:
            shared = len(own & wanted)
            likeness = shared / len(own) * min(1.0, 2 * shared / len(wanted))
            if likeness > 0.55 and likeness >= best - 0.1:
                best, best_at = max(best, likeness), line
    return best_at


def _heading_above(page: Page, looked: Columns, first: int) -> int:
    """The line that heads the body by its form; -1 where no line can be it."""
    if _heading_like(page, first) and not looked.date[first] and page.stops[first] <= 1:
        return first if first + 1 < len(page.lines) and not _item(page.lines[first]) else -1
    for line in range(first - 1, max(0, first - TITLE_REACH) - 1, -1):
        text = page.lines[line]
        if _heading_like(page, line) and page.units[line] >= 5 and not looked.date[line] and not _BYLINE.match(text):
            repeated = any(_same(text, other) for k, other in enumerate(page.lines) if k != line)
            if repeated or looked.values[line, looked.names.index("cover")] < 0.4:
                return line
        if page.units[line] > 30:
            break
    return -1


def _nearest_copy(page: Page, title_at: int, first: int) -> int:
    """The last copy of the title before the first whole sentence of the body."""
    if title_at < 0:
        return -1
    key = "".join(page.lines[title_at].split()).lower()
    best = title_at
    for line in range(title_at + 1, min(first + TITLE_REACH, len(page.lines))):
        if "".join(page.lines[line].split()).lower() == key:
            best = line
        elif page.units[line] > 30:
            break
    return best


def _item(line: str) -> bool:
    return line[:1] in "•·●-*" or line[:2].strip(".、)").isdigit()


def _same(a: str, b: str) -> bool:
    return len(a) >= 6 and a in b and len(b) < len(a) + 30


def _bylines(page: Page, keep: NDArray[np.bool_], looked: Columns, top: int, first: int, last: int) -> set[int]:
    """Dropped lines around the head of the body, or right behind it, that say who, when and where from."""
    near = range(max(0, top - 3), min(last + 1, max(first, top) + BYLINE_REACH))
    out = set()
    for line in near:
        text = page.lines[line]
        if keep[line] or page.units[line] > 25:
            continue
        if looked.date[line] or _BYLINE.match(text) or _CHAT_BYLINE.match(text) or _ACCOUNT.match(text):
            out.add(line)
    for line in range(last + 1, min(len(keep), last + 4)):
        # A date below the body may be that of another article, next to its title.
        dated = looked.date[line] and page.units[line] < BARE_DATE
        if not keep[line] and page.units[line] <= 25 and (dated or _BYLINE.match(page.lines[line])):
            out.add(line)
    return out


def _take(text: str, line: int, values: dict[str, str], sources: dict[str, int]) -> None:
    def put(key: str, value: str) -> None:
        if value and key not in values:
            values[key], sources[key] = value, line

    put("published", date_in(text))
    if chat := _CHAT_BYLINE.match(text):
        names = [n for n in re.split(r"[\s;)]+", chat[1]) if n and n not in ("原创", "原創") and not n[0].isdigit()]
        if names and not re.search(r"[:：|>/]", chat[1]) and len(names) <= 4:
            put("account", names[-1])
            if len(names) > 1 and names[0] != names[-1]:
                put("author", names[0])
    for pattern in _AUTHOR:
        if found := pattern.search(text):
            put("author", found[1].strip())
            break
    if found := _ACCOUNT.match(text):
        put("account", found[1])


def _name_lines(
    page: Page,
    looked: Columns,
    top: int,
    bylines: set[int],
    values: dict[str, str],
    sources: dict[str, int],
) -> frozenset[int]:
    """A bare name between title and date is the author; a line that introduces it makes it the account."""
    dated = [line for line in sorted(bylines) if date_in(page.lines[line])]
    if not dated or not top + 1 < dated[0] <= top + 4:
        return frozenset()
    name_at = top + 1
    name = page.lines[name_at]
    if name_at in bylines or not 2 <= len(name) <= 40 or any(c.isdigit() for c in name):
        return frozenset()
    if page.units[name_at] > 6 or page.markers[name_at].sum() or page.last[name_at] in (STOP, DOT):
        return frozenset()
    values.setdefault("author", name)
    sources.setdefault("author", name_at)
    found = {name_at}
    for line in range(name_at + 1, dated[0]):
        if page.lines[line].startswith(name):
            found.add(line)
            values.setdefault("account", name)
            sources.setdefault("account", name_at)
            if url := _URL.search(page.lines[line]):
                values.setdefault("site", url[0])
                sources.setdefault("site", line)
    return frozenset(found)
