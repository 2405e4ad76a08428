"""Kill a run again and again, at random moments, and compare what it ends with to an undisturbed run.

    python benchmarks/storm.py --kills 50 --files 400

Every kill is SIGKILL, to the driver or to one of its workers, after a random time; a killed driver is started again at
once. Kills are spread over all phases of a run: scanning, cleaning, pairing, writing. Prints what was hit and whether the
output, byte for byte, is that of a run that nobody disturbed. Exit 1 if it is not.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from throughput import make_folder, make_translations


def children(pid: int) -> list[int]:
    """Worker processes of a driver."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def cpu_seconds(pid: int) -> float:
    """CPU time of a driver and its workers so far, those that have ended included."""
    total = 0
    for process in (pid, *children(pid)):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


def files(output: Path) -> dict[str, bytes]:
    """Every file of an output that a user sees."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and ".qingwen" not in path.parts
    }


def storm(command: list[str], kills: int, most: float, rng: random.Random) -> collections.Counter[str]:
    """Run a command to its end, killing it or its workers so many times, each after up to ``most`` CPU seconds."""
    told: collections.Counter[str] = collections.Counter()
    while True:
        driver = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while driver.poll() is None and told["driver"] + told["worker"] < kills:
            moment = cpu_seconds(driver.pid) + rng.uniform(0, most)
            while driver.poll() is None and cpu_seconds(driver.pid) < moment:
                time.sleep(0.01)
            workers = children(driver.pid)
            if driver.poll() is None:
                hit = rng.choice(["driver", "worker"]) if workers else "driver"
                os.kill(rng.choice(workers) if hit == "worker" else driver.pid, signal.SIGKILL)
                told[hit] += 1
                if hit == "driver":
                    driver.wait()
        told["runs"] += 1
        if driver.wait() == 0 and told["driver"] + told["worker"] >= kills:
            return told
        if driver.returncode == 0:
            told["came to the end in spite of it"] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--most", type=float, default=2.0, help="CPU seconds between two kills, at most")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "in")
        make_folder(folder, 0, options.files)
        make_translations(folder, options.files // 20)
        run = [sys.executable, "-m", "pipeline", "run", str(folder), "--workers", str(options.workers)]
        subprocess.run([*run, "-o", str(Path(scratch, "calm"))], check=True, stderr=subprocess.DEVNULL)
        told = storm([*run, "-o", str(Path(scratch, "out"))], options.kills, options.most, random.Random(options.seed))
        calm, out = files(Path(scratch, "calm")), files(Path(scratch, "out"))
        pairs = calm["pairs/00000.jsonl"].count(b"\n")
        print(f"{options.files} files, {pairs} pairs; " + ", ".join(f"{what}: {n}" for what, n in told.items()))
        print(
            "identical"
            if calm == out
            else f"different: {[name for name in calm | out if calm.get(name) != out.get(name)]}"
        )
    sys.exit(calm != out)


if __name__ == "__main__":
    main()
