"""Latin text by langdetect's profiles: the same answers as langdetect's own walks, and one sum for each text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langdetect import DetectorFactory, detect_langs

from pipeline.document import Document
from pipeline.rules.languages import PRIOR, latin_words
from pipeline.stages.detect import detect
from pipeline.stages.detect.profiles import latin_language

SENTENCES = {
    "en": "The ferry to the outer islands will not sail today because the harbour wall needs mending.",
    "fr": "Le conseil municipal a voté hier soir la réfection des trois ponts qui enjambent la rivière.",
    "de": "Der Gemeinderat hat gestern Abend beschlossen, die drei Brücken über den Fluss zu erneuern.",
    "es": "El ayuntamiento aprobó anoche la reparación de los tres puentes que cruzan el río.",
    "pt": "A câmara municipal aprovou ontem à noite a reparação das três pontes que atravessam o rio.",
    "it": "Il consiglio comunale ha approvato ieri sera la riparazione dei tre ponti sul fiume.",
    "nl": "De gemeenteraad heeft gisteravond besloten de drie bruggen over de rivier te vernieuwen.",
    "sv": "Kommunfullmäktige beslutade i går kväll att reparera de tre broarna över floden.",
    "da": "Byrådet besluttede i aftes at istandsætte de tre broer, som går over åen.",
    "pl": "Rada miasta zdecydowała wczoraj wieczorem o naprawie trzech mostów na rzece.",
    "tr": "Belediye meclisi dün akşam nehrin üzerindeki üç köprünün onarılmasına karar verdi.",
    "id": "Dewan kota tadi malam memutuskan untuk memperbaiki tiga jembatan di atas sungai itu.",
    "vi": "Tối qua hội đồng thành phố đã quyết định sửa chữa ba cây cầu bắc qua sông.",
    "fi": "Kaupunginvaltuusto päätti eilen illalla korjata kolme joen ylittävää siltaa.",
    "cs": "Zastupitelstvo města včera večer rozhodlo o opravě tří mostů přes řeku.",
    "ro": "Consiliul local a hotărât aseară repararea celor trei poduri care traversează râul.",
    "hu": "A városi tanács tegnap este úgy döntött, hogy kijavíttatja a folyón átívelő három hidat.",
    "hr": "Gradsko vijeće sinoć je odlučilo popraviti tri mosta koja prelaze preko rijeke.",
}


@pytest.mark.parametrize("lang", SENTENCES)
def test_a_sentence_of_each_language(lang: str) -> None:
    assert latin_language(SENTENCES[lang])[0] == lang
    DetectorFactory.seed = 0
    assert detect_langs(SENTENCES[lang])[0].lang == lang, "langdetect's own answer"
    assert detect(Document.from_source("a", f"{SENTENCES[lang]}\n")).lang == lang


def test_text_in_capitals_is_read_in_small_letters() -> None:
    assert latin_language(SENTENCES["en"].upper()) == latin_language(SENTENCES["en"].lower())
    assert latin_language(SENTENCES["de"].upper())[0] == "de"


@pytest.mark.parametrize("text", ["", "12 : 30", "数字", "..."])
def test_nothing_to_go_by(text: str) -> None:
    assert latin_language(text) == ("", 0.0)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    lang, probability = latin_language(text)
    assert 0.0 <= probability <= 1.0
    assert lang in PRIOR or (lang == "" and probability == 0.0)
    assert latin_language(text) == (lang, probability)


@given(st.text(st.characters(max_codepoint=0x3100)) | st.text("aZß é.ğ汉•", max_size=40))
def test_words_are_runs_of_latin_letters(text: str) -> None:
    assert latin_words(text) == re.findall("[A-Za-zªµºÀ-ÖØ-öø-ɏḀ-ỿ]+", text)
