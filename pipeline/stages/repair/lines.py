"""Where a line starts and which language it is in, for passes that look at the whole text at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from pipeline.document import Document, Edit, line_starts


class Page:
    """A text with the language of each of its lines; where lines start is found out when somebody asks."""

    def __init__(self, doc: Document) -> None:
        """The page of a document; a list of languages that does not fit its lines is not used."""
        self.text = doc.text
        self.lang = doc.lang
        count = doc.text.count("\n") + 1
        langs = doc.line_langs if len(doc.line_langs) == count else ()
        if langs and len(doc.line_facts) == count:  # code in a page is in no language of people
            facts = zip(langs, doc.line_facts, strict=True)
            langs = tuple("other" if fact.tag in ("pre", "code") else lang for lang, fact in facts)
        self.langs = langs
        self.spoken = {doc.lang, *langs}  # every language of the page

    @cached_property
    def starts(self) -> list[int]:
        """Offset of each line."""
        return line_starts(self.text.split("\n"))

    def lang_at(self, offset: int) -> str:
        """Language of the line that holds ``offset``."""
        return self.langs[bisect_right(self.starts, offset) - 1] if self.langs else self.lang

    def line_of(self, offset: int) -> tuple[int, int]:
        """Start and end of the line that holds ``offset``, without its break."""
        index = bisect_right(self.starts, offset)
        end = self.starts[index] - 1 if index < len(self.starts) else len(self.text)
        return self.starts[index - 1], end


def settle(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """Edits in order, each trimmed to what it changes, neighbours of one rule joined, the later of two overlapping
    ones left out. Edits that change nothing vanish."""
    settled: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not edit.rule.startswith("repair.term."):  # a term is shown whole
            edit = _trim(text, edit)
        if edit.start == edit.end and not edit.new:
            continue
        if settled:
            last = settled[-1]
            if edit.start < last.end or (edit.start == last.start and edit.end == last.end):
                continue
            if edit.start == last.end and edit.rule == last.rule:
                settled[-1] = Edit(last.start, edit.end, last.new + edit.new, last.rule)
                continue
        settled.append(edit)
    return settled


def _trim(text: str, edit: Edit) -> Edit:
    """The same change without what stays the same at both ends."""
    start, end, new = edit.start, edit.end, edit.new
    while start < end and new and text[start] == new[0]:
        start += 1
        new = new[1:]
    while start < end and new and text[end - 1] == new[-1]:
        end -= 1
        new = new[:-1]
    return Edit(start, end, new, edit.rule)


def space_start(text: str, at: int) -> int:
    """Where the run of spaces that holds ``at`` begins."""
    while at and text[at - 1] == " ":
        at -= 1
    return at
