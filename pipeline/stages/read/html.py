"""Visible lines of an HTML page, every character with its place in the source.

The tokens of the page (WHATWG tokenizer of ``turbohtml``, the one place that uses it) carry exact offsets; a small
stack of open elements says what is a block, what is hidden and what lies inside a link. Nothing is searched for and
nothing has to be aligned: a character that the tokens do not place exactly is left out and counted, never guessed.
A full tree would add the repairs a browser makes to misnested markup, which move no text to another line except under
tables (foster parenting), where the order of the source reads better anyway; memory stays that of the page.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.document import Block, Change, LineFacts
from pipeline.stages.read.lines import Lines, cells_fit

# Elements that start and end a line, after the rendering section of the HTML standard.
BLOCKS: Final = frozenset(
    """address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing main menu nav
    ol optgroup option p plaintext pre search section select summary table tbody td tfoot th thead title tr ul
    xmp""".split()
)
VOID: Final = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()
)
# Elements whose content no browser with scripts on renders as text of the page. Fallback for old browsers (noscript,
# object, iframe, video), form choices, and drawings are among them; alternative texts are attributes and stay out.
UNSEEN: Final = frozenset(
    """annotation annotation-xml audio canvas datalist iframe math-annotation noembed noframes noscript object rp
    script select style svg template textarea title video""".split()
)
# What may stand in <head>; any other start tag begins the body.
_HEAD: Final = frozenset("base basefont bgsound link meta noscript script style template title".split())
_PRE: Final = frozenset(("pre", "listing", "xmp", "plaintext"))

# Start tag -> (open elements it ends, elements that shield them): the optional end tags of the standard.
_ENDS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "dir", "table"})),
    "dd": (frozenset({"dd", "dt"}), frozenset({"dl", "table"})),
    "dt": (frozenset({"dd", "dt"}), frozenset({"dl", "table"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "tbody": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "thead": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "tfoot": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "optgroup": (frozenset({"option", "optgroup"}), frozenset({"select"})),
}
_CELL: Final = frozenset(("td", "th", "caption"))
_TABLE: Final = frozenset("table tbody thead tfoot tr td th caption".split())

# Open elements that are tracked; deeper ones keep their text but lend no facts (real pages stay below 100).
DEPTH_LIMIT = 512
# Ancestors whose class and id words a line carries, counted from the line outwards.
HINT_LEVELS = 24
# Code points of one element's class and id words.
HINT_LENGTH = 120

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)


class Page:
    """What the reader found: the lines of the page, and what it could not place."""

    def __init__(self, source: str) -> None:
        self.lines = Lines(source)
        self.unlocated = 0  # code points left out because their place is not sure

    def result(self) -> tuple[str, list[Block], list[Change], tuple[LineFacts, ...]]:
        """Text, its runs of the source, the changes, and the facts of each line."""
        return self.lines.result()


class _Stack:
    """The open elements, innermost last, and what they say about the text that comes."""

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.words: list[str] = []  # class and id of each
        self.hints: list[str | None] = []  # of each with its ancestors, made when a line needs it
        self.blocks: list[int] = [-1]  # index of the innermost block element, per level
        self.count: dict[str, int] = {}  # how often each tag is open
        self.unseen = -1  # index of the outermost element whose text is not seen, or -1
        self.links = 0  # open <a href>

    def push(self, tag: str, words: str, unseen: bool) -> None:
        if len(self.tags) >= DEPTH_LIMIT:
            return
        index = len(self.tags)
        self.tags.append(tag)
        self.words.append(words)
        self.hints.append(None)
        self.blocks.append(index if tag in BLOCKS else self.blocks[-1])
        self.count[tag] = self.count.get(tag, 0) + 1
        if tag == "a":
            self.links += 1
        if unseen and self.unseen < 0:
            self.unseen = index

    def cut(self, index: int) -> None:
        """Close the elements from ``index`` on."""
        for tag in self.tags[index:]:
            self.count[tag] -= 1
            if tag == "a":
                self.links -= 1
        del self.tags[index:], self.words[index:], self.hints[index:], self.blocks[index + 1 :]
        if self.unseen >= index:
            self.unseen = -1

    def close(self, tag: str) -> None:
        """Close the innermost ``tag``, and with a block all that is open inside it."""
        if not self.count.get(tag):
            return
        if self.tags[-1] == tag:
            self.cut(len(self.tags) - 1)
            return
        inline = tag not in BLOCKS and tag not in UNSEEN
        shielded = tag not in _TABLE
        block = False
        for index in range(len(self.tags) - 1, -1, -1):
            open_tag = self.tags[index]
            if open_tag == tag:
                if inline and block:
                    self._drop(index)
                else:
                    self.cut(index)
                return
            if shielded and open_tag in _CELL:
                return
            block = block or open_tag in BLOCKS

    def imply(self, tag: str) -> None:
        """Close what the start of ``tag`` closes without an end tag."""
        if tag in _ENDS:
            ends, shields = _ENDS[tag]
            if any(self.count.get(end) for end in ends):
                for index in range(len(self.tags) - 1, -1, -1):
                    if self.tags[index] in ends:
                        self.cut(index)
                        break
                    if self.tags[index] in shields:
                        break
        if self.count.get("p") and tag in BLOCKS:
            for index in range(len(self.tags) - 1, -1, -1):
                if self.tags[index] == "p":
                    self.cut(index)
                    break
                if self.tags[index] in BLOCKS:
                    break

    def facts(self) -> LineFacts:
        """Facts of a line that begins here."""
        block = self.blocks[-1]
        depth = len(self.tags)
        if not depth:
            return LineFacts("body", 0.0, 0, "")
        hints = self.hints[-1]
        if hints is None:
            hints = " ".join([words for words in self.words[-HINT_LEVELS:] if words])
            self.hints[-1] = hints
        return LineFacts(self.tags[block] if block >= 0 else "body", 0.0, depth, hints)

    def _drop(self, index: int) -> None:
        """Close one inline element under others that stay open (misnested markup)."""
        tag = self.tags[index]
        self.count[tag] -= 1
        if tag == "a":
            self.links -= 1
        self.tags[index] = "span"
        self.count["span"] = self.count.get("span", 0) + 1


def lines_of(source: str) -> Page:
    """The visible lines of an HTML page.

    ``source`` is the page as text, without NUL (``decode`` records those); line breaks of any kind may occur.
    """
    from turbohtml import TokenType, tokenize

    start_tag, end_tag, text = TokenType.START_TAG, TokenType.END_TAG, TokenType.TEXT
    reference = TokenType.CHARACTER_REFERENCE
    page = Page(source)
    lines = page.lines
    stack = _Stack()
    # One line as the tokenizer sees it: a token's column is then its offset. Only <pre> shows line breaks.
    flat = source.replace("\r", " ").replace("\n", " ")
    row = -1  # number of finished lines when the open table row began, -1 outside
    plain_row = False  # whether its cells hold nothing but inline content
    pre = False
    pending: tuple[int, str] | None = None  # a reference whose end is not known yet
    loose: tuple[int, str] | None = None  # a text run whose pieces do not stand together, likewise

    def place(end: int) -> None:
        """Add what was waiting for the start of the next token."""
        nonlocal pending, loose
        if pending is not None:
            lines.facts = stack.facts() if lines.empty else lines.facts
            if pre:
                lines.replaced(pending[0], end, pending[1], "read.reference", stack.links > 0)
            else:
                lines.reference(pending[0], end, pending[1], stack.links > 0)
            pending = None
        elif loose is not None:
            page.unlocated += _place_loose(lines, stack, loose[0], end, loose[1], flat)
            loose = None

    for token in tokenize(flat, resolve_references=False):
        kind = token.type
        if pending is not None or loose is not None:
            place(token.col)
        if kind is text:
            if stack.unseen >= 0:
                continue
            data = token.data
            start = token.col
            end = start + len(data)
            if flat[start:end] != data:
                loose = (start, data)
                continue
            if lines.empty:
                if not pre and data.isspace():
                    continue
                if stack.count.get("head"):
                    stack.close("head")
                lines.facts = stack.facts()
            if pre:
                _place_pre(lines, source, start, end, stack.links > 0)
            else:
                lines.text(start, end, stack.links > 0)
        elif kind is start_tag:
            tag = token.tag
            if stack.unseen >= 0 and _still_unseen(stack, tag):
                if tag not in VOID and not token.self_closing:
                    stack.push(tag, "", False)
                continue
            if tag == "br":
                lines.end()
                plain_row = False
                continue
            if tag in BLOCKS:
                lines.end()
                if tag in ("html", "body", "head") and stack.count.get(tag):
                    continue
                if tag not in _TABLE:
                    plain_row = False
                elif tag == "table":
                    row = -1
            if tag not in _HEAD and stack.count.get("head") and tag != "head":
                stack.close("head")
            stack.imply(tag)
            if tag in VOID:
                continue
            if tag == "tr":
                row, plain_row = len(lines.done), True
            elif tag in _PRE:
                pre = True
            words = ""
            unseen = tag in UNSEEN
            attributes = token.attrs
            if attributes:
                words, hidden, href = _attributes(attributes)
                unseen = unseen or hidden
                if tag == "a":
                    if stack.count.get("a"):
                        stack.close("a")
                    if not href:
                        tag = "anchor"  # a jump target, no link
            elif tag == "a":
                tag = "anchor"
            if token.self_closing and (tag == "svg" or tag == "math"):
                continue
            stack.push(tag, words, unseen)
        elif kind is end_tag:
            tag = token.tag
            if tag == "a" and not stack.count.get("a"):
                tag = "anchor"
            if tag in BLOCKS and stack.unseen < 0:
                lines.end()
                if tag == "tr" or tag == "table":
                    if tag == "tr" and row >= 0 and plain_row and cells_fit(lines.done[row:]):
                        lines.join(row, "td")
                    row = -1
                if tag in _PRE:
                    pre = False
            elif tag == "br":
                lines.end()
            if tag not in ("html", "body"):
                stack.close(tag)
        elif kind is reference and stack.unseen < 0:
            pending = (token.col, token.data)
    place(len(source))
    lines.end()
    return page


def _attributes(attributes: list[tuple[str, str | None]]) -> tuple[str, bool, bool]:
    """Class and id words, whether the element is hidden, and whether it has an address."""
    words = ""
    hidden = href = False
    for name, value in attributes:
        if name == "class" or name == "id":
            if value:
                words = f"{words} {value}" if words else value
        elif name == "style":
            hidden = hidden or bool(value and "one" in value.lower() and _HIDDEN_STYLE.search(value))
        elif name == "hidden":
            hidden = hidden or value != "until-found"
        elif name == "href":
            href = True
    if words:
        words = " ".join(words[:HINT_LENGTH].lower().split())
    return words, hidden, href


def _still_unseen(stack: _Stack, tag: str) -> bool:
    """Whether content stays unseen at the start of ``tag``; closes what the tag breaks out of."""
    outer = stack.tags[stack.unseen]
    if outer == "select":
        leaves = tag in BLOCKS and tag not in ("option", "optgroup", "hr") or tag in ("input", "textarea")
    elif outer == "svg":
        leaves = tag in BLOCKS and tag not in ("title", "option") and not stack.count.get("foreignobject")
    else:
        return True
    if leaves:
        stack.cut(stack.unseen)
    return not leaves


def _place_pre(lines: Lines, source: str, start: int, end: int, linked: bool) -> None:
    """Add preformatted text line by line, trailing white space left out."""
    while True:
        stop = source.find("\n", start, end)
        last = end if stop < 0 else stop
        if stop >= 0:
            last = start + len(source[start:last].rstrip())
        lines.verbatim(start, last, linked)
        if stop < 0:
            return
        facts = lines.facts
        lines.end()
        lines.facts = facts
        start = stop + 1


def _place_loose(lines: Lines, stack: _Stack, start: int, end: int, data: str, flat: str) -> int:
    """Add a text run that swallowed stray markup (``a</>b``); the number of code points that found no place."""
    pieces: list[tuple[int, int]] = []
    at = start
    for piece in re.split(r"</>", flat[start:end]):
        if piece:
            pieces.append((at, at + len(piece)))
        at += len(piece) + 3
    if "".join([flat[a:b] for a, b in pieces]) != data:
        return len(data)
    for first, last in pieces:
        if lines.empty:
            lines.facts = stack.facts()
        lines.text(first, last, stack.links > 0)
    return 0
