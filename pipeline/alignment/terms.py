"""Term pairs that a text itself declares in brackets: 杰夫·贝索斯(Jeff Bezos), 人工智能（AI）, WHO（世界卫生组织）.

The bracket shows where the pair ends, not where its Chinese half begins. That border is where the two halves explain
each other best: by the dictionary (企业资源计划 / Enterprise Resource Planning), by sound (贝索斯 / Bezos), by initials
(人工智能 / AI), and by what the same pair looks like elsewhere in the texts. A pair that nothing explains is not
reported. After Lin et al. (ACL 2008) and Wu et al. (NAACL 2009), with the evidence above instead of trained models.
"""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from . import lexicon


class Term(NamedTuple):
    zh: str
    en: str
    kind: str  # "person", "name" (by sound), "acronym" or "term" (by meaning)
    score: float  # how far the two halves explain each other, 0 … 1
    count: int  # type: ignore[assignment]  # times the pair was seen
    docs: tuple[int, ...]  # indexes of the texts it was seen in, ascending


class Bracket(NamedTuple):
    """A bracket that may declare a term."""

    zh: str  # the Chinese before it, which ends with the term; or the Chinese in it
    en: str
    exact: bool  # whether the Chinese is the term and no more


# Pairs that explain each other less are not reported: below, half of a term stands for the whole too often.
LEAST = 0.7
# What a border inside a dictionary word costs: 研究|员雅各布.
INSIDE_WORD = 0.15
# Code points of Chinese before a bracket that may belong to the term.
LONGEST = 18

_HAN = lexicon.HAN
_ENGLISH = r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9 .'’&/\-–·]{0,78}[A-Za-zÀ-ɏ0-9.]"
_QUOTE = "“”\"「」『』《》〈〉‘’'【】*_"
_AFTER = re.compile(
    rf"(?P<zh>[{_HAN}·•・‧－\-]{{2,40}})[{_QUOTE}]{{0,3}}\s?[(（\[【〔]\s?"
    rf"(?:英文名?(?:称)?[:：]?|英语[:：]?|即|简称|缩写[为:：]?|全称[:：]?|also known as )?\s?[{_QUOTE}]?"
    rf"(?P<en>{_ENGLISH})[{_QUOTE}]?\s?(?:[,，;；、]\s?(?:简称|缩写[为:：]?|以下简称|or|又称)?\s?[{_QUOTE}]?(?P<short>[A-Z][A-Za-z0-9&-]{{1,9}})[{_QUOTE}]?)?\s?[)）\]】〕]"
)
_BEFORE = re.compile(
    rf"(?<![A-Za-z])(?P<en>{_ENGLISH})[{_QUOTE}]{{0,3}}\s?[(（\[【〔]\s?[{_QUOTE}]?"
    rf"(?:中文名?(?:称)?[:：]?|即|意为|又称)?(?P<zh>[{_HAN}·•・‧]{{2,24}})[{_QUOTE}]?\s?[)）\]】〕]"
)
_LAST_LATIN = re.compile(r"[A-Za-z]+ ?\Z")
_DOT = re.compile("[·•・‧]")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&]{1,6}s?")
# In brackets, but never the name of what stands before.
_NO_TERM = re.compile(
    r"(?:photo|image|source|via|from|by|see|figure|fig|table|chapter|vol|no|ed|eds|the|and|or|www)\b.*"
    r"|[A-Za-z]|.*\.(?:com|cn|org|net|html?|php|js|py|md|txt|pdf|png|jpe?g|exe|dll)",
    re.IGNORECASE,
)


def mine(texts: Iterable[str]) -> list[Term]:
    """Bracketed Chinese-English term pairs of some texts, each pair once, sorted by English, then Chinese."""
    return mine_brackets(map(brackets, texts))


def mine_brackets(texts: Iterable[Iterable[Bracket]]) -> list[Term]:
    """The same, of the brackets that were found in each text."""
    seen: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for n, found_in_text in enumerate(texts):
        for before, english, exact in found_in_text:
            key = (english, before if exact else "")
            seen[key].append((n, before))
    found: dict[tuple[str, str], tuple[str, float, list[int]]] = {}
    for (english, whole), places in seen.items():
        contexts = sorted({before for _, before in places})
        for n, before in places:
            best = _best(before, english, contexts, whole=bool(whole))
            if best and best[2] >= LEAST:
                zh, kind, score = best
                old = found.get((zh, english))
                docs = [*(old[2] if old else []), n]
                found[zh, english] = (kind, max(score, old[1] if old else 0.0), docs)
    return [
        Term(zh, en, kind, round(score, 4), len(docs), tuple(sorted(set(docs))))
        for (zh, en), (kind, score, docs) in sorted(found.items(), key=lambda item: (item[0][1], item[0][0]))
    ]


