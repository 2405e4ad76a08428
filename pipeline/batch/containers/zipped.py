"""Members of zip archives."""

from __future__ import annotations

import io
import os
import re
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final

from pipeline.batch.containers.member import BOMB_BYTES, BOMB_RATIO, FaultError, Inner, Member, too_large
from pipeline.config import Config

_OFFICE: Final = ("[Content_Types].xml", "META-INF/container.xml", "META-INF/MANIFEST.MF", "AndroidManifest.xml")


def is_zip(head: bytes) -> bool:
    """Whether a file that begins so is a zip archive."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_office(file: IO[bytes]) -> bool:
    """Whether a zip file is a document of its own kind (Office, e-book, program): its parts are no documents."""
    import zipfile

    try:
        names = zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        names = []
    file.seek(0)
    return any(name in names for name in _OFFICE)


def zip_members(file: IO[bytes], prefix: str, config: Config, depth: int, inner_members: Inner) -> Iterator[Member]:
    """The files of an archive in its order, containers among them opened in turn."""
    import zipfile

    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FaultError("containers.broken", f"the zip archive is damaged: {error}") from error
    size = file.seek(0, os.SEEK_END)
    total = 0
    seen: set[str] = set()
    for number, entry in enumerate(archive.infolist()):
        inner = _zip_name(entry)
        if entry.is_dir() or inner.startswith("__MACOSX/") or inner.rpartition("/")[2] in (".DS_Store", "Thumbs.db"):
            continue
        name = f"{prefix}!{inner}"
        if name in seen:
            yield Member(f"{name}#{number}", None, rule="containers.broken", reason=f"{inner!r} occurs twice")
            continue
        seen.add(name)
        rule, reason = _refusal(entry, inner)
        if rule:
            yield Member(name, None, rule=rule, reason=reason)
            continue
        try:
            with archive.open(entry) as packed:
                data = packed.read(config.max_bytes + 1)
        except NotImplementedError as error:
            yield Member(name, None, rule="containers.unsupported", reason=str(error))
            continue
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            yield Member(name, None, rule="containers.broken", reason=f"the member is damaged: {error}")
            continue
        total += len(data)
        if total > BOMB_BYTES and total > BOMB_RATIO * size:
            raise FaultError("containers.bomb", f"unpacks to more than {BOMB_RATIO} times its size")
        if len(data) > config.max_bytes:
            yield too_large(name, max(len(data), entry.file_size), config)
        else:
            yield from inner_members(io.BytesIO(data), name, config, depth + 1)


def _refusal(entry: Any, name: str) -> tuple[str, str]:
    """Rule and reason why an entry is not unpacked; empty if it may be."""
    if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or re.match(r"[A-Za-z]:", name):
        return "containers.unsafe-name", f"the name {name!r} points elsewhere"
    if entry.flag_bits & 1:
        return "containers.encrypted", "the member needs a password"
    if entry.file_size > BOMB_BYTES and entry.file_size > BOMB_RATIO * entry.compress_size:
        return "containers.bomb", f"unpacks to more than {BOMB_RATIO} times its size"
    return "", ""


def _zip_name(entry: Any) -> str:
    """A member's name; one not marked as UTF-8 is often GBK, which zipfile reads as CP437."""
    name = str(entry.filename)
    if entry.flag_bits & 0x800 or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return name
