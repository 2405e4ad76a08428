"""What cannot be translations of each other, whatever an encoder says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import lexicon

_HAN = re.compile(f"[{lexicon.HAN}]")
_KANA = re.compile("[ぁ-ヿ가-힣]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+")
_SIGNS = re.compile(r"[\W_]+")
# Sentences that tell a text's language, spread over it.
SAMPLE = 400
# Commonest words of other languages in Latin script, none of them common in English.
FOREIGN = frozenset(
    """le la les des et est une dans pour que qui sur avec pas ne il elle der die das und ist nicht ein eine mit von
    den zu
    el los las del por para con una como su di che per il non sono della het een van dat niet voor os da um uma não yang
    dan di untuk dengan và của là các och att som""".split()
)
# Words below which a text is too short to be called foreign.
FEWEST_WORDS = 20


def _sample(texts: Sequence[str]) -> str:
    step = max(1, len(texts) // SAMPLE)
    return "\n".join(text[:500] for text in texts[::step])


def is_chinese(texts: Sequence[str]) -> bool:
    sample = _sample(texts)
    han = len(_HAN.findall(sample))
    return han > 0 and len(_KANA.findall(sample)) < 0.1 * han


def is_english(texts: Sequence[str]) -> bool:
    sample = _sample(texts)
    words = _LATIN_WORD.findall(sample)
    if len(_HAN.findall(sample)) > sum(map(len, words)) / 3:
        return False
    if len(words) < FEWEST_WORDS:
        return bool(words)
    english = sum(word.lower() in lexicon.STOP for word in words)
    foreign = sum(word.lower() in FOREIGN for word in words)
    return foreign <= max(english, 0.05 * len(words))


def can_translate(zh: Sequence[str], en: Sequence[str]) -> bool:
    """Two lines of digits, signs or the same words are no translation, however alike."""
    a, b = "".join(zh), "".join(en)
    return bool(_HAN.search(a) and _LATIN_WORD.search(b)) and _SIGNS.sub("", a) != _SIGNS.sub("", b)
