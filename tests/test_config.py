"""Options: what cannot be right is refused by a message that names the key and what would be right."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import Config
from pipeline.cli import main
from pipeline.config import ConfigError, UserRule, UserTerm, from_mapping

RULE = '[[rules]]\nid = "user.x"\npattern = "x"\nreason = "y"\n'
TERM = '[[glossary]]\nid = "user.t"\npattern = "sky cat"\nreplacement = "Tmall"\n'

# What a configuration file holds, and what is told.
WRONG = [
    ("keep = [1]", "keep = [1, 'comment']: must be a list of strings"),
    ('keep = "comment"', "keep = 'comment': must be a list of strings"),
    ('drop = ["coment"]', "drop: unknown role 'coment'; did you mean 'comment'"),
    ('simplify = "no"', "simplify = 'no': must be true or false"),
    ("simplify = 1", "simplify = 1: must be true or false"),
    ("max_bytes = true", "max_bytes = True: must be a whole number"),
    ("max_bytes = 6.4e7", "max_bytes = 64000000.0: must be a whole number"),
    ("max_bytes = 99999999999999999999", "max_bytes = 99999999999999999999: a limit is greater than 0 and at most"),
    ("max_seconds = nan", "max_seconds = nan: must be a finite number"),
    ("max_seconds = inf", "max_seconds = inf: must be a finite number"),
    ('max_depth = "x"', "max_depth = 'x': must be a whole number"),
    ("max_depth = -1", "max_depth = -1: a limit is greater than 0"),
    ("min_score = 5", "min_score = 5.0: a score is between 0 and 1"),
    ("preset = 5", "preset = 5: must be a string"),
    ('preset = "precise"', "did you mean 'precision'"),
    ("rules = 5", "rules = 5: must be tables, each under a line [[rules]] of its own"),
    ("rules = [5]", "rules = [5]: must be tables"),
    ('[rules]\nid = "user.x"', "must be tables, each under a line [[rules]] of its own"),
    ("[[rules]]\nid = 5\npattern = 'x'\nreason = 'y'", "[[rules]] 5: id = 5: must be a string"),
    ("[[rules]]\nid = 'user.x'\npattern = 'x'", "[[rules]] 'user.x': the key 'reason' is missing"),
    ("[[rules]]\nid = 'x'\npattern = 'x'\nreason = 'y'", "ids of your own begin with 'user.'"),
    (f'{RULE}max_units = "many"', "[[rules]] 'user.x': max_units = 'many': must be a number"),
    (f"{RULE}max_units = -1", "[[rules]] 'user.x': max_units = -1.0: must be 0 (no limit) or more"),
    (f'{RULE}role = "zzz"', "[[rules]] 'user.x': role: unknown role 'zzz'; there are: ad, "),
    (f'{RULE}role = "blank"', "role = 'blank' is for lines without text"),
    (RULE.replace('"y"', '" "'), "[[rules]] 'user.x': reason = ' ': must say why such lines go"),
    (f'{RULE}rolle = "ad"', "unknown key 'rolle' in [[rules]]; did you mean 'role'"),
    (RULE.replace('"x"', '"("'), "[[rules]] 'user.x': '(' is no regular expression"),
    (RULE.replace('"x"', '"x{99999999999}"'), "is no regular expression"),
    (RULE.replace('"x"', '""'), "pattern = '' matches the empty string"),
    (RULE.replace('"x"', '"广告|"'), "pattern = '广告|' matches the empty string"),
    (RULE * 2, "2 tables of [[rules]] and [[glossary]] have the id 'user.x'"),
    (TERM * 2, "2 tables of [[rules]] and [[glossary]] have the id 'user.t'"),
    (RULE + TERM.replace("user.t", "user.x"), "2 tables of [[rules]] and [[glossary]] have the id 'user.x'"),
    (TERM.replace('"Tmall"', "5"), "[[glossary]] 'user.t': replacement = 5: must be a string"),
    (TERM.replace("Tmall", "\\n"), "replacement = '\\n' holds a line break"),
    (TERM.replace("Tmall", "a\\\\nb"), "replacement = 'a\\\\nb' holds a line break"),
    (TERM.replace("Tmall", "\\\\2"), "replacement = '\\\\2': invalid group reference 2"),
    (TERM.replace("Tmall", "\\\\g<zh>"), "replacement = '\\\\g<zh>': unknown group name 'zh'"),
    (TERM.replace("sky cat", ""), "[[glossary]] 'user.t': pattern = '' matches the empty string"),
    (TERM.replace("sky cat", "(sky)?"), "pattern = '(sky)?' matches the empty string"),
    (TERM.replace("sky cat", "\\\\b"), "pattern = '\\\\b' matches the empty string"),
    (f'{TERM}context = "abc"', "[[glossary]] 'user.t': context = 'abc': must be a list of strings"),
    (f'{TERM}context = [""]', "context = [''] holds an empty word"),
    (f'{TERM}context = ["a", "b"]\ncontext_min = 3', "context_min = 3: context has 2 words"),
]


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[f"{n} {text[:40]!r}" for n, (text, _) in enumerate(WRONG)])
def test_a_wrong_value_in_a_file_is_exit_2(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "mine.toml"
    config.write_text(text, "utf-8")
    assert main(["clean", "--config", str(config), "--keep", "comment", str(config)]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.startswith("qingwen: ")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"tool = 5", "tool = 5 must be a table, as in [tool.qingwen]"),
        (b"[tool]\nqingwen = 5", "qingwen = 5 must be a table, as in [tool.qingwen]"),
        (b"[tool.qingwen]\nkeep = 'comment'", "keep = 'comment': must be a list of strings"),
        ("[tool.qingwen] # 清".encode("gb18030"), "pyproject.toml is not UTF-8, as TOML must be"),
        (b"[tool", "pyproject.toml is no TOML"),
    ],
)
def test_a_wrong_pyproject_is_exit_2(
    data: bytes, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_bytes(data)
    assert main(["clean", "pyproject.toml"]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"keep": "comment"}, "keep = 'comment': must be a list of strings"),
        ({"keep": ("zzz",)}, "keep: unknown role 'zzz'"),
        ({"max_members": "1"}, "max_members = '1': must be a whole number"),
        ({"rules": ({"id": "user.x"},)}, "must be a list of UserRule"),
        ({"rules": (UserRule("x", "x", "y"),)}, "begin with 'user.'"),
        ({"glossary": (UserTerm("user.t", "x", "y", context="abc"),)}, "context = 'abc': must be a list"),  # type: ignore[arg-type]
    ],
    ids=str,
)
def test_a_wrong_value_from_python_is_a_value_error(options: dict[str, Any], told: str) -> None:
    assert issubclass(ConfigError, ValueError)
    with pytest.raises(ConfigError, match=re.escape(told)):
        Config(**options)


def test_right_values_are_taken_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"id": "user.x", "pattern": "^本文由.{1,20}赞助", "reason": "sponsor", "max_units": 0}
    term = {"id": "user.t", "pattern": r"\b(wool) part(?:y|ies)\b", "replacement": r"\1\\n", "context": ["coupon"]}
    config = from_mapping({"keep": ["comment"], "min-score": 1, "max_seconds": 5, "rules": [rule], "glossary": [term]})
    assert config.keep == ("comment",)
    assert config.rules == (UserRule("user.x", "^本文由.{1,20}赞助", "sponsor", max_units=0),)
    assert config.glossary[0].context == ("coupon",)
    assert Config(keep=["comment"]).keep == ["comment"]  # type: ignore[arg-type]
    monkeypatch.chdir(tmp_path)
    Path("qingwen.toml").write_bytes(b'\xef\xbb\xbfpreset = "recall"\n')
    Path("page.txt").write_text("港口的仓库在冬天总是空着一半，到了春天又一间一间地租出去。\n" * 5, "utf-8")
    assert main(["clean", "page.txt"]) == 0


def test_equal_options_are_equal_bytes() -> None:
    rule = UserRule("user.x", "x", "an x")
    one = Config(min_score=0, max_seconds=60, rules=(replace(rule, max_units=3),))
    other = Config(min_score=0.0, max_seconds=60.0, rules=(replace(rule, max_units=3.0),))
    assert one == other
    assert one.digest() == other.digest()
