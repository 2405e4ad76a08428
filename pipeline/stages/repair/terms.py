"""Literal translations of Chinese terms, replaced where the document proves what was meant.

An entry acts in English lines of a document that names enough of its world (``context``) and nothing of the world
where the words mean what they say (``bars``). Words that good English about the same world may hold need
``proof`` as well: other signs of machine translation in the document. Text that explains a nickname keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from pipeline.config import UserTerm
from pipeline.document import Edit
from pipeline.rules.glossary import CONTEXTS, TERMS, Term
from pipeline.stages.repair.lines import Page, settle

_WORD = re.compile("[a-z0-9]+")
_EXPLAINS = re.compile(
    "mean(?:s|ing|t)|literal|nickname|slang|so-called|known as|translat|refers? to"
    "|the (?:word|term|phrase|expression|pun)\\b|[\u3400-\u9fff]"
)
# "Xiaopeng Motors, now XPeng": the text knows both names.
_ALSO: Final = r",? ?[(（]?(?:now |then |later |formerly |or |called |known as |today |the )*"
# Characters before and behind an anchor that a pattern may look at: four times the longest phrase of the table.
_REACH: Final = 160
# Looking for so many entries one by one costs more than one walk through all words.
_MANY: Final = 4
_VOWEL_SOUND: Final = re.compile("(?i)(?!uni|use|usa|one|eu)[aeiou]|(?:SEO|RMB|MP|hour|honest)")


class Context(NamedTuple):
    """Words and phrases, lower case, that tell what a document is about."""

    words: frozenset[str]
    phrases: tuple[str, ...]

    @classmethod
    def of(cls, entries: Iterable[str]) -> Context:
        """Single words apart from phrases, which need a look at the text."""
        entries = tuple(entries)
        phrases = tuple(entry for entry in entries if not entry.isalnum())
        return cls(frozenset(entries).difference(phrases), phrases)


class Vocabulary:
    """The words of one document, asked for many times."""

    def __init__(self, text: str) -> None:
        self._source = text
        self._places: dict[str, list[int]] = {}
        self._phrases: dict[str, bool] = {}
        self._text = text.lower()
        self.words = frozenset(_WORD.findall(self._text))

    def has(self, phrase: str) -> bool:
        """Whether a lower-case word or phrase stands in the text as whole words."""
        if phrase.isalnum():
            return phrase in self.words
        if phrase not in self._phrases:
            self._phrases[phrase] = self.words >= _parts(phrase) and next(self._find(phrase), -1) >= 0
        return self._phrases[phrase]

    def count(self, context: Context, enough: int) -> bool:
        """Whether the text holds at least ``enough`` words and phrases of a context."""
        found = len(self.words & context.words)
        return found >= enough or found + sum(map(self.has, context.phrases)) >= enough

    def sightings(self, term: Term) -> Iterator[re.Match[str]]:
        """Matches of the term's pattern around its anchors."""
        pattern, text = compiled(term.pattern), self._source
        if len(self._text) != len(text):  # a letter whose lower case is two: offsets do not fit
            yield from pattern.finditer(text)
            return
        seen: set[int] = set()
        for anchor in term.anchors:
            if anchor not in self._places:
                self._places[anchor] = list(self._find(anchor)) if anchor in self.words else []
            for at in self._places[anchor]:
                for match in pattern.finditer(text, max(0, at - _REACH), at + _REACH):
                    if match.start() not in seen:
                        seen.add(match.start())
                        yield match

    def locate(self, anchors: Iterable[str]) -> None:
        """Note where each of these words stands, in one walk through the text."""
        places: dict[str, list[int]] = {anchor: [] for anchor in anchors}
        for match in _WORD.finditer(self._text):
            if match[0] in places:
                places[match[0]].append(match.start())
        self._places.update(places)

    def _find(self, phrase: str) -> Iterator[int]:
        """Where ``phrase`` stands as whole words."""
        text, size = self._text, len(phrase)
        at = text.find(phrase)
        while at >= 0:
            if not text[at - 1 : at].isalnum() and not text[at + size : at + size + 1].isalnum():
                yield at
            at = text.find(phrase, at + size)


