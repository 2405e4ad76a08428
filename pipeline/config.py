"""Every option of a run: its unit, its default and why."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
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

    def __post_init__(self) -> None:
        _make_floats(self)


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


# What a value of each annotation is made of, and what a message calls it.
_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "str": (str, "a string"),
    "bool": (bool, "true or false"),
    "int": (int, "a whole number"),
    "float": ((int, float), "a number"),
    "tuple[str, ...]": (str, "a list of strings"),
    "tuple[UserRule, ...]": (UserRule, "a list of UserRule, in a file tables [[rules]]"),
    "tuple[UserTerm, ...]": (UserTerm, "a list of UserTerm, in a file tables [[glossary]]"),
}
# A limit above this is a slip: more bytes than a disk holds, more seconds than a life has.
_MOST = 10**15
# A pattern that finds nothing at all in one of these would act between all characters.
_PROBES = ("", "Ab 1, c.", "中文")
# A line break in the replacement of a glossary entry, as such or as an escape.
_LINE_BREAK = re.compile(r"[\n\r]|(?<!\\)(?:\\\\)*\\[nr]")


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
        _check_types("", self)
        _make_floats(self)
        _one_of("preset", self.preset, PRESETS)
        _one_of("repair", self.repair, REPAIR_LEVELS)
        _one_of("near_duplicates", self.near_duplicates, NEAR_DUPLICATE_MODES)
        check_score("min_score", self.min_score)
        for name in ("max_bytes", "max_seconds", "max_memory", "max_members", "max_depth"):
            if not 0 < getattr(self, name) <= _MOST:
                raise ConfigError(f"{name} = {getattr(self, name)}: a limit is greater than 0 and at most {_MOST}")
        for name, roles in (("keep", self.keep), ("drop", self.drop)):
            _check_roles(name, roles)
        if self.encoder not in ("", "dictionary"):
            if not Path(self.encoder).is_dir():
                raise ConfigError(f"encoder = {self.encoder!r}: no such folder; give the path of a downloaded model")
            if not find_spec("sentence_transformers"):
                raise ConfigError("a model folder needs sentence-transformers: pip install 'qingwen[transformers]'")
        if self.simplify and not find_spec("opencc"):
            raise ConfigError("simplify = true needs the package opencc: pip install 'qingwen[opencc]'")
        for rule in self.rules:
            _check_rule(rule)
        for term in self.glossary:
            _check_term(term)
        ids = Counter([*(rule.id for rule in self.rules), *(term.id for term in self.glossary)])
        for id, count in ids.items():
            if count > 1:
                raise ConfigError(f"{count} tables of [[rules]] and [[glossary]] have the id {id!r}; give each its own")

    def reasons(self) -> dict[str, str]:
        """Why the user's own rules and glossary entries act, by id."""
        told = {rule.id: rule.reason for rule in self.rules}
        return told | {term.id: f"glossary of the user: {term.replacement}" for term in self.glossary}

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
        if name in ("rules", "glossary"):
            values[name] = tuple(_tables(UserRule if name == "rules" else UserTerm, name, value))
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return Config(**values)


def nearest(word: str, choices: set[str] | tuple[str, ...]) -> str:
    """``"; did you mean 'x'?"`` for an error message, or the list of choices where none is near."""
    from difflib import get_close_matches

    close = get_close_matches(word, sorted(choices), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(sorted(choices))}"


def check_score(name: str, value: float) -> None:
    """Raise ``ConfigError`` where ``value`` is no score."""
    if not 0.0 <= value <= 1.0:
        raise ConfigError(f"{name} = {value}: a score is between 0 and 1")


def _tables(kind: type[Any], section: str, items: Any) -> Iterator[Any]:
    """Rules or glossary entries from the tables of a file; their values are checked by ``Config``."""
    if not isinstance(items, list | tuple) or not all(isinstance(item, Mapping) for item in items):
        raise ConfigError(f"{section} = {items!r}: must be tables, each under a line [[{section}]] of its own")
    known = {field.name: field.default is MISSING for field in fields(kind)}
    for item in items:
        for key in item:
            if key not in known:
                raise ConfigError(f"unknown key {key!r} in [[{section}]]{nearest(key, set(known))}")
        for key, needed in known.items():
            if needed and key not in item:
                raise ConfigError(f"[[{section}]] {item.get('id', '')!r}: the key {key!r} is missing")
        yield kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in item.items()})


