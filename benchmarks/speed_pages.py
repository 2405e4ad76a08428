"""CPU time on HTML pages, beside peers and bare parses in the same run.

    python benchmarks/speed_pages.py --data DIR [--every N] [--peers none|installed]

Milliseconds of CPU a page in one process: the best of three runs of each page, then median, 90th percentile and mean
over the pages, and the median of the page-by-page ratios to a bare parse by turbohtml and to trafilatura fast. "qingwen"
is everything that ``run`` does with a page but writing it: all stages, the record, the ledger of changes with byte
offsets, the sentences. Its peak resident memory is that of a process of its own.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import logging
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from html_pages import ours, pages, tools

Run = Callable[[bytes], object]
# Tools timed on pages of several megabytes too.
_LARGE = ("qingwen", "bare parse", "trafilatura", "resiliparse", "gne")
STAGES = ("decode", "read", "unmangle", "detect", "repair", "strip", "segment", "records")


def everything(data: bytes) -> object:
    """All stages and all rows of the output."""
    from pipeline.config import Config
    from pipeline.records.write import change_rows, document_id, document_row, sentence_rows
    from pipeline.stages import clean

    forget_lines()
    doc = clean(data, "page.html")
    if doc.rejected:
        return doc
    row = document_row(doc, data, Config().digest())
    return row, list(change_rows(doc, document_id(data))), list(sentence_rows(row))


def forget_lines() -> None:
    """Let `detect` remember no lines of earlier pages and runs: what a page costs is that of the first of its site."""
    import_module("pipeline.stages.detect.detect")._remembered.cache_clear()


def bare() -> dict[str, Run]:
    """Bare parses, and the reader alone."""
    import turbohtml

    from pipeline.stages.decode import decode
    from pipeline.stages.read import read

    found: dict[str, Run] = {
        "turbohtml, bare parse": lambda data: turbohtml.parse(data.decode(errors="replace")),
        "qingwen, decode and read": lambda data: read(decode(data)),
    }
    try:
        from resiliparse.parse.html import HTMLTree

        found["resiliparse, bare parse"] = lambda data: HTMLTree.parse(data.decode(errors="replace"))
    except ImportError:
        pass
    try:
        import lxml.html

        found["lxml, bare parse"] = lambda data: lxml.html.fromstring(data.decode(errors="replace"))
    except ImportError:
        pass
    return found


def timed(chosen: dict[str, Run], samples: list[bytes], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of CPU of each tool for each sample, the best of ``rounds``.

    The tools take turns on each page: the clock of a shared machine goes faster and slower from one minute to the next.
    """
    best = {name: [float("inf")] * len(samples) for name in chosen}
    for _ in range(rounds):
        for index, data in enumerate(samples):
            for name, run in chosen.items():
                gc.collect(0)
                started = time.process_time()
                with suppress(Exception):  # a peer may raise anything; its time counts all the same
                    run(data)
                best[name][index] = min(best[name][index], 1000 * (time.process_time() - started))
    return best


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(title: str, samples: list[bytes], chosen: dict[str, Run], rounds: int = 3) -> None:
    size = sum(map(len, samples))
    print(f"\n{title}: {len(samples)} pages, {size / 1e6:.1f} MB\n")
    print("| tool | median | p90 | mean | MB/s | × bare parse | × trafilatura fast |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    times = timed(chosen, samples, rounds)
    parse = times["turbohtml, bare parse"]
    fast = next((times[name] for name in times if "trafilatura" in name and "fast" in name), None)
    for name, found in times.items():
        by_parse = percentile([one / max(other, 0.01) for one, other in zip(found, parse, strict=True)], 0.5)
        by_fast = percentile([a / max(b, 0.01) for a, b in zip(found, fast, strict=True)], 0.5) if fast else 0.0
        speed = size / 1e6 / (sum(found) / 1000)
        cells = [f"{percentile(found, 0.5):.2f}", f"{percentile(found, 0.9):.2f}", f"{sum(found) / len(found):.2f}"]
        cells += [f"{speed:.1f}", f"{by_parse:.1f}", f"{by_fast:.2f}" if fast else ""]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def stages(samples: list[bytes]) -> None:
    """Print where the time of this project goes."""
    from pipeline.config import Config
    from pipeline.records.write import change_rows, document_id, document_row, sentence_rows
    from pipeline.stages.decode import decode, unmangle
    from pipeline.stages.detect import detect
    from pipeline.stages.read import read
    from pipeline.stages.repair import repair
    from pipeline.stages.segment import segment
    from pipeline.stages.strip.remove import strip

    config = Config()
    steps = (
        decode,
        read,
        unmangle,
        detect,
        lambda doc: repair(doc, "safe", ()),
        lambda doc: strip(doc, config),
        segment,
    )
    spent: list[list[float]] = [[] for _ in STAGES]
    for data in samples:
        forget_lines()
        value: object = data
        for index, step in enumerate(steps):
            started = time.process_time()
            value = step(value)  # type: ignore[operator]
            spent[index].append(1000 * (time.process_time() - started))
            if getattr(value, "rejected", None):
                break
        else:
            started = time.process_time()
            row = document_row(value, data, config.digest())  # type: ignore[arg-type]
            list(change_rows(value, document_id(data)))  # type: ignore[arg-type]
            list(sentence_rows(row))
            spent[-1].append(1000 * (time.process_time() - started))
    print("\n| stage | median | mean |\n|---|--:|--:|")
    for name, found in zip(STAGES, spent, strict=True):
        if found:
            print(f"| {name} | {percentile(found, 0.5):.2f} | {sum(found) / len(found):.2f} |")


def peak(data: Path, every: int) -> int:
    """Peak resident memory in MB of a process that does everything with the pages."""
    command = [sys.executable, __file__, "--data", str(data), "--every", str(every), "--alone"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(found.stdout.split()[-1]) if found.returncode == 0 and found.stdout.split() else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=8, help="only every n-th page of each set")
    parser.add_argument("--peers", choices=("none", "installed"), default="installed")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    samples = [page.data for page in pages(options.data, options.every) if page.group != "wechat"]
    if options.alone:
        for data in samples:
            everything(data)
        # Not getrusage: Linux counts what the parent held when it started this process.
        print(int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
        return
    chosen: dict[str, Run] = {"**qingwen**": everything, **bare()}
    if options.peers == "installed":
        chosen |= {name: run for name, run in tools().items() if "qingwen" not in name}
    everything(samples[0])
    ours(samples[0])
    table("Pages", samples, chosen)
    stages(samples)
    print(f"\nPeak resident memory of a process that does everything: {peak(options.data, options.every)} MB")
    saved = sorted((options.data / "wechat").glob("*/*.html.gz"))
    large = [data for data in (gzip.decompress(path.read_bytes()) for path in saved) if len(data) > 1_000_000]
    if large:
        few = {name: run for name, run in chosen.items() if any(word in name for word in _LARGE)}
        table("WeChat pages", large, few, rounds=1)


if __name__ == "__main__":
    main()
