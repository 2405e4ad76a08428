"""What the reader changes, and the kinds of WeChat page that hold no article."""

from __future__ import annotations

from typing import Final

from pipeline.rules import Rule

RULES: Final = (
    Rule(
        "read.line-break",
        "a lone CR, VT, FF, U+2028 or U+2029 breaks a line like \\n; one kind of line break is enough",
        ("one\rtwo", "one\u2028two"),
        ("one\ntwo",),
    ),
    Rule(
        "read.reference",
        "a character reference of the markup stands for a character",
        ("<p>1 &lt; 2", "<p>&#20013;&#x6587;"),
        ("<p>R&D", "a plain text with &lt;"),
    ),
    Rule(
        "read.space",
        "a line break or tab inside a line of markup is a space, as browsers show it",
        ("<p>one\ntwo",),
        ("<p>一\n二", "<p>one two"),
    ),
    Rule(
        "read.escape",
        "an escape in a script's string literal, where a page keeps its text, stands for a character",
        (r"JsDecode('He said \x22yes\x22')",),
        (r"a plain text with \x22",),
    ),
    Rule(
        "read.table",
        "markup of an HTML table that stands on one line of a text; its cells stay, tabs between them",
        ("<table><tr><td>CVE</td><td>9.8</td></tr></table>",),
        ("A <table> has rows and cells.", "<table>\n<tr><td>CVE</td></tr>\n</table>"),
    ),
    Rule(
        "read.wechat-interface",
        "a line of the WeChat page around the article: account card, like bar, prompts to scan or slide",
        ("微信扫一扫", "向上滑动看下一个", "，轻点两下取消赞"),
        ("打开微信，用扫一扫添加设备。",),
    ),
    Rule("read.no-text", "the file shows no text"),
    Rule("read.wechat-deleted", "the author has deleted the article; the page holds only the notice"),
    Rule("read.wechat-violation", "WeChat has withdrawn the article; the page holds only the notice"),
    Rule("read.wechat-unavailable", "WeChat did not show the article; the page holds only the notice"),
    Rule("read.wechat-verification", "WeChat asked for a check of the visitor instead of showing the article"),
    Rule("read.wechat-profile", "the page introduces an account; it holds no article"),
    Rule("read.wechat-stub", "the page holds a title at most, and no text"),
    Rule(
        "read.rejoin",
        "a line break inside a sentence, where a flattener set a link or an emphasised word on a line of its own",
        (
            "The prize of this long week went to young\nClint Harrow\n, who had led the field from the first of six "
            "long days in the hills to the very last one.",
        ),
        ("The prize went to young Harrow.\nHe had led the field.",),
    ),
    Rule(
        "read.leading-residue",
        "a scraper's template left a field's name and value before the text; the date goes to the metadata",
        (" date 2021-03-05 Geneva, March 5: The ministers met again.",),
        ("The date 2021-03-05 was set by the court.", "date 2021-03-05", "2021-03-05 Geneva: The ministers met."),
    ),
)
