"""Visible lines of an HTML page, every character with its place in the source.

The tokens of the page (the WHATWG tokenizer of ``turbohtml``, used here and nowhere else) carry exact offsets; a
stack of open elements says what is a block, what is hidden and what lies inside a link. Nothing is searched for and
nothing has to be aligned: a character that the tokens do not place exactly is left out and counted, never guessed.
A full tree would add the repairs a browser makes to misnested markup. They change no visible text on the 900 pages
this was measured on, and where they would (foster parenting under tables) the order of the source reads better.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from pipeline.stages.read.head import Head
from pipeline.stages.read.lines import Lines

# Elements that start and end a line, after the rendering section of the HTML standard.
BLOCKS: Final = frozenset(
    """address article aside blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing main menu nav
    ol optgroup option p plaintext pre search section select summary table tbody td tfoot th thead title tr ul
    xmp""".split()
)
VOID: Final = frozenset(
    "area base basefont bgsound col embed frame hr img input keygen link meta param source track wbr".split()
)
# Elements whose content no browser with scripts on renders as text of the page. Fallback for old browsers (noscript,
# object, iframe, video), form choices and drawings are among them; alternative texts are attributes and stay out.
UNSEEN: Final = frozenset(
    """annotation annotation-xml audio canvas datalist iframe noembed noframes noscript object rp script select style
    svg template textarea title video""".split()
)
# All elements that a browser knows, obsolete ones too, but for those of drawings and formulas.
ELEMENTS: Final = frozenset(
    """a abbr acronym b bdi bdo big blink br button cite code data del dfn em font i ins kbd label map mark marquee
    meter nobr output picture progress q rb rt rtc ruby s samp slot small span strike strong sub sup time tt u
    var""".split()
).union(BLOCKS, VOID, UNSEEN)
# What may stand in <head>; any other start tag begins the body.
_HEAD: Final = frozenset("base basefont bgsound head link meta noscript script style template title".split())
_PRE: Final = frozenset(("pre", "listing", "xmp", "plaintext"))
_TABLE: Final = frozenset("table tbody thead tfoot tr td th caption colgroup col".split())
_CELL: Final = frozenset(("td", "th", "caption"))

# Start tags that end <svg>, as the standard has it for foreign content.
_SVG_ENDS: Final = frozenset(
    """b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta
    nobr ol p pre ruby s small span strong strike sub sup table tt u ul var""".split()
)
# An unclosed <noscript> hides the rest of the page from the tokenizer; so often the reader looks behind one.
_RESTARTS: Final = 20

# Start tag -> (open elements it ends, elements that shield them): the optional end tags of the standard.
_ENDS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "dir", "table", "td", "th"})),
    "dd": (frozenset({"dd", "dt"}), frozenset({"dl", "table", "td", "th"})),
    "dt": (frozenset({"dd", "dt"}), frozenset({"dl", "table", "td", "th"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "tbody": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "thead": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "tfoot": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
}

# Open elements searched for the partner of an end tag. Real pages need about ten; without a bound, hostile nesting
# costs quadratic time.
_SEARCH: Final = 100
# Open elements remembered. Real pages stay below 100; deeper elements lend no facts, their text is read all the same.
_DEPTH: Final = 2000
# Code points of the class and id words of one element, and of a line's ancestors together (the nearest count).
HINT_LENGTH: Final = 120
HINTS_LENGTH: Final = 600

# Ids that tell the parts of a WeChat article.
ZONES: Final = frozenset("js_content activity-name js_name js_author_name publish_time copyright_info".split())

# A page that shows fewer code points than this, and hides more than twice as many, is a shell.
_SHELL: Final = 500
_MARKUP = re.compile(r"<[^<>]{0,2000}>")

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)

# How a tag is handled; the kinds from _BLOCK to _TABLE_PART begin and end a line.
_INLINE, _BLOCK, _ITEM, _ROOT, _PREFORMATTED, _TABLE_PART, _BREAK, _EMPTY, _UNSEEN, _ANCHOR = range(10)
_KIND: Final[dict[str, int]] = {
    **dict.fromkeys(BLOCKS, _BLOCK),
    **dict.fromkeys(("li", "dd", "dt"), _ITEM),
    **dict.fromkeys(("html", "head", "body"), _ROOT),
    **dict.fromkeys(_PRE, _PREFORMATTED),
    **dict.fromkeys(_TABLE, _TABLE_PART),
    **dict.fromkeys(VOID, _EMPTY),
    **dict.fromkeys(UNSEEN, _UNSEEN),
    "hr": _BREAK,
    "br": _BREAK,
    "a": _ANCHOR,
}

# An open element: its tag; the innermost block element, itself or an ancestor; class and id words of it and its
# ancestors; the innermost of ZONES, its own id or an ancestor's. A plain tuple: a page makes thousands.
_Frame = tuple[str, str, str, str]

# Code points kept of a <title>.
_TITLE_LENGTH: Final = 1000


class Page(NamedTuple):
    """What a page shows and declares."""

    lines: Lines
    head: Head
    unlocated: int  # code points left out because their place is not sure


def lines_of(source: str, preformatted: bool = False) -> Page:
    """The visible lines of an HTML page, and what it declares about itself.

    ``source`` is the page as text, without NUL (``decode`` records those); line breaks of any kind may occur.
    They break lines in ``<pre>``, and everywhere in a ``preformatted`` fragment.
    """
    reader = _Reader(source, preformatted)
    reader.read()
    if reader.lines.length < _SHELL and reader.hidden > 2 * reader.lines.length:
        # The page is a shell whose content scripts bring to light; without scripts, this is all it has to say.
        reader = _Reader(source, preformatted, reveal=True)
        reader.read()
    return Page(reader.lines, reader.declared, reader.unlocated)


def _streamed(token: Any) -> bool:
    """Whether a hidden element is a part of the page sent later, which a script puts in its place (React)."""
    name = token.attr("id")
    return isinstance(name, str) and re.fullmatch(r"S:[0-9a-f]{1,4}", name) is not None


class _Reader:
    """One pass over the tokens of one page."""

    def __init__(self, source: str, preformatted: bool, reveal: bool = False) -> None:
        self.source = source
        self.reveal = reveal  # whether hidden elements and <noscript> are shown
        # One line as the tokenizer sees it: a token's column is then its offset. Only <pre> shows line breaks.
        self.flat = source.replace("\r", " ").replace("\n", " ")
        self.lines = Lines(source)
        self.declared = Head()
        self.unlocated = 0
        self.stack: list[_Frame] = [("", "body", "", "")]
        self.links = 0  # open <a href>
        self.unseen = 0  # index in the stack of the outermost element whose text is not seen, or 0
        self.head = False  # whether <head> is open
        self.pre = int(preformatted)  # open <pre>
        self.hidden = 0  # code points of text in hidden elements and <noscript>, white space and all
        self.told = ""  # "title" or "data" while inside the first <title> or a JSON-LD script
        self.hidden_from = 0  # offset behind an unclosed <noscript>
        self.code = False  # whether the last tag was </code>
        self.row = -1  # number of finished lines when the open table row began, or -1: cells are no line

    def read(self) -> None:
        """Read the page to its end."""
        start = 0
        for _ in range(_RESTARTS):
            self._read_from(start)
            if self.hidden_from <= start:
                break
            self._cut(len(self.stack) - 1)
            start = self.hidden_from
        self.lines.end()

    def _read_from(self, base: int) -> None:
        """Read from offset ``base`` on, where no tag is open for the tokenizer."""
        from turbohtml import TokenType, tokenize

        start_tag, end_tag, text = TokenType.START_TAG, TokenType.END_TAG, TokenType.TEXT
        reference = TokenType.CHARACTER_REFERENCE
        lines, flat, start_element, end_element = self.lines, self.flat, self._start, self._end
        size = len(flat)
        # A token that ends where the next one begins: a reference, or a text in which markup was swallowed.
        waiting: tuple[int, str, bool] | None = None
        token: Any
        for token in tokenize(flat[base:], resolve_references=False):
            kind = token.type
            if waiting is not None:
                self._place(*waiting, base + token.col)
                waiting = None
            if kind is text:
                if self.unseen:
                    if self.told:
                        self._tell(token.data)
                    else:
                        inner = self.stack[-1][0]
                        if inner == "noscript":
                            self.hidden += len(_MARKUP.sub("", token.data))
                            # Revealed, or never closed: what it holds is read as markup.
                            if self.reveal or base + token.col + len(token.data) == size:
                                self.hidden_from = base + token.col
                                return
                        elif inner not in UNSEEN:
                            self.hidden += len(token.data)
                    continue
                data = token.data
                start = base + token.col
                end = start + len(data)
                if data.isspace() and not self.pre:
                    if lines.open and lines.gap is None:
                        lines.gap = (start, end)
                elif flat[start:end] != data:
                    waiting = (start, data, False)
                else:
                    if not lines.open:
                        self._begin()
                    if self.pre:
                        self._preformatted(start, end)
                    else:
                        lines.text(start, end, self.links > 0)
            elif kind is start_tag:
                start_element(token.tag, token)
            elif kind is end_tag:
                end_element(token.tag)
            elif kind is reference:
                if not self.unseen:
                    waiting = (base + token.col, token.data, True)
                elif self.told:
                    self._tell(token.data)
        if waiting is not None:
            self._place(*waiting, size)

    def _begin(self) -> None:
        """A line begins with what comes."""
        if self.head:
            self._close("head")
            self.head = False
        stack = self.stack
        _, block, hints, zone = stack[-1]
        self.lines.begin(block, len(stack) - 1, hints, zone)

    def _start(self, tag: str, token: Any) -> None:
        kind = _KIND.get(tag, _INLINE)
        stack = self.stack
        if self.unseen and not self._leaves(tag):
            if kind != _EMPTY and kind != _BREAK and not token.self_closing and len(stack) < 2 * _DEPTH:
                stack.append((tag, "", "", ""))
            return
        if kind == _EMPTY:
            if tag == "meta" or tag == "link":
                self._declare(tag, dict(token.attrs))
            return
        if self.head and tag not in _HEAD:
            self._close("head")
            self.head = False
        if _BLOCK <= kind <= _BREAK:
            if self.lines.open:
                self.lines.end()
            if kind == _BREAK or len(stack) > _DEPTH:
                self.row = -1
                return
            if kind != _BLOCK and not self._start_special(tag, kind):
                return
            if stack[-1][1] == "p" and tag != "table":
                self._close("p")
            if kind != _TABLE_PART:
                self.row = -1
            _, block, hints, zone = stack[-1]
            block = tag
        else:
            _, block, hints, zone = stack[-1]
            if kind == _UNSEEN:
                self._start_unseen(tag, token)
                return
            if len(stack) > _DEPTH:
                return
            if kind == _ANCHOR:
                if self.links:
                    self._close("a")
                tag = "anchor"  # a jump target, unless it has an address
            elif self.pre and tag == "code" and self.code and self.lines.open:
                self.lines.end()  # one <code> a line, as WeChat's code blocks have it
        hide = False
        for name, value in token.attrs:
            if name == "class" or name == "id":
                if value:
                    words = value[:HINT_LENGTH].lower()
                    hints = f"{hints} {words}" if hints else words
                    if value in ZONES:
                        zone = value
            elif name == "href":
                if kind == _ANCHOR:
                    tag = "a"
                    self.links += 1
            elif name == "style":
                if value and "none" in value.lower() and _HIDDEN_STYLE.search(value):
                    hide = True
            elif name == "hidden":
                if value != "until-found":
                    hide = True
            elif name == "lang":
                if tag == "html":
                    self.declared.language = value or ""
            elif name == "datetime" and value and not self.declared.time:
                self.declared.time = value
        if len(hints) > HINTS_LENGTH:
            hints = hints[-HINTS_LENGTH:].partition(" ")[2]
        if hide and not self.unseen and not self.reveal and not _streamed(token):
            self.unseen = len(stack)
        stack.append((tag, block, hints, zone))

    def _start_special(self, tag: str, kind: int) -> bool:
        """What the start of a list item, table part, root element or <pre> closes; whether the element opens."""
        if kind == _ROOT:
            if tag == "head":
                self.head = True
                return True
            # A second <html> or <body> only adds attributes to the first.
            return all(frame[0] != tag for frame in self.stack[:4])
        if kind == _PREFORMATTED:
            self.pre += 1
            return True
        if tag in _ENDS:
            self._imply(tag)
        if tag == "tr":
            self.row = len(self.lines.facts)
        elif tag == "table":
            self.row = -1
        return True

    def _start_unseen(self, tag: str, token: Any) -> None:
        if tag in ("svg", "select", "object", "video", "audio", "template") and token.self_closing:
            return
        self.unseen = len(self.stack)
        self.stack.append((tag, "", "", ""))
        if tag == "title" and not self.declared.title:
            self.told = "title"
        elif tag == "script" and token.attr("type") == "application/ld+json":
            self.told = "data"
            self.declared.data.append("")

    def _end(self, tag: str) -> None:
        lines, stack = self.lines, self.stack
        kind = _KIND.get(tag, _INLINE)
        if _BLOCK <= kind <= _BREAK and not self.unseen:
            if lines.open:
                lines.end()
            if kind == _TABLE_PART:
                if tag == "tr" or tag == "table":
                    if self.row >= 0:
                        lines.join(self.row)
                    self.row = -1
            elif kind == _BREAK or tag == "body" or tag == "html":
                return
        if stack[-1][0] != tag:
            if len(stack) > _DEPTH and kind != _UNSEEN:
                return  # perhaps of an element that was not remembered
            if kind == _ANCHOR and not self.links:
                tag = "anchor"
            self._close(tag)
        elif self.links or self.pre or self.head:
            self._cut(len(stack) - 1)
        elif len(stack) > 1:
            del stack[-1]
            if self.unseen >= len(stack):
                self.unseen = 0
                self.told = ""
        self.code = tag == "code"

    def _cut(self, index: int) -> None:
        """Close the elements from ``index`` on."""
        stack = self.stack
        if self.links or self.pre or self.head:
            for tag, block, _, _ in stack[index:]:
                if tag == "a":
                    self.links -= 1
                elif tag == "head":
                    self.head = False
                elif tag in _PRE and block:
                    self.pre = max(0, self.pre - 1)
        del stack[index:]
        if self.unseen >= index:
            self.unseen = 0
            self.told = ""

    def _declare(self, tag: str, values: dict[str, str | None]) -> None:
        """Note what a <meta> or <link> says of the page."""
        if tag == "meta":
            name = values.get("name") or values.get("property") or values.get("itemprop")
            content = values.get("content")
            if name and content:
                self.declared.metas.append((name.lower(), content))
        elif (values.get("rel") or "").lower() == "canonical":
            self.declared.canonical = self.declared.canonical or values.get("href") or ""

    def _tell(self, data: str) -> None:
        """Note the text of <title> or of a JSON-LD script."""
        if self.told == "title":
            if len(self.declared.title) < _TITLE_LENGTH:
                self.declared.title += data[:_TITLE_LENGTH]
        else:
            self.declared.data[-1] += data

    def _close(self, tag: str) -> None:
        """Close the innermost ``tag``, and with a block all that is open inside it."""
        stack = self.stack
        inline = tag not in BLOCKS and tag not in UNSEEN
        shielded = tag not in _TABLE
        inside = False  # whether a block is open inside it
        for index in range(len(stack) - 1, max(0, len(stack) - _SEARCH), -1):
            frame = stack[index]
            open_tag = frame[0]
            if open_tag == tag:
                if inline and inside:
                    # Misnested: the blocks inside stay open, only the element itself ends.
                    if tag == "a":
                        self.links -= 1
                    stack[index] = ("span", *frame[1:])
                    if self.unseen == index:
                        self.unseen = 0
                else:
                    self._cut(index)
                return
            if shielded and open_tag in _CELL:
                return
            inside = inside or open_tag in BLOCKS

    def _imply(self, tag: str) -> None:
        """Close what the start of a list item or table part closes without an end tag."""
        stack = self.stack
        ends, shields = _ENDS[tag]
        for index in range(len(stack) - 1, max(0, len(stack) - _SEARCH), -1):
            here = stack[index][0]
            if here in ends:
                if tag == "tr" and self.row >= 0:
                    self.lines.join(self.row)
                self._cut(index)
                return
            if here in shields:
                return

    def _leaves(self, tag: str) -> bool:
        """Whether the start of ``tag`` ends the unseen element that is open; it is closed then."""
        outer, block, _, _ = self.stack[self.unseen]
        if outer not in UNSEEN:  # a hidden one, which the next item or paragraph ends as it ends others
            if tag in _ENDS:
                self._imply(tag)
            if self.unseen and block == "p" and tag in BLOCKS and tag != "table":
                self._close("p")
            return not self.unseen
        if outer == "select":
            leaves = (tag in BLOCKS and tag not in ("option", "optgroup", "hr")) or tag in ("input", "textarea")
        elif outer == "svg":
            leaves = tag in _SVG_ENDS
            leaves = leaves and not any(frame[0] == "foreignobject" for frame in self.stack[-_SEARCH:])
        else:
            return False
        if leaves:
            self._cut(self.unseen)
        return leaves

    def _place(self, start: int, data: str, reference: bool, end: int) -> None:
        """Add a reference, or a text run that swallowed stray markup (``a</>b``), now that its end is known."""
        lines = self.lines
        if reference:
            if not lines.open:
                self._begin()
            if self.pre:
                lines.replaced(start, end, data, "read.reference", self.links > 0)
            else:
                lines.reference(start, end, data, self.links > 0)
            return
        pieces = self.flat[start:end].split("</>")
        if "".join(pieces) != data:
            self.unlocated += len(data)
            return
        for piece in pieces:
            if piece:
                if not lines.open:
                    self._begin()
                lines.text(start, start + len(piece), self.links > 0)
            start += len(piece) + 3

    def _preformatted(self, start: int, end: int) -> None:
        """Add preformatted text line by line, white space at the ends of lines left out."""
        source, lines = self.source, self.lines
        while True:
            stop = source.find("\n", start, end)
            if stop < 0:
                lines.verbatim(start, end, self.links > 0)
                return
            lines.verbatim(start, start + len(source[start:stop].rstrip()), self.links > 0)
            lines.end()
            self._begin()
            start = stop + 1
