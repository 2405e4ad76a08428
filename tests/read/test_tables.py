"""HTML tables that a converter left on one line of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.document import Document
from pipeline.stages.read import read

STYLE = ' style="margin: 0px;border-width: initial !important;"'
TABLE = (
    f"<table><tbody{STYLE}><tr><td{STYLE}><strong>评定方式</strong></td><td>等级</td></tr>"
    "<tr><td>威胁&amp;影响</td><td colspan=2>高 &lt;9.0&gt;</td></tr></tbody></table>"
)


def text_of(text: str) -> str:
    return read(Document.from_source("a.txt", text)).text


def test_cells_stay() -> None:
    assert (
        text_of(f"评定结果如下\n  {TABLE}  \n下一段。")
        == "评定结果如下\n  评定方式\t等级\n威胁&影响\t高 <9.0>  \n下一段。"
    )


@pytest.mark.parametrize(
    "text",
    [
        "A <table> has rows, a row has cells: <td>.",
        "<table>\n<tr><td>CVE</td></tr>\n</table>\n之后",
        f"```html\n{TABLE}\n```",
        f"写作 `{TABLE}` 即可。",
        "之前\n<table><tr></tr></table>",
    ],
)
def test_text_about_markup_stays(text: str) -> None:
    assert text_of(f"前言\n{text}") == f"前言\n{text}"


@given(
    st.lists(st.sampled_from(["<table>", "<TABLE a=b>", "</table>", "<td>", "</td>", "甲", " ", "&lt;", "<!--", "\n"]))
)
def test_every_character_is_a_run_or_in_a_change(pieces: list[str]) -> None:
    source = "前言\n" + "".join(pieces)
    doc = read(Document.from_source("a.txt", source))
    told = {i for change in doc.changes for i in range(change.start, change.end)}
    kept = {i for block in doc.blocks for i in range(block.source, block.source + block.length)}
    assert told | kept == set(range(len(source)))
    for block in doc.blocks:
        assert doc.text[block.text : block.text + block.length] == source[block.source : block.source + block.length]


def test_the_ledger_holds_the_markup() -> None:
    doc = pipeline.clean(
        f"漏洞评定结果如下，供各单位参考，请尽快修复相关系统。\n{TABLE}\n建议尽快升级到最新版本。".encode()
    )
    changes = [change for change in doc.changes if change.rule == "read.table"]
    assert "".join(change.before for change in changes).startswith("<table><tbody")
    assert "table" not in doc.text
