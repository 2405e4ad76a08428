"""Quality on HTML pages: the kept text beside gold text, for this project and its peers in the same run.

    python benchmarks/html_pages.py --data DIR [--every N] [--cv] [--peers none|installed]

Tokens are single CJK characters and runs of Latin letters or digits, lower case. Per page, multisets of 4-gram
shingles of output and gold give precision and recall; both are averaged over the pages of a group, and F1 is that of
the averages (the metric of article-extraction-benchmark). ``DIR/html/<set>/`` holds ``index.jsonl``, ``<id>.html`` and
``<id>.txt``; ``DIR/wechat/`` the pages by kind with ``kinds.jsonl``.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import json
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W_\u3040-\u9fff]+")
MARK = re.compile(r"</?p>")
GROUPS = ("zh articles", "en articles", "mixed page types", "wechat", "zh forum", "en forum", "other languages")


class Page(NamedTuple):
    group: str
    name: str
    data: bytes
    gold: str
    url: str


def pages(data: Path, every: int) -> Iterator[Page]:
    """Labelled pages with their group; ``every`` n-th of each set."""
    for index in sorted((data / "html").glob("*/index.jsonl")):
        folder = index.parent
        rows = [json.loads(line) for line in index.open(encoding="utf-8")]
        for row in rows[::every]:
            name = row["id"]
            if not (folder / f"{name}.html").exists():
                continue
            gold = MARK.sub("", (folder / f"{name}.txt").read_text(encoding="utf-8"))
            html = (folder / f"{name}.html").read_bytes()
            yield Page(group(folder.name, row["lang"]), f"{folder.name}/{name}", html, gold, row["url"] or name)


def group(folder: str, lang: str) -> str:
    if folder == "wechat_silver":
        return "wechat"
    if folder == "wcxb_dev":
        return "mixed page types"
    if lang not in ("zh", "en"):
        return "other languages"
    return f"{lang} forum" if "forum" in folder else f"{lang} articles"


def shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = TOKEN.findall(text.lower())
    return Counter([tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3))])


def scores(output: str, gold: Counter[tuple[str, ...]]) -> tuple[float, float]:
    """Precision and recall; an empty output has precision 0 where the gold text is not empty."""
    found = shingles(output)
    common = (found & gold).total()
    return common / max(1, found.total()), common / max(1, gold.total())


def ours(data: bytes) -> str:
    from pipeline.stages import clean

    doc = clean(data)
    return "" if doc.rejected else doc.text


def all_visible(data: bytes) -> str:
    from pipeline.stages import readable

    return readable(data).text


def tools() -> dict[str, Callable[[bytes], str]]:
    """This project, and each peer that can be imported."""
    found: dict[str, Callable[[bytes], str]] = {"**qingwen**": ours, "qingwen, all visible lines": all_visible}
    for make in (_trafilatura, _resiliparse, _readability, _justext, _boilerpy, _newspaper, _gne, _magic, _turbohtml):
        try:
            found |= make()
        except ImportError as error:
            print(f"not installed: {error.name}", file=sys.stderr)
    return found


def _trafilatura() -> dict[str, Callable[[bytes], str]]:
    from trafilatura import extract

    def run(**options: bool) -> Callable[[bytes], str]:
        return lambda data: extract(data.decode(errors="replace"), include_comments=False, **options) or ""

    name = f"trafilatura {importlib.metadata.version('trafilatura')}"
    return {
        f"{name}, default": run(),
        f"{name}, precision": run(favor_precision=True),
        f"{name}, recall": run(favor_recall=True),
        f"{name}, fast": run(fast=True),
    }


def _resiliparse() -> dict[str, Callable[[bytes], str]]:
    from resiliparse.extract.html2text import extract_plain_text

    name = f"resiliparse {importlib.metadata.version('Resiliparse')}, main content"
    return {name: lambda data: str(extract_plain_text(data.decode(errors="replace"), main_content=True))}


def _readability() -> dict[str, Callable[[bytes], str]]:
    import lxml.html
    from readability import Document

    def run(data: bytes) -> str:
        page = Document(data.decode(errors="replace"))
        return page.short_title() + "\n" + str(lxml.html.fromstring(page.summary()).text_content())

    return {f"readability-lxml {importlib.metadata.version('readability-lxml')}": run}


def _justext() -> dict[str, Callable[[bytes], str]]:
    import justext

    english = justext.get_stoplist("English")

    def run(data: bytes) -> str:
        text = data.decode(errors="replace")
        if len(re.findall(r"[\u4e00-\u9fff]", text)) > 500:  # its lengths scaled for Chinese; the defaults score .55
            found = justext.justext(text, frozenset(), 20, 60, 0, 0)
        else:
            found = justext.justext(text, english)
        return "\n".join([paragraph.text for paragraph in found if not paragraph.is_boilerplate])

    return {f"jusText {importlib.metadata.version('jusText')}, scaled for Chinese": run}


def _boilerpy() -> dict[str, Callable[[bytes], str]]:
    from boilerpy3.extractors import ArticleExtractor

    extractor = ArticleExtractor(raise_on_failure=False)
    name = f"boilerpy3 {importlib.metadata.version('boilerpy3')}"
    return {name: lambda data: str(extractor.get_content(data.decode(errors="replace")))}


def _newspaper() -> dict[str, Callable[[bytes], str]]:
    import newspaper

    def run(data: bytes) -> str:
        page = newspaper.Article("http://example.org/", fetch_images=False)
        page.download(input_html=data.decode(errors="replace"))
        page.parse()
        return f"{page.title}\n{page.text}"

    return {f"newspaper4k {importlib.metadata.version('newspaper4k')}": run}


def _gne() -> dict[str, Callable[[bytes], str]]:
    from gne import GeneralNewsExtractor

    def run(data: bytes) -> str:
        found = GeneralNewsExtractor().extract(data.decode(errors="replace"))
        return f"{found['title']}\n{found['content']}"

    return {f"gne {importlib.metadata.version('gne')}": run}


def _magic() -> dict[str, Callable[[bytes], str]]:
    import lxml.html
    from magic_html import GeneralExtractor

    extractor = GeneralExtractor()

    def run(data: bytes) -> str:
        found = extractor.extract(data.decode(errors="replace"), base_url="http://example.org/")
        return str(lxml.html.fromstring(found["html"]).text_content()) if found.get("html") else ""

    return {"magic-html": run}


def _turbohtml() -> dict[str, Callable[[bytes], str]]:
    import turbohtml

    name = f"turbohtml {importlib.metadata.version('turbohtml')}, main_text"
    return {name: lambda data: str(turbohtml.parse(data.decode(errors="replace")).main_text() or "")}


def unseen(data: Path, found: list[Page]) -> list[str]:
    """Texts by five line models, each trained without the pages of the domains it judges."""
    import tempfile

    from lines_data import FOLDS, Row, domain_of
    from train_lines import arrays, cross_validated, write

    from pipeline.stages.strip import model

    first, second, _, names = cross_validated(data, score=False)
    texts = [""] * len(found)
    shipped = model.WEIGHTS
    with tempfile.TemporaryDirectory() as folder:
        for fold in range(FOLDS):
            model.WEIGHTS = Path(folder) / f"{fold}.npz"
            write(
                model.WEIGHTS, arrays(first.fit(fold), names[0], "first") | arrays(second.fit(fold), names[1], "second")
            )
            model.load.cache_clear()
            for index, page in enumerate(found):
                name = page.name.partition("/")[2]
                domain = f"wechat:{name}" if page.group == "wechat" else domain_of(page.url)
                if Row(page.name, "", "", domain, "", [], []).fold == fold:
                    texts[index] = ours(page.data)
    model.WEIGHTS = shipped
    model.load.cache_clear()
    return texts


def quality(data: Path, every: int, peers: bool, cv: bool) -> None:
    """Print the table of quality."""
    found = list(pages(data, every))
    gold = [shingles(page.gold) for page in found]
    counts = Counter([page.group for page in found])
    shown = [name for name in GROUPS if counts[name]]
    print("| tool | " + " | ".join([f"{name} ({counts[name]})" for name in shown]) + " | failed |")
    print("|---|" + "---|" * (len(shown) + 1))
    results: dict[str, list[tuple[float, float]]]
    if cv:
        results = {name: [] for name in shown}
        for page, reference, text in zip(found, gold, unseen(data, found), strict=True):
            results[page.group].append(scores(text, reference))
        print(
            "| **qingwen**, domains it has not seen | " + " | ".join([cell(results[name]) for name in shown]) + " | 0 |"
        )
    for tool, run in tools().items():
        if not peers and "qingwen" not in tool:
            continue
        results = {name: [] for name in shown}
        failed = 0
        started = time.process_time()
        for page, reference in zip(found, gold, strict=True):
            try:
                output = run(page.data)
            except Exception:  # a peer may raise anything; the page counts as lost
                output = ""
                failed += 1
            results[page.group].append(scores(output, reference))
        cells = [cell(results[name]) for name in shown]
        print(f"| {tool} | " + " | ".join(cells) + f" | {failed} |", flush=True)
        print(f"{tool}: {time.process_time() - started:.0f} s CPU", file=sys.stderr)


def cell(rows: list[tuple[float, float]]) -> str:
    precision = sum([row[0] for row in rows]) / len(rows)
    recall = sum([row[1] for row in rows]) / len(rows)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"{f1:.3f} ({precision:.3f} / {recall:.3f})"


def laws(data: Path, every: int) -> None:
    """Print whether every kept character decodes from its bytes, and how many found no place."""
    from pipeline.stages import readable

    checked = broken = unlocated = 0
    for page in pages(data, every):
        doc = readable(page.data)
        places = doc.byte_offsets([place for _, source, size in doc.blocks for place in (source, source + size)])
        for text, source, size in doc.blocks:
            kept = page.data[places[source] : places[source + size]].decode(doc.encoding)
            broken += kept != doc.text[text : text + size]
        checked += 1
        unlocated += int(doc.metadata.get("unlocated", 0))
    print(f"\nLaw 1 on {checked} pages: {broken} blocks broken, {unlocated} characters without a place.")


def wechat(data: Path) -> None:
    """Print what becomes of each kind of WeChat page."""
    from pipeline.stages import clean

    print("\n| kind | pages | expected | right | characters, median | rejected as |\n|---|---|---|---|---|---|")
    rows = [json.loads(line) for line in (data / "wechat" / "kinds.jsonl").open(encoding="utf-8")]
    for kind in sorted({row["kind"] for row in rows}):
        of_kind = [row for row in rows if row["kind"] == kind]
        right = 0
        sizes: list[int] = []
        rules: set[str] = set()
        for row in of_kind:
            name = row["file"]
            doc = clean(gzip.decompress((data / "wechat" / name).read_bytes()))
            right += (doc.rejected is None) == (row["expected"] == "article")
            sizes.append(0 if doc.rejected else len(doc.text))
            rules |= {doc.rejected.rule} if doc.rejected else set()
        middle = sorted(sizes)[len(sizes) // 2]
        expected = of_kind[0]["expected"]
        print(f"| {kind} | {len(of_kind)} | {expected} | {right} | {middle} | {' '.join(sorted(rules))} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="only every n-th page of each set")
    parser.add_argument("--cv", action="store_true", help="also with line models that have not seen the page's domain")
    parser.add_argument("--peers", choices=("none", "installed"), default="installed")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    import logging

    logging.disable(logging.CRITICAL)
    quality(options.data, options.every, options.peers == "installed", options.cv)
    laws(options.data, options.every)
    if (options.data / "wechat" / "kinds.jsonl").exists():
        wechat(options.data)


if __name__ == "__main__":
    main()
