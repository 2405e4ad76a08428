"""Tell people how far a run is, on standard error."""

from __future__ import annotations

import json
import sys
import time
from typing import TextIO

# Seconds between two reports: often enough to be believed on a terminal, rarely enough to be read in a log.
_EVERY = {"terminal": 0.1, "plain": 10.0, "json": 1.0}


class Progress:
    """Counts of one phase of a run, shown as a line that rewrites itself, plain lines, JSON lines, or not at all."""

    def __init__(self, mode: str = "auto", stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        if mode == "auto":
            mode = "terminal" if self.stream.isatty() else "plain"
        self.mode = mode
        self.phase = ""
        self.total = self.done = self.rejected = self.bytes = 0
        self.started = self.shown = time.monotonic()

    def begin(self, phase: str, total: int) -> None:
        """Start a phase of ``total`` files."""
        self.phase, self.total = phase, total
        self.done = self.rejected = self.bytes = 0
        self.started = self.shown = time.monotonic()

    def step(self, size: int = 0, rejected: int = 0, files: int = 1) -> None:
        """So many more files, of ``size`` bytes, are done, with so many documents rejected."""
        self.done += files
        self.bytes += size
        self.rejected += rejected
        now = time.monotonic()
        if self.mode != "none" and now - self.shown >= _EVERY[self.mode]:
            self.shown = now
            self._show(now - self.started)

    def end(self) -> None:
        """Clear the line on a terminal."""
        if self.mode == "terminal":
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def _show(self, elapsed: float) -> None:
        rate = self.done / elapsed if elapsed else 0.0
        left = (self.total - self.done) / rate if rate else 0.0
        if self.mode == "json":
            told = {
                "phase": self.phase,
                "done": self.done,
                "total": self.total,
                "bytes": self.bytes,
                "rejected": self.rejected,
                "files_per_second": round(rate, 1),
                "seconds_left": round(left, 1),
            }
            self.stream.write(json.dumps(told) + "\n")
        else:
            line = (
                f"{self.phase} {self.done}/{self.total} files, {self.bytes / 1e6:.1f} MB, {rate:.0f} files/s, "
                f"{_duration(left)} left, {self.rejected} rejected so far"
            )
            self.stream.write(f"\r\x1b[K{line}" if self.mode == "terminal" else f"{line}\n")
        self.stream.flush()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