def brackets(text: str) -> Iterator[Bracket]:
    """What stands before and in each bracket that holds the other language; no dictionary is asked."""
    for line in text.split("\n"):
        if "(" not in line and "（" not in line and "[" not in line and "【" not in line and "〔" not in line:
            continue
        for match in _AFTER.finditer(line):
            quoted = line[match.end("zh") : match.end("zh") + 1] in "”」』》〉’"
            opening = line[match.start("zh") - 1 : match.start("zh")]
            whole = bool(quoted) and opening in tuple("“「『《〈‘")
            for english in (match["en"], match["short"]):
                if not english or _NO_TERM.fullmatch(english := _tidy(english)):
                    continue
                # In "WMI事件订阅(WMI Event Subscription)" the Chinese half alone is not the whole.
                latin = _LAST_LATIN.search(line, max(0, match.start("zh") - 20), match.start("zh"))
                if not latin or latin[0].strip().lower() not in english.lower().split(" "):
                    yield Bracket(match["zh"][-LONGEST:].lstrip("-－·"), english, whole)
        for match in _BEFORE.finditer(line):
            if not line[: match.start()].endswith(("(", "（")):
                for tail in _tails(_tidy(match["en"])):
                    if not _NO_TERM.fullmatch(tail):
                        yield Bracket(match["zh"], tail, True)


def _tidy(english: str) -> str:
    return re.sub(r"\s+", " ", english).strip(" -–·/'’")


def _tails(english: str) -> list[str]:
    """Of a run before a bracket, what may be the term: its trailing capitalised words, or all of a short run."""
    words = english.split(" ")
    start = len(words)
    while start and (
        words[start - 1][:1].isupper()
        or (words[start - 1] in ("of", "and", "for", "the", "de", "von") and start < len(words))
    ):
        start -= 1
    while start < len(words) and not words[start][:1].isupper():
        start += 1
    tail = words[start:]
    if len(tail) > 1 and tail[0] in ("The", "A", "An"):
        tail = tail[1:]
    return [" ".join(tail)] if 0 < len(tail) <= 6 else []


# --- how well a Chinese and an English half explain each other ------------------------------------


def _best(before: str, english: str, contexts: Sequence[str], *, whole: bool) -> tuple[str, str, float] | None:
    """(Chinese half, kind, score) with the best left border, or None."""
    if _ACRONYM.fullmatch(english):
        options = [(zh, "acronym", _initials(zh, english)) for zh in _suffixes(before, whole)]
    elif _DOT.search(before) and len(parts := _name_parts(english)) >= 2:
        options = [(zh, "person", _person(zh, parts)) for zh in _suffixes(before, whole, 1)]
    else:
        options = [(zh, *_meaning(zh, english)) for zh in _suffixes(before, whole)]
    options = [(zh, kind, score) for zh, kind, score in options if score > 0]
    if not options:
        return None

    cuts = set() if whole else _inside_words(before)
    options = [(zh, kind, s - INSIDE_WORD * (len(before) - len(zh) in cuts)) for zh, kind, s in options]

    # The same words before other brackets of this English: a border where contexts part is likely the true one.
    def rank(option: tuple[str, str, float]) -> tuple[float, int]:
        shared = sum(c.endswith(option[0]) for c in contexts) / len(contexts)
        return round(option[2] + 0.1 * (shared - 1), 6), len(option[0])

    return max(options, key=rank)


def _inside_words(before: str) -> set[int]:
    """Places in a run of Chinese that would cut a word in two."""
    inside: set[int] = set()
    for _, start, end in _tokenizer().tokenize(before, HMM=False):
        inside.update(range(start + 1, end))
    return inside