def terms(page: Page, level: str, signs: int, users: Sequence[UserTerm]) -> tuple[list[Edit], int]:
    """Edits of glossary terms, and how many more sightings are only flagged.

    ``signs``: how many kinds of machine-translation artifacts the earlier passes found.
    """
    if not {"en", "mixed"} & page.spoken:
        return [], 0
    vocabulary = Vocabulary(page.text)
    edits = [edit for user in users for edit in _user(page, user, vocabulary)]
    certain: list[Edit] = []
    doubtful: list[Edit] = []
    flagged = 0
    for term in _candidates(vocabulary):
        found = [edit for match in vocabulary.sightings(term) if (edit := _edit(page, match, term))]
        if not found or (term.bars and vocabulary.count(_bars(term), 1)):
            continue
        if term.level == "flag" or (term.level == "likely" and level != "full"):
            flagged += len(found)
        elif term.proof:
            doubtful += found
        else:
            certain += found
    if signs or certain:
        return settle(page.text, edits + certain + doubtful), flagged
    return settle(page.text, edits), 0


def _candidates(vocabulary: Vocabulary) -> list[Term]:
    """The entries one of whose anchors and enough of whose context stand in the text, in the order of the table."""
    index = _by_anchor()
    numbers = sorted({number for word in vocabulary.words & index.keys() for number in index[word]})
    worlds: dict[tuple[str, int], bool] = {}
    found = []
    for term in map(TERMS.__getitem__, numbers):
        world = (term.context, term.needs)
        if world not in worlds:
            worlds[world] = vocabulary.count(_context(term.context), term.needs)
        if worlds[world]:
            found.append(term)
    if len(found) > _MANY:
        vocabulary.locate(anchor for term in found for anchor in term.anchors)
    return found


@cache
def _parts(phrase: str) -> frozenset[str]:
    return frozenset(_WORD.findall(phrase))


@cache
def _context(name: str) -> Context:
    return Context.of(CONTEXTS[name])


@cache
def _bars(term: Term) -> Context:
    return Context.of((*term.bars, *(f"{bar}s" for bar in term.bars)))


@cache
def _by_anchor() -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for number, term in enumerate(TERMS):
        for anchor in term.anchors:
            index.setdefault(anchor, []).append(number)
    return index


def _edit(page: Page, match: re.Match[str], term: Term) -> Edit | None:
    """The edit of one sighting; ``None`` where the text explains the term, or another language stands."""
    start, end = match.span()
    text = page.text
    if page.lang_at(start) not in ("en", "mixed") or text[start - 1 : start] in ("/", "@", "#", "_"):
        return None
    quoted = text[start - 1 : start] in ("“", '"', "‘", "'") or text[end : end + 1] in ("”", '"', "’")
    line_start, line_end = page.line_of(start)
    around = text[max(line_start, start - 80) : min(line_end, end + 80)]
    if (quoted and _EXPLAINS.search(around)) or re.match(" ?[（(][\u3400-\u9fff]", text[end : end + 3]):
        return None
    right = _right(match, term.right)
    if right and re.match(_ALSO + re.escape(right.strip()), text[end : min(line_end, end + 60)]):
        return None
    return _replace(text, start, end, right, term.id)


def _right(match: re.Match[str], right: str) -> str:
    """What replaces the match: of ``one|many`` the second if it ends in s; in title case if all its words are."""
    one, _, many = right.partition("|")
    new = many if many and match[0].endswith("s") else one
    new = match.expand(new) if "\\" in new else new
    words = match[0].split()
    if len(words) > 1 and all(word[0].isupper() for word in words) and new[:1].islower():
        new = " ".join(word[:1].upper() + word[1:] for word in new.split(" "))
    return new


def _replace(text: str, start: int, end: int, right: str, rule: str) -> Edit:
    """The replacement with the capital of what it replaces and the article that fits it."""
    if text[start].isupper() and right[:1].islower():
        right = right[0].upper() + right[1:]
    article = re.search(r"\b([Aa])(n?) $", text[max(0, start - 4) : start])
    if article and right:
        vowel = _VOWEL_SOUND.match(right) is not None
        if vowel != bool(article[2]):
            return Edit(start - len(article[0]), end, f"{article[1]}{'n' if vowel else ''} {right}", rule)
    return Edit(start, end, right, rule)


def _user(page: Page, term: UserTerm, vocabulary: Vocabulary) -> Iterator[Edit]:
    """Edits of an entry of the user's own, searched in each line by itself."""
    if term.context and not vocabulary.count(Context.of(map(str.lower, term.context)), term.context_min):
        return
    start = 0
    for line in page.text.split("\n"):
        for match in compiled(term.pattern).finditer(line):
            if page.lang_at(start) in ("en", "mixed"):
                yield Edit(start + match.start(), start + match.end(), match.expand(term.replacement), term.id)
        start += len(line) + 1


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled once in a process."""
    return re.compile(pattern)
