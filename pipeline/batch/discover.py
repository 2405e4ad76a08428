"""Find the input files and name them: ``source`` is what every record calls its file."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple


class UsageError(ValueError):
    """A wrong call; the message says what was wrong and what would be right."""


class Input(NamedTuple):
    """One named input: a folder or a file. ``prefix`` goes before the names of its files ("" for the only input)."""

    name: str
    path: str
    prefix: str


class Found(NamedTuple):
    """One input file: its name in records and where it is."""

    source: str
    path: bytes


def name_inputs(arguments: Sequence[str]) -> list[Input]:
    """The inputs behind the arguments (folders, files, globs), in order of name.

    Raises ``UsageError`` for a missing input, a glob that matches nothing, and two inputs of the same name.
    """
    paths = _outermost({os.path.abspath(path) for argument in arguments for path in _expand(argument)})
    if not paths:
        raise UsageError("no input named; give folders, files or globs, or - with paths on standard input")
    named: dict[str, str] = {}
    for path in paths:
        name = display(os.path.basename(path) or path)
        if name in named:
            raise UsageError(
                f"two inputs are called {name!r} ({display(named[name])} and {display(path)}), "
                "so their files could not be told apart; "
                "run them into two outputs or rename one"
            )
        named[name] = path
    alone = len(named) == 1
    return [Input(name, path, "" if alone or os.path.isfile(path) else name) for name, path in sorted(named.items())]


def _outermost(paths: set[str]) -> list[str]:
    """The paths in order, without those inside a folder that is named as well (``d/**`` names both)."""
    found: list[str] = []
    for path in sorted(paths, key=lambda path: path.split(os.sep)):  # what a folder holds comes right behind it
        if not (found and path.startswith(found[-1].rstrip(os.sep) + os.sep)):
            found.append(path)
    return found


def _expand(argument: str) -> Iterable[str]:
    if os.path.lexists(argument):
        return [argument]
    if glob.has_magic(argument):
        matches = sorted(glob.glob(argument, recursive=True))
        if matches:
            return matches
        raise UsageError(f"no file matches {argument!r}")
    raise UsageError(f"no such file or folder: {argument!r}")


def find_files(
    inputs: Sequence[Input], output: Path, include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> Iterator[Found]:
    """Every file below the inputs, folder by folder in order of name; ``output`` is passed over if it lies within.

    ``include`` and ``exclude`` are shell patterns for the name in records or the bare file name, of named files as
    well. Links to folders are not followed, so a loop of links ends.
    """
    skip = os.fsencode(os.path.realpath(output))
    for item in inputs:
        path = os.fsencode(item.path)
        if not os.path.isdir(path):
            if _wanted(item.name, include, exclude):
                yield Found(item.name, path)
            continue
        for file in _walk(path, skip):
            relative = display(os.fsdecode(os.path.relpath(file, path)).replace(os.sep, "/"))
            if _wanted(relative, include, exclude):
                yield Found(f"{item.prefix}/{relative}" if item.prefix else relative, file)


def display(name: str) -> str:
    """A file name as records have it: bytes that are no UTF-8 appear as ``\\xNN``."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _walk(folder: bytes, skip: bytes) -> Iterator[bytes]:
    pending = [folder]
    while pending:
        here = pending.pop()
        files, folders = [], []
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    elif not (entry.is_symlink() and os.path.isdir(entry.path)):
                        files.append(entry.name)
        except OSError:
            yield here  # a folder that cannot be listed is a file that cannot be read: one rejected row
            continue
        yield from (os.path.join(here, name) for name in sorted(files))
        below = [os.path.join(here, name) for name in sorted(folders, reverse=True) if name != b".qingwen"]
        pending += [path for path in below if os.path.realpath(path) != skip]


def _wanted(name: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    base = name.rpartition("/")[2]
    if include and not any(fnmatch(name, pattern) or fnmatch(base, pattern) for pattern in include):
        return False
    return not any(fnmatch(name, pattern) or fnmatch(base, pattern) for pattern in exclude)
