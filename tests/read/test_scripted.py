"""Pages that a script builds: the article is read from the page's data, each character with its bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pipeline
from pipeline.batch.run import run
from pipeline.records.verify import verify
from pipeline.stages.read.scripted import scripted_lines

PARAGRAPHS = [
    "海城港务集团昨日宣布，历时三年建设的“四号码头”将于下月正式投入使用，届时全港年吞吐量将翻一番。",
    "据介绍，四号码头共有三个五万吨级泊位，配备了六台自动化岸桥，工人在两公里外的控制中心里操作 & 监控。",
]
HTML = "".join(f"<p>{text}</p>" for text in PARAGRAPHS).replace("&", "&amp;")
SHELL = "<!DOCTYPE html><html><head><title>四号码头下月启用</title></head><body><div id='__next'></div>{}</body></html>"


def next_data(escape: bool) -> str:
    data = json.dumps({"props": {"post": {"id": 4, "content": HTML, "summary": "略。"}}}, ensure_ascii=escape)
    data = data.replace("<", "\\u003c") if escape else data
    return SHELL.format(f'<script id="__NEXT_DATA__" type="application/json">{data}</script>')


PAGES = {
    "next": next_data(escape=False),
    "next, escaped": next_data(escape=True),
    "json-ld": SHELL.format(
        '<script type="application/ld+json">'
        + json.dumps({"@type": "NewsArticle", "articleBody": "\n\n".join(PARAGRAPHS)}, ensure_ascii=False)
        + "</script>"
    ),
    "state": SHELL.format(
        f"<script>window.__STATE__ = {json.dumps({'contentHtml': HTML, 'text': '见正文。'}, ensure_ascii=False)};</script>"
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_article_is_found_and_located(name: str) -> None:
    doc = pipeline.clean(PAGES[name].encode())
    assert doc.rejected is None
    assert doc.text.split("\n") == PARAGRAPHS
    assert doc.metadata["title"] == "四号码头下月启用"
    for block in doc.blocks:
        assert (
            doc.text[block.text : block.text + block.length] == doc.source[block.source : block.source + block.length]
        )


def test_what_was_read_passes_the_audit(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, page in enumerate(PAGES.values()):
        # Different texts, or they would be duplicates of one another.
        (folder / f"{number}.html").write_text(page.replace("四号", f"{number}号"), encoding="utf-8")
    run([folder], tmp_path / "out")
    assert verify(tmp_path / "out", [folder]) == []


@pytest.mark.parametrize(
    "script",
    [
        '<script>{"content":"one two"}</script>',  # no sentence
        '<script>{"content":"' + "x. " * 200,  # never ends
        '<p>"content":"' + "A sentence of a page. " * 20 + '"</p>',  # no script
        '<script>{"contents":{"body_id":"' + "A sentence. " * 20 + '"}}</script>',  # another key
    ],
)
def test_what_is_no_article_is_left(script: str) -> None:
    assert scripted_lines(SHELL.format(script)) == []


def test_a_page_that_shows_its_article_is_not_searched() -> None:
    shown = "".join(f"<p>{text}</p>" for text in PARAGRAPHS * 4)
    hidden = json.dumps({"content": "<p>另一篇文章。</p>" * 40}, ensure_ascii=False)
    doc = pipeline.clean(SHELL.format(f"{shown}<script>{hidden}</script>").encode())
    assert "另一篇文章" not in doc.text
