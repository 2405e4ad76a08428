"""Segment: sentences of Chinese and English, each with its language, paragraph and role."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.stages.detect import detect
from pipeline.stages.segment import segment, sentences


def split(line: str) -> list[str]:
    return [line[start:end] for start, end in sentences(line)]


# Each case stands with a | where a sentence ends.
CASES = [
    "今天下雨。|我们没去。",
    "今天下雨！|我们没去？|好吧……",
    "他说：“今天下雨。”|我们没去。",
    "“好吗？”他问。|没有人回答。",
    "“好吗?”他轻声问道。|没有人回答。",
    "“快走!”老人喊。|“去哪儿？”孩子问。",
    "他说：“好。”|道路很长。",
    "“真贵！”|这个问题很大。",
    "“去哪儿？”|我不知道。",
    "“走吧！”她笑着说，“天黑了。”",
    "（这里有一句。）|下一句。",
    "他说『好。』|她走了。",
    "价格是3.5元。|便宜！",
    "详见www.example.com/a.html。|谢谢。",
    "他想了想……还是去了。|后来呢？",
    "真的吗？！|是的。",
    "Amazon今天宣布。|AWS也是。",
    "我们用 Python 3.11。|很好用。",
    "It rained today. |We stayed at home.",
    "Mr. Smith met Dr. Lee in St. Louis. |They talked.",
    "The price rose by 3.5 percent. |Nobody bought.",
    "“It rained,” she said. |“We stayed.” |He nodded.",
    "“Did it rain?” she asked. |It did.",
    '"Did it rain?" she asked. |"It did." |He nodded.',
    "He works for Yahoo! in the U.S. and likes it. |She does not.",
    "We met at 5 p.m. |The shop was closed.",
    "Read it at www.example.com. |Then call us.",
    "J. K. Rowling wrote it. |I read it.",
    "See Fig. 3 and No. 5 on p. 7. |It helps.",
    "Apples, pears, etc. are sold here. |Come in!",
    "What?! |No way.",
    "Wait... what? |Nothing.",
    "He left (it was late.) |She stayed.",
    "1. First point is here. |2. Second point is there.",
    "如我们所说：If you have stopped, tell us. |Who is the new one?",
    "This is fine.但是我们不知道为什么这样。|好吧。",
    "Version 2.0 is out. |This one is in the list.",
]


@pytest.mark.parametrize("case", CASES)
def test_sentences_end_where_they_end(case: str) -> None:
    assert split(case.replace("|", "")) == [piece.strip() for piece in case.split("|") if piece.strip()]


def segmented(text: str) -> Document:
    return segment(detect(Document.from_source("case.txt", text)))


def test_segments_carry_language_paragraph_and_role() -> None:
    text = "标题在此\n\n今天下雨。It rained for the whole of the day in our town.\nThe end of it all."
    doc = detect(Document.from_source("case.txt", text))
    doc = segment(replace(doc, line_roles=("title", "body", "body", "body")))
    found = [(doc.text[s.start : s.end], s.lang, s.paragraph, s.role) for s in doc.segments]
    assert found == [
        ("标题在此", "zh", 0, "title"),
        ("今天下雨。", "zh", 1, "body"),
        ("It rained for the whole of the day in our town.", "en", 1, "body"),
        ("The end of it all.", "en", 2, "body"),
    ]


def test_language_and_script_are_those_of_the_final_text() -> None:
    doc = detect(
        Document.from_source("case.txt", "今天下雨，我们没有去公园。\nIt rained today, and we stayed at home.")
    )
    kept = Document.from_source("case.txt", "It rained today, and we stayed at home.")
    doc = segment(replace(kept, lang=doc.lang, line_langs=("en",), metadata=doc.metadata))
    assert doc.lang == "en"
    assert doc.metadata["script"] == "Latn"


def test_lines_that_do_not_fit_are_detected_anew() -> None:
    doc = segment(replace(Document.from_source("case.txt", "今天下雨。\n好。"), line_langs=("en",)))
    assert [s.lang for s in doc.segments] == ["zh", "zh"]


BAD = [
    "",
    " \n\t\n",
    "。" * 2000,
    "?!" * 2000,
    "字" * 200_000,
    "a." * 50_000,
    "”" * 20_000,
    "“" * 20_000,
    "a中" * 20_000,
    "a" + "\u0301" * 10_000,
    "\ud83d。\ude00",
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_bad_input_is_a_result(text: str) -> None:
    assert_whole(segmented(text))


@given(st.text(alphabet="今天a A.。?？!！“”\"'）(…\n 1雨。Mr.", max_size=60) | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_segments_hold_all_that_is_not_space(text: str) -> None:
    assert_whole(segmented(text))


def assert_whole(doc: Document) -> None:
    end = 0
    for seg in doc.segments:
        assert end <= seg.start < seg.end
        assert not doc.text[end : seg.start].strip()
        assert doc.text[seg.start : seg.end].strip() == doc.text[seg.start : seg.end]
        assert "\n" not in doc.text[seg.start : seg.end]
        assert seg.lang
        end = seg.end
    assert not doc.text[end:].strip()
