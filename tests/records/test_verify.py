"""``verify`` holds good records to be good and finds each kind of damage."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from written import PLAIN, Output, legacy, page, plain

from pipeline.alignment.terms import Bracket
from pipeline.batch.discover import UsageError
from pipeline.document import Document
from pipeline.records import laws
from pipeline.records.verify import verify
from pipeline.records.write import document_id


def found(output: Output, limit: int = 20) -> list[str]:
    return verify(output.path, [output.inputs], limit)


def test_good_records_have_no_offence(output: Output) -> None:
    assert [row["text"] for row in output.rows("documents/00000.jsonl")] == [
        "我们明天见面（10 点）。\nSee you tomorrow at 10.",
        "Fish & chips\n两条 鱼。",
        "臺北(Taipei)明天會下雨。",
    ]
    assert found(output) == []


def put(table: str, index: int, **values: Any) -> tuple[str, Callable[[list[dict[str, Any]]], object]]:
    return table, lambda rows: rows[index].update(values)


def put_meta(index: int, **values: Any) -> tuple[str, Callable[[list[dict[str, Any]]], object]]:
    return "documents", lambda rows: rows[index]["metadata"].update(values)


def act(table: str, action: Callable[[list[dict[str, Any]]], object]) -> tuple[str, Callable[..., object]]:
    return table, action


# What is done to the rows, and a piece of the sentence that tells.
DAMAGES: dict[str, tuple[tuple[str, Callable[..., object]], str]] = {
    "a key too few": (act("documents", lambda rows: rows[0].pop("url")), "the row lacks url"),
    "a key too many": (put("documents", 0, extra=1), "the row has the unknown key extra"),
    "an inner key too few": (act("documents", lambda rows: rows[0]["metadata"].pop("site")), "metadata lacks site"),
    "a null": (put("documents", 0, author=None), "author is None: it must be string"),
    "an integer score": (put("changes", 0, score=1), "score is 1: it must be written as a float"),
    "five decimals": (put("changes", 0, score=0.12345), "at most four decimals"),
    "a float offset": (put("changes", 0, start=1.0), "start is 1.0: it must be written as an integer"),
    "a float in a block": (
        act("documents", lambda rows: rows[0]["blocks"][0].__setitem__(0, 0.0)),
        "must be written as an integer",
    ),
    "an empty language": (put("documents", 0, lang=""), "lang is '': it must match pattern"),
    "an odd date": (put("documents", 0, published="4 April"), "published is '4 April'"),
    "flags as a list": (put_meta(0, flags=["a"]), "metadata.flags is ['a']"),
    "another text": (
        act("documents", lambda rows: rows[0].update(text=rows[0]["text"].replace("See", "Bee"))),
        "text[13:] is '\\nBee you",
    ),
    "another id": (put("documents", 2, id="0" * 16), "the first 16 digits of the file's SHA-256 are"),
    "another hash": (put_meta(0, sha256="0" * 64), "metadata.sha256 is 000"),
    "another length as read": (put_meta(0, chars_in=1), "metadata.chars_in is 1, text and changes make 47"),
    "text never left out": (put_meta(0, unlocated=77), "metadata.unlocated is 77, the reader leaves out 0"),
    "text of a page never left out": (put_meta(1, unlocated=77), "metadata.unlocated is 77, the reader leaves out 0"),
    "another density of artifacts": (put_meta(0, artifacts_per_1000=99.9), "is 99.9, no whole number of artifacts in"),
    "artifacts in no words": (put_meta(2, artifacts_per_1000=0.1), "is 0.1, no whole number of artifacts in"),
    "fewer artifacts than repaired": (
        act("changes", lambda rows: rows[0].update(rule="repair.term.lynx")),
        "metadata.artifacts_per_1000 is 0.0, 0 in 8.375 units, but 1 were repaired",
    ),
    "another configuration": (put_meta(0, config="0" * 16), "metadata.config is '0000000000000000', config.digest in"),
    "another version": (put_meta(0, pipeline="9.9"), "metadata.pipeline is '9.9', the version in run.json"),
    "a flag that is none": (put_meta(0, flags="nonsense"), "metadata.flags is 'nonsense': it must match pattern"),
    "flags out of order": (put_meta(0, flags="title-mismatch list-page"), "whose words do not ascend"),
    "a format that is none": (put_meta(0, format="pdf"), "metadata.format is 'pdf': it must be one of"),
    "a text said to be a page": (put_meta(0, format="html"), "metadata.format is 'html', but the file is no page"),
    "a page said to be a text": (put_meta(1, format="text"), "metadata.format is 'text', but the file is a page"),
    "a page said to be WeChat's": (put_meta(1, format="wechat"), "is 'wechat', but the file is no page of WeChat"),
    "a script that is none": (put_meta(0, script="Cyrl"), "metadata.script is 'Cyrl': it must be one of"),
    "another script": (put_meta(2, script="Hans"), "metadata.script is 'Hans', that of the text 'Hant'"),
    "another size": (put_meta(0, bytes=3), "metadata.bytes is 3, the file has"),
    "another length": (put_meta(0, chars_out=3), "metadata.chars_out is 3, the text has"),
    "no such codec": (put_meta(0, encoding="utf-99"), "'utf-99' is no codec"),
    "a codec of bytes": (put_meta(0, encoding="hex"), "'hex' is no codec"),
    "a codec with a mark": (put_meta(0, encoding="UTF-16"), "'UTF-16' is no codec that decodes any slice"),
    "the wrong codec": (put_meta(0, encoding="ascii"), "are no ascii"),
    "an unknown file": (put("documents", 2, source="c/other.txt"), "the inputs have no such file"),
    "order of source": (act("documents", lambda rows: rows.reverse()), "in order of source"),
    "blocks that do not ascend": (act("documents", lambda rows: rows[0]["blocks"].reverse()), "does not ascend from"),
    "a block too short": (
        act("documents", lambda rows: rows[2]["blocks"][0].__setitem__(2, 12)),
        "are in no block and in no change",
    ),
    "bytes twice": (
        act("changes", lambda rows: next(row for row in rows if row["role"]).update(end=30)),
        "are in a change and in the block",
    ),
    "visible text of a page lost": (
        act("documents", lambda rows: rows[1]["blocks"].pop()),
        "show '两条 鱼。', but are in no block and in no change",
    ),
    "text from nowhere": (
        act("changes", lambda rows: next(row for row in rows if row["after"] == "（").update(after="(?")),
        "is not from the source, and no change between bytes",
    ),
    "before is not the source": (
        act("changes", lambda rows: next(row for row in rows if row["before"] == "(").update(before="[")),
        "replaced '[', but bytes",
    ),
    "a change lost": (act("changes", lambda rows: rows.pop(0)), "metadata.changes is 5, changes has 4 rows"),
    "a change twice": (act("changes", lambda rows: rows.insert(1, rows[0])), "change 1 has seq = 0"),
    "a change of nobody": (put("changes", 0, id="f" * 16), "changes of ffffffffffffffff, which is no document"),
    "a change beyond the file": (put("changes", 0, end=10_000), "is no span of"),
    "a change that changes nothing": (put("changes", 0, after="("), "changes nothing"),
    "an unknown rule": (put("changes", 0, rule="repair.magic"), "rules.json has no rule 'repair.magic'"),
    "stage and rule differ": (put("changes", 0, stage="strip"), "is of stage 'strip' but of rule"),
    "segments leave text out": (
        act("documents", lambda rows: rows[0]["segments"][1].update(start=16)),
        "no segment holds text[13:16] = '\\nSe'",
    ),
    "segments overlap": (act("documents", lambda rows: rows[0]["segments"][1].update(start=3)), "does not ascend"),
    "a role in capitals": (act("documents", lambda rows: rows[0]["segments"][1].update(role="Body")), "role is 'Body'"),
    "a role that is none": (
        act("documents", lambda rows: rows[0]["segments"][1].update(role="text")),
        "segments have the role 'text', which is none; there are: title",
    ),
    "a removed role that is none": (
        act("changes", lambda rows: next(row for row in rows if row["role"]).update(role="noise")),
        "removed lines have the role 'noise', which is none",
    ),
    "a sentence lost": (act("sentences", lambda rows: rows.pop(1)), "sentences has 1 rows for 2 segments"),
    "another sentence": (put("sentences", 1, text="No."), "sentence 1 is 'No.', not text[14:37]"),
    "a near-duplicate of nobody": (put_meta(0, near_duplicate_of="nobody.txt"), "names 'nobody.txt', which is no"),
    "a duplicate of nobody": (put("rejected", 0, duplicate_of="nobody.txt"), "duplicate_of names 'nobody.txt'"),
    "a duplicate without an original": (put("rejected", 0, duplicate_of=""), "duplicate_of is '' for rule"),
    "a duplicate with a text": (put("rejected", 0, text="See you"), "text of a duplicate is not empty"),
    "a duplicate of other bytes": (put("rejected", 0, duplicate_of="b/page.html"), "whose bytes it is said to have"),
    "a removed line that left something": (put("changes", 0, role="nav"), "removed a line (nav), but after is '（'"),
    "a bead of other sizes": (put("pairs", 0, bead="1-2"), "bead is '1-2', the spans make '1-1'"),
    "a term in more documents than times": (put("terms", 0, docs=["0" * 16, "1" * 16]), "count is 1, but docs has 2"),
    "rejected and kept": (put("rejected", 0, source="a/plain.txt"), "the source has a row already"),
    "rejected for no reason": (put("rejected", 0, reason=""), "reason is ''"),
    "a pair of another id": (put("pairs", 0, id="0" * 16), "id is 0000000000000000, documents and spans make"),
    "a pair of a method that is none": (put("pairs", 0, method="guess"), "method is 'guess': it must be one of"),
    "a doubt that is none": (put("pairs", 0, flags="odd"), "flags is 'odd': it must match pattern"),
    "a pair of nobody": (put("pairs", 0, zh_doc="f" * 16), "zh_doc ffffffffffffffff is no document"),
    "a pair of other text": (put("pairs", 0, translation={"zh": "鱼", "en": "fish"}), "translation.zh is '鱼'"),
    "a pair beyond the text": (put("pairs", 0, en_spans=[[14, 400]]), "does not ascend inside the text"),
    "an empty side": (put("pairs", 0, zh_spans=[]), "zh_spans is []"),
    "a term of nobody": (put("terms", 0, docs=["f" * 16]), "臺北 = Taipei: ffffffffffffffff is no document"),
    "a term of a kind that is none": (put("terms", 0, kind="word"), "kind is 'word': it must be one of"),
    "a term more often than declared": (
        put("terms", 0, count=2),
        "count is 2, but docs has 1, which declare it 1 times",
    ),
    "a Chinese term that nobody declares": (
        put("terms", 0, zh="臺南"),
        "臺南 = Taipei: c/legacy.txt does not declare it",
    ),
    "an English term that nobody declares": (put("terms", 0, en="Tainan"), "c/legacy.txt does not declare it"),
    "a term in one more document": (
        act("terms", lambda rows: rows[0]["docs"].insert(0, document_id(PLAIN))),
        "臺北 = Taipei: a/plain.txt does not declare it",
    ),
    "a term twice": (act("terms", lambda rows: rows.append(rows[0])), "does not come after 臺北 = Taipei in order"),
    "no languages": (put("run", 0, languages={}), "run.json: languages of 'other' is 0, the rows make 3"),
    "lines that nobody removed": (
        put("run", 0, lines_removed_by_role={"ad": 999}),
        "run.json: lines_removed_by_role of 'ad' is 999, the rows make 0",
    ),
    "no changes": (put("run", 0, changes_by_stage={}), "run.json: changes_by_stage of 'repair' is 0, the rows make 3"),
    "rejected by another rule": (
        put("run", 0, rejected_by_rule={"x.y": 3}),
        "run.json: rejected_by_rule of 'x.y' is 3, the rows make 0",
    ),
    "near-duplicates that are none": (put("run", 0, near_duplicates=1), "near_duplicates is 1, the rows make 0"),
    "a count of something else": (put("run", 0, extra={}), "run.json: the row has the unknown key extra"),
    "a count too few": (act("run", lambda rows: rows[0].pop("languages")), "run.json: the row lacks languages"),
    "a lost input": (put("run", 0, inputs=5), "inputs 5 != documents 3 + rejected 1"),
    "wrong counts": (put("run", 0, documents=2, rejected=2), "documents is 2, there are 3 rows"),
}


@pytest.mark.parametrize(("damage", "sentence"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_found(output: Output, damage: tuple[str, Callable[..., object]], sentence: str) -> None:
    table, action = damage
    name = {"terms": "terms.jsonl", "run": "run.json"}.get(table, f"{table}/00000.jsonl")
    output.change(name, action)
    told = found(output)
    assert any(sentence in offence for offence in told), told


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("documents/00001.jsonl.part", b"", "no file of an output, but of a run that was interrupted"),
        ("run.json.part", b"", "interrupted"),
        ("notes.txt", b"", "notes.txt: no file of an output"),
        ("pairs/extra.csv", b"", "pairs/extra.csv: no file of an output"),
        ("documents/00001.jsonl", b"", "documents/00001.jsonl: no file of an output"),
        ("rejected/0.jsonl", b"", "rejected/0.jsonl: no file of an output"),
        ("changes/00001.jsonl", b"", "there is no documents/00001.jsonl beside it"),
        ("documents/00000.jsonl", b'{"id": 1}', "the line does not end, the file is cut"),
        ("documents/00000.jsonl", b"{\n", "no JSON"),
        ("rules.json", b"[]", "rules.json: the row is []: it must be object"),
        ("rejected/00000.jsonl", b"", "z.txt: an input without a row in documents or rejected"),
    ],
)
def test_files_that_do_not_belong_are_found(output: Output, name: str, content: bytes, sentence: str) -> None:
    (output.path / name).write_bytes(content)
    told = found(output)
    assert any(sentence in offence for offence in told), told


def test_files_that_the_run_was_told_to_pass_over_need_no_row(output: Output) -> None:
    (output.inputs / "notes.md").write_bytes(b"x")
    assert found(output) == ["notes.md: an input without a row in documents or rejected"]
    output.change("run.json", lambda rows: rows[0].update(include=[], exclude=["*.md"]))
    assert found(output) == []


def test_an_input_that_changed_is_found(output: Output) -> None:
    (output.inputs / "a/plain.txt").write_bytes(b"new")
    assert any("the first 16 digits of the file's SHA-256" in offence for offence in found(output))


def test_no_more_offences_than_asked_for(output: Output) -> None:
    output.change("documents/00000.jsonl", lambda rows: [row.pop("id") for row in rows])
    assert len(found(output, limit=2)) == 2


def test_a_folder_without_a_run_is_a_usage_error(output: Output) -> None:
    with pytest.raises(UsageError, match=r"is no output of a run: it has no run\.json"):
        verify(output.inputs, [output.inputs])
    with pytest.raises(UsageError, match="no such file or folder"):
        verify(output.path, [output.inputs / "nowhere"])


def test_members_of_containers_are_compared_with_their_own_bytes(output: Output) -> None:
    """The same documents, but packed, one as a zip in a zip."""
    names = {"a/plain.txt": "a.zip!inner.zip!plain.txt", "b/page.html": "b.zip!page.html"}
    data = {name: (output.inputs / name).read_bytes() for name in names}
    pack(output.inputs / "a.zip", {"inner.zip": packed({"plain.txt": data["a/plain.txt"]})})
    pack(output.inputs / "b.zip", {"page.html": data["b/page.html"]})
    for name in names:
        (output.inputs / name).unlink()

    def rename(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row["source"] = names.get(row["source"], row["source"])
            if row.get("duplicate_of"):
                row["duplicate_of"] = names[row["duplicate_of"]]

    output.change("documents/00000.jsonl", rename)
    output.change("rejected/00000.jsonl", rename)
    assert found(output) == []
    pack(output.inputs / "b.zip", {"page.html": data["b/page.html"] + b"<p>more</p>"})
    assert any("b.zip!page.html): metadata.bytes is" in offence for offence in found(output))
    pack(output.inputs / "b.zip", {"other.html": data["b/page.html"]})
    assert any("(b.zip!page.html): the inputs have no such file" in offence for offence in found(output))


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def pack(path: Path, members: dict[str, bytes]) -> None:
    path.write_bytes(packed(members))


@pytest.mark.parametrize("doc", [plain(), page(), legacy()], ids=["plain", "page", "legacy"])
def test_any_character_lost_is_found(output: Output, doc: Document) -> None:
    """Law explained: take any visible character out of the text and out of its block, and verify tells."""
    source = doc.name
    data = (output.inputs / source).read_bytes()
    (row,) = (row for row in output.rows("documents/00000.jsonl") if row["source"] == source)
    changes = [change for change in output.rows("changes/00000.jsonl") if change["id"] == row["id"]]
    for number, (at, start, end) in enumerate(row["blocks"]):
        for index in range(len(data[start:end].decode(doc.encoding))):
            lost = without(row, number, at + index, len(doc.text[at : at + index].encode(doc.encoding)), doc.encoding)
            if doc.text[at + index].strip():
                assert told(lost, changes, data), doc.text[at + index]
    assert told(row, changes, data) == []


def without(row: dict[str, Any], number: int, at: int, before: int, encoding: str) -> dict[str, Any]:
    """The row without the character ``at``, which stands in block ``number``, ``before`` bytes from its start."""
    size = len(row["text"][at].encode(encoding))
    text, start, end = row["blocks"][number]
    halves = [[text, start, start + before], [at, start + before + size, end]]
    later = [[block[0] - 1, *block[1:]] for block in row["blocks"][number + 1 :]]
    blocks = [*row["blocks"][:number], *(half for half in halves if half[1] < half[2]), *later]
    return {**row, "text": row["text"][:at] + row["text"][at + 1 :], "blocks": blocks}


def told(row: dict[str, Any], changes: list[dict[str, Any]], data: bytes) -> list[str]:
    kept, broken = laws.blocks(row, data)
    return [*broken, *laws.explained(row, kept, changes, data), *laws.invented(row, kept, changes)]


def test_a_file_that_is_missing_is_found(output: Output) -> None:
    for name in ("terms.jsonl", "pairs/00000.jsonl"):
        (output.path / name).unlink()
        assert f"{name} is missing" in found(output)


def test_a_term_counts_once_for_each_way_to_say_it() -> None:
    """Which words before a bracket belong to the term only the dictionary tells; alike they all do or none does."""
    term = {"zh": "贝索斯", "en": "Bezos"}
    alike = Bracket("创始人贝索斯", "Bezos", False)
    other = Bracket("贝索斯", "Bezos", True)
    strange = [
        Bracket("贝索斯家", "Bezos", False),
        Bracket("贝索斯", "Jeff", True),
        Bracket("创始人贝索斯", "Bezos", True),
    ]
    assert laws.times(term, [alike, alike, *strange]) == (2, 2)
    assert laws.times(term, [alike, alike, other, *strange]) == (1, 3)
    assert laws.times(term, strange) == (0, 0)


def test_a_large_output_has_a_file_for_each_beginning_of_the_hash_of_source(
    output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.records.files.LARGEST", 2)
    tables = {"documents": "id", "changes": "id", "sentences": "id", "pairs": "zh_doc"}
    names = {row["id"]: shard(row["source"]) for row in output.rows("documents/00000.jsonl")}
    assert list(names.values()) == ["2", "3", "3"]
    for table, key in tables.items():
        rows = output.rows(f"{table}/00000.jsonl")
        (output.path / table / "00000.jsonl").unlink()
        for name in "23":
            output.write(f"{table}/{name}.jsonl", [row for row in rows if names[row[key]] == name])
    assert found(output) == []
    for table in tables:
        (output.path / table / "2.jsonl").rename(output.path / table / "4.jsonl")
        (output.path / table / "5.jsonl").write_bytes(b"")
    (output.path / "pairs/4.jsonl").rename(output.path / "pairs/5.jsonl")
    (output.path / "pairs/4.jsonl").write_bytes(b"")
    assert found(output) == [
        "documents/4.jsonl:1 (a/plain.txt): the hash of the source names another file",
        "documents/5.jsonl: no row, so there should be no such file",
        f"pairs/5.jsonl:1: the row of zh_doc {document_id(PLAIN)} is not in documents/5.jsonl",
    ]


def shard(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[0]
