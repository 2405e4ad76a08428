"""The laws of one written document, checked against the bytes it came from.

Nothing here trusts the program that wrote the records: blocks are compared with the bytes of the file, what is in
neither a block nor a change is looked at again, and a page is tokenised anew. Only script, format and what a reader
left out are asked of the stages again that told them first. Each finding is a sentence with the offsets concerned;
none means that the document keeps every law.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.config import Config
from pipeline.records.visible import CONTROL
from pipeline.rules import languages

if TYPE_CHECKING:
    from pipeline.alignment.terms import Bracket

Row = Mapping[str, Any]
Span = tuple[int, int]

# Formats whose every character is text: nothing is passed over but a BOM and the CR of a CRLF.
_FLAT = frozenset({"text"})
# Stages that make the text as read, in which lines are judged and repaired by later ones.
_READING = frozenset({"decode", "read"})
# Densities are written to four decimals.
_DENSITY_STEP = 0.0001
# What a reader of a page may put between two kept runs of its own accord: line breaks and cell tabs.
_READERS_OWN = "\n\t"
# Longest piece of a text that a message quotes, in characters.
_QUOTED = 60

# Codecs that give back the very bytes they read, slice by slice, bad ones as lone surrogates.
_REVERSIBLE = frozenset(("utf-8", "ascii", "gb18030", "gbk"))

# Codecs that begin with a mark or switch between sets of characters.
_STATEFUL = frozenset(("utf-16", "utf-32", "utf-8-sig", "utf-7", "hz", "punycode", "idna"))

_SURROGATE = re.compile("[\ud800-\udfff]")
# The bytes of ``CONTROL``: few files hold any, which is told sooner by these.
_CONTROL_BYTES = bytes((*range(0x09), *range(0x0E, 0x20), 0x7F))


class Kept(NamedTuple):
    """A block of a row with the number of code points its bytes decode to."""

    text: int
    start: int
    end: int
    length: int


def offences(row: Row, changes: Sequence[Row], sentences: Sequence[Row], data: bytes) -> Iterator[str]:
    """What is wrong with a document's row, its changes and its sentences, given the bytes of its file."""
    yield from identity(row, data)
    yield from segments(row)
    yield from same_sentences(row, sentences)
    yield from numbered(row, changes, len(data))
    yield from roles(row, changes)
    yield from measured(row, changes)
    yield from artifacts(row, changes)
    encoding = row["metadata"]["encoding"]
    if not is_stateless(encoding):
        yield f"metadata.encoding {encoding!r} is no codec that decodes any slice"
        return
    yield from format_read(row, data)
    yield from left_out(row, data)
    kept, broken = blocks(row, data)
    yield from broken
    if not broken:
        yield from explained(row, kept, changes, data)
        yield from invented(row, kept, changes)


def identity(row: Row, data: bytes) -> Iterator[str]:
    """The id, hash and sizes are those of the bytes and of the text."""
    yield from same_id(row, data)
    metadata = row["metadata"]
    digest = hashlib.sha256(data).hexdigest()
    if metadata["sha256"] != digest:
        yield f"metadata.sha256 is {metadata['sha256']}, the file's is {digest}"
    if metadata["bytes"] != len(data):
        yield f"metadata.bytes is {metadata['bytes']}, the file has {len(data)}"
    if metadata["chars_out"] != len(row["text"]):
        yield f"metadata.chars_out is {metadata['chars_out']}, the text has {len(row['text'])}"
    if found := _SURROGATE.search(row["text"]):
        yield f"text holds the lone surrogate {found[0]!r} at {found.start()}"


def same_id(row: Row, data: bytes) -> Iterator[str]:
    """The id is the beginning of the hash of the bytes."""
    digest = hashlib.sha256(data).hexdigest()
    if row["id"] != digest[:16]:
        yield f"id is {row['id']}, the first 16 digits of the file's SHA-256 are {digest[:16]}"


def segments(row: Row) -> Iterator[str]:
    """Segments ascend, paragraphs with them, and together they hold every non-space character of the text."""
    text, done, paragraph = row["text"], 0, 0
    for number, segment in enumerate(row["segments"]):
        start, end = segment["start"], segment["end"]
        if not done <= start < end <= len(text):
            yield f"segment {number} [{start}, {end}) does not ascend inside the text from {done} on"
            return
        if text[done:start].strip():
            yield f"no segment holds text[{done}:{start}] = {quote(text[done:start])}"
        if segment["paragraph"] < paragraph:
            yield f"segment {number} is of paragraph {segment['paragraph']} after one of paragraph {paragraph}"
        done, paragraph = end, segment["paragraph"]
    if text[done:].strip():
        yield f"no segment holds text[{done}:] = {quote(text[done:])}"


