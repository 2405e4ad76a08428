"""Broken lines: what is rejoined, and what must stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.read.plain import rejoin

LONG = "The committee that met on Tuesday to look into the affair heard eleven witnesses over five hours and adjourned"
LONG_ZH = "据了解，该项目自去年三月启动以来，已经先后完成了场地平整、管网铺设和主体施工三个阶段的任务，目前正在进行"

JOINED = [
    ([LONG + " before the", "minister", ", who had asked for more time, could speak."], [(0, " "), (1, "")]),
    (
        [
            LONG + " on the",
            "Isle of Wight",
            "where the ferry lands twice a day in summer and, when the sea is calm, once in winter.",
        ],
        [(0, " "), (1, " ")],
    ),
    ([LONG_ZH, "，预计年底完工。"], [(0, "")]),
    ([LONG + ",", "and then left for the coast."], [(0, " ")]),
    (["“" + LONG_ZH, "”，他说。"], [(0, "")]),
]

JOINED.append((["感", "谢", "各", "位", "新", "人", "，", "明", "年", "再", "见"], [(i, "") for i in range(10)]))

APART = {
    "font sizes and buttons": ["大", "中", "小", "打印", "关闭"],
    "verse": [
        "She walks alone in evening light",
        "and all the hills are dark and bright",
        "of stars that wait above the sea",
    ],
    "Chinese verse": ["春风又到江南岸", "明月何时照我回", "小舟一夜听疏雨"],
    "dialogue": ["“来了？”", "“来了。”", "“坐吧。”"],
    "list": [LONG, "• apples", "• pears", "- plums"],
    "numbered list": ["Things to do", "1. buy bread", "2. call home"],
    "code": ["def read(name):", "    with open(name) as handle:", "        return handle.read()"],
    "code in a paragraph": [LONG, "return value;", "}"],
    "request": ["POST /login HTTP/1.1", "Host: example.com", "Accept: */*"],
    "heading and text": [
        "Starting the service",
        "systemd starts the service when the machine boots, unless it is told not to.",
    ],
    "paragraphs": [LONG + ".", LONG + "."],
    "Chinese paragraphs": [LONG_ZH + "验收。", LONG_ZH + "验收。"],
    "like bar": ["：", "，", "，", "。", "视频", "小程序", "赞", "，轻点两下取消赞"],
    "menu": ["home", "about", "contact", "news"],
    "table": ["Name\tAge", "ann\t12", "bob\t14"],
    "blank between": [LONG + " of the", "", "minister of state"],
    "mail wrapped at 72 columns": [
        "I have been thinking about what you said on",
        "monday and I believe that you are right about",
        "most of it.",
    ],
    "salutation": ["Dear Sir,", "thank you for the letter of the third."],
}


@pytest.mark.parametrize(("lines", "expected"), JOINED)
def test_a_sentence_broken_at_an_inline_tag_is_rejoined(lines: list[str], expected: list[tuple[int, str]]) -> None:
    assert rejoin(lines) == expected


@pytest.mark.parametrize("lines", APART.values(), ids=APART)
def test_lines_that_a_writer_broke_stay_apart(lines: list[str]) -> None:
    assert rejoin(lines) == []


@given(st.lists(st.text(max_size=40), max_size=20))
def test_any_lines_will_do(lines: list[str]) -> None:
    joined = rejoin(lines)
    assert [index for index, _ in joined] == sorted({index for index, _ in joined})
    for index, between in joined:
        assert lines[index].strip()
        assert lines[index + 1].strip()
        assert between in ("", " ")
