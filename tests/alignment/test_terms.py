import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alignment import terms

FOUND = [
    ("首席执行官彼得·汉森(Peter Hansen)表示", "彼得·汉森", "Peter Hansen", "person"),
    ("由总经理安娜·科瓦奇（Anna Kovacs）主持", "安娜·科瓦奇", "Anna Kovacs", "person"),
    ("他们使用人工智能(AI)改进流程", "人工智能", "AI", "acronym"),
    ("根据世界卫生组织（WHO）的报告", "世界卫生组织", "WHO", "acronym"),
    (
        "公司采用客户关系管理系统（Customer Relationship Management）",
        "客户关系管理系统",
        "Customer Relationship Management",
        "term",
    ),
    ("我们讨论机器学习（Machine Learning）的原理", "机器学习", "Machine Learning", "term"),
    ("The World Health Organization（世界卫生组织）宣布", "世界卫生组织", "World Health Organization", "term"),
    ("总部在旧金山[San Francisco]的公司", "旧金山", "San Francisco", "term"),
    ("提出“气候变化”（Climate Change）这一概念", "气候变化", "Climate Change", "term"),
]


@pytest.mark.parametrize(("text", "zh", "en", "kind"), FOUND)
def test_a_bracket_declares_a_term(text, zh, en, kind):
    assert [(t.zh, t.en, t.kind) for t in terms.mine([text])] == [(zh, en, kind)]


NOT_TERMS = [
    "请点击下面的链接(see below)继续",
    "照片来自网络(Photo by Maria)",
    "打开文件(config.py)修改",
    "这个功能很好用(beta)",
    "价格上涨(up again)之后",
    "详情见附录(A)",
    "我们的客服(service@example.com)",
    "他昨天没有来(what a pity)",
    "版本二(v2)",
]


@pytest.mark.parametrize("text", NOT_TERMS)
def test_a_remark_in_brackets_is_no_term(text):
    assert terms.mine([text]) == []


def test_terms_are_counted_over_the_texts():
    found = terms.mine(["人工智能（AI）来了。人工智能（AI）又来了。", "没有", "关于人工智能（AI）"])
    assert [(t.count, t.docs) for t in found] == [(3, (0, 2))]


def test_the_full_name_and_its_short_form_are_two_terms():
    found = terms.mine(["企业资源计划（Enterprise Resource Planning，简称ERP）很重要"])
    assert {t.en for t in found} == {"ERP", "Enterprise Resource Planning"}


@given(st.text(alphabet="中国人民银行ABCdef·()（） ,\n", max_size=60))
def test_any_text_gives_terms_that_stand_in_it(text):
    for term in terms.mine([text]):
        assert term.zh in text
        assert 0.5 <= term.score <= 1
        assert term.count >= 1


def test_a_long_line_of_brackets_is_quick():
    terms.mine(["（A" * 20_000, "中" * 50_000 + "（", "a " * 50_000 + "（中文）", "中文 (" * 20_000])
