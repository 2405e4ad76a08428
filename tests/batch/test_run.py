"""A batch: what goes in comes out or is rejected with a reason, and the same again tomorrow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.batch.discover import UsageError
from pipeline.batch.run import Options, plan, run
from pipeline.batch.state import State
from pipeline.config import Config

Rows = Callable[[Path, str], list[dict[str, object]]]
Files = Callable[[Path], dict[str, bytes]]


@pytest.mark.parametrize("inputs", ["seeds", b"seeds", Path("seeds")])
def test_one_input_that_is_no_list_is_a_wrong_call(inputs: object, tmp_path: Path) -> None:
    with pytest.raises(
        TypeError, match=r"run\(\) takes a list of inputs, not \w+; for one folder: run\(\[folder\], output\)"
    ):
        run(inputs, tmp_path / "out")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_every_input_is_a_document_or_rejected_with_a_reason(inputs: Path, tmp_path: Path, read_rows: Rows) -> None:
    report = run([inputs], tmp_path / "out")
    documents = read_rows(tmp_path / "out", "documents")
    rejected = read_rows(tmp_path / "out", "rejected")
    assert report.summary["inputs"] == len(documents) + len(rejected) == 14
    assert {row["source"]: row["rule"] for row in rejected} == {
        "blank.txt": "read.no-text",
        "dangling.txt": "batch.unreadable",
        "empty.txt": "decode.empty",
        "nul.txt": "decode.binary",
        "picture.txt": "decode.binary",
        "zh.txt": "deduplicate.same-bytes",
    }
    assert all(row["reason"] and row["stage"] for row in rejected)
    assert [row["source"] for row in documents] == sorted(row["source"] for row in documents)
    assert {row["source"]: row["duplicate_of"] for row in rejected if row["duplicate_of"]} == {
        "zh.txt": "copy of zh.txt"
    }
    near = {row["source"]: row["metadata"]["near_duplicate_of"] for row in documents}  # type: ignore[index]
    assert near["sub/near.txt"] == "copy of zh.txt"
    assert near["sub/en.txt"] == "packed.txt.gz!packed.txt"
    assert near["packed.txt.gz!packed.txt"] == near["page.html"] == ""


def test_no_boilerplate_is_left_and_no_body_is_lost(inputs: Path, tmp_path: Path, read_rows: Rows) -> None:
    run([inputs], tmp_path / "out")
    texts = {row["source"]: str(row["text"]) for row in read_rows(tmp_path / "out", "documents")}
    for source, text in texts.items():
        for noise in ("ICP备", "上一篇", "扫码", "Log in", "All rights reserved", "首页"):
            assert noise not in text, (source, noise)
    assert "老周带着六个工人" in texts["page.html"]
    assert "规则一年改三次" in texts["copy of zh.txt"]
    assert "grace period of sixty days" in texts["sub/en.txt"]
    assert "温州做了十一年" in texts["gbk.txt"]


def test_workers_do_not_change_a_byte(inputs: Path, tmp_path: Path, read_files: Files) -> None:
    run([inputs], tmp_path / "one", options=Options(workers=1))
    run([inputs], tmp_path / "three", options=Options(workers=3))
    assert read_files(tmp_path / "one") == read_files(tmp_path / "three")


def test_a_second_run_does_nothing(inputs: Path, tmp_path: Path, read_files: Files) -> None:
    out = tmp_path / "out"
    first = run([inputs], out)
    before = {name: (out / name).stat().st_mtime_ns for name in read_files(out)}
    second = run([inputs], out)
    assert (first.written, second.written, second.new) == (True, False, 0)
    assert {name: (out / name).stat().st_mtime_ns for name in read_files(out)} == before
    assert second.summary == first.summary


def test_a_damaged_output_file_is_written_again(inputs: Path, tmp_path: Path, read_files: Files) -> None:
    out = tmp_path / "out"
    run([inputs], out)
    whole = read_files(out)
    (out / "documents" / "00000.jsonl").write_bytes(b"")
    (out / "documents" / "stray.jsonl").write_bytes(b"{}\n")
    report = run([inputs], out)
    assert (report.written, report.new) == (True, 0)
    assert read_files(out) == whole


def test_a_grown_and_shrunk_folder_gives_what_a_run_from_scratch_gives(
    inputs: Path, tmp_path: Path, read_files: Files
) -> None:
    out = tmp_path / "out"
    run([inputs], out)
    (inputs / "copy of zh.txt").unlink()
    text = (inputs / "sub" / "en.txt").read_text().replace("Ningbo", "Shantou")
    (inputs / "more.txt").write_text(text.replace("eight years", "twelve years").replace("sixty", "forty"))
    (inputs / "gbk.txt").write_bytes((inputs / "gbk.txt").read_bytes().replace(b"\n", b"\r\n"))
    report = run([inputs], out)
    # The new files, and those whose lines are now known from more files of their folder than before.
    assert 2 <= report.new <= 4
    run([inputs], tmp_path / "scratch")
    assert read_files(out) == read_files(tmp_path / "scratch")


def test_other_options_give_other_records_and_the_old_ones_again(
    inputs: Path, tmp_path: Path, read_files: Files, read_rows: Rows
) -> None:
    out = tmp_path / "out"
    shutil.copyfile(inputs / "sub" / "near.txt", inputs / "sub" / "near too.txt")
    run([inputs], out)
    whole = read_files(out)
    run([inputs], out, Config(near_duplicates="drop", repair="off"))
    rejected = {row["source"]: (row["rule"], row["duplicate_of"]) for row in read_rows(out, "rejected")}
    assert rejected["sub/near.txt"] == ("deduplicate.near-duplicate", "copy of zh.txt")
    # A copy of a document that is dropped repeats what is left of the two.
    assert rejected["sub/near too.txt"] == ("deduplicate.near-duplicate", "copy of zh.txt")
    assert read_files(out) != whole
    run([inputs], out)
    assert read_files(out) == whole


def test_other_inputs_stop_and_name_add_and_prune(inputs: Path, tmp_path: Path, read_rows: Rows) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    other.mkdir()
    shutil.copy(inputs / "page.html", other)
    run([other], out)
    with pytest.raises(UsageError, match=r"--add keeps .* --prune drops"):
        run([inputs], out)
    assert [row["source"] for row in read_rows(out, "documents")] == ["page.html"]
    run([inputs], out, options=Options(add=True))
    sources = {str(row["source"]).split("/")[0] for kind in ("documents", "rejected") for row in read_rows(out, kind)}
    assert sources == {"in", "other"}
    run([inputs], out, options=Options(prune=True))
    assert "zh.txt" in {row["source"] for row in read_rows(out, "rejected")}


def test_an_output_without_state_still_says_whose_it_is(inputs: Path, tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("x")
    run([inputs], out)
    shutil.rmtree(out / ".qingwen")
    with pytest.raises(UsageError, match="--prune"):
        run([other], out)
    run([inputs], out)


def test_an_older_state_is_rebuilt_and_said_so(inputs: Path, tmp_path: Path, read_files: Files) -> None:
    out = tmp_path / "out"
    run([inputs], out)
    whole = read_files(out)
    state = State(out)
    state.set_meta(layout="0")
    state.close()
    before = (out / ".qingwen" / "state.sqlite").read_bytes()
    assert {state for _, state, _ in plan([str(inputs)], out, Config(), Options())} <= {"new", "refused"}
    assert (out / ".qingwen" / "state.sqlite").read_bytes() == before
    report = run([inputs], out)
    assert "older version" in report.notes[0]
    assert read_files(out) == whole
    (out / ".qingwen" / "state.sqlite").write_bytes(b"no database at all" * 100)
    assert run([inputs], out).notes
    assert read_files(out) == whole


def test_two_runs_on_one_output_at_once_are_refused(inputs: Path, tmp_path: Path) -> None:
    state = State(tmp_path / "out")
    script = "import sys; from pipeline.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "run", str(inputs), "-o", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    state.close()
    assert done.returncode == 2
    assert "another run is writing" in done.stderr


def left_running(out: Path, seconds: float = 10.0) -> list[str]:
    """Processes that still work on an output some seconds after their driver was killed."""
    for _ in range(int(seconds * 20)):
        found = [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(out).encode() in _read(path)]
        if not found:
            return []
        time.sleep(0.05)
    return [str(path) for path in found]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_killed_run_goes_on_and_ends_as_an_undisturbed_one(inputs: Path, tmp_path: Path, read_files: Files) -> None:
    for n in range(40):
        text = (inputs / "sub" / "en.txt").read_text().replace("Ningbo", f"Port {n}").replace("eight", str(n + 2))
        (inputs / f"more{n:02}.txt").write_text(text)
    run([inputs], tmp_path / "calm")
    out = tmp_path / "out"
    script = (
        "import sys; from pipeline.batch.run import Options, run; run(sys.argv[1:2], sys.argv[2], options=Options(2))"
    )
    command = [sys.executable, "-c", script, str(inputs), str(out)]
    for delay in (0.15, 0.3, 0.45, 0.6, 0.75):
        process = subprocess.Popen(command)
        time.sleep(delay)
        process.kill()
        process.wait()
        assert not left_running(out), "workers end when their driver is gone"
    assert subprocess.run(command, check=False).returncode == 0
    assert read_files(out) == read_files(tmp_path / "calm")


@pytest.mark.parametrize(("fault", "rule"), [("die", "batch.crashed"), ("hang", "batch.time-limit")])
def test_a_document_that_kills_or_hangs_its_worker_is_rejected_and_the_others_come_out(
    fault: str, rule: str, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_rows: Rows
) -> None:
    import pipeline.stages

    clean = pipeline.stages.clean

    def faulty(data: bytes, *args: object, **kwargs: object) -> object:
        if "老吴".encode() in data:
            time.sleep(60) if fault == "hang" else os.kill(os.getpid(), 9)
        return clean(data, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline.stages, "clean", faulty)
    report = run([inputs], tmp_path / "out", Config(max_seconds=8.0), Options(workers=2))
    rules = {row["source"]: row["rule"] for row in read_rows(tmp_path / "out", "rejected")}
    assert rules["名字\n换行 😀.txt"] == rule
    assert report.summary["documents"] == 7
    assert report.failed == 4


def test_a_dry_run_lists_files_and_writes_nothing(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (inputs / "lost").symlink_to("nowhere")
    os.mkfifo(inputs / "pipe")

    def planned(config: Config = Config()) -> dict[str, str]:  # noqa: B008 (immutable)
        rows = {source: (state, why) for source, state, why in plan([str(inputs)], out, config, Options())}
        assert rows["lost"] == ("refused", "No such file or directory")
        assert rows["pipe"] == ("refused", "it is no file but a pipe or a device")
        return {source: state for source, (state, _) in rows.items() if state != "refused"}

    assert set(planned().values()) == {"new"}
    assert not out.exists()
    run([inputs], out)
    assert set(planned().values()) == {"cached"}
    assert set(planned(Config(repair="off")).values()) == {"changed"}
    assert "zh.txt" not in planned(Config(max_bytes=50))
    (inputs / "zh.txt").write_text("changed")
    (inputs / "page.html").unlink()
    (inputs / "fresh.txt").write_text("fresh")
    states = planned()
    assert (states["zh.txt"], states["page.html"], states["fresh.txt"]) == ("changed", "gone", "new")
    assert states["gbk.txt"] == "cached"


def test_the_output_may_lie_inside_the_input_but_not_be_it(inputs: Path, read_files: Files) -> None:
    first = run([inputs], inputs / "out")
    second = run([inputs], inputs / "out")
    assert (first.summary["inputs"], second.written) == (14, False)
    with pytest.raises(UsageError, match="is an input"):
        run([inputs], inputs)


def test_a_single_file_is_called_by_its_name(inputs: Path, tmp_path: Path, read_rows: Rows) -> None:
    run([inputs / "page.html"], tmp_path / "out")
    assert [row["source"] for row in read_rows(tmp_path / "out", "documents")] == ["page.html"]


def test_run_json_tells_the_configuration_that_changes_results(inputs: Path, tmp_path: Path) -> None:
    run([inputs], tmp_path / "out", Config(repair="off"))
    told = json.loads((tmp_path / "out" / "run.json").read_text())
    assert told["config"]["repair"] == "off"
    assert told["inputs"] == told["documents"] + told["rejected"]
    assert "workers" not in told["config"]


def test_another_encoder_is_an_option_that_changes_results(
    translations: Path, tmp_path: Path, read_rows: Rows, read_files: Files
) -> None:
    run([translations], tmp_path / "out", Config(encoder="dictionary"))
    by_dictionary = read_rows(tmp_path / "out", "pairs")
    assert len(by_dictionary) >= 3
    assert not run([translations], tmp_path / "out", Config(encoder="dictionary")).written
    run([translations], tmp_path / "out")
    run([translations], tmp_path / "fresh")
    assert read_files(tmp_path / "out") == read_files(tmp_path / "fresh")
    assert [row["score"] for row in read_rows(tmp_path / "out", "pairs")] != [row["score"] for row in by_dictionary]


def test_a_model_that_changes_in_its_folder_is_asked_again(
    translations: Path, tmp_path: Path, read_rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.alignment import encoder

    class Model(encoder.DictionaryEncoder):
        def __init__(self, folder: str) -> None:
            self.blind = (Path(folder) / "model.txt").read_text() == "blind"

        def vectors(self, features, counts):  # type: ignore[no-untyped-def]
            return super().vectors(features * (not self.blind), counts)

    monkeypatch.setattr(encoder, "SentenceTransformerEncoder", Model)
    monkeypatch.setattr("pipeline.config.find_spec", lambda name: name)
    (tmp_path / "model").mkdir()
    found = []
    for text in ("seeing", "blind", "seeing"):
        (tmp_path / "model" / "model.txt").write_text(text)
        run([translations], tmp_path / "out", Config(encoder=str(tmp_path / "model")))
        found.append(read_rows(tmp_path / "out", "pairs"))
    assert found[0] == found[2]
    assert found[1] != found[0]


@pytest.fixture
def translations(inputs: Path, tmp_path: Path) -> Path:
    """A folder with a Chinese text and its translation."""
    folder = tmp_path / "translations"
    folder.mkdir()
    shutil.copy(inputs / "zh.txt", folder / "a.zh.txt")
    shutil.copy(inputs / "sub" / "en.txt", folder / "a.en.txt")
    return folder
