"""One spelling for one person: a Chinese name that the file itself writes in two ways."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from pipeline.document import Edit
from pipeline.rules import languages
from pipeline.stages.repair.lines import Page, settle

_NAME = re.compile(r"\b([A-Z][a-z]{1,6}) ([A-Z][a-z]+)(?:[ -]([A-Za-z][a-z]+))?\b")
_SURNAMES: Final = frozenset(
    """Bai Bao Cai Cao Chang Chen Cheng Cui Dai Deng Ding Dong Du Duan Fan Fang Feng Fu Gao Ge Gong Gu Guan Guo Han Hao
    He Hong Hou Hu Hua Huang Ji Jia Jiang Jin Kang Kong Lai Lei Li Liang Liao Lin Liu Long Lu Luo Ma Mao Meng Mi Mo Ni
    Niu Pan Peng Qian Qiao Qin Qiu Ren Shao Shen Shi Song Su Sun Tan Tang Tao Tian Wan Wang Wei Wen Wu Xia Xiang Xiao
    Xie Xin Xiong Xu Xue
    Yan Yang Yao Ye Yi Yin Yu Yuan Zeng Zhan Zhang Zhao Zheng Zhong Zhou Zhu Zhuang Zou""".split()
)


def names(page: Page) -> list[Edit]:
    """Edits that give each name the spelling the file uses most (the first one where it uses both as often)."""
    found: dict[str, Counter[str]] = {}
    places = []
    for match in _NAME.finditer(page.text):
        if match[1] not in _SURNAMES:
            continue
        given = match[2] + (match[3] or "")
        if 4 <= len(given) <= 12 and languages.pinyin_share([given.lower()]) == 1.0:
            key = f"{match[1]} {given.lower()}"
            found.setdefault(key, Counter())[match[0]] += 1
            places.append((key, match))
    edits = []
    for key, match in places:
        usual = found[key].most_common(1)[0][0]
        if match[0] != usual:
            edits.append(Edit(match.start(), match.end(), usual, "repair.name-spelling"))
    return settle(page.text, edits)
