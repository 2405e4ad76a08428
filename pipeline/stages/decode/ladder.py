"""The ladder of encodings: bytes of a file to text, with nothing lost."""

from __future__ import annotations

import codecs
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate

from pipeline.document import Document, Edit
from pipeline.rules import decode as rules

# First bytes of files that are no text whatever their name says.
_MAGIC = {
    b"\x89PNG\r\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF87a": "a GIF image",
    b"GIF89a": "a GIF image",
    b"RIFF": "a RIFF file (WebP, WAV, AVI)",
    b"PK\x03\x04": "a zip archive or an Office file",
    b"%PDF-": "a PDF",
    b"\x1f\x8b\x08": "gzip data",
    b"BZh": "bzip2 data",
    b"\xfd7zXZ\x00": "xz data",
    b"\x28\xb5\x2f\xfd": "zstd data",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office file",
    b"SQLite format 3\x00": "a SQLite database",
    b"\x7fELF": "a program",
    b"wOFF": "a font",
    b"wOF2": "a font",
    b"OggS": "a media file",
    b"ID3": "a media file",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# Declared names to the codecs of the ladder.
_FAMILY = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "shift_jis",
    "cp932": "shift_jis",
    "euc_jp": "euc_jp",
    "euc_kr": "cp949",
    "cp949": "cp949",
    "iso8859-1": "cp1252",
    "cp1252": "cp1252",
    "utf-8": "utf-8",
    "utf-16": "utf-16-le",
}
_LADDER = ("gb18030", "big5hkscs", "cp949", "shift_jis", "euc_jp")

# Bytes looked at to choose an encoding; a page declares its language's characters long before.
_SAMPLE = 200_000
# Characters outside ASCII that are scored.
_SCORED = 6_000
# Below this score (share of frequent characters among those outside ASCII) nothing that people write comes out: in a
# short text, and in one of 200 bytes outside ASCII and more. Right readings of real files score 0.75 and more,
# EUC-TW (for which Python has no codec) read as GB18030 0.41, Cyrillic about 0.1.
_LEAST = 0.2
_LEAST_LONG = 0.5
_LONG = 200
# From this score on a long text is what it seems: wrong readings stay 0.4 below right ones.
_SURE = 0.75
# Declared encodings decide between scores this near.
_TIE = 0.08
# UTF-8 holds at most this share of bad bytes (of the bytes outside ASCII); GBK read as UTF-8 has over 0.6.
_FEW_BAD = 0.25
# A text holds at most this share of control characters. Beyond it, NULs or many kinds of them mean binary data; a few
# kinds are what a damaged program or a spammer strewed into a text.
_FEW_CONTROLS = 0.01
_FEW_KINDS = 6

# What UTF-8 holds where an earlier program lost characters: U+FFFD, and three of them read as GBK.
_LOST = ("\ufffd".encode(), "锟斤拷".encode())
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]+")
_BAD = re.compile("[\udc00-\udcff]")
_HIGH = re.compile(r"[^\x00-\x7f]+")
_ISOLATED = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_CONTROL_SET = bytes([*range(9), *range(14, 32), 127])
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]")
_BIG5_RUNS = re.compile(rb"([\x00-\x7f]+)|((?:[\x81-\xfe][\x40-\x7e\xa1-\xfe])+)|([\x80-\xff])")


