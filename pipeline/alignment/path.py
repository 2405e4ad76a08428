"""First pass: where, roughly, does each Chinese sentence lie in the English text?

A monotone path through the table of similarities, found by dynamic programming. Large tables are walked coarse to fine
(as in Vecalign, Thompson & Koehn 2019): neighbouring sentences are summed two by two until the table is small, and each
finer table is only looked at near the path of the coarser one. So time and memory grow with n + m, not with n × m.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]
    Index = NDArray[np.int64]

# Cells of a table that is walked whole: 8 MB of floats.
WHOLE_TABLE = 2_000_000
# Cells either side of the coarser path that the finer one may use.
SLACK = 16
# Rows of vectors that are worked on at 32 bits a number.
BLOCK_ROWS = 1024
# Standard deviations over its row and column that a similarity must stand out by, to count as a link.
STAND_OUT = 1.5


class Path(NamedTuple):
    """Columns that each row's part of the path visits: row i sees columns first[i] … last[i], both included."""

    first: Index
    last: Index
    gain: Array  # how far the best of these cells stands out among all


def find_path(x: Array, y: Array) -> Path:
    """The path between rows of ``x`` (n, d) and rows of ``y`` (m, d): unit vectors, n and m at least 1."""
    n, m = len(x), len(y)
    if n * m <= WHOLE_TABLE or min(n, m) <= 8:
        low, high = np.zeros(n, np.int64), np.full(n, m - 1)
    else:
        coarse = find_path(_halve(x), _halve(y))
        rows = np.arange(n) // 2
        low = np.maximum(2 * coarse.first[rows] - SLACK, 0)
        high = np.minimum(2 * coarse.last[rows] + 1 + SLACK, m - 1)
        low[0], high[-1] = 0, m - 1
    return _walk(x, y, low, high)


def _halve(x: Array) -> Array:
    """Vectors of neighbouring rows taken together, without what all rows have in common."""
    if len(x) % 2:
        x = np.concatenate([x, np.zeros_like(x[:1])])
    pairs = np.empty((len(x) // 2, x.shape[1]), x.dtype)
    total = np.zeros(x.shape[1])
    for rows in _blocks(len(pairs)):
        total += _pairs(x, rows).sum(axis=0)
    mean = (total / len(pairs)).astype(np.float32)
    for rows in _blocks(len(pairs)):
        block = _pairs(x, rows) - mean
        pairs[rows] = block / np.maximum(np.linalg.norm(block, axis=1, keepdims=True), 1e-6)
    return pairs


def _pairs(x: Array, rows: slice) -> Array:
    """Sums of neighbouring rows of ``x``, 32 bits a number; ``rows`` counts pairs."""
    pairs: Array = x[2 * rows.start : 2 * rows.stop : 2].astype(np.float32) + x[2 * rows.start + 1 : 2 * rows.stop : 2]
    return pairs


def _blocks(rows: int) -> Iterator[slice]:
    """Rows in blocks of 2 MB and less: a long text's tables hold 16 bits a number, only a block is ever wider."""
    for start in range(0, rows, BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, rows))


def _walk(x: Array, y: Array, low: Index, high: Index) -> Path:
    """The path with the highest summed gain from the first cell to the last, by steps down, right or down-right.

    A step to the same row or column earns half: else one line that resembles many would hold the path for as many.
    """
    gains = _gains(x, y, low, high)
    n = len(gains)
    moves: list[NDArray[np.int8]] = []
    above = np.zeros(0)
    for i, gain in enumerate(gains):
        if i:
            shift = int(low[i] - low[i - 1])
            padded = np.full(len(gain) + 1, -np.inf)  # padded[k]: the row above, one column left of this row's column k
            start, stop = max(shift - 1, 0), min(shift + len(gain), len(above))
            padded[start - shift + 1 : stop - shift + 1] = above[start:stop]
            slanted, straight = padded[:-1] + gain, padded[1:] + gain / 2
        else:
            slanted = np.full(len(gain), -np.inf)
            slanted[0] = gain[0]
            straight = np.full(len(gain), -np.inf)
        here = np.maximum(slanted, straight)
        reach = np.cumsum(gain / 2)
        above = reach + np.maximum.accumulate(here - reach)  # steps right, all columns at once
        moves.append(
            np.where(above > here + 1e-9, _RIGHT, np.where(slanted >= straight, _SLANT, _DOWN)).astype(np.int8)
        )
    first, last = np.empty(n, np.int64), np.empty(n, np.int64)
    j = int(high[-1])
    for i in range(n - 1, -1, -1):
        last[i] = j
        while moves[i][j - low[i]] == _RIGHT:
            j -= 1
        first[i] = j
        if moves[i][j - low[i]] == _SLANT:
            j -= 1
    best = [g[f - o : e - o + 1].max() for g, f, e, o in zip(gains, first, last, low, strict=True)]
    return Path(first, last, np.array(best, np.float32))


_SLANT, _DOWN, _RIGHT = range(3)


def _gains(x: Array, y: Array, low: Index, high: Index) -> list[Array]:
    """Per row: how far each allowed cell's similarity stands out in its row and column; never negative."""
    n, m = len(x), len(y)
    rows: list[Array] = []
    total, squares, count = np.zeros(m), np.zeros(m), np.zeros(m)
    block = 256
    for start in range(0, n, block):
        stop = min(n, start + block)
        left, right = int(low[start:stop].min()), int(high[start:stop].max()) + 1
        for piece in range(start, stop, block if right - left < 4096 else 16):
            end = min(stop, piece + (block if right - left < 4096 else 16))
            a, b = int(low[piece:end].min()), int(high[piece:end].max()) + 1
            table = x[piece:end].astype(np.float32) @ y[a:b].astype(np.float32).T
            for i in range(piece, end):
                row = table[i - piece, low[i] - a : high[i] + 1 - a].copy()
                rows.append(row)
                span = slice(low[i], high[i] + 1)
                total[span] += row
                squares[span] += row * row
                count[span] += 1
    count = np.maximum(count, 1)
    mean = total / count
    spread = np.sqrt(np.maximum(squares / count - mean**2, 0))
    slope = m / n
    for i, row in enumerate(rows):
        columns = np.arange(low[i], high[i] + 1)
        ground = 0.5 * (mean[columns] + row.mean()) + STAND_OUT * 0.5 * (spread[columns] + row.std())
        # Nothing stands out where all lines are alike: keep to the diagonal.
        diagonal = 1e-3 / (1 + np.abs((columns + 0.5) / slope - i - 0.5))
        rows[i] = np.maximum(row - ground, 0) + diagonal
    return rows
