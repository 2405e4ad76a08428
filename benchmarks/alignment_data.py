"""Gold for sentence alignment: reading it, adding noise to it, and scoring against it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

Link = tuple[tuple[int, ...], tuple[int, ...]]


class Pair(NamedTuple):
    """Two texts and their gold beads; every sentence is in exactly one bead, null beads included."""

    id: str
    zh: list[str]
    en: list[str]
    gold: list[Link]


def load(data: Path, name: str) -> list[Pair]:
    rows = [json.loads(line) for line in (data / "align" / f"{name}.jsonl").open(encoding="utf-8")]
    return [
        Pair(
            r["id"],
            r["zh"],
            r["en"],
            complete([(tuple(sorted(a)), tuple(sorted(b))) for a, b in r["gold"]], r["zh"], r["en"]),
        )
        for r in rows
    ]


def complete(gold: Iterable[Link], zh: Sequence[str], en: Sequence[str]) -> list[Link]:
    """Gold in order of the texts, with a null bead for each sentence that no bead holds."""
    beads = [bead for bead in gold if bead[0] and bead[1]]
    used_zh = {i for bead in beads for i in bead[0]}
    used_en = {j for bead in beads for j in bead[1]}
    out: list[Link] = []
    i = j = 0
    for a, b in [*sorted(beads), ((len(zh),), (len(en),))]:
        out += [((k,), ()) for k in range(i, a[0]) if k not in used_zh]
        out += [((), (k,)) for k in range(j, b[0]) if k not in used_en]
        out.append((a, b))
        i, j = a[-1] + 1, b[-1] + 1
    return out[:-1]


def with_noise(
    pair: Pair,
    zh_source: Sequence[str],
    en_source: Sequence[str],
    seed: int,
    *,
    rate: float = 0.12,
    longest: int = 4,
    split: bool = True,
) -> Pair:
    """Runs of 1 … ``longest`` foreign sentences put in at ``rate`` of the places of each side.

    Beads that an insertion splits leave the gold; with ``split=False`` insertions keep between beads.
    """
    rng = random.Random(f"{seed} {pair.id}")

    def insert(own: list[str], source: Sequence[str], borders: set[int] | None) -> tuple[list[str], list[int]]:
        out, places = [], []
        for k, text in enumerate(own):
            if (borders is None or k in borders) and rng.random() < rate:
                size = rng.randint(1, longest)
                start = rng.randrange(max(1, len(source) - size))
                out += source[start : start + size]
            places.append(len(out))
            out.append(text)
        return out, places

    zh_borders = None if split else {a[0] for a, _ in pair.gold if a}
    en_borders = None if split else {b[0] for _, b in pair.gold if b}
    zh, zh_at = insert(pair.zh, zh_source, zh_borders)
    en, en_at = insert(pair.en, en_source, en_borders)
    gold = []
    for a, b in pair.gold:
        a2, b2 = tuple(zh_at[i] for i in a), tuple(en_at[j] for j in b)
        whole = all(x[-1] - x[0] == len(x) - 1 for x in (a2, b2) if x)
        if whole and a2 and b2:
            gold.append((a2, b2))
    return Pair(f"{pair.id}+noise{seed}", zh, en, complete(gold, zh, en))


def unrelated(one: Pair, other: Pair) -> Pair:
    """The Chinese of one text beside the English of another."""
    return Pair(f"{one.id}x{other.id}", one.zh, other.en, complete([], one.zh, other.en))


class Score(NamedTuple):
    """Strict and lax precision, recall and F1 over non-null beads, pooled over texts, as in Vecalign's score.py."""

    precision: float
    recall: float
    f1: float
    lax_precision: float
    lax_recall: float
    lax_f1: float


def score(found: Iterable[Iterable[Link]], gold: Iterable[Iterable[Link]]) -> Score:
    right = given = wanted = lax_right = lax_found = 0
    for f, g in zip(found, gold, strict=True):
        mine = {(tuple(a), tuple(b)) for a, b in f if a and b}
        true = {(tuple(a), tuple(b)) for a, b in g if a and b}
        given, wanted, right = given + len(mine), wanted + len(true), right + len(mine & true)
        mine_links = {(x, y) for a, b in mine for x in a for y in b}
        true_links = {(x, y) for a, b in true for x in a for y in b}
        lax_right += sum(any((x, y) in true_links for x in a for y in b) for a, b in mine)
        lax_found += sum(any((x, y) in mine_links for x in a for y in b) for a, b in true)
    return Score(*_prf(right, right, given, wanted), *_prf(lax_right, lax_found, given, wanted))


def _prf(right: int, found: int, given: int, wanted: int) -> tuple[float, float, float]:
    p, r = right / max(1, given), found / max(1, wanted)
    return p, r, 2 * p * r / max(1e-9, p + r)
