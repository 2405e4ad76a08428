"""Rules of the strip stage that are not about wording: what happens to lines once their roles are known."""

from __future__ import annotations

from pipeline.rules import Rule

RULES = (
    Rule("strip.blank-line", "an empty line at an end, or more than one between two kept lines"),
    Rule("strip.edge-space", "white space at the start or end of a kept line"),
    Rule("strip.role", "a line whose role the user asked to drop (--drop ROLE)"),
    Rule("strip.no-article", "no line of the file was judged to be the body of an article"),
)
