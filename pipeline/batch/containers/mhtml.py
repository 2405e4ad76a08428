"""The page of a saved web archive (.mhtml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from pipeline.batch.containers.member import FaultError, Member, too_large
from pipeline.config import Config

_MHTML = re.compile(rb"^(?:content-type:\s*multipart/related|mime-version:|snapshot-content-location:)", re.I | re.M)


def is_mhtml(head: bytes) -> bool:
    """Whether a file that begins so is a web archive."""
    return len(_MHTML.findall(head)) >= 2 and b"multipart/related" in head.lower()


def mhtml_members(file: IO[bytes], prefix: str, config: Config) -> Iterator[Member]:
    """The page of a saved web archive: its first part that is HTML (later ones are frames)."""
    from email import message_from_bytes

    data = file.read(config.max_bytes + 1)
    if len(data) > config.max_bytes:
        yield too_large(prefix, len(data), config)
        return
    message = message_from_bytes(data)
    for number, part in enumerate(message.walk()):
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        page = part.get_payload(decode=True)
        if isinstance(page, bytes):
            url = str(part.get("Content-Location", "")).strip() or str(message.get("Snapshot-Content-Location", ""))
            charset = str(part.get_content_charset("") or "")
            yield Member(f"{prefix}!{number}", page, charset, url.strip(), html=True)
            return
    raise FaultError("containers.broken", "the web archive holds no page")
