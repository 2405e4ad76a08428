import pytest
from story import BEADS, EN, UNRELATED_EN, UNRELATED_ZH, ZH

from pipeline.alignment.page import align_page, split_line


def page(*parts):
    """Segments of a page, each part a paragraph of one language."""
    return [(text, "zh" if any("一" <= c <= "鿿" for c in text) else "en", n) for n, text in enumerate(parts)]


def pairs(segments):
    return [
        ("".join(segments[n][0][a:b] for n, a, b in bead.zh), " ".join(segments[n][0][a:b] for n, a, b in bead.en))
        for bead in align_page(segments)
    ]


WANTED = [("".join(zh), " ".join(en)) for zh, en in BEADS]
TITLE, TAIL = "一座灯塔和它的看守人", "关注我们，获取更多故事"


def test_paragraph_by_paragraph():
    segments = page(TITLE, *(s for zh, en in BEADS for s in (*en, *zh)), TAIL)
    assert pairs(segments) == WANTED


def test_block_after_block():
    assert pairs(page(TITLE, *ZH, *EN, TAIL)) == WANTED


def test_two_columns_flattened_row_by_row():
    parts = [s for k in range(0, 9, 3) for s in (*ZH[k : k + 3], *EN[k : k + 3])]
    found = pairs(page(*parts))
    assert found
    assert set(found) <= set(WANTED)


def test_both_languages_in_one_line():
    lines = [f"{zh[0]} {en[0]}" for zh, en in BEADS if len(zh) == len(en) == 1][:6]
    segments = [(line, "mixed", n) for n, line in enumerate(lines)]
    assert pairs(segments) == [(zh[0], en[0]) for zh, en in BEADS if len(zh) == len(en) == 1][:6]


ONE_LANGUAGE = {
    "Chinese": page(*ZH, *UNRELATED_ZH),
    "English": page(*EN),
    "Chinese with an English quotation": page(*UNRELATED_ZH, UNRELATED_EN[0], *ZH),
    "two articles": page(*UNRELATED_ZH, *UNRELATED_EN),
    "names and code": page(*ZH, "npm install lighthouse", "Copyright 2021 Example Ltd. All rights reserved."),
    "nothing": [],
}


@pytest.mark.parametrize("case", ONE_LANGUAGE)
def test_a_page_without_translation_gives_nothing(case):
    assert align_page(ONE_LANGUAGE[case]) == []


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        ("The lamp was made in Lyon. 这盏灯是在里昂制造的。", "这盏灯是在里昂制造的。", "The lamp was made in Lyon."),
        ("这盏灯是在里昂制造的。The lamp was made in Lyon.", "这盏灯是在里昂制造的。", "The lamp was made in Lyon."),
        ("常见问题解答 / Frequently asked questions", "常见问题解答", "Frequently asked questions"),
    ],
)
def test_a_line_in_two_languages_is_split(line, zh, en):
    (a, b), (c, d) = split_line(line)
    assert (line[a:b], line[c:d]) == (zh, en)


@pytest.mark.parametrize(
    "line",
    [
        "我们用React和TypeScript写了这个组件。",
        "请运行npm install命令",
        "他说“I am fine”，然后走了。",
        "The word 灯塔 means lighthouse.",
        "只有中文。",
        "Only English.",
        "",
    ],
)
def test_a_line_in_one_language_is_not_split(line):
    assert split_line(line) is None
