"""WeChat article pages: the article wherever the page keeps it, and the pages that hold none.

A saved page is 2–4 MB of scripts. The article stands in ``#js_content``, or only in a string literal of the object
``window.cgiDataNew`` (``content_noencode``, ``text_page_info.content``, ``desc``) from which a script builds the page.
Everything else the page shows is the same interface on every page.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from pipeline.document import Document, Edit
from pipeline.stages.read.head import Head
from pipeline.stages.read.html import lines_of
from pipeline.stages.read.lines import Line, assemble, in_order
from pipeline.stages.read.literal import literal_end, relocate, unescape

# Any of these makes a page one of WeChat's; an ordinary page that only links there has none of them.
_MARKS: Final = (
    "rich_media_area_primary",
    'id="js_content"',
    'id="js_article"',
    "window.cgiDataNew",
    'id="activity-name"',
    "weui-msg__title",
    "weui_msg_title",
    "profile_info_area",
    "<title>关于公众号</title>",
    "secitptpage/verify",
)
_HOSTS: Final = ("mp.weixin.qq.com", "res.wx.qq.com", "mmbiz.qpic.cn")

# The notice a page shows instead of an article, and what it means. Searched in the first lines of a page without one.
NOTICES: Final = (
    ("read.wechat-deleted", "该内容已被发布者删除"),
    ("read.wechat-deleted", "此内容已被发布者删除"),
    ("read.wechat-deleted", "该内容已被作者删除"),
    ("read.wechat-deleted", "the content has been deleted by the author"),
    ("read.wechat-deleted", "this content has been deleted by the author"),
    ("read.wechat-violation", "因违规无法查看"),
    ("read.wechat-violation", "此内容违反"),
    ("read.wechat-violation", "涉嫌侵权，无法查看"),
    ("read.wechat-violation", "此帐号已被屏蔽"),
    ("read.wechat-violation", "此账号已被屏蔽"),
    ("read.wechat-violation", "该公众号已被封禁"),
    ("read.wechat-violation", "unable to view this content because it violates"),
    ("read.wechat-violation", "content has been reported"),
    ("read.wechat-unavailable", "该内容暂时无法查看"),
    ("read.wechat-unavailable", "此内容暂时无法查看"),
    ("read.wechat-unavailable", "此内容发送失败无法查看"),
    ("read.wechat-unavailable", "该公众号已迁移"),
    ("read.wechat-unavailable", "该链接已过期"),
    ("read.wechat-unavailable", "链接已过期"),
    ("read.wechat-unavailable", "参数错误"),
    ("read.wechat-unavailable", "系统出错"),
    ("read.wechat-unavailable", "content is unavailable"),
    ("read.wechat-verification", "环境异常"),
    ("read.wechat-verification", "完成验证后即可继续访问"),
    ("read.wechat-verification", "验证身份"),
    ("read.wechat-verification", "操作频繁"),
    ("read.wechat-profile", "公众号简介"),
    ("read.wechat-profile", "服务号简介"),
    ("read.wechat-profile", "订阅号简介"),
    ("read.wechat-profile", "最近10条群发"),
)
REASONS: Final = {
    "read.wechat-deleted": "the author has deleted the article; the page holds only the notice",
    "read.wechat-violation": "WeChat has withdrawn the article; the page holds only the notice",
    "read.wechat-unavailable": "WeChat did not show the article; the page holds only the notice",
    "read.wechat-verification": "WeChat asked for a check of the visitor instead of showing the article",
    "read.wechat-profile": "the page introduces an account; it holds no article",
    "read.wechat-stub": "the page holds a title at most, and no text (a video, or a body that was never saved)",
}
# Code points at the head of a page in which its <title> stands.
_HEAD: Final = 4096
# Lines of a page searched for a notice.
_NOTICE_LINES: Final = 12

# A body in the page itself of so many characters is the article; text shares have a stub of up to 60 there.
_BODY: Final = 100  # non-space code points
# Kinds of page (item_show_type) whose text is a caption or note in a script, its line breaks as they stand.
_NOTE_KINDS: Final = ("8", "10")
_BLOCK_MARKUP = re.compile(r"<(?:p|section|div|h[1-6]|li|blockquote|pre|table)\b", re.IGNORECASE)
_SOURCE = re.compile(r"以下文章来源于\s*([^，,\n]+?)\s*(?:[，,]\s*作者\s*[:：]?\s*(.+))?$")
_DATE = re.compile(r"((?:19|20)\d\d)[-年](\d{1,2})[-月](\d{1,2})")
# Seconds from UTC to Beijing time, in which WeChat shows its dates.
_BEIJING: Final = 8 * 3600


def is_wechat(page: str) -> bool:
    """Whether a page is one of WeChat's, article or not."""
    if "<title>该内容暂时无法查看</title>" in page[:_HEAD]:
        return True
    return any(host in page for host in _HOSTS) and any(mark in page for mark in _MARKS)


