"""What is wrong in an expression is found by the check: each with its code, its place and its remedy."""

from __future__ import annotations

import pytest

from connector.mapping.expressions import ExpressionProblems, compile_expression
from connector.mapping.terms import Place
from connector.model.types import Sort
from tests.mapping.expressions import HERE, NAMES, problems_of

MISTAKES = [
    # written, code, offset, a part of the message, a part of the hint
    ("order.totl > 5", "M204", 6, 'an order has no "totl"', 'did you mean "total"?'),
    ("cart.itms", "M204", 5, 'a cart has no "itms"', 'did you mean "items"?'),
    ("contact.compny", "M204", 8, 'contact has no "compny"', 'did you mean "company"?'),
    ("contact.stages.mein == 'do'", "M204", 15, 'contact.stages has no "mein"', 'did you mean "main"?'),
    ("contact.segments.lojal", "M204", 17, 'no "lojal"', 'did you mean "loyal"?'),
    ("contact.scores.fitt > 5", "M204", 15, 'contact.scores has no "fitt"', 'did you mean "fit"?'),
    ("contact.rfm.marks > 5", "M204", 12, 'contact.rfm has no "marks"', "recency, frequency, monetary"),
    ("contact.last.order_pad", "M204", 13, 'contact.last has no "order_pad"', 'did you mean "order_paid"?'),
    (
        "contact.counters.product_viewd > 3",
        "M204",
        17,
        'no "product_viewd"',
        'did you mean "product_viewed"?',
    ),
    ("company.employes > 5", "M204", 8, 'company has no "employes"', 'did you mean "employees"?'),
    ("contact.recent.products.sku", "M204", 24, "contact.recent.products is a list", "pluck('sku')"),
    ("cart.items.price > 5", "M204", 11, "cart.items is a list", "cart.items[0].price"),
    ("contact.country.code", "M204", 16, 'contact.country is a text, and has no "code"', ""),
    ("order.total[0]", "M204", 12, "order.total is a number", "leave the [ ] out"),
    ("ordr.total > 5", "M203", 0, 'there is no "ordr" here', 'did you mean "order"?'),
    (
        "contact.company and  basket",
        "M203",
        21,
        'there is no "basket" here',
        "put quotes around it if it is a text",
    ),
    ("contact.stage == care", "M215", 17, 'there is no value "care"', "put quotes around care: 'care'"),
    ("NL == contact.country", "M215", 0, 'there is no value "NL"', "put quotes around NL"),
    ("contact.country in [NL]", "M215", 20, 'there is no value "NL"', "put quotes around NL"),
    ("order.total > much", "M203", 14, 'there is no "much" here', ""),
    ("cart.total = 5", "M202", 11, "one = does not compare", "write =="),
    ("cart.total === 5", "M202", 11, "===", "write =="),
    ("cart.total => 5", "M202", 11, "=>", "write >="),
    ("cart.total =< 5", "M202", 11, "=<", "write <="),
    ("cart.total <> 5", "M202", 11, "<>", "write !="),
    ("cart.items && contact.company", "M202", 11, "&", 'write "and"'),
    ("cart.items || contact.company", "M202", 11, "||", 'write "or"'),
    ("!contact.company", "M202", 0, "!", 'write "not"'),
    ("cart.items AND contact.company", "M202", 11, "AND", 'write "and"'),
    ("cart.items ? 1 : 2", "M202", 11, "?", "if CONDITION else"),
    ("contact.company == null", "M202", 19, "none", "write none"),
    ("cart.total > 99,95", "M205", 13, "decimal comma", "write 99.95"),
    ("cart.total > 1.000", "M205", 13, "two ways", "write 1000, or 1.0000"),
    ("cart.total > 1.000,50", "M205", 13, "two ways", "write 1000.50"),
    ("cart.total > 1.000.000", "M205", 13, "two ways", "write 1000000"),
    ("cart.total > € 25", "M205", 13, "currency", "write 25"),
    ("cart.total > €1.250,75", "M205", 13, "currency", "write 1250.75"),
    ("cart.total > 25 €", "M205", 13, "currency", "write 25"),
    ("cart.total > $ x", "M205", 13, "currency", "plain number"),
    ("cart.total > 10%", "M205", 14, "percentages", "0.1"),
    ("cart.total > 0x1F", "M205", 13, "no plain number", "in digits"),
    ("cart.total > 1e9", "M205", 13, "no plain number", "in digits"),
    ("contact.country == \u201cNL\u201d", "M206", 19, "curly quotes", "straight quotes"),
    ("contact.country == \u2018NL\u2019", "M206", 19, "curly quotes", "straight quotes"),
    ("{{ cart.total }} > 5", "M216", 0, "without braces", "leave {{ and }} out"),
    ("{% if x %}", "M216", 0, "blocks", "leave them out"),
    ("", "M201", 0, "no expression", ""),
    ("cart.total >", "M201", 12, "missing at the end", "finish it"),
    ("cart.total > 5 or", "M201", 17, "missing at the end", "leave the last word out"),
    ("order.paid_at > 2026-11-02", "M212", 16, "a date stands in quotes", "'2026-11-02'"),
    ("2026-11-02 < order.paid_at", "M212", 0, "2026-11-02", "as in '2026-11-02'"),
    ("cart.total > 5 contact.company", "M201", 15, '"contact" does not belong here', '"and" or "or"'),
    ("(cart.total > 5", "M201", 15, "expected ')'", ""),
    ("cart.total) > 5", "M201", 10, "unexpected ')'", "closed once"),
    ("contact.country == 'NL", "M201", 19, "no closing quote", "add '"),
    ("cart.total @ 5", "M201", 11, '"@" means nothing', ""),
    ("order.total ** 2", "M207", 0, "** does not exist", ""),
    ("order.total // 2", "M207", 0, "// does not exist", "write /"),
    ("order.total % 2 == 0", "M207", 0, "% does not exist", ""),
    ("cart.items[0:2]", "M207", 11, "cannot be cut out", "first"),
    ("cart.items[order.total]", "M207", 11, "between [ ]", "[0]"),
    ("{'a': 1}", "M207", 0, "records cannot be written", ""),
    ("range(5)", "M207", 5, "nothing can be called", "startswith"),
    ("contact.country in ['NL', contact.city]", "M207", 26, "fixed values", ""),
    ("body.__class__", "M207", 5, "__class__", ""),
    ("cart.total | mony", "M208", 13, 'no filter "mony"', 'did you mean "money"?'),
    ("contact.country | lower", "M208", 18, 'no filter "lower"', ".lower()"),
    ("contact.country.title()", "M208", 16, 'no method "title"', ""),
    ("contact.company is empty", "M208", 16, '"is empty" cannot be asked', "not x"),
    ("cart.total is divisibleby 3", "M208", 11, '"is divisibleby" cannot', "is defined"),
    ("cart.total | money('EUR', 2)", "M209", 13, "at most one argument, not 2", ""),
    ("cart.items | pluck", "M209", 13, "one argument, not 0", "pluck('sku')"),
    ("cart.total | money('euro')", "M209", 19, "no currency", "EUR"),
    ("page.path.startswith()", "M209", 10, "takes 1 argument", ".startswith('…')"),
    ("contact.city | default(x='a')", "M202", 24, "one =", ""),
    ("now | plus('0 working days')", "M209", 11, "working days", ""),
    ("contact.renewal | plus('4h')", "M209", 23, "whole days", "3d"),
    ("now | date('qqq')", "M209", 11, "no form of a date", "d MMMM yyyy"),
    ("cart.items | join(5)", "M209", 18, "fixed text", "quotes"),
    (
        "order.number == 1001",
        "M210",
        0,
        "order.number is a text, and 1001 is a number",
        "put quotes around 1001",
    ),
    ("cart.total > '25'", "M210", 0, "they cannot be compared", "leave the quotes out: 25"),
    ("cart.total > 'much'", "M210", 0, "they cannot be compared", "without quotes"),
    ("cart.total > order.number", "M210", 0, "they cannot be compared", "order.number | decimal"),
    ("contact.is_vip == 'yes'", "M210", 0, "yes or no", "ask contact.is_vip"),
    ("contact.is_vip > true", "M210", 0, "no order", "ask contact.is_vip"),
    ("cart.items == 3", "M210", 0, "cart.items is a list", "| count"),
    ("cart == 3", "M210", 0, "cart is a whole record", "cart.id"),
    ("order.paid_at > 5", "M210", 16, "order.paid_at is a time, and 5 is a number", "2026-11-02"),
    ("order.paid_at > order.number", "M210", 16, "order.number is a text", "2026-11-02"),
    ("contact.stage >= 2", "M210", 17, "the name of a stage", "'think'"),
    ("contact.stage == contact.city", "M210", 17, "the name of a stage", "'think'"),
    ("contact.stage > none", "M210", 0, "nothing is larger", "is none"),
    ("body.total > '25'", "M210", 13, "ordered by its letters", "leave the quotes out: 25"),
    ("none / 5", "M210", 0, "none is no value", "is none"),
    ("contact.city ~ none == 'x'", "M210", 15, "none is no value", "is none"),
    ("none in body", "M210", 0, "none is no value", "is none"),
    ("'a' in cart.total", "M210", 0, "cart.total is neither", ""),
    ("contact.stage >= 'thing'", "M211", 17, 'no stage "thing"', 'did you mean "think"?'),
    ("contact.stage in ['do', 'xyz']", "M211", 24, 'no stage "xyz"', "see, think, do, care"),
    ("order.paid_at > '2026-13-01'", "M212", 16, "no date and no time", "2026-11-02"),
    ("contact.birthday == 'tomorrow'", "M212", 20, "no date and no time", "2026-11-02"),
    ("'a' * 900", "M213", 0, "* reckons with numbers", "| decimal"),
    ("contact.city + 'x'", "M213", 0, "contact.city is a text", "join texts with ~"),
    ("now - order.paid_at", "M213", 0, "now is a time", "days_since"),
    ("order.total / 0", "M213", 14, "divided by zero", ""),
    ("cart.items + 1", "M213", 0, "cart.items is a list", "count"),
    ("order.number | money", "M213", 0, "order.number is a text", "| decimal"),
    ("cart.total | join", "M213", 0, "join works on a list", ""),
    ("cart.items | join", "M213", 0, "whole records", "pluck"),
    ("cart ~ 'x'", "M213", 0, "a whole record", ""),
    ("cart.total.lower()", "M213", 0, "lower works on texts", ""),
    ("'cart.total'", "M214", 0, "always the same", "leave the quotes out"),
    ("'cart.total' > 5", "M214", 0, "always the same", "leave the quotes out"),
    ("'Bakker'", "M214", 0, "always the same", ""),
    ("5", "M214", 0, "always the same", ""),
    ("contact.stage == 'do' or 'care'", "M214", 25, "always the same", "x in ['a', 'b']"),
    ("contact.company and 'x'", "M214", 20, "always the same", ""),
    ("contact.city == 'contact.country'", "M221", 16, "the name of a value", "leave the quotes out"),
    ("'order.number' == order.status", "M221", 0, "the name of a value", "leave the quotes out"),
    ("contact.grid == 'hot/god'", "M211", 16, "contact.grid is never 'hot/god'", 'did you mean "hot/good"?'),
    ("contact.grid in ['cold']", "M211", 17, "never 'cold'", "hot/good, low/good"),
    ("order.paid_at < now - 3d", "M205", 22, "a length of time", "days_since"),
    ("order.paid_at | hours_since > 4 hours", "M205", 30, "a length of time", "hours_since"),
    ("contact.is_vip == yes", "M203", 18, 'no "yes"', "written true"),
    ("contact.is_vip == nee", "M203", 18, 'no "nee"', "write not"),
    ("1 < 2", "M214", 0, "always the same", ""),
    ("'a' in ['a']", "M214", 0, "always the same", ""),
    ("cart.total > " + "9" * 41, "M217", 13, "too long", "40 digits"),
    ("contact.company == '" + "x" * 2000 + "'", "M217", 0, "too many for an expression", "2000"),
    ("cart.total == 1" + " or cart.total == 1" * 80, "M217", 0, "too many parts", "segments"),
    ("(" * 40 + "cart.items" + ")" * 40, "M217", 32, "nested too deeply", "32"),
    ("not " * 40 + "cart.items", "M217", 128, "nested too deeply", "32"),
]


