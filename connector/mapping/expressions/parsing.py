"""From text to Jinja's syntax tree, by Jinja's own lexer and parser, with exact places and exact numbers.

Jinja's nodes only know their line, and its lexer makes floats. So its parser is fed with tokens of our own:
the "line" of a token is its offset in the text, and a number is a `Decimal` exactly as written. Every node
that comes back then says in `lineno` where it begins (an attribute: where its name does).

Nothing of Jinja's compiler or runtime is used.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import Token, TokenStream, operators
from jinja2.parser import Parser

from connector.mapping.expressions.problems import Refused, Report

LONGEST: Final = 2_000
"""Characters that an expression may have."""
DEEPEST: Final = 32
"""Brackets within brackets, and operations within operations."""
LONGEST_NUMBER: Final = 40
"""Digits that a number may have."""

MOST_WORDS: Final = 600
"""Names, values, signs and brackets; three for each of the parts that an expression may have."""

_SKIPPED: Final = frozenset({"whitespace", "comment_begin", "comment", "comment_end"})
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_PLAIN_NUMBER: Final = re.compile(r"[0-9][0-9_]*(?:\.[0-9_]+)?")


def is_too_long(source: str, report: Report) -> bool:
    """Whether the source is longer than an expression may be; the report then says so."""
    if len(source) > LONGEST:
        report.add(
            0, "M217", f"{len(source)} characters are too many for an expression", f"at most {LONGEST}"
        )
    return len(source) > LONGEST


@functools.lru_cache(maxsize=16)
def parse(source: str) -> nodes.Expr:
    """The syntax tree of one expression, which nobody changes. Raises `Refused`.

    Kept for a while: compiling, `foregone` and `present_if_yes` ask for the same one in turn.
    """
    tokens = _tokens(source)
    if not tokens:
        raise Refused(0, "M201", "there is no expression here", "write a condition or the name of a value")
    return _tree(tokens, len(source))


@functools.cache
def _jinja() -> Environment:
    return Environment(autoescape=True, keep_trailing_newline=True)


def _tree(tokens: list[Token], length: int) -> nodes.Expr:
    parser = Parser(_jinja(), "")
    parser.stream = TokenStream(tokens, None, None)
    try:
        tree = parser.parse_expression()
    except TemplateSyntaxError as error:
        if parser.stream.current.type == "eof" and "expected" not in _plain(error).replace("unexpected", ""):
            hint = "finish it, or leave the last word out"
            raise Refused(length, "M201", "something is missing at the end", hint) from None
        at = error.lineno if parser.stream.current.type != "eof" else length
        raise Refused(at, "M201", f"this cannot be read: {_plain(error)}") from None
    except RecursionError:
        raise Refused(0, "M217", "this is nested too deeply", f"at most {DEEPEST} levels") from None
    if not parser.stream.eos:
        raise _left_over(parser.stream.current)
    return tree


def _left_over(token: Token) -> Refused:
    hint = 'between two conditions stands "and" or "or"; a text stands in quotes'
    if token.type == "comma":
        hint = "a decimal is written with a point, as in 99.95"
    if token.type == "assign":
        hint = "write =="
    return Refused(token.lineno, "M201", f'"{token.value}" does not belong here', hint)


def _plain(error: TemplateSyntaxError) -> str:
    words = (error.message or "").replace("end of template", "end").replace("end of print statement", "end")
    return words[:1].lower() + words[1:].rstrip(".")


def _tokens(source: str) -> list[Token]:
    tokens: list[Token] = []
    depth, after_dot = 0, None
    for at, kind, written in _raw(source):
        depth += (kind == "operator") * ((written in "([{") - (written in ")]}"))
        if depth > DEEPEST:
            raise Refused(at, "M217", "this is nested too deeply", f"at most {DEEPEST} levels")
        if after_dot is not None:
            tokens[after_dot] = Token(at, tokens[after_dot].type, tokens[after_dot].value)
        tokens.append(_token(at, kind, written))
        if len(tokens) > MOST_WORDS:
            raise Refused(at, "M217", "this has too many parts", "split it into segments")
        after_dot = len(tokens) - 1 if tokens[-1].type == "dot" else None
    return tokens


def _raw(source: str) -> Iterator[tuple[int, str, str]]:
    """What Jinja's lexer finds, as offset, kind and text."""
    at = 0
    try:
        for _, kind, written in _jinja().lexer.tokeniter(source, None, None, "variable"):
            if kind not in _SKIPPED:
                yield at, kind, written
            at += len(written)
    except TemplateSyntaxError as error:
        raise _unexpected(source, at, error) from None


def _unexpected(source: str, at: int, error: TemplateSyntaxError) -> Refused:
    found = source[at : at + 1]
    if found in {"'", '"'}:
        return Refused(at, "M201", "this text has no closing quote", f"add {found} after its last letter")
    if found in {")", "]", "}"}:
        return Refused(at, "M201", _plain(error), "every bracket that opens is closed once")
    return Refused(at, "M201", f'"{found}" means nothing in an expression', "a text stands in quotes: 'text'")


def _token(at: int, kind: str, written: str) -> Token:
    match kind:
        case "integer" | "float":
            return _number(at, kind, written)
        case "string":
            return Token(at, kind, _ESCAPE.sub(_unescape, written[1:-1]))
        case "operator":
            return Token(at, operators[written], written)
        case "name" if not written.isidentifier():
            raise Refused(at, "M201", f'"{written}" is no name')
        case _:
            return Token(at, kind, written)


def _unescape(found: re.Match[str]) -> str:
    return _ESCAPED.get(found[1], found[0])


def _number(at: int, kind: str, written: str) -> Token:
    if not _PLAIN_NUMBER.fullmatch(written):
        raise Refused(at, "M205", f"{written} is no plain number", "write it in digits, as in 1000 or 99.95")
    if len(written) > LONGEST_NUMBER:
        raise Refused(at, "M217", "this number is too long", f"at most {LONGEST_NUMBER} digits")
    number: object = Decimal(written.replace("_", ""))
    return Token(at, kind, number)  # type: ignore[arg-type]  # Jinja too puts numbers here, and makes a Const of them
