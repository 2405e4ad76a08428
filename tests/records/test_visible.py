"""What a page shows, as ``verify`` finds it by the tree, whatever the reader says."""

from __future__ import annotations

import pytest

from pipeline.records.visible import literal_runs, shown, visible_runs

PAGES = [
    ("<p>a &amp; b</p>\r\n<p>c</p>", ["a", "&amp;", "b", "c"]),
    ("<title>t</title><style>s</style><script>'<p>x'</script><noscript><p>n</p></noscript><p>y", ["y"]),
    ("<div hidden>x<p>y</div>z<div hidden=until-found>u</div>", ["z", "u"]),
    ("<p style='DISPLAY : none'>x<p style='display:block'>y", ["y"]),
    ("<ul><li style='display:none'>x<li>y</ul>z", ["y", "z"]),
    ("<div style='display:none'><div>x</div>y</div>z", ["z"]),
    ("<select><option>x</select><textarea>y</textarea><template>z</template><svg><text>s</text></svg>w", ["w"]),
    ("a<!-- b --><br>c<b></b>d", ["a", "c", "d"]),
    ("<table><tr><td>a<td>b</table>c", ["a", "b", "c"]),
    ("<table>moved<tr><td>a</table>", ["moved", "a"]),
    ("a\x00b\fc", ["a\x00b\fc"]),
    ("   \n ", []),
    ("", []),
]


@pytest.mark.parametrize(("page", "texts"), PAGES)
def test_visible_runs(page: str, texts: list[str]) -> None:
    assert [page[start:end].strip() for start, end in visible_runs(page)] == texts


SCRIPT = r"<script>var d = {title: 'T\x27s', content: JsDecode('\x3cp\x3eOne\x3c/p\x3e\x0a\x3cp hidden\x3eno\x3c/p\x3eTwo \u4e8c\'s'), x: 'y'};</script>"


def test_literal_runs_show_the_text_of_a_script() -> None:
    runs, end = literal_runs(SCRIPT, SCRIPT.index("One"))
    assert [SCRIPT[first:last] for first, last in runs] == ["One", r"\x0a", r"Two \u4e8c\'s"][::2]
    assert SCRIPT[end:].startswith("'), x:")


@pytest.mark.parametrize(
    ("piece", "escapes", "text"),
    [
        (r" \x0a\u4e8c\n ", True, "二"),
        (r"\x0a", False, r"\x0a"),
        ("&nbsp;&lt; ", False, "<"),
        ("\u200b\xa0\u3000", False, ""),
        (r"\ud83d\ude00", True, ""),
    ],
)
def test_shown(piece: str, escapes: bool, text: str) -> None:
    assert shown(piece, escapes) == text
