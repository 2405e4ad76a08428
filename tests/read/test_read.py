"""What kind of file it is, plain text, and metadata."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.rules.read import RULES
from pipeline.stages.decode import decode
from pipeline.stages.read import is_html, read
from pipeline.stages.read.head import date_in, from_lines

PAGES = [
    "<!DOCTYPE html><p>x",
    "\ufeff\n <html><body>x",
    "<?xml version='1.0'?><!-- c --><html>x",
    "<!-- saved --> <HEAD><title>x</title>",
    "<div class=a>x</div>",
    "<p>one</p><p>two</p>",
    "Warning: slow in /srv/a.php on line 3\n<!DOCTYPE html>\n<html><body><p>x</p></body></html>\n",
    "<div class=a>One<br>two",
    "<P ALIGN=CENTER>One<P>two",
    "<center><table><tr><td>x",
    "<p>" + "<span>" * 9000 + "x",
    "</div>\n<dd>x</dd>",
    "<div>" * 9000 + "x",
    "<h1>标题</h1>\n一\n<br>\n二\n<br>\n三",
    "<b>Title</b><br>\nline one<br>\nline two<br>\n",
    "<p>one\ntwo</p>\n<p>three\nfour</p>\n",
    "<rss version='2.0'><channel><title>x</title></channel></rss>",
    "\n" * 9000 + "<html><p>x",
]
TEXTS = [
    "plain",
    "",
    "A <b>bold</b> word and a <br> in a text",
    "# Markdown\n\n<table style='width: 100%'>\n<tr><td>x</td></tr></table>\n\nText after it.",
    "<3 you",
    "<p without an end, said he",
    "< div >",
    "<https://example.org/> is a link",
    "<!-- a comment only -->",
    "<p>One tag makes no page",
    "<div align=center>\n<img src=logo.png>\n</div>\n\n# Title\n\nA paragraph.\n\n- a point\n",
    "<b>标题</b>\n正文第一段。\n正文第二段。",
    "<b>编者按</b>\n一行正文。",
    "<strong>一</strong> 第一行\n<strong>二</strong> 第二行\n",
    "<video>: The Video Embed element\nThe <video> HTML element embeds a media player.\n",
    "<select> 标签\n<select> 元素用来创建下拉列表。\n",
    "<a> 今天吃什么\n<b> 火锅吧\n<a> 好\n",
    "<p align='center'><img src=a.png>\n\n# Title\n\nLine one.\nLine two.\n\n- a point\n",
    "Use <html> at the top of your page.\n\nThen close it.",
]


@pytest.mark.parametrize("text", PAGES)
def test_knows_a_page(text: str) -> None:
    assert is_html(text)
    assert read(Document.from_source("", text)).format == "html"


@pytest.mark.parametrize("text", TEXTS)
def test_knows_a_text(text: str) -> None:
    assert not is_html(text)
    doc = read(Document.from_source("", text))
    assert (doc.format, doc.text) == ("text", text)


@pytest.mark.parametrize(
    "text", ["正文一。<br>正文二。", "&nbsp;One &amp; two", "One.<custom-el>Two.</custom-el>", TEXTS[2]]
)
def test_what_is_called_html_is_html_if_it_holds_markup(text: str) -> None:
    assert read(Document.from_source("", text)).format == "text"
    assert read(Document.from_source("", text), html=True).format == "html"
    assert read(Document.from_source("a/page.shtml", text)).format == "html"


def test_what_is_called_html_without_markup_is_a_text() -> None:
    for text in ("One < two.\nAT&T > one", "A List<String>\nof AT&amp;T\n", "One\n" * 20 + "<b>bold</b>"):
        doc = read(Document.from_source("page.html", text))
        assert (doc.format, doc.text) == ("text", text)


@pytest.mark.parametrize(
    ("text", "shown", "rules"),
    [
        ("one\r\ntwo\r\n", "one\ntwo\n", []),
        ("\ufeffone\r\n\r\ntwo", "one\n\ntwo", []),
        ("one\rtwo", "one\ntwo", ["read.line-break"]),
        ("one\r\r\ntwo", "one\n\ntwo", ["read.line-break"]),
        ("a\vb\fc\u2028d\u2029e", "a\nb\nc\nd\ne", ["read.line-break"] * 4),
        ("one\ntwo", "one\ntwo", []),
        ("a\x85b", "a\x85b", []),
    ],
)
def test_one_kind_of_line_break(text: str, shown: str, rules: list[str]) -> None:
    doc = read(Document.from_source("", text))
    assert doc.text == shown
    assert [change.rule for change in doc.changes] == rules


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab \r\n\v\u2028\ufeff中"), max_size=40))
def test_kept_text_is_its_source(text: str) -> None:
    doc = read(Document.from_source("", text))
    for at, source, size in doc.blocks:
        assert doc.text[at : at + size] == text[source : source + size]
    assert not set("\r\v\u2028") & set(doc.text)
    kept = sum(size for _, _, size in doc.blocks)
    passed = text.count("\r\n") + text.startswith("\ufeff")
    assert kept + passed + len(doc.changes) == len(text)


@pytest.mark.parametrize(
    ("text", "shown", "published"),
    [
        (" date 2021-03-05 Geneva, March 5: They met again.", "Geneva, March 5: They met again.", "2021-03-05"),
        ("发布时间：2021-03-05 10:11 平台公布了新的规则。", "平台公布了新的规则。", "2021-03-05"),
        ("The date 2021-03-05 was set.", "The date 2021-03-05 was set.", "2021-03-05"),
        ("date 2021-03-05\nGeneva: They met.", "date 2021-03-05\nGeneva: They met.", "2021-03-05"),
        ("date 2021-13-05 Geneva", "date 2021-13-05 Geneva", None),
    ],
)
def test_leading_residue(text: str, shown: str, published: str | None) -> None:
    doc = read(Document.from_source("", text))
    assert doc.text == shown
    assert doc.metadata.get("published") == published


HEAD = """<!doctype html><html lang="zh-CN"><head>
<title>卖家怎样看懂新规则_海风商讯网</title>
<meta property="og:title" content="卖家怎样看懂新规则"><meta name="author" content="李晓明">
<meta property="og:site_name" content="海风商讯"><meta property="article:published_time" content="2023-05-06T08:00:00+08:00">
<link rel="canonical" href="https://news.example.com/a/1.html"></head><body><h1>卖家怎样看懂新规则</h1><p>正文。"""
DATA = """<html><head><title>A quiet harbour - The Daily Gull</title><script type="application/ld+json">
{"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle", "headline": "A quiet harbour",
"datePublished": "2019-11-02", "author": [{"@type": "Person", "name": "Ann Lee"}], "publisher": {"name": "The Daily Gull"}}]}
</script></head><body><h1>A quiet harbour</h1><p>Text.</p></body></html>"""
SHOWN = """<html><head><title>平台公布新规则 - 海风商讯</title></head><body><h2>平台公布新规则</h2>
<div>2012年03月04日 09:30　来源：海风商讯　作者：王小平</div><p>正文。</p></body></html>"""


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            HEAD,
            {
                "title": "卖家怎样看懂新规则",
                "author": "李晓明",
                "site": "海风商讯",
                "published": "2023-05-06",
                "url": "https://news.example.com/a/1.html",
                "language": "zh-cn",
            },
        ),
        (
            DATA,
            {"title": "A quiet harbour", "author": "Ann Lee", "site": "The Daily Gull", "published": "2019-11-02"},
        ),
        (SHOWN, {"title": "平台公布新规则", "author": "王小平", "published": "2012-03-04"}),
        ("<html><head><title>港口的早晨_新闻频道_海风网</title></head><p>x", {"title": "港口的早晨"}),
        (
            "<html><meta name=author content='Discuz! Team and Comsenz UI Team'><meta name=source content='来源：海风网'>",
            {"site": "海风网"},
        ),
        ("<html><meta name=author content='104363'><p>x", {}),
        ("<html><script type='application/ld+json'>{broken</script><p>x", {}),
        ("<html><script type='application/ld+json'>" + "[" * 9000 + "</script><p>x", {}),
    ],
)
def test_metadata_of_a_page(page: str, expected: dict[str, str]) -> None:
    metadata = dict(read(decode(page.encode())).metadata)
    metadata.pop("encoding_confidence")
    assert metadata.pop("unlocated") == 0
    assert metadata == expected


def test_mends_lines_broken_inside_a_sentence() -> None:
    tail = ", who had led the field from the first of six long days in the hills to the very last one."
    doc = read(Document.from_source("", f"The prize of this long week went to young\nClint Harrow\n{tail}\nNext line."))
    assert doc.text == f"The prize of this long week went to young Clint Harrow{tail}\nNext line."
    assert {change.rule for change in doc.changes} == {"read.rejoin"}


@pytest.mark.parametrize("rule", ["read.leading-residue", "read.rejoin", "read.line-break"])
def test_rules_act_on_their_examples_alone(rule: str) -> None:
    found = next(each for each in RULES if each.id == rule)
    for text in found.examples:
        assert rule in [change.rule for change in read(Document.from_source("", text)).changes]
    for text in found.near_misses:
        assert rule not in [change.rule for change in read(Document.from_source("", text)).changes]


def test_a_huge_title_takes_no_time() -> None:
    page = f"<html><head><meta property='og:title' content='a{' ' * 300_000}b'></head><body><p>x"
    assert len(str(read(decode(page.encode())).metadata["title"])) < 600


def test_what_is_known_already_stays() -> None:
    doc = Document.from_source("", HEAD).note(url="https://archive.example.org/x")
    assert read(doc).metadata["url"] == "https://archive.example.org/x"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2012-1-5 08:00", "2012-01-05"),
        ("2012年01月05日", "2012-01-05"),
        ("2012/01/05", "2012-01-05"),
        ("20120105T080000", "2012-01-05"),
        ("January 5th, 2012", "2012-01-05"),
        ("5 Jan 2012", "2012-01-05"),
        ("Posted Thu, 05 Sept. 2013 11:00", "2013-09-05"),
        ("2012-13-45", ""),
        ("no. 201201059", ""),
        ("1812-01-05", ""),
        ("", ""),
    ],
)
def test_dates(text: str, day: str) -> None:
    assert date_in(text) == day


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["海风商讯", "2021-04-01 02:43:59", "41"], {"published": "2021-04-01"}),
        (["By Ann Lee", "May 6, 2020"], {"author": "Ann Lee", "published": "2020-05-06"}),
        (["文/李晓明 2020年5月6日"], {"author": "李晓明", "published": "2020-05-06"}),
        (["Title: A quiet harbour", "Text."], {"title": "A quiet harbour"}),
        (["他说，2020年5月6日那天港口停了工，大家都在等消息。"], {}),
        (["by the way, nothing"], {}),
        (["Title from an agency", "Text."], {}),
        ([], {}),
    ],
)
def test_first_lines_tell(lines: list[str], expected: dict[str, str]) -> None:
    assert from_lines(lines) == expected