def decode(data: bytes, name: str = "", declared: str = "") -> Document:
    """The document a file's bytes hold; its text is the source with bad bytes and control characters dealt with.

    ``declared`` is a charset from outside (an HTTP header), believed only between equals, like one in the file.
    ``metadata`` gets ``encoding_confidence`` (0..1); ``flags`` may get ``lossy-encoding`` and
    ``doubtful-encoding``. Bytes that hold no text come back rejected: ``decode.empty``, ``decode.binary``,
    ``decode.undecodable``.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"decode takes the bytes of a file, not {type(data).__name__}: read it in mode 'rb'")
    if not data:
        return Document.from_source(name, "").reject("decode.empty", "the file is empty")
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return Document.from_source(name, "").reject("decode.binary", f"not text: {kind}")
    offsets: Sequence[int] = ()
    text = _strict_utf8(data)
    if text is not None and b"\x00" not in data:
        encoding, confidence, source = "utf-8", 1.0, text
    else:
        encoding, confidence, shift = _choose(data, declared, text is not None)
        if not encoding:
            if data.count(0) > _FEW_CONTROLS * len(data):
                return Document.from_source(name, "").reject("decode.binary", "not text: many NUL bytes")
            reason = "in no known encoding are these bytes text that people write"
            return Document.from_source(name, "").reject("decode.undecodable", reason)
        source, offsets = _source(data, encoding, shift)
    doc = Document.from_source(name, source, encoding, offsets).note(encoding_confidence=round(confidence, 4))
    controls = _count_controls(data, source, encoding)
    if controls > _FEW_CONTROLS * len(source) and _is_binary(source):
        return doc.reject("decode.binary", f"not text: {controls} control characters among {len(source)}")
    if confidence < 0.6:
        doc = doc.flag("doubtful-encoding")
    edits = [*_bad_bytes(data, source, encoding)] if source is not text and _has_surrogates(source) else []
    if controls:
        edits += [Edit(found.start(), found.end(), "", "decode.control") for found in _CONTROLS.finditer(source)]
    if any(edit.new == "\ufffd" for edit in edits) or (source is text and any(mark in data for mark in _LOST)):
        doc = doc.flag("lossy-encoding")
    return doc.edit(sorted(edits))


def _count_controls(data: bytes, source: str, codec: str) -> int:
    """Control characters of the text; in all but the wide encodings their bytes mean nothing else."""
    if codec.startswith(("utf-16", "utf-32")):
        return sum([len(found) for found in _CONTROLS.findall(source)])
    return len(data) - len(data.translate(None, _CONTROL_SET))


def _is_binary(source: str) -> bool:
    found = "".join(_CONTROLS.findall(source))
    return found.count("\x00") > _FEW_CONTROLS * len(source) or len(set(found)) > _FEW_KINDS


def _has_surrogates(source: str) -> bool:
    try:
        source.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _strict_utf8(data: bytes) -> str | None:
    """The text of valid UTF-8, else ``None``."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _choose(data: bytes, declared: str, strict: bool) -> tuple[str, float, int]:
    """Codec ("" if none fits), confidence, and how many bytes at the front belong to a character cut off."""
    for mark, codec in _BOMS:
        if data.startswith(mark) and (codec == "utf-8" or _readable(data, codec)):
            return codec, 1.0, 0
    if not strict and b"\x00" not in data and (found := _sure(data)):
        return *found, 0
    wide = max((_wide_score(data, codec), codec) for codec in ("utf-16-le", "utf-16-be"))
    if b"\x00" in data and wide[0] > 0.6:
        return wide[1], round(wide[0], 4), 0
    if strict:
        return "utf-8", 1.0, 0
    return _best(data, declared, wide)


def _sure(data: bytes) -> tuple[str, float] | None:
    """A Chinese encoding whose text leaves no doubt, and its score: most files need no look at the others."""
    sample = data[:_SAMPLE]
    if sample[0] < 0x80 and len(_HIGH_BYTES.findall(sample)) >= _LONG:
        for codec in ("gb18030", "big5hkscs"):
            score = _score(sample.decode(codec, "replace"), codec)
            if score >= _SURE:
                return codec, min(1.0, score + 0.2)
    return None


def _best(data: bytes, declared: str, wide: tuple[float, str]) -> tuple[str, float, int]:
    """The codec whose text has the most frequent characters, for bytes that are not UTF-8 throughout."""
    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE and len(_HIGH_BYTES.findall(sample)) < 200:
        sample = data[: 20 * _SAMPLE]
    scores = [(_utf8_score(sample), "utf-8", 0), (_latin_score(sample), "cp1252", 0), (*wide, 0)]
    for codec in _LADDER:
        scores.append((_score(sample.decode(codec, "replace"), codec), codec, 0))
    if sample[0] >= 0x80 and len(sample) > 1:
        for codec in ("gb18030", "big5hkscs"):
            aligned, cut = _head_scores(sample, codec)
            if cut > aligned + 0.3:
                scores.append((_score(sample[1:].decode(codec, "replace"), codec), codec, 1))
    scores.sort(reverse=True)
    best, codec, shift = scores[0]
    if best < (_LEAST_LONG if len(_HIGH_BYTES.findall(sample)) >= _LONG else _LEAST):
        return "", 0.0, 0
    second = next((other for other in scores[1:] if other[1] != codec), (0.0, "", 0))
    if best - second[0] < _TIE and second[1] in {_family(declared), _family(_declaration(sample))}:
        best, codec, shift = second
        return codec, 0.5 + (best - scores[0][0]), shift
    return codec, min(1.0, 0.5 + best - second[0]), shift


def _head_scores(sample: bytes, codec: str) -> tuple[float, float]:
    """Scores of the first characters, as they stand and with one byte cut off."""
    head = sample[:120]
    return _score(head.decode(codec, "replace"), codec), _score(head[1:].decode(codec, "replace"), codec)


def _declaration(sample: bytes) -> str:
    """The charset that a <meta> tag or an XML declaration names, ``""`` if there is none."""
    from bs4.dammit import EncodingDetector

    return EncodingDetector.find_declared_encoding(sample, is_html=True) or ""