@pytest.mark.parametrize(("text", "code", "at", "message", "hint"), MISTAKES)
def test_a_mistake_is_found_at_its_place_with_its_remedy(
    text: str, code: str, at: int, message: str, hint: str
) -> None:
    found = problems_of(text, Sort.YES_NO)

    assert [(problem.code, problem.line, problem.column) for problem in found] == [(code, 7, 10 + at)]
    assert message in found[0].message
    assert hint in found[0].hint


def test_all_mistakes_are_found_at_once() -> None:
    found = problems_of("order.totl > 5 and contact.stage == care or cart.total > 'x'", Sort.YES_NO)

    assert [problem.code for problem in found] == ["M204", "M215", "M210"]


def test_a_problem_reads_as_one_line() -> None:
    with pytest.raises(ExpressionProblems) as refused:
        compile_expression("order.totl > 5", NAMES, Place("triggers/cart.yaml", 14, 3))

    assert str(refused.value) == 'triggers/cart.yaml:14:9 M204 an order has no "totl"; did you mean "total"?'


def test_later_lines_begin_in_the_column_of_the_first() -> None:
    found = problems_of("cart.total > 5\nand order.totl > 5")

    assert [(problem.line, problem.column) for problem in found] == [(8, HERE.column + 10)]


@pytest.mark.parametrize(
    ("text", "expect", "fits"),
    [
        ("order.total", Sort.NUMBER, True),
        ("order.number", Sort.NUMBER, False),
        ("order.number | decimal", Sort.NUMBER, True),
        ("order.total", Sort.TEXT, False),
        ("contact.stage", Sort.TEXT, True),
        ("contact.birthday", Sort.TIME, True),
        ("body.total", Sort.NUMBER, True),
        ("order.total > 5", Sort.TEXT, False),
        ("order.items", Sort.LIST, True),
        ("order.total", Sort.ANY, True),
    ],
)
def test_what_can_never_be_of_the_expected_sort_is_refused(text: str, expect: Sort, fits: bool) -> None:
    codes = [problem.code for problem in problems_of(text, expect)]

    assert codes == ([] if fits else ["M218"])


def test_an_unknown_locale_is_a_problem() -> None:
    with pytest.raises(ExpressionProblems, match=r"M219 there is no locale \"xx_YY\""):
        compile_expression("cart.total | money", NAMES, HERE, locale="xx_YY")


def test_slips_within_quotes_are_left_alone() -> None:
    assert (
        problems_of("contact.company in ['A && B', 'x = 99,95', \"€ 1.000\", '\u201cC\u201d']", Sort.YES_NO)
        == ()
    )


def test_lists_of_numbers_have_no_decimal_comma() -> None:
    assert problems_of("cart.total in [1,2]", Sort.YES_NO) == ()


def test_a_key_of_a_payload_may_look_like_a_slip() -> None:
    assert problems_of("body.AND or body.null or body['a=b']", Sort.YES_NO) == ()
