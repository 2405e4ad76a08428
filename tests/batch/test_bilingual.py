"""Pairs and terms of a batch: the same whether found at once or day by day, and each day only what is new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.batch import bilingual, bilingual_work
from pipeline.batch import run as batch
from pipeline.batch.bilingual_work import Worker
from pipeline.batch.run import Options, run

Rows = Callable[[Path, str], list[dict[str, object]]]
Files = Callable[[Path], dict[str, bytes]]

PLACES = [("宁波", "Ningbo", "八", "eight"), ("温州", "Wenzhou", "九", "nine"), ("厦门", "Xiamen", "四", "four")]


@pytest.fixture
def translated(inputs: Path, tmp_path: Path) -> Path:
    """Three articles in two languages, each with a term in brackets."""
    chinese, english = (inputs / "zh.txt").read_text(), (inputs / "sub" / "en.txt").read_text()
    folder = tmp_path / "translated"
    folder.mkdir()
    for n, (zh, en, zh_years, en_years) in enumerate(PLACES):
        text = chinese.replace("宁波", zh).replace("八年", zh_years + "年").replace("六十天", f"{60 + n}天")
        text = text.replace("平台的负责人", f"海关总署（General Administration of Customs）第{2013 + n}号文件的负责人")
        (folder / f"{n}.zh.txt").write_text(text)
        text = english.replace("Ningbo", en).replace("eight", en_years).replace("sixty days", f"{60 + n} days")
        text = text.replace("The platform answered", f"Those responsible for document no. {2013 + n} answered")
        (folder / f"{n}.en.txt").write_text(text)
    return folder


def test_translations_find_each_other_and_terms_are_listed(
    translated: Path, tmp_path: Path, read_rows: Rows, read_files: Files
) -> None:
    out = tmp_path / "out"
    report = run([translated], out, options=Options(workers=2))
    names = {row["id"]: str(row["source"]) for row in read_rows(out, "documents")}
    found = {(names[row["zh_doc"]], names[row["en_doc"]]) for row in read_rows(out, "pairs")}
    assert found == {(f"{n}.zh.txt", f"{n}.en.txt") for n in range(3)}
    assert report.summary["pairs"] >= 6
    assert b"General Administration of Customs" in read_files(out)["terms.jsonl"]


def test_results_may_come_in_portions_of_one(
    translated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_files: Files
) -> None:
    run([translated], tmp_path / "whole")
    for module, name in ((batch, "_PORTION"), (bilingual, "_ASKED"), (bilingual_work, "_PORTION")):
        monkeypatch.setattr(module, name, 1)
    run([translated], tmp_path / "out")
    assert read_files(tmp_path / "out") == read_files(tmp_path / "whole")


def test_a_new_document_asks_only_those_it_is_proposed_to(
    translated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_files: Files
) -> None:
    asked = tmp_path / "asked"
    vote, align = Worker.vote, Worker.align

    def noted(what: Callable[..., object]) -> Callable[..., object]:
        def method(self: Worker, zh: str, en: str) -> object:
            with asked.open("a") as file:
                file.write(f"{what.__name__} {zh} {en}\n")
            return what(self, zh, en)

        return method

    monkeypatch.setattr(Worker, "vote", noted(vote))
    monkeypatch.setattr(Worker, "align", noted(align))
    out, late = tmp_path / "out", translated / "1.en.txt"
    text = late.read_text()
    late.unlink()
    run([translated], out)
    before = asked.read_text().splitlines()
    late.write_text(text)
    run([translated], out)
    new = asked.read_text().splitlines()[len(before) :]
    assert new
    assert not set(new) & set(before)
    assert len({line.split()[2] for line in new}) == 1, "only the new English document"
    run([translated], tmp_path / "scratch", options=Options(workers=2))
    assert read_files(out) == read_files(tmp_path / "scratch")
    late.unlink()
    run([translated], out)
    (tmp_path / "scratch" / "run.json").unlink()
    run([translated], tmp_path / "scratch")
    assert read_files(out) == read_files(tmp_path / "scratch")


def test_a_search_that_fails_is_told_and_done_again(
    translated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_files: Files
) -> None:
    def broken(self: Worker, zh: str, en: str) -> object:
        raise RuntimeError("no vectors today")

    out = tmp_path / "out"
    for method in ("vote", "align"):
        with monkeypatch.context() as patch:
            patch.setattr(Worker, method, broken)
            report = run([translated], out)
        assert report.faults
        assert "no vectors today" in report.notes[-1]
        assert report.summary["pairs"] == 0
    assert run([translated], out).summary["pairs"] > 0
    run([translated], tmp_path / "scratch")
    assert read_files(out) == read_files(tmp_path / "scratch")
