"""What repeats below an article: readers' comments, and feeds of other articles with whole abstracts.

Their lines are prose, often more of it than the article has, so neither length nor words give them away; the cycle
does: a name, a date, a button between any two texts. A forum has such cycles too, and there they are the content.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from pipeline.stages.strip.page import BULLET, COLON, COMMA, HAN, Page
from pipeline.stages.strip.windows import Flags

_THREAD: Final = re.compile(
    r"^\W*(?:(?:user|reader|readers'?|all|latest|newest|recent|view|your|facebook|web) )?comments?\b(?! by\b).{0,40}$"
    r"|^\W*\d+ (?:comments?|responses?|replies)\b.{0,90}$|^\W*(?:responses?|replies) to .{0,90}$"
    r"|^\W*join the (?:conversation|discussion).{0,20}$|^\W*(?:what do you think|have your say|your views?).{0,10}$"
    r"|^\W*(?:网友|網友|最新|热门|熱門|全部|精彩|读者|讀者|用户)?(?:评论|評論|留言|跟帖|回應|回应)(?:列表|区|內容)?\W{0,4}\d*\W{0,4}$"
)
_TURN: Final = re.compile(
    r"^\W*(?:\d+[.)] )?.{0,40}\b(?:says|said|wrote|writes):?$|^\W*(?:posted|submitted|commented|comment) (?:by|on|at)\b"
    r"|^\W*(?:report(?: abuse| this comment| comment| post| as abusive| inappropriate)?|reply|flag|permalink"
    r"|recommend\??|like|agree|disagree|link to this comment|clip|share)\W{0,3}\d*\W{0,3}"
    r"(?:recommend.{0,12}|\| ?(?:link|reply|report|flag))?$"
    r"|^\W*(?:举报|檢舉|检举|回复|回覆|顶|支持|反对|引用)\W{0,3}\d*\W{0,3}$"
)
_FORUM: Final = re.compile(
    r"\b(?:forums?|threads?|joined|posts: \d|join date|moderator|new topic|solved|accepted answer|upvotes?)\b"
    r"|\b(?:asked|answered) (?:on )?[a-z]{3,9}\.? 0"
    r"|楼主|樓主|发帖|發帖|论坛|論壇"
    r"|主题帖|板块|更多回答|浏览量"
)
_FEED: Final = re.compile(
    # In both scripts, then in English.
    r"^\W*(?:其他人(?:也|還|还)?(?:在)?看|[你您]可能(?:還|还|也)?(?:會|会)?(?:想看|喜歡|喜欢|感兴趣|有興趣)|大家(?:都)?在看|猜你喜欢|推荐阅读"
    r"|延伸閱讀|更多(?:新闻|新聞|文章|内容)?|最新(?:新闻|新聞)|更多相关|"
    r"you (?:may|might) (?:also )?(?:like|be interested).{0,12}|recommended(?: for you)?"
    r"|more (?:for you|stories|news|from .{0,30})|latest(?: stories| news)?|trending(?: now)?|around the web"
    r"|related(?: articles| stories| news| content)?|what others are reading)\W*$"
)

# One of these is in every line that the pattern finds.
_FORUM_WORDS: Final = (
    "forum", "thread", "join", "posts:", "moderator", "new topic", "solved", "accepted answer", "upvote", "asked ",
    "answered ", "楼主", "樓主", "发帖", "發帖", "论坛", "論壇", "主题帖", "板块", "更多回答", "浏览量",
)  # fmt: skip
# Short lines that speak of threads and posts, from which a page is a forum's.
FORUM_LINES: Final = 4
# Units of prose that an article has before its comments or a feed can begin.
ARTICLE: Final = 60.0
# Turns that make a thread, and lines within which the next turn must come.
TURNS: Final = 4
REACH: Final = 14
# Lines between two stretches of one thread, at most.
BRIDGE: Final = 40
# Headings of a thread or feed that are looked at, at most.
HEADS: Final = 12
# Dates that make a row of other articles, lines from one to the next at most, and the length of a dated line, units.
DATED_ROWS: Final = 5
DATED_REACH: Final = 3
DATED_UNITS: Final = 30.0
# Length of a line that is a date and nothing else, units.
BARE_DATE: Final = 3.0
# Share of a row's sentences that may be body beyond doubt; and size of the article, at least, beside that of the row.
DATED_SHARE: Final = 0.25
# Titles that make a list of related articles, at least.
TITLES: Final = 2
# A button or label that stands so often is a part of a feed's cycle.
COPIES: Final = 4


def is_forum(page: Page, masked: Sequence[str]) -> bool:
    """Whether the page's short lines speak of threads and posts."""
    short = [line for line, units in zip(masked, page.units.tolist(), strict=True) if units <= 12]
    text = "\n".join(short)
    if sum(text.count(word) for word in _FORUM_WORDS) < FORUM_LINES:
        return False
    return sum(1 for line in short if _FORUM.search(line)) >= FORUM_LINES


