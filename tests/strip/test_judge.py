"""Whole pages: what stays, what goes, and pages of unusual kinds. All texts are written for these tests."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import LineFacts
from pipeline.stages.strip import ROLES, judge

NEWS_ZH = """首页
新闻
财经
体育
登录 | 注册
您现在的位置：首页 > 新闻 > 正文
海城港新码头下月投入使用 年吞吐量将翻一番
2023年5月17日 09:12  来源：海城日报
海城港务集团昨日宣布，历时三年建设的四号码头将于下月正式投入使用。届时，全港年吞吐量将由目前的一千二百万吨提高到两千五百万吨。
据介绍，四号码头共有三个五万吨级泊位，配备了六台自动化岸桥。工人不再需要爬上三十米高的驾驶室，而是在两公里外的控制中心里操作。
“过去卸完一条船要两天，现在只要十四个小时。”港务集团总经理李海说，新系统去年十月开始试运行，至今没有发生一起事故。
不过，也有货代公司担心装卸费用上涨。记者了解到，港方已承诺两年内不调整收费标准。
（责任编辑：王小明）
分享到：
微博
微信
相关阅读
海城港一季度吞吐量创新高
北湾大桥通车首日车流平稳
我市出台港口收费新办法
评论
发表评论
关于我们 | 联系我们 | 广告服务 | 网站地图
版权所有：海城日报社 未经授权不得转载
京ICP备12345678号-1""".split("\n")

NEWS_EN = """Home
News
Sport
Log in
Subscribe
You are here: Home > News > Local
Harbour board approves new ferry terminal
By Jane Mallory
17 May 2023
The harbour board on Tuesday approved plans for a second ferry terminal, ending four years of argument over where it should stand.
The building, which will cost an estimated $48 million, is to be put up on the site of the old fish market, and the first boats are due to leave from it in the spring of 2025.
"We have waited long enough," said the chairman, Peter Orr. "People on the island deserve better than a shed and a bench."
Opponents said that the road to the site was too narrow for lorries, and that the council had not answered their questions about flooding.
Share on Facebook
Tweet
Related articles
Ferry fares to rise in June
Fish market closes after 90 years
Island school wins national prize
Leave a comment
About us
Privacy policy
© 2023 Harbour Times Ltd. All rights reserved.""".split("\n")

POEM_ZH = [
    "春江花月夜",
    "春江潮水连海平",
    "海上明月共潮生",
    "滟滟随波千万里",
    "何处春江无月明",
    "江流宛转绕芳甸",
    "月照花林皆似霰",
    "空里流霜不觉飞",
    "汀上白沙看不见",
]
POEM_EN = [
    "The tide goes out beyond the pier", "and leaves the boats upon their sides,", "the herring gulls come walking near", "as if they too obeyed the tides.",
    "My father mended nets all day", "and never said what he was for;", "the evening took his face away", "and left his hands upon the door.",
]  # fmt: skip
DIALOGUE_ZH = [
    "“你来了？”",
    "“来了。”",
    "“路上好走吗？”",
    "“不好走，下了一天的雪，车都停在山口。”",
    "“吃饭没有？”",
    "“没有。”",
    "她转身进了厨房，锅里还有半碗粥。",
]
CLASSICAL = [
    "子曰學而時習之不亦說乎有朋自遠方來不亦樂乎人不知而不慍不亦君子乎",
    "有子曰其為人也孝弟而好犯上者鮮矣不好犯上而好作亂者未之有也",
    "曾子曰吾日三省吾身為人謀而不忠乎與朋友交而不信乎傳不習乎",
]
CAPITALS = [
    "NOTICE TO ALL RESIDENTS OF THE NORTH QUAY", "THE WATER SUPPLY WILL BE TURNED OFF ON THURSDAY FROM NINE IN THE MORNING UNTIL FOUR IN THE AFTERNOON.",
    "PLEASE FILL A BUCKET BEFORE THAT TIME AND DO NOT USE THE WASHING MACHINE UNTIL THE WATER RUNS CLEAR AGAIN.",
]  # fmt: skip
RUSSIAN = [
    "Совет порта во вторник одобрил строительство второго паромного терминала, завершив четырёхлетний спор о его месте.",
    "Здание, стоимость которого оценивается в сорок восемь миллионов, построят на месте старого рыбного рынка.",
    "«Мы ждали достаточно долго», — сказал председатель совета. — «Люди на острове заслуживают лучшего».",
]
GERMAN = [
    "Der Hafenrat hat am Dienstag den Bau eines zweiten Fährterminals beschlossen und damit einen vierjährigen Streit beendet.",
    "Das Gebäude soll auf dem Gelände des alten Fischmarkts entstehen, die ersten Boote sollen im Frühjahr 2025 ablegen.",
    "„Wir haben lange genug gewartet“, sagte der Vorsitzende. „Die Leute auf der Insel haben etwas Besseres verdient.“",
]
ONE_SENTENCE = [
    "The harbour board on Tuesday approved plans for a second ferry terminal on the site of the old fish market."
]
ONE_SENTENCE_ZH = ["海城港务集团昨日宣布，历时三年建设的四号码头将于下月正式投入使用。"]
TECHNICAL = """一次登录绕过漏洞的分析
最近在测试一个后台系统时发现，它的登录接口没有校验返回值，攻击者可以直接绕过。下面记录分析过程。
漏洞描述
系统在用户登录之后会把会话写入缓存，但是没有检查缓存里的用户名是否与请求一致，导致任意用户都可以登录管理后台。
影响版本
v1.2.0 - v1.4.3
漏洞复现
首先抓取登录请求，数据包如下：
POST /admin/login HTTP/1.1
Host: 127.0.0.1:8080
User-Agent: Mozilla/5.0
Content-Type: application/x-www-form-urlencoded
username=admin&password=123456&remember=1
把 username 改成任意存在的用户，重放这个请求，就可以得到一个有效的会话，如下图所示。
修复建议
升级到 v1.4.4 或者更高的版本，同时在网关上限制后台地址的访问来源。
参考链接
https://example.com/advisories/2023-017""".split("\n")

