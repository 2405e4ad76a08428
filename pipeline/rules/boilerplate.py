# ruff: noqa: E501  a table of wording reads best in long rows
"""Lines whose wording alone says that they are page chrome: the readable half of the strip stage.

The line model settles the rest (rule ``strip.model``). A rule here must be safe by itself: it names whole lines, or
lines of little else, never a word that an article may use. 关注 is chrome in 59 % of its lines and "follow" in 12 %,
so no rule rests on either. Lines are matched folded: lower case, full-width letters and punctuation as half-width,
without bullets and outer space. Simplified, traditional and English wording stand in one pattern.

``words``: one of them must be in the line, or the pattern is not tried (a literal scan before any regex).
``longest``: units (Han / 1.6 + Latin words) up to which a line may match; a longer line holds something else.
``where``: "anywhere", or "outside": not among the lines of the body, where only the surest prompts may be cut.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple


class LineRule(NamedTuple):
    """A kind of line to remove, by its wording."""

    id: str
    role: str
    reason: str
    words: tuple[str, ...]
    pattern: str  # searched in the folded line; most begin with ^ and end with $
    longest: float  # units
    where: Literal["anywhere", "outside"]
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]


# Exact lines of WeChat's interface, as flatteners leave them (folded).
_WECHAT: Final = (
    "轻点两下取消赞|轻点两下取消在看|微信扫一扫|微信扫一扫可打开此内容|微信扫一扫使用小程序|使用小程序|使用完整服务|向上滑动看下一个|继续滑动看下一个|轻触阅读原文|轻触查看原文|"
    "预览时标签不可点|关注该公众号|微信公众平台运营中心|在小说阅读器中沉浸阅读|在小说阅读器读本章|去阅读|我知道了|已同步到看一看|写下你的想法|前往看一看|看一看入口已关闭|发送到看一看|"
    "最多200字,当前共|长按识别前往小程序|已关注公众号|喜欢此内容的人还喜欢|暂无留言|已无更多数据|该内容不支持分享|向上滑动看下一个"
)
_PROMPT_VERB: Final = "长按|長按|扫描|掃描|扫一扫|掃一掃|扫码|掃碼|识别|識別|点击|點擊|点|戳|扫|掃"
_PROMPT_GOAL: Final = "关注|關注|加群|进群|進群|入群|订阅|訂閱|添加|加入|领取|咨询|报名|二维码|二維碼|联系我"

RULES: Final[tuple[LineRule, ...]] = (
    LineRule(
        "strip.icp", "footer", "registration number of a Chinese site",
        ("icp备", "icp備", "icp证", "icp證", "网安备", "公安备", "公网安"),
        r"icp[备備证證]案?(?:号|號)?[:]?\s*[a-z\d]?\d{2}|(?:公?网安|公安)备\s*(?:案?号[:]?)?\s*\d{6}", 90, "anywhere",
        ("京ICP备12345678号-1 版权所有", "沪公网安备 31010602000001号"), ("网站上线之前必须先办好ICP备案，否则会被关停。",),
    ),
    LineRule(
        "strip.copyright", "copyright", "copyright notice",
        ("copyright", "©", "rights reserved", "版权所有", "版權所有", "保留所有权利", "保留一切权利", "(c)"),
        r"^copyright\s*(?:©|\(c\)|\?|&copy;)?\s*(?:of\s)?(?:19|20)\d\d|^(?:©|\(c\))\s*\S|^.{0,30}©\s*(?:19|20)\d\d|(?:19|20)\d\d\s*©.{0,20}$|"
        r"all rights reserved\.?$|copyright.{0,60}all rights reserved|^(?:版权|版權)所有|保留(?:所有|一切)权利[.]?$",
        60, "anywhere",
        ("Copyright ? 2016-2022 Seller Guide", "© 2019 Example Media Ltd. All rights reserved.", "版权所有：某某日报社"),
        ("Copyright law protects an author for seventy years.", "他认为版权所有者应当得到补偿。"),
    ),
    LineRule(
        "strip.wechat-interface", "nav", "a line of WeChat's own interface",
        tuple(word[:3] for word in _WECHAT.split("|")), rf"^[,.:]?\s*(?:{_WECHAT})[,.:]?$", 16, "anywhere",
        ("，轻点两下取消赞", "向上滑动看下一个", "在小说阅读器中沉浸阅读"), ("我在小程序里点了两下，取消了订单。",),
    ),
    LineRule(
        "strip.like-bar", "share", "counts and buttons below a post",
        ("赞", "讚", "在看", "收藏", "三连", "likes", "like", "分享", "喜欢", "转发"),
        r"^(?:\d+\s*(?:个?赞|讚|点赞|likes?|收藏|分享|喜欢|在看|转发)|(?:点?赞|按讚|讚|在看|收藏|喜欢|转发|分享|likes?)\s*[(:]?\s*\d*\s*\)?)$", 6, "outside",
        ("0 赞", "在看", "12 likes"), ("分享经济", "点赞中国"),
    ),
    LineRule(
        "strip.three-clicks", "share", "request to like, share or look",
        ("点个赞", "点赞", "在看", "三连", "分享", "转发", "share", "tweet"),
        r"^(?:如果)?.{0,14}(?:点个?赞|点个?.?在看|一键三连|三连|右下角).{0,12}(?:支持|吧|哦|哟|!|~|呗|在看|一下)[!.~]*$|"
        r"^(?:快|赶紧|欢迎|喜欢就|好看就|请)(?:给|把|来|你)?.{0,8}(?:分享|转发).{0,10}(?:吧|哦|!|~)[!.~]*$",
        16, "outside",
        ("快给朋友分享吧!", "喜欢就点个在看吧", "支持本号就点个三连吧！"), ("他给视频点了赞，还转发给了朋友。",),
    ),
    LineRule(
        "strip.share", "share", "share bar",
        ("分享", "share", "tweet", "e-mail this", "email this", "复制链接", "轉寄", "print"),
        r"^(?:一键)?(?:分享|转发|轉寄)(?:(?:到|至|给|給)[^.,]{0,14}|本文|此文|按钮)?[:]?$|^share(?: this| on| via| it)?(?: (?:story|article|page|post|facebook|twitter|email|linkedin|whatsapp|x))?[:]?$|"
        r"^(?:tweet|e-?mail)(?: this)?(?: (?:story|article|page|post))?$|^(?:print|share|e-?mail|save|tweet)(?:\s*[|/,·]?\s*(?:print|share|e-?mail|save|tweet|comments?)){1,5}$|^(?:点击)?复制链接$",
        8, "outside",
        ("分享到：", "Share this:", "Share on Facebook", "Print | Email | Share"), ("Share prices fell again on Monday.", "分享会上他谈了三点体会。"),
    ),
    LineRule(
        "strip.follow-prompt", "follow-prompt", "prompt to follow an account or scan its QR code",
        ("关注", "關注", "二维码", "二維碼", "扫码", "掃碼", "扫一扫", "掃一掃", "长按", "長按", "订阅", "星标", "蓝字", "公众号搜索"),
        r"^[^一-鿿a-z]{0,4}(?:请|快|欢迎|赶快|立即|可|微信|记得|一定要)?(?:大家)?(?:用微信)?(?:" + _PROMPT_VERB + r")"
        r"(?:上方|下方|左下角|右上角|上面|下面|文末|图片|图中|圖中|标题下|此处)?[^.,;?]{0,10}(?:" + _PROMPT_GOAL + r")[^.,;?]{0,14}[!~>]*$|"
        r"^[^一-鿿a-z]{0,4}(?:欢迎|歡迎|请|快来|敬请)?(?:关注|關注)(?:我们|我們|我|公众号|公眾號|微信|本号|官方微信)(?:的?公众号|微信|哦|吧)?[!~.:]*$|"
        r"(?:点击|點擊|戳|点)[^.]{0,6}(?:蓝字|藍字|话题|名片|卡片).{0,16}(?:关注|關注|订阅|訂閱)[^.]{0,24}$|^(?:微信)?公众号搜索[:].{1,60}$|^[^一-鿿a-z]{0,3}(?:二维码|二維碼|微信二维码|官方微信|扫码关注|公众号二维码)[:]?$",
        22, "anywhere",
        ("长按二维码关注我们", "点击上方蓝字关注", "←扫码关注我们", "二维码", "关注我们", "点击↑蓝字关注我们，获取更多安全通告", "赶紧点击上方话题进行订阅吧！", "微信公众号搜索：海港观察"),
        ("用户扫码关注后，骗子发来一条链接。", "请大家关注我们身边的老人。", "他点击二维码图片，手机就死机了。"),
    ),
    LineRule(
        "strip.join-group", "follow-prompt", "invitation into a chat group",
        ("加群", "进群", "入群", "交流群", "微信群", "qq群", "粉丝群", "加微信", "后台回复", "後台回覆", "关注加入"),
        r"^.{0,14}(?:扫码|扫描|回复|加微信|添加|长按|点击|加入).{0,16}(?:拉你|拉您|邀你|邀您|进群|入群|加群|交流群|微信群|粉丝群)|拉你进群|关注加入我们|"
        r"^我们建了.{0,14}交流群|^.{0,6}(?:交流|微信|qq|粉丝)群[:].{0,20}\d{5}|^(?:公众号)?后台回复.{0,14}(?:领取|获取|即可|下载)",
        24, "outside",
        ("现在扫码回复“加群”,拉你进群。", "我们建了一个卖家交流群，欢迎加入。", "QQ群：123456789"), ("他把我拉进了小区的微信群。",),
    ),
    LineRule(
        "strip.follow-us", "follow-prompt", "English prompt to follow or subscribe",
        ("follow", "like us", "find us", "join us", "connect with", "subscribe", "newsletter", "sign up", "download our", "get our"),
        r"^(?:follow|like|find|join|connect with) (?:us|me|@?\w+) (?:on|via) (?:twitter|facebook|instagram|linkedin|youtube|google|pinterest|x|whatsapp|telegram|social)\b.{0,40}$|^(?:follow|connect with) us[:!]?$|"
        r"^(?:subscribe|sign up) (?:now |today |here )?(?:to|for) (?:our|the|my) .{0,40}(?:newsletter|updates|emails?|alerts|channel|podcast)s?\b.{0,30}$|^(?:newsletter|email) sign.?up$",
        16, "anywhere",
        ("Follow us on Twitter", "Sign up for our daily newsletter", "Subscribe to our free email newsletter today"),
        ("Follow the instructions on the box.", "Millions of readers subscribe to the paper."),
    ),
    LineRule(
        "strip.prev-next", "nav", "link to the previous or next article",
        ("上一", "下一", "<<", ">>", "previous", "next", "older", "newer", "前一", "后一"),
        r"^(?:<<|>>)\s*:|^[<«‹←\s]*(?:上|下|前|后|後)一?(?:篇|页|頁|条|條|则|則|章|组|節|节|个|文章|新闻|帖)(?:文章|新闻)?\s*(?:[:>»›→]|$)|上一[篇条](?:文章)?:.{0,60}下一[篇条](?:文章)?:|^上一文章:|^下一文章:|^previous post.{0,100}next post|"
        r"^[<«‹←\s]*(?:previous|next|older|newer)(?: (?:post|article|story|page|entry|entries|posts|in thread))?s?\s*(?:[:>»›→].*)?$",
        130, "anywhere",
        ("<<: How to choose a product", "上一篇：亚马逊选品的三个误区", "下一篇 :", "« Previous Post"),
        ("上一篇文章里我们谈了库存，这一篇谈广告。", "The next article of the treaty deals with trade."),
    ),
    LineRule(
        "strip.related-heading", "related", "heading of a list of other articles",
        ("相关", "相關", "你可能", "您可能", "其他人", "大家都", "推荐", "推薦", "往期", "延伸", "热门", "熱門", "最新", "猜你", "看过", "更多", "related", "recommend", "you may", "you might", "more from", "more on", "most ", "trending", "popular", "read next", "latest", "recent", "see also", "don't miss", "up next"),
        r"^[【\[(]?(?:\d\.)?\s*(?:相关|相關|推荐|推薦|往期|精彩|热门|熱門|延伸|拓展|最新|更多|编辑|今日|本周|猜你)(?:的)?(?:阅读|閱讀|新闻|新聞|文章|链接|連結|报道|報道|報導|推荐|推薦|回顾|回顧|精彩|内容|資訊|资讯|话题|搜索|专题|消息|主题|帖子|喜欢|热点|精选)?(?:\s*(?:>>|»|more|更多))?\s*[】\]):]?\s*$|"
        r"^(?:猜你喜欢|(?:阅读|閱讀)(?:推荐|推薦|精选|精選)|大家都在看|其他人(?:也|还|還)?在?看|[你您]可能(?:还|還|也)?(?:会|會)?(?:想看|喜欢|喜歡|感兴趣|有興趣).{0,4}|看过本文的(?:人|还).{0,8})[:]?$|"
        r"^(?:related|recommended|recommend|popular|trending|latest|recent|most (?:read|popular|viewed|recent|commented|emailed|shared)|more)(?: (?:articles?|stories|story|posts?|news|links?|topics?|content|reading|videos?|coverage|for you|now|this week|threads|searches))?[:]?$|"
        r"^(?:you (?:may|might) (?:also )?(?:like|be interested in|enjoy).{0,12}|read (?:next|more)|see also|up next|don't miss|more (?:from|on|in|stories|news|articles)\b.{0,30})[:]?$",
        9, "outside",
        ("相关阅读", "阅读推荐", "往期回顾：", "最新", "Recommend", "Related articles", "You may also like"),
        ("More from the same region will follow in spring.", "最新的报告说，出口增长了三成。"),
    ),
    LineRule(
        "strip.comment-stub", "comment", "empty comment section or its form",
        ("comment", "add yours", "评论", "評論", "留言", "跟帖", "跟贴", "reply", "回应", "回應", "两句"),
        r"^\+?\s*(?:there are )?(?:no|0|\d+) comments?(?: yet| so far| on this.{0,20})?[.:]?$|^add yours$|^(?:leave|post|write|add|submit) (?:a |your )?(?:comment|reply)s?(?: below)?[:]?$|^be the first to comment.{0,14}$|^comments?(?: are closed| \(\d+\)| powered by.{0,12})?[.:]?$|^(?:view|show|see|read)(?: all)? (?:\d+ )?comments?$|"
        r"^(?:暂无|没有|尚无|共?有?\d+条?|发表|發表|查看|我要|写|添加|网友|網友|精彩|最新|热门|全部|参与|已有.{0,8})(?:更多)?(?:评论|評論|留言|跟帖|跟贴|回应|回應)(?:\s*[(]?\d*[)]?)?(?:列表|区|规则)?[:!]?$|^(?:我来|我要)?说两句$|^(?:评论|評論|留言|跟帖|跟贴)\s*[(]?\d*[)]?[:]?$",
        9, "outside",
        ("+ There are no comments", "Add yours", "Leave a comment", "暂无评论", "发表评论"),
        ("No comments were made at the hearing.", "评论家对新片的看法不一。"),
    ),
    LineRule(
        "strip.image-credit", "caption", "credit of a picture that the text has lost",
        ("from", "credit", "courtesy", "图源", "题图", "题图", "圖片", "图片", "图/", "配图", "封面", "照片", "photo", "image"),
        r"^(?:the )?(?:title|cover|header|head|lead|feature[d]?)? ?(?:image|picture|photo|pic|title|cover|figure)s?(?: source)? ?(?:from|credits?|courtesy(?: of)?|by|source)(?:[:]| ) ?[^.,;!?]{2,40}$|"
        r"^[【\[(]?(?:题图|头图|封面图?|配图|文中图片|本文图片|图片|圖片|照片)(?:片)?(?:来源|來源|来自|來自|取自|源自|由).{1,20}$|^(?:图源|圖源)[:]?.{1,20}$",
        9, "outside",
        ("Title from Visual China", "Image credit: Example Agency", "题图来自视觉中国", "图片来源：某某社"),
        ("Photos from the scene showed a collapsed wall.", "图片来自十年前的一次旅行，那时我们都还年轻，什么也不怕。"),
    ),
    LineRule(
        "strip.site-notice", "disclaimer", "notice of a site about what it reprints and whom to ask",
        ("凡本", "凡注", "凡註", "凡來源", "凡来源", "本网转载", "本網轉載", "在本网", "转载自其", "轉載自其"),
        r"凡(?:本[网網站]|注明|註明|来源|來源).{0,80}(?:转载|轉載|版权|版權|授权|授權|不代表|並不|来源)|(?:在)?本[网網]转载.{0,40}(?:稿件|内容|文章|目的)|(?:转|轉)[载載]自其.{0,30}不代表",
        170, "anywhere",
        ("凡本网注明来源的作品，版权均属于本网，未经授权不得转载。", "② 凡注明来源为其他媒体的信息，均为转载，并不代表本网观点。"),
        ("凡来此地者，无不为之动容。",),
    ),
    LineRule(
        "strip.disclaimer", "disclaimer", "disclaimer of the site or account",
        ("声明", "聲明", "不代表", "侵权", "免责", "免責", "disclaimer", "views expressed", "opinions expressed"),
        r"^[【\[(※*]{0,2}(?:特别|特別|免责|免責|郑重|鄭重|版权|版權|本站|本号|原创|侵权|法律|重要|风险)?(?:声明|聲明|免责条款)\s*[】\])]?\s*[:].{0,80}(?:侵权|不代表|转载|轉載|责任|責任|联系|聯繫|授权|授權|版权|版權|来源于网络|仅供|僅供|不构成|请勿|后果)|"
        r"^[【\[(]{1,2}(?:特别|免责|郑重|版权|侵权)(?:声明|聲明)[】\])].{0,120}(?:侵权|不代表|转载|责任|联系|授权|版权|复制)|"
        r"(?:本文|文章|内容|以上|观点|来源).{0,30}不代表.{0,16}(?:立场|立場|观点|觀點).{0,80}$|^disclaimer[:]|^(?:the )?(?:views|opinions)(?: and opinions)? expressed (?:here|in this|on this|by|are).{0,200}(?:do not|not necessarily|those of)",
        170, "anywhere",
        ("声明:此文章来源于网络,不代表本站立场。如有侵权,请联系我们。", "【特别声明】未经许可不得复制、转载本公众号内容。", "Disclaimer: the views are those of the author."),
        ("外交部发表声明：坚决反对任何形式的单边制裁。", "这份成绩不代表他的全部能力。"),
    ),
    LineRule(
        "strip.reprint", "copyright", "conditions for reprinting",
        ("转载", "轉載", "转贴", "reproduced", "republish", "without permission", "prior written", "may not be"),
        r"(?:未经|未經|非经).{0,16}(?:授权|授權|许可|許可|允许|允許|同意).{0,30}(?:不得|禁止|谢绝|謝絕|请勿|請勿|严禁|嚴禁).{0,24}(?:转载|轉載|复制|複製|使用|摘编)|(?:转载|轉載|引用)(?:时)?(?:请|請|须|需|敬请).{0,6}(?:注明|註明|标明|保留|联系|聯繫)|"
        r"may not be (?:published|reproduced|republished|copied)|(?:reproduc|republi).{0,40}without (?:the )?(?:prior |express |written )*permission",
        100, "outside",
        ("未经授权，不得转载。", "转载请注明出处：某某网", "This material may not be published, broadcast or redistributed."),
        ("他的文章被多家媒体转载。",),
    ),
    LineRule(
        "strip.contact", "footer", "telephone, fax, address or mail of a site",
        ("电话", "電話", "传真", "傳真", "热线", "熱線", "邮箱", "信箱", "邮编", "郵編", "地址", "聯絡", "联系", "e-mail:", "email:", "tel:", "fax:", "phone:"),
        r"^(?:新闻|新聞|投诉|爆料|客服|联系|聯絡|聯係|举报|服务|服務|广告|咨询|24小时|编辑部|投稿)?(?:电话|電話|传真|傳真|热线|熱線|邮箱|信箱|邮编|郵編|地址|方式|e-?mail|tel|fax|phone)\s*[:]\s*(?=.*[\d@]).{5,70}$",
        30, "outside",
        ("电话：021-12345678 传真：021-87654321", "新闻热线：12345678", "Fax: +1 555 0100"), ("地址：一个人一生要搬多少次家？",),
    ),
    LineRule(
        "strip.editor", "byline", "line that names the editor",
        ("责任编辑", "責任編輯", "责编", "責編", "实习编辑", "實習編輯", "编辑:", "編輯:", "校对", "审核:", "选稿", "供稿", "监制:"),
        r"^[\[【(]*\s*(?:责任编辑|責任編輯|责编|責編|实习编辑|實習編輯|本文编辑|选稿|值班编辑|校对|审核|监制|编辑|編輯)\s*[:/ ].{0,24}$|^[\[【(]*\s*(?:责任编辑|責任編輯|责编|責編)$|.{1,20}供稿$",
        16, "outside",
        ("（责任编辑：张三）", "责编 李四", "【責任編輯：王五】"), ("责任编辑制度在各家出版社并不相同。",),
    ),
    LineRule(
        "strip.original-title", "metadata", "title under which another paper printed the article, and the like",
        ("原标题", "原標題", "关键词:", "關鍵字:", "关键字:", "标签:", "標籤:", "tags:", "filed under", "tagged"),
        r"^[(]?(?:原标题|原標題|关键词|關鍵字|关键字|标签|標籤|tags|filed under|tagged(?: with)?)\s*[:].{1,90}$", 40, "outside",
        ("原标题：海城港新码头启用", "标签：港口 经济", "Tags: ports, trade"), ("标签是贴给别人看的。",),
    ),
    LineRule(
        "strip.place", "nav", "breadcrumb",
        ("位置", "you are here", "home", "首页", "首頁", "正文"),
        r"^(?:您|你)?(?:现在|当前|當前)?(?:的|所在)*位置(?:是|在)?\s*[:>»]|^you are here\b|^(?:home|首页|首頁|主页)\s*[>»›/→].{1,80}$|"
        r"^[^,.!?;>»›]{2,20}(?:\s*[>»›]{1,2}\s*[^,.!?;>»›]{1,16}){0,5}\s*[>»›]{1,2}\s*正文$",
        30, "outside",
        ("您现在的位置：首页 > 新闻 > 正文", "You are here: Home", "Home > World > Asia", "海城网 >> 新闻 >> 正文"), ("位置对一家小店来说就是一切。", "详见正文"),
    ),
    LineRule(
        "strip.font-size", "nav", "controls for print and font size",
        ("字号", "字號", "字体", "字體", "打印", "列印", "关闭", "關閉", "text size", "font size", "調整字級", "窗口"),
        r"^[【\[(]?(?:字[号號体體]|調整字級)\s*[:]?[\s大中小特+\-|/\[\]【】()]*(?:【?(?:打印|列印|关闭|關閉).{0,12})?$|^(?:【\s*)?(?:打印|列印)(?:本页|本文|此文|本頁|页面)?(?:\s*】)?[\s|]*(?:【?\s*(?:关闭|關閉)(?:窗口|本页)?\s*】?)?$|^[【\[]?(?:关闭|關閉)窗口[】\]]?$|^(?:text|font) size[:]?.{0,10}$",
        10, "anywhere",
        ("【字号 大 中 小】【打印】【关闭】", "打印本页", "Text size: A A A"), ("字体设计是一门手艺。",),
    ),
    LineRule(
        "strip.to-top", "nav", "link within the page or site",
        ("返回", "顶部", "頂部", "skip to", "back to", "加入收藏", "设为首页", "設為首頁", "网站地图", "site map", "sitemap", "toggle nav", "scroll to top"),
        r"^(?:返回|回到|回)(?:网站|网易|新浪)?(?:顶部|頂部|首页|首頁|列表|目录|上一页|页首)$|^(?:设为首页|設為首頁|加入收藏|网站地图|site ?map|toggle navigation|scroll to top)$|^(?:设为首页|加入收藏)\s*[|,/].{0,20}$|^skip (?:to )?(?:the )?(?:main |primary |page )?(?:content|navigation|header|footer|search|left navigation|right column)$|^back to (?:top|the top|home|list|news|all)(?: of page)?$",
        9, "anywhere",
        ("返回顶部", "Skip to main content", "Back to top", "加入收藏"), ("Back to top form after injury",),
    ),
    LineRule(
        "strip.read-original", "share", "link to the original of a chat article",
        ("阅读原文", "閱讀原文", "查看原文", "read original"),
        r"^[^一-鿿]{0,4}(?:请|可|欢迎)?(?:点击|戳|轻触|猛戳|点|↓)?(?:下方|左下角|文末|底部|这里)?[“\"「]?(?:阅读|閱讀|查看)原文[”\"」]?[^.,]{0,14}[!~.>]*$",
        12, "anywhere",
        ("戳阅读原文", "点击左下角“阅读原文”查看更多", "阅读原文"), ("他没有阅读原文就写了一篇书评。",),
    ),
    LineRule(
        "strip.ad-label", "ad", "label of an advertisement",
        ("广告", "廣告", "advertisement", "sponsored", "赞助", "贊助", "推广", "story continues", "article continues", "continue reading"),
        r"^[【\[(]?(?:广告|廣告|赞助商|赞助内容|推广|推广内容)[】\])]?$|^[\-\s]*(?:advertisements?|sponsored(?: content| links?| by)?|promoted(?: content)?)[\s\-:]*(?:continue reading.{0,30}|scroll to continue|story continues below)?$|^(?:story|article) continues below(?: (?:this )?(?:ad|advertisement))?.{0,4}$",
        7, "anywhere",
        ("广告", "ADVERTISEMENT", "Advertisement - Continue Reading Below", "Sponsored Content"),
        ("Advertisement spending fell by a tenth.", "广告业的寒冬还没有过去"),
    ),
    LineRule(
        "strip.end-mark", "footer", "mark for the end of the article",
        ("end", "完", "结束"),
        r"^[-—=~*·<>【\[(\s]*(?:the )?end[-—=~*·<>】\])\s]*$|^[【\[(]\s*(?:完|全文完|本文完)\s*[】\])]$|^[-—=]+\s*(?:完|全文完|end)\s*[-—=]+$|^(?:全文完|本文完)$",
        4, "outside",
        ("END", "- END -", "（完）"), ("End of an era",),
    ),
    LineRule(
        "strip.views", "metadata", "counter of views, clicks or comments",
        ("阅读", "閱讀", "浏览", "瀏覽", "点击", "點擊", "人气", "人氣", "次", "views", "字数"),
        r"^(?:阅读|閱讀|阅读量|阅读数|浏览|瀏覽|浏览量|点击|點擊|点击数|点击率|人气|人氣|字数|总篇数)(?:次数|量|数)?\s*[:(]?\s*\d[\d,.万]*\s*(?:次|人|\)|字)?(?:浏览|阅读)?$|^\d[\d,.万]*\s*(?:次|人)(?:浏览|阅读|点击|播放|参与|已读)$|^(?:views?|reads?)\s*[:]?\s*[\d,.km]+$|^[\d,.km]+ (?:views|reads|shares)$",
        7, "outside",
        ("阅读 1234", "浏览：33 次", "1,204 views"), ("阅读10本书之后", "Views from 30 years of teaching"),
    ),
    LineRule(
        "strip.cookies", "disclaimer", "cookie notice",
        ("cookie",),
        r"(?:we|this (?:web)?site|our (?:web)?site|our partners).{0,30}uses? (?:of )?(?:\w+ )?cookies|by (?:continuing|using).{0,80}cookies|cookies? (?:policy|settings|preferences|notice)$|accept (?:all )?cookies|使用\s?cookies?",
        120, "outside",
        ("We use cookies to give you the best experience on our site.", "Cookie settings"),
        ("Bake the cookies for ten minutes and let them cool.",),
    ),
    LineRule(
        "strip.slogan", "ad", "what an account or site says of itself",
        ("为你", "为您", "為您", "精选", "精選", "公众号", "致力于", "专注"),
        r"^(?:为|為)[你您](?:推送|解读|提供|分享|带来|精选|推荐).{2,40}$|^(?:每日|每天|今日)?(?:精选|精選).{2,20}(?:资讯|資訊|头条|热点|干货|动态)(?:资讯|信息)?[.!]?$|"
        r"^.{2,24}都在(?:关注|看|读)的(?:微信)?公众号$|^.{0,50}(?:致力于|专注于?)(?:提供|分享|为).{2,40}(?:资讯|干货|知识|服务|信息|动态)[.!]?$",
        26, "outside",
        ("为您推送最新的港口资讯", "精选今日海运热点资讯", "港口人都在关注的公众号", "海港观察，致力于提供一手航运资讯、干货知识。"),
        ("为您的孩子选一双合脚的鞋，比什么都要紧，医生说。", "专注于一件事情需要练习。"),
    ),
    LineRule(
        "strip.byline", "byline", "a bare name, or an account's word about itself, between the title and the date",
        (), "", 1e9, "outside", (), (),
    ),
    LineRule(
        "strip.dateline", "byline", "date and time, alone or with source and author, above or below the body",
        ("20", "19", "前", " ago"),
        r"^(?:(?:发布|发表|更新)于 ?|(?:posted|published|updated) )?\d{1,3} ?(?:分钟|分鐘|小时|小時|天|日|周|週|minutes?|mins?|hours?|days?|weeks?) ?(?:之?前|ago)(?:[ |]{1,3}(?:来源|來源|作者|source|by).{0,30})?$|"
        r"^(?:发布时间|发表时间|更新时间|发布于|发表于|发布日期|时间|日期|posted|published|updated|date|created)?[: ]{0,2}(?:on |at )?(?:19|20)\d\d ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2} ?日?(?:[ t]{1,3}\d{1,2}:\d\d(?::\d\d)?)(?:[ |].{0,60})?$|"
        r"^(?:19|20)\d\d ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2} ?日?[ |]{1,8}(?:来源|來源|作者|编辑|記者|记者|source|by).{0,40}$|^.{2,40}\s(?:19|20)\d\d-\d\d-\d\d \d\d:\d\d(?::\d\d)?$",
        22, "outside",
        ("2023年5月17日 09:12  来源：海城日报", "发布时间：2021-04-01 02:43:59", "安全观察 2023-05-05 18:48", "3小时前 来源：海城日报", "Posted 2 days ago"),
        ("2023年5月17日，我第一次见到了海。", "2012年3月5日", "3天前我们出发了。", "Two days ago we left."),
    ),
    LineRule(
        "strip.image-link", "caption", "address of a picture in Markdown, without a text",
        ("![",), r"^!\[[^\]]*\]\([^)\s]*(?: \"[^\"]*\")?\)$", 60, "outside",
        ("![cover_image](https://example.com/1.jpg)",), ("![图] 一开始就错了",),
    ),
    LineRule(
        "strip.comment-thread", "comment", "readers' comments below an article: texts between names, dates and buttons that repeat",
        (), "", 1e9, "outside", (), (),
    ),
    LineRule(
        "strip.feed", "related", "a feed of other articles with their abstracts below an article, between labels that repeat",
        (), "", 1e9, "outside", (), (),
    ),
    LineRule(
        "strip.related-list", "related", "title of another article below the heading of a list of them",
        (), "", 45, "outside", (), (),
    ),
    LineRule(
        "strip.dated-row", "related", "other articles or opinions beside the article, five or more in a row, a date to each",
        (), "", 1e9, "outside", (), (),
    ),
    LineRule(
        "strip.link-list", "nav", "many names or links in one line above or below the body, without a sentence",
        (), "", 1e9, "outside", (), (),
    ),
    LineRule(
        "strip.teaser", "related", "title and cut excerpt of another article, in a row of such",
        (), "", 400, "outside", (), (),
    ),
    LineRule(
        "strip.symbols", "icon", "nothing but symbols or characters of an icon font",
        (), "", 3, "outside", ("=====", "\ue72b", "﹀﹀﹀"), ("3.", "？！a"),
    ),
    LineRule(
        "strip.contents", "nav", "placeholder of a table of contents",
        ("[toc]", "目录"), r"^@?\[toc\]$", 3, "anywhere", ("@[toc]",), ("目录学是一门学问。",),
    ),
    LineRule(
        "strip.duplicate", "duplicate", "the title again, above or below the copy that stands next to the body",
        (), "", 80, "outside", (), (),
    ),
    LineRule(
        "strip.model", "nav", "the line model finds that the line is not part of the article; score is its probability",
        (), "", 1e9, "outside", (), (),
    ),
)  # fmt: skip
