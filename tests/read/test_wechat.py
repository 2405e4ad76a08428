"""WeChat pages of every kind, in the manner of real ones."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.stages.decode import decode
from pipeline.stages.read import read
from pipeline.stages.read.html import lines_of
from pipeline.stages.read.literal import literal_end, relocate, unescape
from pipeline.stages.read.wechat import NOTICES, REASONS, is_wechat

HEAD = """<!DOCTYPE html><html><head><meta property="og:title" content="海边的仓库">
<meta property="og:url" content="https://mp.weixin.qq.com/s/abc"><link href="https://res.wx.qq.com/a.css"></head><body>
<div class="rich_media_area_primary">"""
CHROME = """</div><div class="like"><span>，轻点两下取消赞</span></div><p>微信扫一扫<br>使用小程序</p>
<div>向上滑动看下一个</div></body></html>"""
BODY = "<p>今年的第一场雪下了三天，港口的仓库都停了工，工人们在屋里等消息。</p><p>老李说：“货还在海上，急也没有用。”他把炉子又添了一块煤。</p>"
SHOWN = [
    "今年的第一场雪下了三天，港口的仓库都停了工，工人们在屋里等消息。",
    "老李说：“货还在海上，急也没有用。”他把炉子又添了一块煤。",
]


def scripted(kind: str, content: str, title: str = "海边的仓库", key: str = "content_noencode") -> str:
    """The script object of a page, with ``content`` escaped as the site does."""
    for plain, escape in (
        ("\\", "\\x5c"),
        ("'", "\\x27"),
        ('"', "\\x22"),
        ("<", "\\x3c"),
        (">", "\\x3e"),
        ("&", "\\x26"),
    ):
        content = content.replace(plain, escape)
    content = content.replace("\n", "\\x0a")
    return f"""<script>window.cgiDataNew = {{
        nick_name: JsDecode('海风商讯'),
        title: JsDecode('{title}'),
        desc: JsDecode(''),
        {key}: JsDecode('{content}'),
        create_time: JsDecode('2024-02-03 18:02'),
        author: JsDecode('老王'),
        item_show_type: '{kind}' * 1,
    }};</script>"""


def article(body: str) -> str:
    return f"""<h1 id="activity-name"> 海边的仓库 </h1><a id="js_name">海风商讯</a>
