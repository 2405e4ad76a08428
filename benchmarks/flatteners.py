"""The same pages flattened in eight ways: how much does it matter which tool a scraper used?

    python benchmarks/flatteners.py --data DIR [--every N]

Each page of ``DIR/html`` is made into lines by each tool that is installed; the lines are labelled by the page's gold
text (``lines_data.label_lines``), rejoined as the reader of plain text does, and judged. Cells: page-macro character
F1 (precision / recall). The weights that ship were trained on these pages in two of the ways, so the level is
optimistic: compare the rows, not with other tables.
"""

from __future__ import annotations

import argparse
import json
import textwrap
import warnings
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lines_data import group_of, label_lines, mended, text_nodes

from pipeline.stages.strip import judge

Flatten = Callable[[str], list[str]]
GROUPS = {"zh_art": "Chinese articles", "en_art": "English articles", "wcxb": "mixed page types", "other": "other"}
# Columns to which a text browser fills its lines.
COLUMNS = 78


def flatteners() -> dict[str, Flatten]:
    """Name to a function from a page to its lines, for the tools that are installed."""
    found: dict[str, Flatten] = {"a line a text node": text_nodes}
    with suppress(ImportError):
        from resiliparse.extract.html2text import extract_plain_text
        from resiliparse.parse.html import HTMLTree

        found["Resiliparse plain text"] = lambda page: extract_plain_text(
            HTMLTree.parse(page), main_content=False, alt_texts=False
        ).split("\n")
    with suppress(ImportError):
        from bs4 import BeautifulSoup

        found['BeautifulSoup get_text("\\n")'] = lambda page: (
            BeautifulSoup(page, "lxml").get_text("\n", strip=True).split("\n")
        )
        found["BeautifulSoup get_text()"] = lambda page: BeautifulSoup(page, "lxml").get_text().split("\n")
    with suppress(ImportError):
        found["html2text without links"] = lambda page: markdown(page, links=False)
        found["html2text (Markdown with links)"] = lambda page: markdown(page, links=True)
    with suppress(ImportError):
        import inscriptis

        found["inscriptis"] = lambda page: inscriptis.get_text(page).split("\n")
        found[f"inscriptis, filled to {COLUMNS} columns"] = lambda page: [
            part for line in inscriptis.get_text(page).split("\n") for part in textwrap.wrap(line, COLUMNS) or [""]
        ]
    return found


def markdown(page: str, links: bool) -> list[str]:
    import html2text

    writer = html2text.HTML2Text(bodywidth=0)
    writer.ignore_links = writer.ignore_images = not links
    return writer.handle(page).split("\n")


def scores(lines: list[str], gold: str) -> tuple[float, float, float] | None:
    """Character F1, precision and recall of the lines that stay; none if the lines do not hold the gold text."""
    labels, _, found = label_lines(lines, gold)
    if found < 0.8 or not any(labels):
        return None
    both = ours = 0
    for line, label, verdict in zip(lines, labels, judge(lines).verdicts, strict=True):
        if not verdict.drop:
            ours += len(line)
            both += len(line) * label
    theirs = sum(len(line) for line, label in zip(lines, labels, strict=True) if label)
    return 2 * both / (ours + theirs), both / max(ours, 1), both / theirs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds html/")
    parser.add_argument("--every", type=int, default=1, help="only every n-th page of each set")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    tools = flatteners()
    found: dict[str, dict[str, list[tuple[float, float, float]]]] = defaultdict(lambda: defaultdict(list))
    for index in sorted((options.data / "html").glob("*/index.jsonl")):
        rows = [json.loads(line) for line in index.open(encoding="utf-8")]
        for row in rows[:: options.every]:
            group = group_of(index.parent.name, row["lang"])
            path = index.parent / row["id"]
            if group not in GROUPS:
                continue
            page = path.with_suffix(".html").read_text(encoding="utf-8", errors="replace")
            gold = path.with_suffix(".txt").read_text(encoding="utf-8")
            for name, flatten in tools.items():
                lines = [line for line in mended(flatten(page)) if line.strip()]
                if lines and (score := scores(lines, gold)):
                    found[name][group].append(score)
    print("| flattened by | " + " | ".join(GROUPS.values()) + " |\n|---" + "|---" * len(GROUPS) + "|")
    for name in tools:
        cells = []
        for group in GROUPS:
            rows_of = found[name][group]
            means = [sum(row[k] for row in rows_of) / max(len(rows_of), 1) for k in range(3)]
            cells.append(f"{means[0]:.3f} ({means[1]:.3f} / {means[2]:.3f}), {len(rows_of)} pages")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
