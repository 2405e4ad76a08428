"""Whatever bytes come in: no exception, and the records of what comes out keep every law."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import clean
from pipeline.config import Config
from pipeline.records import laws, schema
from pipeline.records.write import change_rows, document_id, document_row, rejected_row, sentence_rows

PIECES = [
    "我们 明天在上海见面,谢谢!", "据可靠的消息,杰夫·贝索斯(Jeff Bezos)将卸任首席执行官。", "他说:““你好”” ,请进 。",
    "Amazon China’s team has “quit” the market . He said so .", "Andy·Jassy 's letter", "Copyright ? 2016-2022 ? ?",
    "扫码关注,拉你进群", "首页 | 登录 | 注册", "上一篇：旧闻", "Related articles", "Add yours", "晋ICP备20005961号-2", "0 赞",
    "2021-04-01 02:43:59", " date 2024-04-04 New Delhi, April 4: Shops open again.", "作者：小明", "01", "。", "@", "",
    "ï»¿itâ€™s", "锟斤拷烫烫烫", "浣犲ソ锛屼笘鐣", "&nbsp;&amp;&#20013;&lt;b&gt;", "\ufeff", "\u200b\xa0\u3000", "\x00", "\x1b[31m",
    "The ship left port on Monday morning and sank two days later.", "今天上午,轮船离开了港口,两天后沉没。", "😀🏽", "e\u0301",
    "<p>", "</p>", "<div style='display:none'>", "</div>", "<br>", "<table><tr><td>", "<td>", "</table>", "<a href=x>", "</a>",
    "<script>var a = '<p>';</script>", "<!-- x -->", "<title>News</title>", "<li>", "<h1>", "<pre>a\n b</pre>", "</>", "<![CDATA[x]]>",
]  # fmt: skip
BREAKS = ["\n", "\r\n", "\r", "\n\n\n", "\u2028", "\x0b", " ", "\t", ""]
ENCODINGS = ["utf-8", "utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16-le", "utf-16"]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A page of such pieces in some encoding, perhaps with bytes cut out, put in or turned over."""
    pairs = draw(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(BREAKS)), max_size=30))
    text = "".join(piece + end for piece, end in pairs)
    if draw(st.booleans()):
        text = f"<html><head><meta charset=utf-8></head><body>{text}</body></html>"
    data = text.encode(draw(st.sampled_from(ENCODINGS)), "ignore")
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=3)) + data[at + draw(st.integers(0, 3)) :]
    return data


def offences(data: bytes, config: Config) -> list[str]:
    doc = clean(data, "a.txt", config)
    if doc.rejected:
        row = rejected_row(doc, document_id(data))
        return [fault] if (fault := schema.offence("rejected", row)) else []
    row: dict[str, Any] = document_row(doc, data, config.digest())
    changes = list(change_rows(doc, row["id"]))
    sentences = list(sentence_rows(row))
    tables = [("documents", [row]), ("changes", changes), ("sentences", sentences)]
    faults = [fault for table, rows in tables for one in rows if (fault := schema.offence(table, one))]
    return faults or list(laws.offences(row, changes, sentences, data))


@given(files(), st.sampled_from([Config(), Config(preset="precision", repair="full"), Config(repair="off")]))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_any_file(data: bytes, config: Config) -> None:
    assert offences(data, config) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x89PNG\r\n\x1a\n",
        "字".encode() * 3 + b"\xe5",
        b"\xff" * 50,
        # Big5 after all, with a byte before a tag that begins no character.
        b"<html><head><meta charset=utf-8></head><body>China\xa1\xa6s team has \xa1\xa7quit\xa1\xa8 the market.\n"
        b"\xa4W\xa4@\xbdg\xa1G\n0\n\x80</body></html>",
        "<html><body>我们明天在上海见面,谢谢!\n</>\n<p>\n</>\n</body></html>".encode(),  # end tags without a name
        "我们明天在上海见面,谢谢!\r\x00\n".encode() * 9,  # a NUL within a CRLF
        "<\x01html><body>我们明天在上海见面,谢谢!\n</body></html>".encode(),
    ],
)
def test_odd_bytes(data: bytes) -> None:
    assert offences(data, Config()) == []
