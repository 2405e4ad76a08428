import pytest

from pipeline.alignment import lexicon

NUMBERS = [
    ("花了1.2万元", ["#12000"]),
    ("一万二", ["#12000"]),
    ("三千五百人", ["#3500"]),
    ("二〇二四年", ["#2024"]),
    ("二点五倍", ["#2.5"]),
    ("5.3亿用户", ["#530000000"]),
    ("一百零五", ["#105"]),
    ("十二", ["#12"]),
    ("两个人，一只猫", []),  # lone numerals are words
    ("没有数字", []),
    ("1,234,567", ["#1234567"]),
]


@pytest.mark.parametrize(("text", "forms"), NUMBERS)
def test_chinese_numbers_become_digits(text, forms):
    assert [form for _, _, form in lexicon.chinese_numbers(text)] == forms


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("twelve thousand people", ["#12000"]),
        ("1.2 million dollars", ["#1200000"]),
        ("$75 million", ["#75000000"]),
        ("two hundred and five", ["#205"]),
        ("twenty-one", ["#21"]),
        ("1,000 items in 2024", ["#1000", "#2024"]),
        ("one of them", []),
        ("version 1.2.3", []),
    ],
)
def test_english_numbers_become_digits(text, forms):
    assert [form for _, _, form in lexicon.english_numbers(text)] == forms


@pytest.mark.parametrize(
    ("one", "other"),
    [("colours", "color"), ("studied", "studies"), ("running", "run"), ("organise", "organizing"), ("wrote", "write")],
)
def test_forms_of_one_word_share_a_stem(one, other):
    assert lexicon.stem(one) == lexicon.stem(other) != ""


def test_a_stop_word_has_no_stem():
    assert lexicon.stem("The") == lexicon.stem("was") == ""


def test_the_dictionary_knows_both_scripts():
    assert "bank" in lexicon.glosses("银行")
    assert lexicon.glosses("銀行") == lexicon.glosses("银行")


def test_a_name_meets_its_pinyin():
    names = lexicon.romanised(["Professor Wang Chuduan said so."])
    assert "=chuduan" in lexicon.chinese_tokens("王楚端教授这样说。", names)


def test_month_names_are_numbers():
    assert "#3" in lexicon.english_tokens("in March 2024")
    assert "#3" not in lexicon.english_tokens("they march home")