def below_article(page: Page, masked: Sequence[str], body: Flags) -> tuple[Flags, Flags]:
    """Lines of comment threads, and lines of feeds, below the article of a page that is no forum.

    ``masked``: the lines in lower case, numbers as "0"; ``body``: the whole sentences that are taken for body so far.
    """
    n = len(masked)
    comments, feed = np.zeros(n, bool), np.zeros(n, bool)
    units = page.units.tolist()
    before = np.concatenate(([0.0], np.cumsum(np.where(body, page.units, 0.0)))).tolist()
    late = [i for i in range(n) if units[i] <= 16 and before[i] >= ARTICLE and len(masked[i]) <= 130]
    heads = [i for i in late if _THREAD.match(masked[i])]
    feeds = [i for i in late if units[i] <= 7 and _FEED.match(masked[i])]
    if not heads and not feeds:
        return comments, feed
    turns = [i for i in late if _TURN.match(masked[i])]
    for head in heads[:HEADS]:
        _mark(comments, head, turns[bisect_right(turns, head) :])
    for head in feeds[:HEADS]:
        # A label that stands above as well belongs to the article: "Pros:", "Cons:".
        above = set(masked[:head])
        count = Counter(masked[i] for i in late if i > head and units[i] <= 12)
        _mark(feed, head, [i for i in late if i > head and count[masked[i]] >= COPIES and masked[i] not in above])
    return comments, feed & ~comments


def dated_rows(page: Page, date: Flags, stamp: Flags, sentence: Flags, body: Flags) -> Flags:
    """Lines of a row of other articles or of opinions, each with its date, where an article stands beside it.

    ``date``: lines with a full date; ``stamp``: those and lines with a time of day; ``sentence``: whole sentences;
    ``body``: those that are body beyond doubt. A row that holds some of them, or whose texts follow bare dates one by
    one, is a part of the article (a chronicle); a page of little but such a row is what its readers came for.
    """
    out = np.zeros(len(stamp), bool)
    at = np.flatnonzero(stamp & (page.units <= DATED_UNITS) & (page.stops == 0))
    if len(at) < DATED_ROWS:
        return out
    bare = date & (page.units <= BARE_DATE) & (page.first != BULLET)
    prose, sure = np.where(sentence, page.units, 0.0), np.where(body, page.units, 0.0)
    for part in np.split(at, np.flatnonzero(np.diff(at) > DATED_REACH) + 1):
        step = int(np.median(np.diff(part))) if len(part) >= DATED_ROWS else 0
        if step < 2 or (step == 2 and bare[part].mean() > 0.5):
            continue
        row = slice(max(0, int(part[0]) - step + 1), int(part[-1]) + step)
        out[row] = sure[row].sum() <= DATED_SHARE * prose[row].sum()
    if sure[~out].sum() < max(ARTICLE, DATED_SHARE * prose[out].sum()):
        out[:] = False
    return out


def related_list(page: Page, heads: Sequence[int], body: Flags) -> Flags:
    """Chinese titles of other articles below the ``heads`` of lists of them, 推荐阅读 and the like.

    ``body``: the whole sentences taken for body. A list ends where a line is no title; the last title before a
    sentence is that sentence's heading. English articles have such lists of sources that belong to them.
    """
    found = np.zeros(len(page.lines), bool)
    sentences = np.flatnonzero(body)
    first = int(sentences[0]) if len(sentences) else len(found)
    for head in heads:
        end = head + 1
        while end < len(found) and head > first and _is_title(page, end):
            end += 1
        last = end - 1 if end < len(found) and "。" in page.lines[end] else end
        if last - head > TITLES:
            found[head + 1 : last] = True
    return found


def _is_title(page: Page, line: int) -> bool:
    """Whether a line may be the Chinese title of an article: no sentence, no address, no label."""
    text = page.lines[line]
    return bool(
        3 <= page.units[line] <= 45
        and page.counts[line, HAN] >= 2
        and "。" not in text
        and page.last[line] not in (COMMA, COLON)
        and "://" not in text
    )


def _mark(flags: Flags, head: int, turns: Sequence[int]) -> None:
    """Flag the lines from the head of a cycle to its last turn, and the text behind that."""
    if flags[head] or len(turns) < TURNS or turns[0] - head > REACH:
        return
    at = np.array(turns)
    parts = np.split(at, np.flatnonzero(np.diff(at) > REACH) + 1)
    last = head
    for part in parts:
        if len(part) < TURNS or part[0] - last > BRIDGE:
            break
        last = int(part[-1])
    if last > head:
        flags[head : min(last + 3, len(flags))] = True