@cache
def _family(name: str) -> str:
    """The codec of the ladder for a declared name, ``""`` for one unknown."""
    try:
        return _FAMILY.get(codecs.lookup(name).name, "")
    except LookupError:
        return ""


@cache
def _weights(codec: str) -> dict[str, float]:
    """How much each character speaks for text in this codec: 1.0 frequent, 0.3 ordinary, -1.0 impossible."""
    weights = {"\ufffd": -1.0}
    if codec in ("gb18030", "utf-16-le"):
        weights |= dict.fromkeys(_level_one("gb2312", 0xB0, 0xD8), 0.3)
    if codec in ("big5hkscs", "utf-16-le"):
        weights |= dict.fromkeys(_level_one("big5", 0xA4, 0xC7), 0.3)
    if codec == "cp949":
        return weights | dict.fromkeys(rules.HANGUL, 1.0)
    weights |= dict.fromkeys(rules.SIMPLIFIED + rules.TRADITIONAL + rules.PUNCTUATION, 1.0)
    if codec in ("shift_jis", "euc_jp"):
        weights |= dict.fromkeys(map(chr, range(0x3041, 0x30FF)), 1.0)
        # Half-width kana are what other encodings look like in Shift_JIS.
        weights |= dict.fromkeys(map(chr, range(0xFF61, 0xFFA0)), -0.5)
    return weights


def _level_one(codec: str, first: int, end: int) -> str:
    """The rows of the frequent Han characters in a national standard."""
    return "".join(
        bytes((lead, trail)).decode(codec, "ignore") for lead in range(first, end) for trail in range(0x40, 0xFF)
    )


def _score(text: str, codec: str) -> float:
    """Mean weight of the characters outside ASCII; 0 if there is none."""
    high = "".join(_HIGH.findall(text)[:_SCORED])[:_SCORED]
    if not high:
        return 0.0
    weights = _weights(codec)
    return sum([weights.get(char, 0.0) for char in high]) / len(high)


def _wide_score(data: bytes, codec: str) -> float:
    """The same for UTF-16, where ASCII characters count too: two bytes rarely make one by chance."""
    text = data[: 2 * _SCORED].decode(codec, "replace")
    if not text:
        return 0.0
    weights = _weights("utf-16-le")
    good = sum([1.0 if " " <= char <= "~" or char in "\n\r\t" else weights.get(char, 0.0) for char in text])
    return good / len(text)


def _utf8_score(sample: bytes) -> float:
    """Near 1 for UTF-8 with a few bad bytes or a cut tail, 0 where bad bytes are many."""
    text = sample.decode("utf-8", "surrogateescape")
    bad = len(_BAD.findall(text))
    if len(text) and _BAD.match(text[-1]) and len(_BAD.findall(text[-3:])) == bad:
        bad = 0 if _incomplete(sample[-bad:], "utf-8") else bad
    good = len(_HIGH_BYTES.findall(sample)) - bad
    if not good or bad > _FEW_BAD * (good + bad):
        return 0.0
    return 1.0 - bad / (good + bad)


def _latin_score(sample: bytes) -> float:
    """Share of the high bytes that stand alone between ASCII characters, as accented letters and curly quotes do."""
    if _CONTROL_BYTES.search(sample):
        return 0.0
    high = len(_HIGH_BYTES.findall(sample))
    share = len(_ISOLATED.findall(sample)) / max(1, high)
    # One curly quote in English also makes a pair in other encodings; few high bytes speak against those.
    return share + 0.1 if high < 0.05 * len(sample) else share


def _readable(data: bytes, codec: str) -> bool:
    """Whether most characters behind a byte order mark are assigned."""
    text = data[:8000].decode(codec, "replace")
    odd = sum([unicodedata.category(char) in ("Cn", "Co", "Cs") or char == "\ufffd" for char in text])
    return odd <= 0.2 * len(text)


