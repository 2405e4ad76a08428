"""``pipeline.clean``: one document from bytes, whatever the bytes are."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from pipeline.config import Config

SEEDS = Path(__file__).parent.parent / "seeds"
SENTENCE = "港口的仓库在冬天总是空着一半，到了春天又一间一间地租出去。"


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "decode.empty"),
        (b" \n\t\r\n ", "read.no-text"),
        (b"\n" * 1_000_000, "read.no-text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "decode.binary"),
        (b"\x00" * 1000, "decode.binary"),
        (b"x" * 100_001, "decode.too-large"),
        ("首页\n登录\n注册\n沪ICP备12345678号-1\n".encode(), "strip.no-article"),
    ],
    ids=["empty", "white space", "a million empty lines", "picture", "NULs", "over the limit", "only chrome"],
)
def test_what_holds_no_article_is_rejected_with_its_reason(data: bytes, rule: str) -> None:
    limit = 100_000 if rule == "decode.too-large" else 64_000_000
    doc = pipeline.clean(data, "x", Config(max_bytes=limit))
    assert doc.rejected is not None
    assert doc.rejected.rule == rule
    assert doc.rejected.reason
    assert doc.rejected.stage == rule.split(".")[0]


def test_one_line_of_two_megabytes_is_a_document() -> None:
    line = "".join(f"第{n}天，{SENTENCE}" for n in range(20_000))
    doc = pipeline.clean(line.encode())
    assert doc.rejected is None
    assert doc.text == line
    assert len(doc.segments) == 20_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16-le", "utf-16"])
def test_the_text_is_the_same_in_any_encoding(encoding: str) -> None:
    text = "\n".join(
        f"第{n}天，老周去港口看船，看見工人把貨物搬上岸，一直看到太陽落到海裡去了才回家。" for n in range(1, 30)
    )
    doc = pipeline.clean(text.encode(encoding))
    assert doc.rejected is None
    assert doc.text == text


def test_a_paragraph_that_comes_again_stays() -> None:
    """On labelled pages two of three such lines belong to the article, most of them to its body below an abstract."""
    lines = [f"第{n}天，{SENTENCE}" * 2 for n in range(8)]
    doc = pipeline.clean("\n".join([*lines, lines[1], *lines[:2]]).encode())
    assert doc.text.split("\n") == [*lines, lines[1], *lines[:2]]


def test_code_of_a_page_keeps_its_indentation() -> None:
    body = "".join(f"<p>第{n}步：{SENTENCE}</p>" for n in range(6))
    page = f"<html><body><h1>怎样数船</h1>{body}<pre>def count(ships):\n    return len(ships)</pre>{body}</body></html>"
    assert "\n    return len(ships)\n" in pipeline.clean(page.encode()).text


def test_seed_003_is_human_english_and_stays_as_it_is() -> None:
    path = SEEDS / "003_2da3ac4793e5055e.txt"
    doc = pipeline.clean(path.read_bytes())
    rules = {change.rule for change in doc.changes}
    assert not [rule for rule in rules if rule.startswith("repair.")]
    assert doc.metadata["published"] == "2024-04-04"


def test_metadata_is_complete() -> None:
    text = "港口的灯在六点熄灭，第一条船开进来，工人们开始卸货。到中午，仓库已经满了。"
    for data, encoding in ((text.encode("gbk"), "gb18030"), (b"", "utf-8")):
        found = pipeline.clean(data).metadata
        assert (found["encoding"], found["format"], found["flags"]) == (encoding, "text", "")
        assert [found[key] for key in ("title", "author", "published", "url", "account", "site")] == [""] * 6


def test_anything_but_bytes_is_a_wrong_call() -> None:
    with pytest.raises(TypeError, match="bytes of a file, not str"):
        pipeline.clean("text")  # type: ignore[arg-type]


def test_an_unknown_name_in_the_package_names_what_there_is() -> None:
    with pytest.raises(AttributeError, match="clean"):
        pipeline.cleen  # type: ignore[attr-defined]  # noqa: B018
