"""Files that hold documents: each kind, and each way to be broken."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.batch.containers import Member, members, open_members
from pipeline.config import Config
from pipeline.rules.containers import RULES

CONFIG = Config()
PAGE = b"<html><body><p>A page about the harbour.</p></body></html>"


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def zipped(files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, kind)
    return buffer.getvalue()


def record(
    kind: str, block: bytes, url: str = "http://example.org/a", length: int | None = None, type: str = ""
) -> bytes:
    size = len(block) if length is None else length
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: {type}\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def response(body: bytes, *headers: str, status: str = "200 OK", type: str = "text/html; charset=gb2312") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {type}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


CHUNKED = b"6\r\n<p>abc\r\n4;x=y\r\ndef.\r\n0\r\n\r\n"
MHTML = b"""From: <Saved by a browser>
Snapshot-Content-Location: https://example.org/page
Subject: =?utf-8?Q?A=20page?=
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="--b"

----b
Content-Type: text/css
Content-Location: https://example.org/a.css

p {}
----b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable
Content-Location: https://example.org/page

<html><body><p class=3D"a">It=E2=80=99s a page.</p></body></html>
----b--
"""

# name, data, (member, data) of each
GOOD = [
    ("a.txt", b"text", [("a.txt", b"text")]),
    ("a.html", PAGE, [("a.html", PAGE)]),
    ("a.json", b"not json", [("a.json", b"not json")]),
    ("a.txt", b'{"text": "x"}', [("a.txt", b'{"text": "x"}')]),
    ("empty.txt", b"", [("empty.txt", b"")]),
    ("d/a.html.gz", packed(PAGE), [("d/a.html.gz!a.html", PAGE)]),
    ("a.gz", packed(packed(PAGE)), [("a.gz!a!a", PAGE)]),
    ("a.zip", zipped({"b/": b"", "b/c.html": PAGE, "__MACOSX/x": b"", "t.txt": b"t"}), [("a.zip!b/c.html", PAGE), ("a.zip!t.txt", b"t")]),
    ("a.zip", zipped({"in.zip": zipped({"c.txt": b"c"})}), [("a.zip!in.zip!c.txt", b"c")]),
    ("a.zip", zipped({"港口.txt": b"x"}), [("a.zip!港口.txt", b"x")]),
    ("a.json", b'{"html": "<p>x", "text": "x"}', [("a.json!0", b"<p>x")]),
    ("a.json", b'[{"text": "one"}, "two", {"content": "three"}]', [("a.json!0", b"one"), ("a.json!1", b"two"), ("a.json!2", b"three")]),
    ("a.jsonl", '{"text": "港"}\n\n{"text": "口"}'.encode(), [("a.jsonl!0", "港".encode()), ("a.jsonl!2", "口".encode())]),
    ("a.json", b'{"text": "one"}\n{"text": "two"}\n', [("a.json!0", b"one"), ("a.json!1", b"two")]),
    ("a.jsonl.gz", packed(b'{"text": "one"}\n'), [("a.jsonl.gz!0", b"one")]),
    ("a.jsonl", b'{"text": "half \\ud83d pair"}', [("a.jsonl!0", b"half ? pair")]),
    ("a.jsonl", '{"text": "港口的灯在六点熄灭，第一条船开进来。"}'.encode("gbk"), [("a.jsonl!0", "港口的灯在六点熄灭，第一条船开进来。".encode())]),
    ("a.mhtml", MHTML, [("a.mhtml!2", "<html><body><p class=\"a\">It’s a page.</p></body></html>".encode())]),
    ("a.warc", record("warcinfo", b"x") + record("response", response(PAGE)), [("a.warc!1", PAGE)]),
    ("a.warc.gz", packed(record("request", b"x")) + packed(record("response", response(PAGE))), [("a.warc.gz!1", PAGE)]),
    ("a.warc", record("response", response(CHUNKED, "Transfer-Encoding: chunked")), [("a.warc!0", b"<p>abcdef.")]),
    ("a.warc", record("response", response(PAGE, "Transfer-Encoding: chunked")), [("a.warc!0", PAGE)]),
    ("a.warc", record("response", response(packed(PAGE), "Content-Encoding: gzip")), [("a.warc!0", PAGE)]),
    ("a.warc", record("response", response(PAGE, "Content-Encoding: br")), [("a.warc!0", PAGE)]),
    ("a.warc.wet", record("conversion", b"text", type="text/plain"), [("a.warc.wet!0", b"text")]),
    # Wrong lengths: counted in characters, or with line breaks that were changed later.
    ("a.wet", record("conversion", b"longer than said\n", length=6) + record("conversion", b"next"), [("a.wet!0", b"longer than said\n\r\n\r\n"), ("a.wet!1", b"next")]),
    ("a.wet", record("conversion", b"shorter", length=30) + record("conversion", b"next"), [("a.wet!0", b"shorter\r\n\r\n"), ("a.wet!1", b"next")]),
]  # fmt: skip

SMALL = Config(max_bytes=1000, max_members=2, max_depth=2)
ZEROS = b"\0" * 25_000_000
# name, data, (member, rule) of each; "" for a member with data
BAD = [
    ("a.txt", b"x" * 1001, [("a.txt", "decode.too-large")]),
    ("a.gz", packed(b"x" * 1001), [("a.gz!a", "decode.too-large")]),
    ("a.zip", zipped({"a": b"x" * 1001, "b": b"x"}), [("a.zip!a", "decode.too-large"), ("a.zip!b", "")]),
    ("a.jsonl", b'{"text": "' + b"x" * 1001 + b'"}\n{"text": "b"}', [("a.jsonl!0", "decode.too-large"), ("a.jsonl!1", "")]),
    ("a.jsonl", b"{" + b"x" * 9000 + b'}\n{"text": "b"}', [("a.jsonl!0", "decode.too-large"), ("a.jsonl!1", "")]),
    ("a.json", b"[" + b" " * 1001 + b"]", [("a.json", "decode.too-large")]),
    ("a.warc", record("response", b"x" * 1001) + record("resource", b"b"), [("a.warc!0", "decode.too-large"), ("a.warc!1", "")]),
    ("a.zip", zipped(dict.fromkeys("abc", b"x")), [("a.zip!a", ""), ("a.zip!b", ""), ("a.zip", "containers.too-many")]),
    ("a.gz", packed(packed(packed(b"x"))), [("a.gz!a!a", "containers.too-deep")]),
    ("a.zip", zipped({"../a": b"x", "/b": b"x", "c\\..\\d": b"x"}), [(f"a.zip!{n}", "containers.unsafe-name") for n in ("../a", "/b")] + [("a.zip", "containers.too-many")]),
    ("a.zip", zipped({"a": ZEROS, "b": b"x"}), [("a.zip!a", "containers.bomb"), ("a.zip!b", "")]),
    ("a.jsonl.gz", packed(b'{"text": "a"}\n' + b" " * 30_000_000), [("a.jsonl.gz!0", ""), ("a.jsonl.gz!1", "decode.too-large"), ("a.jsonl.gz", "containers.bomb")]),
    ("a.zip", b"PK\x03\x04 and no more", [("a.zip", "containers.broken")]),
    ("a.jsonl", b'{"text": "a"}\n{broken\n', [("a.jsonl!0", ""), ("a.jsonl!1", "containers.broken")]),
    ("a.json", b"{broken", [("a.json", "containers.broken")]),
    ("a.json", b"[" * 500, [("a.json", "containers.broken")]),
    ("a.json", b'{"a": 1}', [("a.json!0", "containers.no-field")]),
    ("a.gz", packed(PAGE * 3)[:-12], [("a.gz!a", ""), ("a.gz", "containers.truncated")]),
    ("a.gz", packed(PAGE)[:-8] + b"\0" * 8, [("a.gz!a", ""), ("a.gz", "containers.broken")]),
    ("a.warc.gz", packed(record("response", response(PAGE)))[:-30], [("a.warc.gz!0", ""), ("a.warc.gz", "containers.truncated")]),
    ("a.warc", record("resource", PAGE)[:-20], [("a.warc!0", ""), ("a.warc", "containers.truncated")]),
    ("a.warc", b"WARC/1.0\r\nWARC-Type: response\r\n", [("a.warc", "containers.truncated")]),
    ("a.warc", record("response", response(b"", status="404 Not Found")), [("a.warc!0", "containers.http-status")]),
    ("a.warc", record("response", response(b"x", type="image/png")), [("a.warc!0", "containers.not-text")]),
    ("a.warc", record("response", response(b"\x1b\x03", "Content-Encoding: br")), [("a.warc!0", "containers.unsupported")]),
    ("a.zip", zipped({}), [("a.zip", "containers.empty")]),
    ("a.zip", zipped({"b/": b"", "in.zip": zipped({"__MACOSX/x": b"x"})}), [("a.zip!in.zip", "containers.empty")]),
    ("a.json", b"[]", [("a.json", "containers.empty")]),
    ("a.warc.gz", packed(record("warcinfo", b"x")), [("a.warc.gz", "containers.empty")]),
    ("a.mht", MHTML.replace(b"text/html", b"text/css"), [("a.mht", "containers.broken")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "expected"), GOOD, ids=[f"{n} {row[0]}" for n, row in enumerate(GOOD)])
def test_members(name: str, data: bytes, expected: list[tuple[str, bytes]], tmp_path: Path) -> None:
    assert [(member.name, member.data) for member in members(data, name, CONFIG)] == expected
    path = tmp_path / "file"
    path.write_bytes(data)
    assert list(open_members(path, name, CONFIG)) == list(members(data, name, CONFIG))


@pytest.mark.parametrize(("name", "data", "expected"), BAD, ids=[f"{n} {row[0]}" for n, row in enumerate(BAD)])
def test_bad_containers_are_results(name: str, data: bytes, expected: list[tuple[str, str]]) -> None:
    found = list(members(data, name, SMALL))
    assert [(member.name, member.rule) for member in found] == expected
    known = {rule.id for rule in RULES} | {"decode.too-large"}
    for member in found:
        assert (member.data is None) == bool(member.rule) == bool(member.reason)
        assert not member.rule or member.rule in known


def test_what_the_container_says_of_a_document() -> None:
    row = {
        "text": "x",
        "url": "http://example.org/",
        "date": "2020-03-04T10:00",
        "title": " A  title ",
        "author": "老 周\n",
    }
    (member,) = members(json.dumps(row).encode(), "a.jsonl", CONFIG)
    assert member.hints() == {
        "declared": "utf-8",
        "url": "http://example.org/",
        "published": "2020-03-04",
        "title": "A title",
        "author": "老 周",
        "fetched": "",
        "html": "",
    }
    (member,) = members(b'{"html": "One.<br>Two."}', "a.json", CONFIG)
    assert member.hints()["html"]
    (member,) = members(b"One.<br>Two.", "a.HTM", CONFIG)
    assert member.hints()["html"]
    archived = record("response", response(PAGE)).replace(
        b"WARC-Type", b"WARC-Date: 2023-05-05T12:00:00Z\r\nWARC-Type", 1
    )
    (member,) = members(archived, "a.warc", CONFIG)
    assert (member.declared, member.url, member.fetched) == ("gb2312", "http://example.org/a", "2023-05-05T12:00:00Z")
    (member,) = members(MHTML, "a.mhtml", CONFIG)
    assert (member.declared, member.url) == ("utf-8", "https://example.org/page")


def test_names_of_old_chinese_archives_are_gbk() -> None:
    data = zipped({"港口/新闻.txt": b"x"})
    name = "港口/新闻.txt".encode()
    old = "港口/新闻.txt".encode("gb18030")
    pad = old + b"_" * (len(name) - len(old))
    data = data.replace(name, pad)
    at = data.find(b"PK\x01\x02") + 8
    for flag in (6, at):
        data = data[:flag] + bytes((data[flag], data[flag + 1] & ~0x08)) + data[flag + 2 :]
    (member,) = members(data, "a.zip", CONFIG)
    assert member.name == "a.zip!港口/新闻.txt" + "_" * (len(name) - len(old))


def test_the_codec_of_json_lines_is_that_of_the_file() -> None:
    texts = ["关键词", "漏洞", "港口的灯在六点熄灭，第一条船开进来，工人们开始卸货。", "微信扫一扫", "息"] * 20
    data = b"".join(json.dumps({"text": text}, ensure_ascii=False).encode("gbk") + b"\n" for text in texts)
    assert [member.data for member in members(data, "a.jsonl", CONFIG)] == [text.encode() for text in texts]


def test_damaged_utf8_is_no_other_codec() -> None:
    data = json.dumps([{"text": "第一行和第二行"}] * 9, ensure_ascii=False).encode()
    cut = data[:60] + data[61:]
    for name in ("a.json", "a.jsonl"):
        assert [member.rule for member in members(cut, name, CONFIG)] == ["containers.broken"]


def test_of_a_bomb_nothing_is_taken() -> None:
    assert [(member.name, member.rule) for member in members(packed(ZEROS), "a.txt.gz", CONFIG)] == [
        ("a.txt.gz", "containers.bomb")
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_each_entry_of_a_name_is_told_apart() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("a.txt", "../b", "a.txt", "../b", "a.txt"):
            archive.writestr(name, PAGE)
    names = [(member.name, member.rule) for member in members(buffer.getvalue(), "x.zip", CONFIG)]
    assert names == [
        ("x.zip!a.txt", ""),
        ("x.zip!../b", "containers.unsafe-name"),
        ("x.zip!a.txt#2", "containers.broken"),
        ("x.zip!../b#3", "containers.broken"),
        ("x.zip!a.txt#4", "containers.broken"),
    ]


def test_an_office_file_is_one_document() -> None:
    data = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    assert list(members(data, "a.docx", CONFIG)) == [Member("a.docx", data)]


def test_a_file_that_is_not_there_is_the_callers_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(open_members(tmp_path / "none", "none", CONFIG))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([row[:2] for row in GOOD]), st.integers(0, 400), st.binary(max_size=4))
def test_damage_never_raises(row: tuple[str, bytes], at: int, garbage: bytes) -> None:
    name, data = row
    at = min(at, len(data))
    found = list(members(data[:at] + garbage + data[at + len(garbage) + 1 :], name, CONFIG))
    names = [member.name for member in found]
    assert len(set(names)) == len(names)
