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
        "read.leading-residue",
        "a scraper's template left a field's name and value before the text; the date goes to the metadata",
        (" date 2021-03-05 Geneva, March 5: The ministers met again.",),
        ("The date 2021-03-05 was set by the court.", "date 2021-03-05", "2021-03-05 Geneva: The ministers met."),
    ),
)
