"""Translation pairs as TMX 1.4, the exchange format of translation memories, written as a stream.

Each pair is a ``tu`` with its score, bead, method, flags and documents as ``prop``s. XML 1.0 cannot hold most control
characters, not even escaped: they are written as U+FFFD. White space is kept as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_PROPS = ("score", "bead", "method", "flags", "zh_doc", "en_doc")
# What XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A parser turns a bare CR into a line feed.
_ENTITIES = {"\r": "&#13;"}

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
<header creationtool="qingwen" creationtoolversion={version} segtype="sentence" o-tmf="qingwen" adminlang="en" \
srclang="*all*" datatype="plaintext"/>
<body>
"""
_TAIL = "</body>\n</tmx>\n"


def tmx(pairs: Iterable[Mapping[str, Any]], traditional: Set[str], version: str) -> Iterator[str]:
    """The text of a TMX file, piece by piece, from rows of ``pairs/``.

    ``traditional`` are the ids of documents in Traditional Chinese: their side is ``zh-Hant``, others ``zh-CN``.
    """
    yield _HEAD.format(version=quoteattr(version))
    for pair in pairs:
        chinese = "zh-Hant" if pair["zh_doc"] in traditional else "zh-CN"
        yield f"<tu tuid={quoteattr(_text(pair['id']))}>"
        for name in _PROPS:
            if value := str(pair[name]):
                yield f'<prop type="x-{name.replace("_", "-")}">{_text(value)}</prop>'
        for lang, side in ((chinese, "zh"), ("en", "en")):
            yield f'<tuv xml:lang="{lang}"><seg>{_text(pair["translation"][side])}</seg></tuv>'
        yield "</tu>\n"
    yield _TAIL


def _text(text: str) -> str:
    return escape(_IMPOSSIBLE.sub("\ufffd", text), _ENTITIES)