def same_sentences(row: Row, sentences: Sequence[Row]) -> Iterator[str]:
    """Sentence rows are the document's segments, numbered from 0, each with its slice of the text."""
    if len(sentences) != len(row["segments"]):
        yield f"sentences has {len(sentences)} rows for {len(row['segments'])} segments"
        return
    for number, (sentence, segment) in enumerate(zip(sentences, row["segments"], strict=True)):
        if sentence["n"] != number:
            yield f"sentence {number} has n = {sentence['n']}"
        if any(sentence[key] != segment[key] for key in ("start", "end", "lang")):
            yield f"sentence {number} is not segment {number}: start, end or lang differ"
        if sentence["text"] != row["text"][sentence["start"] : sentence["end"]]:
            yield f"sentence {number} is {quote(sentence['text'])}, not text[{sentence['start']}:{sentence['end']}]"


def numbered(row: Row, changes: Sequence[Row], size: int) -> Iterator[str]:
    """Changes are numbered from 0, lie inside the file and change something."""
    if row["metadata"]["changes"] != len(changes):
        yield f"metadata.changes is {row['metadata']['changes']}, changes has {len(changes)} rows"
    for number, change in enumerate(changes):
        if change["seq"] != number:
            yield f"change {number} has seq = {change['seq']}"
        if change["stage"] != change["rule"].partition(".")[0]:
            yield f"change {number} is of stage {change['stage']!r} but of rule {change['rule']!r}"
        if not change["start"] <= change["end"] <= size:
            yield f"change {number} [{change['start']}, {change['end']}) is no span of {size} bytes"
        if change["role"] and change["after"]:
            yield f"change {number} removed a line ({change['role']}), but after is {quote(change['after'])}"
        if change["before"] == change["after"]:
            yield f"change {number} ({change['rule']}) changes nothing: {quote(change['before'])}"


def roles(row: Row, changes: Sequence[Row]) -> Iterator[str]:
    """Roles of kept segments and of removed lines are those there are (a user's rule may name another)."""
    from pipeline.stages.strip import ROLES

    for role in sorted({segment["role"] for segment in row["segments"]} - set(ROLES)):
        yield f"segments have the role {role!r}, which is none; there are: {', '.join(ROLES)}"
    for role in sorted({change["role"] for change in changes if change["stage"] != "user"} - {"", *ROLES}):
        yield f"removed lines have the role {role!r}, which is none; there are: {', '.join(ROLES)}"


def measured(row: Row, changes: Sequence[Row]) -> Iterator[str]:
    """What the metadata says of the text is what text and changes make."""
    from pipeline.stages.detect import han_units, word_count

    text, metadata = row["text"], row["metadata"]
    later = (change for change in changes if change["stage"] not in _READING)
    chars_in = len(text) + sum(len(change["before"]) - len(change["after"]) for change in later)
    if metadata["chars_in"] != chars_in:
        yield f"metadata.chars_in is {metadata['chars_in']}, text and changes make {chars_in}"
    script = languages.script(text, round(han_units(text)), word_count(text))
    if metadata["script"] != script:
        yield f"metadata.script is {metadata['script']!r}, that of the text {script!r}"
    if (words := metadata["flags"].split()) != sorted(set(words)):
        yield f"metadata.flags is {metadata['flags']!r}, whose words do not ascend"


def artifacts(row: Row, changes: Sequence[Row]) -> Iterator[str]:
    """The density of artifacts comes from a whole number, and no fewer than were repaired (some are only counted)."""
    from pipeline.stages.detect import units
    from pipeline.stages.repair import is_artifact

    density = row["metadata"]["artifacts_per_1000"]
    repaired = sum(is_artifact(change["rule"]) for change in changes)
    if not repaired and not density:
        return
    size = units(row["text"])
    count = round(density * size / 1000)
    if abs((1000 * count / size if size else 0.0) - density) > _DENSITY_STEP:
        yield f"metadata.artifacts_per_1000 is {density}, no whole number of artifacts in {size} units"
    elif size and count < repaired:
        yield f"metadata.artifacts_per_1000 is {density}, {count} in {size} units, but {repaired} were repaired"


def of_run(row: Row, run: Row) -> Iterator[str]:
    """The document is of the version and the configuration that ``run.json`` names."""
    metadata, config = row["metadata"], run.get("config")
    if metadata["pipeline"] != run.get("version"):
        yield f"metadata.pipeline is {metadata['pipeline']!r}, the version in run.json {run.get('version')!r}"
    digest = config.get("digest") if isinstance(config, dict) else None
    if metadata["config"] != digest:
        yield f"metadata.config is {metadata['config']!r}, config.digest in run.json {digest!r}"


