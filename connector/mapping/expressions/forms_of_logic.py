"""How comparisons, `and`, `or`, `not` and `if … else` are compiled."""

from __future__ import annotations

from itertools import pairwise

from jinja2 import nodes

from connector.mapping.expressions import logic
from connector.mapping.expressions.bench import Bench, flat
from connector.mapping.expressions.comparisons import compare
from connector.mapping.expressions.fixed_values import always_same, is_quoted_path, refuse_name
from connector.mapping.expressions.membership import contains
from connector.mapping.expressions.problems import Refused, short
from connector.mapping.expressions.terms import Run, Term, answer, broken, fixed
from connector.model.types import ANY, Sort, Type

_TAKES_TEXT = frozenset({Sort.TEXT, Sort.STAGE, Sort.LIST, Sort.ANY})


def comparison(bench: Bench, node: nodes.Compare) -> Term:
    """`a < b`, and `a < b <= c` as both at once."""
    terms = _operands(bench, [node.expr, *(operand.expr for operand in node.ops)])
    signs = [operand.op for operand in node.ops]
    questions = tuple(_pair(bench, sign, pair) for sign, pair in zip(signs, pairwise(terms), strict=True))
    return answer(questions[0] if len(questions) == 1 else logic.all_of(questions), terms[0].at)


def conjunction(bench: Bench, node: nodes.And) -> Term:
    """`a and b and c`: always a question."""
    return answer(logic.all_of(tuple(bench.question(part) for part in flat(node))), node.lineno)


def disjunction(bench: Bench, node: nodes.Or) -> Term:
    """`a or b`: the first value that is there; a question as soon as one of the parts is yes or no."""
    terms = tuple(bench.term(part) for part in flat(node))
    if any(term.type.sort is Sort.YES_NO for term in terms):
        return answer(logic.any_of(tuple(bench.asked(term) for term in terms)), node.lineno)
    path = next((term.path for term in terms if term.path), "")
    return Term(_common(terms), logic.first_of(tuple(term.run for term in terms)), terms[0].at, path)


def opposite(bench: Bench, node: nodes.Not) -> Term:
    """`not a`."""
    return answer(logic.negation(bench.question(node.node)), node.lineno)


def choice(bench: Bench, node: nodes.CondExpr) -> Term:
    """`a if question else b`; without `else` it is missing where the answer is no."""
    question, yes = bench.question(node.test), bench.term(node.expr1)
    no = bench.term(node.expr2) if node.expr2 else fixed(None, node.lineno)
    is_answer = yes.is_answer and no.is_answer
    run = logic.either(question, yes.run, no.run)
    return Term(_common((yes, no)), run, yes.at, yes.path or no.path, is_answer=is_answer)


def missing_quotes(node: nodes.Name) -> Refused:
    """The problem of a word that is no name, where a text is wanted."""
    word = short(node.name)
    return Refused(
        node.lineno, "M215", f'there is no value "{word}" here', f"put quotes around {word}: '{word}'"
    )


def _pair(bench: Bench, sign: str, pair: tuple[Term, Term]) -> Run:
    left, right = pair
    for term in pair:
        if left.constant and right.constant and is_quoted_path(term, bench.names):
            raise always_same(term, bench.names)
        if term.constant and isinstance(term.constant.value, str):
            refuse_name(term.constant.value, bench.names, term.at, "leave the quotes out")
    match sign:
        case "in":
            return contains(left, right, bench.culture)
        case "notin":
            return logic.negation(contains(left, right, bench.culture))
        case _:
            return compare(sign, left, right, bench.culture)


def _operands(bench: Bench, parts: list[nodes.Expr]) -> list[Term]:
    """The compared terms; a word that is no name, beside a text or a stage, lacks its quotes."""
    known = {place: bench.term(part) for place, part in enumerate(parts) if not _is_bare_word(bench, part)}
    takes_text = any(term.type.sort in _TAKES_TEXT for term in known.values())
    return [
        known[place] if place in known else _bare_word(bench, part, takes_text)
        for place, part in enumerate(parts)
    ]


def _is_bare_word(bench: Bench, node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Name) and node.name not in bench.names


def _bare_word(bench: Bench, node: nodes.Expr, takes_text: bool) -> Term:
    if not takes_text or not isinstance(node, nodes.Name):
        return bench.term(node)
    bench.report.stop(missing_quotes(node))
    return broken(node.lineno)


def _common(terms: tuple[Term, ...]) -> Type:
    """The type that all terms have, leaving out `none`; else a value of any kind."""
    types = [term.type for term in terms if not (term.constant and term.constant.value is None)]
    if not types or any(each.sort is not types[0].sort for each in types):
        return ANY
    first = types[0]
    return Type(first.sort, fields=first.fields, item=first.item, stages=first.stages)