@cache
def _tokenizer() -> Any:
    """jieba, read from its package: its usual way leaves a cache file in the system's temporary folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its import on newer Pythons
        import jieba
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


def _suffixes(before: str, whole: bool, least: int = 2) -> list[str]:
    if not before or before[-1] in "的了吗呢是":
        return []
    if whole:
        return [before]
    return [before[k:] for k in range(len(before) - least + 1) if before[k] not in "·•・‧-－的了是和与及在为对把"]


def _name_parts(english: str) -> list[str]:
    return [w for w in re.split(r"[ \-–·.]+", english) if len(w) > 1]


def _person(zh: str, parts: list[str]) -> float:
    """Likeness by sound of 杰夫·贝索斯 and Jeff Bezos, part by part."""
    pieces = [p for p in _DOT.split(zh) if p]
    names = [p for p in pieces if not p.isascii()]
    if len(names) > len(parts) or len(names) < 2:
        return 0.0
    if len(names) < len(parts):  # a middle initial or particle may be left out
        parts = [parts[0], *parts[len(parts) - len(names) + 1 :]]
    scores = [sound(z, e) for z, e in zip(names, parts, strict=True)]
    return min(scores) * 0.5 + sum(scores) / len(scores) * 0.5 if all(len(n) <= 6 for n in names) else 0.0


def _meaning(zh: str, english: str) -> tuple[str, float]:
    """(kind, how far the words of both halves cover each other by dictionary and by sound)."""
    words = [w for w in re.findall(r"[A-Za-zÀ-ɏ]+", english) if lexicon.stem(w)]
    if not words:
        return "term", 0.0
    covered = [0.0] * len(zh)
    met = heard = 0.0
    cut = lexicon.chinese_words(zh)
    starts = [sum(map(len, cut[:k])) for k in range(len(cut))]
    entry = lexicon.glosses(zh)
    if entry and all(lexicon.stem(w) in entry for w in words):
        return "term", 1.0
    for word in words:
        s = lexicon.stem(word)
        best, span = 0.0, (0, 0)
        for start, piece in zip(starts, cut, strict=True):
            for x in range(len(piece)):
                for y in range(len(piece), x, -1):
                    if y - x > 1 or len(piece) == 1:
                        glosses = lexicon.glosses(piece[x:y])
                        value = (1.0 if y - x > 1 else 0.7) if s in glosses else 0.0
                        if value and y - x == 1 and len(glosses) > 6:
                            value = 0.4
                        if value > best or (value == best and y - x > span[1] - span[0]):
                            best, span = value, (start + x, start + y)
        by_sound = False
        if best < 0.7 and word[0].isupper():
            for x in range(len(zh)):
                for y in range(x + 2, min(len(zh), x + 6) + 1):
                    value = sound(zh[x:y], word)
                    if value >= 0.75 and value > best:
                        best, span, by_sound = value, (x, y), True
        met += best
        heard += by_sound
        for k in range(*span):
            covered[k] = max(covered[k], best)
    recall = met / len(words)
    precision = sum(covered) / len(zh)
    score = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return ("name" if heard * 2 > len(words) else "term"), score


# Words that a Chinese name of a thing adds to its English initials.
_EXTRA = frozenset(
    "系统 平台 协议 技术 标准 组织 公司 机构 项目 计划 服务 软件 模式 系統 平臺 協議 技術 標準 組織".split()
)


def _initials(zh: str, acronym: str) -> float:
    """Likeness of 人工智能 and AI: each letter begins a translation of a word, in order."""
    letters = acronym.rstrip("s").replace("&", "").lower()
    if zh in lexicon._dictionary()[0]:
        for gloss in re.split(r"[/;]", lexicon._dictionary()[0][zh]):
            words = re.findall(r"[a-z]+", re.sub(r"\([^)]*\)", "", gloss).lower())
            strict = "".join(w[0] for w in words if w not in ("of", "the", "and", "for", "in", "on"))
            if strict == letters or acronym in re.findall(r"[A-Z]{2,}", gloss):
                return 1.0
    words = lexicon.chinese_words(zh)
    options = [{g[0] for g in lexicon.glosses(w) if g[0].isalpha()} for w in words]
    extra = 0
    if len(words) > len(letters) and words[-1] in _EXTRA and letters[-1] not in options[-1]:
        words, options, extra = words[:-1], options[:-1], 1
    if len(words) != len(letters) or len(words) < 2 or any(len(w) < 2 for w in words):
        return 0.0
    hits = sum(letter in option for letter, option in zip(letters, options, strict=True))
    # Most words have glosses under several letters, so short acronyms meet by chance: three letters are needed.
    if hits < len(letters) or len(letters) < 3:
        return 0.0
    return 0.8 - 0.1 * extra


# --- sound ----------------------------------------------------------------------------------------

_EN_SOUNDS = (
    ("sch", "s"), ("tch", "s"), ("ch", "s"), ("sh", "s"), ("ph", "f"), ("th", "t"), ("gh", "k"), ("ck", "k"),
    ("qu", "k"), ("ng", "n"),
    ("wh", "w"), ("kn", "n"), ("wr", "l"),
    ("ce", "s"), ("ci", "s"), ("cy", "s"), ("ge", "s"), ("gi", "s"), ("x", "ks"),
    ("b", "p"), ("p", "p"), ("m", "m"), ("f", "f"), ("v", "w"), ("w", "w"), ("d", "t"), ("t", "t"), ("n", "n"),
    ("l", "l"), ("r", "l"), ("g", "k"), ("k", "k"), ("c", "k"), ("q", "k"), ("j", "s"), ("s", "s"), ("z", "s"),
    ("h", "h"),
)  # fmt: skip
_ZH_SOUNDS = (
    ("zh", "s"), ("ch", "s"), ("sh", "s"), ("b", "p"), ("p", "p"), ("m", "m"), ("f", "f"), ("d", "t"), ("t", "t"),
    ("n", "n"), ("l", "l"), ("r", "l"), ("g", "k"), ("k", "k"), ("h", "h"), ("j", "s"), ("q", "s"), ("x", "s"),
    ("z", "s"), ("c", "s"), ("s", "s"), ("w", "w"), ("y", "y"),
)  # fmt: skip
# Sounds that writers of Chinese take for each other; cost of such a swap (1 = unrelated).
_CLOSE = {
    frozenset(pair): cost
    for pair, cost in (
        ("fw", 0.2), ("hk", 0.4), ("ks", 0.3), ("ts", 0.5), ("wh", 0.4), ("nm", 0.3), ("pf", 0.4), ("pw", 0.4),
        ("nl", 0.5), ("ys", 0.5), ("hf", 0.5),
    )
}  # fmt: skip
# Sounds that may be missing on one side for little: r and l after vowels, h, y, w, a closing n.
_FAINT = {"l": 0.5, "h": 0.3, "y": 0.1, "w": 0.4, "n": 0.5}


@lru_cache(maxsize=10_000)
def _english_skeleton(word: str) -> str:
    word = re.sub(r"(.)\1", r"\1", word.lower().replace("’", ""))
    out = ""
    k = 0
    while k < len(word):
        for letters, sound_ in _EN_SOUNDS:
            if word.startswith(letters, k):
                out += sound_
                k += 1 if letters in ("ce", "ci", "cy", "ge", "gi") else len(letters)
                break
        else:
            if k == 0:
                out += "'"
            k += 1
    return out


@lru_cache(maxsize=10_000)
def _chinese_skeleton(han: str) -> str:
    out = ""
    for k, c in enumerate(han):
        syllable = lexicon.pinyin(c)
        if not syllable:
            return "?" * len(han)
        if syllable == "er":
            out += "l"
            continue
        for letters, sound_ in _ZH_SOUNDS:
            if syllable.startswith(letters):
                out += sound_
                break
        else:
            if k == 0:
                out += "'"
        if syllable.endswith(("n", "ng")):
            out += "n"
    return out


@lru_cache(maxsize=20_000)
def sound(han: str, word: str) -> float:
    """Likeness of a Chinese transliteration and a Latin name, 0 … 1, by their consonants."""
    a, b = _chinese_skeleton(han), _english_skeleton(word)
    row = [0.0]
    for y in b:
        row.append(row[-1] + _FAINT.get(y, 1.0))
    for x in a:
        new = [row[0] + _FAINT.get(x, 1.0)]
        for k, y in enumerate(b):
            swap = 0.0 if x == y else _CLOSE.get(frozenset((x, y)), 1.0)
            new.append(min(row[k] + swap, row[k + 1] + _FAINT.get(x, 1.0), new[-1] + _FAINT.get(y, 1.0)))
        row = new
    longest = max(len(a), len(b), 1)
    first = 0.0 if a[:1] == b[:1] else 0.15
    # Each Han character is a syllable; a name of one consonant in four characters is no transliteration.
    vowels = max(1, len(re.findall(r"[aeiouyà-ɏ]+", word.lower())))
    crowd = max(0, len(han) - vowels - 2) * 0.2 + max(0, vowels - len(han) - 1) * 0.2
    return max(0.0, 1 - row[-1] / longest - first - crowd)
