"""Near-duplicates are found in both languages, and different texts are not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.deduplicate import (
    SHORTEST,
    SIMILARITY,
    bands,
    signature,
    similarity,
    text_digest,
)

CHINESE = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面"
ENGLISH = (
    "seller reads the rule of each platform and ships a parcel before noon when stock is low in every market".split()
)


def chinese(size: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(CHINESE, k=size))


def english(size: int, seed: int) -> str:
    return " ".join(random.Random(seed).choices(ENGLISH, k=size))


@pytest.mark.parametrize("text", [chinese, english])
def test_a_text_with_a_changed_end_is_a_near_duplicate(text: object) -> None:
    whole = text(600, 1)  # type: ignore[operator]
    other = whole[: len(whole) * 19 // 20] + "END"
    assert similarity(signature(whole), signature(other)) >= SIMILARITY
    assert set(bands(signature(whole))) & set(bands(signature(other)))


@pytest.mark.parametrize("text", [chinese, english])
def test_different_texts_are_not(text: object) -> None:
    signatures = [signature(text(600, seed)) for seed in range(8)]  # type: ignore[operator]
    assert max(similarity(a, b) for a in signatures for b in signatures if a is not b) < 0.3


def test_short_texts_have_no_signature_and_resemble_nothing() -> None:
    assert signature(chinese(SHORTEST - 1, 1)) == b"" == signature(english(SHORTEST - 1, 1))
    assert similarity(b"", b"") == 0.0


def test_estimates_follow_the_true_similarity() -> None:
    errors = []
    for seed in range(30):
        words = [f"w{seed}x{n}" for n in range(800)]
        cut = 40 + seed * 20
        one, other = " ".join(words), " ".join(words[cut:])
        errors.append(similarity(signature(one), signature(other)) - (800 - cut) / 800)
    assert abs(sum(errors) / len(errors)) < 0.05
    assert max(map(abs, errors)) < 0.25


@given(st.text("一二三 \nabc", max_size=50))
def test_spacing_does_not_change_the_digest_of_a_text(text: str) -> None:
    assert text_digest(text) == text_digest(f" {text}\n") == text_digest(text.replace(" ", "  "))
