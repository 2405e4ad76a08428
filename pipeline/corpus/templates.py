"""How far a line is known from other files of its site: a first pass over hashes of lines.

In accounts with five articles or more, three lines of ten stand in three articles or more. Such a line is likely
chrome, but headings such as 漏洞描述 repeat as well (dropping all of them is right in six of ten cases), so the
verdict is one column of the line model and never a rule.

Counts live in a count-min sketch (Cormode and Muthukrishnan, Journal of Algorithms 2005) of saturating bytes: memory
does not grow with the number of lines, and the order of the files cannot change a verdict. An error only ever makes a
line look more common than it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Verdicts, by the number of *other* files of the site that hold the line: 0; 1 or 2; 3 or more; 12 or more. Counts, not
# shares of the site: a share changes with each new file, and with it the verdicts on all files that are there already.
NEW: Final = 0.0
SEEN: Final = 0.33
COMMON: Final = 0.67
EVERYWHERE: Final = 1.0
# A site of fewer files says nothing about what repeats.
FEWEST: Final = 3

# Distinct lines of a file that are counted, at most.
_LINES: Final = 2000
# Bytes of a sketch row: a power of two, at least four for every counted line, within these bounds.
_SMALLEST: Final = 1 << 16
_LARGEST: Final = 1 << 26
_PER_FILE: Final = 600


@dataclass
class Counts:
    """In how many files of each site each line stands. Make one with ``empty``, then ``add`` files."""

    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    files: dict[str, int] = field(default_factory=dict)  # site -> files

    def add(self, site: str, lines: Sequence[str]) -> None:
        """Count one file. ``site`` is what its pages share: a host, an account, a folder."""
        self.add_keys(site, line_keys(site, lines))

    def add_keys(self, site: str, keys: bytes) -> None:
        """Count one file by the keys of its lines."""
        import numpy as np

        self.files[site] = self.files.get(site, 0) + 1
        # Distinct slots of distinct lines: a line that stands in the file twice counts once.
        distinct = np.unique(np.frombuffer(keys, "<u8"))[:_LINES]
        for row, slots in zip((self.first, self.second), self._rows(distinct), strict=True):
            at = np.unique(slots)
            at = at[row[at] < 255]
            row[at] += 1

    def verdicts(self, site: str, lines: Sequence[str]) -> list[float]:
        """One of NEW, SEEN, COMMON, EVERYWHERE for each line of a file that was added; ``[]`` for a small site."""
        levels = self.levels(site, line_keys(site, lines))
        return spread(levels, lines) if levels else []

    def levels(self, site: str, keys: bytes) -> bytes:
        """The verdicts on a file by the keys of its lines, 0 (NEW) to 3 (EVERYWHERE); empty for a small site."""
        import numpy as np

        if self.files.get(site, 0) < FEWEST:
            return b""
        first, second = self._rows(np.frombuffer(keys, "<u8"))
        others = np.minimum(self.first[first], self.second[second]).astype(int) - 1
        levels = (others >= 1).astype(np.uint8) + (others >= 3) + (others >= 12)
        return levels.astype(np.uint8).tobytes()

    def _rows(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        import numpy as np

        mask = np.uint64(len(self.first) - 1)
        return (keys & mask).astype(np.int64), ((keys >> np.uint64(32)) & mask).astype(np.int64)


def empty(files: int) -> Counts:
    """Counts for a run over so many files; the size depends on nothing else."""
    import numpy as np

    wanted = max(files, 1) * _PER_FILE
    size = min(max(1 << (wanted - 1).bit_length(), _SMALLEST), _LARGEST)
    return Counts(np.zeros(size, np.uint8), np.zeros(size, np.uint8))


def count(documents: Iterable[tuple[str, Sequence[str]]], files: int) -> Counts:
    """The counts of ``(site, lines)`` pairs, of which there are ``files`` in the whole run."""
    counts = empty(files)
    for site, lines in documents:
        counts.add(site, lines)
    return counts


def site_of(name: str, metadata: dict[str, str] | None = None) -> str:
    """What a file's site is called: its URL's host, its account, else the folder it lies in.

    >>> site_of("news/a.txt"), site_of("a.html", {"url": "https://www.example.com/2021/a.html"})
    ('folder:news', 'host:www.example.com')
    """
    known = metadata or {}
    url = str(known.get("url", ""))
    if "//" in url:
        host = url.split("//", 1)[1].split("/", 1)[0].lower()
        if host and host != "mp.weixin.qq.com":
            return f"host:{host}"
    if account := str(known.get("account", "")):
        return f"account:{account}"
    folder = name.replace("!", "/").rpartition("/")[0]
    return f"folder:{folder}"


def line_keys(site: str, lines: Sequence[str]) -> bytes:
    """A key of 8 bytes for each line that is not blank, in order."""
    key = hashlib.blake2b(site.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return b"".join(
        hashlib.blake2b(line.strip().encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
        for line in lines
        if line.strip()
    )


def spread(levels: bytes, lines: Sequence[str]) -> list[float]:
    """Verdicts for all lines of a file from the levels of those that are not blank; ``[]`` if they do not fit."""
    solid = [index for index, line in enumerate(lines) if line.strip()]
    if len(solid) != len(levels):
        return []
    verdicts = [NEW] * len(lines)
    for index, level in zip(solid, levels, strict=True):
        verdicts[index] = (NEW, SEEN, COMMON, EVERYWHERE)[level]
    return verdicts
