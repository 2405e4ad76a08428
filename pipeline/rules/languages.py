"""What tells languages apart without a model: scripts, function words, pinyin, Simplified against Traditional.

The function words are the commonest grammatical words of each language, lower case, without those that mean
something in another language of the table too often to tell (``a``, ``on``, ``die`` stay only where they weigh more).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

_LATIN_WORDS: Final = re.compile("[A-Za-zªµºÀ-ÖØ-öø-ɏḀ-ỿ]+")
_BEYOND_LATIN_1: Final = re.compile("[Ā-ɏḀ-ỿ]")
_LATIN_1_LETTERS: Final = bytes(code if chr(code).isalpha() else ord(" ") for code in range(256))


def latin_words(text: str) -> list[str]:
    """The runs of Latin letters in ``text``, in order."""
    if not text.isascii() and _BEYOND_LATIN_1.search(text):
        return _LATIN_WORDS.findall(text)
    # The same, four times faster.
    return text.encode("latin-1", "replace").translate(_LATIN_1_LETTERS).decode("latin-1").split()


ENGLISH: Final = frozenset(
    """the of and to in is was for that on with as it by at be are from this have has had not but they or an his her
    he she you we their its i which were been who will would there can could more if about one all when what so up
    out into than them some other only then no also any these those such may most our over after before where how
    your my me him us should must might shall do does did done being while because since between through during
    under against both each very just don't isn't wasn't didn't doesn't won't can't couldn't it's that's i'm we're
    they're you're i've we've s t don ll re ve isn didn doesn wasn won couldn wouldn here now every many much
    without within upon until though although however whether whose why too own same few off down again a made
    make said says get got go going see new first two last year years people time use used using how's let
    let's like want need know still even well back never always often""".split()
)

# Other languages in Latin script, by their function words.
OTHERS: Final[dict[str, frozenset[str]]] = {
    lang: frozenset(words.split()) - ENGLISH
    for lang, words in {
        "fr": """à le la les de des du et un une en est que qui dans pour pas sur au aux avec ce cette ces il elle ils
        elles nous vous ne se sa son ses leur leurs par plus mais ou où sont été être avoir ont fait comme tout tous
        toute même aussi donc car très si y dont sans sous entre après avant je tu mon ma mes votre notre vos nos
        c'est j'ai qu'il d'un d'une l s d n qu j peut faire était lui cela celui ainsi encore chez vers quand""",
        "de": """der die das und ist nicht ein eine einer eines einem einen zu den dem des von mit auf für im in sich
        auch als an es werden wird wurde aus bei hat haben sie er wir ihr ich nach wie um am über nur noch aber oder
        so zum zur dass daß kann durch vor sind war unter wenn sein seine seiner ihre ihrer bis mehr man diese dieser
        dieses kein keine gegen vom können schon zwischen immer wieder sehr hier doch ob ohne damit unsere uns mir""",
        "es": """el la los las de del y un una en es que por para con no se su sus al lo como más mas pero o son fue
        ha han sin sobre este esta estos estas ese esa eso muy también tambin hay ser está estn estar si ya todo todos
        toda cuando donde entre desde hasta porque nos le les me te mi tu yo ella ellos usted nuestra nuestro uno dos
        tiene puede era así solo cada parte qu ms aos""",
        "pt": """o os as de do da dos das e um uma em no na nos nas é que por para com não se seu sua seus suas ao aos
        à como mais mas ou são foi tem também muito já pelo pela pelos pelas ser está este esta isso esse essa quando
        sem sobre entre depois até você ele ela eles nós eu lhe foram tinha há""",
        "it": """il lo la i gli le di del della dei delle dello e un una uno in è che per con non si su sul sulla al
        alla ai alle da dal dalla come più ma o sono era ha hanno anche questo questa questi quando dove nel nella
        nei nelle suo sua loro ci se cui tutti tutto essere stato molto solo ancora così perché fra tra io noi""",
        "nl": """de het een en van in is dat op te zijn met voor niet aan er die maar om ook als bij dan nog naar uit
        door over ze hij wij je ik we werd worden wordt heeft hebben had kan was deze dit meer geen al of tot onder
        wel zo hun haar onze waar wat moet na zich""",
        "sv": """och att det i en på är av för som med till den ett inte om har de han var sig från men vi eller så
        kan hon nu efter vid när också ska skulle från under mycket alla""",
        "da": """og at det i en på er af for som med til den et ikke om har de han var sig fra men vi eller så kan hun
        efter ved når også skal ville under meget alle blev være""",
        "pl": """i w na z do się nie to jest że o jak po za od przez dla przy co ale tak ich jego jej są był była
        było może tym tego który która które lub oraz już tylko""",
        "tr": """ve bir bu da de için ile ne o çok daha gibi olarak olan en var mı mi kadar sonra ama değil her ya
        veya ki şey ben sen biz""",
        "id": """yang dan di ini itu dengan untuk dari dalam tidak pada akan adalah ke juga oleh atau sebagai bisa
        ada mereka saya kita kami sudah telah karena anda""",
        "vi": """và của là có không được cho các một những này trong với người để đã khi cũng như từ đến trên thì vào ra
        khong duoc nhung cua""",
    }.items()
}

