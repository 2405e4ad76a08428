# ruff: noqa: E501  a table of wording reads best in long rows
"""Words that page chrome is made of, by the role they hint at: features of the line model, never rules.

A marker proves nothing by itself: on lines of any length 关注 is chrome in 59–71 % of its lines, "follow" in 12 %.
The model sees how much of a line its markers cover and how far the nearest such line is, and learns the rest.
Simplified, traditional and English words stand side by side; all lower case. One literal a line or separated by
``|``; leading or trailing ``_`` stands for a word border that must be there (Latin words only).
"""

from __future__ import annotations

from typing import Final

_NAV = """
首页|首頁|导航|導航|登录|登錄|登入|注册|註冊|退出登|搜索|搜尋|设为首页|設為首頁|加入收藏|收藏本|网站地图|網站地圖|返回顶部|返回頂部|回顶部
返回首页|返回列表|回到顶部|当前位置|當前位置|您的位置|您现在的位置|您當前|你的位置|所在位置|上一篇|下一篇|上一页|下一页|上一頁|下一頁|上一条|下一条|上一則|下一則|上一章|下一章
下一组|上一组|尾页|末页|更多>>|更多>|more>|更多|more...|字号|字號|字体|字體|打印|列印|关闭|關閉|关闭窗口|【大|大 中 小|手机版|手機版|电脑版|客户端|客戶端|下载app|移动版|繁体|繁體|简体|簡體
频道|頻道|专题|專題|图片|圖集|图集|视频|視頻|滚动|导读|排行榜|排行|热门|熱門|栏目|欄目|标签云|切换|切換|菜单|選單|展开|展開|收起|訂閱電子報|電子報|会员中心|会员登录|會員|我的账|購物車|购物车
_home_|_menu_|_log in_|_login_|_sign in_|_sign up_|_register_|_search_|skip to|site map|sitemap|_next_|_previous_|_prev_|back to top|you are here|_toggle|_navigation_|_rss_|_archives_|_categories_
_print_|_text size|font size|_my account_|_cart_|_shop_|_subscribe_|_newsletter_|_sections_|_topics_|_all rights|view all|see all|show more|load more|_view more|_more_ »|_faq_|_forums_|_blogs_|_photos_|_videos_
_advanced search|_bookmark_|select a|choose a|_edition_|_close_|_submit_|_contact_|_help_|forgot password|forgot your|remember me|_username|_password_|_logout|_mobile_|_apps_|read more|_continue reading
"""

_SHARE = """
分享到|分享至|分享给|分享給|分享|转发|轉發|转贴|點讚|点赞|赞赏|讚賞|在看|收藏|一键三连|三连|朋友圈|新浪微博|腾讯微博|騰訊微博|微博|人人网|开心网|qq空间|豆瓣|噗浪|推特|复制链接|複製連結|戳阅读原文|阅读原文|閱讀原文|轉寄|推薦給朋友|推荐给朋友|发送给好友
_share_|_tweet_|_facebook_|_twitter_|_pinterest_|_linkedin_|_whatsapp_|_reddit_|_digg_|_stumbleupon_|_delicious_|google+|_email this|_email_|send to a friend|e-mail this|_print this|_like_|_likes_|_copy link|_instagram_|_youtube_|_tumblr_|_telegram_|_messenger_
"""

_FOLLOW = """
关注我们|关注我|关注公众号|关注本|点击关注|关注|關注我們|二维码|二維碼|扫码|掃碼|扫一扫|掃一掃|长按|長按|识别|公众号|公眾號|微信号|微信號|微信群|加群|进群|交流群|入群|加微信|添加微信|小程序|订阅号|订阅|訂閱|服务号|点击上方|点击下方|蓝字|星标|知识星球|粉絲團|粉丝团|按讚|加入会员|客服|后台回复|後台回覆|回复关键
_follow us|_follow_|_subscribe to|_subscribe now|_sign up for|_join our|_join us|_join the|scan the|qr code|_get the app|download the app|download our|_free trial|_get our|get updates|email updates|_daily email|_stay connected|_connect with us|_find us|_like us on
"""

