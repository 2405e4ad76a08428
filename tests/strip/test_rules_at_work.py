"""Promotions inside the body of a chat article, and the sentences that merely mention them."""

from __future__ import annotations

import pytest

from pipeline.stages.strip import judge

BODY = [
    "海城港新码头下月投入使用",
    "海城港务集团昨日宣布，历时三年建设的四号码头将于下月正式投入使用，届时全港年吞吐量将翻一番。",
    "据介绍，四号码头共有三个五万吨级泊位，配备了六台自动化岸桥，工人在两公里外的控制中心里操作。",
    "{}",
    "不过，也有货代公司担心装卸费用上涨。记者了解到，港方已承诺两年内不调整收费标准，并公布了价目表。",
    "港务集团总经理说，新系统去年十月开始试运行，至今没有发生一起事故，卸完一条船只要十四个小时。",
]
PROMOTIONS = [
    "点击上方蓝字关注我们",
    "长按识别二维码关注",
    "戳阅读原文",
    "←扫码关注我们",
    "广告",
    "微信公众号搜索：海港观察",
    "Follow us on Twitter",
    "，轻点两下取消赞",
]
MENTIONS = [
    "他说，乘客扫码之后就能看到船期，不必再去窗口排队，也不必关注任何公众号。",
    "集团的公众号每天早上八点公布当天的船期，有十二万人关注。",
    "广告牌上写着：码头明天见，请大家互相转告。",
    "阅读原文的人会发现，合同里并没有这一条。",
    "Follow the blue signs to the terminal, the leaflet says, and mind the step on the way down.",
    "他在朋友圈里分享了这张照片，一个晚上就有三百个赞。",
    "版权声明、免责声明和保密协议，一样都没有少，合同足足有四十页。",
]


@pytest.mark.parametrize("line", PROMOTIONS)
def test_a_promotion_inside_the_body_goes(line: str) -> None:
    page = [part.format(line) for part in BODY]
    verdict = judge(page).verdicts[3]
    assert verdict.drop
    assert verdict.rule.startswith("strip.")


@pytest.mark.parametrize("line", MENTIONS)
def test_a_sentence_that_mentions_one_stays(line: str) -> None:
    page = [part.format(line) for part in BODY]
    assert [v.drop for v in judge(page).verdicts] == [False] * len(page)


FERRIES = [
    "Ferries must show their prices",
    "The harbour council voted on Monday for a rule that makes each ferry company show its prices on the gangway.",
    "Inspectors will visit every pier in spring, and a company without a price list must pay a fine of 400 crowns.",
    "Two companies said they would appeal. The third, which owns the night boats, has shown its prices since 2009.",
]
LAST_LINES = [
    ("Piers Ferries Tickets Night boats Car decks Islands Timetables Lost property Jobs Press Cookies Contact Help Maps Prices Groups Schools Charter Freight Fuel Docks Radio Tides", True),
    ("Our reporter explains why the council wants to become the first in the region to make all of its ferries show what they charge on the door", False),
    ("Night boat\t12 knots\t40 cars\t300 seats\t9 crew\t2 decks\t1 bar\t14 crowns\t6 crowns\t2009\t80 m\t14 m\t4 m\t2 engines", False),
]  # fmt: skip


@pytest.mark.parametrize(("line", "drop"), LAST_LINES)
def test_a_list_of_names_below_the_body_goes_and_a_sentence_without_its_stop_stays(line: str, drop: bool) -> None:
    assert [v.drop for v in judge([*FERRIES, line]).verdicts] == [False] * 4 + [drop]
