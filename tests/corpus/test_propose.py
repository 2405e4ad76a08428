"""Proposals are what comparing every Chinese document with every English one would give."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from pipeline.corpus import propose as module
from pipeline.corpus.propose import COMMON, LEAST_NAMED, LEAST_SHARED, MOST_COMMON, PROPOSALS, Text, propose


def documents(seed: int, count: int, words: int) -> tuple[list[Text], list[set[int]]]:
    """Texts of two languages, some of which share a core of words, and their tokens."""
    rng = random.Random(seed)
    texts, bags = [], []
    for _ in range(count):
        lang = rng.choice(["zh", "en", "en", "other"])
        core = random.Random(rng.randint(0, count // 3))
        shared = [core.randint(0, words) for _ in range(15)]
        own = [rng.randint(0, words) for _ in range(rng.randint(0, 60))]
        texts.append(Text(f"{lang}/{rng.randint(0, count // 2)}.txt", lang, ()))
        bags.append({token for token in shared if rng.random() < 0.8} | set(own) if rng.random() > 0.05 else set())
    return texts, bags


def oracle(texts: list[Text], bags: list[set[int]]) -> list[tuple[int, int]]:
    sides = [[n for n, text in enumerate(texts) if text.lang == lang and bags[n]] for lang in ("zh", "en")]
    held = [{token: sum(token in bags[n] for n in side) for n in side for token in bags[n]} for side in sides]
    total = len(sides[0]) + len(sides[1])
    tokens = set(held[0]) | set(held[1])
    rarity = {t: math.log(1 + total / (held[0].get(t, 0) + held[1].get(t, 0))) ** 2 for t in tokens}
    most = [min(max(2, COMMON * len(side)), MOST_COMMON) for side in sides]
    telling = {t for t in set(held[0]) & set(held[1]) if held[0][t] <= most[0] and held[1][t] <= most[1]}
    norm = {n: math.sqrt(sum(rarity[t] for t in bags[n])) for side in sides for n in side}
    found = []
    for n in sides[0]:
        for m in sides[1]:
            alike = sum(rarity[t] for t in bags[n] & bags[m] & telling) / (norm[n] * norm[m])
            named = texts[n].name.replace("zh/", "") == texts[m].name.replace("en/", "")
            if alike >= (LEAST_NAMED if named else LEAST_SHARED):
                found.append((-alike, n, m))
    chosen = set()
    for at in (1, 2):
        for one in {row[at] for row in found}:
            rows = sorted(row for row in found if row[at] == one)[:PROPOSALS]
            chosen |= {(n, m) for _, n, m in rows}
    return sorted(chosen)


@pytest.mark.parametrize("portion", [100, 1_000_000])
@pytest.mark.parametrize(("seed", "count", "words"), [(0, 0, 9), (1, 1, 9), (2, 9, 99), (3, 80, 2000), (4, 300, 900)])
def test_proposals(seed: int, count: int, words: int, portion: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PORTION", portion)
    texts, bags = documents(seed, count, words)
    found = propose(texts, lambda n: np.array(sorted(bags[n]), np.uint32))
    assert found == oracle(texts, bags)
    assert len(found) > 50 or count < 300
