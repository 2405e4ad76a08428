"""Scores of kept lines against gold lines, by page and by group."""

from __future__ import annotations

import numpy as np
from lines_data import GROUPS, Row


def page_scores(row: Row, kept: np.ndarray) -> tuple[float, float, float, np.ndarray]:
    """Character precision, recall and F1 of one page; and counts (tp, predicted, gold lines; tp, gold characters)."""
    label = np.array(row.labels)
    hard = label >= 0
    chars = np.array([len("".join(line.split())) for line in row.lines])
    k, g = kept & hard, (label == 1)
    tp = chars[k & g].sum()
    p = tp / max(chars[k].sum(), 1) if k.any() else float(not g.any())
    r = tp / max(chars[g].sum(), 1) if g.any() else 1.0
    f = 2 * p * r / (p + r) if p + r else 0.0
    return p, r, f, np.array([(k & g).sum(), k.sum(), g.sum(), tp, chars[g].sum()])


def table(rows: list[Row], kept: list[np.ndarray], names: set[str] | None = None) -> dict[str, tuple]:
    """Group -> (pages, macro character P, R, F1, pooled line F1, pooled keep-recall, share of pages < .7)."""
    out = {}
    for group in GROUPS:
        scores = [
            page_scores(r, k)
            for r, k in zip(rows, kept, strict=False)
            if r.group == group and (names is None or r.name in names)
        ]
        if scores:
            total = np.sum([s[3] for s in scores], axis=0)
            line = 2 * total[0] / max(total[1] + total[2], 1)
            f = np.array([s[2] for s in scores])
            out[group] = (
                len(scores), np.mean([s[0] for s in scores]), np.mean([s[1] for s in scores]), f.mean(), line,
                total[3] / max(total[4], 1), (f < 0.7).mean(),
            )  # fmt: skip
    return out
