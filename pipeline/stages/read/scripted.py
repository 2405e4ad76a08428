"""Pages that a script builds in the browser: the article stands in a string of the page's data, and nowhere else.

    <script id="__NEXT_DATA__" type="application/json">{"article": {"content": "<p>The ferry \\u2026</p>"}}</script>

JSON-LD (``articleBody``), Next.js, Nuxt and the like. A page that shows its article is never searched.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.stages.read.html import lines_of
from pipeline.stages.read.lines import Line
from pipeline.stages.read.literal import literal_end, relocate, unescape

# A page that shows fewer code points than this may be one of those; what its data hold must be longer than that.
SHOWN: Final = 300
HELD: Final = 60

# Keys under which articles are kept in the data of a page, before the quote that opens the string.
_KEY: Final = re.compile(
    r'"(?:article|post|news|page|full|main|rich|raw|detail)?_?-?(?:body|content|text|html)(?:_?html|_?text)?"'
    r'\s{0,4}:\s{0,4}"',
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(r"<script\b[^<>]{0,500}>", re.IGNORECASE)
_BLOCK_MARKUP: Final = re.compile(r"<(?:p|section|div|h[1-6]|li|blockquote|pre|table|br)\b", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"[。！？]|[.!?](?:\s|<|$)")


def scripted_lines(page: str) -> list[Line]:
    """Lines of the longest text in a string of the page's scripts; none where no string holds an article."""
    best: list[Line] = []
    most = HELD
    for start, end in _strings(page):
        if end - start <= most:
            continue
        literal = unescape(page, start, end)
        if _SENTENCE_END.search(literal.text):
            plain = _BLOCK_MARKUP.search(literal.text) is None
            found = [relocate(line, literal, page) for line in lines_of(literal.text, preformatted=plain).lines.lines()]
            size = sum(len(line.text) for line in found)
            if size > most:
                best, most = found, size
    return [_body_line(line) for line in best]


def _strings(page: str) -> list[tuple[int, int]]:
    """Spans of the insides of the strings that a key of ``_KEY`` holds in a script, in order, none in another."""
    spans: list[tuple[int, int]] = []
    at = 0
    while opening := _SCRIPT.search(page, at):
        at = page.find("</script", opening.end())
        at = at if at >= 0 else len(page)
        start = opening.end()
        while key := _KEY.search(page, start, at):
            end = literal_end(page, key.end())
            if not 0 <= end <= at:
                break
            spans.append((key.end(), end))
            start = end + 1
    return spans


def _body_line(line: Line) -> Line:
    """The line as if it stood in the page's article."""
    return line._replace(facts=line.facts._replace(hints=f"article-body {line.facts.hints}".rstrip()))
