"""What ``export`` writes is what other tools expect to read."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import Output, pair

from pipeline.config import ConfigError
from pipeline.records import tmx as tmx_module
from pipeline.records.export import ExportError, _one_line, export, markdown, safe_name

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def names(paths: list[Path], folder: Path) -> list[str]:
    assert all(path.is_file() for path in paths)
    assert not list(folder.rglob("*.part"))
    return [path.relative_to(folder).as_posix() for path in paths]


def test_txt_is_a_file_a_document(output: Output, tmp_path: Path) -> None:
    paths = export(output.path, "txt", tmp_path / "txt")
    assert names(paths, tmp_path / "txt") == ["a/plain.txt", "b/page.html.txt", "c/legacy.txt"]
    assert paths[1].read_text("utf-8") == "Fish & chips\n两条 鱼。\n"


def test_without_a_destination_it_is_inside_the_output_and_verify_minds_not(output: Output) -> None:
    from pipeline.records.verify import verify

    for to in ("txt", "markdown", "moses"):
        assert export(output.path, to, None)
    assert (output.path / "export/moses/pairs.zh").is_file()
    assert verify(output.path, [output.inputs]) == []


def test_a_second_export_into_the_output_replaces_the_first(output: Output, tmp_path: Path) -> None:
    export(output.path, "txt", None)
    export(output.path, "txt", tmp_path / "mine")
    output.change("documents/00000.jsonl", lambda rows: rows.pop(0))
    folder = output.path / "export/txt"
    assert names(export(output.path, "txt", None), folder) == ["b/page.html.txt", "c/legacy.txt"]
    assert sorted(path.name for path in folder.iterdir()) == ["b", "c"]
    export(output.path, "txt", tmp_path / "mine")
    assert (tmp_path / "mine/a/plain.txt").is_file(), "what is not ours is left alone"


@pytest.mark.parametrize(
    ("sources", "written"),
    [
        (["a", "a.txt"], ["a.txt", "a-1.txt"]),
        (["A.txt", "a.txt"], ["A.txt", "a-1.txt"]),
        (["a.txt", "a.txt/b"], ["a.txt", "a.txt_b-1.txt"]),
        (["x/y", "x.txt"], ["x/y.txt", "x.txt"]),
    ],
)
def test_documents_of_like_names_get_two_files(
    output: Output, tmp_path: Path, sources: list[str], written: list[str]
) -> None:
    def rename(rows: list[dict[str, object]]) -> None:
        del rows[2:]
        for number, (row, source) in enumerate(zip(rows, sources, strict=True)):
            row.update(source=source, id=str(number))

    output.change("documents/00000.jsonl", rename)
    paths = export(output.path, "txt", tmp_path / "txt")
    assert names(paths, tmp_path / "txt") == written


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("文章/第一篇.html", "文章/第一篇.html.txt"),
        ("notes.txt", "notes.txt"),
        ("pages.zip!a/b.html", "pages.zip!a/b.html.txt"),
        ("a:b?.html", "a_b_.html-1d.txt"),
        ("x\ny", "x_y-1d.txt"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("dots. /x", "dots_/x-1d.txt"),
        ("con/nul.html", "_con/_nul.html-1d.txt"),
        ("console.log", "console.log.txt"),
        ("字" * 200, "字" * 77 + "-1d.txt"),
    ],
)
def test_names_fit_every_file_system(source: str, name: str) -> None:
    made = safe_name(source, ".txt", "1d")
    if ".." in source:
        assert ".." not in made.split("/")
    else:
        assert made == name
    assert all(len(part.encode()) <= 255 for part in made.split("/"))


def test_markdown_holds_what_is_known_and_escapes_markup() -> None:
    text = "Tea: *how*?\nFirst\n# no heading\n1. no list\n- no list\n\n> x\na_b [c] <d> `e` \\\nplain - text #1 2.5"
    row = {
        "title": 'Tea: "how"?',
        "author": "",
        "published": "2024-05-06",
        "url": "",
        "source": "a\nb",
        "lang": "en",
        "text": text,
        "segments": [
            {"start": 0, "end": 11, "role": "title", "lang": "en", "paragraph": 0},
            {"start": 12, "end": 17, "role": "heading", "lang": "en", "paragraph": 1},
            {"start": 18, "end": len(text), "role": "body", "lang": "en", "paragraph": 2},
        ],
    }
    assert markdown(row) == (
        '---\ntitle: "Tea: \\"how\\"?"\npublished: "2024-05-06"\nsource: "a\\nb"\nlang: "en"\n---\n\n'
        "# Tea: \\*how\\*?\n\n## First\n\n\\# no heading\n\n1\\. no list\n\n\\- no list\n\n\\> x\n\n"
        "a\\_b \\[c\\] \\<d> \\`e\\` \\\\\n\nplain - text #1 2.5\n"
    )


def test_tmx_has_the_shape_of_tmx_14(output: Output, tmp_path: Path) -> None:
    traditional = output.rows("documents/00000.jsonl")[2]["id"]
    rows = [*output.rows("pairs/00000.jsonl"), pair(traditional, "鱼 & <薯>", 'Fish\r\n"and" chips\x07')]
    output.write("pairs/00000.jsonl", rows)
    (path,) = export(output.path, "tmx", tmp_path / "x.tmx")
    root = ElementTree.parse(path).getroot()
    assert (root.tag, root.attrib, [child.tag for child in root]) == ("tmx", {"version": "1.4"}, ["header", "body"])
    assert set(root[0].attrib) == {
        "creationtool", "creationtoolversion", "segtype", "o-tmf", "adminlang", "srclang", "datatype",
    }  # fmt: skip
    units = list(root[1])
    assert [unit.tag for unit in units] == ["tu", "tu"]
    for unit in units:
        tags = [child.tag for child in unit]
        assert tags == sorted(tags), "props stand before variants"
        assert all(len(variant) == 1 and variant[0].tag == "seg" for variant in unit.iter("tuv"))
    assert [variant.get(LANG) for variant in root.iter("tuv")] == ["zh-CN", "en", "zh-Hant", "en"]
    assert [seg.text for seg in root.iter("seg")][2:] == ["鱼 & <薯>", 'Fish\r\n"and" chips\ufffd']
    assert {prop.get("type"): prop.text for prop in units[0].iter("prop")}["x-score"] == "0.98"


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=5))
def test_tmx_gives_every_text_back(texts: list[tuple[str, str]]) -> None:
    rows = [pair("0" * 16, zh, en) for zh, en in texts]
    written = "".join(tmx_module.tmx(rows, set(), "0"))
    segs = [seg.text for seg in ElementTree.fromstring(written.encode()).iter("seg")]
    impossible = tmx_module._IMPOSSIBLE
    assert segs == [impossible.sub("\ufffd", text) for both in texts for text in both]


def test_tmx_and_tsv_go_to_standard_output(output: Output, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert export(output.path, "tsv", None, min_score=0.5) == []
    head, row = capsysbinary.readouterr().out.decode().splitlines()
    assert head.split("\t") == ["zh", "en", "score", "bead", "method", "flags", "zh_doc", "en_doc"]
    assert row.split("\t")[:4] == ["我们明天见面（10 点）。", "See you tomorrow at 10.", "0.98", "1-1"]
    assert export(output.path, "tmx", None) == []
    assert capsysbinary.readouterr().out.endswith(b"</tmx>\n")


def test_moses_lines_belong_together(output: Output, tmp_path: Path) -> None:
    id = output.rows("documents/00000.jsonl")[0]["id"]
    output.write("pairs/00000.jsonl", [pair(id, "一\n二\u2028三", "one\ttwo"), pair(id, "四", "four\x85\x1c!")])
    paths = export(output.path, "moses", tmp_path / "train")
    assert [path.name for path in paths] == ["train.zh", "train.en"]
    assert [path.read_text("utf-8").splitlines() for path in paths] == [["一 二 三", "四"], ["one two", "four !"]]


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(_one_line(text).splitlines()) <= 1
    assert "\t" not in _one_line(text)


@pytest.mark.usefixtures("no_pyarrow")
@pytest.mark.parametrize("to", ["tsv", "moses", "hf"])
def test_pairs_below_the_score_are_left_out(output: Output, tmp_path: Path, to: str) -> None:
    paths = export(output.path, to, tmp_path / "x", min_score=0.99)
    assert "See you" not in "".join(path.read_text("utf-8") for path in paths if "documents" not in path.name
                                    and "sentences" not in path.name and "changes" not in path.name)  # fmt: skip


@pytest.fixture
def no_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.records.export._has_pyarrow", lambda: False)


@pytest.mark.usefixtures("no_pyarrow")
def test_hf_has_a_configuration_a_table_that_has_rows(output: Output, tmp_path: Path) -> None:
    (output.path / "terms.jsonl").unlink()
    paths = export(output.path, "hf", tmp_path / "hf")
    assert names(paths, tmp_path / "hf") == [
        "documents.jsonl", "changes.jsonl", "rejected.jsonl", "sentences.jsonl", "pairs.jsonl", "README.md",
    ]  # fmt: skip
    card = paths[-1].read_text("utf-8")
    assert "- config_name: pairs\n  data_files: pairs.jsonl\n" in card
    assert "terms" not in card
    assert [json.loads(line) for line in paths[0].read_bytes().splitlines()] == output.rows("documents/00000.jsonl")


def test_no_pairs_make_files_without_pairs(output: Output, tmp_path: Path) -> None:
    output.write("pairs/00000.jsonl", [])
    (path,) = export(output.path, "tmx", tmp_path / "x.tmx")
    assert len(ElementTree.parse(path).getroot()[1]) == 0
    assert [path.read_bytes() for path in export(output.path, "moses", tmp_path / "x")] == [b"", b""]


def test_wrong_calls_teach(output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExportError, match="unknown format 'text'; did you mean 'txt'"):
        export(output.path, "text", None)
    with pytest.raises(ExportError, match=r"is no output of a run: it has no run\.json"):
        export(tmp_path, "txt", None)
    for score in (5, -0.1, float("nan")):
        with pytest.raises(ConfigError, match="a score is between 0 and 1"):
            export(output.path, "tmx", tmp_path / "x", score)
    with pytest.raises(ExportError, match="is a file; txt is written to a folder"):
        export(output.path, "txt", output.path / "run.json")
    monkeypatch.setattr("pipeline.records.export._has_pyarrow", lambda: False)
    with pytest.raises(ExportError, match=r"pip install 'qingwen\[interop\]'"):
        export(output.path, "parquet", tmp_path / "p")


def test_a_failing_export_leaves_no_file_behind(output: Output, tmp_path: Path) -> None:
    output.change("pairs/00000.jsonl", lambda rows: rows.append({"score": 1.0}))
    with pytest.raises(KeyError):
        export(output.path, "moses", tmp_path / "x")
    assert not list(tmp_path.glob("x.*"))
