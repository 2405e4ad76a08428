"""One document of a container, and why a container cannot be read any further."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Final, NamedTuple

from pipeline.config import Config

# Bytes looked at to tell the kind of a file, and bytes read from a stream in one go.
HEAD: Final = 4096
CHUNK: Final = 1 << 16
# Packed data that grows by more than this factor, and beyond this size, is a bomb: text packs by 3 to 20, JSONL of
# similar lines by up to 100, zeros by 1,000.
BOMB_RATIO: Final = 200
BOMB_BYTES: Final = 20_000_000


class Member(NamedTuple):
    """One document's bytes, and what the container says of it; without data the rule and reason why there is none."""

    name: str
    data: bytes | None
    declared: str = ""  # charset from a header
    url: str = ""
    published: str = ""  # YYYY-MM-DD
    title: str = ""
    author: str = ""
    html: bool = False  # whether the container calls it HTML
    fetched: str = ""  # when the page was saved: an ISO 8601 time with its zone
    rule: str = ""
    reason: str = ""

    def hints(self) -> dict[str, str]:
        """What container and name say of the document: keys of ``metadata``, ``declared`` and ``html`` of ``clean``.

        What they do not say is ``""``.
        """
        from pipeline.stages.read import HTML_NAME

        said = {key: getattr(self, key) for key in ("declared", "url", "published", "title", "author", "fetched")}
        return {**said, "html": "html" if self.html or HTML_NAME.search(self.name) else ""}


class FaultError(Exception):
    """Why a container cannot be read any further."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason


def too_large(name: str, size: int, config: Config) -> Member:
    """A member that is left out for its size."""
    reason = f"{size} bytes are more than the limit max_bytes = {config.max_bytes}"
    return Member(name, None, rule="decode.too-large", reason=reason)


def limited(found: Iterator[Member], name: str, config: Config) -> Iterator[Member]:
    """At most ``max_members`` of these; a fault on the way, or that there are none, is a last one: the container."""
    count = 0
    try:
        for member in found:
            if count >= config.max_members:
                reason = f"more than max_members = {config.max_members} members"
                yield Member(name, None, rule="containers.too-many", reason=reason)
                return
            count += 1
            yield member
    except FaultError as fault:
        yield Member(name, None, rule=fault.rule, reason=fault.reason)
        return
    if not count:
        yield Member(name, None, rule="containers.empty", reason="the container holds no document")


# Members of an open, seekable file of this name, so many containers deep: what an archive asks for what it holds.
Inner = Callable[[IO[bytes], str, Config, int], Iterator[Member]]