# Letters that belong to one script; the language is the likeliest where several share it.
SCRIPTS: Final = tuple(
    (re.compile(letters), lang)
    for letters, lang in (
        ("[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]", "ko"),
        ("[\u0400-\u052f]", "ru"),
        ("[\u0370-\u03ff\u1f00-\u1fff]", "el"),
        ("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]", "ar"),
        ("[\u0590-\u05ff]", "he"),
        ("[\u0e00-\u0e7f]", "th"),
        ("[\u0900-\u097f]", "hi"),
        ("[\u0980-\u09ff]", "bn"),
        ("[\u0b80-\u0bff]", "ta"),
        ("[\u10a0-\u10ff]", "ka"),
        ("[\u0530-\u058f]", "hy"),
        ("[\u1780-\u17ff]", "km"),
        ("[\u0f00-\u0fff]", "bo"),
        ("[\u1000-\u109f]", "my"),
        ("[\u1800-\u18af]", "mn"),
    )
)

# The languages that Latin text may be in, with the weight each has before its letters are looked at:
# what a collection of Chinese and English pages links to.
PRIOR: Final = {
    "en": 0.4, "fr": 0.1, "de": 0.1, "es": 0.1, "pt": 0.04, "it": 0.05, "nl": 0.04, "vi": 0.04, "id": 0.03,
    "tr": 0.02, "pl": 0.03, "sv": 0.03, "da": 0.02, "fi": 0.001, "no": 0.001, "ro": 0.001, "cs": 0.001, "hu": 0.001,
    "hr": 0.001, "sk": 0.0005, "sl": 0.0005, "lt": 0.0005, "lv": 0.0005, "et": 0.0005, "sq": 0.0005, "tl": 0.0005,
    "af": 0.0002, "sw": 0.0002,
}  # fmt: skip

# Letters that tell a few words apart, rarest first.
LETTERS: Final = tuple(
    (re.compile(f"[{letters}]"), lang)
    for letters, lang in (
        ("ß", "de"), ("ñ¿¡", "es"), ("ãõ", "pt"), ("ąćęłńśźż", "pl"), ("ğışİ", "tr"), ("åø", "da"), ("œçêëîûùàâ", "fr"),
        ("äöü", "de"), ("é", "fr"), ("ìò", "it"),
    )
)  # fmt: skip

# Frequent characters that exist in one standard only, commonest first.
SIMPLIFIED: Final = frozenset(
    "国为这个来会时学说们对长过业经门动进区开产军还现体当两实么关从内没将员东头间无见战点场数样问并级应资务气汉总电声设义统处马儿领队计别权话报给变书"
    "华议称决张导术结师达题条规县风运组听济党论强黄选记却职号类传带农边据联质阳难历专认车举线团备争连调转该让较际亲单红价约则属积图许参观鱼办远随势热"
    "网语铁断爱况证编满觉双乐标确织项飞节龙响药轻击请离显罗营视护创兴虽费试识维宫环责严桥仅围态杨负层须续状银范终钱赛独细获习医尽脸弹楼艺陆协镇检写苏"
    "验紧劳户优财养适陈卫伤绝阶刘刚亿闻审压监敌兰温园树词岛预继执谁惊画辑剑谈礼乱讲临挥欧简担岁"
)
TRADITIONAL: Final = frozenset(
    "國為這個來會時學說們對長過業經門動進區開產軍還現體當兩實麼關從沒將員東頭間無見戰點場數樣問級應資務氣漢總電聲設義統處馬兒領隊計別權話報給變書"
    "華議稱決張導術結師達題條規縣風運組聽濟黨論強黃選記卻職號類傳帶農邊據聯質陽難歷專認車舉線團備爭連調轉該讓較際親單紅價約則屬積圖許參觀魚辦遠隨勢熱"
    "網語鐵斷愛況證編滿覺雙樂標確織項飛節龍響藥輕擊請離顯羅營視護創興雖費試識維宮環責嚴橋僅圍態楊負層須續狀銀範終錢賽獨細獲習醫盡臉彈樓藝陸協鎮檢寫蘇"
    "驗緊勞戶優財養適陳衛傷絕階劉剛億聞審壓監敵蘭溫園樹詞島預繼執誰驚畫輯劍談禮亂講臨揮歐簡擔歲"
)
_BOTH = SIMPLIFIED & TRADITIONAL
_SIMPLIFIED_RUN = re.compile("[" + "".join(sorted(SIMPLIFIED - _BOTH)) + "]")
# Japan simplified these in the same way.
_JAPANESE = frozenset("国来会学当体点数声区参写断尽状独乱礼号党与称将满双楼随观争营医属续寻")
_NOT_JAPANESE = re.compile("[" + "".join(sorted(SIMPLIFIED - _BOTH - _JAPANESE)) + "]")
_TRADITIONAL_RUN = re.compile("[" + "".join(sorted(TRADITIONAL - _BOTH)) + "]")

