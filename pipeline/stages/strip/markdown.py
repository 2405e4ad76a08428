"""What a reader sees of Markdown: scrapers that save it leave every link of a menu with its address.

    * [首页](https://news.example/ "首页") | [财经](https://news.example/money)   ->   * 首页 | 财经

The addresses would make long lines of letters out of short ones, and the bars and dashes of layout tables would pass
for marks of the text. Only verdicts are taken on what is seen here; the text of a document keeps its links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

# A page of Markdown has so many lines with links; a text may quote one or two.
LINKS: Final = 3

# (…) behind a link's text: an address, with spaces only where it says what it is, and a title in quotes; brackets
# within it come in pairs or escaped.
_TARGET: Final = (
    r"\(\s?(?:<[^<>\n]{0,2000}>"
    r"|(?:https?|javascript|data):(?:[^()\\\n]|\\.|\([^()\n]{0,500}\)){0,4000}"
    r"|(?:[^\s()\\]|\\.|\([^\s()]{0,500}\)){0,2000})(?:\s{1,3}(?:\"[^\n]{0,500}?\"|'[^\n]{0,500}?'))?\s?\)"
)
_IMAGE: Final = re.compile(r"!\[[^\[\]\n]{0,500}\]" + _TARGET)
_LINK: Final = re.compile(r"\[((?:[^\[\]\n\\]|\\.|\[[^\[\]\n]{0,200}\]){0,1000})\]" + _TARGET)
# Heading marks behind any bullet; emphasis; the rule below the head of a table; the bars between its cells.
_HEADING: Final = re.compile(r"^(\s{0,8}(?:[*+-]\s{1,3})?)#{1,6}\s")
_EMPHASIS: Final = re.compile(r"\*\*|__")
_TABLE_RULE: Final = re.compile(r"^[\s|:-]*$")
_BARS: Final = re.compile(r"\s*\|[\s|]*")
_WORD: Final = re.compile(r"[^\W_]")
# Stands for a line of marks without words; the rule strip.symbols takes it.
_NO_WORDS: Final = "▪"


def is_markdown(lines: Sequence[str]) -> bool:
    """Whether the lines are those of a page saved as Markdown, links and all."""
    return sum("](" in line for line in lines) >= LINKS


def seen(line: str) -> str:
    """A line of a page of Markdown as its reader sees it: blank if it holds images and nothing else.

    >>> seen("## 详见[公告](https://example.com/a_(1).html)。"), seen("[![图](a.png)](b.html)"), seen("| 甲 | **乙** |")
    ('详见公告。', '', '甲\\t乙')
    """
    if not line.strip():
        return line
    text = line
    if "](" in text:
        # Links of a menu stand side by side without a space.
        text = _LINK.sub(r"\1", _IMAGE.sub("", text).replace(")[", ")\t["))
    if "|" in text or "--" in text:
        text = "" if _TABLE_RULE.match(text) else _BARS.sub("\t", text).strip("\t")
    text = _EMPHASIS.sub("", _HEADING.sub(r"\1", text))
    if "![" in line and not _WORD.search(text):
        return ""
    return text if text.strip() else _NO_WORDS
