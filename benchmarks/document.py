"""Speed of ``Document.edit``: MB/s at 2.5 edits per kB, and microseconds an edit, beside plain string surgery.

python benchmarks/document.py
"""

from __future__ import annotations

import time

from pipeline.document import Document, Edit

TEXT = "跨境卖家需要了解平台的规则，并且每天检查自己的帐户。 A seller reads the rules of the platform daily.\n" * 25_000


def measure(spacing: int) -> tuple[float, float, float]:
    """Best of five: MB/s of the text in UTF-8, µs an edit, and the ratio to joining the same pieces unrecorded."""
    edits = [Edit(at, at + 1, "x", "bench.edit") for at in range(0, len(TEXT) - 1, spacing)]
    doc = Document.from_source("bench", TEXT)
    recorded = min(_seconds(lambda: doc.edit(edits)) for _ in range(5))
    plain = min(_seconds(lambda: _unrecorded(TEXT, edits)) for _ in range(5))
    size = len(TEXT.encode()) / 1e6
    return size / recorded, recorded / len(edits) * 1e6, recorded / plain


def _unrecorded(text: str, edits: list[Edit]) -> str:
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.new]
        done = edit.end
    return "".join([*pieces, text[done:]])


def _seconds(work: object) -> float:
    start = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - start


if __name__ == "__main__":
    print("| edits per 1,000 bytes | MB/s | µs an edit | × unrecorded |\n|--:|--:|--:|--:|")
    for spacing in (4, 40, 220, 2000):
        speed, cost, ratio = measure(spacing)
        density = len(TEXT) / spacing / len(TEXT.encode()) * 1000
        print(f"| {density:.1f} | {speed:.0f} | {cost:.2f} | {ratio:.1f} |")
