"""Chinese typography: punctuation that was folded to half width, doubled marks, dots in names.

A comma between two Han characters has one right width; next to Latin or a digit it is only changed in a document
that shows it was folded (its own marks after Han are mostly half-width). Spaces between Han are left alone: each may
be a lost element boundary. Spacing between Chinese and Latin is house style and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.document import Edit
from pipeline.stages.repair.lines import Page, settle

_H = "\u3400-\u9fff\uf900-\ufaff\u3007"
_FULL: Final = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_HALF_MARK = re.compile(f"(?<=[{_H}])[,;:?!]")
_FULL_MARK = re.compile("[，；：？！]")
_BETWEEN_HAN = re.compile(
    f"(?<=[{_H}”’》」』）】])[,;:?!]+(?=[{_H}“”‘’《》「」『』（）【】…—]|\\([{_H}]|$)", re.MULTILINE
)
_BESIDE_LATIN = re.compile(
    f"(?<=[{_H}”’》」』）】])[,;:?!] ?(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%”)])[,;:?!](?=[{_H}“《「（])"
    f"|(?<=[{_H}])[,;:?!] (?=[{_H}“])"
)
_ENGLISH_AHEAD = re.compile(r"[A-Za-z’']+(?:,? [A-Za-z’']+){3}")
_BRACKETS = re.compile(r"\(([^()\n]{1,200})\)")
_HAN = re.compile(f"[{_H}]")
_SENTENCE_MARK = re.compile("[。！？；!?]")
_DOUBLED = re.compile(r"(?<=[\w”’》）】%])([，。；：、])\1(?!\1)")
# Characters that foreign names are written with; a dot between others parts the items of a list.
_SOUNDS = (
    "阿艾爱安昂奥巴白柏班邦保鲍贝本比彼毕宾波伯博勃布查茨达戴丹当道德邓狄迪蒂丁杜多顿厄恩尔伐法凡范菲费芬丰佛弗夫福富盖甘冈戈哥格葛根古哈海汉汗豪赫亨洪胡华怀惠"
    "霍基吉加贾简杰金津居卡凯坎康考柯科克肯孔库夸奎拉莱兰朗劳勒雷里丽利莉莲廉良列林琳龙隆娄卢鲁路露伦罗洛吕马玛麦迈曼芒梅门蒙米密敏明缪摩莫默姆慕穆娜纳乃奈南内尼宁"
    "纽农努诺欧帕派潘庞佩彭皮平蒲普奇齐乔切琼丘热仁日荣茹儒瑞萨塞赛桑森瑟沙莎珊山尚绍舍申胜盛施什圣史士斯丝思司松苏索所塔泰坦汤陶特滕藤提铁汀廷通图土托瓦万旺威维韦"
    "魏温文沃乌吾武伍西希锡喜夏香肖谢欣辛兴休修许雅亚延扬耶叶伊易因英尤约云泽扎詹张哲珍郑治朱兹佐佳妮逊黛芙蕾缇蒂琪珀叙耀曹拜瓜霍什坡鲍谟"
)
_NAME_DOT = re.compile(f"(?<=[{_SOUNDS}])[•‧∙⋅・･](?=[{_SOUNDS}])")
_ADDRESS = re.compile(r"https?:|www\.|\.(?:com|cn|net|org)\b")


def chinese(page: Page) -> list[Edit]:
    """Edits of punctuation in Chinese and mixed lines."""
    text = page.text
    if text.isascii() or not {"zh", "mixed"} & page.spoken:
        return []
    lists: dict[int, bool] = {}  # by start of line: is it a list of keywords, whose commas are the site's?
    edits = []
    for edit in _propose(text):
        if page.lang_at(edit.start) not in ("zh", "mixed"):
            continue
        if text[edit.start] == ",":
            start, end = page.line_of(edit.start)
            if start not in lists:
                lists[start] = _is_list(text[start:end])
            if lists[start]:
                continue
        edits.append(edit)
    return settle(text, edits)


def _is_list(line: str) -> bool:
    """Whether a line is words and commas: at least four commas, six characters apart or less, and no sentence."""
    commas = line.count(",")
    return commas >= 4 and len(line) <= 7 * commas + 12 and not _SENTENCE_MARK.search(line)


def is_folded(text: str) -> bool:
    """Whether the marks after Han characters are mostly half-width: the text went through a width fold."""
    half = len(_HALF_MARK.findall(text))
    return half > 0 and half >= len(_FULL_MARK.findall(text))


def _propose(text: str) -> Iterator[Edit]:
    if any(mark in text for mark in ",;:?!"):
        folded = is_folded(text)
        for match in _BETWEEN_HAN.finditer(text):
            new = "".join(_FULL[mark] for mark in match[0])
            yield Edit(match.start(), match.end(), new, "repair.punctuation-width")
        if folded:
            for match in _BESIDE_LATIN.finditer(text):
                if _ENGLISH_AHEAD.match(text, match.end()):
                    continue  # the mark belongs to neither language alone
                yield Edit(match.start(), match.end(), _FULL[match[0][0]], "repair.punctuation-width")
            yield from _brackets(text)
    for match in _DOUBLED.finditer(text):
        if text[match.start() - 1 : match.start()] != match[1]:
            yield Edit(match.start(), match.end(), match[1], "repair.doubled-punctuation")
    for match in _NAME_DOT.finditer(text):
        yield Edit(match.start(), match.end(), "·", "repair.name-dot")


def _brackets(text: str) -> Iterator[Edit]:
    """Both brackets of a pair with Han inside, or Han on both sides of it; addresses keep theirs."""
    for match in _BRACKETS.finditer(text):
        start, end = match.span()
        if _ADDRESS.search(match[1]):
            continue
        outside = _HAN.match(text[start - 1 : start]) and (
            _HAN.match(text[end : end + 1]) or text[end : end + 1] in "，。；：、？！（,;:)”\n"
        )
        if outside or _HAN.search(match[1]):
            yield Edit(start, start + 1, "（", "repair.bracket-width")
            yield Edit(end - 1, end, "）", "repair.bracket-width")
