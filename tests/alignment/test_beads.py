from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from story import EN, ZH

from pipeline.alignment import beads
from pipeline.alignment.encoder import DictionaryEncoder
from pipeline.alignment.lattice import EN_NULL, STEPS, TRANSITIONS, ZH_NULL, best_steps, lattice, posteriors
from pipeline.alignment.marks import MARKS, count_marks
from pipeline.alignment.path import find_path
from pipeline.alignment.texts import describe

SIZES = st.integers(1, 40)


@settings(max_examples=40, deadline=None)
@given(SIZES, SIZES, st.integers(0, 9))
def test_the_path_leads_from_corner_to_corner(n, m, seed):
    rng = np.random.default_rng(seed)
    path = find_path(*(rng.standard_normal((k, 8)).astype(np.float32) for k in (n, m)))
    assert (path.first[0], path.last[-1]) == (0, m - 1)
    assert (path.first <= path.last).all()
    steps = path.first[1:] - path.last[:-1]
    assert set(steps.tolist()) <= {0, 1}


def test_a_path_along_a_coarser_path_is_the_same():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1600, 32)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    path = find_path(x, x)
    assert (path.first == np.arange(1600)).all()


def random_band(n, m, seed):
    """A lattice of n × m sentences, random scores for its steps, and random weights of the transitions."""
    rng = np.random.default_rng(seed)
    path = find_path(*(rng.standard_normal((k, 8)).astype(np.float32) for k in (n, m)))
    band = lattice(path, m)
    scores = np.where(band.before < len(band.i), rng.standard_normal(band.before.shape), -np.inf)
    return band, scores, dict(zip(TRANSITIONS, rng.standard_normal(4).tolist(), strict=True))


@settings(max_examples=40, deadline=None)
@given(SIZES, SIZES, st.integers(0, 9))
def test_probabilities_of_a_sentence_sum_to_one(n, m, seed):
    band, scores, weights = random_band(n, m, seed)
    chances = posteriors(band, scores, weights)
    held = np.zeros(n)
    for (a, _), row in zip(STEPS, chances, strict=True):
        for k in range(a):
            np.add.at(held, np.maximum(band.i - 1 - k, 0), np.where(band.i > k, row, 0))
    assert np.allclose(held, 1, atol=1e-6)


def all_cuttings(band, node):
    """Every chain of (step, node) from the first node to this one."""
    if node == 0:
        yield ()
    for step in range(len(STEPS)):
        before = int(band.before[step, node])
        if node and before < len(band.i):
            yield from ((*chain, (step, node)) for chain in all_cuttings(band, before))


def test_probabilities_are_shares_of_all_cuttings():
    band, scores, weights = random_band(3, 4, 0)
    gains = {pair: weights[name] for name, pair in TRANSITIONS.items()}
    shares, total = np.zeros(scores.shape), 0.0
    for chain in all_cuttings(band, len(band.i) - 1):
        kinds = [step for step, _ in chain]
        log = sum(scores[cell] for cell in chain) + sum(gains.get(p, 0.0) for p in pairwise(kinds))
        total += np.exp(log)
        for cell in chain:
            shares[cell] += np.exp(log)
    assert np.allclose(posteriors(band, scores, weights), shares / total)


def test_a_null_is_likelier_beside_another_if_the_weights_say_so():
    band, scores, weights = random_band(8, 8, 1)
    apart = posteriors(band, scores, {})[[ZH_NULL, EN_NULL]].sum()
    together = posteriors(band, scores, dict.fromkeys(weights, 3.0))[[ZH_NULL, EN_NULL]].sum()
    assert together > apart


@settings(max_examples=40, deadline=None)
@given(SIZES, SIZES, st.integers(0, 9))
def test_the_best_chain_holds_every_sentence_once(n, m, seed):
    band, gains, _ = random_band(n, m, seed)
    shapes = [STEPS[s] for s, _ in best_steps(band, gains)]
    assert (sum(a for a, _ in shapes), sum(b for _, b in shapes)) == (n, m)


def test_cutting_into_blocks_changes_no_feature(monkeypatch):
    encoder = DictionaryEncoder()
    texts = describe(ZH, EN, encoder)
    band = lattice(beads.first_path(texts, encoder), len(EN))
    weights = {"cos": 1.0, "dice": 1.0, "margin": 1.0, "wider_best": 1.0, "split_best": 1.0, "null_zh_cos": 1.0}
    whole, _ = beads.step_scores(texts, encoder, band, weights)
    monkeypatch.setattr(beads, "BLOCK", 3)
    parts, _ = beads.step_scores(texts, encoder, band, weights)
    assert np.allclose(whole, parts, atol=1e-4)


def test_quotes_of_all_kinds_are_told_from_apostrophes():
    marks = count_marks(["“你好。”", "「你好。」", "'Don't go,' he said.", '"Stay."', "It isn't the boys' dog."])
    opened = [row[MARKS.index("opens")] for row in marks]
    closed = [row[MARKS.index("closes")] for row in marks]
    assert opened == [1, 1, 1, 1, 0]
    assert closed == [1, 1, 1, 1, 0]
