"""What the page's tree knows of a line: links, depth, tags, class and id words of its ancestors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from pipeline.document import LineFacts
from pipeline.stages.strip.windows import UNKNOWN, Flags, Floats, Group, Sums, median

_GOOD_HINTS: Final = (
    "article", "content", "post", "entry", "story", "detail", "body", "main", "text", "rich_media", "artical", "zoom",
)  # fmt: skip
_BAD_HINTS: Final = (
    "nav", "menu", "foot", "sidebar", "aside", "head", "comment", "related", "recommend", "share", "social", "widget",
    "ad", "promo", "crumb", "copyright", "hot", "rank", "login", "tags", "meta", "links", "right", "list", "modal",
)  # fmt: skip
_TAGS: Final = ("p", "li", "td", "div", "heading", "other")
# Tags that count as one of these.
_LIKE: Final = {"th": "td", "dd": "li", "dt": "li", "pre": "p", "blockquote": "p"}
_DEEPEST: Final = 12


class _Hints(NamedTuple):
    """The class and id words of a line's ancestors, without those that number an element, such as ``post-18231``."""

    words: tuple[str, ...]
    good: int  # words that speak for an article, up to 5
    bad: int  # words that speak for chrome, up to 5

    def shared(self, other: _Hints) -> float:
        """Share of the words that both have from the root on."""
        same = 0
        for ours, theirs in zip(self.words, other.words, strict=False):
            if ours != theirs:
                break
            same += 1
        return same / max(len(self.words), len(other.words), 1)


@lru_cache(maxsize=4096)
def _hints(text: str) -> _Hints:
    kinds = [(word, *kind) for word in text.split() if (kind := _hint_kind(word))]
    return _Hints(
        tuple(word for word, _, _ in kinds),
        min(sum(good for _, good, _ in kinds), 5),
        min(sum(bad for _, _, bad in kinds), 5),
    )


@lru_cache(maxsize=20_000)
def _hint_kind(word: str) -> tuple[bool, bool] | None:
    """Whether a class or id speaks for an article, and whether for chrome; none if it is a number."""
    if sum(map(str.isdigit, word)) >= 3:
        return None
    return any(good in word for good in _GOOD_HINTS), any(bad in word for bad in _BAD_HINTS)


def tree_columns(facts: Sequence[LineFacts], block: Flags, weight: Floats) -> Group:
    """Columns for the first look: beside those of the ``block``; ``weight`` is each line's length in units."""
    names = ["links", "links_4", "links_16", "depth_off", "good_hint", "bad_hint", "same_hints", "shared_hints"]
    names += ["block_links", *(f"tag_{tag}" for tag in _TAGS)]
    if not facts:
        return names, np.full((len(block), len(names)), UNKNOWN)
    links = np.array([fact.links for fact in facts])
    chars = np.maximum(weight, 0.5)
    near = Sums(np.column_stack((links * chars, chars))).around((4, 16))
    hints_of = [_hints(fact.hints) for fact in facts]
    main: Counter[_Hints] = Counter()
    for fact, hints, units, inside in zip(facts, hints_of, weight.tolist(), block.tolist(), strict=True):
        if inside:
            main[hints] += int(units * (1 - fact.links)) + 1
    home = max(sorted(main), key=lambda h: main[h]) if main else _Hints((), 0, 0)
    seen = {hints: (hints.good, hints.bad, hints == home, hints.shared(home)) for hints in set(hints_of)}
    out = np.zeros((len(block), len(names)))
    out[:, 0] = links
    out[:, 1:3] = near[:, 0::2] / near[:, 1::2]
    out[:, 3] = _depths(facts, block)
    out[:, 4:8] = [seen[hints] for hints in hints_of]
    out[:, 8] = float((links * weight)[block].sum() / max(weight[block].sum(), 1.0))
    for line, fact in enumerate(facts):
        out[line, 9 + _TAGS.index(_kind_of_tag(fact.tag))] = 1.0
    return names, out


def home_columns(facts: Sequence[LineFacts], prose: Floats, mass: Floats, main: Flags) -> Group:
    """Columns for the second look: beside the elements that hold most of the ``mass``, and the depth of ``main``.

    ``prose``: units of prose of each line; ``mass``: those times the probability of the line.
    """
    names = ["p_home", "p_hints", "p_shared", "p_depth"]
    if not facts:
        return names, np.full((len(main), len(names)), UNKNOWN)
    hints_of = [_hints(fact.hints) for fact in facts]
    votes: Counter[_Hints] = Counter()
    all_votes: Counter[_Hints] = Counter()
    for hints, probable, units in zip(hints_of, mass.tolist(), prose.tolist(), strict=True):
        votes[hints] += int(probable * 16)
        all_votes[hints] += int(units * 16)
    home = max(sorted(votes), key=lambda h: votes[h])
    whole = max(sum(votes.values()), 1)
    near = {
        hints: (votes[hints] / whole, votes[hints] / max(all_votes[hints], 1), hints.shared(home)) for hints in votes
    }
    return names, np.column_stack((np.array([near[hints] for hints in hints_of]), _depths(facts, main)))


def _depths(facts: Sequence[LineFacts], block: Flags) -> Floats:
    """How much deeper each line stands than the lines of the block do."""
    depth = np.array([fact.depth for fact in facts], float)
    home = median(depth[block]) if block.any() else 0.0
    return np.asarray(np.clip(depth - home, -_DEEPEST, _DEEPEST))


def _kind_of_tag(tag: str) -> str:
    if tag[:1] == "h" and tag[1:].isdigit():
        return "heading"
    tag = _LIKE.get(tag, tag)
    return tag if tag in _TAGS else "other"
