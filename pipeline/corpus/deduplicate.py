"""Find documents that say the same: equal once spacing is ignored, or nearly equal by MinHash.

Shingles are runs of ``SHINGLE`` tokens, a token being one CJK character or one Latin word or number, so the measure
means the same in both languages. MinHash with one permutation, empty bins filled by rotation (Shrivastava, Li 2014);
candidates by banding (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3).
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE = 5  # tokens; one sentence changed in a text of 50 sentences leaves about 0.95 of the shingles
BANDS, ROWS = 16, 4  # a pair of similarity 0.8 shares a band with probability 0.9998, one of 0.4 with 0.34
SIMILARITY = 0.8  # estimated Jaccard similarity from which two documents are near-duplicates
# Tokens below which two texts are compared whole only: a few shared shingles would say too much.
SHORTEST = 40

_EMPTY = 1 << 32  # larger than any value of a bin
_FACTOR = 0x9E3779B97F4A7C15  # odd: 2**64 divided by the golden ratio


def text_digest(text: str) -> str:
    """16 hex digits that equal texts share; spacing between Chinese and Latin and at line ends does not count."""
    return hashlib.sha256("".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]


def signature(text: str) -> bytes:
    """MinHash signature of a text, ``BANDS * ROWS`` little-endian uint32; empty for a text under ``SHORTEST``."""
    import numpy as np

    hashes = _token_hashes(text)
    if len(hashes) < SHORTEST:
        return b""
    size = len(hashes) - SHINGLE + 1
    shingles = np.zeros(size, dtype=np.uint64)
    for offset in range(SHINGLE):
        # Arithmetic modulo 2**64; mixing between the tokens makes their order count.
        shingles = (shingles + hashes[offset : offset + size]) * np.uint64(_FACTOR)
        shingles ^= shingles >> np.uint64(29)
    bins = (shingles >> np.uint64(58)).astype(np.intp)  # the top 6 bits: 64 bins
    low = np.full(BANDS * ROWS, _EMPTY, dtype=np.uint64)
    np.minimum.at(low, bins, (shingles >> np.uint64(26)) & np.uint64(0xFFFFFFFF))
    return _densify(low.tolist())


def _token_hashes(text: str) -> NDArray[np.uint64]:
    """A number for each token of a text, in order; equal tokens have equal numbers."""
    import numpy as np

    codes = np.frombuffer(text.lower().encode("utf-32-le", "replace"), dtype="<u4")
    kinds = _kinds()[np.minimum(codes, 0xFFFF)]
    codes, kinds, before = codes[kinds > 0], kinds[kinds > 0], np.concatenate(([0], kinds[:-1]))[kinds > 0]
    starts = np.flatnonzero((kinds == 2) | (before != 1))
    if not len(starts):
        return np.zeros(0, dtype=np.uint64)
    lengths = np.diff(np.append(starts, len(codes)))
    place = np.arange(len(codes)) - np.repeat(starts, lengths)
    mixed = (codes.astype(np.uint64) + (place.astype(np.uint64) << np.uint64(24))) * np.uint64(_FACTOR)
    mixed ^= mixed >> np.uint64(31)
    return np.add.reduceat(mixed * np.uint64(_FACTOR), starts)


@cache
def _kinds() -> NDArray[np.uint8]:
    """For each code of the BMP: 2 a CJK character, 1 another letter or digit, 0 nothing of a token."""
    import numpy as np

    kinds = np.fromiter((chr(code).isalnum() for code in range(0x10000)), dtype=np.uint8, count=0x10000)
    for first, last in ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF)):
        kinds[first : last + 1] *= 2
    kinds[0xFFFF] = 2  # stands for all planes beyond: rare Han, mostly
    return kinds


def _densify(low: list[int]) -> bytes:
    """Fill each empty bin from the next full one, changed by the distance between them."""
    values = []
    for index in range(len(low)):
        distance = 0
        while low[(index + distance) % len(low)] == _EMPTY:
            distance += 1
        values.append((low[(index + distance) % len(low)] + distance * 0x9E3779B1) & 0xFFFFFFFF)
    return b"".join(value.to_bytes(4, "little") for value in values)


def bands(signature: bytes) -> list[int]:
    """Keys of which near-duplicates share at least one (signed 64-bit integers)."""
    size = ROWS * 4
    return [
        int.from_bytes(
            hashlib.blake2b(signature[i : i + size], digest_size=8, salt=bytes([i // size])).digest(),
            "big",
            signed=True,
        )
        for i in range(0, len(signature), size)
    ]


def similarity(one: bytes, other: bytes) -> float:
    """Estimated Jaccard similarity of the shingles of two signed texts, 0..1."""
    if not one or len(one) != len(other):
        return 0.0
    same = sum(one[i : i + 4] == other[i : i + 4] for i in range(0, len(one), 4))
    return same / (len(one) // 4)
