"""Sentence beads, terms and checks between Chinese and English. Importing this loads no model and no dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .encoder import Encoder

# Below this score more beads are wrong than right (benchmarks/RESULTS.md).
MIN_SCORE = 0.3


class Bead(NamedTuple):
    """A group of Chinese sentences and the group of English ones that translate each other."""

    zh: tuple[int, ...]  # indexes from 0, ascending and adjacent; empty: the English sentence has no partner
    en: tuple[int, ...]
    score: float  # probability that exactly this bead is right, 0 … 1; 0.0 for a sentence without partner


def align(
    zh: Sequence[str], en: Sequence[str], *, encoder: Encoder | None = None, min_score: float = MIN_SCORE
) -> list[Bead]:
    """Which sentences translate which, both texts in their order.

    Every index of both sides stands in exactly one bead, ascending; a sentence without partner is a bead with an empty
    side. Texts that are not translations of each other, or not Chinese and English, give only such beads.
    Deterministic; about 3 ms per sentence on one core; memory grows by some kilobytes a sentence, not with the table.

    ``encoder``: sentence vectors, see ``pipeline.alignment.encoder``; by default the Universal Sentence Encoder, and
    ImportError where it is not installed. ``min_score``: beads below it are taken apart into sentences without partner.
    """
    for side in (zh, en):
        if isinstance(side, str):
            raise TypeError("align takes two lists of sentences, not a str; split the text first")
    if not 0 <= min_score <= 1:
        raise ValueError(f"min_score is a probability between 0 and 1, not {min_score}")
    if not zh or not en:
        return [Bead((i,), (), 0.0) for i in range(len(zh))] + [Bead((), (j,), 0.0) for j in range(len(en))]
    from .beads import align_texts

    if encoder is None:
        from .encoder import load

        encoder = load()
    return align_texts(list(zh), list(en), encoder, min_score)
