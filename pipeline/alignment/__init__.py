"""Sentence beads, terms and checks between Chinese and English. Importing this loads no model and no dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .encoder import Encoder


class Bead(NamedTuple):
    """A group of Chinese sentences and the group of English ones that translate each other."""

    zh: tuple[int, ...]  # indexes from 0, ascending and adjacent; empty: the English has no partner
    en: tuple[int, ...]
    score: float  # probability that exactly this bead is right; 0.0 for a side without partner


def align(
    zh: Sequence[str], en: Sequence[str], *, encoder: Encoder | None = None, min_score: float = 0.3
) -> list[Bead]:
    from .beads import align_texts
    from .encoder import load

    return align_texts(list(zh), list(en), encoder or load(), min_score)
