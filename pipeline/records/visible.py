"""What a page shows, found a second time and another way than the reader does it.

The reader follows the page's tokens with a stack of open elements. Here the tree that a browser would build
(``turbohtml.parse``) says what is hidden, and the tokens say only where each text stands. The two are matched by
their non-space characters, which come in the same order unless the tree moved text out of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

# Elements whose content the tokenizer gives as one raw text, markup and all; none of it is shown.
_RAW = frozenset(("script", "style", "noscript", "iframe", "noembed", "noframes", "textarea", "title"))
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)


class _Run(NamedTuple):
    start: int
    end: int
    letters: str  # the text without white space


def visible_runs(page: str) -> Iterator[tuple[int, int]]:
    """Spans of ``page`` (code points, ascending) that hold text a reader of the page can see, references included.

    What is not shown: the head, ``script``, ``style``, ``template`` and other elements the reader passes over
    (``pipeline.stages.read.html.UNSEEN``), and all below ``hidden`` or ``display: none``.
    """
    # Same length as the page, so that offsets stay; the tokenizer would make one line break of two characters.
    flat = page.replace("\r", " ").replace("\x00", " ").replace("\f", " ")
    runs = list(_token_runs(flat))
    shown = list(_tree_texts(flat))
    if "".join(run.letters for run in runs) == "".join(letters for letters, _ in shown):
        flags = iter(bytes(chain.from_iterable([visible] * len(letters) for letters, visible in shown)))
        for run in runs:
            visible = next(flags)
            for _ in range(len(run.letters) - 1):
                next(flags)
            if visible:
                yield run.start, run.end
        return
    # The tree moved text: what stands in it once, shown, is shown.
    seen = {letters for letters, visible in shown if visible}
    unseen = {letters for letters, visible in shown if not visible}
    for run in runs:
        if run.letters in seen and run.letters not in unseen:
            yield run.start, run.end


def _token_runs(page: str) -> Iterator[_Run]:
    """The page's texts that are not blank, outside raw elements, with their places."""
    from turbohtml import TokenType, tokenize

    flat = page.replace("\n", " ")  # one line: a token's column is its offset
    raw = False
    waiting: tuple[int, str] | None = None
    for token in tokenize(flat, capture_attributes=False):
        if waiting:
            yield _Run(waiting[0], token.col, waiting[1])
            waiting = None
        if token.type is TokenType.START_TAG:
            raw = token.tag in _RAW
        elif token.type is TokenType.END_TAG:
            raw = False
        elif token.type is TokenType.TEXT and not raw:
            letters = _letters(token.data or "")
            waiting = (token.col, letters) if letters else None
    if waiting:
        yield _Run(waiting[0], len(page), waiting[1])


def _tree_texts(page: str) -> Iterator[tuple[str, bool]]:
    """The tree's texts that are not blank, without white space, and whether each is shown."""
    from turbohtml import Element, Text, parse

    from pipeline.stages.read.html import UNSEEN

    pending: list[tuple[Any, bool]] = [(parse(page, allow_declarative_shadow_roots=False), True)]
    while pending:
        node, visible = pending.pop()
        if isinstance(node, Text):
            if letters := _letters(node.data):
                yield letters, visible
            continue
        if isinstance(node, Element):
            if node.tag in _RAW:
                continue
            visible = visible and node.tag not in UNSEEN and node.tag != "head" and not _hidden(node)
        pending += [(child, visible) for child in reversed(list(node.children))]


def _hidden(element: Any) -> bool:
    attributes = element.attrs
    if not attributes:
        return False
    hidden = attributes.get("hidden", "until-found")
    return hidden != "until-found" or bool(_DISPLAY_NONE.search(str(attributes.get("style") or "")))


def _letters(text: str) -> str:
    return "".join(text.split())
