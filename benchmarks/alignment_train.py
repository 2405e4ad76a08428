"""Fit the bead weights: ``python benchmarks/alignment_train.py --data DIR [-o FILE]``.

Maximises the likelihood of the gold cuttings (L-BFGS, L2 penalty) on the chapters of novels, their noised copies and
mismatched pairs, and at a lower weight on the parliament and UN texts. Then each text is left out in turn: what the
others say about it gives the honest scores that are printed, and trains the gate that turns the model's probability
into the score of a bead; the gate that judges a text in the printed tables has not seen it either. Needs scipy and
numba; the package itself needs neither.
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

from pipeline.alignment import MIN_SCORE, beads
from pipeline.alignment.encoder import DictionaryEncoder, Encoder
from pipeline.alignment.encoder import load as load_encoder
from pipeline.alignment.judge import EVIDENCE, Found, evidence, judge
from pipeline.alignment.lattice import SHAPES, STEPS, TRANSITIONS, Lattice, lattice
from pipeline.alignment.texts import describe

PENALTY = 8.0  # of the squared weights (standardised features)
MOST_FEATURES = 128
TRANSITION_SCALE = 0.1  # how dear a transition's weight is beside a feature's (1.0)
HOPELESS = 3e-4  # probability of a cell below which training ignores it
MAX_STEPS = 150  # of L-BFGS; the loss no longer moves in the fourth digit
CTK_WEIGHT = 0.3  # of a parliament or UN text beside a chapter


class Sample(NamedTuple):
    pair: Pair
    weight: float
    band: Lattice
    steps: Any  # (cells,) step of each scored cell
    nodes: Any  # (cells,) the node it ends in, ascending
    before: Any  # (cells,) the node it starts from
    x: Any  # (cells, features)
    gold: Any  # (cells,) whether the gold allows the cell


def prepare(pair: Pair, weight: float, encoder: Encoder, names: list[str]) -> Sample:
    """Features of all cells; weight 0 if the gold does not fit into the band (said on stderr)."""
    texts = describe(pair.zh, pair.en, encoder)
    band = lattice(beads.first_path(texts, encoder), len(pair.en))
    parts = list(beads.feature_blocks(texts, encoder, band))
    for _, _, found, _ in parts:
        names += [name for name in found if name not in names]
    column = {name: k for k, name in enumerate(names)}
    total = sum(len(nodes) for _, nodes, _, _ in parts)
    x = np.zeros((total, MOST_FEATURES), np.float32)
    steps, all_nodes = np.empty(total, np.int64), np.empty(total, np.int64)
    done = 0
    for s, nodes, found, _ in parts:
        here = slice(done, done + len(nodes))
        steps[here], all_nodes[here] = s, nodes
        for name, values in found.items():
            x[here, column[name]] = values
        done += len(nodes)
    order = np.argsort(all_nodes, kind="stable")
    steps, all_nodes, x = steps[order], all_nodes[order], x[order]
    allowed = _allowed(pair, band, steps, all_nodes)
    sample = Sample(pair, weight, band, steps, all_nodes, band.before[steps, all_nodes], x, allowed)
    gold = only_gold(sample)
    if not np.isfinite(chances(gold, np.zeros(len(gold.nodes)), np.zeros(len(TRANSITIONS)))[1]):
        print(f"{pair.id}: the gold does not fit into the band; not used for training", file=sys.stderr)
        return sample._replace(weight=0.0)
    return sample


def _allowed(pair: Pair, band: Lattice, steps: Any, nodes: Any) -> Any:
    """Cells that agree with the gold: its beads, and nulls of its null sentences in whatever order.

    A gold bead of a shape the model lacks, or outside the band, may be cut into anything that stays inside it.
    """
    have = set(zip(steps.tolist(), nodes.tolist(), strict=True))
    where = {(int(band.i[k]), int(band.j[k])): k for k in range(len(band.i))}
    group_zh, group_en = np.full(len(pair.zh), -1), np.full(len(pair.en), -2)
    exact: set[tuple[int, int]] = set()
    free_zh = np.array([False] * len(pair.zh))
    free_en = np.array([False] * len(pair.en))
    for g, (a, b) in enumerate(pair.gold):
        shape = (len(a), len(b))
        key = (STEPS.index(shape), where.get((a[-1] + 1, b[-1] + 1), -1)) if shape in SHAPES else None
        if key in have:
            exact.add(key)
        else:
            group_zh[list(a)] = g
            group_en[list(b)] = g
            free_zh[list(a)] = True
            free_en[list(b)] = True
    out = np.zeros(len(steps), bool)
    for c, (s, k) in enumerate(zip(steps.tolist(), nodes.tolist(), strict=True)):
        a, b = STEPS[s]
        i, j = int(band.i[k]), int(band.j[k])
        if a and b:
            groups = {*group_zh[i - a : i].tolist(), *group_en[j - b : j].tolist()}
            out[c] = (s, k) in exact or (len(groups) == 1 and free_zh[i - 1])
        else:
            out[c] = free_zh[i - 1] if a else free_en[j - 1]
    return out


@njit(inline="always")  # type: ignore[untyped-decorator]
def _plus(a, b):  # type: ignore[no-untyped-def]
    """log(exp(a) + exp(b))"""
    if b > a:
        a, b = b, a
    return a if b == -np.inf else a + np.log1p(np.exp(b - a))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _forward_backward(scores, steps, nodes, before, size, gains):  # type: ignore[no-untyped-def]
    """(probability of each cell, log of the summed weight of all cuttings, expected uses of each transition).

    Cells are sorted by the node they end in. Sums are kept by the kind of the last step: a bead, a Chinese null, an
    English null; ``gains[step, kind]`` is what a null step gains after each kind. See pipeline/alignment/lattice.py.
    """
    f = np.full((size, 3), -np.inf)
    any_kind = np.full(size, -np.inf)
    f[0, 0] = any_kind[0] = 0.0
    cells = len(nodes)
    for c in range(cells):
        node, p, s = nodes[c], before[c], steps[c]
        if s > 1:
            f[node, 0] = _plus(f[node, 0], any_kind[p] + scores[c])
        else:
            for kind in range(3):
                f[node, 1 + s] = _plus(f[node, 1 + s], f[p, kind] + gains[s, kind] + scores[c])
        if c == cells - 1 or nodes[c + 1] != node:
            any_kind[node] = _plus(_plus(f[node, 0], f[node, 1]), f[node, 2])
    total = any_kind[size - 1]
    b = np.full((size, 3), -np.inf)
    b[size - 1, :] = 0.0
    out = np.zeros(cells)
    used = np.zeros((2, 3))
    if total == -np.inf:
        return out, total, used
    for c in range(cells - 1, -1, -1):
        node, p, s = nodes[c], before[c], steps[c]
        if s > 1:
            value = b[node, 0] + scores[c]
            out[c] = np.exp(any_kind[p] + value - total)
            for kind in range(3):
                b[p, kind] = _plus(b[p, kind], value)
        else:
            for kind in range(3):
                value = b[node, 1 + s] + scores[c] + gains[s, kind]
                chance = np.exp(f[p, kind] + value - total)
                out[c] += chance
                used[s, kind] += chance
                b[p, kind] = _plus(b[p, kind], value)
    return out, total, used


def chances(sample: Sample, cell_scores: Any, transitions: Any) -> tuple[Any, float, Any]:
    """(probability of each cell, log of the summed weight of all cuttings, expected uses of each transition)."""
    gains = np.zeros((2, 3))
    for weight, (last, step) in zip(transitions, TRANSITIONS.values(), strict=True):
        gains[step, 1 + last] = weight
    out, total, used = _forward_backward(
        cell_scores, sample.steps, sample.nodes, sample.before, len(sample.band.i), gains
    )
    return out, total, np.array([used[step, 1 + last] for last, step in TRANSITIONS.values()])


def only_gold(sample: Sample) -> Sample:
    keep = sample.gold
    return sample._replace(
        steps=sample.steps[keep], nodes=sample.nodes[keep], before=sample.before[keep], x=sample.x[keep],
        gold=sample.gold[keep],
    )  # fmt: skip


def fit(samples: Sequence[Sample], count: int) -> Any:
    """Weights of ``count`` features, then of the transitions."""
    samples = [s for s in samples if s.weight]
    golds = [only_gold(s) for s in samples]
    scale = np.sqrt(
        sum(s.weight * (s.x[:, :count].astype(np.float64) ** 2).sum(axis=0) for s in golds)
        / sum(s.weight * len(s.x) for s in golds)
    )
    scale = np.append(np.maximum(scale, 0.05), np.full(len(TRANSITIONS), TRANSITION_SCALE))

    def loss(w: Any) -> tuple[float, Any]:
        real = w / scale
        value = PENALTY / 2 * float(w @ w)
        gradient = np.zeros(len(scale))
        for s, gold in zip(samples, golds, strict=True):
            cell_scores = (s.x[:, :count] @ real[:count].astype(np.float32)).astype(np.float64)
            p, total, used = chances(s, cell_scores, real[count:])
            q, wanted, wanted_uses = chances(gold, cell_scores[s.gold], real[count:])
            value += s.weight * (total - wanted)
            p[s.gold] -= q
            gradient[:count] += s.weight * (p.astype(np.float32) @ s.x[:, :count])
            gradient[count:] += s.weight * (used - wanted_uses)
        return value, gradient / scale + PENALTY * w

    found = minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B",
                     options={"maxiter": MAX_STEPS, "ftol": 1e-7, "maxcor": 20})  # fmt: skip
    return found.x / scale


def prune(sample: Sample, weights: Any) -> Sample:
    """Without the cells that a rough model, flattened, finds hopeless: most of them, and fits are as much faster."""
    count = len(weights) - len(TRANSITIONS)
    rough = (sample.x[:, :count] @ (0.5 * weights[:count]).astype(np.float32)).astype(np.float64)
    keep = (chances(sample, rough, 0.5 * weights[count:])[0] > HOPELESS) | sample.gold
    return sample._replace(
        steps=sample.steps[keep],
        nodes=sample.nodes[keep],
        before=sample.before[keep],
        x=np.ascontiguousarray(sample.x[keep, :count]),
        gold=sample.gold[keep],
    )


def snippets(pair: Pair, size: int) -> list[Pair]:
    """Short texts: every tenth run of ``size`` beads that holds both languages."""
    out = []
    for k in range(0, len(pair.gold) - size, 10 * size):
        part = pair.gold[k : k + size]
        zh, en = [i for a, _ in part for i in a], [j for _, b in part for j in b]
        if zh and en:
            gold = [(tuple(i - zh[0] for i in a), tuple(j - en[0] for j in b)) for a, b in part]
            out.append(Pair(f"{pair.id}/{k}", pair.zh[zh[0] : zh[-1] + 1], pair.en[en[0] : en[-1] + 1], gold))
    return out


def training_pairs(novels: Sequence[Pair], others: Sequence[Pair]) -> list[tuple[Pair, float]]:
    """(text, weight): clean, noised in four manners, mismatched, and scraps of a bead or three, matched and mismatched."""
    out = []
    for k, pair in enumerate(novels):
        rest = [p for p in (*novels, *others) if p.id != pair.id]
        zh = [s for p in rest for s in p.zh]
        en = [s for p in rest for s in p.en]
        out.append((pair, 1.0))
        out.append((with_noise(pair, zh, en, 1, split=False), 0.5))
        out.append((with_noise(pair, zh, en, 2, rate=0.03, longest=25, split=False), 0.3))
        out += [(with_noise(pair, zh, en, seed), 0.3) for seed in (3, 4)]
        other = novels[(k + 1) % len(novels)]
        out.append((unrelated(pair, other), 0.1))
        for size in (1, 3):
            mine, strange = snippets(pair, size)[::2], snippets(other, size)[::2]
            out += [(s, 1.0) for s in mine]
            out += [(unrelated(s, t), 1.0) for s, t in zip(mine, strange, strict=False)]
    out += [(pair, CTK_WEIGHT) for pair in others]
    return out


def tests_for(held: Pair, novels: Sequence[Pair], others: Sequence[Pair]) -> list[tuple[str, Pair]]:
    """(kind, text): what the model that has not seen ``held`` is tried on."""
    if held in others:
        near = others[(others.index(held) + 2) % len(others)]  # not the other session of one parliament
        return [("ctk", held), ("unrelated", unrelated(held, near)), *(("short", s) for s in snippets(held, 3))]
    rest = [p for p in novels if p.id != held.id]
    zh, en = [s for p in rest for s in p.zh], [s for p in rest for s in p.en]
    near = rest[novels.index(held) % len(rest)]
    out = [
        ("clean", held),
        ("noise", with_noise(held, zh, en, 7)),
        ("noise-between", with_noise(held, zh, en, 8, split=False)),
        *(("unrelated", unrelated(held, p)) for p in (*rest, others[0])),
    ]
    for size in (1, 3, 8):
        mine, strange = snippets(held, size), snippets(near, size)
        out += [("short", s) for s in mine]
        out += [("unrelated", unrelated(s, t)) for s, t in zip(mine, strange, strict=False)]
    return out


class Judged(NamedTuple):
    kind: str
    pair: Pair
    held: str  # id of the text that the model had not seen
    found: list[Found]
    evidence: Any  # (beads, len(EVIDENCE))
    right: Any  # (beads,)


def leave_one_out(
    novels: Sequence[Pair], others: Sequence[Pair], samples: Sequence[Sample], names: list[str], encoder: Encoder
) -> list[Judged]:
    out = []
    for held in (*novels, *others):
        fitted = fit([s for s in samples if held.id not in s.pair.id], len(names))
        weights = dict(zip((*names, *TRANSITIONS), fitted.tolist(), strict=True))
        for kind, pair in tests_for(held, novels, others):
            texts = describe(pair.zh, pair.en, encoder)
            found = beads.cut(texts, encoder, beads.first_path(texts, encoder), weights)
            gold = {(a, b) for a, b in pair.gold if a and b}
            right = np.array([(f.zh, f.en) in gold for f in found], bool)
            out.append(Judged(kind, pair, held.id, found, evidence(found, texts), right))
        print(f"{held.id} left out: {_f1([j for j in out if j.pair == held]):.3f}", flush=True)
    return out


def _f1(judged: Sequence[Judged]) -> float:
    return score([[(f.zh, f.en) for f in j.found] for j in judged], [j.pair.gold for j in judged]).f1


def fit_gate(judged: Sequence[Judged]) -> dict[str, float]:
    """Logistic regression: is a bead right, given its probability and how alike its surroundings are?"""
    x = np.concatenate([j.evidence for j in judged])
    x = np.column_stack([x, np.ones(len(x))]).astype(np.float64)
    y = np.concatenate([j.right for j in judged]).astype(np.float64)

    def loss(w: Any) -> tuple[float, Any]:
        z = x @ w
        p = 1 / (1 + np.exp(-z))
        return float((np.logaddexp(0, z) - y * z).sum() + 0.5 * w @ w), x.T @ (p - y) + w

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return {name: round(float(w), 4) for name, w in zip((*EVIDENCE, "bias"), found.x, strict=True)}


def scores(judged: Sequence[Judged], kind: str) -> list[Any]:
    """The score of each bead, by a gate that was fitted without the text it is from."""
    gates = {held: fit_gate([j for j in judged if j.held != held]) for held in {j.held for j in judged}}
    return [judge(j.evidence, gates[j.held], kind) for j in judged]


def report(judged: Sequence[Judged], kind: str) -> None:
    """Table of strict and lax scores by kind of text and least score, and of how often a score is right."""
    found_scores = scores(judged, kind)
    print("| text | least score | strict P | R | F1 | lax F1 | beads |\n|---|---|---|---|---|---|---|")
    for text in dict.fromkeys(j.kind for j in judged):
        for least in (0.0, 0.2, 0.3, MIN_SCORE, 0.5, 0.7, 0.9):
            mine = [(j, p) for j, p in zip(judged, found_scores, strict=True) if j.kind == text]
            kept = [[bead[:2] for bead, q in zip(j.found, p, strict=True) if q >= least] for j, p in mine]
            s = score(kept, [j.pair.gold for j, _ in mine])
            print(
                f"| {text} | {least} | {s.precision:.4f} | {s.recall:.4f} | {s.f1:.4f} | {s.lax_f1:.4f} | {sum(map(len, kept))} |"
            )
    p, right = np.concatenate(found_scores), np.concatenate([j.right for j in judged])
    print("| score | beads | right |\n|---|---|---|")
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.97), (0.97, 1.01)):
        here = (p >= low) & (p < high)
        print(f"| {low}-{min(high, 1.0)} | {here.sum()} | {right[here].mean() if here.any() else 0:.3f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", choices=("vectors", "dictionary"), default="vectors")
    parser.add_argument("-o", "--output", type=Path, help="weight file; the other encoder's entry in it is kept")
    args = parser.parse_args()
    encoder: Encoder = load_encoder() if args.encoder == "vectors" else DictionaryEncoder()
    novels, others = load(args.data, "mac_dev"), load(args.data, "ctk")
    names: list[str] = []
    first = [prepare(pair, 1.0, encoder, names) for pair in (*others, novels[0])]
    rough = fit(first[:-1], len(names))
    samples = [prune(prepare(pair, weight, encoder, names), rough) for pair, weight in training_pairs(novels, others)]
    fitted = fit(samples, len(names))
    print(f"{len(samples)} texts, {len(names)} features")
    judged = leave_one_out(novels, others, samples, names, encoder)
    gate = fit_gate(judged)
    report(judged, encoder.kind)
    if args.output:
        table = json.loads(args.output.read_text(encoding="utf-8")) if args.output.exists() else {}
        found = {name: round(float(w), 4) for name, w in sorted(zip((*names, *TRANSITIONS), fitted, strict=True))}
        table[encoder.kind] = {"beads": found, "gate": gate}
        args.output.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
