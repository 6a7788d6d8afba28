"""Expressions and texts of a mapping: Jinja's syntax, compiled by us into closures over the typed model.

`compile_expression` and `compile_text` are what other rooms need. What comes of them is pure and bounded: it
reads nothing but its scope, takes microseconds, and raises nothing but `ExpressionFailed`. `unmet` says long
after what of a condition was not met; `present_if_yes` beforehand what is there where it is, and `foregone`
whether its answer is known beforehand.
"""

from connector.mapping.expressions.asked import asked_by
from connector.mapping.expressions.compile import compile_expression, compile_text
from connector.mapping.expressions.compiled import CompiledExpression, CompiledText, unmet
from connector.mapping.expressions.foregone import foregone
from connector.mapping.expressions.parts import Lack, OneOf, Unmet
from connector.mapping.expressions.presence import Paths, present_if_yes
from connector.mapping.expressions.problems import ExpressionProblems

__all__ = [
    "CompiledExpression",
    "CompiledText",
    "ExpressionProblems",
    "Lack",
    "OneOf",
    "Paths",
    "Unmet",
    "asked_by",
    "compile_expression",
    "compile_text",
    "foregone",
    "present_if_yes",
    "unmet",
]
