"""The repairs of single documents: why each is made, a text it acts on and a look-alike it leaves alone."""

from __future__ import annotations

from typing import Final

from pipeline.rules import Rule

RULES: Final = (
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
)
