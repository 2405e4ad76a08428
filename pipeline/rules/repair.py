"""The repairs of single documents: why each is made, a text it acts on and a look-alike it leaves alone."""

from __future__ import annotations

from typing import Final

from pipeline.rules import Rule

RULES: Final = (
    Rule(
        "repair.character-reference",
        "A flattener left &ldquo; or &nbsp; in the text; texts about markup show them on purpose.",
        ("He said &ldquo;yes” and left.", "今天&nbsp;下雨，我们没有去公园。"),
        ("In HTML a &nbsp; keeps two words together.", "R&D; sales", "AT&T;"),
    ),
    Rule(
        "repair.odd-space",
        "No-break, thin and full-width spaces (the last in English only) are layout; a plain space says the same.",
        ("The price\u00a0fell.", "A\u2009thin gap and a\u3000wide one in English words."),
        ("\u3000\u3000段首空两格的中文段落。",),
    ),
    Rule(
        "repair.control-character",
        "Control characters show nothing and break tools; one that parted words leaves a space.",
        ("A bell\x07 rang.", "one\x0bword after another"),
        ("A tab\tparts two cells.",),
    ),
    Rule(
        "repair.c1-control",
        "Bytes 80–9F of Windows-1252 that were read as Latin-1: curly quotes and dashes that show as nothing.",
        ("the market\x92s best day",),
        ("the market’s best day",),
    ),
    Rule(
        "repair.surrogate",
        "Halves of a character from a JSON escape: two make one again, a lone one becomes U+FFFD.",
        ("fine \ud83d\ude00 day",),
        ("fine 😀 day",),
    ),
    Rule(
        "repair.zero-width",
        "Zero-width spaces, joiners without use, soft hyphens and direction marks hide in copied text and split words.",
        ("价\u200b格上涨", "\ufeff第一行", "e\u00adcommerce"),
        ("一家人👨\u200d👩\u200d👧来了", "مي\u200cخواهم"),
    ),
    Rule(
        "repair.private-use",
        "Icon-font glyphs mean nothing outside their page; code points of GB 18030 there get their present character.",
        ("\ue64f 收藏",),
        ("★ 收藏",),
    ),
    Rule(
        "repair.radical",
        "Radicals copied out of PDF files look like the Han characters they stand for and match none of them.",
        ("⼈⼯智能",),
        ("部首「亻」的写法",),
    ),
    Rule(
        "repair.compatibility-ideograph",
        "Compatibility ideographs are doubles of unified Han characters (canonically equal in Unicode).",
        ("便利\uf9dd",),
        ("便利店",),
    ),
    Rule(
        "repair.loose-accent",
        "A letter and its accent written apart are one letter in normal form C.",
        ("a cafe\u0301 in town",),
        ("a café in town",),
    ),
    Rule(
        "repair.copyright-mark",
        "An encoding without © left “?” behind the word copyright.",
        ("Copyright ? 2016-2022 ? ? 某某导航",),
        ("Who owns the copyright? 2016 was the year it lapsed.",),
    ),
    Rule(
        "repair.punctuation-width",
        "Half-width marks between Han characters come from width folding or a slip; numbers, addresses and Latin keep "
        "theirs. Beside Latin only in documents whose own marks after Han are mostly half-width.",
        ("今天下雨,我们不去了。", "会议改期了;请等通知!"),
        ("比分是3:2,详见 example.com", "3,500元", "英文 yes, no 两个词"),
    ),
    Rule(
        "repair.bracket-width",
        "In a width-folded document a pair of brackets with Han inside or around it was full-width.",
        ("他在大会(上海)上说,明年会更好,大家放心。",),
        ("函数 f(x) 很常见，写法也多。",),
    ),
    Rule(
        "repair.doubled-punctuation",
        "The same mark twice is a slip; three stops are the author's ellipsis.",
        ("天气很好，，我们出门。",),
        ("他想了想。。。没有说话。", "什么？？"),
    ),
    Rule(
        "repair.name-dot",
        "A bullet between the Han parts of a foreign name stands for the middle dot.",
        ("安娜•史密斯来了",),
        ("安娜·史密斯来了", "• 第一条"),
    ),
    Rule(
        "repair.doubled-quote",
        "Two opening (or closing) quotes side by side where one quotation opens (or closes).",
        ("He said ““no” to all.",),
        ("““So it goes,” she read,” he said.",),
    ),
    Rule(
        "repair.quote-direction",
        "A quote turned the wrong way: an opening one where the quotation can only close.",
        ("They “opened the shop. “ Now it sells.", "他说“很好“。"),
        ("He said “yes.” “No,” she said.",),
    ),
    Rule(
        "repair.space-in-quote",
        "A space inside a quotation mark, left by a tokenizer or a tag.",
        ("the “ small shop ” on the corner",),
        ("the “small” shop",),
    ),
    Rule(
        "repair.spaced-possessive",
        "A space before ’s or another clitic, left by a tokenizer of a translation system.",
        ("The firm ’s sales grew.", "they don ’t sell here"),
        ("from the ’90s on", "the letter 's' stands for sales"),
    ),
    Rule(
        "repair.name-interpunct",
        "The middle dot of a Chinese-style foreign name, kept between Latin words.",
        ("as Anna·Smith told us last week",),
        ("Home·News·Sport·Weather", "安娜·史密斯"),
    ),
    Rule(
        "repair.english-width",
        "Full-width marks between English words, each with the space English has behind it.",
        ("The price fell，and sales rose.",),
        ("他说 yes，然后走了。",),
    ),
    Rule(
        "repair.space-before-punctuation",
        "English has no space before a comma or stop.",
        ("Sales rose , then fell .",),
        ("the .com boom", "Well ... no"),
    ),
    Rule(
        "repair.missing-space",
        "Two sentences glued at their stop: a known lower-case word, the stop, a capitalised known word.",
        ("Sales fell.The firm closed two shops.",),
        ("He works at Booking.Com in town.", "call String.Format in the loop"),
    ),
    Rule(
        "repair.missing-stop",
        "Behind a number and its unit a capital begins the next sentence; the stop was lost.",
        ("Sales rose to 10 million The annual growth of the shops was high.",),
        ("He read about 10 million The Times readers.", "Over 10 million the growth slows."),
    ),
    Rule(
        "repair.stray-capital",
        "A capital where the Chinese began a new clause: after a modal, on a verb or grammar word between lower-case "
        "ones, behind “In short,”; on other words only in documents with further artifacts. Names keep theirs.",
        ("The two largest shops in town will Work directly with the buyers from now on.",),
        (
            "He will Smith told us.",
            "They read Game of Thrones to the end of the long and quiet winter night.",
            "the film “Gone With the Wind” is long",
        ),
    ),
    Rule(
        "repair.number-unit",
        "万 and 亿 translated as units of their own; English counts in thousands, millions and billions.",
        ("The town has 30 ten thousand inhabitants.", "They paid 1.5 hundred million yuan."),
        ("They sold 10 ten thousand-dollar bonds.", "ten thousand people came"),
    ),
    Rule(
        "repair.date-order",
        "A date in the order and with the words of Chinese.",
        ("It opened on 2021 year 3 month 5 day in the town.",),
        ("In that year, in the third month, on a fine day, it opened.",),
    ),
    Rule(
        "repair.loop",
        "A decoder that got stuck repeats one phrase eight times or more; one of them is kept.",
        ("We went there " + "and then again " * 9 + "for tea.", "他说" + "我们要努力" * 9 + "。"),
        (
            "No, no, no, no!",
            "la la la la la la la la la la la la",
            "哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈",
            "-----------------------------------",
        ),
    ),
    Rule(
        "repair.doubled-word",
        "“the the”, “of of”: small words nobody writes twice.",
        ("He went to the the market in town.",),
        ("She had had enough.", "That that is, is.", "The The played last."),
    ),
    Rule(
        "repair.orphan-bracket",
        "A closing bracket whose partner was lost, in documents with further artifacts.",
        ("Anna·Smith went to this small shop stores) to buy the firm ’s bread and milk for all.",),
        ("The firm ’s plan: a) buy, b) sell as Anna·Smith said.",),
    ),
    Rule(
        "repair.spaced-ellipsis",
        "A space before an ellipsis that ends a clause, in documents with further artifacts.",
        ("Anna·Smith likes bread, the firm ’s milk … Plenty of it.",),
        ("Anna·Smith likes the firm ’s bread … and milk.",),
    ),
    Rule(
        "repair.name-spelling",
        "One person, one spelling: the one the file uses most, in documents with further artifacts.",
        ("Li Yanchuan left. As Anna·Smith said, Li Yanchuan ’s shop is Li Yan Chuan now.",),
        ("Li Yan and Li Yanchuan met Anna·Smith at the firm ’s gate.",),
    ),
    Rule(
        "repair.simplified",
        "Traditional characters as Simplified ones, only when asked for; the author’s script stays in the changes.",
    ),
)
