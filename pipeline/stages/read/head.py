"""What a page or text says about itself: title, author, site, date, address, language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.document import LineFacts


@dataclass(slots=True)
class Head:
    """What the tags of a page declare, in order: names and contents of ``<meta>``, and the rest by kind."""

    metas: list[tuple[str, str]] = field(default_factory=list)  # (name or property, lower case; content)
    title: str = ""  # of the first <title>
    canonical: str = ""  # <link rel=canonical>
    language: str = ""  # <html lang>
    time: str = ""  # the first <time datetime>
    data: list[str] = field(default_factory=list)  # JSON-LD scripts


_TITLE_NAMES: Final = ("og:title", "twitter:title", "dc.title", "articletitle", "title")
_AUTHOR_NAMES: Final = (
    "author", "article:author", "og:article:author", "byl", "dc.creator", "dcterms.creator", "parsely-author",
    "sailthru.author", "citation_author", "weibo:article:author",
)  # fmt: skip
_SITE_NAMES: Final = ("og:site_name", "application-name", "al:ios:app_name", "mediaid", "source", "dc.publisher")
_DATE_NAMES: Final = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "publishdate",
    "pubdate", "publish_date", "publish-date", "publication_date", "og:release_date", "dc.date.issued",
    "dcterms.issued",
    "dc.date.created", "dcterms.created", "dc.date", "dcterms.date", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "citation_publication_date", "weibo:article:create_at", "bytedance:published_time",
    "apub:time", "filedate", "date", "displaydate", "timestamp",
)  # fmt: skip
_URL_NAMES: Final = ("og:url", "twitter:url")

# Lines looked at for a date or byline, from the top. A byline stands near the title.
_TOP_LINES: Final = 60
# Code points of a line that is all byline; longer ones are prose that mentions a date.
_BYLINE_LENGTH: Final = 80

_NUMBER_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_COMPACT_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_MONTH_FIRST = re.compile(
    rf"\b{_MONTH}\s{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?\s?,?\s{{1,3}}((?:19|20)\d\d)\b", re.IGNORECASE
)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s{{1,3}}{_MONTH},?\s{{1,3}}((?:19|20)\d\d)\b", re.IGNORECASE)

_AUTHOR = re.compile(r"(?:^|[\s|　(（])(?:作者|撰文|文)\s?[:：/｜|]\s?([^\s|　,，;；:：/()（）【】]{2,16})")
_ENGLISH_AUTHOR = re.compile(r"^(?i:by|author:|written by)\s+((?:[A-Z][\w.'’-]{0,20}\s?){2,4})(?=$|[,|•·–-]|\s\s)")
_NO_AUTHOR = re.compile(r"\b(?:team|admin|administrator|root|webmaster|editor)\b|^(?:author|name)\b", re.IGNORECASE)
_TITLE_LINE = re.compile(r"(?:(?:title|标题|標題)\s?[:：]|#\s)\s{0,3}(?P<title>\S.{1,150})", re.IGNORECASE)

# What stands between a headline and the name of the site in <title>.
_SEPARATOR = re.compile(r"\s*[|｜_»]+\s*|\s+[-–—·•:]+\s+|(?<=[\u4e00-\u9fff])[-–—]{1,2}(?=[\u4e00-\u9fff])")
_DATA_TYPES: Final = ("Article", "Posting", "WebPage", "Report", "Recipe", "Product", "Review")
# Code points of a declared title that count.
_TITLE_LENGTH: Final = 500
# Objects of JSON-LD looked at on one page.
_DATA_LIMIT: Final = 200


def metadata(head: Head, lines: Sequence[str], facts: Sequence[LineFacts]) -> dict[str, str]:
    """Title, author, site, published, url and language of a page; what is unknown is left out."""
    data = next(_objects(head.data), {})
    headings = [line for line, fact in zip(lines, facts, strict=True) if fact.tag in ("h1", "h2")]
    found = {
        "title": _title(head, _text(data.get("headline")), headings),
        "author": _name(_first(head, _AUTHOR_NAMES)) or _name(_text(data.get("author"))),
        "site": _first(head, _SITE_NAMES[:1])
        or _text(data.get("publisher"))
        or _first(head, _SITE_NAMES[1:]).removeprefix("来源："),
        "published": date_in(_text(data.get("datePublished")))
        or next((day for name in _DATE_NAMES if (day := date_in(_first(head, (name,))))), ""),
        "url": next((url for url in (head.canonical, _first(head, _URL_NAMES)) if url.startswith("http")), ""),
        "language": head.language.lower(),
    }
    byline = from_lines(lines)
    found["published"] = found["published"] or byline.get("published", "") or date_in(head.time)
    found["author"] = found["author"] or byline.get("author", "")
    return {key: " ".join(value.split())[:300] for key, value in found.items() if value.strip()}


def from_lines(lines: Sequence[str]) -> dict[str, str]:
    """Published date, author and title as the first lines of a text say them; what they do not say is left out."""
    found: dict[str, str] = {}
    for index, line in enumerate(lines[:_TOP_LINES]):
        if not line or len(line) > _BYLINE_LENGTH:
            continue
        if "published" not in found and any(digit in line for digit in ("19", "20")):
            day = date_in(line)
            if day and _is_byline(line):
                found["published"] = day
        if "author" not in found:
            author = _AUTHOR.search(line) or _ENGLISH_AUTHOR.match(line.strip())
            if author:
                found["author"] = author[1].strip()
        if index == 0 and (title := _TITLE_LINE.fullmatch(line.strip())):
            found["title"] = title["title"]
    return found


def date_in(text: str) -> str:
    """The first date in ``text`` as YYYY-MM-DD, ``""`` if it has none."""
    if not text:
        return ""
    numbers = _NUMBER_DATE.search(text)
    if numbers:
        return _day(numbers[1], numbers[2], numbers[3])
    named = _MONTH_FIRST.search(text)
    if named:
        return _day(named[3], str(_MONTHS.index(named[1][:3].lower()) + 1), named[2])
    named = _DAY_FIRST.search(text)
    if named:
        return _day(named[3], str(_MONTHS.index(named[2][:3].lower()) + 1), named[1])
    numbers = _COMPACT_DATE.search(text)
    return _day(numbers[1], numbers[2], numbers[3]) if numbers else ""


def _day(year: str, month: str, day: str) -> str:
    valid = 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    return f"{year}-{int(month):02}-{int(day):02}" if valid else ""


def _is_byline(line: str) -> bool:
    """Whether little of a line with a date is anything but date, time, source and names."""
    words = sum([char.isalnum() and not char.isdigit() for char in line])
    ends = line.rstrip()[-1:]
    return words <= 40 and ends not in "。！？" and not (ends == "." and words > 25)


def _title(head: Head, headline: str, headings: Sequence[str]) -> str:
    """The headline the page shows, if its <title> holds it; else the declared one without the site's name."""
    shown = " ".join(head.title.split())
    squeezed = shown.replace(" ", "")
    named = [heading for heading in headings if len(heading) >= 4 and heading.replace(" ", "") in squeezed]
    if named:
        return max(named, key=len)
    declared = _first(head, _TITLE_NAMES[:1]) or headline
    for heading in headings:
        if declared and len(heading) >= 4 and (heading in declared or declared in heading):
            return heading
    # Cut, for the pattern below is quadratic in runs of white space.
    declared = " ".join((declared or shown or _first(head, _TITLE_NAMES[1:]))[:_TITLE_LENGTH].split())
    parts = [part for part in _SEPARATOR.split(declared) if part]
    if len(parts) < 2:
        return declared
    first = parts[0]
    return first if 2 * len(first) >= max([len(part) for part in parts]) else max(parts, key=len)


