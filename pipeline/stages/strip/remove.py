"""Delete lines by role, and the white space they leave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from pipeline.config import Config
from pipeline.document import Document, Edit, line_starts
from pipeline.stages.detect import units
from pipeline.stages.strip import Verdict, judge

# Lines above and below the first line that stays in which a byline may stand.
BYLINE_REACH = 6
# A document needs one line of another role than these: a title or a caption alone is no article.
_NOT_BODY = frozenset({"title", "byline", "heading", "caption", "metadata", "duplicate", "blank", "icon"})
# Roles whose white space at the start of the line says something.
_INDENTED = frozenset({"code", "list", "table"})


def strip(doc: Document, config: Config, templates: Sequence[float] = ()) -> Document:
    """The document without its boilerplate; ``line_roles`` and ``line_langs`` follow the final lines.

    Rejected as ``strip.no-article`` (text untouched) when no line is body. ``templates`` holds for each line how
    far it is known from other files of the site, 0..1, or is empty.
    """
    lines = doc.lines()
    title = str(doc.metadata.get("title", ""))
    judgement = judge(lines, doc.line_facts, preset=config.preset, templates=templates, title=title)
    # What the head says of the title the lines have settled; of the rest it knows better.
    metadata = {**doc.metadata, "title": judgement.metadata.get("title", title)}
    doc = replace(doc, metadata=metadata).note(**judgement.metadata).flag(*judgement.flags)
    verdicts = _wishes(lines, judgement.verdicts, config)
    if not any(not verdict.drop and verdict.role not in _NOT_BODY for verdict in verdicts):
        return doc.reject("strip.no-article", "no line was judged to be the body of an article")
    keep = _kept_lines(verdicts)
    langs = tuple(doc.line_langs[index] for index in keep) if doc.line_langs else ()
    preformatted = {index for index, fact in enumerate(doc.line_facts) if fact.tag in ("pre", "code")}
    doc = doc.note(published=_published(lines, verdicts, keep, str(doc.metadata.get("fetched", ""))))
    doc = doc.edit(_removals(lines, verdicts, keep, preformatted))
    roles = tuple(verdicts[index].role for index in keep)
    return replace(doc, line_langs=langs, line_facts=(), line_roles=roles)


def _published(lines: list[str], verdicts: Sequence[Verdict], keep: Sequence[int], fetched: str) -> str:
    """The day that a byline names by its distance from when the page was saved, if that is known."""
    if not fetched:
        return ""
    from pipeline.stages.strip.metadata import relative_date

    near = range(max(0, keep[0] - BYLINE_REACH), min(keep[-1], keep[0] + BYLINE_REACH) + 1)
    said = (lines[index] for index in near if verdicts[index].drop and verdicts[index].role in ("byline", "metadata"))
    return next((day for line in said if (day := relative_date(line, fetched))), "")


def _wishes(lines: Sequence[str], verdicts: Sequence[Verdict], config: Config) -> list[Verdict]:
    """The verdicts after the user's own rules and ``--keep`` and ``--drop``."""
    if not (config.rules or config.keep or config.drop):
        return list(verdicts)
    patterns = [(rule, re.compile(rule.pattern)) for rule in config.rules]
    result = []
    for line, verdict in zip(lines, verdicts, strict=True):
        for rule, pattern in patterns:
            if pattern.search(line) and (not rule.max_units or units(line) <= rule.max_units):
                verdict = Verdict(True, rule.role, 1.0, rule.id)
                break
        else:
            if verdict.drop and verdict.role in config.keep:
                verdict = verdict._replace(drop=False, rule="")
            elif not verdict.drop and verdict.role in config.drop:
                verdict = verdict._replace(drop=True, rule="strip.role")
        result.append(verdict)
    return result


def _kept_lines(verdicts: Sequence[Verdict]) -> list[int]:
    """Indexes of the lines of the final text: the kept ones, and one blank line wherever some stood between two."""
    keep: list[int] = []
    blank = -1
    for index, verdict in enumerate(verdicts):
        if verdict.role == "blank":
            if keep and blank < 0:
                blank = index
        elif not verdict.drop:
            keep += [blank, index] if blank >= 0 else [index]
            blank = -1
    return keep


def _removals(
    lines: Sequence[str], verdicts: Sequence[Verdict], keep: Sequence[int], preformatted: Set[int]
) -> Iterator[Edit]:
    """Edits that leave the lines ``keep``: one for each dropped line, one for each run of blank ones."""
    starts = line_starts(lines)
    kept = set(keep)
    last = keep[-1]
    run: Edit | None = None  # of blank lines, not yet given
    for index, (line, verdict) in enumerate(zip(lines, verdicts, strict=True)):
        start, end = starts[index], starts[index] + len(line)
        if index in kept:
            if run:
                yield run
            run = None
            yield from _edge_space(line, start, index in preformatted or verdict.role in _INDENTED)
            continue
        # Behind the last kept line, a line goes with the break before it, elsewhere with the break behind it.
        span = (start - 1, end) if index > last else (start, end + 1)
        if verdict.role == "blank":
            run = Edit(run.start if run else span[0], span[1], "", "strip.blank-line")
            continue
        if run:
            yield run
        run = None
        yield Edit(*span, "", verdict.rule, verdict.role, verdict.score)
    if run:
        yield run


def _edge_space(line: str, start: int, indented: bool) -> Iterator[Edit]:
    bare = line.strip()
    if not bare:
        if line:
            yield Edit(start, start + len(line), "", "strip.edge-space")
        return
    lead = len(line) - len(line.lstrip())
    if lead and not indented:
        yield Edit(start, start + lead, "", "strip.edge-space")
    tail = len(line.rstrip())
    if tail < len(line):
        yield Edit(start + tail, start + len(line), "", "strip.edge-space")
