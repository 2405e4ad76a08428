"""Counts of lines over the files of a site: the same whatever the order of the files."""

from __future__ import annotations

import random

import numpy as np
import pytest

from pipeline.corpus.templates import COMMON, EVERYWHERE, NEW, SEEN, count, empty, site_of

CHROME = ["首页", "关注我们", "Copyright 2021"]


def files(number: int) -> list[tuple[str, list[str]]]:
    rng = random.Random(7)
    made = []
    for n in range(number):
        body = [f"第{n}篇第{k}段，{rng.random()}" for k in range(20)]
        body += ["漏洞描述"] * (n % 4 == 0) + ["转自网络"] * (n < 3)
        made.append((f"host:{'a' if n % 3 else 'b'}.example", CHROME + body + [""]))
    return made


def test_verdicts_say_how_far_a_line_is_known() -> None:
    pages = [("host:a.example", lines) for _, lines in files(30)]
    counts = count(pages, len(pages))
    verdicts = dict(zip(pages[0][1], counts.verdicts("host:a.example", pages[0][1]), strict=True))
    assert [verdicts[line] for line in CHROME] == [EVERYWHERE] * 3
    assert verdicts["漏洞描述"] == COMMON
    assert verdicts["转自网络"] == SEEN
    assert verdicts[""] == NEW
    assert sum(v == NEW for line, v in verdicts.items() if line.startswith("第")) == 20


def test_the_order_of_files_does_not_matter() -> None:
    pages = files(40)
    whole = count(pages, 40)
    random.Random(3).shuffle(pages)
    other = count(pages, 40)
    assert np.array_equal(whole.first, other.first)
    assert np.array_equal(whole.second, other.second)
    assert whole.files == other.files


def test_counts_saturate() -> None:
    assert int(count([("s", ["again"])] * 600, 600).first.max()) == 255


def test_sites_do_not_mix() -> None:
    pages = [("a", ["shared line"])] * 5 + [("b", ["own line"])] * 4 + [("b", ["shared line"])]
    assert count(pages, 10).verdicts("b", ["shared line"]) == [NEW]


def test_a_small_site_says_nothing() -> None:
    assert count([("a", ["x"])] * 2, 2).verdicts("a", ["x"]) == []
    assert empty(5).verdicts("nowhere", ["x"]) == []


@pytest.mark.parametrize(
    ("name", "metadata", "site"),
    [
        ("a.txt", {}, "folder:"),
        ("x/y/a.txt", {}, "folder:x/y"),
        ("x.zip!in/a.txt", {}, "folder:x.zip/in"),
        ("a.html", {"url": "https://News.Example.com/1"}, "host:news.example.com"),
        ("a.html", {"url": "https://mp.weixin.qq.com/s/1", "account": "海城日报"}, "account:海城日报"),
    ],
)
def test_the_site_of_a_file(name: str, metadata: dict[str, str], site: str) -> None:
    assert site_of(name, metadata) == site
