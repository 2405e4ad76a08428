"""The passes of repair in their order, and the count of machine-translation artifacts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.config import UserTerm
from pipeline.document import Document, Edit
from pipeline.stages.repair.capitals import capitals
from pipeline.stages.repair.characters import characters
from pipeline.stages.repair.chinese import chinese
from pipeline.stages.repair.english import copyright_mark, english, loose_ends, residue
from pipeline.stages.repair.entities import entities
from pipeline.stages.repair.lines import Page
from pipeline.stages.repair.loops import loops
from pipeline.stages.repair.names import names
from pipeline.stages.repair.numbers import numbers
from pipeline.stages.repair.quotes import quotes
from pipeline.stages.repair.simplified import simplified
from pipeline.stages.repair.terms import terms

# What machine translation leaves and hardly anybody else: each proves something about the rest of the document.
_SIGNS = frozenset(
    f"repair.{name}"
    for name in """spaced-possessive name-interpunct quote-direction english-width missing-stop stray-capital
    number-unit date-order loop""".split()
)
# What counts as an artifact of machine translation.
_ARTIFACTS = _SIGNS | frozenset(
    f"repair.{name}"
    for name in """doubled-quote space-in-quote missing-space orphan-bracket spaced-ellipsis name-spelling doubled-word
    """.split()
)


def repair(doc: Document, level: str = "safe", glossary: Sequence[UserTerm] = (), simplify: bool = False) -> Document:
    """The document with its typographic and machine-translation faults repaired, each as a recorded edit.

    ``level`` is ``"safe"`` (one right reading), ``"full"`` (also what is merely likely) or ``"off"`` (nothing).
    Line breaks are neither added nor removed. Metadata ``artifacts`` counts what machine translation left.
    """
    if level not in ("off", "safe", "full"):
        raise ValueError(f"level = {level!r}: repair knows 'off', 'safe' and 'full'")
    if level == "off" or not doc.text:
        return doc
    before = len(doc.changes)
    likely = level == "full"
    page = Page(doc)
    passes: tuple[Callable[[Page], list[Edit]], ...] = (
        entities,
        characters,
        copyright_mark,
        chinese,
        quotes,
        english,
        numbers,
    )
    for find in passes:
        edits = find(page)
        doc, page = _apply(doc, page, edits)
        if edits and find is quotes:  # a doubled one that is gone can uncover a space
            doc, page = _apply(doc, page, quotes(page))
    doc, page = _apply(doc, page, loops(page, likely))
    signs = len({change.rule for change in doc.changes[before:]} & _SIGNS)
    edits, flagged = terms(page, level, signs, glossary)
    doc, page = _apply(doc, page, edits)
    kinds = {edit.rule for edit in edits if edit.rule.startswith("repair.term.")}
    proven = signs + len(kinds) > 1
    doc, page = _apply(doc, page, capitals(page, proven, likely))
    if proven:
        for find in (loose_ends, names):
            doc, page = _apply(doc, page, find(page))
    if signs:
        flagged += residue(page)
    artifacts = flagged + sum(is_artifact(change.rule) for change in doc.changes[before:])
    if simplify:
        doc, page = _apply(doc, page, simplified(page))
    return doc.note(artifacts=artifacts)


def _apply(doc: Document, page: Page, edits: list[Edit]) -> tuple[Document, Page]:
    """The document after ``edits``, and its page, made anew only where something changed."""
    if not edits:
        return doc, page
    doc = doc.edit(edits)
    return doc, Page(doc)


def is_artifact(rule: str) -> bool:
    """Whether a change of this rule repaired an artifact of machine translation, and no mere fault of typing."""
    return rule in _ARTIFACTS or rule.startswith("repair.term.")


def artifact_count(doc: Document) -> int:
    """How many machine-translation artifacts `repair` found, repaired or only seen."""
    return int(doc.metadata.get("artifacts", 0))
