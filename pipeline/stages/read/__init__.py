"""read: tell HTML, WeChat pages and plain text apart by content, and make lines of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.document import Block, Document, Edit, LineFacts, line_starts
from pipeline.stages.read.head import from_lines, metadata
from pipeline.stages.read.html import ELEMENTS, VOID
from pipeline.stages.read.tables import table_edits

# A page begins with markup (after white space, a BOM, an XML declaration or comments); a text that merely holds some
# tags is a text. So much of a page that begins with other words (a server's warning) is searched for its root.
_HEAD_LENGTH = 4096  # code points
_BLANK = re.compile(r"[\ufeff\s]*")
_ROOT = re.compile(r"<(?:!doctype|html|head|body|title|meta|frameset)\b", re.IGNORECASE)
_LATE_ROOT = re.compile(r"^\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.MULTILINE)
_FEED = re.compile(r"<(?:rss|feed|rdf:rdf)\b", re.IGNORECASE)
# A fragment (a JSON field, a saved selection) begins with a tag and has another one.
_TAG = re.compile(rf"<(/?)({'|'.join(sorted(ELEMENTS, key=len, reverse=True))})(?:\s[^<>]*)?(/?)>", re.IGNORECASE)
_EMPTY = VOID | {"br"}
# Tags that stand alone in old pages; what a text speaks of by name is any other.
_BREAKING = VOID | {"br", "p", "li", "dt", "dd", "tr", "td", "th"}
_END_TAG = re.compile(r"</[a-zA-Z][\w-]*>")  # of any element, an author's own among them
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
# Names of files that are HTML whatever they begin with, as long as they hold some markup.
HTML_NAME = re.compile(r"\.[sx]?html?$", re.IGNORECASE)
# Code points of a fragment that are searched for a second tag, and for lines outside of all elements.
_LOOK = 65_536

# A text of at most so many code points may be nothing but the notice of a page without an article.
_NOTICE_LENGTH = 120

_BREAKS = re.compile("[\r\v\f\u2028\u2029]")

# What a scraper's template left at the head of the first line: a field's name and its value, then the text.
_RESIDUE = re.compile(
    r"[ \t]*(?:date|time|datetime|published|pubdate|publish_time|updated|日期|时间|時間|发布时间|發布時間)"
    r"[ \t]*[:：=]?[ \t]*"
    r"(?P<date>(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:[ T]\d\d:\d\d(?::\d\d)?)?[ \t]+(?=\S)",
    re.IGNORECASE,
)


def read(doc: Document, html: bool = False) -> Document:
    """The document as lines: its text as a reader of the page or file sees it, ``\\n`` the only line break.

    ``html``: what the file came from says that it is HTML, as a name like ``page.html`` does.

    Sets ``format``; for HTML ``line_facts`` (one per line of the text) and what the page's head says in
    ``metadata``. The text may come out empty. A WeChat page that holds no article is rejected with its kind.
    """
    if is_html(doc.text, html or HTML_NAME.search(doc.name) is not None):
        return _read_escaped(doc) if _is_escaped(doc.text) else _read_html(doc)
    return _read_plain(doc)


def is_html(text: str, said: bool = False) -> bool:
    """Whether ``text`` is an HTML page or fragment rather than a text that holds some markup.

    ``said``: its name, or what it came from, calls it HTML, so that less will do.
    """
    at = _prologue(text)
    if _ROOT.match(text, at) or _FEED.match(text, at):
        return True
    if _LATE_ROOT.search(text, at, at + _HEAD_LENGTH) and "</html>" in text[-_HEAD_LENGTH:].lower():
        return True
    if not said and not _TAG.match(text, at):
        return False
    tags = list(_TAG.finditer(text, at, at + _LOOK))
    if said and not tags:
        one_line = "\n" not in text.strip()
        return _END_TAG.search(text) is not None or (one_line and _REFERENCE.search(text) is not None)
    breaks = sum(tag[2].lower() == "br" for tag in tags)
    lines = _lines_outside(text, at, tags)
    if said:
        return lines <= 4 * len(tags)
    return len(tags) > 1 and not _is_prose(text, tags) and (not lines or 2 * lines < len(tags) + 4 * breaks)


def _is_prose(text: str, tags: Sequence[re.Match[str]]) -> bool:
    """Whether tags are what a text speaks of (“the <video> element”): bare, none ends, words between any two."""
    return all(
        not tag[1] and len(tag[0]) == len(tag[2]) + 2 and tag[2].lower() not in _BREAKING for tag in tags
    ) and not any(text[one.end() : two.start()].isspace() or one.end() == two.start() for one, two in pairwise(tags))


def _lines_outside(text: str, at: int, tags: Sequence[re.Match[str]]) -> int:
    """Lines with words outside of all elements: Markdown below a centred logo, a line in bold and others below it.

    A fragment's line breaks say nothing, those of such a text do. Only elements that end somewhere hold anything.
    """
    ended = {tag[2].lower() for tag in tags if tag[1]} - _EMPTY
    depth = lines = 0
    end = at
    for tag in tags:
        if not depth:
            lines += _lines_of_words(text[end : tag.start()])
        end = tag.end()
        if tag[2].lower() in ended and not tag[3]:
            depth = max(0, depth - 1) if tag[1] else depth + 1
    return lines if depth else lines + _lines_of_words(text[end : at + _LOOK])


def _lines_of_words(between: str) -> int:
    """Lines with words in a stretch between two tags that holds a line break."""
    return sum(any(map(str.isalnum, line)) for line in between.split("\n")) if "\n" in between else 0


def _prologue(text: str) -> int:
    """Offset of the first thing that is no white space, declaration or comment."""
    at = 0
    while True:
        blank = _BLANK.match(text, at)
        at = blank.end() if blank else at
        if text.startswith("<!--", at):
            stop, size = text.find("-->", at), 3
        elif text.startswith("<?", at):
            stop, size = text.find(">", at), 1
        else:
            return at
        if stop < 0:
            return at
        at = stop + size


def _read_html(doc: Document) -> Document:
    from pipeline.stages.read.html import lines_of
    from pipeline.stages.read.lines import assemble, in_order
    from pipeline.stages.read.scripted import SHOWN, scripted_lines
    from pipeline.stages.read.wechat import is_wechat, read_wechat

    if is_wechat(doc.text):
        return _one_line_each(read_wechat(doc))
    page = lines_of(doc.text)
    text, blocks, changes, facts = page.lines.result()
    if len(text) < SHOWN and (scripted := scripted_lines(doc.text)):
        text, blocks, changes, facts = assemble(in_order([*page.lines.lines(), *scripted]))
    doc = _one_line_each(replace(doc.reread(text, blocks, changes), format="html", line_facts=facts))
    return doc.note(unlocated=page.unlocated, **metadata(page.head, doc.lines() if text else [], facts))


def _is_escaped(page: str) -> bool:
    """Whether a page was saved as the inside of a JSON string: no line breaks and quotes but escaped ones."""
    blank = _BLANK.match(page)
    start = blank.end() if blank else 0
    head = page[start : start + _HEAD_LENGTH].rstrip()
    return "\\n" in head and '=\\"' in head and '="' not in head and "\n" not in head


def _read_escaped(doc: Document) -> Document:
    """A page inside a JSON string, read as the page it stands for; escapes that show are changes."""
    from pipeline.stages.read.lines import Line
    from pipeline.stages.read.literal import relocate, unescape

    literal = unescape(doc.text, 0, len(doc.text))
    inner = _read_html(Document.from_source(doc.name, literal.text))
    shown = Line(inner.text, list(inner.blocks), list(inner.changes), LineFacts("body", 0.0, 0, ""), "")
    shown = relocate(shown, literal, doc.text)
    read = doc.reread(inner.text, shown.blocks, shown.changes).note(**inner.metadata)
    return replace(read, format=inner.format, line_facts=inner.line_facts, rejected=inner.rejected)


def _one_line_each(doc: Document) -> Document:
    """The document with a space for each character that would break a line of a page in two."""
    text = doc.text
    if not any(mark in text for mark in "\v\f\u2028\u2029"):
        return doc
    return doc.edit(Edit(found.start(), found.end(), " ", "read.space") for found in _BREAKS.finditer(text))


def _read_plain(doc: Document) -> Document:
    doc = _line_breaks(doc)
    residue = _RESIDUE.match(doc.text)
    if residue is not None:
        doc = doc.note(published=residue["date"])
        doc = doc.edit([Edit(residue.start(), residue.end(), "", "read.leading-residue")])
    if len(doc.text) <= _NOTICE_LENGTH and (rule := _notice(doc.text)):
        from pipeline.stages.read.wechat import REASONS

        return doc.reject(rule, REASONS[rule])
    doc = _rejoined(doc.edit(table_edits(doc.text)))
    return doc.note(**from_lines(doc.text[:_HEAD_LENGTH].split("\n")))


def _notice(text: str) -> str:
    """The rule of the notice that a text saved from a WeChat page without an article begins with, or ``""``."""
    from pipeline.stages.read.wechat import NOTICES

    first = text.strip().partition("\n")[0].strip().lower()
    return next((rule for rule, words in NOTICES if first.startswith(words) and len(words) >= 8), "")


def _rejoined(doc: Document) -> Document:
    """The document with the breaks mended that a flattener made inside sentences."""
    from pipeline.stages.read.plain import rejoin

    lines = doc.lines()
    starts = line_starts(lines)
    edits = []
    for index, between in rejoin(lines):
        # The break goes with the blanks that stand around it.
        end = starts[index] + len(lines[index].rstrip())
        after = starts[index + 1] + len(lines[index + 1]) - len(lines[index + 1].lstrip())
        edits.append(Edit(end, after, between, "read.rejoin"))
    return doc.edit(edits)


def _line_breaks(doc: Document) -> Document:
    """Every line break as ``\\n``; a BOM and the CR of CRLF are passed over, other breaks are changes."""
    text = doc.text
    if text.startswith("\ufeff") or "\r\n" in text:
        runs = list(_runs_between(text))
        doc = doc.reread("".join([text[start : start + size] for _, start, size in runs]), runs)
        text = doc.text
    return doc.edit(Edit(found.start(), found.end(), "\n", "read.line-break") for found in _BREAKS.finditer(text))


def _runs_between(text: str) -> Iterator[Block]:
    """What is left of ``text`` without its BOM and the CR of each CRLF."""
    length = 0
    start = 1 if text.startswith("\ufeff") else 0
    while start < len(text):
        stop = text.find("\r\n", start)
        stop = len(text) if stop < 0 else stop
        if stop > start:
            yield Block(length, start, stop - start)
            length += stop - start
        start = stop + 1