TABLE = """港口年报
下表列出各码头去年的吞吐量，单位为万吨，数据来自港务集团的年度报告。
码头\t泊位\t吞吐量\t比上年
一号码头\t4\t310\t+2.1%
二号码头\t6\t420\t-0.8%
三号码头\t3\t470\t+5.6%
合计\t13\t1200\t+2.4%
四号码头尚未启用，因此没有数字。其余三个码头的吞吐量合计一千二百万吨，比上年增长百分之二点四。""".split("\n")
CODE = """How to read a tide table with Python
The harbour publishes its tide tables as plain text. This short script reads one and prints the times of high water.
import re
from pathlib import Path
def high_water(path):
    for line in Path(path).read_text().splitlines():
        if found := re.match(r"(\\d\\d:\\d\\d) H (\\d+\\.\\d)", line):
            yield found[1], float(found[2])
for time, metres in high_water("tides.txt"):
    print(time, metres)
Run it with the name of the file. Times are local, so add an hour in summer before you plan to sail anywhere.""".split(
    "\n"
)
TITLES = """首页
新闻
财经
海港新闻列表
海城港一季度吞吐量创新高 2023-04-12
北湾大桥通车首日车流平稳 2023-04-11
我市出台港口收费新办法 2023-04-10
渔市搬迁后第一个早市开张 2023-04-09
岛上小学获全国合唱比赛一等奖 2023-04-08
四号码头完成首次靠泊试验 2023-04-07
港务集团招聘三十名岸桥操作员 2023-04-06
今年首个台风预计周末登陆 2023-04-05
上一页 1 2 3 4 5 下一页
关于我们 | 联系我们
京ICP备12345678号-1""".split("\n")
STEPS = """一个注册接口的漏洞
今天分享一个案例：某平台关闭了注册功能，接口却没有关闭，任何人都可以注册账户。
错误配置
新建应用时，注册选项默认开启。管理员在页面上关闭了注册，接口仍然接受请求。
参数
- client_id：请求服务的应用程序的标识符
- email：用户的电子邮件地址
- password：符合策略的密码
复现步骤
- 访问应用程序的登录页面
- 在登录表单中输入电子邮件和密码
- 点击提交按钮，发送登录请求
- 修改请求路径，发送修改后的请求
- 使用新的账户登录应用程序
- 查看返回的会话
通过以上步骤，攻击者可以绕过限制，创建未经授权的账户。
修复方法
在服务端校验这个选项，关闭之后拒绝请求。
平台收到报告后，两天就修好了。""".split("\n")

WHOLE = {
    "Chinese poem": POEM_ZH, "English poem": POEM_EN, "dialogue": DIALOGUE_ZH, "classical Chinese": CLASSICAL, "capitals": CAPITALS, "Russian": RUSSIAN,
    "German": GERMAN, "one sentence": ONE_SENTENCE, "one Chinese sentence": ONE_SENTENCE_ZH, "technical article": TECHNICAL,
    "table": TABLE, "code": CODE,
    "news body": NEWS_ZH[6:7] + NEWS_ZH[8:12], "English news body": NEWS_EN[6:7] + NEWS_EN[9:13],
}  # fmt: skip


BOTH = [*NEWS_ZH, "", *NEWS_EN]


