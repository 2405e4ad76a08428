"""Character references that a flattener left in the text: ``&ldquo;``, ``&nbsp;``, ``&#39;``."""

from __future__ import annotations

import html
import re

from pipeline.document import Edit
from pipeline.stages.repair.lines import Page, settle

_REFERENCE = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[a-zA-Z][a-zA-Z0-9]{1,7});")
# A text about markup shows references on purpose.
_ABOUT_MARKUP = re.compile(
    r"\b(?:HTML|html|XML|entit(?:y|ies)|escap(?:e|ed|ing)|XSS)\b|转义|转码|实体|字符引用|</?[a-z]+[ >]"
)


def entities(page: Page) -> list[Edit]:
    """Edits that put the character for its reference, in texts that are not about markup."""
    text = page.text
    if "&" not in text or not _REFERENCE.search(text) or _ABOUT_MARKUP.search(text):
        return []
    edits = []
    for match in _REFERENCE.finditer(text):
        char = html.unescape(match[0])
        if char != match[0] and (char.isprintable() or char == "\xa0") and page.lang_at(match.start()) != "other":
            edits.append(
                Edit(match.start(), match.end(), " " if char == "\xa0" else char, "repair.character-reference")
            )
    return settle(text, edits)
