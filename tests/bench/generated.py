"""Expressions by the million: sound ones, broken ones, token soup and attacks; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

_PATHS: Final = """
order.total order.items order.coupons order.paid_at order.number order.items[0].price cart.total
cart.items cart.items[-1].sku contact.name contact.country contact.birthday contact.stage
contact.stages.main contact.is_vip contact.points contact.segments.loyal contact.counters.order_paid
contact.scores.fit contact.grid contact.interests.tuin contact contact.recent.products
contact.last.order_paid contact.rfm.recency company.employees now event.name body body.x body.y[0]
body.trap body.trap.secret headers['X-A'] topic
"""
PATHS: Final = tuple(_PATHS.split())
NUMBERS: Final = (
    *("order.total", "cart.total", "contact.points", "contact.counters.order_paid", "contact.rfm.recency"),
    *("(cart.items | count)", "(order.paid_at | days_since)", "order.items[0].price", "(body.x | decimal)"),
)
TEXTS: Final = ("contact.name", "contact.country", "order.number", "cart.items[1].sku", "body.x", "topic")
WORDS: Final = ("'NL'", "'BE'", "''", "'" + "x" * 200 + "'", "'2026-11-02'")
LITERALS: Final = (
    "0",
    "1",
    "2.5",
    "-7",
    "99.95",
    "1" * 40,
    "''",
    "'NL'",
    "'do'",
    "'2026-11-02'",
    "'12'",
    "true",
    "false",
    "none",
    "['NL', 'BE']",
    "[1, 2, 3]",
    "[]",
    "'x' * 9",
    '"' + "é" * 30 + '"',
    "'--02-29'",
    "'order.total'",
)
FILTERS: Final = (
    *("money", "decimal", "date", "lower_email", "phone", "slug", "days_since", "hours_since", "plus('3d')"),
    "pluck('sku')",
    "pluck('secret')",
    "join",
    "join('-')",
    "first",
    "count",
    "default('x')",
    "default(0)",
    "md5",
    "attr('secret')",
    "map('upper')",
    "tojson",
    "center(9999)",
    "list",
    "date('d MMMM yyyy')",
    "money('EUR')",
)
METHODS: Final = (
    "startswith('a')",
    "endswith('z')",
    "lower()",
    "upper()",
    "strip()",
    "format(body)",
    "reach()",
)
_OUTSIDE: Final = """
__class__ __init__ __globals__ __dict__ __subclasses__() secret reach keys real
"""
OUTSIDE: Final = tuple(_OUTSIDE.split())
SIGNS: Final = (
    "<",
    "<=",
    ">",
    ">=",
    "==",
    "!=",
    "in",
    "not in",
    "+",
    "-",
    "*",
    "/",
    "~",
    "and",
    "or",
    "**",
    "%",
)
SOUP: Final = (
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "{{",
    "}}",
    "{%",
    "|",
    ".",
    ",",
    ":",
    "'",
    '"',
    "\\",
    "=",
    "&&",
    "€",
    "99,95",
    "not",
    "is",
    "if",
    "else",
    "defined",
    "lipsum",
    "self",
    "range(9)",
    "\n",
    "\t",
    "\x00",
    "\ud800",
    "“",
    "1e9",
    *("1.000", "3d", "yes", "AND", "__import__('os')", "order", "a" * 50, "#", "\u202e", "ﬀ", "٣"),
)

Maker = Callable[[random.Random], str]


def expressions(seed: int, count: int) -> Sequence[str]:
    """So many expressions; the same for the same seed."""
    chance = random.Random(seed)
    makers: list[Maker] = [_question, _question, _question, _legal, _broken, _soup, _reaching, _repeated]
    return [chance.choice(makers)(chance) for _ in range(count)]


def _question(chance: random.Random, depth: int = 0) -> str:
    """A condition whose types mostly fit."""
    inner = _question if depth < 3 else _comparison
    match chance.randrange(6):
        case 0 | 1:
            return f"({inner(chance, depth + 1)} {chance.choice(('and', 'or'))} {inner(chance, depth + 1)})"
        case 2:
            return f"not {inner(chance, depth + 1)}"
        case _:
            return _comparison(chance, depth)


def _comparison(chance: random.Random, depth: int) -> str:
    sign = chance.choice(("<", "<=", ">", ">=", "==", "!="))
    match chance.randrange(5):
        case 0 | 1:
            return f"{_number(chance, depth)} {sign} {_number(chance, depth)}"
        case 2:
            return f"{chance.choice(TEXTS)} {chance.choice(('==', '!=', '<'))} {chance.choice(WORDS)}"
        case 3:
            return f"{chance.choice(TEXTS)} in [{chance.choice(WORDS)}, {chance.choice(WORDS)}]"
        case _:
            return chance.choice((*PATHS, f"{chance.choice(TEXTS)}.startswith({chance.choice(WORDS)})"))


def _number(chance: random.Random, depth: int) -> str:
    match chance.randrange(6):
        case 0 if depth < 4:
            return f"({_number(chance, depth + 1)} {chance.choice('+-*/')} {_number(chance, depth + 1)})"
        case 1:
            return chance.choice(("0", "1", "2.5", "100", "-3"))
        case 2:
            return (
                f"({chance.choice(TEXTS)} ~ {_number(chance, depth + 1)} | money | slug | decimal)"
                if depth < 4
                else "7"
            )
        case _:
            return chance.choice(NUMBERS)


def _legal(chance: random.Random, depth: int = 0) -> str:
    """One that a person might have meant; of no particular type."""
    if depth > 3 or chance.random() < 0.25:
        return chance.choice(PATHS if chance.random() < 0.7 else LITERALS)
    one, other = _legal(chance, depth + 1), _legal(chance, depth + 1)
    forms: tuple[str, ...] = (
        f"{one} {chance.choice(SIGNS)} {other}",
        f"({one} {chance.choice(SIGNS)} {other})",
        f"{one} | {chance.choice(FILTERS)}",
        f"{one}.{chance.choice(METHODS)}",
        f"not {one}",
        f"{one} is {chance.choice(('defined', 'none', 'not defined', 'empty'))}",
        f"{one} if {other} else {_legal(chance, depth + 2)}",
        f"{one} and {other} or {one}",
    )
    return chance.choice(forms)


def _broken(chance: random.Random) -> str:
    """A legal one with some letters lost, doubled, moved or replaced."""
    text = _legal(chance)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        cut = at + chance.randint(0, 3)
        text = text[:at] + chance.choice(("", chance.choice(SOUP), text[at : at + 9])) + text[cut:]
    return text


def _soup(chance: random.Random) -> str:
    pieces = (*PATHS, *LITERALS, *FILTERS, *METHODS, *OUTSIDE, *SIGNS, *SOUP)
    between = chance.choice(("", " "))
    return between.join(chance.choices(pieces, k=chance.randint(1, 40)))


def _reaching(chance: random.Random) -> str:
    """A value, and from there to where no expression comes."""
    steps = [
        chance.choice((f".{one}", f"['{one}']", f" | attr('{one}')")) for one in chance.choices(OUTSIDE, k=3)
    ]
    return chance.choice((*PATHS, *LITERALS, "''", "()", "lipsum")) + "".join(steps)


def _repeated(chance: random.Random) -> str:
    """The same thing over and over, up to what is allowed and beyond."""
    one, times = chance.choice((*SIGNS, *SOUP, *OUTSIDE, *FILTERS)), chance.choice((3, 30, 300, 2000))
    part = chance.choice((one, f"{_legal(chance, 3)} {one} ", f".{one}", f" | {one}", f"{one} or "))
    return f"{chance.choice(PATHS)}{part * times}{chance.choice(PATHS)}"[: chance.choice((500, 1_999, 2_100))]