def format_read(row: Row, data: bytes) -> Iterator[str]:
    """The bytes are of the format that is named; a container may have called its member HTML."""
    from pipeline.records.visible import is_escaped
    from pipeline.stages.read import HTML_NAME, is_html
    from pipeline.stages.read.wechat import is_wechat

    source, format = row["source"], row["metadata"]["format"]
    flat = format in _FLAT
    page = _decode(data, row["metadata"]["encoding"])
    if len(data.translate(None, _CONTROL_BYTES)) < len(data):
        page = CONTROL.sub("", page)
    html = is_html(page, HTML_NAME.search(source) is not None)
    if flat and html:
        yield f"metadata.format is {format!r}, but the file is a page"
    elif not flat and not html and not ("!" in source and is_html(page, True)):
        yield f"metadata.format is {format!r}, but the file is no page"
    elif not flat and not is_escaped(page) and is_wechat(page) != (format == "wechat"):
        yield f"metadata.format is {format!r}, but the file is {'no' if format == 'wechat' else 'a'} page of WeChat"


def left_out(row: Row, data: bytes) -> Iterator[str]:
    """What the reader is said to leave out, it leaves out when the page is read again; it hardly ever does."""
    from pipeline.stages import readable

    metadata = row["metadata"]
    if not (said := metadata["unlocated"]):
        return
    html = metadata["format"] not in _FLAT
    again = readable(data, "", Config(max_bytes=len(data)), declared=metadata["encoding"], html=html)
    found = again.metadata.get("unlocated", 0)
    if said != found:
        yield f"metadata.unlocated is {said}, the reader leaves out {found}"


def blocks(row: Row, data: bytes) -> tuple[list[Kept], list[str]]:
    """Law *kept*: each block's bytes decode to the text at its place; blocks ascend. With what breaks it."""
    text, encoding = row["text"], row["metadata"]["encoding"]
    kept: list[Kept] = []
    text_end = byte_end = 0
    for number, (at, start, end) in enumerate(row["blocks"]):
        if not (text_end <= at and byte_end <= start < end <= len(data)):
            return kept, [f"block {number} [{at}, {start}, {end}] does not ascend from {text_end}, {byte_end} on"]
        try:
            found = data[start:end].decode(encoding)
        except UnicodeError as error:
            return kept, [f"block {number}: bytes [{start}, {end}) are no {encoding} ({error})"]
        if not text.startswith(found, at):
            shown = quote(text[at : at + len(found)])
            return kept, [f"block {number}: bytes [{start}, {end}) are {quote(found)}, text[{at}:] is {shown}"]
        kept.append(Kept(at, start, end, len(found)))
        text_end, byte_end = at + len(found), end
    return kept, []


def explained(row: Row, kept: Sequence[Kept], changes: Sequence[Row], data: bytes) -> Iterator[str]:
    """Law *explained*: each byte is in a block or in a change and never in both; the rest shows nothing."""
    spans = sorted((change["start"], change["end"]) for change in changes if change["end"] > change["start"])
    starts = [block.start for block in kept]
    for start, end in spans:
        index = bisect_left(starts, end) - 1
        if index >= 0 and kept[index].end > start:
            yield f"bytes [{start}, {end}) are in a change and in the block [{starts[index]}, {kept[index].end})"
            return
    covered = sorted([*spans, *((block.start, block.end) for block in kept)])
    gaps = _complement(covered, len(data))
    encoding = row["metadata"]["encoding"]
    if row["metadata"]["format"] in _FLAT:
        yield from _silent_bytes(gaps, data, encoding)
        yield from _befores(changes, data, encoding)
    elif gaps:
        lost = list(_visible_gaps(gaps, kept, data, row["metadata"]["format"], encoding))
        if sum(len(text) for _, _, text in lost) > row["metadata"]["unlocated"]:
            for start, end, text in lost:
                yield f"bytes [{start}, {end}) show {quote(text)}, but are in no block and in no change"