def _first(head: Head, names: Sequence[str]) -> str:
    """Content of the first of these names that has one."""
    for name in names:
        for key, content in head.metas:
            if key == name and content.strip():
                return content.strip()
    return ""


def _name(text: str) -> str:
    """An author's name; not an address, a number, or what a program for sites fills in by itself."""
    made = "://" in text or "@" in text or text.isdecimal() or len(text) > 100 or _NO_AUTHOR.search(text)
    return "" if made else text


def _text(value: Any) -> str:
    """A JSON-LD value as text: a string, the name of an object, or those of a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _text(value.get("name"))
    if isinstance(value, list):
        return ", ".join([text for item in value[:10] if (text := _text(item) if not isinstance(item, list) else "")])
    return ""


def _objects(scripts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """JSON-LD objects that describe an article or page, in order."""
    for script in scripts:
        try:
            queue = [json.loads(script, strict=False)]
        except (ValueError, RecursionError):
            continue
        seen = 0
        while queue and seen < _DATA_LIMIT:
            item = queue.pop(0)
            seen += 1
            if isinstance(item, list):
                queue += item
            elif isinstance(item, dict):
                kind = str(item.get("@type", ""))
                if any(name in kind for name in _DATA_TYPES):
                    yield item
                queue += [value for key, value in item.items() if key in ("@graph", "mainEntity", "mainEntityOfPage")]
