"""One HTML file of the worst pages, the gold label of each line beside ours: for looking at failures."""

from __future__ import annotations

import html
from pathlib import Path

import numpy as np
from lines_data import GROUPS, Row
from lines_scores import page_scores

_STYLE = """
body{font:14px/1.5 sans-serif;margin:2em;max-width:70em} .l{white-space:pre-wrap;border-left:6px solid #fff;padding-left:.5em}
.kk{background:#e6f4e6;border-color:#2a2} .kd{background:#fde0e0;border-color:#c00} .dk{background:#fff0cc;border-color:#e90}
.dd{color:#999} summary{cursor:pointer;font-weight:bold} .s{color:#666;font-size:12px}
"""
_LEGEND = (
    "<p><span class='l kk'>kept, rightly</span> <span class='l kd'>lost: gold keeps it</span> "
    "<span class='l dk'>left in: gold drops it</span> <span class='l dd'>dropped, rightly</span></p>"
)


def write_view(path: Path, rows: list[Row], kept: list[np.ndarray], noisy: set[str], most: int = 25) -> None:
    """Write the ``most`` worst pages of each group, long agreements folded to one line."""
    parts = [f"<!doctype html><meta charset=utf-8><title>worst pages</title><style>{_STYLE}</style>{_LEGEND}"]
    for group in GROUPS:
        scored = [(page_scores(row, k)[2], row, k) for row, k in zip(rows, kept, strict=False) if row.group == group]
        if not scored:
            continue
        parts.append(f"<h2>{group}</h2>")
        for f, row, k in sorted(scored, key=lambda s: s[0])[:most]:
            note = " (gold known to be wrong)" if row.name in noisy else ""
            parts.append(f"<details><summary>{f:.3f} {html.escape(row.name)} {html.escape(row.domain)}{note}</summary>")
            parts += _lines(row, k)
            parts.append("</details>")
    path.write_text("\n".join(parts), encoding="utf-8")


def _lines(row: Row, kept: np.ndarray) -> list[str]:
    out: list[str] = []
    run = 0
    for line, label, keep in zip(row.lines, row.labels, kept, strict=False):
        kind = ("k" if label == 1 else "d") + ("k" if keep else "d")
        if kind == "dd":
            run += 1
            if run > 3:
                continue
        else:
            if run > 3:
                out.append(f"<div class='s'>… {run - 3} more lines dropped rightly</div>")
            run = 0
        out.append(f"<div class='l {kind}'>{html.escape(line[:400])}</div>")
    return out
