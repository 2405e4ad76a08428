"""A small made-up text in two languages, bead by bead, and texts that have nothing to do with it."""

BEADS: list[tuple[list[str], list[str]]] = [
    (["港口的灯塔去年冬天停止使用了。"], ["The lighthouse in the harbour was taken out of service last winter."]),
    (
        ["看守人姓方，已经在那里住了三十二年。"],
        ["Its keeper was a man named Fang.", "He had lived there for thirty-two years."],
    ),
    (["“我不走，”他对市长说。"], ["“I am not leaving,” he told the mayor."]),
    (
        ["市长笑了。", "他说城里没有人会赶他走。"],
        ["The mayor laughed and said that nobody in town would chase him away."],
    ),
    (["灯塔的钥匙一共有四把。"], ["There were four keys to the lighthouse."]),
    (["其中两把在2019年的洪水中丢失了。"], ["Two of them were lost in the flood of 2019."]),
    (["方先生把剩下的钥匙挂在厨房的墙上。"], ["Mr Fang hung the remaining keys on his kitchen wall."]),
    (["每天早上他给十二只海鸥喂面包。"], ["Every morning he fed bread to twelve seagulls."]),
    (["海鸥认得他的脚步声吗？"], ["Did the gulls know the sound of his steps?"]),
    (["他相信它们认得。"], ["He believed they did."]),
    (
        ["一位记者写了一篇关于他的文章，许多游客来到了岛上，他们都想看看那盏旧灯。"],
        [
            "A journalist wrote an article about him.",
            "Many tourists came to the island, and all of them wanted to see the old lamp.",
        ],
    ),
    (["那盏灯重达150公斤，是在里昂制造的。"], ["The lamp weighs 150 kilograms and was made in Lyon."]),
    (
        ["现在学校里的孩子们每个星期五都来打扫楼梯。"],
        ["Nowadays the schoolchildren come every Friday to sweep the stairs."],
    ),
    (["方先生给他们讲暴风雨的故事。"], ["Mr Fang tells them stories about storms."]),
    (["冬天结束的时候，灯塔又亮了。"], ["When winter ended, the lighthouse shone again."]),
]
ZH = [s for zh, _ in BEADS for s in zh]
EN = [s for _, en in BEADS for s in en]


def gold() -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    out = []
    i = j = 0
    for zh, en in BEADS:
        out.append((tuple(range(i, i + len(zh))), tuple(range(j, j + len(en)))))
        i, j = i + len(zh), j + len(en)
    return out


UNRELATED_EN = [
    "Interest rates were left unchanged by the central bank on Tuesday.",
    "Analysts had expected a cut of a quarter of a percentage point.",
    "Shares in two of the largest lenders fell after the announcement.",
    "The bank said that inflation was still too high.",
    "A weaker currency makes imports more expensive for households.",
    "Exporters of steel and machinery welcomed the decision.",
    "The governor will answer questions in parliament next week.",
    "Unemployment has fallen for the fifth month in a row.",
    "Wages in the service sector rose by 4.1 percent.",
    "Economists disagree about how long this can last.",
]
UNRELATED_ZH = [
    "这道菜需要先把豆腐切成小块。",
    "锅里放油，烧到六成热。",
    "加入葱、姜和辣椒一起炒香。",
    "然后倒入两勺酱油和半碗清水。",
    "小火煮十分钟左右就可以了。",
    "喜欢吃辣的朋友可以再撒一点花椒粉。",
    "最后用淀粉水勾芡，出锅装盘。",
    "这样做出来的豆腐又嫩又入味。",
]
FRENCH = [
    "Le phare du port a été mis hors service l'hiver dernier.",
    "Son gardien était un homme qui s'appelait Fang.",
    "Il y avait vécu pendant trente-deux ans avec ses mouettes.",
    "Le maire a ri et lui a dit que personne en ville ne le chasserait.",
    "Il y avait quatre clés, dont deux ont été perdues dans une inondation.",
    "Chaque matin, il donnait du pain à douze mouettes.",
    "Maintenant, les enfants de l'école viennent tous les vendredis.",
]