def invented(row: Row, kept: Sequence[Kept], changes: Sequence[Row]) -> Iterator[str]:
    """Law *nothing invented*: text between two blocks was put there by changes between their bytes."""
    text = row["text"]
    own = "" if row["metadata"]["format"] in _FLAT else _READERS_OWN
    writers = sorted((change for change in changes if change["after"]), key=lambda change: int(change["start"]))
    starts = [change["start"] for change in writers]
    last = (0, 0)  # text and byte offset of the end of the block before
    for at, start, end, length in [*kept, Kept(len(text), row["metadata"]["bytes"], 0, 0)]:
        if added := text[last[0] : at]:
            here = writers[bisect_left(starts, last[1]) : bisect_right(starts, start)]
            put = Counter("".join(change["after"] for change in here if change["end"] <= start))
            left = Counter(character for character in added if character not in own) - put
            if left:
                yield (
                    f"text[{last[0]}:{at}] = {quote(added)} is not from the source, and no change between bytes "
                    f"{last[1]} and {start} wrote {quote(''.join(left))}"
                )
        last = (at + length, end)


def duplicate(row: Row, documents: Mapping[str, str]) -> Iterator[str]:
    """A rejected duplicate names the document that was kept; ``documents`` are ids by source."""
    kept = row["duplicate_of"]
    if bool(kept) != (row["stage"] == "deduplicate"):
        yield f"duplicate_of is {kept!r} for rule {row['rule']!r}"
    elif kept and kept not in documents:
        yield f"duplicate_of names {kept!r}, which is no document"
    elif kept and row["rule"] == "deduplicate.same-bytes" and documents[kept] != row["id"]:
        yield f"id {row['id']} is not that of {kept!r}, whose bytes it is said to have"
    elif kept and row["text"]:
        yield "text of a duplicate is not empty"


def pair_side(row: Row, side: str, text: str) -> Iterator[str]:
    """One side of a pair: its spans ascend inside the document's text and hold the translation."""
    spans, done = row[f"{side}_spans"], 0
    for start, end in spans:
        if not done <= start < end <= len(text):
            yield f"{side}_spans [{start}, {end}] does not ascend inside the text from {done} on"
            return
        done = end
    held = "".join("".join(text[start:end] for start, end in spans).split())
    said = row["translation"][side]
    if held != "".join(said.split()):
        yield f"translation.{side} is {quote(said)}, its spans hold {quote(held)}"


def pair_id(row: Row) -> str:
    """The id of a pair: a hash of its documents and spans."""
    name = f"{row['zh_doc']} {row['en_doc']} {row['zh_spans']} {row['en_spans']}"
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def declarations(document: Row, changes: Sequence[Row]) -> list[Bracket]:
    """The brackets of a document, and of the lines removed from it, that may declare terms."""
    from pipeline.alignment.terms import brackets

    removed = (change["before"] for change in changes if change["stage"] == "strip")
    texts = [document["text"], *(text for text in removed if "(" in text or "（" in text)]
    return [found for text in texts for found in brackets(text)]


def times(term: Row, brackets: Iterable[Bracket]) -> tuple[int, int]:
    """How often these brackets of one document declare a term, at least and at most.

    Which Chinese before a bracket belongs to the term, only the dictionary tells; but it says the same wherever the
    same words stand before it, and mostly only one kind of words does.
    """
    alike = Counter(
        (chinese, exact)
        for chinese, english, exact in brackets
        if english == term["en"] and (chinese == term["zh"] if exact else chinese.endswith(term["zh"]))
    )
    return min(alike.values(), default=0), sum(alike.values())


def quote(text: str) -> str:
    """The text as a message shows it: escaped, and cut where it is long."""
    return repr(text) if len(text) <= _QUOTED else f"{text[:_QUOTED]!r}…"


def is_stateless(encoding: str) -> bool:
    """Whether a codec of this name exists and decodes a slice of a text without knowing what came before."""
    try:
        name = codecs.lookup(encoding).name
        b"text".decode(encoding, "ignore")  # a codec of bytes raises
    except (LookupError, UnicodeError, ValueError):
        return False
    return name not in _STATEFUL and not name.startswith("iso2022")


def _complement(spans: Sequence[Span], size: int) -> list[Span]:
    """What of ``[0, size)`` no span covers; ``spans`` are sorted and may overlap."""
    gaps: list[Span] = []
    done = 0
    for start, end in spans:
        if start > done:
            gaps.append((done, start))
        done = max(done, end)
    if done < size:
        gaps.append((done, size))
    return gaps


def _silent_bytes(gaps: Sequence[Span], data: bytes, encoding: str) -> Iterator[str]:
    """Bytes of a plain text that nothing accounts for, except a BOM and the CR of a CRLF."""
    for start, end in gaps:
        lost = data[start:end].decode(encoding, "backslashreplace")
        if start == 0:
            lost = lost.removeprefix("\ufeff")
        # What `decode` takes out may stand within a CRLF.
        follower = CONTROL.sub("", data[end : end + 256].decode(encoding, "ignore"))
        if lost == "\r" and follower.startswith("\n"):
            continue
        if lost:
            yield f"bytes [{start}, {end}) = {quote(lost)} are in no block and in no change"


