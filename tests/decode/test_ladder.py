"""Encodings: cases as data, and the laws on any bytes."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.stages.decode import decode

ZH = "平台上周公布了新的仓储规则，要求卖家在每个季度开始之前申报预计的库存数量。\n多数卖家表示，规则公布得太晚了。"
ZH_HANT = "平台上週公布了新的倉儲規則，要求賣家在每個季度開始之前申報預計的庫存數量。\n這對我們來說太晚了。"
JA = "今日はとても良い天気ですね。みんなで公園に行きましょう。東京の人口は増えています。"
KO = "오늘은 날씨가 매우 좋습니다. 그래서 우리는 공원에 가서 점심을 먹었다."
EN = "The seller’s warehouse – in Ningbo – said “no” to the plan."
FR = "L'été dernier, à Genève, les élèves ont été très étonnés par la leçon."
PAGE = '<html><head><meta charset="{}"><title>规则</title></head><body><p>{}</p></body></html>'

# name, bytes, encoding, text after decoding
WILD = [
    ("utf-8", ZH.encode(), "utf-8", ZH),
    ("utf-8 with a BOM", b"\xef\xbb\xbf" + ZH.encode(), "utf-8", "\ufeff" + ZH),
    ("ascii", b"plain words", "utf-8", "plain words"),
    ("gb18030", ZH.encode("gb18030"), "gb18030", ZH),
    ("gb18030, eight characters", ZH[:8].encode("gb18030"), "gb18030", ZH[:8]),
    ("gb18030, traditional characters", ZH_HANT.encode("gb18030"), "gb18030", ZH_HANT),
    ("big5", ZH_HANT.encode("big5"), "big5hkscs", ZH_HANT),
    ("big5, eight characters", ZH_HANT[:8].encode("big5"), "big5hkscs", ZH_HANT[:8]),
    ("utf-16-le with a BOM", b"\xff\xfe" + ZH.encode("utf-16-le"), "utf-16-le", "\ufeff" + ZH),
    ("utf-16-be with a BOM", b"\xfe\xff" + ZH.encode("utf-16-be"), "utf-16-be", "\ufeff" + ZH),
    ("utf-16-le without a BOM", ZH.encode("utf-16-le"), "utf-16-le", ZH),
    ("utf-16-be without a BOM", ZH.encode("utf-16-be"), "utf-16-be", ZH),
    ("utf-16-le without BOM or ASCII", ZH[:18].encode("utf-16-le"), "utf-16-le", ZH[:18]),
    ("english utf-16", EN.encode("utf-16-le"), "utf-16-le", EN),
    ("utf-32-le with a BOM", b"\xff\xfe\0\0" + ZH.encode("utf-32-le"), "utf-32-le", "\ufeff" + ZH),
    ("windows-1252", EN.encode("cp1252"), "cp1252", EN),
    ("french windows-1252", FR.encode("cp1252"), "cp1252", FR),
    (
        "one curly quote in english",
        b"It\x92s late, and we\x92ve gone home.",
        "cp1252",
        "It’s late, and we’ve gone home.",
    ),
    ("korean", KO.encode("cp949"), "cp949", KO),
    ("shift_jis", JA.encode("shift_jis"), "shift_jis", JA),
    ("euc-jp", JA.encode("euc_jp"), "euc_jp", JA),
    ("declared utf-8, is gbk", PAGE.format("utf-8", ZH).encode("gb18030"), "gb18030", PAGE.format("utf-8", ZH)),
    ("declared gb2312, is utf-8", PAGE.format("gb2312", ZH).encode(), "utf-8", PAGE.format("gb2312", ZH)),
    ("declared gb2312, is english utf-8", PAGE.format("gb2312", EN).encode(), "utf-8", PAGE.format("gb2312", EN)),
    ("declared big5, is gbk", PAGE.format("big5", ZH).encode("gb18030"), "gb18030", PAGE.format("big5", ZH)),
]

# name, bytes, encoding, text after decoding, rules of the changes
DAMAGED = [
    ("utf-8, cut tail", ZH.encode()[:-1], "utf-8", ZH[:-1], ["decode.cut-tail"]),
    ("gb18030, cut tail", ZH.encode("gb18030")[:-1], "gb18030", ZH[:-1], ["decode.cut-tail"]),
    ("utf-16, half a unit at the end", ZH.encode("utf-16-le") + b"\x41", "utf-16-le", ZH, ["decode.cut-tail"]),
    ("gb18030, cut head", ZH.encode("gb18030")[1:], "gb18030", "\ufffd" + ZH[1:], ["decode.bad-byte"]),
    (
        "utf-8, a bad byte",
        ZH[:9].encode() + b"\xff" + ZH[9:].encode(),
        "utf-8",
        ZH[:9] + "\ufffd" + ZH[9:],
        ["decode.bad-byte"],
    ),
    (
        "gb18030, a bad byte",
        ZH[:9].encode("gb18030") + b"\xff" + ZH[9:].encode("gb18030"),
        "gb18030",
        ZH[:9] + "\ufffd" + ZH[9:],
        ["decode.bad-byte"],
    ),
    (
        "big5, a bad byte",
        ZH_HANT[:9].encode("big5") + b"\xff" + ZH_HANT[9:].encode("big5"),
        "big5hkscs",
        ZH_HANT[:9] + "\ufffd" + ZH_HANT[9:],
        ["decode.bad-byte"],
    ),
    (
        "utf-16, half a pair",
        ZH.encode("utf-16-le") + b"\x00\xd8" + "好".encode("utf-16-le"),
        "utf-16-le",
        ZH + "\ufffd\ufffd好",
        ["decode.bad-byte"] * 2,
    ),
    (
        "windows-1252 inside utf-8",
        "“Yes”, she said – ".encode() + b"it\x92s a caf\xe9.",
        "utf-8",
        "“Yes”, she said – it’s a caf\ufffd.",
        ["decode.cp1252-byte", "decode.bad-byte"],
    ),
    ("control characters strewn in", b"o\x07n\x08e", "utf-8", "one", ["decode.control"] * 2),
    (
        "a control character",
        b"one\x08 two" + b" and so on" * 20,
        "utf-8",
        "one two" + " and so on" * 20,
        ["decode.control"],
    ),
]

REJECTED = [
    ("all kinds of bytes", bytes(range(128)) * 3, "decode.binary"),
    ("nothing", b"", "decode.empty"),
    ("a PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "decode.binary"),
    ("a zip", b"PK\x03\x04\x14\0", "decode.binary"),
    ("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "decode.binary"),
    ("NULs", b"\0" * 64, "decode.binary"),
    ("words between NULs", b"a\0b\0\0c\0" * 9, "decode.binary"),
    ("bytes of no codec", b"\xff\xfd\xfe" * 50, "decode.undecodable"),
    ("a BOM before garbage", b"\xff\xfe" + b"\xff\xdb" * 60, "decode.undecodable"),
    (
        "cyrillic windows-1251",
        ("Сегодня хорошая погода и мы пошли гулять. " * 9).encode("cp1251"),
        "decode.undecodable",
    ),
]


@pytest.mark.parametrize(("name", "data", "encoding", "text"), WILD, ids=[row[0] for row in WILD])
def test_finds_the_encoding(name: str, data: bytes, encoding: str, text: str) -> None:
    doc = decode(data, name)
    assert doc.rejected is None
    assert (doc.encoding, doc.text, doc.changes) == (encoding, text, ())
    assert 0.0 < float(doc.metadata["encoding_confidence"]) <= 1.0
    check_laws(doc, data)


@pytest.mark.parametrize(("name", "data", "encoding", "text", "changes"), DAMAGED, ids=[row[0] for row in DAMAGED])
def test_records_damage(name: str, data: bytes, encoding: str, text: str, changes: list[str]) -> None:
    doc = decode(data, name)
    assert (doc.encoding, doc.text) == (encoding, text)
    assert [change.rule for change in doc.changes] == changes
    assert ("lossy-encoding" in doc.flags) == ("\ufffd" in text)
    check_laws(doc, data)


@pytest.mark.parametrize(("name", "data", "rule"), REJECTED, ids=[row[0] for row in REJECTED])
def test_rejects_what_is_no_text(name: str, data: bytes, rule: str) -> None:
    doc = decode(data, name)
    assert doc.rejected is not None
    assert doc.rejected.rule == rule
    assert doc.rejected.reason
    assert doc.name == name


def test_a_declaration_breaks_a_tie_only() -> None:
    assert decode(ZH.encode("gb18030"), declared="big5").encoding == "gb18030"
    assert decode(ZH.encode(), declared="gb2312").encoding == "utf-8"
    assert decode(ZH.encode("gb18030"), declared="no-such-charset").encoding == "gb18030"


def test_text_instead_of_bytes_is_a_wrong_call() -> None:
    with pytest.raises(TypeError, match="mode 'rb'"):
        decode("text")  # type: ignore[arg-type]


@pytest.mark.xfail(strict=True, reason="a few Big5 characters with letters for second bytes look like Windows-1252")
def test_short_big5_with_ascii_trail_bytes() -> None:
    assert decode("如果以2009年".encode("big5")).encoding == "big5hkscs"


@pytest.mark.xfail(strict=True, reason="where a letter ends the first pair, Big5 falls into step again by itself")
def test_big5_cut_head() -> None:
    assert decode(ZH_HANT.encode("big5")[1:]).text == "\ufffd" + ZH_HANT[1:]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xa4\xa4\x40")
@example(b"\x88\x62\x88\x62" * 9 + b"\xa4\xa4")
def test_laws_hold_on_any_bytes(data: bytes) -> None:
    check_laws(decode(data), data)


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.sampled_from(ZH + ZH_HANT + "abc é’😀"), min_size=4, max_size=80),
    st.sampled_from(["utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be"]),
    st.integers(0, 200),
    st.binary(max_size=2),
)
def test_laws_hold_on_damaged_text(text: str, codec: str, at: int, garbage: bytes) -> None:
    data = text.encode(codec, "ignore")
    data = data[:at] + garbage + data[at:]
    check_laws(decode(data), data)


def check_laws(doc: Document, data: bytes) -> None:
    """Kept text decodes from its bytes, source and data are one, and no lone surrogate stays."""
    if doc.rejected:
        return
    doc.text.encode("utf-8")
    if doc.offsets:
        assert len(doc.offsets) == len(doc.source) + 1
        assert doc.offsets[-1] == len(data)
        assert list(doc.offsets) == sorted(doc.offsets)
    else:
        assert doc.source.encode(doc.encoding, "surrogateescape") == data
    places = doc.byte_offsets([place for _, source, size in doc.blocks for place in (source, source + size)])
    for text, source, size in doc.blocks:
        piece = data[places[source] : places[source + size]]
        assert piece.decode(doc.encoding) == doc.text[text : text + size]
