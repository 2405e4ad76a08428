"""Labelled lines for training and measuring the line model: rows, groups, domains, folds, crops.

Data folders (``--data DIR``): ``flat`` (lines labelled by program), ``lines`` (by hand), ``html`` (pages with gold
text). Nothing of them is copied; only trained weights go into the package.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from pipeline.document import LineFacts
from pipeline.stages import readable
from pipeline.stages.read.plain import rejoin

FOLDS = 5
GROUPS = ("zh_art", "en_art", "wcxb", "zh_forum", "en_forum", "wechat", "hand_zh", "hand_en", "other")
_SECOND_LEVEL = {"com", "co", "org", "net", "gov", "edu", "ac", "or", "ne", "go"}


@dataclass(frozen=True)
class Row:
    """One page: non-blank lines and a label for each: 1 keep, 0 drop, -1 either (left out of hard scores)."""

    name: str
    group: str
    lang: str
    domain: str
    reader: str  # "resi", "bs4", "hand", "html", with "+crop" … for what was made of one
    lines: list[str]
    labels: list[int]
    ambiguous: frozenset[int] = frozenset()
    facts: tuple[LineFacts, ...] = ()
    title: str = ""
    weight: float = 1.0
    page_type: str = ""
    templates: tuple[float, ...] = field(default=())

    @property
    def fold(self) -> int:
        return int(hashlib.md5(self.domain.encode()).hexdigest(), 16) % FOLDS


def registered_domain(host: str) -> str:
    """``news.example.com.tw`` -> ``example.com.tw``: good enough to keep pages of one site in one fold."""
    parts = host.lower().split(":")[0].strip(".").split(".")
    if len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in _SECOND_LEVEL:
        return ".".join(parts[-3:])
    return ".".join(parts[-2:])


def domain_of(url: str) -> str:
    """The registered domain of a URL, of a corpus name ``date_host_hash``, or the name itself."""
    found = re.search(r"//([^/]+)", url) or re.search(r"(?:^|/)\d{8}_([a-z0-9.-]+)_[0-9a-f]{16}", url)
    return registered_domain(found[1]) if found else url


def group_of(ds: str, lang: str) -> str:
    if ds.startswith("wechat"):
        return "wechat"
    if ds.startswith("wcxb"):
        return "wcxb"
    if lang not in ("zh", "en"):
        return "other"
    return f"{lang}_forum" if "forum" in ds else f"{lang}_art"


def _read(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as handle:
        for line in handle:
            yield json.loads(line)


def flat_rows(data: Path, reader: str) -> list[Row]:
    """The rows of ``flat/*.<reader>.jsonl`` ("resi" or "bs4"), blank lines left out."""
    rows = []
    for path in sorted((data / "flat").glob(f"*.{reader}.jsonl")):
        for r in _read(path):
            group = group_of(r["ds"], r["lang"])
            kept = [
                (i, line, label)
                for i, (line, label) in enumerate(zip(r["lines"], r["labels"], strict=False))
                if line.strip()
            ]
            place = {i: k for k, (i, _, _) in enumerate(kept)}
            domain = f"wechat:{r['id']}" if group == "wechat" else domain_of(r["url"])
            rows.append(
                Row(
                    f"{r['ds']}/{r['id']}",
                    group,
                    r["lang"],
                    domain,
                    reader,
                    [line for _, line, _ in kept],
                    [label for _, _, label in kept],
                    frozenset(place[i] for i in r["ambiguous"] if i in place),
                    page_type=r.get("page_type") or "",
                )
            )
    return rows


def hand_rows(data: Path, name: str = "gold_lines") -> list[Row]:
    """The rows labelled by hand; the source repository counts as the domain where there is no site."""
    rows = []
    for r in _read(data / "lines" / f"{name}.jsonl"):
        lines = [line for line in r["lines"] if line["text"].strip()]
        source = r["source"] or ""
        domain = domain_of(source)
        if domain == source:
            domain = re.sub(r"^github:", "", source).split(" ")[0] or r["id"]
        rows.append(
            Row(
                f"hand/{r.get('id', source)}",
                f"hand_{r['lang']}",
                r["lang"],
                domain,
                "hand",
                [line["text"] for line in lines],
                [-1 if line.get("soft") else int(line["label"] == "keep") for line in lines],
            )
        )
    return rows


def noisy_names(data: Path) -> set[str]:
    """Names of rows whose gold is known to be wrong (``flat/noisy_gold.json``)."""
    notes = json.loads((data / "flat" / "noisy_gold.json").read_text(encoding="utf-8"))
    return {r["key"] for r in notes["rows"] if r["exclude"]}


def crop(row: Row, seed: str) -> Row:
    """The page as files like the samples have it: 0 to 20 lines of chrome left on either side of the body."""
    rng = random.Random(f"{row.name}{seed}")
    kept = [i for i, label in enumerate(row.labels) if label == 1]
    if not kept:
        return row
    low = max(0, kept[0] - rng.choice((0, 0, 1, 2, 3, 5, 8, 13, 20)))
    high = min(len(row.lines), kept[-1] + 1 + rng.choice((0, 0, 1, 2, 3, 5, 8, 13, 20)))
    return cut(row, low, high, "+crop")


def cut(row: Row, low: int, high: int, mark: str) -> Row:
    """Lines ``low:high`` of the page."""
    return replace(
        row,
        reader=row.reader + mark,
        lines=row.lines[low:high],
        labels=row.labels[low:high],
        ambiguous=frozenset(i - low for i in row.ambiguous if low <= i < high),
        facts=row.facts[low:high],
        templates=row.templates[low:high],
    )


# Pages with gold text: the reader's lines and a naive flattening, labelled as the flat rows were.

_TOKEN = re.compile(r"[㐀-鿿豈-﫿぀-ヿ]|[^\W_]+")


def text_nodes(html: str) -> list[str]:
    """The page as a naive scraper flattens it: a line for each text node that is not in a script or style."""
    import turbohtml

    out: list[str] = []

    def walk(node: Any) -> None:
        for child in node.children:
            if isinstance(child, turbohtml.Text):
                if child.data.strip():
                    out.extend(part.strip() for part in child.data.split("\n") if part.strip())
            elif getattr(child, "tag", "") not in ("script", "style", "noscript", "template", ""):
                walk(child)

    root = turbohtml.parse(html).root
    if root is not None:
        walk(root)
    return out


def mended(lines: list[str]) -> list[str]:
    """The lines as the reader of plain text hands them on, sentences rejoined."""
    out: list[str] = []
    glue: dict[int, str] = dict(rejoin(lines))
    for i, line in enumerate(lines):
        if i - 1 in glue:
            out[-1] = out[-1].rstrip() + glue[i - 1] + line.strip()
        else:
            out.append(line)
    return out


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def label_lines(lines: list[str], gold: str) -> tuple[list[int], frozenset[int], float]:
    """Labels of lines from the page's gold text, doubtful lines, and the share of the gold's 4-grams that was found.

    A line of six tokens or more is keep when half of its tokens lie in 4-grams of the gold; a shorter one when it
    is a line of the gold, or part of one, and stands within three lines of a kept line. Later copies are drop.
    """
    tokens = _tokens(gold)
    grams = {tuple(tokens[i : i + 4]) for i in range(len(tokens) - 3)}
    gold_lines = {"".join(_tokens(line)) for line in gold.split("\n")}
    flat_gold = " ".join(tokens)
    labels = [0] * len(lines)
    doubtful = set()
    seen: set[str] = set()
    everything = _tokens("\n".join(lines))
    found = grams & {tuple(everything[i : i + 4]) for i in range(len(everything) - 3)}
    short: list[int] = []
    for i, line in enumerate(lines):
        words = _tokens(line)
        if len(words) < 6:
            if words:
                short.append(i)
            continue
        covered = [False] * len(words)
        for k in range(len(words) - 3):
            gram = tuple(words[k : k + 4])
            if gram in grams:
                covered[k : k + 4] = [True] * 4
        share = sum(covered) / len(words)
        if 0.25 <= share <= 0.75:
            doubtful.add(i)
        key = "".join(words)
        if share >= 0.5 and key not in seen:
            seen.add(key)
            labels[i] = 1
    for _ in range(2):
        for i in short:
            near = any(labels[max(0, i - 3) : i]) or any(labels[i + 1 : i + 4])
            words = _tokens(lines[i])
            if (
                not labels[i]
                and near
                and ("".join(words) in gold_lines or (len(words) > 2 and " ".join(words) in flat_gold))
            ):
                labels[i] = 1
    return labels, frozenset(doubtful), len(found) / max(len(grams), 1)


def page_rows(data: Path, sets: tuple[str, ...] = ()) -> Iterator[list[Row]]:
    """Each labelled page as the reader gives it, with facts ("html"), a line a text node ("nodes"), and, where that
    still holds the gold text, as BeautifulSoup's ``get_text()`` gives it, with the line breaks of the source ("soup").
    """
    for folder in sorted((data / "html").iterdir()):
        if not folder.is_dir() or (sets and folder.name not in sets):
            continue
        for r in _read(folder / "index.jsonl"):
            gold = (folder / f"{r['id']}.txt").read_text(encoding="utf-8")
            html = (folder / f"{r['id']}.html").read_text(encoding="utf-8", errors="replace")
            group = group_of(folder.name, r["lang"])
            domain = f"wechat:{r['id']}" if group == "wechat" else domain_of(r["url"] or r["id"])
            found = []
            for reader in ("html", "nodes", "soup"):
                if reader == "html":
                    doc = readable(html.encode(), r["id"])
                    solid = [i for i, line in enumerate(doc.lines()) if line.strip()]
                    lines = [doc.lines()[i] for i in solid]
                    facts = [doc.line_facts[i] for i in solid] if doc.line_facts else []
                    title = str(doc.metadata.get("title", ""))
                else:
                    raw = (
                        text_nodes(html)
                        if reader == "nodes"
                        else BeautifulSoup(html, "html.parser").get_text().split("\n")
                    )
                    lines, facts, title = [line for line in mended(raw) if line.strip()], [], ""
                if not lines:
                    break
                labels, doubtful, recall = label_lines(lines, gold)
                if recall < 0.8:
                    break
                found.append(
                    Row(
                        f"{folder.name}/{r['id']}", group, r["lang"], domain, reader, lines, labels, doubtful,
                        tuple(facts), title, page_type=r.get("page_type") or "",
                    )
                )  # fmt: skip
            if len(found) >= 2:
                yield found


def shorten(row: Row, seed: str) -> Row:
    """The page with a body of one to four lines: flash news in all the chrome of a long article."""
    rng = random.Random(f"{row.name}{seed}")
    kept = [i for i, label in enumerate(row.labels) if label == 1]
    most = rng.choice((2, 2, 3, 4, 5))
    if len(kept) < most + 3:
        return row
    gone = range(kept[most], kept[-1] + 1)
    stay = [i for i in range(len(row.lines)) if i not in gone]
    place = {i: k for k, i in enumerate(stay)}
    return replace(
        row,
        reader=row.reader + "+short",
        lines=[row.lines[i] for i in stay],
        labels=[row.labels[i] for i in stay],
        ambiguous=frozenset(place[i] for i in row.ambiguous if i in place),
        facts=tuple(row.facts[i] for i in stay) if row.facts else (),
    )


def transplant(row: Row, donor: Row, seed: str) -> Row:
    """The body of one page in the chrome of another; of half of the bodies only the title and one to three lines.

    A page's own body and chrome always come together, and a model may learn the pair. Nothing but what a line says
    and how it stands to the others tells them apart here.
    """
    rng = random.Random(f"{row.name}{donor.name}{seed}")
    kept = [i for i, label in enumerate(row.labels) if label == 1]
    hole = [i for i, label in enumerate(donor.labels) if label == 1]
    body = list(range(kept[0], kept[-1] + 1))
    most = rng.choice((2, 2, 3, 4))
    if rng.random() < 0.5 and len(kept) > most:
        body = kept[:most]
    head, tail = range(hole[0]), range(hole[-1] + 1, len(donor.lines))
    place = {i: k + len(head) for k, i in enumerate(body)}
    own = frozenset(place[i] for i in row.ambiguous if i in place)
    after = len(head) + len(body) - (hole[-1] + 1)
    return replace(
        row,
        reader=row.reader + "+transplant",
        lines=[donor.lines[i] for i in head] + [row.lines[i] for i in body] + [donor.lines[i] for i in tail],
        labels=[0] * len(head) + [row.labels[i] for i in body] + [0] * len(tail),
        ambiguous=own | {i for i in donor.ambiguous if i in head} | {i + after for i in donor.ambiguous if i in tail},
        facts=(),
    )


def transplants(rows: list[Row], seed: str) -> list[Row]:
    """Each page's body in the chrome of a page of another site: of the same language, and of the same fold."""
    shelves: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        if 1 in row.labels:
            shelves.setdefault((row.lang, row.fold), []).append(row)
    out = []
    for row in rows:
        others = [donor for donor in shelves.get((row.lang, row.fold), ()) if donor.domain != row.domain]
        if others and 1 in row.labels:
            out.append(transplant(row, random.Random(f"{row.name}{seed}").choice(others), seed))
    return out


# Files that are mostly body: labelled by position and wording, not by hand. A file keeps all but its byline, the
# lines whose wording a rule knows, and what follows the first heading of a tail in its second half.
_TAIL = re.compile(
    r"^[\W_]*(?:往期|推荐阅读|阅读推荐|相关阅读|精彩推荐|推荐|关于我们|end\b|扫码|扫描|关注|长按|点击|点个?赞|在看|点在看|球|分享|转载|转自|原文链接|原文来源|原文地址|文章来源|来源|编辑|责编|"
    r"责任编辑|投稿|联系|免责|声明|版权|知识星球|上一[篇条页个]|下一[篇条页个]|关键词|标签|阅读原文|热门|本文链接|previous|next|related|comments|share|tags|categories|leave a|posted)",
    re.IGNORECASE,
)
_CHAT_BYLINE = re.compile(r"^.{2,50}\s(?:19|20)\d\d-\d\d-\d\d \d\d:\d\d$|^原创 |^=+$|^在小说阅读器")


def clean_rows(data: Path) -> list[Row]:
    """Rows made of the unlabelled files that are mostly body: chats, articles, crawled texts."""
    from pipeline.stages.strip.page import read_page
    from pipeline.stages.strip.wording import match

    rows = []
    for folder, host in (
        ("wxvuln", "zxarj/wxvuln"),
        ("公众号文章", "victorjzq/gongzhonghao-i18n"),
        ("cc_zh", ""),
        ("cc_en", ""),
    ):
        for path in sorted((data / "raw" / folder).rglob("*.txt")):
            lines = [line for line in path.read_text(encoding="utf-8", errors="replace").split("\n") if line.strip()]
            if not 5 <= len(lines) <= 400:
                continue
            page = read_page(lines)
            units = page.units.tolist()
            rules = match(page.lines, units)
            labels = [1] * len(lines)
            doubtful = set()
            tail = len(lines)
            for i in range(len(lines) // 2, len(lines)):
                if i >= 3 and units[i] <= 14 and _TAIL.match(page.lines[i]):
                    tail = i
                    break
            for i, line in enumerate(page.lines):
                if i >= tail:
                    labels[i] = 0
                    if units[i] > 25:
                        doubtful.add(i)
                elif (i in rules and rules[i].id != "strip.symbols") or (i < 5 and _CHAT_BYLINE.match(line)):
                    labels[i] = 0
                elif page.markers[i].sum() > 0.3 * len(line) or (page.markers[i].sum() and units[i] < 10):
                    doubtful.add(i)
            if not any(labels):
                continue
            domain = host or path.parent.name
            lang = "en" if folder == "cc_en" else "zh"
            name = f"{folder}/{path.stem}"
            rows.append(
                Row(
                    name,
                    "clean",
                    lang,
                    host if host else registered_domain(domain),
                    "clean",
                    lines,
                    labels,
                    frozenset(doubtful),
                )
            )
    return rows
