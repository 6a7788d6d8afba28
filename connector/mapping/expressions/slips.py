"""What people write out of habit from elsewhere, found before the parser stumbles over it.

The parser would only say "unexpected char '&'". Each slip here has its own sentence and remedy. Texts in
quotes are left out, and all slips of an expression are found at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from connector.mapping.expressions.problems import Report

_QUOTED: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Slip:
    """What is written, and its remedy; without one the number in it is written properly."""

    pattern: re.Pattern[str]
    code: str
    message: str
    hint: str


def _slip(pattern: str, code: str, message: str, hint: str) -> _Slip:
    return _Slip(re.compile(pattern), code, message, hint)


_COMMA: Final = _slip(
    r"(?<![\w.,])[0-9]+,[0-9]+(?![\w,])", "M205", "a decimal comma does not exist here: {}", ""
)
"""Not looked for where there are brackets: a list of numbers looks the same."""
_SLIPS: Final = (
    _slip(
        r"[€$£]\s*[0-9.,]*|(?<![0-9.,])[0-9][0-9.,]*\s*[€$£]",
        "M205",
        "an amount stands without its currency: {}",
        "",
    ),
    _slip(
        r"(?<![\w.])[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?(?![\w.])",
        "M205",
        "{} can be read in two ways",
        "",
    ),
    _COMMA,
    _slip(
        r"(?<![\w.-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])",
        "M212",
        "a date stands in quotes: {}",
        "as in '2026-11-02'",
    ),
    _slip(r"\{\{.*?\}\}|\{\{|\}\}", "M216", "an expression stands without braces", "leave {{ and }} out"),
    _slip(
        r"\{%.*?%\}|\{#.*?#\}|\{%|\{#",
        "M216",
        "there are no blocks and comments in an expression",
        "leave them out",
    ),
    _slip(
        r"[\u201c-\u201f\u00ab\u00bb][^\u201c-\u201f\u00ab\u00bb]*[\u201c-\u201f\u00ab\u00bb]?",
        "M206",
        "curly quotes do not make a text",
        "use straight quotes: 'text'",
    ),
    _slip(
        r"[`\u00b4\u2018-\u201b][^`\u00b4\u2018-\u201b]*[`\u00b4\u2018-\u201b]?",
        "M206",
        "curly quotes do not make a text",
        "use straight quotes: 'text'",
    ),
    _slip(r"===", "M202", "=== does not exist here", "write =="),
    _slip(r"(?<![=<>!])=(?![=><])", "M202", "one = does not compare", "write =="),
    _slip(r"=>", "M202", "=> does not exist here", "write >="),
    _slip(r"=<", "M202", "=< does not exist here", "write <="),
    _slip(r"<>", "M202", "<> does not exist here", "write !="),
    _slip(r"&&?", "M202", "& does not exist here", 'write "and"'),
    _slip(r"\|\|", "M202", "|| does not exist here", 'write "or"'),
    _slip(r"!(?!=)", "M202", "! does not exist here", 'write "not"'),
    _slip(r"\?", "M202", "? does not exist here", 'write "A if CONDITION else B"'),
    _slip(r"(?<![.\w])AND\b", "M202", "AND is written small", 'write "and"'),
    _slip(r"(?<![.\w])OR\b", "M202", "OR is written small", 'write "or"'),
    _slip(r"(?<![.\w])NOT\b", "M202", "NOT is written small", 'write "not"'),
    _slip(r"[0-9]\s*%(?!\})", "M205", "percentages do not exist here", "write 10% as 0.1"),
    _slip(r"(?<![.\w])(?:null|NULL|nil)\b", "M202", "what is missing is called none here", "write none"),
    _slip(
        r"(?<![\w.])[0-9]+ ?(?:m|h|d|w|min(?:ute)?s?|hours?|days?|weeks?|working days?)\b",
        "M205",
        "a length of time does not exist in a condition: {}",
        "write TIME | days_since, TIME | hours_since or TIME | plus('3d')",
    ),
)


def find_slips(source: str, report: Report) -> bool:
    """Note every slip of an expression; True if there are any."""
    bare = _QUOTED.sub(_blank, source)
    has_brackets = "(" in bare or "[" in bare
    found = False
    for slip in _SLIPS:
        if slip is _COMMA and has_brackets:
            continue
        for match in slip.pattern.finditer(bare):
            report.add(
                match.start(), slip.code, slip.message.format(match[0]), slip.hint or _remedy(match[0])
            )
            found = True
            if report.is_full:
                return True
        bare = slip.pattern.sub(_blank, bare)
    return found


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _remedy(written: str) -> str:
    """How the number is written that somebody wrote in the Dutch or in another way."""
    digits = re.sub(r"[^0-9.,]", "", written)
    if not digits:
        return "write the amount as a plain number: 25"
    whole, _, cents = digits.partition(",")
    grouped = "." in whole and (bool(cents) or re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+", whole) is not None)
    plain = whole.replace(".", "") if grouped else whole
    number = f"{plain}.{cents}" if cents else plain
    if grouped and not cents and digits.count(".") == 1:
        return f"write {number}, or {digits}0 if the point is a decimal one"
    return f"write {number}"
