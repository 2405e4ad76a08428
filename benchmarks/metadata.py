"""Title and publication date of news pages.

    python benchmarks/metadata.py --data DIR

On the sets whose gold text begins with the headline and whose page names hold the day of the crawl: how often the
title is that headline (but for spaces and punctuation), contains it or is contained in it; and how often the date is
that day or up to two days earlier (news pages are crawled fresh), up to nine, earlier or later, or unknown.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import date
from pathlib import Path

from pipeline import clean

SETS = ("waddle_zh", "waddle_en")
TITLES = ("the headline", "more or less of it", "something else", "no title")
DATES = ("within 2 days", "within 9 days", "further off", "no date")


def letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def title_kind(title: str, headline: str) -> str:
    ours, theirs = letters(title), letters(headline)
    if not ours:
        return "no title"
    if ours == theirs:
        return "the headline"
    return "more or less of it" if ours in theirs or theirs in ours else "something else"


def date_kind(published: str, crawled: str) -> str:
    if not published:
        return "no date"
    day = date(int(crawled[:4]), int(crawled[4:6]), int(crawled[6:8]))
    # A page of the day is dated tomorrow east of the crawler.
    age = (day - date.fromisoformat(published)).days
    return "within 2 days" if -1 <= age <= 2 else "within 9 days" if -1 <= age <= 9 else "further off"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds html/")
    options = parser.parse_args()
    print("| set | pages | " + " | ".join((*TITLES, *DATES)) + " |\n|---" + "|---" * (len(TITLES + DATES) + 1) + "|")
    for name in SETS:
        folder = options.data / "html" / name
        found: Counter[str] = Counter()
        rows = [json.loads(line) for line in (folder / "index.jsonl").open(encoding="utf-8")]
        for row in rows:
            doc = clean((folder / f"{row['id']}.html").read_bytes(), "page.html")
            headline = (folder / f"{row['id']}.txt").read_text(encoding="utf-8").strip().split("\n")[0]
            found[title_kind(str(doc.metadata.get("title", "")), headline)] += 1
            found[date_kind(str(doc.metadata.get("published", "")), row["url"])] += 1
        print(f"| {name} | {len(rows)} | " + " | ".join(str(found[kind]) for kind in (*TITLES, *DATES)) + " |")


if __name__ == "__main__":
    main()
