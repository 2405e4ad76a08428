"""The roles a line can have, one closed list."""

from __future__ import annotations

from typing import Final

ROLES: Final[dict[str, str]] = {
    "title": "the article's title, the copy nearest above its body",
    "heading": "a short line over a part of the body",
    "body": "what the author wrote: a paragraph, a verse, a line of dialogue",
    "list": "an item of a list inside the body",
    "table": "a row of a table inside the body",
    "code": "a line of code, of an HTTP request or of configuration inside the body",
    "caption": "what stands below a picture, or its credit",
    "byline": "author, account, source and date of the article, and its editors",
    "metadata": "counters, tags, keywords and other facts about the article",
    "nav": "menus, breadcrumbs, buttons, previous and next, the interface of a site or application",
    "follow-prompt": "a request to follow, scan, subscribe or join a group",
    "share": "share bars, like counts, a request to share or to like",
    "ad": "advertisement and self-promotion",
    "related": "other articles: recommendations, latest, teasers and their headings",
    "comment": "readers' comments, their headings and forms",
    "disclaimer": "the site's disclaimer, terms, cookie notice",
    "copyright": "copyright notice and conditions for reprinting",
    "footer": "registration, address, contact, links of the site, the mark for the end",
    "duplicate": "another copy of a line that is kept",
    "icon": "only symbols or characters of an icon font",
    "blank": "nothing but white space",
}
"""Role -> what it means. The first seven stay in the text by default, the others go."""