_RELATED = """
相关阅读|相关新闻|相关文章|相关链接|相关推荐|相关报道|相关资讯|相关内容|相关专题|相关搜索|相关|推荐阅读|推荐文章|推荐|往期回顾|往期推荐|往期|精彩推荐|精彩内容|热点推荐|热门文章|热门推荐|热门新闻|热点新闻|最新文章|最新新闻|最新资讯|最新|其他人也在看|其他人還看|大家都在看|人气新闻|延伸阅读|拓展阅读|猜你喜欢|大家都在看|你可能|您可能|看过本文|今日热点|今日推荐|编辑推荐|點擊排行|点击排行|本周热|一周热|24小时|新闻排行|閱讀排行|评论排行
相關閱讀|相關新聞|相關文章|相關連結|相關報導|相關報道|相關|推薦閱讀|推薦|延伸閱讀|熱門新聞|熱門文章|最新新聞|最多人|人氣|即時新聞|更多新闻|更多新聞|更多文章|更多精彩|上期|同类文章|其他文章|友情推荐|图片新闻|精彩图片|新闻推荐|深度阅读|相關標籤|查看全文|阅读全文|閱讀全文|详细>>|[详细]|[詳細]|«全文»|查看详情
_related_|_recommended_|_recommend_|most popular|most read|most viewed|most recent|most commented|most emailed|_trending_|_latest_|_you may also|you might also|also like|_read next|_up next|more from|more stories|more news|_popular_|_recent posts|recent articles|_recent_|top stories|_headlines_|editor's picks|editors' picks|_featured_|_see also|also on|_more in_|_in this section|_promoted|_sponsored|around the web|from our partners|what to read|don't miss|_stories_
"""

_COMMENT = """
评论|評論|网友评论|發表評論|发表评论|跟帖|跟贴|回复|回覆|留言|楼主|樓主|沙发|举报|舉報|顶一下|踩一下|支持(|反对(|盖楼|网友|網友|昵称|暱稱|匿名|验证码|驗證碼|我要评论|我来说两句|说点什么|写评论|写留言|发帖|發帖|楼层|引用|看帖|参与评论|人参与|条评论|則留言|則回應|回應|文明上网|理性发言
_comment_|_comments_|_reply_|_replies_|_report_|_report abuse|add yours|_leave a|your name|your email|_post a|_flag_|_thumbs|_upvote|_disqus|_recommend (|_says:|_said:|_wrote:|_replied|_anonymous_|_permalink_|_quote_|_likes received|_joined|_posts:|_posted by|_member since|log in to|_sign in to|must be logged|_moderat|_view profile|_best answer|_edited by|_last edited|_thread_|_points_
"""

_DISCLAIMER = """
免责声明|免責聲明|特别声明|特別聲明|版权声明|版權聲明|郑重声明|鄭重聲明|本文仅代表|仅代表作者|僅代表|不代表本|并不代表|並不代表|与本网无关|與本網|立场无关|如有侵权|侵权|侵犯|请联系我们|联系删除|联系我们删除|我们将及时|凡本网|凡本網|凡注明|凡註明|未经授权|未經授權|未经许可|未經許可|不得转载|不得轉載|请注明出处|请注明|註明出處|转载请|轉載請|违者|違者|法律责任|法律責任|仅供参考|僅供參考|不构成投资|投资建议|据此操作|风险自担|风险自负|来源于网络|转载自|转载目的|传递更多信息|真实性|谨慎|后果自负
_disclaimer|views expressed|opinions expressed|does not necessarily|do not necessarily|for informational purposes|not constitute|may not be reproduced|may not be published|without permission|prior written|without the express|terms of use|terms of service|terms and conditions|privacy policy|cookie policy|_cookies_|_responsible for|liability|_reserves the right|community guidelines|house rules|_in accordance with|by using this|we use cookies|affiliate|earn a commission
"""

_COPYRIGHT = """
版权所有|版權所有|著作权|著作權|© |©1|©2|(c) |copyright|all rights reserved|保留所有权利|保留一切权利|rights reserved|_powered by|技术支持|技術支持|建议使用|最佳浏览|分辨率|禁止转载|ltd.|pty|_inc._
"""

