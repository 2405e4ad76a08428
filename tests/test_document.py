"""The laws of ``pipeline.document``, on random documents against one offset per character."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Block, Change, Document, Edit, compose

ALPHABET = "abc 一二。\n’é"


class Oracle:
    """The same text with one source offset per character; -1 where a change put the character."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = source
        self.origin = list(range(len(source)))

    def edit(self, edits: list[Edit]) -> None:
        for edit in reversed(edits):
            self.text = self.text[: edit.start] + edit.new + self.text[edit.end :]
            self.origin[edit.start : edit.end] = [-1] * len(edit.new)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The smallest source span sure to contain text[start:end]: from the kept character before to the one after."""
        before = next((o + 1 for o in reversed(self.origin[:start]) if o >= 0), 0)
        after = next((o for o in self.origin[end:] if o >= 0), len(self.source))
        if start == end:
            return before, before
        first = self.origin[start] if self.origin[start] >= 0 else before
        last = self.origin[end - 1] + 1 if self.origin[end - 1] >= 0 else after
        return first, last


@st.composite
def edit_lists(draw: st.DrawFn, length: int) -> list[Edit]:
    cuts = sorted(draw(st.lists(st.integers(0, length), max_size=8).map(lambda cuts: cuts[: len(cuts) // 2 * 2])))
    return [
        Edit(start, end, draw(st.text(ALPHABET, max_size=3)), "test.rule")
        for start, end in zip(cuts[::2], cuts[1::2], strict=True)
    ]


def assert_laws(doc: Document) -> None:
    end_text = end_source = -1
    for text, source, length in doc.blocks:
        assert length > 0
        assert doc.text[text : text + length] == doc.source[source : source + length], "kept"
        assert text >= end_text, "blocks ascend in the text"
        assert source >= end_source, "blocks ascend in the source"
        assert (text, source) != (end_text, end_source), "touching blocks are one"
        end_text, end_source = text + length, source + length
    explained = {offset for block in doc.blocks for offset in range(block.source, block.source + block.length)}
    for change in doc.changes:
        explained.update(range(change.start, change.end))
    assert explained == set(range(len(doc.source))), "explained"


@given(st.data(), st.text(ALPHABET, max_size=24))
@settings(deadline=None, max_examples=300)
def test_documents_agree_with_one_offset_per_character(data: st.DataObject, source: str) -> None:
    doc, oracle = Document.from_source("x", source), Oracle(source)
    for _ in range(data.draw(st.integers(0, 4))):
        edits = data.draw(edit_lists(len(doc.text)))
        before = doc
        spans = [oracle.span(edit.start, edit.end) for edit in edits]
        doc = doc.edit(edits)
        oracle.edit(edits)
        made = doc.changes[len(before.changes) :]
        assert [(change.start, change.end) for change in made] == spans
        assert [change.before for change in made] == [before.text[edit.start : edit.end] for edit in edits]
    assert doc.text == oracle.text
    assert [(b.text + i, b.source + i) for b in doc.blocks for i in range(b.length)] == [
        (text, origin) for text, origin in enumerate(oracle.origin) if origin >= 0
    ]
    assert_laws(doc)
    for start in range(len(doc.text) + 1):
        for end in range(start, len(doc.text) + 1):
            assert doc.source_span(start, end) == oracle.span(start, end)


@given(st.data(), st.text(ALPHABET, max_size=16))
@settings(deadline=None)
def test_two_steps_compose_to_one(data: st.DataObject, source: str) -> None:
    first = Document.from_source("x", source)
    middle = first.edit(data.draw(edit_lists(len(first.text))))
    edits = data.draw(edit_lists(len(middle.text)))
    last = middle.edit(edits)
    alone = Document.from_source("x", middle.text).edit(edits)
    assert alone.text == last.text
    chained = compose(alone.blocks, middle.blocks)
    assert [(b.text + i, b.source + i) for b in chained for i in range(b.length)] == [
        (b.text + i, b.source + i) for b in last.blocks for i in range(b.length)
    ]


def test_an_off_by_one_in_a_block_is_caught() -> None:
    doc = Document.from_source("x", "abcdef").edit([Edit(2, 3, "", "test.rule")])
    wrong = Document(name="x", source=doc.source, text=doc.text, blocks=(doc.blocks[0], Block(2, 4, 2)))
    with pytest.raises(AssertionError, match="kept"):
        assert_laws(wrong)


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(3, 4, "", "test.rule"), Edit(1, 2, "", "test.rule")],
        [Edit(1, 3, "", "test.rule"), Edit(2, 4, "", "test.rule")],
        [Edit(2, 1, "", "test.rule")],
        [Edit(0, 99, "", "test.rule")],
    ],
)
def test_a_wrong_edit_raises_and_names_its_rule(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"test\.rule"):
        Document.from_source("x", "abcdef").edit(edits)


def test_no_edits_give_the_same_document() -> None:
    doc = Document.from_source("x", "abc")
    assert doc.edit([]) is doc


def test_a_reader_makes_text_of_runs_and_references() -> None:
    page = "<p>a&amp;b</p><p>c</p>"
    doc = Document.from_source("x", page).reread(
        "a&b\nc",
        [Block(0, 3, 1), Block(2, 9, 1), Block(4, 17, 1)],
        [Change(4, 9, "&amp;", "&", "read.reference")],
    )
    assert doc.source_span(1, 2) == (4, 9)
    assert [page[b.source : b.source + b.length] for b in doc.blocks] == ["a", "b", "c"]
    cut = doc.edit([Edit(0, 4, "", "strip.nav", "nav")])
    assert (cut.text, cut.changes[-1].before) == ("c", "a&b\n")
    assert page[cut.changes[-1].start : cut.changes[-1].end] == "a&amp;b</p><p>"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs"])
@given(source=st.text("ab，一二三中\n", max_size=30), data=st.data())
@settings(deadline=None)
def test_byte_offsets_cut_the_file_at_the_characters(encoding: str, source: str, data: st.DataObject) -> None:
    table = list(accumulate((len(c.encode(encoding)) for c in source), initial=0)) if encoding == "big5hkscs" else ()
    doc = Document.from_source("x", source, encoding, table)
    raw = source.encode(encoding)
    positions = data.draw(st.lists(st.integers(0, len(source)), max_size=6))
    offsets = doc.byte_offsets(positions)
    assert set(offsets) == set(positions)
    for start, end in pairwise(sorted(offsets)):
        assert raw[offsets[start] : offsets[end]].decode(encoding) == source[start:end]


def test_metadata_once_known_stays_and_flags_are_sorted() -> None:
    doc = Document.from_source("x", "a").note(title="first", author="").note(title="second", author="someone")
    assert (doc.metadata["title"], doc.metadata["author"]) == ("first", "someone")
    assert doc.flag("b").flag("a", "b").flags == ("a", "b")