# The syllables of Mandarin in Hanyu Pinyin, without tones.
_SYLLABLE = (
    "(?:[bpmf](?:a|o|ai|ei|ao|ou|an|en|ang|eng|i|iao|ie|in|ian|ing|iu|u)"
    "|[dtnl](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|i|iao|ie|iu|in|ian|iang|ing|u|uo|ui|un|uan|ü|üe|v|ve|ia)"
    "|[gkh](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|uai|ui|uan|un|uang)"
    "|[jqx](?:i|ia|iao|ie|iu|ian|in|iang|ing|iong|u|ue|uan|un|ü|üe|üan|ün)"
    "|(?:zh|ch|sh|r)(?:i|a|e|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|uai|ui|uan|un|uang)"
    "|[zcs](?:i|a|e|ai|ei|ao|ou|an|en|ang|eng|ong|u|uo|ui|uan|un)"
    "|y(?:i|a|ao|e|ou|an|in|ang|ing|ong|u|ue|uan|un|o|ai)|w(?:u|a|o|ai|ei|an|en|ang|eng)"
    "|a|o|e|ai|ei|ao|ou|an|en|ang|eng|er)"
)
_PINYIN = re.compile(f"(?:{_SYLLABLE}){{1,4}}")
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ", "aaaaeeeeiiiioooouuuuüüüü")


def function_words(tokens: Sequence[str]) -> dict[str, int]:
    """How many of these lower-case words are function words of each language but English."""
    found = set(tokens)
    scores = {}
    for lang, words in OTHERS.items():
        common = found & words
        if common:
            scores[lang] = sum(token in common for token in tokens)
    return scores


def pinyin_share(tokens: Sequence[str]) -> float:
    """Share of these lower-case words that read as Hanyu Pinyin (with or without tone marks)."""
    if not tokens:
        return 0.0
    return sum(_PINYIN.fullmatch(token.translate(_TONES)) is not None for token in tokens) / len(tokens)


def is_simplified(text: str) -> bool:
    """Whether ``text`` holds a character that Simplified Chinese has and Japanese has not."""
    return _NOT_JAPANESE.search(text) is not None


def script(text: str, han: int, words: int) -> str:
    """``Hans``, ``Hant``, ``both`` for text with Chinese, ``Latn`` for Latin text, ``""`` for neither."""
    if han < 1:
        return "Latn" if words else ""
    simplified = len(_SIMPLIFIED_RUN.findall(text))
    traditional = len(_TRADITIONAL_RUN.findall(text))
    if not simplified and not traditional:
        return "Hans" if han > words else "Latn"
    share = traditional / (simplified + traditional)
    return "Hant" if share > 0.9 else "Hans" if share < 0.1 else "both"


def refine(lang: str, text: str) -> str:
    """The language within a script that several share, where single letters tell."""
    if lang == "ru":
        if re.search("[іїєґ]", text):
            return "uk"
        if re.search("[ђћљњџ]", text):
            return "sr"
    if lang == "ar" and re.search("[پچژگ]", text):
        return "ur" if re.search("[ٹڈڑے]", text) else "fa"
    return lang


@cache
def flags() -> dict[str, str]:
    """English words with their flags (``english.txt`` explains them), loaded on first use (~20 ms)."""
    text = (Path(__file__).parent / "english.txt").read_text(encoding="utf-8")
    rows = (line.partition(" ") for line in text.splitlines() if line and line[0] != "#")
    return {word: mark for word, _, mark in rows}


def is_english(word: str) -> bool:
    """Whether a lower-case word is English."""
    return word in ENGLISH or word in flags()


@cache
def capitalised() -> dict[str, str]:
    """Flags of words that are no names, by their capitalised form: what a stray capital can stand on."""
    return {word.capitalize(): mark for word, mark in flags().items() if mark and "n" not in mark}
