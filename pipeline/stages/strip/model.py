"""The line model: two ensembles of small trees, evaluated with numpy. No LightGBM at run time.

A tree's leaves are numbered from left to right and held in the bits of one integer. Each inner node whose condition
is false clears the leaves of its left branch; the lowest bit that is still set is the leaf of the line (QuickScorer:
Lucchese et al., SIGIR 2015). So a whole page goes through all trees in four array operations.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

WEIGHTS: Final = Path(__file__).parents[2] / "rules" / "line_model.npz"
# Lines that go through the trees at once; bounds memory to a few megabytes.
_CHUNK: Final = 2000


class Ensemble(NamedTuple):
    """Trees of at most 32 leaves each, all with the same number of node slots."""

    names: tuple[str, ...]  # columns of the input, by name; other columns may stand between them
    feature: NDArray[np.int64]  # (nodes, trees) column of each condition, as a number of `names`
    threshold: NDArray[np.float32]  # (nodes, trees) the condition is value <= threshold
    mask: NDArray[np.uint32]  # (nodes, trees) leaves that stay possible when the condition is false
    leaf: NDArray[np.float32]  # (trees, 32) log-odds

    def probability(self, names: tuple[str, ...], values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability for each row of ``values`` (n, len(names))."""
        nodes, trees = self.mask.shape
        column = _places(self.names, names)[self.feature]
        out = np.empty(len(values))
        every = np.arange(trees)[:, None]
        for low in range(0, len(values), _CHUNK):
            by_column = np.ascontiguousarray(values[low : low + _CHUNK].T)
            alive = np.full((trees, by_column.shape[1]), 0xFFFFFFFF, np.uint32)
            for node in range(nodes):
                false = by_column[column[node]] > self.threshold[node][:, None]
                # 0 for a true condition becomes all ones: nothing is cleared.
                alive &= self.mask[node][:, None] | (false.astype(np.uint32) - np.uint32(1))
            lowest = alive & (~alive + np.uint32(1))
            number = np.frexp(lowest.astype(np.float64))[1] - 1
            score = self.leaf[every, number].sum(axis=0, dtype=np.float64)
            out[low : low + _CHUNK] = 1.0 / (1.0 + np.exp(-score))
        return out


@lru_cache(maxsize=8)
def _places(wanted: tuple[str, ...], names: tuple[str, ...]) -> NDArray[np.int64]:
    place = {name: at for at, name in enumerate(names)}
    return np.array([place[name] for name in wanted])


@lru_cache(maxsize=1)
def load() -> tuple[Ensemble, Ensemble]:
    """The model for the first look at a line and the model for the second, from the package's weights."""
    with np.load(WEIGHTS) as stored:
        return _ensemble(stored, "first"), _ensemble(stored, "second")


def _ensemble(stored: np.lib.npyio.NpzFile, prefix: str) -> Ensemble:
    names = tuple(bytes(stored[f"{prefix}_names"]).decode().split("\n"))
    feature, threshold, mask = (stored[f"{prefix}_{part}"].T.copy() for part in ("feature", "threshold", "mask"))
    return Ensemble(names, feature.astype(np.int64), threshold, mask, stored[f"{prefix}_leaf"])
