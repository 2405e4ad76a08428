"""From probabilities and rules to verdicts: the model proposes, wording and neighbours settle."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from pipeline.document import LineFacts
from pipeline.rules.boilerplate import LineRule
from pipeline.stages.strip import Judgement, Verdict, wording
from pipeline.stages.strip.cycles import below_article, dated_rows, is_forum, related_list
from pipeline.stages.strip.features import BLOCK_CAP, Columns, columns
from pipeline.stages.strip.metadata import Found, from_lines
from pipeline.stages.strip.model import load
from pipeline.stages.strip.page import COMMA, DIGIT, HAN, KANA, Page, read_page
from pipeline.stages.strip.role import dropped_role, kept_role, plain
from pipeline.stages.strip.second_look import doubtful, second_look
from pipeline.stages.strip.windows import Flags, Floats, max_sum_blocks

# Probability from which a line stays.
THRESHOLDS: Final = {"recall": 0.2, "balanced": 0.35, "precision": 0.6}
# The share of it that is enough on a forum, whose posts are content and look like readers' comments.
FORUM: Final = 2 / 3
# A page has a few thousand lines at most; a longer file is judged in pieces of so many lines, to bound memory.
PIECE: Final = 20_000
# Most lines of a gap inside the body that is filled, and the probability its lines must have.
GAP: Final = 2
GAP_PROBABILITY: Final = 0.2
# Length of a line that is prose for sure, units: the body is what lies between its first and last such line.
PROSE: Final = 12.0
# Share of the units from which a page counts as clean: then only its head and tail are trimmed.
CLEAN_SHARE: Final = 0.85
CLEAN_PROBABILITY: Final = 0.05
# The probability of a sentence that is body beyond doubt.
SURE: Final = 0.8
# A page of which fewer units than this would stay, the probability that a sentence of it must have to stay all the
# same, and the lines around the likeliest one in which others may.
SPARSE: Final = 20.0
SPARSE_PROBABILITY: Final = 0.15
SPARSE_REACH: Final = 8
# Lines up to which a file may be no page but an article that was saved, and the share of its lines that may show
# marks of chrome then. Of hand-labelled files with these, nine of ten are body; of news pages, one in thirty is so.
SMALL_FILE: Final = 40
SMALL_FILE_CHROME: Final = 0.18
# Lines above its first sentence, at most: title, byline, a heading; and the probability they must have to stay.
SMALL_FILE_HEAD: Final = 6
SMALL_FILE_HEAD_PROBABILITY: Final = 0.05
_TAIL_ROLES: Final = ("nav", "related", "comment", "copyright", "footer", "share")
# Share of function words from which a line without a full stop is a sentence: of lists it is below a fifth.
FUNCTION_SHARE: Final = 0.2
_SEPARATORS: Final = re.compile(r"[\s、|/·,，;]+")
# The probability from which a line that looks like the title stays as such.
TITLE_PROBABILITY: Final = 0.1


class Look(NamedTuple):
    """What is known of the lines of a page (blank ones left out) when the decision is made."""

    page: Page
    columns: Columns
    probability: Floats
    rules: dict[int, LineRule]


def decide(
    lines: Sequence[str],
    facts: Sequence[LineFacts],
    *,
    preset: str,
    templates: Sequence[float],
    title: str,
) -> Judgement:
    """See ``pipeline.stages.strip.judge``."""
    if len(lines) > PIECE:
        return _in_pieces(lines, facts, preset, templates, title)
    solid = [i for i, line in enumerate(lines) if line and not line.isspace()]
    blank = Verdict(False, "blank", 1.0, "")
    verdicts = [blank] * len(lines)
    if not solid:
        return Judgement(tuple(verdicts), (), {}, {})
    look = _look(
        [lines[i] for i in solid],
        [facts[i] for i in solid] if facts else (),
        [templates[i] for i in solid] if templates else (),
        title,
    )
    keep, broken = settle(look, THRESHOLDS[preset])
    look = look._replace(rules=broken | look.rules)
    found = from_lines(look.page, keep, look.columns, title)
    _title_stands(look, keep, found)
    for i, verdict in zip(solid, _roles(look, keep, found), strict=True):
        verdicts[i] = verdict
    flags = _flags(look, keep, found)
    return Judgement(tuple(verdicts), flags, found.values, {key: solid[at] for key, at in found.sources.items()})


def _in_pieces(
    lines: Sequence[str],
    facts: Sequence[LineFacts],
    preset: str,
    templates: Sequence[float],
    title: str,
) -> Judgement:
    verdicts: list[Verdict] = []
    flags: set[str] = set()
    metadata: dict[str, str] = {}
    sources: dict[str, int] = {}
    for low in range(0, len(lines), PIECE):
        piece = slice(low, low + PIECE)
        part = decide(lines[piece], facts[piece], preset=preset, templates=templates[piece], title=title)
        verdicts += part.verdicts
        flags |= set(part.flags)
        for key, value in part.metadata.items():
            if key not in metadata:
                metadata[key], sources[key] = value, low + part.sources[key]
    return Judgement(tuple(verdicts), tuple(sorted(flags)), metadata, sources)


def _look(lines: list[str], facts: Sequence[LineFacts], templates: Sequence[float], title: str) -> Look:
    page = read_page(lines)
    seen = columns(page, facts, templates, title)
    first, second = load()
    probability = first.probability(seen.names, seen.values)
    names, more = second_look(page, seen, probability, facts)
    again = doubtful(probability)
    probability[again] = second.probability(
        seen.names + names, np.concatenate((seen.values[again], more[again]), axis=1)
    )
    return Look(page, seen, probability, wording.match(page.lines, page.units.tolist()))


def settle(look: Look, threshold: float) -> tuple[Flags, dict[int, LineRule]]:
    """Which lines stay, and the rules that cycles of lines broke."""
    probability, page = look.probability, look.page
    broken: dict[int, LineRule] = {}
    forum = is_forum(page, look.columns.masked)
    keep = probability > (FORUM * threshold if forum else threshold)
    if not (page.words[keep].any() or page.counts[keep][:, (HAN, KANA)].any()):
        keep[:] = False
    _break(keep, teasers(page), "strip.teaser", broken)
    if page.units[keep].sum() < SPARSE:
        keep |= _best_guess(look)
    low, high = core(look, keep)
    sure = np.zeros(len(keep), bool)
    for line, rule in look.rules.items():
        sure[line] = rule.where == "anywhere"
        # Outside the body a rule of wording decides; inside it the line must look doubtful to the model as well.
        if sure[line] or not low <= line < high or probability[line] < 0.5:
            keep[line] = False
    sure[list(broken)] = True
    _drop_counters(look, keep, broken)
    sure[list(broken)] = True
    keep |= _gaps(keep, probability, low, high) & ~sure
    prose = np.minimum(page.units, BLOCK_CAP)
    if 0 < CLEAN_SHARE * prose.sum() <= prose[low:high][keep[low:high]].sum():
        inside = np.zeros(len(keep), bool)
        inside[low:high] = True
        keep |= inside & ~sure & (probability > CLEAN_PROBABILITY)
    if len(keep) <= SMALL_FILE:
        keep |= _of_small_file(look) & ~sure
    if not forum:
        seen = look.columns
        comments, feed = below_article(page, seen.masked, seen.sentence & keep)
        _break(keep, comments, "strip.comment-thread", broken)
        _break(keep, feed, "strip.feed", broken)
        surely = seen.sentence & keep & (probability > SURE)
        rows = dated_rows(page, seen.date, seen.stamp, seen.sentence, surely)
        _break(keep, rows, "strip.dated-row", broken)
        heads = [line for line, rule in look.rules.items() if rule.id == "strip.related-heading" and not keep[line]]
        _break(keep, related_list(page, heads, seen.sentence & keep), "strip.related-list", broken)
    _drop_link_lists(look, keep, broken)
    _rescue_heading(look, keep, low)
    return keep, broken


def _drop_counters(look: Look, keep: Flags, broken: dict[int, LineRule]) -> None:
    """Drop a bare number right below a date line: how often the page was read."""
    for line, rule in look.rules.items():
        if rule.id == "strip.dateline" and line + 1 < len(keep) and look.page.lines[line + 1].isdecimal():
            keep[line + 1] = False
            broken[line + 1] = wording.BY_ID["strip.views"]


def _break(keep: Flags, lines: Flags, rule: str, broken: dict[int, LineRule]) -> None:
    """Drop lines that a rule found by comparing them with others."""
    broken |= dict.fromkeys(np.flatnonzero(lines).tolist(), wording.BY_ID[rule])
    keep &= ~lines


def core(look: Look, keep: Flags) -> tuple[int, int]:
    """First and past-the-last line of the body: of the main run of kept lines, from its first to its last prose."""
    if not keep.any():
        return 0, 0
    page = look.page
    prose = np.minimum(page.units, BLOCK_CAP)
    scores = np.where(keep, prose * look.probability, -6.0)[:, None]
    start, end, _ = max_sum_blocks(scores)
    low, high = int(start[0]), int(end[0])
    marked = (page.stops > 0) | (page.counts[:, COMMA] > 0)
    solid = np.flatnonzero((keep & marked & (page.units >= PROSE))[low:high]) + low
    return (int(solid[0]), int(solid[-1]) + 1) if len(solid) else (low, high)


def _best_guess(look: Look) -> Flags:
    """Whole sentences that stand out where the model would leave next to nothing: a flash of news in a big page."""
    guess = np.where(look.columns.sentence, look.probability, 0.0)
    best = int(np.argmax(guess))
    if guess[best] < SPARSE_PROBABILITY:
        return np.zeros(len(guess), bool)
    near = np.abs(np.arange(len(guess)) - best) <= SPARSE_REACH
    return np.asarray(near & (guess > 0.6 * guess[best]))


def _of_small_file(look: Look) -> Flags:
    """Lines of a file that is too short and too free of chrome to be a page: all but those that show what they are.

    From its first sentence up to the line that begins a tail; above that sentence, what the model finds possible.
    Saved chat articles with code, requests and short headings are such files; among lines of their kind a page's
    model sees menus.
    """
    page, rules = look.page, look.rules
    n = len(page.lines)
    nothing = np.zeros(n, bool)
    values, names = look.columns.values, look.columns.names
    shown = ((values[:, names.index("cover")] > 0.25) & (page.units < 14)) | (values[:, names.index("repeats")] > 2)
    for line, rule in rules.items():
        shown[line] |= rule.id != "strip.symbols"
    prose = np.flatnonzero(page.stops > 0)
    if shown.mean() > SMALL_FILE_CHROME or not len(prose) or prose[0] > SMALL_FILE_HEAD:
        return nothing
    tail = [line for line, rule in rules.items() if line > prose[0] and rule.role in _TAIL_ROLES]
    # A step of instructions may read "press submit": a tail is chrome to its end, or half of it.
    below = np.cumsum(shown[::-1])[::-1] / np.arange(n, 0, -1)
    tail += np.flatnonzero(shown & (np.arange(n) >= n // 2) & (below >= 0.5)).tolist()
    keep = ~shown & ~(look.columns.date & (page.units < 14))
    keep[: prose[0]] &= look.probability[: prose[0]] > SMALL_FILE_HEAD_PROBABILITY
    keep[min(tail, default=n) :] = False
    return np.asarray(keep)


def _drop_link_lists(look: Look, keep: Flags, broken: dict[int, LineRule]) -> None:
    """Drop lines of names and links at the ends of the body: many short items, no sentence.

    A sentence without its full stop has function words between its words, a row of a table has tabs.
    """
    page = look.page
    low, high = core(look, keep)
    for line in [*range(low), *range(high, len(keep))]:
        if not keep[line] or page.stops[line] or page.counts[line][COMMA] or page.units[line] < 24:
            continue
        words = page.words[line] + page.counts[line][HAN]
        if "\t" in page.lines[line] or page.stop_words[line] >= FUNCTION_SHARE * words:
            continue
        items = [item for item in _SEPARATORS.split(page.lines[line]) if item]
        if len(items) >= 8 and len(page.lines[line]) / len(items) < 14:
            keep[line] = False
            broken[line] = wording.BY_ID["strip.link-list"]


def _gaps(keep: Flags, probability: Floats, low: int, high: int) -> Flags:
    """Dropped lines of short gaps inside the body that the model does not find impossible."""
    fill = np.zeros(len(keep), bool)
    at = np.flatnonzero(keep[low:high]) + low
    for a, b in pairwise(at.tolist()):
        if 1 < b - a <= GAP + 1:
            fill[a + 1 : b] = probability[a + 1 : b] > GAP_PROBABILITY
    return fill


def teasers(page: Page) -> Flags:
    """Lines of a feed: titles, each followed by an excerpt cut at about the same length.

    Three excerpts make a feed; they end in three dots, stand at most four lines apart, and their lengths differ by
    less than a quarter of their mean. Sentences that trail off in an article differ more.
    """
    found = np.zeros(len(page.lines), bool)
    run: list[int] = []
    for i in [*_cut_lines(page), len(page.lines) + 9]:
        if run and i - run[-1] > 4:
            sizes = np.array([len(page.lines[k]) for k in run], float)
            if len(run) >= 3 and sizes.std() < 0.25 * sizes.mean() and sizes.mean() > 16:
                gap = max(b - a for a, b in pairwise(run))
                first = max(0, run[0] - gap + 1)
                found[first : run[-1] + 1] = True
            run = []
        run.append(i)
    return found


def _cut_lines(page: Page) -> list[int]:
    """Lines that end in three dots; six (……) are a Chinese writer's own."""
    ends = ((i, line[-3:]) for i, line in enumerate(page.lines))
    return [i for i, end in ends if end == "..." or (end[-1:] == "…" and end[-2:] != "……")]


