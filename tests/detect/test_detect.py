"""Detect: languages of lines and documents, by script and words first, by model last."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.stages.detect import detect, detect_line, han_units, language_of, units


def detected(text: str) -> Document:
    return detect(Document.from_source("case.txt", text))


LINES = [
    ("zh", "今天下雨，我们没有去公园。"),
    ("zh", "今天下雨，我們沒有去公園。"),
    ("zh", "雨"),
    ("zh", "Temu：拼多多的海外扩张之路"),
    ("zh", "Python教程"),
    ("zh", "他在 Amazon Prime Video 和 Walmart Marketplace 上看到 iPhone 15 Pro Max 的价格，决定再等一等。"),
    ("zh", "这首歌叫《の》，很好听，大家都喜欢。"),
    ("en", "The shop on the corner sells bread and milk."),
    ("en", "THE SHOP ON THE CORNER SELLS BREAD AND MILK."),
    ("en", "Choose the right shop"),
    ("en", "Add yours"),
    ("en", "Pinduoduo (拼多多) is a marketplace that grew quickly in small towns."),
    ("mixed", "如我们上次所说：If you have stopped buying from one supplier, tell us who the new one is."),
    ("ja", "昨日は雨が降ったので、公園には行きませんでした。"),
    ("ja", "カタカナ"),
    ("ko", "어제는 비가 와서 공원에 가지 않았다."),
    ("ko", "그는 ‘진(珍)도구적(的) 발상’이란 책을 샀다."),
    ("ru", "Вчера шёл дождь, и мы не пошли в парк."),
    ("uk", "Вчора йшов дощ, і ми не пішли до парку."),
    ("fr", "Hier il a plu et nous ne sommes pas allés au parc."),
    ("de", "Gestern hat es geregnet und wir sind nicht in den Park gegangen."),
    ("es", "Ayer llovió y no fuimos al parque con los niños."),
    ("it", "Ieri ha piovuto e non siamo andati al parco con i bambini."),
    ("nl", "Gisteren regende het en we zijn niet naar het park gegaan."),
    ("pt", "Ontem choveu e não fomos ao parque com as crianças."),
    ("vi", "Hôm qua trời mưa nên chúng tôi không đi công viên."),
    ("ar", "أمس نزل المطر فلم نذهب إلى الحديقة."),
    ("th", "เมื่อวานฝนตกเราจึงไม่ได้ไปสวน"),
    ("el", "Χθες έβρεξε και δεν πήγαμε στο πάρκο."),
    ("other", "zuo tian xia yu wo men mei you qu gong yuan"),
    ("other", "Zuótiān xiàyǔ, wǒmen méiyǒu qù gōngyuán"),
    ("other", "https://www.example.com/a/b?c=d"),
    ("other", "for (int i = 0; i < n; i++) { total += a[i]; }"),
    ("other", "2024-01-02 03:04:05"),
    ("", "   "),
    ("", ""),
]


@pytest.mark.parametrize(("lang", "text"), LINES)
def test_language_of_a_line(lang: str, text: str) -> None:
    assert detect_line(text) == lang


HINTED = [
    ("zh", "2024-01-02 03:04", "zh"),
    ("fr", "Prix", "fr"),
    ("ja", "東京都新宿区", "ja"),
    ("zh", "东京都新宿区的餐厅", "ja"),  # Simplified characters are not Japanese
    ("en", "The price of bread", "zh"),
    ("en", "Mums stage breastfeeding flashmob demonstration", "en"),
]


@pytest.mark.parametrize(("lang", "text", "hint"), HINTED)
def test_short_pieces_take_the_language_around_them(lang: str, text: str, hint: str) -> None:
    assert detect_line(text, hint) == lang


ZH, EN = "今天下雨，我们没有去公园，在家看书。", "It rained today, and we stayed at home to read."

DOCUMENTS = [
    ("zh", "Hans", f"{ZH}\n{ZH}\nOK"),
    ("zh", "Hant", "今天下雨，我們沒有去公園，在家讀書。"),
    ("en", "Latn", f"{EN}\n{EN}"),
    ("mixed", "Hans", f"{ZH}\n{EN}\n{ZH}"),
    ("mixed", "Hans", f"{EN}\n" * 4 + ZH),
    ("zh", "Hans", f"{ZH}\n" * 20 + EN),
    ("ja", "both", "昨日は雨が降った。\n公園には行かなかった。\n東京都"),
    ("other", "", ""),
    ("other", "", "123 — 456\n***"),
]


@pytest.mark.parametrize(("lang", "script", "text"), DOCUMENTS)
def test_language_and_script_of_a_document(lang: str, script: str, text: str) -> None:
    doc = detected(text)
    assert doc.lang == lang
    if lang != "ja":
        assert doc.metadata["script"] == script
    assert len(doc.line_langs) == text.count("\n") + 1


def test_a_page_three_quarters_chinese_is_not_english() -> None:
    assert detected(f"{ZH}\n{ZH}\n{ZH}\n{EN}").lang == "mixed"


def test_kana_free_title_is_japanese_where_the_document_is() -> None:
    assert (
        detected("東京都庁\n昨日は雨が降ったので、公園には行きませんでした。\nそれから家に帰りました。").line_langs[0]
        == "ja"
    )


def test_language_of_shares() -> None:
    assert language_of({}) == "other"
    assert language_of({"zh": 95, "en": 5}) == "zh"
    assert language_of({"zh": 89, "en": 11}) == "mixed"
    assert language_of({"other": 100, "en": 1}) == "en"


def test_units_count_han_and_words_alike() -> None:
    assert han_units("一二三四五六七八") == 5.0
    assert units("one two 一二三四五六七八") == 7.0


def test_the_answer_does_not_depend_on_the_process() -> None:
    text = "Mums stage breastfeeding flashmob demonstration Brighton\\nGemeente sluit zwembad"
    code = f"from pipeline.stages.detect import *; from pipeline.document import *; print(detect(Document.from_source('a', '{text}')).line_langs)"
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


BAD = [
    "\u202eabc\u202c",
    "a" + "\u0301" * 10_000,
    "\ud83d",
    "👨\u200d👩\u200d👧",
    ",.;!" * 1000,
    "a中" * 5000,
    "x" * 200_000,
    "字" * 200_000,
    "\ue000\ue001",
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_bad_input_is_a_result(text: str) -> None:
    doc = detected(text)
    assert doc.lang
    assert len(doc.line_langs) == 1


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_every_line_has_a_language(text: str) -> None:
    doc = detected(text)
    assert len(doc.line_langs) == text.count("\n") + 1
    for line, lang in zip(doc.lines(), doc.line_langs, strict=True):
        assert (lang == "") == (not line.strip())
    assert doc.lang
