"""Capitals in mid-sentence, as systems leave them where the Chinese began a new clause.

A capital goes only where the word is no name (a list of names and counts in good English say so), both neighbours
are lower-case, and nothing around it looks like a title: a quotation, a chain of capitals, a heading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from pipeline.document import Edit
from pipeline.rules import languages
from pipeline.stages.repair.lines import Page, settle

_CANDIDATE = re.compile(r"[A-Z](?<=[a-z,] [A-Z])[a-z]+(?:-[a-z]+)*(?=[ ,.;:!?)”])")
_AFTER = re.compile(r"([,.;:!?)”]*)(?: ([A-Za-z’'-]+|\S))?(?: ([A-Za-z’'-]+))?")
_QUOTED = re.compile(r"be “([A-Z])([a-z]+ed) (?=[a-z])")
_UNIT = re.compile(r"(?:\b(?:million|billion|trillion|percent|yuan|dollars)|\d%) $")
_SENTENCE_ADVERB = re.compile(
    r"(?:^|[.!?”] |\n)(?:In (?:short|fact|addition|general|particular|other words)|For example|At present|As a result"
    r"|After all|On the contrary|[A-Z][a-z]+ly|However|Moreover|Therefore|Besides|Nowadays|Meanwhile), $"
)
_ADVERB_ENDS: Final = frozenset(
    "short fact addition general particular words example present result all contrary".split()
)
# Words that open the next sentence behind a number and its unit.
_NEXT: Final = frozenset("The It In This They These There However But".split())
_MODALS: Final = frozenset(
    "will would can could should must might may shall cannot can’t won’t don’t doesn’t didn’t".split()
)
_LINKS: Final = frozenset("of the and for in on a an with at by from de or".split())
# Words that usually begin a sentence: after a word that can end one, a stop is missing rather than a capital wrong.
_STARTERS: Final = frozenset(
    """The It In This That These Those They There He She We You If When While But However And As At For After Before
    Although Though Since Because So Then Our His Her Their Its My Your What How Why Who Where""".split()
)
# Words no sentence ends with.
_CANNOT_END: Final = frozenset(
    """a an the of and or but to in on at by for from with as is are was were be been being has have had will would can
    could should must may might than that which who whose its their his her our your my this these those very more
    most such into between through during while because if when""".split()
)
_TITLE_TO = re.compile(r"[A-Z][a-z’']+ to $")
_SINGULAR_VERBS: Final = ("does", "has", "is", "was", "doesn’t", "isn’t")
_DETERMINERS: Final = frozenset("the a an this that these those our their its his her my your".split())
_AFTER_VERBS: Final = frozenset("to the a an it them him her us me this that these those their its our his".split())
# Grammar words with a capital in mid-sentence; pronouns stay (He, His of a god), so do names such as Will and May.
_GRAMMAR: Final = frozenset(
    """the of and to in for that on with as by at from this these those but not or which who what when where while if
    because although than then their its more most some any such into over under about after before between through
    during without only also just even still already have has had been are were can could should would must was is
    there here it they them we us now made did does do being two three four five six seven eight nine ten so how
    why both each every all many much other another same very too""".split()
)
_CAPITAL_GRAMMAR: Final = frozenset(map(str.capitalize, _GRAMMAR))
# A heading or a title in title case: shorter lines than this without a final stop are left alone (characters).
_HEADING: Final = 70


def capitals(page: Page, proven: bool, likely: bool) -> list[Edit]:
    """Edits that lower stray capitals, and stops missing between a number and the next sentence.

    ``proven``: the document shows other artifacts of machine translation, so that the likely counts as certain.
    ``likely``: a capital word that begins sentences gets its stop behind any word that can end one.
    """
    if not {"en", "mixed"} & page.spoken:
        return []
    text = page.text
    found: dict[tuple[int, int], list[Edit]] = {}
    for edit in (*_candidates(page, proven, likely), *_after_quotes(text)):
        if page.lang_at(edit.start) in ("en", "mixed"):
            found.setdefault(page.line_of(edit.start), []).append(edit)
    edits = [edit for line, some in found.items() if not _is_title(text, line, some) for edit in some]
    return settle(text, edits)


def _candidates(page: Page, proven: bool, likely: bool) -> Iterator[Edit]:
    text = page.text
    known = languages.capitalised()
    found = _CANDIDATE.finditer(text)
    matches = [match for match in found if match[0] in known or match[0] in _CAPITAL_GRAMMAR or _is_compound(match[0])]
    counts = Counter(match[0] for match in matches)
    plain: dict[str, bool] = {}  # whether the text has this word in lower case, too
    for match in matches:
        start, word = match.start(), match[0].lower()
        if (
            match[0] in _NEXT
            and text[match.end() + 1 : match.end() + 2].islower()
            and _ends_sentence(text, start, likely)
        ):
            yield Edit(start - 1, start - 1, ".", "repair.missing-stop")
            continue
        flags = "lx" if word in _GRAMMAR else known.get(match[0], "l")
        if not _is_stray(text, match, word, flags, proven):
            continue
        if counts[match[0]] > 1:
            if word not in plain:
                plain[word] = f" {word} " in text
            if not plain[word]:
                continue  # always with a capital in this document: its own name for something
        to = "to " if text.endswith(" times ", 0, start) else ""  # 三次回复: "three times Reply"
        yield Edit(start, start + 1, to + word[0], "repair.stray-capital")


def _ends_sentence(text: str, start: int, likely: bool) -> bool:
    """Whether the word before ``start`` ends a sentence: a number with its unit, or (``likely``) a word that can."""
    if _UNIT.search(text, max(0, start - 12), start):
        return True
    word, comma = _before(text, start)
    if comma:
        return False
    return likely and bool(word) and word.islower() and word not in _CANNOT_END and languages.is_english(word)


def _before(text: str, start: int) -> tuple[str, bool]:
    """The word before the space before ``start``, ``""`` if there is none, and whether a comma ends it."""
    word = text[max(0, start - 30) : start - 1].rpartition(" ")[2].rpartition("\n")[2]
    comma = word.endswith(",")
    word = word.removesuffix(",").lstrip("“\"(‘'")
    return (word if word.replace("-", "").replace("’", "").replace("'", "").isalpha() else ""), comma


def _is_compound(word: str) -> bool:
    """Whether a capitalised word is made of English words: Cross-border."""
    return "-" in word and all(map(languages.is_english, word.lower().split("-")))


def _is_stray(text: str, match: re.Match[str], word: str, flags: str, proven: bool) -> bool:
    """Whether the capital of ``match`` has no reason to be.

    Verbs and grammar words need lower-case neighbours, any verb needs a modal before it; other words that good text
    hardly ever capitalises need ``proven``: other signs of machine translation in the document.
    """
    start, end = match.span()
    previous, comma = _before(text, start)
    if not previous or not (comma or previous.islower()):
        return False
    after = _AFTER.match(text, end, end + 60)
    mark, following, third = (after[1], after[2] or "", after[3] or "") if after else ("", "", "")
    if following[:1].isdigit() or (following[:1].isupper() and not mark.startswith((".", "!", "?"))):
        return False
    if comma:
        if "l" not in flags or mark or not (previous[0].isupper() or previous in _ADVERB_ENDS):
            return False
        if word.endswith("s") and following in _SINGULAR_VERBS:
            return False  # "Currently, Requests does not …": a name
        return _SENTENCE_ADVERB.search(text, max(0, start - 40), start) is not None
    if previous in _MODALS:
        return "v" in flags or word in _GRAMMAR
    if _in_quoted_title(text, start):
        return False
    if previous == "to" and "v" in flags and ("x" in flags or following in _AFTER_VERBS):
        return not _TITLE_TO.search(text, max(0, start - 30), start)  # "All You Need to Know"
    if _in_chain(text, start, following, third):
        return False
    if match[0] in _STARTERS and previous not in _CANNOT_END:
        return False
    if previous in _DETERMINERS and not word.endswith(("ed", "ing", "ly")):
        return False  # "an Excel sheet": after an article only a name is written so
    # Without proof the capital may begin a sentence whose border was lost, unless no sentence ends before it.
    certain = "x" in flags and not mark and previous in _CANNOT_END
    return certain or (proven and ("l" in flags or ("v" in flags and following in _AFTER_VERBS)))


def _in_quoted_title(text: str, start: int) -> bool:
    """Whether a quotation of at most 60 characters, which may be a title, runs through this word."""
    window = text[max(0, start - 60) : start].rpartition("\n")[2]
    for opening, closing in ("“”", "‘’", '""'):
        at = window.rfind(opening)
        if at >= 0 and closing not in window[at + 1 :]:
            return text.find(closing, start, start + 60 - (len(window) - at)) >= 0 or (
                closing == '"' and window.count('"') > 1
            )
    return False


def _in_chain(text: str, start: int, following: str, third: str) -> bool:
    """Whether a chain of capitals such as ``Game of Thrones`` runs through this word."""
    if following in _LINKS and third[:1].isupper():
        return True
    words = text[max(0, start - 60) : start].rpartition("\n")[2].split()
    position = len(words) - 1
    while position >= 0 and words[position] in _LINKS:
        position -= 1
    return position < len(words) - 1 and position > 0 and words[position][:1].isupper()


def _after_quotes(text: str) -> Iterator[Edit]:
    """``cannot be “Compared with``: the clause runs into the quotation."""
    known = languages.flags()
    for match in _QUOTED.finditer(text):
        if "l" in known.get((match[1] + match[2]).lower(), ""):
            yield Edit(match.start(1), match.end(1), match[1].lower(), "repair.stray-capital")


def _is_title(text: str, line: tuple[int, int], edits: list[Edit]) -> bool:
    """Whether a line is a heading or written in title case, so that its capitals are meant."""
    start, end = line
    if end - start < _HEADING and text[end - 1 : end] not in '.!”"':
        return True
    return len(edits) >= 3 and len(edits) * 60 > end - start