def _befores(changes: Sequence[Row], data: bytes, encoding: str) -> Iterator[str]:
    """The only change of a place must quote the source: ``before`` is what its bytes decode to."""
    order = sorted(changes, key=lambda change: (change["start"], change["end"]))
    touched = -1  # end of the spans so far
    for index, change in enumerate(order):
        start, end = change["start"], change["end"]
        alone = start > touched and (index + 1 == len(order) or order[index + 1]["start"] > end)
        touched = max(touched, end)
        if not alone:
            continue
        source = _as_seen(_decode(data[start:end], encoding))
        if source != _as_seen(change["before"]) and "\ufffd" not in source:
            yield (
                f"change {change['seq']} ({change['rule']}) replaced {quote(change['before'])}, "
                f"but bytes [{start}, {end}) are {quote(source)}"
            )


def _as_seen(text: str) -> str:
    """Text as a stage sees it: without what the reader passes over, bad bytes as records write them."""
    text = _SURROGATE.sub(lambda match: f"\\x{ord(match[0]) & 0xFF:02x}", text)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").removesuffix("\r")


def _decode(data: bytes, encoding: str) -> str:
    """Any slice of a file as text; bytes that are no characters become lone surrogates where the codec can."""
    return data.decode(encoding, _errors(encoding))


def _errors(encoding: str) -> str:
    return "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"


def _visible_gaps(
    gaps: Sequence[Span], kept: Sequence[Kept], data: bytes, format: str, encoding: str
) -> Iterator[tuple[int, int, str]]:
    """Text that the page shows in bytes of no block and no change: first byte, end, text."""
    from pipeline.records.visible import in_script, is_escaped, shown

    page = _decode(data, encoding)
    scripted = any(in_script(page, len(_decode(data[: block.start], encoding))) for block in kept[-1:])
    escapes = format == "wechat" or scripted or is_escaped(page)
    starts = [start for start, _ in gaps]
    for first, last in _visible(kept, page, data, encoding):
        index = max(bisect_right(starts, first) - 1, 0)
        while index < len(gaps) and gaps[index][0] < last:
            start, end = max(gaps[index][0], first), min(gaps[index][1], last)
            index += 1
            if start < end and (lost := shown(_decode(data[start:end], encoding), escapes)):
                yield start, end, lost


def _visible(kept: Sequence[Kept], page: str, data: bytes, encoding: str) -> list[Span]:
    """Spans of bytes that the page shows; those of a script's literal too, where blocks lie in one."""
    from pipeline.records.visible import escaped_runs, in_script, is_escaped, literal_runs, visible_runs

    if is_escaped(page):
        return _byte_spans(escaped_runs(page), page, data, encoding)
    spans = _byte_spans(visible_runs(page), page, data, encoding)
    starts = [start for start, _ in spans]
    done = 0
    for block in kept:
        index = bisect_right(starts, block.start) - 1
        if block.start < done or (index >= 0 and block.start < spans[index][1]):
            continue
        at = len(_decode(data[: block.start], encoding))
        if not in_script(page, at):
            continue
        runs, end = literal_runs(page, at)
        spans += _byte_spans(runs, page, data, encoding)
        done = len(page[:end].encode(encoding, "surrogateescape"))
    return spans


def _byte_spans(spans: Sequence[Span], page: str, data: bytes, encoding: str) -> list[Span]:
    offsets = _byte_offsets(page, data, encoding, [offset for span in spans for offset in span])
    return [(offsets[start], offsets[end]) for start, end in spans]


def _byte_offsets(page: str, data: bytes, encoding: str, positions: Sequence[int]) -> dict[int, int]:
    """Byte offset of each of these ascending positions of the decoded page."""
    found: dict[int, int] = {}
    if encoding not in _REVERSIBLE:
        starts = [0]  # where the bytes of each character begin
        decoder = codecs.getincrementaldecoder(encoding)(_errors(encoding))
        for offset in range(len(data)):
            text = decoder.decode(data[offset : offset + 1], offset + 1 == len(data))
            alone = len(text) > 1 and _SURROGATE.match(text)  # a bad byte, known as such only by the next one
            starts += range(offset + 2 - len(text), offset + 2) if alone else [offset + 1] * len(text)
        return {position: starts[min(position, len(starts) - 1)] for position in positions}
    done = total = 0
    for position in positions:
        total += len(page[done:position].encode(encoding, "surrogateescape"))
        found[position] = total
        done = position
    return found
