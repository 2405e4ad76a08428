"""The second look: what the first look's probabilities say about a line's surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.document import LineFacts
from pipeline.stages.strip.features import BLOCK_CAP, WINDOWS, Columns, overlap
from pipeline.stages.strip.page import Page
from pipeline.stages.strip.tree import home_columns
from pipeline.stages.strip.windows import Flags, Floats, Group, Sums, block_around, block_offsets, max_sum_blocks

# Probability from which the first look finds it possible that a line belongs to the article.
DOUBT: Final = 0.05
# The probability of a line that counts as kept here, and the lines between two parts of a run of those.
KEPT: Final = 0.4
GAP: Final = 3


def doubtful(probability: Floats) -> Flags:
    """The lines worth a second look: those the first finds possible, and the lines next to them.

    Half of a page's lines are not; of the lines of articles, two in a thousand.
    """
    possible = probability >= DOUBT
    out = possible.copy()
    out[1:] |= possible[:-1]
    out[:-1] |= possible[1:]
    return out


def second_look(
    page: Page, looked: Columns, probability: Floats, facts: Sequence[LineFacts] = ()
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Columns made from the first model's ``probability`` of each line to be kept, (n,)."""
    prose = _column(looked, "prose")
    mass = probability * np.minimum(prose, BLOCK_CAP)
    kept = probability > KEPT
    run = _runs(kept, GAP)
    place, main = _place(prose, probability)
    total = max(float(mass.sum()), 1e-6)
    document = {
        "doc_mass": total,
        "doc_main": float(mass[main].sum()) / total,
        "doc_best": float(probability.max()),
        "doc_kept": float(kept.mean()),
        "doc_score": float(_scores(prose, probability)[main, 1].sum()),
    }
    groups = [
        (["p"], probability[:, None]),
        _near(probability, mass),
        place,
        _run_columns(run, mass, _column(looked, "start") > 0),
        _order(run, mass * kept, _column(looked, "start")),
        _topic(page, main & kept),
        _after_opening(page, run, mass, kept, _column(looked, "repeats") >= 3),
        (list(document), np.tile(np.array(list(document.values())), (len(kept), 1))),
        home_columns(facts, prose, mass, main),
    ]
    names = tuple(name for group, _ in groups for name in group)
    return names, np.concatenate([values for _, values in groups], axis=1).astype(np.float32)


def _column(looked: Columns, name: str) -> Floats:
    return looked.values[:, looked.names.index(name)].astype(float)


def _near(probability: Floats, mass: Floats) -> Group:
    names = [f"{name}_w{radius}" for radius in WINDOWS for name in ("p", "mass")]
    names += [f"{name}_{side}" for side in ("3_-1", "-1_3", "10_-1", "-1_10") for name in ("p", "mass")]
    sums = Sums(np.column_stack((probability, mass)))
    return names, np.concatenate((sums.around(WINDOWS), sums.beside((-3, 3, -10, 10))), axis=1)


def _scores(prose: Floats, probability: Floats) -> Floats:
    """What each line adds to a block, or takes from it: with a low bar and with a high one."""
    weight = np.minimum(prose, BLOCK_CAP) + 4
    return np.column_stack(((probability - 0.3) * weight, (probability - 0.6) * weight))


def _place(prose: Floats, probability: Floats) -> tuple[Group, Flags]:
    """Where each line stands beside the best blocks; and the lines of the one with the high bar."""
    scores = _scores(prose, probability)
    start, end, best = max_sum_blocks(scores)
    around = block_around(scores) / np.maximum(best, 1.0)
    at = np.arange(len(prose))
    names = ["p_off_3", "p_off_6", "p_around_3", "p_around_6"]
    values = np.concatenate((block_offsets(start, end, len(prose)), around), axis=1)
    return (names, values), np.asarray((at >= start[1]) & (at < end[1]))


