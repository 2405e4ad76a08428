"""Every option of a run: its unit, its default and why."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PRESETS = ("balanced", "precision", "recall")
REPAIR_LEVELS = ("off", "safe", "full")
NEAR_DUPLICATE_MODES = ("mark", "drop")


class ConfigError(ValueError):
    """An option that does not exist or has an impossible value; the message names what would be right."""


@dataclass(frozen=True, slots=True)
class UserRule:
    """A rule of the user's own, as a table ``[[rules]]`` in ``qingwen.toml``: lines that match ``pattern`` are dropped.

    ``id`` begins with ``user.``; ``max_units`` spares lines longer than so many units (Han / 1.6 + Latin words),
    0 spares none.
    """

    id: str
    pattern: str  # a regular expression, searched in one line
    reason: str
    role: str = "ad"
    max_units: float = 40.0


@dataclass(frozen=True, slots=True)
class UserTerm:
    """A glossary entry of the user's own, as a table ``[[glossary]]``: ``pattern`` becomes ``replacement``.

    It acts in English documents that hold at least ``context_min`` of the words ``context``.
    """

    id: str
    pattern: str
    replacement: str
    zh: str = ""
    context: tuple[str, ...] = ()
    context_min: int = 1


@dataclass(frozen=True, slots=True)
class Config:
    """The options that change results. Two runs with equal configs and inputs write equal bytes."""

    # "recall" keeps a doubtful line, "precision" drops it; losing a line of the article is the worse fault,
    # so the balance leans to keeping.
    preset: str = "balanced"
    keep: tuple[str, ...] = ()  # roles to keep that would be dropped: ("comment",)
    drop: tuple[str, ...] = ()  # roles to drop that would be kept: ("caption",)
    # "safe" repairs what has one right reading; "full" adds glossary terms whose context is only likely.
    repair: str = "safe"
    simplify: bool = False  # Traditional to Simplified (needs the extra "opencc"); off: it is the author's script
    near_duplicates: str = "mark"  # "drop" moves near-duplicates to rejected; marking loses nothing
    min_score: float = 0.0  # pairs below this score are not written (0..1)
    # What finds sentence pairs: "" the multilingual encoder that comes along, "dictionary" no model at all, else the
    # folder of a sentence-transformers model (needs the extra "transformers").
    encoder: str = ""
    # A page over this size is data, not an article; 64 MB is 10 times the largest saved page known to us.
    max_bytes: int = 64_000_000  # bytes
    # Seconds for one document, and one more for each 200 kB of its file; 200 lines take about 0.01.
    max_seconds: float = 60.0
    max_memory: int = 2_000_000_000  # bytes of address space growth of a worker for one document
    max_members: int = 1_000_000  # of one container
    max_depth: int = 3  # containers within containers
    rules: tuple[UserRule, ...] = ()
    glossary: tuple[UserTerm, ...] = ()

    def __post_init__(self) -> None:
        _one_of("preset", self.preset, PRESETS)
        _one_of("repair", self.repair, REPAIR_LEVELS)
        _one_of("near_duplicates", self.near_duplicates, NEAR_DUPLICATE_MODES)
        if not 0.0 <= self.min_score <= 1.0:
            raise ConfigError(f"min_score = {self.min_score}: a score is between 0 and 1")
        for name in ("max_bytes", "max_seconds", "max_memory", "max_members"):
            if getattr(self, name) <= 0:
                raise ConfigError(f"{name} = {getattr(self, name)}: a limit is greater than 0")

        if self.encoder not in ("", "dictionary"):
            if not Path(self.encoder).is_dir():
                raise ConfigError(f"encoder = {self.encoder!r}: no such folder; give the path of a downloaded model")
            if not find_spec("sentence_transformers"):
                raise ConfigError("a model folder needs sentence-transformers: pip install 'qingwen[transformers]'")
        if self.simplify and not find_spec("opencc"):
            raise ConfigError("simplify = true needs the package opencc: pip install 'qingwen[opencc]'")
        patterns = [(rule.id, rule.pattern) for rule in self.rules]
        for id, pattern in (*patterns, *((term.id, term.pattern) for term in self.glossary)):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ConfigError(f"{id}: {pattern!r} is no regular expression: {error}") from error

    def digest(self) -> str:
        """First 16 hex digits of the hash of all options, as ``metadata.config`` has it."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def from_mapping(options: Mapping[str, Any]) -> Config:
    """A config from a TOML table; unknown keys raise ``ConfigError`` naming the nearest right one."""
    known = {field.name for field in fields(Config)}
    values: dict[str, Any] = {}
    for key, value in options.items():
        name = key.replace("-", "_")
        if name not in known:
            raise ConfigError(f"unknown option {key!r}{nearest(name, known)}")
        if name == "rules":
            values[name] = tuple(_table(UserRule, "rules", item) for item in value)
        elif name == "glossary":
            values[name] = tuple(_table(UserTerm, "glossary", item) for item in value)
        elif isinstance(value, list):
            values[name] = tuple(value)
        else:
            values[name] = value
    try:
        return Config(**values)
    except TypeError as error:
        raise ConfigError(f"an option has a value of the wrong type: {error}") from error


def nearest(word: str, choices: set[str] | tuple[str, ...]) -> str:
    """``"; did you mean 'x'?"`` for an error message, or the list of choices where none is near."""
    from difflib import get_close_matches

    close = get_close_matches(word, sorted(choices), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(sorted(choices))}"


def _table(kind: type[Any], section: str, item: Mapping[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    for key in item:
        if key not in known:
            raise ConfigError(f"unknown key {key!r} in [[{section}]]{nearest(key, known)}")
    try:
        made = kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in item.items()})
    except TypeError as error:
        raise ConfigError(f"[[{section}]]: {error}") from error
    if not made.id.startswith("user."):
        raise ConfigError(f"[[{section}]] id {made.id!r}: ids of your own begin with 'user.'")
    return made


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"{name} = {value!r}{nearest(value, choices)}")
