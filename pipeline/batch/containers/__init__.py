"""Documents inside files: .gz, .zip, .mhtml, .json, .jsonl, WARC and WET; any other file is one document, itself.

Kinds are told by their first bytes (JSON by its name as well). Members come out one by one, in the order of the
container, named ``container!member``; spans of a document are those of its member. A container is read as a stream, so
its size is not limited, that of a member is. Whatever is wrong comes out as a member without data that says why.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from typing import IO

from pipeline.batch.containers.gzipped import gzip_members, is_gzip
from pipeline.batch.containers.json_text import is_json, is_lines, json_members, jsonl_members
from pipeline.batch.containers.member import HEAD, Member, limited, too_large
from pipeline.batch.containers.mhtml import is_mhtml, mhtml_members
from pipeline.batch.containers.warc import is_warc, warc_members
from pipeline.batch.containers.zipped import is_office, is_zip, zip_members
from pipeline.config import Config

__all__ = ["Member", "members", "open_members", "refusal"]


def members(data: bytes, name: str, config: Config) -> Iterator[Member]:
    """The documents in a file's bytes; a file that is no container yields itself."""
    yield from _members(io.BytesIO(data), name, config, 0)


def open_members(path: str | bytes | os.PathLike[str], name: str, config: Config) -> Iterator[Member]:
    """The same for a file on disk, read as a stream; ``OSError`` where it cannot be opened or read."""
    with _opened(path) as file:
        yield from _members(file, name, config, 0)


def refusal(path: bytes, name: str, config: Config) -> str:
    """Why a file will not be read, as far as its size and first bytes tell; ``""`` if it will be."""
    try:
        with _opened(path) as file:
            head, size = file.read(HEAD), os.stat(path).st_size
    except OSError as error:
        return error.strerror or type(error).__name__
    if size > config.max_bytes and not _is_container(head, name):
        return too_large(name, size, config).reason
    return ""


def _opened(path: str | bytes | os.PathLike[str]) -> IO[bytes]:
    """A file opened for reading; ``OSError`` for what is no file, such as a pipe, which might keep us for ever."""
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "it is no file but a pipe or a device")
    return open(path, "rb")


def _members(file: IO[bytes], name: str, config: Config, depth: int) -> Iterator[Member]:
    """Members of an open, seekable file."""
    head = file.read(HEAD)
    file.seek(0)
    if not _is_container(head, name) or (is_zip(head) and is_office(file)):
        yield _whole(file, name, config)
    elif depth >= config.max_depth:
        yield Member(name, None, rule="containers.too-deep", reason=f"more than max_depth = {config.max_depth} levels")
    elif is_gzip(head):
        yield from gzip_members(file, name, config, depth, _members)
    else:
        yield from limited(_stream_members(file, head, name, config, depth), name, config)


def _is_container(head: bytes, name: str) -> bool:
    return is_gzip(head) or is_warc(head) or is_zip(head) or is_json(head, name) or is_mhtml(head)


def _whole(file: IO[bytes], name: str, config: Config) -> Member:
    """A file that is one document."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > config.max_bytes:
        return too_large(name, size, config)
    return Member(name, file.read())


def _stream_members(file: IO[bytes], head: bytes, name: str, config: Config, depth: int) -> Iterator[Member]:
    """Members of a container that is not gzip."""
    if is_warc(head):
        yield from warc_members(file, name, config)
    elif is_zip(head):
        yield from zip_members(file, name, config, depth, _members)
    elif is_mhtml(head):
        yield from mhtml_members(file, name, config)
    elif is_lines(name):
        yield from jsonl_members(file, name, config)
    else:
        yield from json_members(file, name, config)
