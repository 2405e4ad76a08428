"""What decoding changes, and the characters that tell one encoding from another."""

from __future__ import annotations

from typing import Final

from pipeline.rules import Rule

RULES: Final = (
    Rule("decode.bad-byte", "a byte that means nothing in the file's encoding; U+FFFD marks the place"),
    Rule("decode.cut-tail", "the file ends inside a character, as files cut to a size do"),
    Rule(
        "decode.cp1252-byte",
        "one byte of Windows-1252 (a curly quote, a dash, an accented letter) inside UTF-8 or ASCII text",
    ),
    Rule("decode.control", "a control character that shows nothing (NUL, escape, backspace …)"),
    Rule(
        "decode.mojibake-utf8-as-gbk",
        "UTF-8 that was once read as GBK; the round trip back loses nothing and gives frequent characters",
        ("浠婂ぉ涓嬮洦",),
        ("雪",),
    ),
    Rule(
        "decode.mojibake-gbk-as-latin1",
        "GBK that was once read as Latin-1; the round trip back loses nothing and gives frequent characters",
        ("½ñÌìÏÂÓê",),
        ("Müller saß auf dem Sofa",),
    ),
    Rule(
        "decode.mojibake-utf8-as-latin1",
        "UTF-8 that was once read as Latin-1 or Windows-1252 (ftfy)",
        ("Itâ€™s late",),
        ("Ça va, Zoë?",),
    ),
    Rule("decode.too-large", "the file or member is larger than max_bytes"),
    Rule("decode.empty", "the file holds no byte"),
    Rule("decode.binary", "the file is no text: an image, an archive, a PDF, or mostly control characters"),
    Rule("decode.undecodable", "no encoding gives text that people write"),
)

# The 1,000 most frequent Han characters of Chinese news, WeChat and web text (88 % of running text).
SIMPLIFIED: Final = (
    "的一在是中有年人为大不国上了以和生日时于成用出作公个工新要会业发地行到月部分可家能市多方学全下高对等者后来动及电"
    "本理前也这自现品主区加体之度与民其法经场机所化长名同而开就重通产小力最海过合进他院物定面我性外入得提道心水将建文"
    "期目保都天位路美关平事间车台南网至员如制量表司务实第病此政北子内三们展因设好相情元式安当由管应或流数西并示果线利"
    "站起感代正次里但特山被意任斯系手金原说种从球基资程立明据东比报点食色专科布更已使游常达活然社票口总计两持还治查联"
    "运各服无门交收近受省接指信影型队例题少局很亚身统向件格尔标今去看价防称二组客共解万些记形气每京赛教求取直注节该造"
    "做集老视类问级传马改增德处回包米州城广推质香强港华放需效调单深世具企头战只消结费息江士规商营空测首疫知光供完约片"
    "备列非打源河研导料超血花十号项带健博先步女精技着引府团克速校群风领条支火选证么委未议易四那众告军参康王确施限村微"
    "准器周没太样续投别农春则检清何育案观认乐再话较控升创巴图医演又整评权拉助林举环根己除即始白越户优容界术售党究办离"
    "决铁置龙变足才份排尼初转护快福神复红致园往居际预旅责反域热获五连济职师音监湖功药眼黄均配模书普给史考播让阿落属低"
    "青几店湾县曾显响存率降字短股室英且况见论态著你急把境馆照警段鱼层住兰冠干协张必采罗状势免古洲想死维岛阳随它销真素"
    "志温极患故剧像角便官友难义富值星划半命象失断验另括严鳍什停历奖抗茶李语百织纳肉卡候卫酒范景构止爱养装症她走夫修染"
    "油试房航刘策仅输言季仍救石善早益云积突满男闻习版底令含律压频许端波宣争索兴吸後皮察假边按款纪围征临击负望苏批写切"
    "充编飞依柯声订送亲疾六岁银毒密洋亡疗租劳否介武录核询烟陆炎险田般韩儿序背识庆印班板味菜双尾亿破额齿媒镇希障汽适画"
    "爆请余黑艺座晚沙汉读亦若副券启诉继退承财终千佳佛延竹雨算货审害厂零架仪戏九远贸购甚思欧陈圳减细训藏某互享寒招补培"
    "拿措执侧独担愿材拍土占牌留菌钱叶坚朝聚差良念智轻逐休轮威俄稳瓦援塞井软洪须竞木兵酸避牛郡夜困吃吉判街络惠幼奥伊码"
    "川於附届草觉乡练择液卷苹胜醒紧简母革曲篇典绿申族移泡盟疑尽牙痛呈午诊哈封八幅章央哥射帝跟找胶森灵略却够丰摄登厅绍"
    "久席肌骨楼峰拥截咨婷歌桂夏讯秀操涉守透托庭松七永童毛吴左植载似钟谈宝呼糖宾椎激待哪宗餐灾访付尚途船顶杂剂追违错距"
    "甲圆冲沿析末盛泰莫堂盖符督毕币换述署乘氏乎估蛇套幕买右雄辆浪怎亮仁库融奇洛授探挥伤抽帮汇筑禁累返"
)
# Frequent characters that only Traditional text has.
TRADITIONAL: Final = (
    "醫時為這來發會過個現藥衛診國療務進間對業開眾動長體說師節無學經關應機還檢將實問區與們網導內報員門費種標資別點東運"
    "熱職獻沒護牠產當劑顯讓該並驗強術結議膚題歲樣較萬調記養兩電狀認統類從車腦條頸嚴氣場則確傷約細處專購農選數變潔險總"
    "難覺組達傳償營頭環輕幾據見廣張辦婦況計補視卻腳質詢預練愛採臨煙項給規稱針斷帶復適單創許價溫訪遊習擔連續協證壓鐘減"
    "濕構勞縣風轉灣評兒麼馬圍勢層鄉裡舉參親顧維園級紅設訓觀龍隨緩臺黃屬癮錄訊錢幫際話義請陳僅聯臟隻戶緊輸飲堅嬰遠響號"
    "湯銷製領線擇夠負燒決論滿興測曆寧買誤雖備須邊準殘範極損離華併攝書團賣盡鏡輪幹鑒簡軍隊織識圖異積魚觸腸紹係雙腫鐵爐"
    "試蘇慮掛責擴陽換亞裝紙媽錯鎮飯聲權納掃廚監訴週繼齒庫螢聞願樂雲審諮執獲雞譜爭額賠銀篩屍樓財鬆蓮敗懷順擊訂趨惡陰殺"
    "鍵顆鹽淚陸態語終絕輔謝慣濟頁蓋貴隱綜廳販勝鮮擬棟"
)
# Punctuation and signs of Chinese text outside ASCII.
PUNCTUATION: Final = "，。、：；？！（）“”‘’《》…—·【】「」『』〈〉～　％\u00a0"
# The most frequent syllables of Korean text.
HANGUL: Final = (
    "이다는에의가하고을를지은로도기사한인그서대있어시자나수리아정해것일만"
    "부들적제스라보전주과장게상니면여원으무오안소경동중구우조미였않년"
)
