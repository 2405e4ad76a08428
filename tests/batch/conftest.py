"""A small folder of inputs of every sort, and helpers to run and read a batch."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

CHINESE = """首页 | 新闻 | 论坛 | 登录
跨境卖家怎样看懂平台的新规则
2023年5月6日 来源：海风商讯
平台上周公布了新的仓储规则，要求卖家在每个季度开始之前申报预计的库存数量，否则将按实际体积加收费用。
多数卖家表示，规则公布得太晚，很多货物已经在海上，来不及调整，只能先把一部分商品转到别的仓库。
一位在宁波做了八年的卖家说：“我们最怕的不是收费，而是规则一年改三次。”他打算把一半的货放到自己的仓库里。
平台的负责人回应说，新规则给了六十天的缓冲期，期间不会收取任何额外的费用，卖家可以慢慢适应。
上一篇：怎样选一个靠谱的货代
下一篇：旺季之前要做的五件事
扫码关注公众号，领取卖家手册
沪ICP备12345678号-1
"""
ENGLISH = """Home
About us
Log in
Why small shops keep their own stock
May 6, 2023
Last week the platform published new storage rules, which ask sellers to declare the stock they expect before each quarter begins.
Most sellers say the rules came too late: much of their stock was already at sea, and there was no time to change the plan.
One seller who has worked in Ningbo for eight years said that fees are not what she fears most, but rules that change three times a year.
The platform answered that there is a grace period of sixty days, during which no extra fee will be charged to anybody.
Share this article
Related articles
Five things to do before the season
Copyright 2023 Harbour Notes. All rights reserved.
"""
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>仓库搬家记_海风商讯</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/n">新闻</a></div>
<h1>仓库搬家记</h1>
<div class="content"><p>三月的一个早晨，老周带着六个工人，把用了十年的旧仓库一件一件搬空，搬到港口边上新租的地方。</p>
<p>新仓库离码头只有两公里，租金却比原来贵了三成，老周算了一夜的账，最后还是签了字&mdash;&mdash;他说时间更贵。</p>
<p>搬完的那天晚上下起了雨，工人们坐在空箱子上吃盒饭，没有人说话，只听见雨打在铁皮屋顶上的声音。</p></div>
<div class="footer">版权所有 海风商讯 沪ICP备12345678号-1</div><script>var a = 1;</script></body></html>
"""


def write_inputs(folder: Path) -> Path:
    """Files that give documents, duplicates and every kind of rejection that needs no fault of the disk."""
    files: dict[str, bytes] = {
        "zh.txt": CHINESE.encode(),
        "sub/en.txt": ENGLISH.encode(),
        "gbk.txt": CHINESE.replace("宁波", "温州").replace("八年", "十一年").encode("gb18030"),
        "page.html": PAGE.encode(),
        "copy of zh.txt": CHINESE.encode(),
        "sub/near.txt": CHINESE.replace("六十天", "九十天").encode(),
        "名字\n换行 😀.txt": PAGE.replace("老周", "老吴").replace("三月", "四月").encode(),
        "empty.txt": b"",
        "blank.txt": b" \n\n\t\n",
        "picture.txt": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4,
        "nul.txt": b"\x00" * 64,
        "utf16.txt": CHINESE.replace("卖家", "商户").encode("utf-16-le"),
        "packed.txt.gz": gzip.compress(
            ENGLISH.replace("Ningbo", "Xiamen").replace("sixty", "ninety").encode(), mtime=0
        ),
    }
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "dangling.txt").symlink_to(folder / "nowhere")
    return folder


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    return write_inputs(tmp_path / "in")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two Chinese files, for tests that need no more."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "zh.txt").write_text(CHINESE)
    (tmp_path / "in" / "other.txt").write_text(PAGE)
    return tmp_path / "in"


def rows(output: Path, kind: str) -> list[dict[str, object]]:
    """All rows of a kind, in order of file."""
    paths = sorted((output / kind).glob("*.jsonl"))
    return [orjson.loads(line) for path in paths for line in path.read_bytes().splitlines()]


def files(output: Path) -> dict[str, bytes]:
    """Every file a user sees, by name."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and ".qingwen" not in path.parts
    }


@pytest.fixture
def read_rows() -> Callable[[Path, str], list[dict[str, object]]]:
    return rows


@pytest.fixture
def read_files() -> Callable[[Path], dict[str, bytes]]:
    return files


@pytest.fixture(autouse=True, scope="session")
def loaded() -> None:
    """Load models and dictionaries once here; the worker processes of every run are forks of this one."""
    from pipeline import clean
    from pipeline.alignment.lexicon import glosses

    clean(CHINESE.encode())
    clean(ENGLISH.encode())
    glosses("卖家")