def _runs(kept: Flags, gap: int) -> NDArray[np.int64]:
    """Number of the run of kept lines each line belongs to; lines apart by ``gap`` or fewer others share a run.

    Lines between two parts of a run belong to it; lines outside every run have -1.
    """
    n = len(kept)
    out = np.full(n, -1)
    at = np.flatnonzero(kept)
    if not len(at):
        return out
    number = np.concatenate(([0], np.cumsum(np.diff(at) > gap + 1)))
    first = at[np.concatenate(([True], np.diff(number) > 0))]
    last = at[np.concatenate((np.diff(number) > 0, [True]))]
    for run, (a, b) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        out[a : b + 1] = run
    return out


def _run_columns(run: NDArray[np.int64], mass: Floats, starts: Flags) -> Group:
    """How heavy the line's run is beside the others, and whether an article starts in it."""
    n, runs = len(run), int(run.max()) + 1
    share, rank, begun = np.zeros(n), np.full(n, -1.0), np.zeros(n)
    if runs:
        inside = run >= 0
        of = run[inside]
        weights = np.bincount(of, weights=mass[inside], minlength=runs)
        share[inside] = (weights / max(weights.max(), 1e-6))[of]
        order = np.empty(runs)
        order[np.argsort(-weights, kind="stable")] = np.arange(runs)
        rank[inside] = np.minimum(order, 9)[of]
        begun[inside] = (np.bincount(of, weights=starts[inside], minlength=runs) > 0)[of]
    names = ["run_share", "run_rank", "run_start", "runs"]
    return names, np.column_stack((share, rank, begun, np.full(n, min(runs, 30))))


def _order(run: NDArray[np.int64], sure: Floats, starts: Floats) -> Group:
    """What stands above and below each line: an article comes before the feed of others below it."""
    above = _before(sure)
    below = sure.sum() - above - sure
    begun = _before(starts)
    names = ["mass_above", "mass_below", "above_share", "starts_above", "starts_below", "run_number"]
    values = (
        np.log1p(above),
        np.log1p(below),
        above / max(float(sure.sum()), 1e-6),
        np.minimum(begun, 5),
        np.minimum(starts.sum() - begun, 5),
        np.minimum(run, 20),
    )
    return names, np.column_stack(values)


def _before(values: Floats) -> Floats:
    """The sum of ``values`` above each line."""
    return np.concatenate(([0.0], np.cumsum(values)[:-1]))


def _topic(page: Page, inside: Flags) -> Group:
    count, share, _ = overlap(page, inside)
    return ["p_overlap", "p_overlap_share"], np.column_stack((np.log1p(count), share))


def _after_opening(page: Page, run: NDArray[np.int64], mass: Floats, kept: Flags, clutter: Flags) -> Group:
    """What each line has to do with the first run of some size: the rest of an article shares its words, a feed not."""
    n = len(run)
    opening = _opening(run, mass)
    count, share, _ = overlap(page, opening & kept)
    end = int(np.flatnonzero(opening)[-1]) if opening.any() else n
    since = np.minimum(np.arange(n) - end, 400)
    above = _before(clutter.astype(float))
    behind = np.maximum(above - (above[end] if end < n else 0), 0)
    names = ["opening", "opening_overlap", "opening_share", "opening_since", "clutter_above", "clutter_since"]
    values = (
        opening,
        np.log1p(count),
        share,
        np.sign(since) * np.log1p(np.abs(since)),
        np.minimum(above, 60),
        np.minimum(behind, 60),
    )
    return names, np.column_stack(values)


def _opening(run: NDArray[np.int64], mass: Floats) -> Flags:
    """The lines of the first run that weighs as much as two lines of prose, or as the heaviest run if none does."""
    runs = int(run.max()) + 1
    if not runs:
        return np.zeros(len(run), bool)
    weights = np.bincount(run[run >= 0], weights=mass[run >= 0], minlength=runs)
    big = np.flatnonzero(weights >= min(50.0, float(weights.max())))
    return np.asarray(run == big[0])
