"""The stored model: its columns exist, its size is bounded, and the bit walk ends where a plain walk ends."""

from __future__ import annotations

import numpy as np

from pipeline.stages.strip.features import columns
from pipeline.stages.strip.model import WEIGHTS, Ensemble, load
from pipeline.stages.strip.page import read_page
from pipeline.stages.strip.second_look import second_look

# One tree:           x <= 0.5
#                    /        \
#              y <= 2          leaf 2 (+1.0)
#             /      \
#   leaf 0 (-1.0)  leaf 1 (+0.25)
TREE = Ensemble(
    ("x", "y"),
    np.array([[0], [1]]),
    np.array([[0.5], [2.0]], np.float32),
    np.array([[0xFFFFFFFC], [0xFFFFFFFE]], np.uint32),
    np.array([[-1.0, 0.25, 1.0] + [0.0] * 29], np.float32),
)


def test_the_bit_walk_finds_the_leaf() -> None:
    rows = np.array([[0.0, 1.0], [0.0, 3.0], [1.0, 1.0], [0.5, 2.0]], np.float32)
    expected = 1 / (1 + np.exp(-np.array([-1.0, 0.25, 1.0, -1.0])))
    assert np.allclose(TREE.probability(("x", "y"), rows), expected)


def test_columns_are_found_by_name() -> None:
    rows = np.array([[9.0, 3.0, 0.0]], np.float32)
    assert np.allclose(TREE.probability(("other", "y", "x"), rows), 1 / (1 + np.exp(-0.25)))


def test_the_stored_model_knows_only_columns_that_exist() -> None:
    page = read_page(["A line of text, and another.", "Home"])
    seen = columns(page)
    more = second_look(page, seen, np.array([0.9, 0.1]))[0]
    first, second = load()
    assert set(first.names) <= set(seen.names)
    assert set(second.names) <= set(seen.names) | set(more)
    assert WEIGHTS.stat().st_size < 1_000_000


def test_a_line_is_judged_alike_in_every_chunk() -> None:
    page = read_page([f"Line {n}: the ferry leaves at {n % 24}:00, weather permitting." for n in range(50)])
    seen = columns(page)
    first, _ = load()
    once = first.probability(seen.names, seen.values)
    many = first.probability(seen.names, np.tile(seen.values, (60, 1)))
    assert np.array_equal(many, np.tile(once, 60))