def _incomplete(tail: bytes, codec: str) -> bool:
    """Whether these bytes are the beginning of one character."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(tail) == ""
    except UnicodeDecodeError:
        return False


def _source(data: bytes, codec: str, shift: int) -> tuple[str, Sequence[int]]:
    """Decoded text with bad bytes as lone surrogates, and byte offsets where the codec does not round-trip."""
    if codec.startswith(("utf-16", "utf-32")):
        return _wide_source(data, codec)
    source = data.decode(codec, "surrogateescape")
    if shift:
        source = chr(0xDC00 + data[0]) + data[1:].decode(codec, "surrogateescape")
    # Two combining marks are halves of one Big5-HKSCS character: encoding a slice would miss it.
    if codec in ("utf-8", "cp1252") or (
        not ("\u0304" in source or "\u030c" in source) and source.encode(codec, "surrogateescape") == data
    ):
        return source, ()
    return _offsets(data, codec, shift)


def _wide_source(data: bytes, codec: str) -> tuple[str, Sequence[int]]:
    """UTF-16 or UTF-32; halves of pairs and a byte too many at the end become one surrogate per byte."""
    width = 2 if codec.startswith("utf-16") else 4
    whole = len(data) - len(data) % width
    pieces: list[str] = []
    sizes = array("B")
    for char in data[:whole].decode(codec, "surrogatepass" if width == 2 else "replace"):
        if "\ud800" <= char <= "\udfff":
            pieces += [chr(0xDC00 + byte) for byte in char.encode(codec, "surrogatepass")]
            sizes.extend((1, 1))
        else:
            pieces.append(char)
            sizes.append(4 if char > "\uffff" else width)
    pieces += [chr(0xDC00 + byte) for byte in data[whole:]]
    sizes.extend([1] * (len(data) - whole))
    return "".join(pieces), array("Q", accumulate(sizes, initial=0))


def _offsets(data: bytes, codec: str, shift: int) -> tuple[str, Sequence[int]]:
    """Source and byte offsets, character by character."""
    pieces: list[str] = []
    offsets = array("Q")
    if shift:
        pieces.append(chr(0xDC00 + data[0]))
        offsets.append(0)
    for start, size, text in _characters(data, codec, shift):
        pieces.append(text)
        if len(text) * (size // len(text)) == size and (size == len(text) or size == 2 * len(text)):
            offsets.extend(range(start, start + size, size // len(text)))
        else:
            offsets.extend([start] * len(text))
    offsets.append(len(data))
    return "".join(pieces), offsets


def _characters(data: bytes, codec: str, start: int) -> Iterator[tuple[int, int, str]]:
    """Offset, size and text of runs of characters of one width, or of single characters."""
    if codec == "big5hkscs":
        for found in _BIG5_RUNS.finditer(data, start):
            run = found.group()
            if found.lastindex == 1:
                yield found.start(), len(run), run.decode("ascii")
                continue
            text = run.decode(codec, "replace") if found.lastindex == 2 else ""
            if found.lastindex == 2 and len(text) * 2 == len(run) and not ({"\ufffd", "\u0304", "\u030c"} & set(text)):
                yield found.start(), len(run), text
                continue
            for at in range(0, len(run), 2):
                pair = run[at : at + 2]
                text = pair.decode(codec, "replace")
                if "\ufffd" in text:
                    text = "".join([chr(0xDC00 + byte) for byte in pair])
                yield found.start() + at, len(pair), text
        return
    decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
    begin = start
    for at in range(start, len(data)):
        text = decoder.decode(data[at : at + 1], at == len(data) - 1)
        while text:
            bad = "\udc80" <= text[0] <= "\udcff"
            size = 1 if bad or (len(text) > 1 and text[0] < "\x80") else at + 1 - begin
            if bad or len(text) > 1:
                yield begin, size if bad else 1, text[0]
                begin += size if bad else 1
                text = text[1:]
                continue
            yield begin, at + 1 - begin, text
            begin = at + 1
            text = ""


def _bad_bytes(data: bytes, source: str, codec: str) -> Iterator[Edit]:
    """Edits for lone surrogates: a cut tail goes, a byte of Windows-1252 is read as such, the rest is marked."""
    end = len(source)
    if codec not in ("cp1252",) and _BAD.match(source[-1:]):
        for size in (3, 2, 1):
            tail = source[-size:]
            if len(_BAD.findall(tail)) == size == len(tail) and _incomplete(data[-size:], codec):
                end -= size
                break
    for found in _BAD.finditer(source, 0, end):
        at = found.start()
        meant = _windows_character(source, at) if codec == "utf-8" else ""
        if meant:
            yield Edit(at, at + 1, meant, "decode.cp1252-byte")
        else:
            yield Edit(at, at + 1, "\ufffd", "decode.bad-byte")
    if end < len(source):
        yield Edit(end, len(source), "", "decode.cut-tail")


def _windows_character(source: str, at: int) -> str:
    """What one bad byte means in Windows-1252 if the ASCII around it leaves no doubt, else ``""``."""
    before, after = source[at - 1 : at] or " ", source[at + 1 : at + 2] or " "
    if not (before.isascii() and after.isascii()) or not (before.isalnum() or after.isalnum()):
        return ""
    meant = bytes((ord(source[at]) - 0xDC00,)).decode("cp1252", "replace")
    if meant in "‘’“”–—…•™®©°":
        return meant
    return meant if meant.isalpha() and before.isalpha() and after.isalpha() else ""
