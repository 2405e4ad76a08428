"""Folders that change under the run, names at the limit, disks that are elsewhere or full."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.batch import run as batch
from pipeline.batch.discover import Found, UsageError, find_files
from pipeline.batch.run import Options, run
from pipeline.cli import main

Rows = Callable[[Path, str], list[dict[str, object]]]
Files = Callable[[Path], dict[str, bytes]]


def rules(output: Path, read_rows: Rows) -> dict[object, object]:
    return {row["source"]: row["rule"] for row in read_rows(output, "rejected")}


def test_a_file_that_vanishes_before_it_is_read_is_rejected_and_then_forgotten(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_rows: Rows, read_files: Files
) -> None:
    def listed(*arguments: object) -> Iterator[Found]:
        yield from find_files(*arguments)  # type: ignore[arg-type]
        (folder / "zh.txt").unlink(missing_ok=True)

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(batch, "find_files", listed)
        report = run([folder], out)
    assert rules(out, read_rows) == {"zh.txt": "batch.unreadable"}
    assert (report.summary["inputs"], report.summary["documents"]) == (2, 1)
    run([folder], out)
    run([folder], tmp_path / "scratch")
    assert read_files(out) == read_files(tmp_path / "scratch")


@pytest.mark.parametrize("change", ["vanish", "grow"])
def test_a_file_that_changes_between_two_readings_is_rejected_and_read_again_in_the_next_run(
    change: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_rows: Rows, read_files: Files
) -> None:
    clean = batch._clean
    text = (folder / "zh.txt").read_text()

    def changed(*arguments: object) -> int:
        (folder / "zh.txt").unlink() if change == "vanish" else (folder / "zh.txt").write_text(text + "又一行。\n")
        return clean(*arguments)  # type: ignore[arg-type]

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(batch, "_clean", changed)
        run([folder], out)
    assert rules(out, read_rows) == {"zh.txt": "batch.changed"}
    (folder / "zh.txt").write_text(text)
    report = run([folder], out)
    assert (rules(out, read_rows), report.summary["documents"]) == ({}, 2)
    run([folder], tmp_path / "scratch")
    assert read_files(out) == read_files(tmp_path / "scratch")


def test_a_file_that_changes_while_it_is_read_is_rejected(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_rows: Rows
) -> None:
    import pipeline.stages

    readable = pipeline.stages.readable

    def slow(data: bytes, *args: object, **kwargs: object) -> object:
        if "老周".encode() in data:
            os.utime(folder / "other.txt", ns=(1, 1))
        return readable(data, *args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.stages, "readable", slow)
        run([folder], tmp_path / "out")
    assert rules(tmp_path / "out", read_rows) == {"other.txt": "batch.changed"}
    run([folder], tmp_path / "out")
    assert rules(tmp_path / "out", read_rows) == {}


def test_paths_up_to_the_limit_of_the_system_are_read_and_longer_ones_rejected(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_rows: Rows
) -> None:
    text = (folder / "zh.txt").read_text()
    monkeypatch.chdir(folder)
    depth = 0
    while len(os.getcwdb()) < 4_300:
        if len(os.getcwdb()) < 3_900 or len(os.getcwdb()) > 4_100:
            Path("deep.txt").write_text(text.replace("八年", f"{depth}年"))
        os.mkdir("文" * 60)
        os.chdir("文" * 60)
        depth += 1
    monkeypatch.chdir(tmp_path)
    report = run([folder], tmp_path / "out")
    longest = max(len(str(row["source"]).encode()) for row in read_rows(tmp_path / "out", "documents"))
    assert longest + len(os.fsencode(folder)) > 3_700
    assert report.summary["documents"] > 20
    assert set(rules(tmp_path / "out", read_rows).values()) <= {"batch.unreadable", "deduplicate.same-text"}
    assert "batch.unreadable" in rules(tmp_path / "out", read_rows).values()
    shutil.rmtree(folder)


def test_names_that_are_no_utf8_may_be_named(
    tmp_path: Path, read_rows: Rows, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, out = (os.fsencode(tmp_path / name) for name in ("in", "out?#%41"))
    folder, out = os.fsdecode(folder + b"\xd6\xd0"), os.fsdecode(out + b"\xd6")
    os.mkdir(folder)
    names = [os.fsdecode(name) for name in (b"\xd6.txt", b"\xd0.txt")]
    for name in names:
        Path(folder, name).write_text(f"港口在早上六点开门。{len(name)}点以后没有船。\n" * 3 + ascii(name))
    for inputs in ([folder], [f"{folder}/{name}" for name in names]):
        assert main(["run", *inputs, "-o", out, "--prune"]) == 0
        assert sorted(str(row["source"]) for row in read_rows(Path(out), "documents")) == ["\\xd0.txt", "\\xd6.txt"]
        assert main(["verify", out, "--inputs", *inputs]) == 0
    assert main(["clean", "--json", f"{folder}/{names[0]}"]) == 0
    assert '"source":"\\\\xd6.txt"' in capfd.readouterr().out


def test_two_documents_of_one_name_are_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in (b"n\\xff.txt", b"n\xff.txt"):
        Path(folder, os.fsdecode(name)).write_text("港口在早上六点开门。")
    with pytest.raises(UsageError, match=r"both give a document called 'n\\\\xff.txt'; rename one"):
        run([folder], tmp_path / "out")
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "z.zip!x.txt").write_text("港口在早上六点开门。")
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        archive.writestr("x.txt", "船在中午以后离开。")
    with pytest.raises(UsageError, match=r"z\.zip(!x\.txt)? and z\.zip(!x\.txt)? both give"):
        run([folder], tmp_path / "out")
    # An input that was never taken up is not one of the output's.
    good = tmp_path / "good"
    good.mkdir()
    (good / "a.txt").write_text("港口在早上六点开门。")
    run([good], tmp_path / "good out")
    with pytest.raises(UsageError, match="both give"):
        run([good, folder], tmp_path / "good out", options=Options(add=True))
    assert run([good], tmp_path / "good out").summary["documents"] == 1


def test_a_pipe_is_rejected_at_once(folder: Path, tmp_path: Path, read_rows: Rows) -> None:
    os.mkfifo(folder / "pipe")
    run([folder], tmp_path / "out")
    assert rules(tmp_path / "out", read_rows) == {"pipe": "batch.unreadable"}


def test_nothing_is_written_to_the_input(folder: Path, tmp_path: Path, read_rows: Rows) -> None:
    before = [(path, path.stat().st_mtime_ns) for path in (folder, *sorted(folder.iterdir()))]
    folder.chmod(0o555)
    run([folder], tmp_path / "out")
    folder.chmod(0o755)
    assert [(path, path.stat().st_mtime_ns) for path in (folder, *sorted(folder.iterdir()))] == before
    assert len(read_rows(tmp_path / "out", "documents")) == 2


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no second file system")
def test_the_output_may_be_on_another_file_system(folder: Path, tmp_path: Path, read_files: Files) -> None:
    import tempfile

    run([folder], tmp_path / "out")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        assert os.stat(elsewhere).st_dev != os.stat(folder).st_dev
        run([folder], Path(elsewhere, "out"))
        assert read_files(Path(elsewhere, "out")) == read_files(tmp_path / "out")


@pytest.mark.parametrize("pages", [2, 20, 0])
def test_a_full_disk_is_told_leaves_no_partial_file_and_the_next_run_goes_on(
    pages: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_files: Files
) -> None:
    out = tmp_path / "out"
    text = (folder / "zh.txt").read_text()
    for n in range(10):
        (folder / f"{n}.txt").write_text(text.replace("八年", f"{n}年"))

    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def little_room(path: Path) -> sqlite3.Connection:
        db = sqlite3.connect(path, isolation_level=None)
        db.execute(f"pragma max_page_count = {pages}")
        return db

    with monkeypatch.context() as patch:
        if pages:  # too few for the state to be made, or to hold the documents
            patch.setattr("pipeline.batch.state._connect", little_room)
        else:
            patch.setattr("pipeline.records.files.os.fsync", no_room)
        with pytest.raises(OSError, match="make room, and the same command goes on"):
            run([folder], out)
    assert read_files(out) == {}
    assert run([folder], out).summary["documents"] == 12
    run([folder], tmp_path / "scratch")
    assert read_files(out) == read_files(tmp_path / "scratch")


def test_a_container_of_more_documents_than_the_driver_holds(
    folder: Path, tmp_path: Path, read_rows: Rows, read_files: Files
) -> None:
    import json

    text = (folder / "zh.txt").read_text()
    texts = [text.replace("八年", f"{n}年") for n in range(batch._PORTION - 1)]
    for name, count in (("short", len(texts)), ("long", 2 * batch._PORTION)):
        lines = [json.dumps({"text": texts[n] if n < len(texts) else ""}) for n in range(count)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    report = run([folder], tmp_path / "out", options=Options(workers=2))
    assert report.summary["inputs"] == 2 + 3 * batch._PORTION - 1
    assert report.summary["rejected_by_rule"] == {
        "containers.no-field": batch._PORTION + 1,
        "deduplicate.same-bytes": batch._PORTION - 1,
    }
    (folder / "long.jsonl").write_text(json.dumps({"text": texts[0]}))
    run([folder], tmp_path / "out")
    run([folder], tmp_path / "scratch")
    assert read_files(tmp_path / "out") == read_files(tmp_path / "scratch")


def test_a_folder_of_thousands_of_files(tmp_path: Path, read_rows: Rows) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(3_000):
        (folder / f"{n}.txt").write_bytes(b"")
    report = run([folder], tmp_path / "out", options=Options(workers=2))
    assert report.summary["rejected_by_rule"] == {"decode.empty": 3_000}
    sources = [row["source"] for row in read_rows(tmp_path / "out", "rejected")]
    assert sources == sorted(sources)
