"""Text filled to a width: its paragraphs are put together again, and nothing else is."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline.stages.read.wrapped import unwrap

PROSE = [
    "The ferry to the outer islands will not sail today because the harbour wall needs mending, the port authority said "
    "on Tuesday, and the next one is not due before the end of the week.",
    "Fishermen had warned for years that the wall would not outlast another winter. Their union asked the council for "
    "a survey in March, but none was made until the storm of last month had torn away a third of the northern mole.",
    "A spokeswoman for the ministry said that money for the repair had been set aside, but that it could not be paid "
    "out before the survey was complete and the lowest of the three offers had been looked at by the auditors, which "
    "took six weeks as a rule and could not be hurried.",
    "Until then goods will be landed at the old quay on the south side, where the water is too shallow for anything but "
    "the two smallest boats of the fleet and only at high tide.",
    "Islanders who have to reach the hospital can book a place on the helicopter, which flies twice a day.",
]
CHINESE = (
    "海城港务集团昨日宣布，历时三年建设的四号码头将于下月正式投入使用，届时全港年吞吐量将翻一番。据介绍，四号码头共有三个五万吨级泊位，"
    "配备了六台自动化岸桥，工人在两公里外的控制中心里操作。不过，也有货代公司担心装卸费用上涨。港方已承诺两年内不调整收费标准，并公布了价目表。"
)
VERSE = """The harbour lies in silence now, the boats
are drawn above the line of weed and foam,
and someone on the darkened terrace notes
the hour, and thinks that they should all be home.
The lamps go out along the northern wall,
the gulls have gone, the tide is at its height;
a door is closed, a voice begins to call
a name that no one answers to tonight."""
HEADLINES = [
    "银保监会：支持有条件的地区稳慎探索住房贷款",
    "中国女排击败劲旅，提前一轮卫冕世界杯冠军",
    "记分减免等六项新措施将于三月一日起实施了",
    "专家撰文：不要误读潜伏期中的最小和最大值",
    "省会应急响应下调，堂食与健身场所恢复营业",
]
ENGLISH_HEADLINES = [
    "Housing board looks into committee for the old court",
    "Fewer companies expect to hire in the first quarter",
    "Average bus speeds fall because of the rise in riders",
    "Default rate of student loans under the new scheme up",
    "Rhino bull killed near the bay, rangers still looking",
]
CODE = [
    "rsync -t -l -r -c backup:harbour/ www-harbour-example/ --delete",
    "rsync -t -l -r -c backup:ferries/ www-ferries-example/ --delete",
    "rsync -t -l -r -c backup:islands/ www-islands-example/ --delete",
    "fe640d08 030806b7 00000001 80000000 0000 fe640d08 030806b7 0000",
    "fe640d18 00000202 00000000 00000bf2 0000 fe640d18 00000202 0000",
]


def rejoined(lines: list[str]) -> list[str]:
    joins = dict(unwrap(lines))
    out: list[str] = []
    for index, line in enumerate(lines):
        if index - 1 in joins:
            out[-1] = out[-1].rstrip() + joins[index - 1] + line.strip()
        else:
            out.append(line)
    return out


@pytest.mark.parametrize("width", [60, 72, 78])
def test_filled_paragraphs_come_out_whole(width: int) -> None:
    lines = [line for text in PROSE for line in [*textwrap.wrap(text, width), ""]]
    assert [line for line in rejoined(lines) if line] == PROSE


@pytest.mark.parametrize("width", [60, 72, 78])
def test_without_blank_lines_between_paragraphs_no_sentence_stays_cut(width: int) -> None:
    lines = rejoined([line for text in PROSE for line in textwrap.wrap(text, width)])
    assert all(line.endswith(".") for line in lines)
    assert " ".join(lines) == " ".join(PROSE)


def test_an_indented_mail_comes_out_whole() -> None:
    lines = [f"   {line}" for text in PROSE for line in [*textwrap.wrap(text, 68), ""]]
    assert [line.strip() for line in rejoined(lines) if line.strip()] == PROSE


@pytest.mark.parametrize("width", [30, 39])
def test_chinese_filled_to_a_width_comes_out_whole(width: int) -> None:
    lines = [CHINESE[at : at + width] for at in range(0, len(CHINESE), width)]
    assert rejoined(["港口新闻", "", *lines, "", "相关新闻"]) == ["港口新闻", "", CHINESE, "", "相关新闻"]


@pytest.mark.parametrize(
    "lines", [VERSE.split("\n"), HEADLINES, ENGLISH_HEADLINES, CODE, PROSE, [f"- {line}" for line in PROSE]]
)
def test_what_is_not_filled_keeps_its_breaks(lines: list[str]) -> None:
    assert unwrap(lines) == []


def test_a_long_dump_of_memory_is_one_stretch() -> None:
    # In quadratic time this would take an hour.
    assert unwrap([f"fe64{n:04x} 030806b7 00000001 80000000 f0000000 0000" for n in range(30_000)]) == []


@given(st.lists(st.text("abc dé，。汉\t-", max_size=90), max_size=12))
def test_any_lines_have_an_answer(lines: list[str]) -> None:
    joins = unwrap(lines)
    assert joins == sorted(joins)
    assert all(lines[index].strip() and lines[index + 1].strip() for index, _ in joins)


def test_a_page_of_a_text_browser_is_cleaned_as_paragraphs_that_know_their_source() -> None:
    menu = ["Home | News | Ferries | Weather | Contact", "", "Ferry service stops", ""]
    lines = [*menu, *(line for text in PROSE for line in [*textwrap.wrap(text, 72), ""]), "Copyright 2023 Island News"]
    data = "\n".join(lines).encode()
    doc = pipeline.clean(data)
    assert [line for line in doc.text.split("\n") if line][-len(PROSE) :] == PROSE
    assert {change.rule for change in doc.changes if change.after == " "} == {"read.rejoin"}
    for block in doc.blocks:
        assert (
            doc.text[block.text : block.text + block.length] == doc.source[block.source : block.source + block.length]
        )