def kept(lines: list[str], **options) -> list[str]:
    return [line for line, verdict in zip(lines, judge(lines, **options).verdicts, strict=True) if not verdict.drop]


def test_a_chinese_page_gives_its_article() -> None:
    assert kept(NEWS_ZH) == NEWS_ZH[6:7] + NEWS_ZH[8:12]


def test_an_english_page_gives_its_article() -> None:
    assert kept(NEWS_EN) == NEWS_EN[6:7] + NEWS_EN[9:13]


@pytest.mark.parametrize("lines", WHOLE.values(), ids=WHOLE)
def test_a_file_that_is_only_body_loses_nothing(lines: list[str]) -> None:
    assert kept(lines) == lines


@pytest.mark.parametrize("lines", WHOLE.values(), ids=WHOLE)
def test_blank_lines_change_nothing(lines: list[str]) -> None:
    spread = [part for line in lines for part in (line, "")]
    verdicts = judge(spread).verdicts
    assert [v.drop for v in verdicts[::2]] == [v.drop for v in judge(lines).verdicts]
    assert {v.role for v in verdicts[1::2]} == {"blank"}


def test_a_step_that_reads_like_a_button_does_not_end_a_file() -> None:
    step = STEPS.index("- 点击提交按钮，发送登录请求")
    assert set(STEPS[step + 1 :]) <= set(kept(STEPS))


@pytest.mark.parametrize(
    "page", [NEWS_ZH[:6] + NEWS_ZH[13:], NEWS_EN[:6] + NEWS_EN[13:], ["登录", "注册"], ["=====", ""]]
)
def test_a_page_without_an_article_keeps_no_body(page: list[str]) -> None:
    assert not [v for v in judge(page).verdicts if not v.drop and v.role in ("body", "list", "table", "code")]


def test_a_page_of_titles_is_flagged_or_holds_no_article() -> None:
    judged = judge(TITLES)
    assert judged.flags or all(verdict.drop for verdict in judged.verdicts)


def test_every_dropped_line_has_a_rule_and_a_role() -> None:
    for line, verdict in zip(BOTH, judge(BOTH).verdicts, strict=True):
        assert verdict.role in ROLES
        assert 0 <= verdict.score <= 1
        assert bool(verdict.rule) == verdict.drop, line


def test_rules_of_wording_give_their_reason() -> None:
    rules = {line: v.rule for line, v in zip(NEWS_ZH, judge(NEWS_ZH).verdicts, strict=True)}
    assert rules["京ICP备12345678号-1"] == "strip.icp"
    assert rules["（责任编辑：王小明）"] == "strip.editor"
    assert rules["相关阅读"] == "strip.related-heading"


def test_metadata_names_its_lines() -> None:
    judged = judge(NEWS_ZH)
    assert judged.metadata["title"] == NEWS_ZH[6]
    assert judged.metadata["published"] == "2023-05-17"
    assert judged.sources["published"] == 7
    judged = judge(NEWS_EN)
    assert judged.metadata["author"] == "Jane Mallory"
    assert judged.metadata["published"] == "2023-05-17"


def test_presets_nest() -> None:
    for page in (NEWS_ZH, NEWS_EN, TECHNICAL):
        less, more = set(kept(page, preset="precision")), set(kept(page, preset="recall"))
        assert less <= set(kept(page)) <= more


def test_the_same_page_gets_the_same_verdicts() -> None:
    assert judge(NEWS_EN) == judge(list(NEWS_EN))


def test_wrong_calls_teach() -> None:
    with pytest.raises(ValueError, match="use one of balanced"):
        judge(["a"], preset="strict")
    with pytest.raises(ValueError, match="1 facts for 2 lines"):
        judge(["a", "b"], [LineFacts("p", 0.0, 1, "")])


def test_one_line_of_ten_megabytes() -> None:
    verdicts = judge(["海港新码头投入使用。" * 1_000_000]).verdicts
    assert len(verdicts) == 1
    assert not verdicts[0].drop


def test_more_lines_than_a_piece() -> None:
    page = NEWS_EN * 900
    judged = judge(page)
    assert len(judged.verdicts) == len(page)


def test_importing_the_package_loads_no_numpy() -> None:
    code = "import sys, pipeline.stages.strip; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=60), st.sampled_from(NEWS_ZH + NEWS_EN + ["", "\ud800", "\x00", "\ue000"])),
        max_size=30,
    )
)
def test_any_lines_get_a_verdict_each(lines: list[str]) -> None:
    judged = judge(lines)
    assert len(judged.verdicts) == len(lines)
    for verdict in judged.verdicts:
        assert verdict.role in ROLES
    for at in judged.sources.values():
        assert lines[at].strip()
