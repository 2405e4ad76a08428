"""Comment threads and feeds below an article go; a forum's posts stay."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.stages.strip import judge
from pipeline.stages.strip.cycles import is_forum, related_list
from pipeline.stages.strip.page import read_page

ARTICLE = [
    "Harbour board approves new ferry terminal",
    "By Jane Mallory",
    "17 May 2023",
    "The harbour board on Tuesday approved plans for a second ferry terminal, ending four years of argument over where it should stand.",
    "The building, which will cost an estimated $48 million, is to be put up on the site of the old fish market by the spring of 2025.",
    '"We have waited long enough," said the chairman, Peter Orr. "People on the island deserve better than a shed and a bench."',
    "Opponents said that the road to the site was too narrow for lorries, and that the council had not answered their questions.",
]
OPINIONS = [
    "I have lived on the island for thirty years and we never needed more than a bench. Who is going to pay for all this in the end?",
    "About time too. My mother is eighty and has to stand in the rain every week when she comes over to see her doctor.",
    "The road is the problem, not the building. Two lorries cannot pass each other at the corner by the school, as everybody knows.",
    "So the fish market goes and nobody asks the people who still sell fish there. Typical of this board, I am afraid to say.",
    "Forty-eight million for a waiting room! You could buy two more boats for that and run them every half an hour.",
]
NAMES = ["islander62", "Margaret P.", "lorry driver", "Old Tom", "two boats"]


def kept(lines: list[str]) -> list[str]:
    return [line for line, verdict in zip(lines, judge(lines).verdicts, strict=True) if not verdict.drop]


def thread() -> list[str]:
    lines = ["Comments (5)"]
    for name, text in zip(NAMES, OPINIONS, strict=True):
        lines += [f"{name} says:", "May 17, 2023 at 10:12 am", text, "Reply", "Report abuse"]
    return lines


def test_readers_comments_below_an_article_go() -> None:
    page = ARTICLE + thread()
    verdicts = judge(page).verdicts
    assert not set(OPINIONS) & set(kept(page))
    assert {v.role for v, line in zip(verdicts, page, strict=True) if line in OPINIONS} == {"comment"}
    assert set(ARTICLE[3:]) <= set(kept(page))


def test_a_feed_below_an_article_goes() -> None:
    page = [*ARTICLE, "You may also like"]
    for number, text in enumerate(OPINIONS):
        page += [
            "Harbour Times",
            f"Island letters of the week, part {number + 1}",
            text,
            "Why do I see this advertisement?",
        ]
    assert set(ARTICLE[3:]) <= set(kept(page))
    assert not set(OPINIONS) & set(kept(page))


def test_an_article_that_speaks_of_comments_stays_whole() -> None:
    page = [*ARTICLE, "Comments by the chairman", *OPINIONS]
    assert set(OPINIONS) <= set(kept(page))


def test_labels_of_the_article_itself_are_no_feed() -> None:
    page = ARTICLE[:4]
    for text in OPINIONS:
        page += ["Pros:", text, "Cons:", text.replace("the", "this")]
        if len(page) == 8:
            page += ["Related articles", "Fish market closes after 90 years"]
    assert set(OPINIONS) <= set(kept(page))


def test_other_articles_with_a_date_each_below_an_article_go() -> None:
    titles = [f"Island letter {n}: what the ferry brought this week and what it took away again" for n in range(8)]
    row = [part for n, title in enumerate(titles) for part in (title, f"{n + 1} hours ago")]
    page = [*ARTICLE, *row]
    assert set(ARTICLE[3:]) <= set(kept(page))
    assert not set(titles) & set(kept(page))


def test_a_chronicle_in_an_article_stays() -> None:
    chronicle = [
        "3 March 2019",
        "The board asked three firms for a plan of the terminal and a price. Two of them answered before the summer.",
        "17 June 2020",
        "The council refused the first plan, because the road to the old shipyard would have cut the school off from the sea.",
        "9 May 2021",
        "A second plan, for the site of the fish market, was shown to the people of the island in the church hall.",
        "22 October 2021",
        "The fishermen agreed to move to the north quay, where the board built them a cold store and a new slip.",
        "30 January 2023",
        "The government promised a third of the money, on condition that the boats would run in the evening as well.",
    ]
    page = [*ARTICLE, *chronicle]
    assert set(page) - set(ARTICLE[1:3]) <= set(kept(page))


CHINESE = [
    "海城港务集团昨日宣布，历时三年建设的四号码头将于下月正式投入使用，届时全港年吞吐量将翻一番。",
    "据介绍，四号码头共有三个五万吨级泊位，配备了六台自动化岸桥，工人在两公里外的控制中心里操作。",
    "不过，也有货代公司担心装卸费用上涨。港方已承诺两年内不调整收费标准，并公布了价目表。",
    "记者了解到，首批货轮将来自邻近的三个港口，主要运送粮食和建材，返程时装载本地出产的果蔬。",
]
RELATED = [
    "三号码头完成大修，货轮可以夜航",
    "奇怪！航道为何总在周五疏浚？",
    "港务集团：集装箱堆场将扩建",
    "OpenPort 岸桥系统发布新版",
]


@pytest.mark.parametrize("heading", ["推荐阅读", "阅读推荐", "往期回顾", "相关新闻："])
def test_titles_below_the_heading_of_a_list_of_articles_go(heading: str) -> None:
    page = ["四号码头下月启用", *CHINESE, heading, *RELATED, "原文链接"]
    verdicts = judge(page).verdicts
    for line in RELATED:
        assert verdicts[page.index(line)].drop, line
    assert {verdicts[page.index(line)].rule for line in RELATED} == {"strip.related-list"}
    assert not any(verdicts[page.index(line)].drop for line in CHINESE)


def test_the_last_title_before_a_sentence_is_left_to_it() -> None:
    page = read_page([*CHINESE[:2], "推荐阅读", *RELATED, "收费标准有何变化", *CHINESE[2:]])
    body = np.array([line in CHINESE for line in page.lines])
    found = related_list(page, [2], body)
    assert [line for line, listed in zip(page.lines, found, strict=True) if listed] == RELATED


def test_titles_above_the_article_are_no_list_of_related_ones() -> None:
    page = ["推荐阅读", *RELATED, "四号码头下月启用", *CHINESE]
    assert "strip.related-list" not in {verdict.rule for verdict in judge(page).verdicts}


def test_a_forum_is_told_by_its_short_lines() -> None:
    forum = ["海港论坛", "发帖", "楼主", "四号码头什么时候通车？", "有人知道吗", "主题帖 12", "joined may 0"]
    questions = ["Asked May 2, 2009 at 0:01", "answered May 3, 2009", "answered Jun 4, 2011", "answered Jul 5, 2012"]
    assert is_forum(read_page(forum), forum)
    masked = ["asked may 0, 0 at 0:0", "answered may 0, 0", "answered jun 0, 0", "answered jul 0, 0"]
    assert is_forum(read_page(questions), masked)
    article = [line.lower() for line in ARTICLE + thread()]
    assert not is_forum(read_page(article), article)