def read_wechat(doc: Document) -> Document:
    """The article of a WeChat page: its title line and its body; rejected with the kind of page if there is none."""
    page = doc.text
    shown = lines_of(page)
    lines = shown.lines.lines()
    body = [line for line in lines if line.zone == "js_content"]
    data = _data(page)
    kind = _value(page, "item_show_type", data)
    if data[1] and (kind in _NOTE_KINDS or _solid(body) < _BODY):
        scripted = _script_body(page, data, kind)
        if _solid(scripted) > _solid(body) or (kind in _NOTE_KINDS and scripted):
            body = scripted
            lines = [line._replace(zone="") if line.zone == "js_content" else line for line in lines]
            title = [] if any(line.zone == "activity-name" for line in lines) else _script_title(page, data, scripted)
            lines = in_order([*lines, *title, *scripted])
    text, blocks, changes, facts = assemble(lines)
    doc = replace(doc.reread(text, blocks, changes), format="wechat", line_facts=facts)
    doc = doc.note(unlocated=shown.unlocated, **_metadata(page, shown.head, lines, data))
    if not body:
        rule = notice(text) or ("read.wechat-verification" if "验证身份" in page else "read.wechat-stub")
        return doc.reject(rule, REASONS[rule])
    return _without_interface(doc, lines)


def notice(text: str) -> str:
    """The rule for the notice that a page without an article shows, ``""`` if there is none.

    ``text`` is the page's visible text; only its first lines are looked at.
    """
    head = "\n".join(text.split("\n", _NOTICE_LINES)[:_NOTICE_LINES]).lower()
    return next((rule for rule, words in NOTICES if words in head), "")


def _without_interface(doc: Document, lines: list[Line]) -> Document:
    """The document without the lines that are neither title nor body."""
    edits: list[Edit] = []
    offset = 0
    kept = [line.zone in ("activity-name", "js_content") for line in lines]
    last = len(kept) - 1 - kept[::-1].index(True)
    for index, line in enumerate(lines):
        end = offset + len(line.text)
        if not kept[index]:
            # With its line break: the one behind it, or in front where no kept line follows.
            start, stop = (offset, end + 1) if index < last else (offset - 1, end)
            edits.append(Edit(start, stop, "", "read.wechat-interface", "nav"))
        offset = end + 1
    facts = tuple([line.facts for line, keep in zip(lines, kept, strict=True) if keep])
    return replace(doc.edit(edits), line_facts=facts)


def _script_body(page: str, data: tuple[int, int], kind: str) -> list[Line]:
    """Lines of the article as the script's object holds it, the richest of its copies."""
    best: list[Line] = []
    for key in ("content_noencode", "content", "desc"):
        span = _literal(page, key, data)
        if span is None:
            continue
        literal = unescape(page, *span)
        note = kind in _NOTE_KINDS or _BLOCK_MARKUP.search(literal.text) is None
        found = lines_of(literal.text, preformatted=note).lines.lines()
        lines = [_body_line(relocate(line, literal, page)) for line in found]
        if _solid(lines) > _solid(best):
            best = lines
        if key == "content_noencode" and best:
            break
    return best


def _body_line(line: Line) -> Line:
    """A line of a script's literal as if it stood in the page's body."""
    facts = line.facts._replace(hints=f"js_content {line.facts.hints}".rstrip())
    return line._replace(zone="js_content", facts=facts)


