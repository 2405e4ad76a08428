"""Train the line model of ``pipeline.stages.strip`` and measure it by cross-validation.

    python benchmarks/train_lines.py --data DIR --cv --opinions FILE    # 5 folds, disjoint by registered domain
    python benchmarks/train_lines.py --data DIR --out pipeline/rules/line_model.npz

Two ensembles: the first looks at a line and its surroundings; the second looks at the lines that the first finds
possible, and at what the first thinks of the surroundings. The second is trained on out-of-fold opinions of the
first, as it will meet them on new sites.
Needs LightGBM (extra ``bench``); the package itself does not. The same data give the same bytes.
"""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from lines_data import (
    FOLDS,
    Row,
    clean_rows,
    crop,
    flat_rows,
    hand_rows,
    noisy_names,
    page_rows,
    shorten,
    transplants,
)  # fmt: skip
from lines_scores import table

from pipeline.corpus.templates import count
from pipeline.stages.strip.decide import THRESHOLDS, Look, settle
from pipeline.stages.strip.features import columns
from pipeline.stages.strip.page import read_page
from pipeline.stages.strip.second_look import doubtful, second_look
from pipeline.stages.strip.wording import match

PARAMETERS = {
    "objective": "binary",
    "num_leaves": 20,
    "learning_rate": 0.08,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "min_data_in_leaf": 80,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "use_missing": False,
    "seed": 20261121,
    "verbose": -1,
}
FIRST = {"trees": 60, "num_leaves": 16}
SECOND = {"trees": 120, "num_leaves": 20}

# How much a page of a kind counts. There are few pages of chats, forums and hand labels, and many of news portals.
PAGE_WEIGHT = {
    "wechat": 3.0,
    "zh_forum": 2.0,
    "en_forum": 2.0,
    "hand_zh": 3.0,
    "hand_en": 1.5,
    "other": 0.7,
    "clean": 1.0,
}
READER_WEIGHT = {
    "resi": 1.0, "resi+crop": 0.5, "resi+short": 0.4, "nodes": 1.0, "soup": 0.7, "hand": 1.0, "hand+crop": 1.0, "html": 1.0,
    "resi+site": 0.4, "resi+transplant": 0.4, "clean": 0.5,
}  # fmt: skip


def features(row: Row) -> np.ndarray:
    return columns(read_page(row.lines), row.facts, row.templates, row.title).values


def second_features(row: Row, x: np.ndarray, opinion: np.ndarray) -> np.ndarray:
    page = read_page(row.lines)
    seen = columns(page, row.facts, row.templates, row.title)
    return np.hstack((x, second_look(page, seen, opinion, row.facts)[1]))


def weights(row: Row) -> np.ndarray:
    """One page weighs one: half of it by characters, half by lines; doubtful lines a third, soft lines nothing."""
    chars = np.array([len(line) for line in row.lines], float)
    weight = 0.5 * chars / max(chars.sum(), 1) + 0.5 / len(row.lines)
    for i in row.ambiguous:
        weight[i] *= 0.3
    weight[np.array(row.labels) < 0] = 0
    return weight * row.weight


def sampled(row: Row, weight: np.ndarray) -> np.ndarray:
    """The weights with two of three lines far from the body left out, the third counting for all three."""
    label = np.array(row.labels) == 1
    near = np.convolve(label, np.ones(31), "same") > 0.5 if len(label) >= 31 else np.ones(len(label), bool)
    chance = np.random.default_rng(zlib.crc32(f"{row.name}{row.reader}".encode())).random(len(label)) < 1 / 3
    return np.where(near, weight, np.where(chance, 3 * weight, 0.0))


