"""Pages saved as Markdown: judged by what their reader sees, kept as they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.stages.strip import judge
from pipeline.stages.strip.markdown import is_markdown, seen

SEEN = [
    ("详见[公告](https://example.com/a_(1).html)。", "详见公告。"),
    ('  * [首页](https://news.example/ "首页 \\"新闻\\"")', "  * 首页"),
    ("[首页](/)[财经](/money)[体育](/sport)", "首页\t财经\t体育"),
    ("[![码头](https://img.example/a.png)](https://news.example/1)", ""),
    ("![](data:image/svg+xml,%3csvg viewBox='0 0 14 14'%3e)", ""),
    ("  * [![微博](https://img.example/w.png)](https://weibo.example/) ", ""),
    ("[分享](javascript:window.open\\('http://share.example/?t='+encode\\('码头'\\)\\))", "分享"),
    ("## 四号码头[下月](<https://news.example/a b>)启用", "四号码头下月启用"),
    ("* ### 泊位", "* 泊位"),
    ("|  | 甲 |   | **乙** |", "甲\t乙"),
    ("---|---|---", "▪"),
    ("[[评测] 岸桥](https://news.example/2)", "[评测] 岸桥"),
]
UNTOUCHED = [
    "函数 f(x)[1] 与数组 a[0] (b)",
    "他说：[未完](待续 …",
    "表 1-2 | 见附录",
    "",
    "   ",
]


@pytest.mark.parametrize(("line", "text"), SEEN)
def test_what_is_seen(line: str, text: str) -> None:
    assert seen(line) == text


@pytest.mark.parametrize("line", UNTOUCHED)
def test_what_is_no_markup_keeps_its_words(line: str) -> None:
    assert [c for c in seen(line) if c.isalnum()] == [c for c in line if c.isalnum()]


@given(st.text("a[]()!|-#*> \\\"'汉http:", max_size=60))
def test_only_images_and_blanks_show_nothing(line: str) -> None:
    assert bool(seen(line).strip()) == bool(line.strip()) or "![" in line


BODY = [
    "海城港务集团昨日宣布，历时三年建设的[四号码头](https://news.example/tag/4)将于下月正式投入使用，届时全港年吞吐量将翻一番。",
    "据介绍，四号码头共有三个五万吨级泊位，配备了六台自动化岸桥，工人在两公里外的控制中心里操作。",
    "不过，也有货代公司担心装卸费用上涨。港方已承诺两年内不调整收费标准，并公布了[价目表](https://news.example/p)。",
]
MENU = ["首页", "要闻", "财经", "体育", "科技", "汽车", "房产", "教育", "旅游", "健康"]
IMAGE = "![](https://img.example/pier_(4).png)"
PAGE = [
    *(f'  * [{name}](https://news.example/{n} "{name}")' for n, name in enumerate(MENU)),
    "[![海城日报](https://img.example/logo.png)](https://news.example/)",
    "# 四号码头下月启用",
    "2023-05-05 18:48 来源：[海城日报](https://news.example/)",
    *BODY[:2],
    IMAGE,
    *BODY[2:],
    "## 相关新闻",
    "  * [三号码头完成大修](https://news.example/31)",
    "  * [航道疏浚结束](https://news.example/32)",
    "[关于我们](https://news.example/about) | [联系我们](https://news.example/contact) | [广告服务](https://news.example/ad)",
    "Copyright © 2023 海城日报 版权所有 [海ICP备00000000号](https://beian.example/)",
]


def test_a_page_of_markdown_is_stripped_of_its_menus() -> None:
    assert is_markdown(PAGE)
    doc = pipeline.clean("\n".join(PAGE).encode())
    text = doc.text
    assert [change.rule for change in doc.changes if IMAGE in change.before] == ["strip.image-link"]
    for line in BODY:
        assert line in text, "links of the article stay"
    for name in ("要闻", "logo.png", "三号码头", "ICP", "联系我们"):
        assert name not in text


def test_verdicts_are_those_of_the_page_without_addresses() -> None:
    plain = [seen(line) for line in PAGE]
    for line, marked, bare in zip(plain, judge(PAGE).verdicts, judge(plain).verdicts, strict=True):
        assert marked == bare if line else (marked.rule, bare.role) == ("strip.image-link", "blank")


def test_a_text_that_quotes_a_link_is_no_markdown_page() -> None:
    assert not is_markdown(["Markdown 的链接写作 [文字](地址)。", "正文。", "正文。"])


def test_fences_around_code_stay_in_pairs() -> None:
    lines = ["# 四号码头下月启用", *BODY[:1], "```python", "print('泊位')", "```", *BODY[1:2], "```", "ls -l", "```"]
    assert pipeline.clean("\n".join(lines).encode()).text.split("\n") == lines