def _script_title(page: str, data: tuple[int, int], body: list[Line]) -> list[Line]:
    """The title as a line, unless it is only the beginning of the text (WeChat cuts one where none was given)."""
    span = _literal(page, "title", data)
    if span is None:
        return []
    literal = unescape(page, *span)
    found = lines_of(literal.text).lines.lines()
    lines = [relocate(line, literal, page)._replace(zone="activity-name") for line in found]
    if len(lines) != 1 or body[0].text.startswith(lines[0].text[:12]):
        return []
    return lines


def _metadata(page: str, head: Head, lines: list[Line], data: tuple[int, int]) -> dict[str, str | int | float]:
    """Title, account, author, date and source account, from the page's elements or else its scripts."""
    declared = dict(reversed(head.metas))
    title = next((line.text for line in lines if line.zone == "activity-name"), "")
    found: dict[str, str | int | float] = {
        "site": "微信公众平台",
        "title": title or _value(page, "title", data) or declared.get("og:title", ""),
        "account": _value(page, "nick_name", data) or _variable(page, "nickname") or _element(page, "js_name"),
        "url": next((url for url in (declared.get("og:url", ""), head.canonical) if url.startswith("http")), ""),
    }
    author = ""
    for line in lines:
        if line.zone == "js_content":
            break
        source = _SOURCE.match(line.text[:200]) if line.text.startswith("以下文章来源于") else None
        if source:
            found["source_account"], author = source[1], source[2] or ""
        elif line.facts.hints.endswith("js_share_author"):
            found.setdefault("source_account", line.text)
    found["author"] = (
        author
        or _value(page, "author", data)
        or _element(page, "js_author_name")
        or declared.get("og:article:author", "")
        or declared.get("author", "")
    )
    shown = _value(page, "create_time", data) or _element(page, "publish_time")
    date = _DATE.search(shown)
    if date:
        found["published"] = f"{date[1]}-{int(date[2]):02}-{int(date[3]):02}"
    else:
        found["published"] = _day(_value(page, "ori_create_time", data) or _variable(page, "ct"))
    return {key: value for key, value in found.items() if value != ""}


def _day(seconds: str) -> str:
    """The day in Beijing of a Unix time in digits, ``""`` for none."""
    from datetime import UTC, datetime

    if not (seconds.isdecimal() and len(seconds) == 10):
        return ""
    return datetime.fromtimestamp(int(seconds) + _BEIJING, UTC).strftime("%Y-%m-%d")


def _data(page: str) -> tuple[int, int]:
    """Span of the script's object ``window.cgiDataNew``, empty if the page has none."""
    start = page.find("window.cgiDataNew = {")
    if start < 0:
        return 0, 0
    end = page.find("</script", start)
    return start, end if end >= 0 else len(page)


def _literal(page: str, key: str, data: tuple[int, int]) -> tuple[int, int] | None:
    """Span of the inside of the first literal of ``key`` in the script's object; ``None`` if it is empty."""
    for opening in (f" {key}: JsDecode('", f" {key}: '", f"{{{key}:'", f",{key}:'"):
        at = page.find(opening, *data)
        if at >= 0:
            start = at + len(opening)
            end = literal_end(page, start)
            return (start, end) if end > start else None
    return None


def _value(page: str, key: str, data: tuple[int, int]) -> str:
    """What the script's object holds under ``key``, ``""`` for nothing."""
    span = _literal(page, key, data)
    if span is None:
        return ""
    from turbohtml import unescape as resolve

    text = resolve(unescape(page, span[0], min(span[1], span[0] + 2000)).text).strip()
    return " ".join(text.partition("\n")[0].split())  # a title cut from the text may run over its first line


def _variable(page: str, name: str) -> str:
    """A short string given to a script variable, ``""`` for none."""
    at = page.find(f"var {name} = ")
    if at < 0:
        return ""
    found = re.compile(r"""(?:htmlDecode\()?["']([^"'\n]{1,100})["']""").match(page, at + len(f"var {name} = "))
    return found[1] if found else ""


def _element(page: str, name: str) -> str:
    """The text of the element with this id, if it holds nothing but text."""
    at = page.find(f'id="{name}"')
    found = re.compile(r"[^<>]{0,300}>([^<]{1,200})<").match(page, at) if at >= 0 else None
    return " ".join(found[1].split()) if found else ""


def _solid(lines: list[Line]) -> int:
    """Non-space characters of lines."""
    return sum([len(line.text) - line.text.count(" ") for line in lines])
