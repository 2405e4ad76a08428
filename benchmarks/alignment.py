"""Alignment of sentences, pages, documents and terms: ``python benchmarks/alignment.py --data DIR [--only PART …]``.

Prints Markdown tables, the product beside what else can be installed: Gale & Church (package galechurch) and Vecalign's
search over the same sentence vectors (package sentalign). The product's weights were trained on the very texts of the
first table; what it scores on texts it has not seen is printed by ``alignment_train.py``.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from alignment_data import Link, Pair, load, score, unrelated, with_noise

from pipeline.alignment import align
from pipeline.alignment.encoder import DictionaryEncoder, encode
from pipeline.alignment.encoder import load as load_encoder
from pipeline.alignment.page import align_page
from pipeline.alignment.terms import mine
from pipeline.corpus.pair import pair
from pipeline.corpus.propose import Text

Aligner = Callable[[Sequence[str], Sequence[str]], list[Link]]


def product(zh: Sequence[str], en: Sequence[str]) -> list[Link]:
    return [(b.zh, b.en) for b in align(zh, en) if b.zh and b.en]


def dictionary_only(zh: Sequence[str], en: Sequence[str]) -> list[Link]:
    return [(b.zh, b.en) for b in align(zh, en, encoder=DictionaryEncoder()) if b.zh and b.en]


def gale_church(zh: Sequence[str], en: Sequence[str]) -> list[Link]:
    import galechurch

    beads = galechurch.align(zh, en).beads
    return [(tuple(range(b.source_start, b.source_end)), tuple(range(b.target_start, b.target_end))) for b in beads]


def vecalign(zh: Sequence[str], en: Sequence[str]) -> list[Link]:
    from sentalign import sentalign

    found = sentalign(zh, en, lambda texts: encode(load_encoder(), texts)).alignments
    return [(tuple(a.src_indices), tuple(a.tgt_indices)) for a in found]


def systems() -> Iterator[tuple[str, Aligner]]:
    for name, aligner in (
        ("galechurch", gale_church),
        ("sentalign (Vecalign), same encoder", vecalign),
        ("product, dictionary only (trained on these texts)", dictionary_only),
        ("product (trained on these texts)", product),
    ):
        try:
            aligner(["一。", "二。"], ["One.", "Two."])
        except ImportError:
            continue
        yield name, aligner


def sentences(data: Path) -> None:
    print("\n### Sentence beads, strict and lax\n")
    print("| system | text | P | R | F1 | lax F1 | CPU ms per sentence |\n|---|---|---|---|---|---|---|")
    load_encoder()
    for name, aligner in systems():
        for kind in ("mac_dev", "ctk"):
            pairs = load(data, kind)
            start = time.process_time()
            found = [aligner(p.zh, p.en) for p in pairs]
            cost = (time.process_time() - start) / sum(len(p.zh) + len(p.en) for p in pairs) * 1000
            s = score(found, [p.gold for p in pairs])
            print(
                f"| {name} | {kind} | {s.precision:.4f} | {s.recall:.4f} | {s.f1:.4f} | {s.lax_f1:.4f} | {cost:.1f} |"
            )


def refusal(data: Path) -> None:
    print("\n### Unrelated texts\n")
    novels, others = load(data, "mac_dev"), load(data, "ctk")
    cases = [(a, b) for group in (novels, others) for a in group for b in group if a is not b]
    cases += [(a, b) for a in novels[:3] for b in others] + [(b, a) for a in novels[:3] for b in others]
    counts = [len(product(*unrelated(a, b)[1:3])) for a, b in cases]
    print(f"{len(cases)} mismatched texts: {sum(map(bool, counts))} with beads, {sum(counts)} beads in all")
    tatoeba = [json.loads(line) for line in (data / "align/tatoeba.jsonl").open(encoding="utf-8")]
    right = sum(bool(product([r["zh"]], [r["en"]])) for r in tatoeba)
    wrong = sum(bool(product([r["zh"]], [tatoeba[k - 7]["en"]])) for k, r in enumerate(tatoeba))
    print(
        f"\nSingle sentences (Tatoeba): {right} of {len(tatoeba)} true pairs kept, {wrong} of {len(tatoeba)} wrong ones"
    )
    zh = encode(load_encoder(), [r["zh"] for r in tatoeba])
    en = encode(load_encoder(), [r["en"] for r in tatoeba])
    table = zh @ en.T
    own = np.arange(len(tatoeba))
    there, back = table.argmax(axis=1), table.argmax(axis=0)
    mutual = back[there] == own
    print(
        f"\nNearest by cosine: zh→en {np.mean(there == own):.3f}, en→zh {np.mean(back == own):.3f}; mutual: precision "
        f"{np.mean(there[mutual] == own[mutual]):.3f}, recall {np.sum(mutual & (there == own)) / len(own):.3f}"
    )


def growth(data: Path) -> None:
    print(
        "\n### Growth with length\n\n| lines a side | CPU s | ms per sentence | beads | peak RSS MB |\n|---|---|---|---|---|"
    )
    pairs = [p for kind in ("mac_dev", "ctk") for p in load(data, kind)]
    zh, en = [s for p in pairs for s in p.zh], [s for p in pairs for s in p.en]
    for lines in (500, 2000, 5000, 20_000, 50_000):
        # Repeats of the corpus, each line marked, so that no line is a copy of another.
        long_zh = [f"{zh[k % len(zh)]}（{k // len(zh)}）" for k in range(lines)]
        long_en = [f"{en[k % len(en)]} ({k // len(en)})" for k in range(int(lines * len(en) / len(zh)))]
        start = time.process_time()
        found = product(long_zh, long_en)
        cost = time.process_time() - start
        rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"| {lines} | {cost:.1f} | {cost / (len(long_zh) + len(long_en)) * 1000:.2f} | {len(found)} | {rss:.0f} |",
            flush=True,
        )


def pages(data: Path) -> None:
    print("\n### Inside pages\n")
    found, gold, other = [], [], 0
    for line in (data / "align/inpage_gold.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        found.append(lines_of(align_page(list(segments(row["lines"])))))
        gold.append([(tuple(b["zh"]), tuple(b["en"])) for b in row["beads"]])
    s = score(found, gold)
    print(f"Gold, {len(gold)} pages: P {s.precision:.4f} R {s.recall:.4f} F1 {s.f1:.4f} lax F1 {s.lax_f1:.4f}")
    files = sorted(f for f in (data / "raw").glob("*/**/*.txt") if f.parts[-2] != "bilingual")[:400]
    for file in files:
        beads = align_page(list(segments(file.read_text(encoding="utf-8", errors="replace").splitlines())))
        other += bool(beads)
        if beads:
            print(f"- {file.name[:60]}: {len(beads)} pairs")
    print(f"\n{len(files)} pages as scraped, hardly any bilingual: {other} with pairs")


def segments(lines: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    for n, line in enumerate(lines, 1):
        han = sum("一" <= c <= "鿿" for c in line)
        latin = sum(c.isascii() and c.isalpha() for c in line)
        yield line, "zh" if han * 4 > latin else "en" if latin > 3 else "other", n


def lines_of(beads: Sequence[object]) -> list[Link]:
    return [(tuple(sorted({n + 1 for n, _, _ in b.zh})), tuple(sorted({n + 1 for n, _, _ in b.en}))) for b in beads]  # type: ignore[attr-defined]


def documents(data: Path) -> None:
    print("\n### Documents, all projects in one pool, under names that say nothing\n")
    root = data / "align/pairs_docs"
    rows = [json.loads(line) for line in (root / "pairs.jsonl").open(encoding="utf-8")]
    distractors = [json.loads(line) for line in (root / "distractors.jsonl").open(encoding="utf-8")]
    files = [(r[lang], lang) for r in rows for lang in ("zh", "en")] + [(d["file"], d["lang"]) for d in distractors]
    random.Random(0).shuffle(files)  # their order is no hint either
    texts = [
        Text(f"{n}.txt", lang, [s for s in (root / f).read_text(encoding="utf-8").splitlines() if s.strip()])
        for n, (f, lang) in enumerate(files)
    ]
    start = time.process_time()
    found = {(files[n][0], files[m][0]) for n, m, _ in pair(texts)}
    cost = time.process_time() - start
    print("| project | pairs | precision | recall |\n|---|---|---|---|")
    for project in [*sorted({r["project"] for r in rows}), ""]:
        gold = {(r["zh"], r["en"]) for r in rows if r["project"].startswith(project)}
        mine_ = {f for f in found if f[0].startswith(project)}
        right = len(mine_ & gold)
        print(f"| {project or 'all'} | {len(gold)} | {right / max(1, len(mine_)):.4f} | {right / len(gold):.4f} |")
    print(f"\n{len(texts)} documents, {cost:.0f} s CPU")


def terms(data: Path) -> None:
    print("\n### The five seed files\n")
    texts = [f.read_text(encoding="utf-8") for f in sorted(Path("seeds").glob("*.txt"))]
    for term in mine(texts):
        print(f"- {term.zh} / {term.en} ({term.kind}, {term.score})")
    langs = ["zh" if sum("一" <= c <= "鿿" for c in t) > 500 else "en" for t in texts]
    as_texts = [Text("", lang, t.splitlines()) for lang, t in zip(langs, texts, strict=True)]
    inside = sum(len(align_page(list(segments(t.splitlines())))) for t in texts)
    between = sum(
        len(product(a.sentences, b.sentences)) for a in as_texts for b in as_texts if a.lang == "zh" and b.lang == "en"
    )
    print(
        f"\npairs of documents: {len(pair(as_texts))}; sentence pairs inside pages: {inside}, between files: {between}"
    )


def noise(data: Path) -> None:
    print(
        "\n### Novels with foreign runs put in (trained on these texts)\n\n| places | P | R | F1 | lax F1 |\n|---|---|---|---|---|"
    )
    novels = load(data, "mac_dev")
    for split in (True, False):
        noisy: list[Pair] = []
        for p in novels:
            rest = [q for q in novels if q is not p]
            zh, en = [s for q in rest for s in q.zh], [s for q in rest for s in q.en]
            noisy.append(with_noise(p, zh, en, 11, split=split))
        s = score([product(p.zh, p.en) for p in noisy], [p.gold for p in noisy])
        where = "anywhere, split beads out of the gold" if split else "between beads"
        print(f"| {where} | {s.precision:.4f} | {s.recall:.4f} | {s.f1:.4f} | {s.lax_f1:.4f} |")


PARTS = {f.__name__: f for f in (sentences, noise, refusal, pages, documents, terms, growth)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    args = parser.parse_args()
    for part in args.only:
        PARTS[part](args.data)


if __name__ == "__main__":
    main()