def _rescue_heading(look: Look, keep: Flags, low: int) -> None:
    """Keep a heading that stands right above the first paragraph, if the model finds it possible."""
    above = low - 1
    if above < 0 or low >= len(keep) or not keep[low] or keep[above] or above in look.rules:
        return
    page = look.page
    text = page.lines[above]
    likely = look.probability[above] > GAP_PROBABILITY and 2 <= page.units[above] <= 30
    if (
        likely
        and not look.columns.date[above]
        and page.counts[above][DIGIT] * 2 < len(text)
        and not page.markers[above].sum()
    ):
        keep[above] = True


def _title_stands(look: Look, keep: Flags, found: Found) -> None:
    """Keep the title where the page shows it, unless the model is sure that the line is something else."""
    if found.title >= 0 and look.probability[found.title] > TITLE_PROBABILITY:
        keep[found.title] = True
    for line in found.copies | found.names:
        keep[line] = False


def _roles(look: Look, keep: Flags, found: Found) -> list[Verdict]:
    page = plain(look.page)
    kept: list[bool] = keep.tolist()
    dates: list[bool] = look.columns.date.tolist()
    at = np.flatnonzero(keep)
    first, last = (int(at[0]), int(at[-1])) if len(at) else (len(keep), len(keep))
    out: list[Verdict] = []
    section = ""  # of the lines below the body, by the last heading that named one
    for i, p in enumerate(look.probability.tolist()):
        rule = look.rules.get(i)
        if i in found.copies:
            verdict = Verdict(True, "duplicate", 1.0, "strip.duplicate")
        elif i in found.names:
            verdict = Verdict(True, "byline", 1.0, "strip.byline")
        elif kept[i]:
            verdict = Verdict(False, "title" if i == found.title else kept_role(page, i, kept), round(p, 4), "")
            section = ""
        elif rule is not None:
            verdict = Verdict(True, rule.role, 1.0, rule.id)
        else:
            role = dropped_role(page, i, first, last, section, i in found.bylines, dates[i])
            verdict = Verdict(True, role, round(1.0 - p, 4), "strip.model")
        if i > last and page.units[i] < 12 and verdict.role in ("related", "comment"):
            section = verdict.role
        elif verdict.role in ("copyright", "footer"):
            section = ""
        out.append(verdict)
    if not any(not v.drop and v.role in ("body", "list", "table", "code") for v in out):
        out = [v._replace(role="body") if not v.drop and v.role == "heading" else v for v in out]
    return out


def _flags(look: Look, keep: Flags, found: Found) -> tuple[str, ...]:
    """Words for people who look through the results of a run."""
    flags = []
    probability, page = look.probability, look.page
    prose = np.minimum(page.units, BLOCK_CAP)
    total = float(prose[keep].sum())
    if keep.any():
        doubt = float((np.minimum(probability, 1 - probability) * prose).sum()) / max(total, 1.0)
        block = look.columns.block
        agree = float(prose[keep & block].sum()) / max(float(prose[keep | block].sum()), 1.0)
        if doubt > 0.5 or (agree < 0.5 and doubt > 0.2) or float(probability.max()) < 0.6:
            flags.append("low-confidence")
        if not (look.columns.sentence & keep).any() and int(keep.sum()) >= 8:
            flags.append("list-page")
    if found.mismatch:
        flags.append("title-mismatch")
    return tuple(sorted(flags))
