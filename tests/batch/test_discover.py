"""Inputs are found and named as records will call them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.batch.discover import UsageError, display, find_files, name_inputs


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return folder


def sources(arguments: list[Path], output: Path, **globs: list[str]) -> list[str]:
    return [found.source for found in find_files(name_inputs([str(path) for path in arguments]), output, **globs)]


def test_one_folder_names_files_by_their_path_in_it(tmp_path: Path) -> None:
    folder = tree(tmp_path / "in", "b.txt", "a/c.txt", "a/d/e.html", "中文 名\n换行.txt", "😀.txt")
    assert sources([folder], tmp_path / "out") == sorted(
        ["b.txt", "a/c.txt", "a/d/e.html", "中文 名\n换行.txt", "😀.txt"], key=lambda name: ("/" in name, name)
    )


def test_several_inputs_are_prefixed_by_their_names_and_a_file_is_its_name(tmp_path: Path) -> None:
    tree(tmp_path, "one/a.txt", "two/a.txt", "three.txt")
    inputs = [tmp_path / "two", tmp_path / "one", tmp_path / "three.txt"]
    assert sources(inputs, tmp_path / "out") == ["one/a.txt", "three.txt", "two/a.txt"]


def test_the_output_and_hidden_state_inside_an_input_are_passed_over(tmp_path: Path) -> None:
    folder = tree(tmp_path / "in", "a.txt", "out/documents/00000.jsonl", "other/.qingwen/state.sqlite")
    assert sources([folder], folder / "out") == ["a.txt"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    folder = tree(tmp_path / "in", "a.txt")
    (folder / "self").symlink_to(folder)
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "linked.txt").symlink_to(folder / "a.txt")
    assert sources([folder], tmp_path / "out") == ["a.txt", "linked.txt", "loop"]


def test_include_and_exclude_match_names_and_paths(tmp_path: Path) -> None:
    folder = tree(tmp_path / "in", "a.txt", "b.html", "old/c.txt")
    assert sources([folder], tmp_path, include=["*.txt"]) == ["a.txt", "old/c.txt"]
    assert sources([folder], tmp_path, exclude=["old/*"]) == ["a.txt", "b.html"]
    named = [folder / "a.txt", folder / "b.html"]
    assert sources(named, tmp_path, include=["*.txt"]) == sources(named, tmp_path, exclude=["b*"]) == ["a.txt"]


def test_what_lies_in_a_named_folder_is_found_once(tmp_path: Path) -> None:
    folder = tree(tmp_path / "in", "a.txt", "old/c.txt", "older.txt")
    assert sources([folder, folder / "a.txt", folder / "old"], tmp_path) == ["a.txt", "older.txt", "old/c.txt"]
    named = [folder / "a.txt", folder / "old", folder / "old" / "c.txt", folder / "older.txt"]  # what in/** gives
    assert sources(named, tmp_path) == ["a.txt", "old/c.txt", "older.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nowhere"], "no such file or folder"), (["*.none"], "no file matches"), ([], "no input named")],
)
def test_a_wrong_input_says_what_is_wrong(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=message):
        name_inputs(arguments)


def test_two_inputs_of_one_name_are_an_error(tmp_path: Path) -> None:
    tree(tmp_path, "x/data/a.txt", "y/data/a.txt")
    with pytest.raises(UsageError, match="two inputs are called 'data'"):
        name_inputs([str(tmp_path / "x" / "data"), str(tmp_path / "y" / "data")])


def test_a_name_that_is_no_utf8_is_shown_with_its_bytes() -> None:
    assert display(os.fsdecode(b"\xd6\xd0.txt")) == "\\xd6\\xd0.txt"
