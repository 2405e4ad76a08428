"""The regression cases of the project, and the command that runs them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import clean
from pipeline.cases import CaseError, check
from pipeline.document import Document, Edit, Segment

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize("case", sorted(CASES.rglob("*.toml")), ids=lambda case: case.stem)
def test_case(case: Path) -> None:
    (result,) = check(case, clean)
    assert result.passed, str(result)


def small(data: bytes, name: str) -> Document:
    """A stand-in for the pipeline: drops lines that begin with !, writes ? for ;, rejects an empty page."""
    doc = Document.from_source(name, data.decode())
    if not data:
        return doc.reject("read.no-text", "the file shows no text")
    edits = []
    for number, line in enumerate(doc.lines()):
        start = sum(len(other) + 1 for other in doc.lines()[:number])
        if line.startswith("!"):
            edits.append(Edit(start, start + len(line), "", "strip.line", "nav", 0.81))
        elif ";" in line:
            edits.append(Edit(start + line.index(";"), start + line.index(";") + 1, "?", "repair.mark"))
    doc = doc.edit(edits).note(title="Title")
    return replace(doc, lang="en", segments=(Segment(0, len(doc.text), "en", 0, "body"),))


def run(folder: Path, case: str) -> str:
    (folder / "case.toml").write_text(case, "utf-8")
    (result,) = check(folder / "case.toml", small)
    assert result.passed == str(result).startswith("ok ")
    return str(result)


PAGE = '''text = """
!Home
Tea is ready; come.
!More tea
Bye.
"""
'''


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (
            f'{PAGE}keep = ["Tea is ready? come."]\nremove = ["Home", ";"]\nlang = "en"\n[metadata]\ntitle = "Title"',
            "ok",
        ),
        ('text = ""\nrejected = "read.no-text"', "ok"),
        (
            f'{PAGE}keep = ["More tea"]',
            "removed as nav by strip.line (score 0.81) on line 3: '!More tea'",
        ),
        (f'{PAGE}keep = ["come.\\n!More tea"]', "removed as nav by strip.line (score 0.81) on line 3"),
        (f'{PAGE}keep = ["ready;"]', "lost 'ready;': replaced by '?' by repair.mark (score 1.00) on line 2: ';'"),
        (f'{PAGE}keep = ["coffee"]', "lost 'coffee': the page does not hold it"),
        (f'{PAGE}remove = ["Bye"]', "left 'Bye': line 4 of the text was taken for body, no rule removed it: 'Bye.'"),
        (f'{PAGE}remove = ["ready"]', "left 'ready': line 2"),
        (f'{PAGE}remove = ["coffee"]', "the case is wrong: the page does not hold 'coffee'"),
        (f'{PAGE}lang = "zh"', "lang is 'en', not 'zh'"),
        (f'{PAGE}[metadata]\nauthor = "Me"', "metadata.author is '', not 'Me'"),
        (f'{PAGE}[metadata]\nencoding = "utf-8"\nformat = "text"\nflags = ""', "ok"),
        (f'{PAGE}[metadata]\nformat = "html"', "metadata.format is 'text', not 'html'"),
        (f'{PAGE}rejected = "read.no-text"', "not rejected, should be for read.no-text"),
        ('text = ""\nkeep = ["Tea"]', "rejected for read.no-text: the file shows no text"),
        ('text = ""\nrejected = "read.other"', "rejected for read.no-text: the file shows no text, not for read.other"),
    ],
)
def test_result_says_which_rule(tmp_path: Path, case: str, told: str) -> None:
    assert told in run(tmp_path, case)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ('text = "a"\nkeeps = ["a"]', "unknown key 'keeps'; did you mean 'keep'?"),
        ('keep = ["a"]', "either file = … or text = …"),
        ('file = "a"\ntext = "a"\nkeep = ["a"]', "either file = … or text = …"),
        ('file = "nowhere.txt"\nkeep = ["a"]', "file = 'nowhere.txt': No such file"),
        ('text = "a"\nkeep = "a"', "keep is a list of phrases"),
        ('text = "a"\nkeep = [""]', "phrases that are not empty"),
        ('text = "a"\nlang = 3', "lang is a string"),
        ('text = "a"\nmetadata = "a"', "metadata is a table"),
        ('text = "a"\n[metadata]\nencodings = "a"', "no record has metadata.encodings; did you mean 'encoding'?"),
        ('text = "a"', "the case expects nothing"),
        ("text = ", "is no TOML"),
    ],
)
def test_a_wrong_case_teaches(tmp_path: Path, case: str, message: str) -> None:
    with pytest.raises(CaseError, match=r"case\.toml") as raised:
        run(tmp_path, case)
    assert message in str(raised.value)


def test_a_folder_runs_all_its_cases_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/second.toml", "a.toml"):
        (tmp_path / name).write_text('text = "tea"\nkeep = ["tea"]')
    assert [Path(result.name).name for result in check(tmp_path, small)] == ["a.toml", "second.toml"]
    with pytest.raises(CaseError, match="holds no case"):
        check((tmp_path / "empty").mkdir() or tmp_path / "empty", small)
    with pytest.raises(CaseError, match="no such case file or folder"):
        check(tmp_path / "nowhere", small)