_FOOTER = """
icp备|icp證|icp证|公网安备|公安备|网安备|备案|許可證|许可证|经营许可|关于我们|關於我們|关于本|联系我们|聯絡我們|聯繫我們|联系方式|广告服务|廣告服務|广告合作|商务合作|投稿|招聘|人才招募|人才招聘|诚聘|友情链接|友情鏈接|友情連結|合作伙伴|合作媒體|隐私|隱私|服务条款|服務條款|使用条款|使用協議|法律声明|意见反馈|意見反饋|举报电话|举报邮箱|不良信息|违法和|热线|熱線|电话|電話|传真|傳真|邮编|郵編|邮箱|信箱|地址：|地址:|网站建设|主办单位|主辦|承办|站长|统计|cnzz|常见问题|帮助中心|新手|客服
_about us|_about_|_contact us|_advertise|_careers_|_jobs_|_privacy_|_terms_|_press_|_feedback_|_accessibility|_partners_|_media kit|_site by|_designed by|_hosted by|_imprint|_impressum|_fax|_tel:|_phone:|_po box|_suite|_abn_|_help center|_customer service|_investors|_legal_|_cookie|do not sell|_affiliates_|_white papers
"""

_METADATA = """
来源|來源|作者|责任编辑|責任編輯|责编|責編|編輯：|编辑：|编辑:|記者|记者|发布时间|發布時間|发表时间|更新时间|更新時間|發佈|发布|发表于|发布于|浏览|瀏覽|阅读(|阅读数|阅读：|阅读量|点击：|点击数|点击率|人气：|人氣：|次浏览|次阅读|标签|標籤|关键词|關鍵字|关键字|分类：|分類|类别|原创|原標題|原标题|供稿|摄影|撰文|文/|图/|文：|校对|审核|编审|监制|通讯员|时间：|日期：|字数|评分|选稿|稿源|出处|訊息|新浪|中新网|新华网
_by:|_by _|_posted|_published|_updated|_last modified|_created_|_date:|_source:|_author|_filed under|_tags:|_tagged|_tags_|_categories:|_category:|_editor_|_staff writer|_correspondent|_reporter|_views_|_min read|_minutes read|_photo:|_image:|_credit|_reuters|_ap)|_afp|_getty|_written by|_contributor|_bureau|_pm_|_am_|_gmt|_edt|_est_|_ago_
"""

_AD = """
广告|廣告|推广|為什麼顯示這個廣告|赞助|贊助|优惠|優惠|促销|特价|限时|免费领|免费试|点击领取|点击购买|立即购买|立即抢购|立即报名|报名|秒杀|抽奖|红包|折扣|代购|加盟|热销|包邮|点击查看|点击进入|點擊|点击
_advertisement|_ads_|_ad_|_sale_|_buy now|_shop now|_free shipping|_discount|_coupon|_promo|_deal|_offer_|_save up|_order now|_add to cart|_pricing_|_get started|_learn more|_start free|_book now|_donate|_support us|_become a member|_subscribe for
"""

MARKERS: Final[dict[str, str]] = {
    "nav": _NAV,
    "share": _SHARE,
    "follow": _FOLLOW,
    "related": _RELATED,
    "comment": _COMMENT,
    "disclaimer": _DISCLAIMER,
    "copyright": _COPYRIGHT,
    "footer": _FOOTER,
    "metadata": _METADATA,
    "ad": _AD,
}
"""Hint -> its literals, as written above. The order is the order of the model's columns."""


def literals() -> list[tuple[str, int, bool, bool]]:
    """Every marker as (literal, index of its hint in ``MARKERS``, border before?, border after?), sorted.

    A literal that two hints share stays with the first.
    """
    found: dict[str, tuple[int, bool, bool]] = {}
    for number, words in enumerate(MARKERS.values()):
        for raw in words.replace("\n", "|").split("|"):
            word = raw.strip("_")
            if len(word.strip()) > 1 or word[:1] == "©":
                found.setdefault(word, (number, raw.startswith("_"), raw.endswith("_")))
    return [(word, *found[word]) for word in sorted(found)]