def _check_types(where: str, made: Any) -> None:
    """Raise ``ConfigError`` for the first field whose value is not what its annotation says."""
    for field in fields(made):
        value = getattr(made, field.name)
        types, name = _KINDS[str(field.type)]
        if str(field.type).startswith("tuple"):
            right = isinstance(value, tuple | list) and all(isinstance(item, types) for item in value)
        else:
            # True is an int to Python, and 1 no truth value to us.
            right = isinstance(value, types) and isinstance(value, bool) == (types is bool)
        if not right:
            value = list(value) if isinstance(value, tuple) else value
            raise ConfigError(f"{where}{field.name} = {value!r}: must be {name}")
        if isinstance(value, float) and not math.isfinite(value):
            raise ConfigError(f"{where}{field.name} = {value}: must be a finite number")


def _make_floats(made: Any) -> None:
    """Numbers as floats where the annotation says so: 1 and 1.0 are equal, and so must be what is written of them."""
    for field in fields(made):
        value = getattr(made, field.name)
        if field.type == "float" and isinstance(value, int) and not isinstance(value, bool):
            object.__setattr__(made, field.name, float(value))


def _check_roles(where: str, roles: Sequence[str]) -> None:
    from pipeline.stages.strip import ROLES

    for role in roles:
        if role not in ROLES:
            raise ConfigError(f"{where}: unknown role {role!r}{nearest(role, tuple(ROLES))}")


def _check_rule(rule: UserRule) -> None:
    where = f"[[rules]] {rule.id!r}: "
    _check_types(where, rule)
    _check_id(where, rule.id)
    _check_roles(f"{where}role", (rule.role,))
    if rule.role == "blank":
        raise ConfigError(f"{where}role = 'blank' is for lines without text; 'ad' or 'nav' would do")
    if not rule.reason.strip():
        raise ConfigError(f"{where}reason = {rule.reason!r}: must say why such lines go; each record of one names it")
    if rule.max_units < 0:
        raise ConfigError(f"{where}max_units = {rule.max_units}: must be 0 (no limit) or more")
    pattern = _compiled(where, rule.pattern)
    if any(not found.group() for probe in _PROBES[1:] for found in pattern.finditer(probe)):
        raise ConfigError(f"{where}pattern = {rule.pattern!r} matches the empty string, and so would drop every line")


def _check_term(term: UserTerm) -> None:
    where = f"[[glossary]] {term.id!r}: "
    _check_types(where, term)
    _check_id(where, term.id)
    pattern = _compiled(where, term.pattern)
    if any(not found.group() for probe in _PROBES for found in pattern.finditer(probe)):
        raise ConfigError(f"{where}pattern = {term.pattern!r} matches the empty string; it must match words")
    if _LINE_BREAK.search(term.replacement):
        raise ConfigError(f"{where}replacement = {term.replacement!r} holds a line break; it must be of one line")
    try:
        pattern.sub(term.replacement, "")
    except (re.error, IndexError) as error:
        raise ConfigError(
            f"{where}replacement = {term.replacement!r}: {error}; \\1 is what the first brackets of the pattern matched"
        ) from error
    if not all(word.strip() for word in term.context):
        raise ConfigError(f"{where}context = {list(term.context)!r} holds an empty word")
    if not 0 <= term.context_min <= max(1, len(set(term.context))):
        raise ConfigError(f"{where}context_min = {term.context_min}: context has {len(set(term.context))} words")


def _check_id(where: str, id: str) -> None:
    if not id.startswith("user."):
        raise ConfigError(f"{where}ids of your own begin with 'user.'")


def _compiled(where: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ConfigError(f"{where}{pattern!r} is no regular expression: {error}") from error


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"{name} = {value!r}{nearest(value, choices)}")
