"""``explain`` shows the page whole, every change once, and nothing a terminal would obey."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written import legacy, page, plain, removed

from pipeline import clean
from pipeline.document import Document, Edit
from pipeline.records import explain as module
from pipeline.records.explain import as_seen, explain, pieces


@pytest.fixture(autouse=True)
def no_table_of_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_reasons", lambda: {"strip.nav": "a line of navigation"})


def test_removals_and_edits_stand_in_their_places() -> None:
    assert explain(plain(), color=False).splitlines()[:4] == [
        "- [nav strip.nav 0.93] 首页",
        "{我们 明 → 我们明 | repair.space}天见面{( → （ | repair.width}10 点{) → ） | repair.width}。",
        "See you tomorrow at 10.",
        "- [nav strip.follow-prompt 0.93] 扫码关注",
    ]
    assert explain(page(), color=False).splitlines()[:3] == [
        "- [nav strip.nav 0.93] Home | News",
        "Fish {&amp; → & | read.reference} chips",
        "两条 鱼。",
    ]


def test_each_fact_is_told_once() -> None:
    lines = ["The ship left port on Monday morning and sank two days later.", "锟斤拷 is all that is left of its log."]
    shown = explain(clean("\n".join(lines).encode()), color=False)
    assert [shown.count(fact) for fact in ("utf-8", ": en, text,", "format", "lossy-encoding")] == [1, 1, 0, 1]


def test_rules_are_told_with_their_reasons() -> None:
    assert "      1 x strip.nav: a line of navigation" in explain(page(), color=False)


def test_a_removed_line_is_shown_as_it_was_judged_without_the_edits_inside() -> None:
    doc = Document.from_source("x", "a ;b\nrest")
    doc = removed(doc, (" ;", "; ", "repair.mark"), ("a; b\n", "", "strip.nav"))
    assert explain(doc, color=False).startswith("- [nav strip.nav 0.93] a; b\nrest\n")
    assert as_seen(doc) == "a; b\nrest"


def test_edits_of_one_place_are_all_shown() -> None:
    doc = removed(Document.from_source("x", "1 a 2"), ("a", "b", "repair.one"), ("b", "c", "repair.two"))
    assert explain(doc, color=False).startswith("1 {a → b | repair.one}{b → c | repair.two} 2\n")


def test_a_rejected_page_says_why() -> None:
    doc = Document.from_source("x", "gone").reject("read.gone", "the page\x1b[31m was deleted")
    assert "rejected: read.gone: the page\\x1b[31m was deleted" in explain(doc, color=False)


HOSTILE = "a\x1b]0;owned\x07b\r\x08c\u202edef\u200b\x9b31m\ud8f0\udc80\x00"


def test_nothing_of_the_file_reaches_the_terminal_raw() -> None:
    doc = Document.from_source(HOSTILE, f"{HOSTILE}\n{HOSTILE}\nx")
    doc = doc.edit([Edit(0, 1, HOSTILE, "repair.x"), Edit(30, 40, "", "strip.nav", "nav", 0.5)])
    doc = replace(doc.note(title=HOSTILE), rejected=None)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\ud800-\udfff]", explain(doc, color=False))
    colored = explain(doc, color=True)
    assert set(re.findall("\x1b[^m]*m", colored)) <= {"\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"}


@pytest.mark.parametrize("doc", [plain(), page(), legacy()], ids=["plain", "page", "legacy"])
def test_colour_only_adds_colour(doc: Document) -> None:
    assert re.sub("\x1b\\[\\d+m", "", explain(doc, color=True)) == explain(doc, color=False)


@given(st.data(), st.text("ab一 \n", max_size=20))
@settings(deadline=None, max_examples=200)
def test_pieces_hold_the_whole_text_in_order(data: st.DataObject, source: str) -> None:
    doc = Document.from_source("x", source)
    for step in range(data.draw(st.integers(0, 3))):
        cuts = sorted(data.draw(st.lists(st.integers(0, len(doc.text)), max_size=6)))
        edits = [
            Edit(
                start,
                end,
                data.draw(st.text("xy", max_size=2)),
                f"test.r{step}",
                data.draw(st.sampled_from(["", "nav"])),
            )
            for start, end in zip(cuts[::2], cuts[1::2], strict=False)
        ]
        doc = doc.edit(edit._replace(new="") if edit.role else edit for edit in edits)
    told = list(pieces(doc))
    assert "".join(piece.text for piece in told) == doc.text
    shown = [piece.change for piece in told if piece.change]
    assert len(shown) == len(set(map(id, shown)))
    explain(doc, color=True)
