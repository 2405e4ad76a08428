"""strip: a role for every line, and whether it goes.

``judge`` is the whole of it. It looks at lines, never at offsets; ``pipeline.stages.strip.remove`` turns its
verdicts into recorded edits. Importing this package loads neither numpy nor the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.document import LineFacts
from pipeline.stages.strip.roles import ROLES

__all__ = ["ROLES", "Judgement", "Verdict", "judge"]


class Verdict(NamedTuple):
    """What becomes of one line."""

    drop: bool
    role: str  # one of ROLES
    score: float  # the model's probability of the decision; 1.0 where a rule of wording decided
    rule: str  # "strip.icp", "strip.model" …; "" for a line that stays


class Judgement(NamedTuple):
    """What ``judge`` says of a page."""

    verdicts: tuple[Verdict, ...]  # one for each line; blank lines have the role "blank" and are not dropped
    flags: tuple[str, ...]  # of "list-page", "low-confidence", "title-mismatch"
    metadata: dict[str, str]  # title, author, account, published "YYYY-MM-DD", url: those that were found
    sources: dict[str, int]  # index of the line each of them was taken from


# A line of a page saved as Markdown that holds an image and nothing else.
IMAGE = Verdict(True, "caption", 1.0, "strip.image-link")
PRESETS = ("balanced", "precision", "recall")


def judge(
    lines: Sequence[str],
    facts: Sequence[LineFacts] = (),
    *,
    preset: str = "balanced",
    templates: Sequence[float] = (),
    title: str = "",
) -> Judgement:
    """A verdict for each line of a page, and what its lines say about the article.

    ``facts`` are the reader's, one for each line, or none for plain text; ``templates`` say for each line how far
    it is known from other files of its site (0..1), or are empty. ``title`` is what the page's head says, if known.
    ``preset`` leans to "precision" (less chrome stays) or "recall" (less of the article goes). A page without an
    article has no line that stays. Raises ``ValueError`` for an unknown preset and for lists of unequal length.
    """
    if preset not in PRESETS:
        raise ValueError(f"preset {preset!r} is unknown; use one of {', '.join(PRESETS)}")
    for name, given in (("facts", facts), ("templates", templates)):
        if given and len(given) != len(lines):
            raise ValueError(f"{len(given)} {name} for {len(lines)} lines; give one for each line, or none")
    from pipeline.stages.strip.decide import decide
    from pipeline.stages.strip.markdown import is_markdown, seen

    shown = [seen(line) for line in lines] if not facts and is_markdown(lines) else lines
    judged = decide(shown, facts, preset=preset, templates=templates, title=title)
    if shown is lines:
        return judged
    verdicts = (
        IMAGE if line and not text and not line.isspace() else verdict
        for line, text, verdict in zip(lines, shown, judged.verdicts, strict=True)
    )
    return judged._replace(verdicts=tuple(verdicts))
