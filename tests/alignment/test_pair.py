from story import EN, UNRELATED_EN, UNRELATED_ZH, ZH

from pipeline.corpus.pair import pair
from pipeline.corpus.propose import Text

COOKING_EN = [
    "For this dish, first cut the tofu into small cubes.",
    "Heat some oil in a pan until it is fairly hot.",
    "Add spring onions, ginger and chillies and fry them together until fragrant.",
    "Then pour in two spoons of soy sauce and half a bowl of water.",
    "Simmer on a low heat for about ten minutes.",
    "If you like it hot, sprinkle a little Sichuan pepper on top.",
    "Finally thicken the sauce with starch and serve.",
    "Tofu made this way is tender and full of flavour.",
]
DOCUMENTS = [
    Text("a.txt", "zh", ZH),
    Text("b.txt", "en", UNRELATED_EN),
    Text("c.txt", "en", COOKING_EN),
    Text("d.txt", "zh", UNRELATED_ZH),
    Text("e.txt", "en", EN),
    Text("f.txt", "other", EN),
    Text("g.txt", "zh", []),
]


def test_translations_find_each_other_among_distractors():
    assert [(n, m) for n, m, _ in pair(DOCUMENTS)] == [(0, 4), (3, 2)]


def test_names_do_not_make_a_pair():
    assert pair([Text("x.zh.txt", "zh", ZH), Text("x.en.txt", "en", UNRELATED_EN)]) == []


def test_each_document_is_in_one_pair_at_most():
    found = pair([*DOCUMENTS, Text("copy.txt", "zh", ZH)])
    assert len({n for n, _, _ in found}) == len({m for _, m, _ in found}) == len(found)


def test_two_texts_in_one_language_are_no_pair():
    assert pair([Text("a", "en", EN), Text("b", "en", EN)]) == []
    assert pair([]) == []


def test_between_versions_that_sentences_cannot_tell_apart_none_is_chosen():
    alike = [Text("1", "zh", ZH), Text("2", "en", EN), Text("3", "en", EN)]
    assert pair(alike) == []
    assert [(n, m) for n, m, _ in pair([*alike, Text("4", "zh", UNRELATED_ZH), Text("5", "en", COOKING_EN)])] == [
        (3, 4)
    ]


def test_names_tell_versions_apart_that_sentences_cannot():
    alike = [Text("zh/v1/a.md", "zh", ZH), Text("en/v1/a.md", "en", EN), Text("en/v2/a.md", "en", EN)]
    assert [(n, m) for n, m, _ in pair(alike)] == [(0, 1)]
    assert [(n, m) for n, m, _ in pair([alike[0], alike[2], alike[1]])] == [(0, 2)]
