"""From what an administrator wrote to something that can be called, or to all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Final

from babel import Locale, UnknownLocaleError

from connector.errors import ExpressionFailed
from connector.mapping.expressions.bench import Bench
from connector.mapping.expressions.compiled import CompiledExpression, CompiledText
from connector.mapping.expressions.fixed_values import refuse_name
from connector.mapping.expressions.forms import FORMS
from connector.mapping.expressions.kinds import NOUNS
from connector.mapping.expressions.least import least_scope
from connector.mapping.expressions.parsing import is_too_long, parse
from connector.mapping.expressions.parts import Parts
from connector.mapping.expressions.presence import NOTHING, Paths
from connector.mapping.expressions.problems import Refused, Report
from connector.mapping.expressions.slips import find_slips
from connector.mapping.expressions.terms import Culture, Term, broken
from connector.mapping.expressions.texts import Inset, cut
from connector.mapping.mapping import WorkingDays
from connector.mapping.terms import CannotTell, Place, Scope
from connector.model.types import Sort, Type

_OFFICE: Final = WorkingDays()
_ALIKE: Final = (frozenset({Sort.TEXT, Sort.STAGE}), frozenset({Sort.TIME, Sort.DATE}))


def compile_expression(  # noqa: PLR0913  # The last three are the habits of a mapping, each with its default.
    text: str,
    names: Mapping[str, Type],
    place: Place,
    expect: Sort | None = None,
    *,
    zone: tzinfo = UTC,
    locale: str = "nl_NL",
    week: WorkingDays = _OFFICE,
) -> CompiledExpression:
    """Compile an expression over `names`; `place` is that of its first character.

    With `expect=Sort.YES_NO` it is a condition: its only answers are True, False and `CannotTell`, and a
    value asks whether it is there. Any other `expect` refuses what can never be of that sort. Dates without
    an offset are in `zone`; `locale` is how money and dates are written, `week` says which days are working
    days. Raises `ExpressionProblems`.
    """
    report = Report(text, place)
    work = _Work(names, Culture(zone, _locale(locale, report), week))
    term, reads = work.compile(text, report, is_condition=expect is Sort.YES_NO)
    if expect is not None and not _fits(term.type.sort, expect):
        report.add(0, "M218", f"this gives {NOUNS[term.type.sort]}, and {NOUNS[expect]} is wanted here")
    report.raise_errors()
    return CompiledExpression(Parts(text, names, work.culture), place, term, reads)


def compile_text(  # noqa: PLR0913  # The last three are the habits of a mapping, each with its default.
    text: str,
    names: Mapping[str, Type],
    place: Place,
    present: Paths = NOTHING,
    *,
    zone: tzinfo = UTC,
    locale: str = "nl_NL",
    week: WorkingDays = _OFFICE,
) -> CompiledText:
    """Compile a text with values in `{{ }}`; a missing value prints nothing. Raises `ExpressionProblems`.

    Its `warnings` name the values that may be missing and would leave a gap between the other words; those
    of the paths `present` are there whenever the text is wanted.
    """
    report = Report(text, place)
    work = _Work(names, Culture(zone, _locale(locale, report), week), least_scope(names, present))
    pieces = _cut(text, report)
    parts = [work.part(piece, report, has_words=len(pieces) > 1) for piece in pieces]
    report.raise_errors()
    return CompiledText(report, parts, work.culture)


@dataclass(frozen=True, slots=True)
class _Work:
    """What all parts of a text share."""

    names: Mapping[str, Type]
    culture: Culture
    least: Scope = field(default_factory=dict)

    def compile(
        self, source: str, report: Report, *, is_condition: bool = False
    ) -> tuple[Term, Sequence[Term]]:
        bench = Bench(self.names, self.culture, report, FORMS)
        if is_too_long(source, report) or find_slips(source, report):
            return broken(0), ()
        try:
            tree = parse(source)
            term = bench.condition(tree) if is_condition else bench.term(tree)
            return term, list(bench.reads.values())
        except Refused as problem:
            report.stop(problem)
            return broken(0), ()

    def part(self, piece: str | Inset, report: Report, *, has_words: bool) -> str | Term:
        if isinstance(piece, str):
            if not has_words:
                self._refuse_name(piece, report)
            return piece
        here = report.within(piece.at)
        term, _ = self.compile(piece.source, here)
        if term.type.sort is Sort.RECORD and has_words:
            here.add(term.at, "M213", f"{term.path} is a whole record, not a text", "name one of its fields")
        elif has_words and _may_be_missing(term, self.least):
            what = term.path or "this"
            here.add(
                term.at, "M230", f"{what} may be missing and leave a gap", "add | default('…')", "warning"
            )
        return term

    def _refuse_name(self, text: str, report: Report) -> None:
        name = text.partition("|")[0].strip()
        try:
            refuse_name(name, self.names, len(text) - len(text.lstrip()), f'write "{{{{ {text.strip()} }}}}"')
        except Refused as problem:
            report.stop(problem)


def _may_be_missing(term: Term, least: Scope) -> bool:
    try:
        found = term.run(least)
    except (ExpressionFailed, ArithmeticError):
        return False
    return found is None or isinstance(found, CannotTell)


def _locale(locale: str, report: Report) -> Locale:
    try:
        return Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        report.add(0, "M219", f'there is no locale "{locale}"', "such as nl_NL or en_GB")
        return Locale("nl")


def _cut(text: str, report: Report) -> list[str | Inset]:
    try:
        return cut(text)
    except Refused as problem:
        report.stop(problem)
        return []


def _fits(found: Sort, wanted: Sort) -> bool:
    return (
        found in {wanted, Sort.ANY} or wanted is Sort.ANY or any({found, wanted} <= alike for alike in _ALIKE)
    )
