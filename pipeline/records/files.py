"""Files that appear whole or not at all: a temporary name, fsync, rename."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

# Documents in one file; beyond it the files are split by the hash of `source`.
LARGEST = 50_000


class Parts:
    """Files being written under temporary names; ``commit`` gives all of them their final names at once.

    Used as a context manager: an exception leaves no partial file behind.
    """

    def __init__(self) -> None:
        self._paths: list[Path] = []

    def write(self, path: Path, chunks: Iterable[bytes]) -> None:
        """Write ``chunks`` to what will be ``path``."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        self._paths.append(path)
        with part.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def commit(self) -> None:
        """Rename every file to its final name, in the order written."""
        for path in self._paths:
            os.replace(path.with_name(path.name + ".part"), path)
        for folder in sorted({path.parent for path in self._paths}):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        self._paths = []

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, *exception: object) -> None:
        for path in self._paths:
            path.with_name(path.name + ".part").unlink(missing_ok=True)


def shard_digits(count: int) -> int:
    """Hex digits of the hash of ``source`` that name the file of a document: 0 for one file for all."""
    digits = 0
    while count > LARGEST * 16**digits / (2 if digits else 1):  # hashes do not fall evenly: leave room
        digits += 1
    return digits
