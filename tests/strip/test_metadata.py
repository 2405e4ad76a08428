"""Dates, authors and accounts out of lines."""

from __future__ import annotations

import pytest

from pipeline.stages import clean
from pipeline.stages.strip import judge
from pipeline.stages.strip.metadata import date_in, relative_date

DATES = [
    ("发布时间：2021年4月1日 08:30", "2021-04-01"),
    ("2021-04-01 02:43:59", "2021-04-01"),
    ("2021/4/1", "2021-04-01"),
    ("2021.04.01 来源：某报", "2021-04-01"),
    ("民國101年1月17日", "2012-01-17"),
    ("二〇一二年一月十七日", "2012-01-17"),
    ("二○二一年十二月三十一日", "2021-12-31"),
    ("Jan. 17, 2012", "2012-01-17"),
    ("Tuesday, 17 January 2012", "2012-01-17"),
    ("December 3rd, 2019 at 4 pm", "2019-12-03"),
    ("17/01/2012", "2012-01-17"),
    ("01/17/2012", "2012-01-17"),
]
NO_DATES = [
    "01/02/2021",
    "2021-13-01",
    "2021-02-30",
    "昨天",
    "3小时前",
    "1 day ago",
    "in 2012 there were 17",
    "电话 2021-04018888",
    "12:30",
]

BODY = [
    "海城港务集团昨日宣布，历时三年建设的四号码头将于下月正式投入使用，届时全港年吞吐量将翻一番。",
    "据介绍，四号码头共有三个五万吨级泊位，配备了六台自动化岸桥，工人在两公里外的控制中心里操作。",
    "不过，也有货代公司担心装卸费用上涨。记者了解到，港方已承诺两年内不调整收费标准，并公布了价目表。",
]


@pytest.mark.parametrize(("line", "date"), DATES)
def test_a_full_date_is_read(line: str, date: str) -> None:
    assert date_in(line) == date


@pytest.mark.parametrize("line", NO_DATES)
def test_what_is_no_full_date_stays_unknown(line: str) -> None:
    assert date_in(line) == ""


BYLINES = [
    ("安全观察 2023-05-05 18:48", {"account": "安全观察", "published": "2023-05-05"}),
    ("李海 海城港口观察 2023-05-05 18:48", {"author": "李海", "account": "海城港口观察"}),
    ("2023-05-05 18:48 来源：海城日报 作者：李海", {"author": "李海", "published": "2023-05-05"}),
    ("2023-05-05　作者：记者 李海　来源：海城日报", {"author": "李海", "published": "2023-05-05"}),
]


@pytest.mark.parametrize(("byline", "expected"), BYLINES)
def test_bylines_are_read(byline: str, expected: dict[str, str]) -> None:
    judged = judge(["海城港新码头下月投入使用", byline, *BODY])
    for key, value in expected.items():
        assert judged.metadata.get(key) == value
        assert judged.sources[key] == 1


def test_a_title_that_does_not_match_is_flagged() -> None:
    pages = [line.replace("码头", word) for word in ("泊位", "栈桥", "航道", "锚地") for line in BODY]
    page = ["三款新手机的电池续航能力横向评测报告", "2023-05-05 18:48", *BODY, *pages]
    assert "title-mismatch" in judge(page).flags
    page[0] = "海城港四号码头下月投入使用，吞吐量将翻一番"
    assert "title-mismatch" not in judge(page).flags


def test_the_copy_nearest_the_body_is_the_title() -> None:
    title = "海城港新码头下月投入使用 年吞吐量翻一番"
    judged = judge([title, "首页", title, "2023-05-05 18:48", *BODY])
    assert judged.sources["title"] == 2
    assert judged.verdicts[0].role == "duplicate"


@pytest.mark.parametrize("head", ["头条新闻", "海城日报网", "Top stories"])
def test_a_head_that_says_the_same_on_all_pages_gives_way_to_the_heading(head: str) -> None:
    heading = "海城四号码头下月投入使用"
    page = ["首页", "新闻", head, heading, "2023-05-05 18:48", *BODY, "相关新闻", "版权所有 海城日报"]
    judged = judge(page, title=head)
    assert judged.metadata["title"] == heading
    assert page[judged.sources["title"]] == heading


def test_a_head_that_knows_the_body_stays_though_no_line_repeats_it() -> None:
    title = "四号码头泊位建成，港务集团公布收费标准"
    page = ["首页 > 新闻 > 正文", "字号 大 中 小", "2023-05-05 18:48", *BODY, "版权所有 海城日报"]
    assert judge(page, title=title).metadata["title"] == title


def test_the_titles_and_dates_of_other_articles_below_say_nothing_of_this_one() -> None:
    page = ["海城四号码头下月投入使用", *BODY, "相关新闻", "・三号码头完成大修 2021-10-20", "・航道疏浚结束 2021-10-10"]
    judged = judge(page)
    assert "published" not in judged.metadata
    assert "account" not in judged.metadata


RELATIVE = [
    ("3小时前发布", "2023-05-05"),
    ("2 天前", "2023-05-03"),
    ("1 week ago", "2023-04-28"),
    ("Posted 20 mins ago", "2023-05-05"),
    ("昨天 09:15 来源：海城日报", "2023-05-04"),
    ("Yesterday at 9:15", "2023-05-04"),
    ("今天 08:00", "2023-05-05"),
    ("11小时前", "2023-05-05"),
    ("20小时前", ""),  # the fourth in Greenwich, the fifth in Beijing
    ("昨天", ""),
    ("今日推荐", ""),
    ("3.5 天前", ""),
    ("1234 days ago", ""),
]


@pytest.mark.parametrize(("line", "day"), RELATIVE)
def test_a_distance_in_time_is_a_day_where_it_is_the_same_everywhere(line: str, day: str) -> None:
    assert relative_date(line, "2023-05-05T12:00:00Z") == day


@pytest.mark.parametrize("fetched", ["", "2023-05-05", "2023-05-05T12:00:00", "gestern"])
def test_without_a_moment_nothing_is_known(fetched: str) -> None:
    assert relative_date("3小时前", fetched) == ""


def test_the_page_says_when_and_the_archive_says_from_when() -> None:
    page = "\n".join(
        ["海城四号码头下月投入使用", "3小时前 来源：海城日报", *BODY, "相关新闻", "・航道疏浚结束 2天前"]
    ).encode()
    saved = {"fetched": "2023-05-05T12:00:00Z"}
    assert clean(page, metadata=saved).metadata["published"] == "2023-05-05"
    assert not clean(page).metadata.get("published")
    dated = page.replace("3小时前".encode(), b"2023-05-01")
    assert clean(dated, metadata=saved).metadata["published"] == "2023-05-01", "a full date says more"
