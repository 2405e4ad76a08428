"""HTML pages: what is shown, line by line, and where each character stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.document import Document, LineFacts
from pipeline.stages.decode import decode
from pipeline.stages.read import _read_html, read
from pipeline.stages.read.html import UNSEEN

# page, its lines
SYNTHETIC = [
    ("<p>one<p>two", ["one", "two"]),
    ("<p>one <b>bold</b> <i>and</i> more", ["one bold and more"]),
    ("<div>a</div>b<div>c</div>", ["a", "b", "c"]),
    ("a<br>b<br/><br>c</br>d", ["a", "b", "c", "d"]),
    ("<p>wrapped\n   in the\tsource", ["wrapped in the source"]),
    ("<p>一行\n  换行 空格\n word", ["一行换行 空格 word"]),
    ("<ul><li>one<li>two<ul><li>in</ul><li>three</ul>", ["one", "two", "in", "three"]),
    ("<dl><dt>term<dd>meaning<dt>next</dl>", ["term", "meaning", "next"]),
    ("<pre>  if x:\n      y  =  1\n</pre>after", ["  if x:", "      y  =  1", "after"]),
    ("<pre><code>x = 1</code><code>y = 2</code></pre>", ["x = 1", "y = 2"]),
    ("<table><tr><td>a<td>b<tr><th>c</th><td>d</table>", ["a\tb", "c\td"]),
    ("<table><tr><td><p>left<td>right</table>", ["left", "right"]),
    ("<table><tr><td>" + "long " * 20 + "<td>b</table>", [("long " * 20).strip(), "b"]),
    ("<table><tr><td>a<table><tr><td>in<td>ner</table><td>b</table>", ["a", "in\tner", "b"]),
    ("<p>R&amp;D &lt;3 &copy 2020 &bogus; &#x4e2d;&#25991;", ["R&D <3 © 2020 &bogus; 中文"]),
    ("<p>a&nbsp;&nbsp;b<p>&nbsp;<p>c", ["a\xa0\xa0b", "c"]),
    ("<p>a&#10;b&#32; c", ["a b c"]),
    ("<p>a</>b</ x>c<!-- d -->e<?f?>g", ["abceg"]),
    ("x < y and y > z", ["x < y and y > z"]),
    ("<p title='a > b'>shown", ["shown"]),
    ("<a href=1>Home</a> <a href=2>News</a>", ["Home News"]),
    ("<h1>Head</h1>text", ["Head", "text"]),
    ("<p>one</p>\r\n<p>two\r\nlines\rhere</p>", ["one", "two lines here"]),
    ("<pre>one\r\ntwo\r\n</pre>", ["one", "two"]),
    ("<b><p>mis</b>nested</p>end", ["misnested", "end"]),
    ("<table>moved<tr><td>cell</table>", ["moved", "cell"]),
    ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", ["漢kan"]),
    ("<button>Push</button><label>Name</label>", ["PushName"]),
    ("</p></div>text</body></html>more", ["text", "more"]),
    ("<title>T</title><svg><title>t</title></svg>x", ["x"]),
    ("", []),
    ("<div><p> </p></div>", []),
]

# page, its lines: what is not shown
HIDDEN = [
    ("<script>var a = '<p>no</p>';</script>yes", ["yes"]),
    ("<style>p {}</style><noscript>no</noscript><template><p>no</template>yes", ["yes"]),
    ("<div hidden>no<p>no</div>yes", ["yes"]),
    # What is hidden ends where the next item, row or paragraph ends it.
    ("<ul><li>a<li hidden>no<li>b</ul>", ["a", "b"]),
    ("<ul><li hidden>no<ul><li>no<li>no</ul>no<li>enough</ul>", ["enough"]),
    ("<li>a<div hidden>no<li>b", ["a", "b"]),
    ("<p>a<p hidden>no<p>b", ["a", "b"]),
    ("<p hidden><b>no</b><div>b</div>", ["b"]),
    ("<p hidden>no<dd>b", ["b"]),
    ("<table><tr><td>a<td hidden>no<td>b<tr hidden><td>no<tr><td>c</table>d", ["a\tb", "c", "d"]),
    ("<div hidden><p>no<p>no<ul><li>no<li>no</ul></div>enough", ["enough"]),
    ('<div style="color: red; DISPLAY : None">no</div>yes', ["yes"]),
    ('<div hidden="until-found">yes</div>', ["yes"]),
    ('<div style="visibility: hidden">yes</div>', ["yes"]),  # WeChat's article body
    ("<img alt='no' title='no'><input value='no'>yes", ["yes"]),
    ("<select><option>no<option>no</select>yes", ["yes"]),
    ("<select><option>no<p>yes", ["yes"]),
    ("<svg><text>no</text></svg><textarea>no</textarea>yes", ["yes"]),
    ("<svg><g><text>no<p>yes", ["yes"]),
    ("<iframe>no</iframe><object>no</object><video>no</video>yes", ["yes"]),
    ("<head><title>no</title><meta name=description content=no></head><body>yes", ["yes"]),
    ("<!-- no --><!DOCTYPE html>yes", ["yes"]),
    ("before<script>var a = 'never closed <p>no", ["before"]),
    ("before<!-- never closed <p>no", ["before"]),
    ("<p>a<noscript>shown, for it is <b>never</b> closed<p>b", ["ashown, for it is never closed", "b"]),
]


@pytest.mark.parametrize(("page", "lines"), SYNTHETIC + HIDDEN)
def test_lines(page: str, lines: list[str]) -> None:
    doc = page_of(page)
    assert doc.text.split("\n") == (lines or [""])
    check_laws(doc)


@pytest.mark.parametrize(
    ("page", "facts"),
    [
        ("<p>x", LineFacts("p", 0.0, 1, "")),
        ("<body class='Main Wide'><div id=Story><p>x", LineFacts("p", 0.0, 3, "main wide story")),
        ("<ul class=nav><li><a href=/>one two</a>", LineFacts("li", 1.0, 3, "nav")),
        ("<p>half <a href=/>half</a>", LineFacts("p", 0.5, 1, "")),
        ("<p><a name=top>no link", LineFacts("p", 0.0, 2, "")),
        ("<a href=/>one <b>two</b></a>", LineFacts("body", 1.0, 1, "")),
        ("<table><tr><td class=c>a<td>b</table>", LineFacts("td", 0.0, 3, "c")),
    ],
)
def test_facts_of_a_line(page: str, facts: LineFacts) -> None:
    assert page_of(page).line_facts == (facts,)


def test_every_line_has_its_facts() -> None:
    for page, _ in SYNTHETIC + HIDDEN:
        doc = page_of(page)
        assert len(doc.line_facts) == (doc.text.count("\n") + 1 if doc.text else 0)


def test_lines_of_one_element_share_their_hints() -> None:
    facts = page_of("<div class=a><p>one<br>two<br>three").line_facts
    assert facts[0].hints is facts[1].hints is facts[2].hints


def test_references_and_wraps_are_changes() -> None:
    doc = page_of("<p>R&amp;D and\nmore")
    assert [(change.before, change.after, change.rule) for change in doc.changes] == [
        ("&amp;", "&", "read.reference"),
        ("\n", " ", "read.space"),
    ]


WORDS = "The harbour was closed for three days while the crews waited for news of the storm. "


@pytest.mark.parametrize(
    "page",
    [
        f"<div id=app>Menu</div><noscript><p>{WORDS * 9}</p></noscript>",
        f"<header>Menu</header><div hidden><p>{WORDS * 9}</p></div>",
        f"<header>Menu</header><div style='display:none'><p>{WORDS * 9}</p></div>",
    ],
)
def test_a_shell_shows_what_it_hides(page: str) -> None:
    doc = page_of(page)
    assert doc.text.split("\n") == ["Menu", (WORDS * 9).strip()]
    check_laws(doc)


def test_a_page_with_a_text_keeps_hidden_what_it_hides() -> None:
    page = f"<p>{WORDS * 9}</p><div hidden>{'Hidden menu. ' * 200}</div><noscript>{'No scripts. ' * 200}</noscript>"
    assert page_of(page).text == (WORDS * 9).strip()


def test_parts_streamed_later_are_shown() -> None:
    page = f"<p>{WORDS * 9}</p><div hidden id='S:0'><p>Part two.</p></div><div hidden id=other>no</div>"
    assert page_of(page).lines()[1:] == ["Part two."]


TAGS = "p div b i a span li ul table tr td th h1 br em pre dl dd script style select option svg noscript form".split()
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS] + ["<a href=x>", "<p hidden>"]),
    st.sampled_from(
        ["text", "中文", " ", "\n", "\r\n", "&amp;", "&lt", "&nbsp;", "&#65;", "</>", "<", "&", "<!--c-->"]
    ),
    st.sampled_from(["<![CDATA[z]]>", "<math>", "</math>", "<title>", "<textarea>", "<plaintext>", "\x0c", "😀"]),
)
SOUP = st.lists(PIECES, max_size=30).map("".join)


@settings(max_examples=400, deadline=None)
@given(SOUP)
@example("<table>a<td>b<tr>c")
@example("<p>a</>&amp;</>b")
@example("<noscript><noscript><p>x")
def test_laws_hold_on_tag_soup(soup: str) -> None:
    check_laws(page_of(soup))


@settings(max_examples=100, deadline=None)
@given(SOUP, st.sampled_from(["gb18030", "utf-16-le", "big5hkscs", "utf-8"]))
def test_laws_hold_in_bytes(soup: str, codec: str) -> None:
    data = f"<html><p>平台上周公布了新的规则{soup}".encode(codec, "ignore")
    doc = read(decode(data))
    places = doc.byte_offsets([place for _, source, size in doc.blocks for place in (source, source + size)])
    for text, source, size in doc.blocks:
        assert data[places[source] : places[source + size]].decode(doc.encoding) == doc.text[text : text + size]


WELL_FORMED = st.recursive(
    st.sampled_from(["text ", "中文", "a &amp; b", "<br>", "<script>no</script>", "<!-- no -->", "é\n"]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["div", "section", "ul", "blockquote", "span", "b", "em"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(WELL_FORMED)
def test_shows_what_the_tree_of_a_browser_shows(page: str) -> None:
    import turbohtml
    from bs4 import BeautifulSoup

    shown = "".join(page_of(page).text.split())
    tree = turbohtml.parse(page)
    assert shown == "".join("".join(_texts(tree)).split())
    soup = BeautifulSoup(page, "html.parser")
    for script in soup("script"):
        script.decompose()
    assert shown == "".join(soup.get_text().split())


@pytest.mark.parametrize("unit", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<a href=x>", "<p><b>", "<svg><g>"])
def test_deep_nesting_keeps_the_text(unit: str) -> None:
    doc = page_of(unit * 20_000 + "<p>the end")
    assert doc.text == "the end"


@pytest.mark.parametrize("unit", ["&amp;", "</>a", "<noscript>", "<![CDATA[", "<!--", "<p hidden>", "</b>", "x<br>"])
def test_work_grows_with_the_page_and_no_faster(unit: str) -> None:
    small, large = (calls_of(lambda n=n: page_of(unit * n + "x")) for n in (500, 2_000))
    assert large < 8 * small


def calls_of(action) -> int:
    """Function calls that ``action`` makes: a measure of work that no busy machine disturbs."""
    import sys

    count = 0

    def profile(frame, event, argument) -> None:
        nonlocal count
        count += 1

    sys.setprofile(profile)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


def page_of(page: str) -> Document:
    """The document of a page, told to be HTML whatever it begins with."""
    doc = _read_html(Document.from_source("", page))
    assert doc.metadata["unlocated"] == 0
    return doc


def check_laws(doc: Document) -> None:
    """Kept text equals its source, in order; what is neither kept nor explained is a line break, or a cell's tab."""
    explained = bytearray(len(doc.text))
    last = (0, 0)
    for text, source, size in doc.blocks:
        assert doc.text[text : text + size] == doc.source[source : source + size]
        assert size > 0
        assert (text, source) >= last
        last = (text + size, source + size)
        explained[text : text + size] = b"\x01" * size
    loose = [doc.text[at] for at, flag in enumerate(explained) if not flag]
    given = "".join([change.after for change in doc.changes])
    assert sorted(char for char in loose if char not in "\n\t") == sorted(given)
    assert not re.search(r"[\r\x0b\x0c\u2028]", doc.text)
    assert doc.text == "" or all(line.strip() for line in doc.lines())


def _texts(node) -> list[str]:
    found = []
    for child in node.children:
        kind = type(child).__name__
        if kind == "Text":
            found.append(child.data)
        elif kind == "Element" and child.tag not in UNSEEN:
            found += _texts(child)
    return found