class Trainer:
    """The rows and their columns, binned once for all folds."""

    def __init__(
        self,
        rows: list[Row],
        xs: list[np.ndarray],
        trees: int,
        opinions: list[np.ndarray] | None = None,
        **over: object,
    ) -> None:
        """``opinions`` of another model: the lines it rules out are left out, and keep its opinion."""
        self.rows, self.trees, self.opinions = rows, trees, opinions
        self.parameters = {**PARAMETERS, **over}
        self.x = np.concatenate(xs)
        self.at = np.cumsum([0] + [len(row.lines) for row in rows])
        self.weight = np.concatenate([sampled(row, weights(row)) for row in rows])
        self.weight *= len(self.weight) / self.weight.sum()
        if opinions is not None:
            self.weight *= np.concatenate([doubtful(opinion) for opinion in opinions])
        self.fold = np.concatenate([np.full(len(row.lines), row.fold) for row in rows])
        label = np.concatenate([np.maximum(row.labels, 0) for row in rows])
        self.data = lightgbm.Dataset(
            self.x, label, weight=self.weight, params=self.parameters, free_raw_data=False
        ).construct()

    def fit(self, without: int = -1) -> lightgbm.Booster:
        """A model of all rows, or of all but one fold."""
        use = np.flatnonzero((self.fold != without) & (self.weight > 0))
        return lightgbm.train(self.parameters, self.data.subset(use), self.trees)

    def out_of_fold(self) -> list[np.ndarray]:
        """For each row the opinion of a model that saw no page of its domain."""
        out: list[np.ndarray] = [np.zeros(0)] * len(self.rows)
        for fold in range(FOLDS):
            model = self.fit(fold)
            ids = [i for i, row in enumerate(self.rows) if row.fold == fold]
            if not ids:
                continue
            opinion = model.predict(np.concatenate([self.x[self.at[i] : self.at[i + 1]] for i in ids]))
            for i, part in zip(
                ids, np.split(opinion, np.cumsum([len(self.rows[i].lines) for i in ids])[:-1]), strict=False
            ):
                out[i] = part if self.opinions is None else np.where(doubtful(self.opinions[i]), part, self.opinions[i])
        return out


def collect(node: dict, conditions: list[tuple[int, float, int, int]], leaves: list[float]) -> None:
    """Leaves from left to right; conditions with their column, threshold and the range of leaves on their left."""
    if "leaf_value" in node:
        leaves.append(node["leaf_value"])
        return
    low = len(leaves)
    collect(node["left_child"], conditions, leaves)
    conditions.append((node["split_feature"], node["threshold"], low, len(leaves)))
    collect(node["right_child"], conditions, leaves)


def arrays(model: lightgbm.Booster, names: list[str], prefix: str) -> dict[str, np.ndarray]:
    """The trees as the arrays of ``pipeline.stages.strip.model.Ensemble``."""
    trees = model.dump_model()["tree_info"]
    nodes = max(tree["num_leaves"] for tree in trees) - 1
    feature = np.zeros((len(trees), nodes), np.uint16)
    threshold = np.full((len(trees), nodes), np.inf, np.float32)
    mask = np.full((len(trees), nodes), 0xFFFFFFFF, np.uint32)
    leaf = np.zeros((len(trees), 32), np.float32)
    for number, tree in enumerate(trees):
        conditions: list[tuple[int, float, int, int]] = []
        leaves: list[float] = []
        collect(tree["tree_structure"], conditions, leaves)
        leaf[number, : len(leaves)] = leaves
        for slot, (column, value, low, middle) in enumerate(conditions):
            rounded = np.float32(value)
            if rounded > value:
                rounded = np.nextafter(rounded, np.float32(-np.inf))
            feature[number, slot] = column
            threshold[number, slot] = rounded
            mask[number, slot] = 0xFFFFFFFF & ~sum(1 << k for k in range(low, middle))
    return {
        f"{prefix}_names": np.frombuffer("\n".join(names).encode(), np.uint8),
        f"{prefix}_feature": feature,
        f"{prefix}_threshold": threshold,
        f"{prefix}_mask": mask,
        f"{prefix}_leaf": leaf,
    }


