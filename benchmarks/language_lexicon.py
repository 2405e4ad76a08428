"""Build ``pipeline/rules/english.txt``: English words with what `repair` and `detect` need to know of each.

    python benchmarks/language_lexicon.py --data DIR

needs the Debian packages ``scowl`` (words and names) and ``wordnet-base`` (which words are verbs) and counts in the
English gold texts under ``DIR/html`` (not those of the do-no-harm sets) how often a word in mid-sentence is written
with a capital. Only these counts' verdicts are kept, no text. Flags behind a word:

* ``n``  it is also a name (Mark, Will, Apple): a capital proves nothing
* ``v``  it is the base form of a verb: lower-case after a modal
* ``l``  hardly ever capitalised inside a sentence: 8 or more sightings and fewer than 1 in 100 with a capital; or a
  plural seen, or no noun at all, and no sighting with a capital
* ``x``  a verb or adverb that is hardly a noun or adjective, never seen with a capital
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from functools import cache
from pathlib import Path

SCOWL = Path("/usr/share/dict/scowl")
WORDNET = Path("/usr/share/wordnet")
TARGET = Path(__file__).parent.parent / "pipeline" / "rules" / "english.txt"
HEAD = """\
# English words, one a line, with flags: n also a name, v base form of a verb, l hardly ever capitalised,
# x nothing but a verb or adverb.
# Made by benchmarks/language_lexicon.py. Words and names come from SCOWL 2020.12.07 (up to size 40), verbs from
# WordNet 3.0; both ask for these notices:
#   SCOWL: Copyright 2000-2011 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell these word
#   lists, the associated scripts, the output created from the scripts, and its documentation for any purpose is
#   hereby granted without fee, provided that the above copyright notice appears in all copies and that both that
#   copyright notice and this permission notice appear in supporting documentation. Kevin Atkinson makes no
#   representations about the suitability of this array for any purpose. It is provided "as is" without express or
#   implied warranty.
#   WordNet 3.0: Copyright 2006 by Princeton University. All rights reserved. THIS SOFTWARE AND DATABASE IS PROVIDED
#   "AS IS" AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED.
"""
MIDDLE = re.compile(r"(?<=[a-z,] )([A-Za-z][a-z]+)(?=,? [a-z])")


def scowl(kinds: str, sizes: list[int]) -> set[str]:
    found: set[str] = set()
    for kind in kinds.split():
        for size in sizes:
            path = SCOWL / f"{kind}.{size}"
            if path.exists():
                found |= set(path.read_text(encoding="latin-1").split())
    return found


def parts_of_speech() -> dict[str, Counter[str]]:
    """Lemma to how often SemCor tags it as noun, verb, adjective, adverb (at least 1 where WordNet lists it)."""
    tags: dict[str, Counter[str]] = {}
    for name in ("noun", "verb", "adj", "adv"):
        for line in (WORDNET / f"index.{name}").read_text(encoding="latin-1").splitlines():
            if not line.startswith(" "):
                tags.setdefault(line.split(" ", 1)[0], Counter())[name] += 1
    kinds = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}
    for line in (WORDNET / "cntlist.rev").read_text(encoding="latin-1").splitlines():
        key, _, count = line.split(" ")
        lemma, sense = key.split("%")
        tags.setdefault(lemma, Counter())[kinds[sense[0]]] += int(count)
    return tags


@cache
def irregular() -> dict[str, str]:
    lines = (WORDNET / "verb.exc").read_text(encoding="latin-1").splitlines()
    pairs = (line.split(" ") for line in lines)
    return {pair[0]: pair[1] for pair in pairs}


def lemma(word: str, tags: dict[str, Counter[str]]) -> str:
    """The base form of an inflected word, by WordNet's exceptions or the regular endings."""
    if word in irregular():
        return irregular()[word]
    for ending, instead in (("ies", "y"), ("ied", "y"), ("es", "e"), ("es", ""), ("s", ""), ("ed", "e"), ("ed", ""),
                            ("ing", "e"), ("ing", ""), ("ly", ""), ("er", "e"), ("er", ""), ("est", "")):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            base = word[: len(word) - len(ending)] + instead
            if base in tags:
                return base
            if base and base[-1:] == base[-2:-1] and base[:-1] in tags:
                return base[:-1]
    return word


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    small, large = [10, 20, 35, 40], [10, 20, 35, 40, 50, 55, 60, 70]
    words = {
        w
        for w in scowl("english-words american-words british-words british_z-words", small)
        if re.fullmatch("[a-z]{2,}", w)
    }
    names = scowl(
        "english-upper american-upper british-upper british_z-upper english-proper-names american-proper-names british-proper-names",
        large,
    )
    names_lower = {name.lower() for name in names if name[:1].isupper()}
    tags = parts_of_speech()
    lower, upper = Counter(), Counter()
    for folder in ("wcxb_dev", "magic_article", "magic_forum"):
        for path in sorted((data / "html" / folder).glob("*.txt")):
            text = path.read_text(encoding="utf-8", errors="replace")
            paragraphs = [line for line in text.split("\n") if len(line) > 150 and line.rstrip()[-1:] in '.!?"”']
            for word in MIDDLE.findall("\n".join(paragraphs)):
                (upper if word[0].isupper() else lower)[word.lower()] += 1
    rows = []
    for word in sorted(words | {"a"}):
        flags = "n" if word in names_lower else ""
        own = tags.get(word, Counter())
        base = own or tags.get(lemma(word, tags), Counter())
        if own["verb"] and own["verb"] * 8 >= own["noun"]:
            flags += "v"
        seen, capital = lower[word], upper[word]
        no_noun = base["noun"] * 12 <= base.total() or (word.endswith(("ed", "ly")) and not own["noun"])
        verbal = base["verb"] + base["adv"]
        if capital == 0 and verbal and (base["noun"] + base["adj"]) * 6 <= verbal:
            flags += "x"
        plural = word.endswith("s") and not word.endswith("ss") and seen >= 1 and capital == 0
        if (seen >= 8 and capital * 100 < seen) or (no_noun and capital == 0) or plural:
            flags += "l"
        rows.append(f"{word} {flags}".strip())
    TARGET.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    print(len(rows), Counter(row.partition(" ")[2] for row in rows).most_common())


if __name__ == "__main__":
    main()
