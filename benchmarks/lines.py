"""Boilerplate in flattened text: the strip stage beside simple rules and extractors run on lines wrapped in <p>.

    python benchmarks/lines.py --data DIR                 # the model that ships (it was trained on these pages)
    python benchmarks/lines.py --data DIR --opinions FILE            # judged by models that saw no page of the domain
    python benchmarks/lines.py --data DIR --opinions FILE --peers    # and the peers that are installed
    python benchmarks/lines.py --data DIR --opinions FILE --view worst.html
    python benchmarks/lines.py --data DIR --time

FILE comes from ``train_lines.py --cv --opinions FILE``. Each cell: page-macro character F1 / pooled line F1 / pooled keep-recall of characters. Soft lines do not count.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from lines_data import GROUPS, Row, flat_rows, hand_rows, noisy_names, page_rows
from lines_scores import page_scores, table
from view_lines import write_view

from pipeline.stages.strip import judge
from pipeline.stages.strip.page import read_page
from pipeline.stages.strip.windows import max_sum_blocks

NAMES = {
    "zh_art": "Chinese news/articles", "en_art": "English articles", "wcxb": "mixed page types, en",
    "zh_forum": "forum zh", "en_forum": "forum en", "wechat": "WeChat", "hand_zh": "hand zh", "hand_en": "hand en",
    "other": "other languages",
}  # fmt: skip


def ours(row: Row, preset: str = "balanced") -> np.ndarray:
    verdicts = judge(row.lines, row.facts, preset=preset, title=row.title).verdicts
    return np.array([not verdict.drop for verdict in verdicts])


def keep_all(row: Row) -> np.ndarray:
    return np.ones(len(row.lines), bool)


def terminal(row: Row) -> np.ndarray:
    return np.array([line.strip().rstrip("\"'”’」』)）")[-1:] in tuple(".!?。！？…") for line in row.lines])


def block(penalty: float) -> Callable[[Row], np.ndarray]:
    def rule(row: Row) -> np.ndarray:
        units = np.minimum(read_page(row.lines).units, 40.0)
        start, end, _ = max_sum_blocks((units - penalty)[:, None])
        kept = np.zeros(len(units), bool)
        kept[int(start[0]) : int(end[0])] = True
        return kept

    return rule


def wrapped(extract: Callable[[str], str]) -> Callable[[Row], np.ndarray]:
    """An HTML extractor on the lines as paragraphs; a line is kept if the output holds it."""

    def rule(row: Row) -> np.ndarray:
        page = (
            "<html><body>" + "".join(f"<p>{html.escape(line.strip())}</p>\n" for line in row.lines) + "</body></html>"
        )
        try:
            out = extract(page) or ""
        except Exception:  # a peer's failure is a page with nothing kept
            out = ""
        found = {re.sub(r"\s+", "", line) for line in out.split("\n")}
        return np.array([re.sub(r"\s+", "", line) in found for line in row.lines])

    return rule


def peers() -> dict[str, Callable[[Row], np.ndarray]]:
    """The extractors that are installed, each with its version."""
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, Callable[[Row], np.ndarray]] = {}

    def add(package: str, label: str, make: Callable[[], Callable[[str], str]]) -> None:
        try:
            found[f"{label} {version(package)}"] = wrapped(make())
        except (ImportError, PackageNotFoundError):
            print(f"{package} is not installed", file=sys.stderr)

    def trafilatura() -> Callable[[str], str]:
        from trafilatura import extract

        return lambda page: extract(page, fast=True) or ""

    def resiliparse() -> Callable[[str], str]:
        from resiliparse.extract.html2text import extract_plain_text

        return lambda page: extract_plain_text(page, main_content=True)

    def justext() -> Callable[[str], str]:
        import justext as library

        def extract(page: str) -> str:
            paragraphs = library.justext(
                page, frozenset(), length_low=20, length_high=60, stopwords_low=0, stopwords_high=0
            )
            return "\n".join(p.text for p in paragraphs if not p.is_boilerplate)

        return extract

    def boilerpy3() -> Callable[[str], str]:
        from boilerpy3 import extractors

        extractor = extractors.ArticleExtractor()
        return lambda page: str(extractor.get_content(page))

    add("justext", "jusText (20/60)", justext)
    add("boilerpy3", "boilerpy3", boilerpy3)
    add("trafilatura", "trafilatura fast", trafilatura)
    add("resiliparse", "resiliparse main", resiliparse)
    return found


def markdown(rows: list[Row], methods: dict[str, list[np.ndarray]], names: set[str] | None, title: str) -> str:
    groups = [g for g in GROUPS if any(r.group == g and (names is None or r.name in names) for r in rows)]
    scores = {method: table(rows, kept, names) for method, kept in methods.items()}
    some = next(iter(scores.values()))
    lines = [f"**{title}**", "", "| method | " + " | ".join(f"{NAMES[g]} ({some[g][0]})" for g in groups) + " |"]
    lines.append("|---" * (len(groups) + 1) + "|")
    for method, score in scores.items():
        cells = [f"{score[g][3]:.3f} / {score[g][4]:.3f} / {score[g][5]:.3f}" for g in groups]
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def worst(rows: list[Row], kept: list[np.ndarray]) -> str:
    """Share of pages below .7 by group, and precision and recall."""
    lines = ["| set | pages | macro P | macro R | pages < .7 | of them noisy gold |", "|---|---|---|---|---|---|"]
    for group in GROUPS:
        scores = [(page_scores(r, k), r) for r, k in zip(rows, kept, strict=False) if r.group == group]
        if scores:
            below = [r for s, r in scores if s[2] < 0.7]
            p, r = np.mean([s[0] for s, _ in scores]), np.mean([s[1] for s, _ in scores])
            lines.append(
                f"| {NAMES[group]} | {len(scores)} | {p:.3f} | {r:.3f} | {len(below)} | {sum(b.name in NOISY for b in below)} |"
            )
    return "\n".join(lines) + "\n"


NOISY: set[str] = set()


def timing(rows: list[Row]) -> str:
    """CPU time of the whole judgement by 200 lines, beside a yardstick in the same run."""
    from pipeline.stages.strip import model

    started = time.process_time()
    model.load()
    loading = time.process_time() - started
    sample = [row for row in rows if 60 <= len(row.lines) <= 1000][:200]
    for row in sample[:10]:
        judge(row.lines)
    started = time.process_time()
    for row in sample:
        judge(row.lines)
    cost = time.process_time() - started
    started = time.process_time()
    for row in sample:
        for line in row.lines:
            re.findall(r"\w+", line)
    yardstick = time.process_time() - started
    lines = sum(len(row.lines) for row in sample)
    return (
        f"load {loading * 1e3:.0f} ms; judge {cost / lines * 200 * 1e3:.2f} ms for 200 lines "
        f"({cost / yardstick:.1f} x re.findall of the words: {yardstick / lines * 200 * 1e3:.2f} ms)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--opinions", type=Path, help="out-of-fold probabilities written by train_lines.py")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--view", type=Path, help="write a page that shows the worst pages, gold beside ours")
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--html", action="store_true", help="lines of the HTML pages with the tree's facts as well")
    args = parser.parse_args()
    rows = flat_rows(args.data, "resi") + hand_rows(args.data)
    if args.time:
        print(timing(rows))
        return
    NOISY.update(noisy_names(args.data))
    if args.html:
        rows += [page[0] for page in page_rows(args.data)]
    clean = {row.name for row in rows} - NOISY
    if args.opinions:
        from train_lines import unseen

        kept = unseen(args.opinions, rows)
    else:
        kept = {preset: [ours(row, preset) for row in rows] for preset in ("balanced", "precision", "recall")}
    for reader, title in (("flat", "flattened lines"), ("html", "lines of HTML with facts")):
        chosen = [i for i, row in enumerate(rows) if (row.reader == "html") == (reader == "html")]
        if not chosen:
            continue
        part = [rows[i] for i in chosen]
        methods = {f"qingwen, {preset}": [of[i] for i in chosen] for preset, of in kept.items()}
        if reader == "flat":
            methods |= {"keep all": [keep_all(r) for r in part], "terminal punctuation": [terminal(r) for r in part]}
            methods |= {f"max-sum block {p}": [block(p)(r) for r in part] for p in (8, 13, 18)}
            if args.peers:
                methods |= {name: [peer(r) for r in part] for name, peer in peers().items()}
        print(markdown(part, methods, None, f"{title}, all rows"))
        print(markdown(part, methods, clean, f"{title}, without noisy gold"))
        print(worst(part, methods["qingwen, balanced"]))
    if args.view:
        write_view(args.view, rows, kept["balanced"], NOISY)


if __name__ == "__main__":
    main()