<em id="publish_time">2024-02-03 18:02</em>
<div id="js_content" style="visibility: hidden;">{body}</div>"""


PAGES = [
    ("ordinary", HEAD + article(BODY) + CHROME, ["海边的仓库", *SHOWN]),
    ("body in the script only", HEAD + article("") + scripted("0", BODY) + CHROME, ["海边的仓库", *SHOWN]),
    (
        "text share",
        HEAD
        + '<div id="js_content"><p>海风商讯</p></div>'
        + scripted("10", "第一行“话”\n\n第二行 a & b\n", "海边的故事")
        + CHROME,
        ["海边的故事", "第一行“话”", "第二行 a & b"],
    ),
    (
        "text share whose title is cut from its text",
        HEAD
        + scripted("10", "只有这一行文字，没有标题，说的是仓库\n第二行", "只有这一行文字，没有标题，说的是")
        + CHROME,
        ["只有这一行文字，没有标题，说的是仓库", "第二行"],
    ),
    (
        "picture share with a link in its caption",
        HEAD + scripted("8", '看图\n<a class="wx">链接</a>在这里', "雪后的港口") + CHROME,
        ["雪后的港口", "看图", "链接在这里"],
    ),
    (
        "text share, other key",
        HEAD + scripted("10", "一句话的正文，写在别的键下面。", "", key="content") + CHROME,
        ["一句话的正文，写在别的键下面。"],
    ),
    (
        "a body in the page wins over the script",
        HEAD + article(BODY * 3) + scripted("0", BODY * 3 + "<p>多余</p>") + CHROME,
        ["海边的仓库", *SHOWN * 3],
    ),
    (
        "code block",
        HEAD
        + article(BODY + "<section class=code-snippet__fix><pre><code>x = 1</code><code>y = 2</code></pre></section>")
        + CHROME,
        ["海边的仓库", *SHOWN, "x = 1", "y = 2"],
    ),
]


@pytest.mark.parametrize(("name", "page", "lines"), PAGES, ids=[row[0] for row in PAGES])
def test_gives_title_and_body(name: str, page: str, lines: list[str]) -> None:
    doc = read(decode(page.encode(), name))
    assert doc.rejected is None
    assert doc.format == "wechat"
    assert doc.lines() == lines
    assert len(doc.line_facts) == len(lines)
    check_laws(doc)


@pytest.mark.parametrize("page", [PAGES[0][1], '<!doctype html>\n<html><p class="a">One &amp; “two”\n<p>three</p>'])
def test_a_page_saved_inside_a_json_string(page: str) -> None:
    plain = read(decode(page.encode()))
    doc = read(decode(json.dumps(page, ensure_ascii=False)[1:-1].encode()))
    assert (doc.text, doc.format, doc.line_facts) == (plain.text, plain.format, plain.line_facts)
    check_laws(doc)


def test_records_the_interface_it_removes() -> None:
    doc = read(decode((HEAD + article(BODY) + CHROME).encode()))
    removed = [change.before.strip() for change in doc.changes if change.rule == "read.wechat-interface"]
    assert removed == ["海风商讯 2024-02-03 18:02", "，轻点两下取消赞", "微信扫一扫", "使用小程序", "向上滑动看下一个"]


@pytest.mark.parametrize("page", [PAGES[0][1], PAGES[1][1]])
def test_metadata(page: str) -> None:
    metadata = read(decode(page.encode())).metadata
    assert (metadata["title"], metadata["account"], metadata["published"], metadata["url"]) == (
        "海边的仓库",
        "海风商讯",
        "2024-02-03",
        "https://mp.weixin.qq.com/s/abc",
    )


def test_source_of_a_shared_article_is_metadata() -> None:
    shared = "<div><p><span>以下文章来源于潮汐周刊</span><span>，作者陈一</span></p></div>"
    doc = read(decode((HEAD + shared + article(BODY) + CHROME).encode()))
    assert (doc.metadata["source_account"], doc.metadata["author"]) == ("潮汐周刊", "陈一")
    assert "以下文章来源于" not in doc.text


REJECTED = [
    ("read.wechat-deleted", '<div class="weui-msg__title warn">该内容已被发布者删除</div>'),
    ("read.wechat-deleted", '<div class="weui-msg__title warn">The content has been deleted by the author.</div>'),
    ("read.wechat-violation", '<h2 class="weui-msg__title">\n 此内容因违规无法查看\n </h2>'),
    ("read.wechat-verification", '<p class="weui-msg__title">环境异常</p><p>完成验证后即可继续访问。</p>'),
    ("read.wechat-profile", '<div class="profile_info_area"><div>公众号简介</div><div>一个海边的账号</div></div>'),
    ("read.wechat-stub", '<div id="js_article"><h2>一段视频</h2></div>'),
    ("read.wechat-stub", "<script>window.cgiDataNew = {\n title: JsDecode('never closed"),
]


@pytest.mark.parametrize(("rule", "inner"), REJECTED, ids=[f"{row[0]} {n}" for n, row in enumerate(REJECTED)])
def test_rejects_pages_without_an_article(rule: str, inner: str) -> None:
    page = f'<html><head><link href="https://res.wx.qq.com/a.css"><title></title></head><body>{inner}<p>微信公众平台运营中心</p>'
    doc = read(decode(page.encode()))
    assert doc.rejected is not None
    assert (doc.rejected.stage, doc.rejected.rule) == ("read", rule)


def test_rejects_a_bare_notice() -> None:
    page = "<html><head><title>该内容暂时无法查看</title></head><body><p>该内容暂时无法查看</p></body></html>"
    assert read(decode(page.encode())).rejected.rule == "read.wechat-unavailable"
    assert read(decode("该内容已被发布者删除\n微信公众平台运营中心\n".encode())).rejected.rule == "read.wechat-deleted"


NEAR_MISSES = [
    "<html><body><p>该内容已被发布者删除，这句话是什么意思？看看<a href='https://mp.weixin.qq.com/s/x'>这篇</a>。</body>",
    "该内容已被发布者删除，" + "这样的提示我们每天都会看到，但很少有人问过它从哪里来，又是谁决定删掉的。" * 4,
]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_a_text_about_notices_stays(text: str) -> None:
    assert not is_wechat(text)
    assert read(decode(text.encode())).rejected is None


def test_every_notice_has_a_reason() -> None:
    assert {rule for rule, _ in NOTICES} <= set(REASONS)
    assert all(words == words.lower() for _, words in NOTICES)


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (r"a\x26b", "a&b"),
        (r"a\\x0ab", "a\nb"),
        (r"\u4e2d\ud83d\ude00\ud83d", "中😀\ufffd"),
        (r"\n\t\'\"\\\/", "\n\t'\"\\/"),
        (r"\x00a\b", "a"),
        ("", ""),
    ],
)
def test_escapes(inside: str, text: str) -> None:
    assert unescape(f"'{inside}'", 1, 1 + len(inside)).text == text


@pytest.mark.parametrize(
    ("script", "end"), [("'abc'", 4), (r"'a\'b'", 5), (r"'a\\'b'", 4), ("'never", -1), ("'\\'", -1)]
)
def test_end_of_a_literal(script: str, end: int) -> None:
    assert literal_end(script, 1) == end


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([r"\x3cp\x3e", "中文", "a ", r"\x26amp;", r"\x22", "\\n", "x", r"\x3cbr\x3e", " "]), max_size=20
    )
)
def test_every_character_of_a_literal_is_placed(parts: list[str]) -> None:
    source = "var a = '" + "".join(parts) + "';"
    literal = unescape(source, 9, len(source) - 2)
    for line in lines_of(literal.text).lines.lines():
        moved = relocate(line, literal, source)
        shown = dict.fromkeys(range(len(line.text)), "")
        for text, start, size in moved.blocks:
            assert line.text[text : text + size] == source[start : start + size]
            for at in range(text, text + size):
                shown.pop(at)
        assert sorted("".join([line.text[at] for at in shown])) == sorted("".join([c.after for c in moved.changes]))
        for change in moved.changes:
            assert source[change.start : change.end] == change.before


def check_laws(doc: Document) -> None:
    last = (0, 0)
    for text, source, size in doc.blocks:
        assert doc.text[text : text + size] == doc.source[source : source + size]
        assert (text, source) >= last
        last = (text + size, source + size)
