"""What a page shows, found a second time and another way than the reader does it.

The reader follows the page's tokens with a stack of open elements. Here the tree that a browser would build
(``turbohtml.parse``) says what is hidden, and the tokens say only where each text stands. The two are matched by
their non-space characters, which come in the same order unless the tree moved text out of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain
from typing import Any, NamedTuple

# Elements whose content the tokenizer gives as one raw text, markup and all; none of it is shown.
_RAW = frozenset(("script", "style", "noscript", "iframe", "noembed", "noframes", "textarea", "title"))
# Characters that show nothing, besides white space.
_BLANK = "\ufeff\x00\u200b"
# What ``decode`` takes out before anything else, even out of a tag.
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# What opens a string that a key of a script's object holds, and an escape inside one. Inside, the quote is escaped.
_OPENING = re.compile(r":\s*(?:JsDecode\()?(['\"])")
_ESCAPE = re.compile(r"\\\\?x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
_REFERENCE = re.compile(r"&#?\w+;?")
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)


class _Run(NamedTuple):
    start: int
    end: int
    letters: str  # the text without white space


def visible_runs(page: str) -> list[tuple[int, int]]:
    """Spans of ``page`` (code points, ascending) that hold text a reader of the page can see, references included.

    What is not shown: the head, ``script``, ``style``, ``template`` and other elements the reader passes over
    (``pipeline.stages.read.html.UNSEEN``), and all below ``hidden`` or ``display: none``.
    """
    # Same length as the page, so that offsets stay; the tokenizer would make one line break of two characters.
    flat = page.replace("\r", " ").replace("\f", " ")
    if not CONTROL.search(flat):
        return list(_visible_runs(flat))
    places = [at for at, character in enumerate(flat) if not CONTROL.match(character)]
    return [(places[start], places[end - 1] + 1) for start, end in _visible_runs(CONTROL.sub("", flat))]


def _visible_runs(flat: str) -> Iterator[tuple[int, int]]:
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


def in_script(page: str, at: int) -> bool:
    """Whether offset ``at`` lies in a script."""
    return page.rfind("<script", 0, at) > page.rfind("</script", 0, at)


def literal_runs(page: str, at: int) -> tuple[list[tuple[int, int]], int]:
    """What the string literal of a script that holds offset ``at`` shows as HTML, and where the literal ends.

    The spans are those of ``page``, escapes included: a page may keep its text in a script and build itself from it.
    """
    start, end = _literal(page, at)
    return _said_runs(page, start, end), end


def escaped_runs(page: str) -> list[tuple[int, int]]:
    """What a page shows that was saved as the inside of a JSON string."""
    return _said_runs(page, 0, len(page))


def is_escaped(page: str) -> bool:
    """Whether a page was saved as the inside of a JSON string: its quotes and line breaks are escapes."""
    head = page.strip()[:4096]
    return "\\n" in head and '=\\"' in head and '="' not in head and "\n" not in head


def _said_runs(page: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of ``page`` that show when ``page[start:end]``, the inside of a literal, is read as HTML."""
    said: list[str] = []
    places: list[int] = []
    done = start
    for found in _ESCAPE.finditer(page, start, end):
        said.append(page[done : found.start()])
        places += range(done, found.start())
        done = found.end()
        said.append(_unescaped(found))
        places += [found.start()] * len(said[-1])
    said.append(page[done:end])
    places += range(done, end + 1)
    return [(places[first], places[last]) for first, last in visible_runs("".join(said))]


def shown(piece: str, escapes: bool) -> str:
    """What a piece of a page shows, references (and escapes of a script's string) resolved, blanks stripped."""
    piece = _ESCAPE.sub(_unescaped, piece) if escapes else piece
    # An end tag without a name is dropped by the tokenizer inside a text, as the standard has it.
    text = unescape(piece.replace("</>", "")).strip()
    return text if any(not character.isspace() and character not in _BLANK for character in text) else ""


def _literal(page: str, at: int) -> tuple[int, int]:
    """The inside of the literal that holds ``at``, from the nearest quote that opens a value to the one that ends it.

    Both ends are ``at`` if there is none.
    """
    opening = None
    for opening in _OPENING.finditer(page, max(0, page.rfind("<script", 0, at)), at):  # noqa: B007 - the last one
        pass
    if opening is None:
        return at, at
    closing = re.compile(rf"(?<!\\)(?:\\\\)*{opening[1]}").search(page, at)
    return opening.end(), closing.end() - 1 if closing else len(page)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code:
        character = chr(int(code, 16))
        return " " if "\ud800" <= character <= "\udfff" else character
    return {"n": "\n", "r": "\n", "t": "\t"}.get(found[3], found[3])


def _token_runs(page: str) -> Iterator[_Run]:
    """The page's texts that are not blank, outside raw elements, with their places."""
    from turbohtml import TokenType, tokenize

    flat = page.replace("\n", " ")  # one line: a token's column is its offset
    raw = False
    reference: tuple[int, str] | None = None  # one whose end is where the next token begins
    for token in tokenize(flat, capture_attributes=False, resolve_references=False):
        if reference:
            yield _Run(reference[0], token.col, reference[1])
            reference = None
        if token.type is TokenType.START_TAG:
            raw = token.tag in _RAW
        elif token.type is TokenType.END_TAG:
            raw = False
        elif token.type in (TokenType.TEXT, TokenType.CHARACTER_REFERENCE) and not raw:
            start, data = token.col, token.data or ""
            if not (letters := _letters(data)):
                continue
            if token.type is TokenType.CHARACTER_REFERENCE:
                reference = start, letters
            else:
                yield _Run(start, _text_end(flat, start, data), letters)
    if reference:
        found = _REFERENCE.match(flat, reference[0])
        yield _Run(reference[0], found.end() if found else len(flat), reference[1])


def _text_end(page: str, start: int, data: str) -> int:
    """Where a token's text ends in the page: the tokenizer drops an end tag without a name (``a</>b``) inside it."""
    end = start + len(data)
    if page.startswith(data, start):
        return end
    at = page.find("</>", start)
    while 0 <= at < end:
        end += 3
        at = page.find("</>", at + 3)
    return end


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
