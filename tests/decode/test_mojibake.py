"""Mojibake: what comes back, and what must not be touched."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.rules.decode import RULES
from pipeline.stages.decode import decode, unmangle

MEANT = "平台公布了新的仓储规则，多数卖家表示时间太晚。"
ENGLISH = "It’s the seller’s “own” warehouse – so what?"

REPAIRED = [
    ("utf-8 as gbk", "多数卖家已经知道了这件事", "utf-8", "gb18030"),
    ("gbk as latin-1", MEANT, "gb18030", "latin-1"),
    ("utf-8 as latin-1", MEANT, "utf-8", "latin-1"),
    ("english utf-8 as windows-1252", ENGLISH.replace("”", "’"), "utf-8", "cp1252"),
    ("windows-1252 as latin-1", ENGLISH, "cp1252", "latin-1"),
]
UNTOUCHED = [
    "雪",
    "鐵路警察，各管一段。",
    "锛是什么意思？字典里说是一种工具。",
    "Ça va, Zoë? À bientôt, chère Ève.",
    "Müller saß auf dem Sofa; Größe: 3 µm ± 0,5 °C.",
    "Ãpice",
    "£5 – £10, ¡qué caro!",
    "漏洞利用代码锟斤拷锟斤拷已经公开",
    "The file said ���� and no more.",
    "价格 £¬ 不明",
]


@pytest.mark.parametrize(("name", "meant", "right", "wrong"), REPAIRED, ids=[row[0] for row in REPAIRED])
def test_restores_what_was_meant(name: str, meant: str, right: str, wrong: str) -> None:
    broken = meant.encode(right).decode(wrong)
    doc = unmangle(Document.from_source(name, f"第一行。\n{broken}\nlast line"))
    assert doc.text == f"第一行。\n{meant}\nlast line"
    assert all(change.rule.startswith("decode.mojibake-") for change in doc.changes)
    assert "lossy-encoding" not in doc.flags


@pytest.mark.parametrize("text", UNTOUCHED)
def test_leaves_alone(text: str) -> None:
    assert unmangle(Document.from_source("", text)).text == text


def test_edits_only_the_differing_runs() -> None:
    doc = unmangle(Document.from_source("", "A long line that isnâ€™t broken but for its quotes, donâ€™t you see?"))
    assert [(change.before, change.after) for change in doc.changes] == [("â€™", "’"), ("â€™", "’")]


@pytest.mark.parametrize("text", ["前文锟斤拷锟斤拷后文", "烫烫烫烫", "one \ufffd two"])
def test_flags_lost_bytes(text: str) -> None:
    assert "lossy-encoding" in unmangle(Document.from_source("", text)).flags


def test_flags_mojibake_that_lost_bytes_and_does_not_repair_it() -> None:
    broken = "平台公布了新的仓储规则，多数卖家表示时间太晚".encode()[:-1].decode("gb18030", "replace")
    broken = broken.replace(broken[6], "?")
    doc = unmangle(Document.from_source("", broken))
    assert doc.text == broken
    assert "lossy-encoding" in doc.flags


@pytest.mark.parametrize("rule", [rule for rule in RULES if "mojibake" in rule.id], ids=lambda rule: rule.id)
def test_rules_act_on_their_examples_alone(rule) -> None:
    for example in rule.examples:
        assert rule.id in [change.rule for change in unmangle(Document.from_source("", example)).changes]
    for near_miss in rule.near_misses:
        assert not unmangle(Document.from_source("", near_miss)).changes


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("锛銆鐨勬涓浜是的\nÃ¤µÄÊÇÖÐ¹ú€™â\x92abc é中"), max_size=60))
def test_lines_stay_lines(text: str) -> None:
    doc = unmangle(Document.from_source("", text))
    assert doc.text.count("\n") == text.count("\n")
    doc.text.encode()


def test_gbk_mojibake_stored_as_utf8_is_utf8_with_repairs() -> None:
    doc = unmangle(decode(MEANT.encode("gb18030").decode("latin-1").encode("utf-8")))
    assert (doc.encoding, doc.text) == ("utf-8", MEANT)
