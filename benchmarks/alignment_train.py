"""Fit the bead weights: ``python benchmarks/alignment_train.py --data DIR [--folds] [-o FILE]``.

Maximises the likelihood of the gold cuttings (L-BFGS, L2 penalty) on the chapters of novels, their noised copies, half
copies and mismatched pairs, and at a lower weight on the parliament and UN texts. ``--folds`` leaves one text out at a
time and prints what the model scores on it. Needs scipy and numba; the package itself needs neither.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from alignment_data import Pair, load, score, unrelated, with_noise
from numba import njit
from scipy.optimize import minimize

from pipeline.alignment import beads, features
from pipeline.alignment.encoder import Encoder
from pipeline.alignment.encoder import load as load_encoder

PENALTY = 8.0  # of the squared weights (standardised features)
CTK_WEIGHT = 0.3  # of a parliament or UN text beside a chapter


class Sample(NamedTuple):
    pair: Pair
    weight: float
    band: beads.Lattice
    steps: Any  # (cells,) step of each scored cell
    nodes: Any  # (cells,)
    x: Any  # (cells, features)
    raw: Any  # (cells,)
    gold: Any  # cells of the gold cutting


def prepare(pair: Pair, weight: float, encoder: Encoder, names: list[str]) -> Sample | None:
    """Features of all cells; None if the gold does not fit into the band (said on stderr)."""
    texts = features.describe(pair.zh, pair.en, encoder)
    band = beads.lattice(beads.first_path(texts, encoder), len(pair.en))
    parts = list(beads.feature_blocks(texts, encoder, band))
    for _, _, found, _ in parts:
        names += [name for name in found if name not in names]
    column = {name: k for k, name in enumerate(names)}
    total = sum(len(nodes) for _, nodes, _, _ in parts)
    x = np.zeros((total, 120), np.float32)
    steps, all_nodes, raw = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total, np.float32)
    done = 0
    for s, nodes, found, likeness in parts:
        here = slice(done, done + len(nodes))
        steps[here], all_nodes[here], raw[here] = s, nodes, likeness
        for name, values in found.items():
            x[here, column[name]] = values
        done += len(nodes)
    where = {(int(band.i[k]), int(band.j[k])): k for k in range(len(band.i))}
    cell = {(int(s), int(k)): c for c, (s, k) in enumerate(zip(steps, all_nodes, strict=True))}
    gold, i, j = [], 0, 0
    missing = 0
    for a, b in pair.gold:
        i, j = i + len(a), j + len(b)
        shape = (len(a), len(b))
        if shape not in beads.STEPS:  # the nearest thing that can be said
            missing += 1
            path = [(1, 0)] * len(a) + [(0, 1)] * len(b)
            steps_here, ii, jj = [], i - len(a), j - len(b)
            for p, q in path:
                ii, jj = ii + p, jj + q
                steps_here.append(((p, q), (ii, jj)))
        else:
            steps_here = [(shape, (i, j))]
        for step, node in steps_here:
            c = cell.get((beads.STEPS.index(step), where.get(node, -1)))
            if c is None:
                print(f"{pair.id}: gold outside the band at {node}; not used for training", file=sys.stderr)
                weight = 0.0
                break
            gold.append(c)
    return Sample(pair, weight, band, steps, all_nodes, x, raw, np.array(gold))


@njit(cache=True)
def _forward_backward(scores, before, rows):  # type: ignore[no-untyped-def]
    steps, size = scores.shape
    f = np.full(size + 1, -np.inf)
    b = np.full(size + 1, -np.inf)
    f[0] = 0.0
    for k in range(1, size):
        top = -np.inf
        for s in range(steps):
            v = f[before[s, k]] + scores[s, k]
            if v > top:
                top = v
        if top == -np.inf:
            continue
        total = 0.0
        for s in range(steps):
            v = f[before[s, k]] + scores[s, k]
            if v > -np.inf:
                total += np.exp(v - top)
        f[k] = top + np.log(total)
    b[size - 1] = 0.0
    for k in range(size - 1, 0, -1):
        if b[k] == -np.inf:
            continue
        for s in range(steps):
            p = before[s, k]
            if p < size and scores[s, k] > -np.inf:
                v = b[k] + scores[s, k]
                if b[p] == -np.inf:
                    b[p] = v
                elif b[p] > v:
                    b[p] = b[p] + np.log1p(np.exp(v - b[p]))
                else:
                    b[p] = v + np.log1p(np.exp(b[p] - v))
    return f, b


def chances(sample: Sample, cell_scores: Any) -> tuple[Any, float]:
    """(probability of each cell, log of the summed weight of all cuttings)."""
    scores = np.full(sample.band.before.shape, -np.inf)
    scores[sample.steps, sample.nodes] = cell_scores
    f, b = _forward_backward(scores, sample.band.before, 0)
    total = f[len(sample.band.i) - 1]
    with np.errstate(invalid="ignore"):
        out = np.exp(f[sample.band.before[sample.steps, sample.nodes]] + cell_scores + b[sample.nodes] - total)
    return np.nan_to_num(out), total


def fit(samples: Sequence[Sample], count: int, start: Any = None) -> Any:
    samples = [s for s in samples if s.weight]
    gold = sum(s.weight * s.x[s.gold, :count].sum(axis=0, dtype=np.float64) for s in samples)
    scale = np.sqrt(
        sum(s.weight * (s.x[s.gold, :count].astype(np.float64) ** 2).sum(axis=0) for s in samples)
        / sum(s.weight * len(s.gold) for s in samples)
    )
    scale = np.maximum(scale, 0.05)

    def loss(w: Any) -> tuple[float, Any]:
        real = w / scale
        value = PENALTY / 2 * float(w @ w)
        expected = np.zeros(count)
        for s in samples:
            p, total = chances(s, (s.x[:, :count] @ real.astype(np.float32)).astype(np.float64))
            value += s.weight * total
            expected += s.weight * (p.astype(np.float32) @ s.x[:, :count])
        value -= float(gold @ real)
        return value, (expected - gold) / scale + PENALTY * w

    found = minimize(loss, np.zeros(count) if start is None else start * scale, jac=True, method="L-BFGS-B",
                     options={"maxiter": 150, "maxcor": 20})  # fmt: skip
    return found.x / scale


def decode(sample: Sample, weights: Any, doubt: float = beads.DOUBT) -> list[tuple[tuple[int, ...], tuple[int, ...], float]]:
    p, _ = chances(sample, (sample.x[:, : len(weights)] @ weights.astype(np.float32)).astype(np.float64))
    gains = np.full(sample.band.before.shape, -np.inf)
    gains[sample.steps, sample.nodes] = np.where(sample.steps < 2, 0.0, p - doubt)
    table = np.zeros(sample.band.before.shape)
    table[sample.steps, sample.nodes] = p
    out = []
    for s, k in beads.best_steps(sample.band, gains):
        a, b = beads.STEPS[s]
        i, j = int(sample.band.i[k]), int(sample.band.j[k])
        out.append((tuple(range(i - a, i)), tuple(range(j - b, j)), float(table[s, k])))
    return out


def training_pairs(novels: Sequence[Pair], others: Sequence[Pair]) -> list[tuple[Pair, float]]:
    """(text, weight): clean, noised in three manners, and mismatched."""
    out = []
    for k, pair in enumerate(novels):
        rest = [p for p in (*novels, *others) if p.id != pair.id]
        zh = [s for p in rest for s in p.zh]
        en = [s for p in rest for s in p.en]
        out.append((pair, 1.0))
        out.append((with_noise(pair, zh, en, 1, split=False), 0.5))
        out.append((with_noise(pair, zh, en, 2, rate=0.03, longest=25, split=False), 0.3))
        out.append((unrelated(pair, novels[(k + 1) % len(novels)]), 0.1))
    out += [(pair, CTK_WEIGHT) for pair in others]
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", action="store_true")
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    encoder = load_encoder()
    novels, others = load(args.data, "mac_dev"), load(args.data, "ctk")
    names: list[str] = []

    def prepared(pairs: Sequence[tuple[Pair, float]]) -> list[Sample]:
        return [s for pair, weight in pairs if (s := prepare(pair, weight, encoder, names))]

    samples = prepared(training_pairs(novels, others))
    count = len(names)
    full = fit(samples, count)
    print(f"{len(samples)} samples, {count} features")
    if args.folds:
        folds(novels, others, samples, prepared, count, full)
    if args.output:
        table = {name: round(float(w), 4) for name, w in sorted(zip(names, full, strict=True))}
        args.output.write_text(json.dumps({"vectors": table}, indent=1) + "\n", encoding="utf-8")


def folds(novels: Any, others: Any, samples: Any, prepared: Any, count: int, full: Any) -> None:
    found: dict[str, list[Any]] = {"clean": [], "noise": [], "ctk": []}
    gold: dict[str, list[Any]] = {"clean": [], "noise": [], "ctk": []}
    for held in (*novels, *others):
        train = [s for s in samples if held.id not in s.pair.id]
        weights = fit(train, count, full)
        rest = [p for p in novels if p.id != held.id]
        tests = [(held, "ctk" if held in others else "clean")]
        if held in novels:
            tests.append((with_noise(held, [s for p in rest for s in p.zh], [s for p in rest for s in p.en], 7), "noise"))
        for (pair, kind), sample in zip(tests, prepared([(p, 1.0) for p, _ in tests]), strict=True):
            got = [(a, b) for a, b, _ in decode(sample, weights)]
            found[kind].append(got)
            gold[kind].append(pair.gold)
            print(kind, pair.id, *(f"{v:.3f}" for v in score([got], [pair.gold])), flush=True)
    for kind in found:
        print("ALL", kind, *(f"{v:.4f}" for v in score(found[kind], gold[kind])))


if __name__ == "__main__":
    main()