def write(path: Path, stored: dict[str, np.ndarray]) -> None:
    """An ``.npz`` whose bytes depend on the arrays alone (numpy would write the clock into it)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(stored):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, stored[name], allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue(), zipfile.ZIP_DEFLATED
            )


def with_templates(flat: list[Row]) -> list[Row]:
    """The pages of sites with several pages once more, with what a first pass over the site says of each line."""
    sites: dict[str, list[Row]] = {}
    for row in flat:
        sites.setdefault(row.domain, []).append(row)
    out = []
    for site, rows in sorted(sites.items()):
        counts = count([(site, row.lines) for row in rows], len(rows))
        for row in rows:
            if verdicts := counts.verdicts(site, row.lines):
                out.append(replace(row, reader=row.reader + "+site", templates=tuple(verdicts)))
    return out


def training_rows(
    flat: list[Row], pages: list[list[Row]], hand: list[Row], clean: list[Row], noisy: set[str]
) -> list[Row]:
    """Three flatteners (text nodes and plain soup of every third page) and the pages themselves, crops, short bodies, clean files,
    and bodies in the chrome of other sites (of rows whose gold is not known to be wrong)."""
    third = [zlib.crc32(page[0].name.encode()) % 3 for page in pages]
    html = [page[0] for page in pages]
    nodes = [page[1] for page, turn in zip(pages, third, strict=True) if turn == 0]
    soup = [page[2] for page, turn in zip(pages, third, strict=True) if turn == 1 and len(page) > 2]
    rows = flat + [crop(row, "1") for row in flat] + nodes + soup + html + hand + clean
    rows += [crop(row, "3") for row in hand if row.group == "hand_zh"]
    short = [shorten(row, "4") for row in flat if row.group in ("zh_art", "en_art", "wcxb")]
    rows += [row for row in short if row.reader.endswith("+short")]
    sound = [row for row in flat if row.group in ("zh_art", "en_art", "wechat") and row.name not in noisy]
    rows += transplants(sound, "5")
    rows += with_templates(flat)
    return [replace(row, weight=PAGE_WEIGHT.get(row.group, 1.0) * READER_WEIGHT[row.reader]) for row in rows]


def show(title: str, scores: dict[str, tuple]) -> None:
    parts = [f"{g} {s[3]:.3f}/{s[4]:.3f}/{s[5]:.3f}" for g, s in scores.items()]
    print(f"{title:<18}" + " | ".join(parts), flush=True)


def cross_validated(
    data: Path, score: bool = True
) -> tuple[Trainer, Trainer, dict[tuple[str, str], np.ndarray], tuple[list[str], list[str]]]:
    """Trainers of both ensembles, out-of-fold opinions of the second by (name, reader) if asked, and column names."""
    hand = hand_rows(data) + hand_rows(data, "gold_seeds")
    rows = training_rows(flat_rows(data, "resi"), list(page_rows(data)), hand, clean_rows(data), noisy_names(data))
    xs = [features(row) for row in rows]
    first = Trainer(rows, xs, **FIRST)
    opinions = first.out_of_fold()
    page = read_page(["."])
    seen = columns(page)
    names = (list(seen.names), [*seen.names, *second_look(page, seen, np.zeros(1))[0]])
    more = [second_features(r, x, o) for r, x, o in zip(rows, xs, opinions, strict=True)]
    second = Trainer(rows, more, opinions=opinions, **SECOND)
    final = second.out_of_fold() if score else []
    return first, second, {(r.name, r.reader): o for r, o in zip(rows, final, strict=False)}, names


def unseen(path: Path, rows: list[Row]) -> dict[str, list[np.ndarray]]:
    """For each preset which lines of each row stay, by stored opinions of models that saw no page of its domain."""
    stored = np.load(path)
    kept: dict[str, list[np.ndarray]] = {preset: [] for preset in THRESHOLDS}
    for row in rows:
        page = read_page(row.lines)
        seen = columns(page, row.facts, row.templates, row.title)
        opinion = stored[f"{row.name}|{row.reader}"].astype(float)
        look = Look(page, seen, opinion, match(page.lines, page.units.tolist()))
        for preset, threshold in THRESHOLDS.items():
            kept[preset].append(settle(look, threshold)[0])
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with flat/, lines/ and html/")
    parser.add_argument("--cv", action="store_true", help="print scores of 5 folds disjoint by domain")
    parser.add_argument(
        "--opinions", type=Path, help="with --cv: keep the out-of-fold probabilities (.npz) for lines.py"
    )
    parser.add_argument("--out", type=Path, help="write the weights of a model of all rows")
    args = parser.parse_args()
    first, second, opinions, names = cross_validated(args.data, args.cv)
    if args.cv:
        rows = second.rows
        clean = {row.name for row in rows} - noisy_names(args.data)
        for readers in (("resi", "hand"), ("resi+site",), ("html",), ("nodes",), ("soup",)):
            chosen = [i for i, row in enumerate(rows) if row.reader in readers]
            test = [rows[i] for i in chosen]
            for threshold in (0.3, 0.4, 0.5):
                kept = [opinions[rows[i].name, rows[i].reader] > threshold for i in chosen]
                show(f"{readers[0]} all {threshold}", table(test, kept))
                show(f"{readers[0]} clean {threshold}", table(test, kept, clean))
    if args.cv and args.opinions:
        wanted = {"|".join(key): value for key, value in opinions.items() if key[1] in ("resi", "hand", "html")}
        write(args.opinions, {name: value.astype(np.float32) for name, value in wanted.items()})
    if args.out:
        write(args.out, arrays(first.fit(), names[0], "first") | arrays(second.fit(), names[1], "second"))


if __name__ == "__main__":
    main()
