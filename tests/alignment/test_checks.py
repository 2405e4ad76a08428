import pytest

from pipeline.alignment.checks import check

GOOD = [
    ("2024年3月5日，公司裁员1.2万人。", "On March 5, 2024 the firm cut 12,000 jobs."),
    ("二十世纪八十年代", "the 1980s"),
    ("这条路长190公里。", "The road is 190 kilometres long."),
    ("超过65万人住在这里。", "More than 650 000 people live here."),
    ("他有两个儿子。", "He has two sons."),
    ("Nimbus 2.1已发布。", "Nimbus 2.1 has been released."),
    ("价格上涨了百分之十五。", "Prices rose by fifteen percent."),
]
DOUBTFUL = [
    ("共有3500人参加。", "There were 4,500 participants.", "number-mismatch"),
    ("会议于2024年3月5日举行。", "The meeting took place on March 6, 2024.", "date-mismatch"),
    ("Nimbus发布了补丁。", "Stratus released a patch.", "name-mismatch"),
    ("你好。", "你好。", "copy untranslated wrong-language"),
    ("好。", "This sentence goes on for much longer than anybody would expect of a translation.", "length-ratio"),
    ("他说that this is how it is going to be。", "He said that this is how it is going to be.", "untranslated"),
]


@pytest.mark.parametrize(("zh", "en"), GOOD)
def test_a_good_pair_has_no_flags(zh, en):
    assert check(zh, en) == ""


@pytest.mark.parametrize(("zh", "en", "flags"), DOUBTFUL)
def test_a_doubtful_pair_says_why(zh, en, flags):
    assert check(zh, en) == flags


def test_empty_sides_do_not_crash():
    assert "wrong-language" in check("", "")
