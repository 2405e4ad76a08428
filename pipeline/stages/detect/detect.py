"""Detect: the language of each line and of the document, and the script of its Chinese.

A script gate decides first, in units rather than bytes: Han characters against 1.6 × Latin words, kana, Hangul and
the scripts that belong to one language. Latin text is settled by its function words. Only what stays open is asked
of langdetect's n-gram profiles: one sample of the document, and the open lines of five words or more. Shorter ones
inherit the language of the document. Nothing here depends on order, time or hash seed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from pipeline.document import Document
from pipeline.rules import languages
from pipeline.stages.detect.profiles import latin_language

# A Chinese word is 1.6 Han characters long on average, so Han / 1.6 compares with Latin words.
HAN_PER_WORD: Final = 1.6
# The language of a document is `mixed` when its second language holds at least this share of the units.
MINORITY: Final = 0.1
# langdetect answers five words right in 95 of 100 cases (97 with a prior), three in 73: shorter lines inherit.
OPEN_WORDS: Final = 5
LATIN: Final = ("en", *languages.OTHERS)
# Characters of Latin text that are enough to tell its language; more costs time and changes no answer.
SAMPLE: Final = 2_000
# Below this probability the letters of a line have not told its language.
SURE: Final = 0.5
# Lines of up to so many characters are remembered, and how many of them: at most some 4 MB.
SHORT_LINE: Final = 100
REMEMBERED: Final = 8192

# A line's language, and how many units of which language it adds to the document's.
_Line = tuple[str, tuple[tuple[str, float], ...]]

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\u3005\u3007\U00020000-\U000323af]+")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9f]+")
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]+")
_OTHER_LETTER = re.compile("[\u0370-\u1cff\u2c00-\u2dff\ua000-\ud7ff\u3130-\u318f\ufb00-\ufdff\ufe70-\ufefc]")
_OTHER_WORDS = re.compile("[\u0370-\u10ff\u1200-\u1cff]+")
_NOT_LATIN = re.compile("[^\\W\\d_A-Za-zªµºÀ-ÖØ-öø-ɏḀ-ỿ]")
# A stretch of a line without Han that holds words: an English clause inside Chinese, or a Chinese one's Latin name.
_LATIN_RUN = re.compile("[^\u3400-\u9fff\uf900-\ufaff，。；：？！、（）《》【】「」]{12,}")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\u3400-\u9fff，。]+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}", re.ASCII)
_CODE = re.compile(
    r"[;{}]\s{0,8}$|^\s{0,80}(?:[#$>]\s|//|/\*)|[=!<>]=|\w\(\)|[{}<>|\\]{2}|\w_\w{1,40}\(|\s=\s|^\s{0,80}(?:import|def|var|const|return)\b"
)
_VIETNAMESE = re.compile("[ăđơưĂĐƠƯẠ-ỹ]")


def han_units(text: str) -> float:
    """Han characters of ``text`` in units of words (characters / 1.6)."""
    return sum(map(len, _HAN.findall(text))) / HAN_PER_WORD


def units(text: str) -> float:
    """Length of ``text`` in units: Han characters / 1.6 + Latin words (words of other alphabets count as Latin)."""
    words = len(languages.latin_words(text))
    if text.isascii() or not _NOT_LATIN.search(text):
        return float(words)
    total = han_units(text) + words
    total += sum(len(run) for run in _KANA.findall(text)) / HAN_PER_WORD
    total += sum(len(run) for run in _HANGUL.findall(text)) / HAN_PER_WORD
    return total + len(_OTHER_WORDS.findall(text))


def word_count(text: str) -> int:
    """Latin words of ``text``."""
    return len(languages.latin_words(text))


def detect_line(text: str, hint: str = "") -> str:
    """Language of one line or sentence: an ISO 639-1 code, ``mixed``, ``other``, or ``""`` for a blank one.

    ``hint`` is the language of what stands around it; a piece too short to tell by itself takes it over.
    """
    return _line(text, hint)[0]


def _line(text: str, hint: str) -> _Line:
    """What is to be known of one line. Menus come again on every page of a site: short lines are looked at once."""
    return _remembered(text, hint) if len(text) <= SHORT_LINE else _look(text, hint)


def _look(text: str, hint: str) -> _Line:
    lang = _by_rules(text, hint) or (_by_model(text, hint) if text.strip() else "")
    if lang == "mixed":
        return lang, (("zh", han_units(text)), ("en", float(word_count(text))))
    return lang, ((lang, units(text)),) if lang else ()


_remembered = lru_cache(maxsize=REMEMBERED)(_look)


def _by_rules(text: str, hint: str) -> str:
    """Language of a line as far as script and words tell it, else ``""``."""
    lang = _by_script(text, hint)
    if lang or not text.strip():
        return lang
    return _by_words(text, hint)


def detect(doc: Document) -> Document:
    """The document with ``lang``, ``line_langs`` (one for each line of the text) and metadata ``script``."""
    lines = doc.lines()
    hint, script = _summary(lines)
    found = [_line(line, hint) for line in lines]
    shares: dict[str, float] = {}
    for _, parts in found:
        for lang, size in parts:
            shares[lang] = shares.get(lang, 0.0) + size
    return replace(doc, lang=language_of(shares), line_langs=tuple([lang for lang, _ in found])).note(script=script)


def language_of(shares: Mapping[str, float]) -> str:
    """Language of a document from the units of each language in it.

    ``mixed`` where Chinese and English (or any two) hold at least 10 % each; ``other`` where nothing is known.
    """
    known = {lang: size for lang, size in shares.items() if lang not in ("", "other") and size > 0}
    total = sum(known.values())
    if not total:
        return "other"
    ranked = sorted(known, key=lambda lang: (-known[lang], lang))
    if ranked[0] == "mixed" or (len(ranked) > 1 and known[ranked[1]] >= MINORITY * total):
        return "mixed"
    return ranked[0]


def _by_script(text: str, hint: str) -> str:
    """Language as far as the script tells it; ``""`` for Latin and for what has no letters."""
    if text.isascii() or not _NOT_LATIN.search(text):
        return ""
    han = sum(map(len, _HAN.findall(text)))
    kana = sum(map(len, _KANA.findall(text))) if _KANA.search(text) else 0
    words = len(languages.latin_words(text))
    if _OTHER_LETTER.search(text):
        counts = [(len(pattern.findall(text)), lang) for pattern, lang in languages.SCRIPTS]
        most, lang = max(counts)
        if most > 1.6 * words + han + kana:
            return languages.refine(lang, text)
    # A Chinese sentence may quote a の; kana under a tenth is not Japanese grammar.
    if kana and kana * 10 >= han + kana and (han + kana) / HAN_PER_WORD >= words * 0.5:
        return "ja"
    if not han:
        return ""
    if hint == "ja" and han <= 24 and not languages.is_simplified(text):
        return "ja"
    return _chinese_or_mixed(text, han / HAN_PER_WORD, words)


def _chinese_or_mixed(text: str, han: float, words: int) -> str:
    """Tell Chinese with Latin names from English with a Chinese gloss and from both languages in one line."""
    if words < 4:
        return "zh" if han * 4 >= words else ""
    clauses = sum(map(_clause, _LATIN_RUN.findall(text)))
    if not clauses:
        return "zh" if han * 4 >= words else ""
    share = han / (han + clauses)
    if share < MINORITY or (han < 4 and share < 0.4):
        return ""
    return "zh" if share > 1 - MINORITY else "mixed"


def _clause(run: str) -> int:
    """Words of an English clause in a stretch without Han; 0 for names, brands and model numbers."""
    words = languages.latin_words(_ADDRESS.sub(" ", run))
    grammar = sum(len(word) > 1 and word in languages.ENGLISH for word in words)
    return len(words) if len(words) >= 4 and grammar >= 2 and grammar * 6 >= len(words) else 0


def _by_words(text: str, hint: str) -> str:
    """Language of Latin text as far as its words tell it; ``""`` when it is for the model to say."""
    if "://" in text or "www." in text or "@" in text:
        text = _ADDRESS.sub(" ", text)
    tokens = languages.latin_words(text)
    count = len(tokens)
    if not count:
        return hint or "other"
    if not text.isascii() and 2 * len(_VIETNAMESE.findall(text)) >= count:
        return "vi"
    lower = languages.latin_words(text.lower()) if text.isascii() else [token.lower() for token in tokens]
    english = sum(map(languages.ENGLISH.__contains__, lower))
    if count >= 4 and english * 10 >= 4 * count:  # no other language shares so many of these words
        return "other" if _is_code(text, count) else "en"
    if count >= 3 and languages.pinyin_share(lower[:4]) > 0.7 and languages.pinyin_share(lower) >= 0.8:
        return "other"
    scores = languages.function_words(lower)
    best, other = max(scores.items(), key=lambda item: (item[1], languages.PRIOR[item[0]]), default=("", 0))
    if english * 6 >= count and english > 2 * other:
        return "other" if _is_code(text, count) else "en"
    if _is_code(text, count):
        return "other"
    if other >= 2 and other > 2 * english and other * 6 >= count and _clear(scores, best):
        return best
    known, names = _known(tokens, lower)
    if known * 10 >= 7 * (count - names) and known >= names and english >= other and other * 6 < count:
        return "en"
    if count >= OPEN_WORDS and hint in LATIN and other <= max(1, english) and text.isascii():
        return hint  # nothing speaks against the language of the document
    return "" if count >= OPEN_WORDS else _short(text, count, known, english, best, other, hint)


def _known(tokens: list[str], lower: list[str]) -> tuple[int, int]:
    """How many of these words are English ones, and how many more are capitalised like names."""
    lexicon = languages.flags()
    known = names = 0
    for token, plain in zip(tokens, lower, strict=True):
        if plain in lexicon or plain in languages.ENGLISH:
            known += 1
        elif token[0].isupper():
            names += 1
    return known, names


def _short(text: str, count: int, known: int, english: int, best: str, other: int, hint: str) -> str:
    """Language of a few Latin words that no rule settled: that of what stands around them, if it is Latin too."""
    if hint and hint not in ("zh", "ja", "ko", "mixed", "other"):
        return hint
    if other > english:
        return best
    if known * 2 >= count:
        return "en"
    if not text.isascii():
        for letters, lang in languages.LETTERS:
            if letters.search(text):
                return lang
    if hint in ("zh", "ja", "ko") and not known:
        return hint
    return "en" if known and text.isascii() else "other"


def _clear(scores: Mapping[str, int], best: str) -> bool:
    return all(score * 2 <= scores[best] for lang, score in scores.items() if lang != best)


def _is_code(text: str, count: int) -> bool:
    signs = len(_CODE.findall(text[:SAMPLE]))
    return bool(signs) and signs * 8 >= count


def _by_model(text: str, hint: str) -> str:
    """Language of Latin text by its letters; ``hint`` or ``other`` where they do not tell."""
    lang, probability = latin_language(text[:SAMPLE])
    return lang if probability >= SURE else hint or "other"


def _summary(lines: list[str]) -> tuple[str, str]:
    """The likely language of a document, as a hint for its short lines, and the script of its text."""
    text = "\n".join(lines)
    if "://" in text:
        text = _ADDRESS.sub(" ", text)
    han = sum(map(len, _HAN.findall(text)))
    words = len(languages.latin_words(text))
    kana = sum(map(len, _KANA.findall(text))) if _KANA.search(text) else 0
    hangul = sum(map(len, _HANGUL.findall(text))) if _HANGUL.search(text) else 0
    script = languages.script(text, han, words)
    if kana * 10 > han + kana and kana + han > words:
        return "ja", script
    if hangul > han and hangul > words:
        return "ko", script
    if han / HAN_PER_WORD > words:
        return "zh", script
    if not words:
        return "", script
    sample = _sample(lines)
    return _by_script(sample, "") or _by_words(sample, "") or _by_model(sample, ""), script


def _sample(lines: list[str]) -> str:
    """Up to SAMPLE characters of the longer Latin lines."""
    taken: list[str] = []
    size = 0
    for line in lines:
        if len(line) > 40 and not _HAN.search(line[:200]):
            taken.append(line[:400])
            size += min(len(line), 400)
            if size >= SAMPLE:
                break
    return "\n".join(taken) or "\n".join(lines)[:SAMPLE]
