"""Compiles the texts of a mapping and gathers what is wrong, so that everything is reported at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypedDict
from zoneinfo import ZoneInfo

from connector.errors import Problem
from connector.mapping.expressions import (
    ExpressionProblems,
    Paths,
    compile_expression,
    compile_text,
    foregone,
    present_if_yes,
)
from connector.mapping.mapping import WorkingDays
from connector.mapping.nodes import Written
from connector.mapping.own_events import DataFields, data_type
from connector.mapping.part import problem_at
from connector.mapping.scalars import did_you_mean, not_carried_out
from connector.mapping.terms import Expression, Place, Scope, Text
from connector.model.types import Sort, Type, text, time, with_fields
from connector.model.values import Value
from connector.model.vocabulary import EVENT, EVENTS, SUBJECTS, carried_by, company_type

_UNKNOWN_NAME: Final = "M203"
_NO_VALUE: Final = (_UNKNOWN_NAME, "M215")
_QUOTES: Final = ("'", '"')
_WORD: Final = re.compile(r"\w+")
_CUSTOM: Final = re.compile(r"custom\.[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


@dataclass(frozen=True, slots=True)
class Names:
    """What an expression may use. `lacking`: subjects that an event lacks, with that event.

    `present` are the paths whose values are surely there, because a condition before has made sure of them.
    `events` are those after which they are asked, where that is known.
    """

    known: Mapping[str, Type]
    lacking: Mapping[str, str] = field(default_factory=dict)
    present: Paths = frozenset()
    events: frozenset[str] = frozenset()


def names_for(events: Iterable[str], contact: Type) -> Names:
    """The names of rules that listen to these events: a subject counts if each of them carries it."""
    carried = {event: carried_by(event) or () for event in sorted(events)}
    subjects = sorted({subject for some in carried.values() for subject in some})
    lacking = {
        subject: next(event for event, some in carried.items() if subject not in some)
        for subject in subjects
        if any(subject not in some for some in carried.values())
    }
    certain = {subject: SUBJECTS[subject] for subject in subjects if subject not in lacking}
    return Names({**_always(contact), **certain}, lacking, events=frozenset(carried))


def every_name(contact: Type) -> Names:
    """The names of rules of whose events one is unknown: it could carry any subject."""
    return Names({**_always(contact), **SUBJECTS})


def _always(contact: Type) -> dict[str, Type]:
    return {"event": EVENT, "contact": contact, "company": company_type(), "now": time()}


class _Culture(TypedDict):
    """What expressions are compiled with, all of them alike."""

    zone: ZoneInfo
    locale: str
    week: WorkingDays


@dataclass(slots=True)
class Checker:
    """What all builders of a mapping share.

    `made` are the events that the sources of its connections make, once that is known; a rule that listens to
    another one is never asked. `settled` are files that come with Loods: no doubts are told about these,
    since nobody can mend them. `segments` are what is surely there for whoever is in one, by its name. `own`
    are the types of names that are others in this mapping than everywhere, such as a `company` with fields;
    `data` are the fields of its own events, `listening` the connections that tell events; `tells_companies`:
    one of them tells to which company people belong, once that is known.
    """

    problems: list[Problem] = field(default_factory=list)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Amsterdam"))
    locale: str = "nl_NL"
    week: WorkingDays = field(default_factory=WorkingDays)
    made: frozenset[str] | None = None
    settled: set[str] = field(default_factory=set)
    segments: dict[str, Paths] = field(default_factory=dict)
    own: dict[str, Type] = field(default_factory=dict)
    data: DataFields = field(default_factory=dict)
    listening: tuple[str, ...] = ()
    tells_companies: bool | None = None

    def refuse(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Add an error."""
        self.problems.append(problem_at(place, code, message, hint))

    def warn(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Add a warning: it works, but hardly as meant."""
        if place.file not in self.settled:
            self.problems.append(replace(problem_at(place, code, message, hint), severity="warning"))

    def later(self, place: Place, what: str, nearest: str = "") -> None:
        """Warn of what is declared and checked, and not carried out yet: no mapping with it is published."""
        code, message, hint = not_carried_out(what, nearest)
        self.problems.append(replace(problem_at(place, code, message, hint), severity="warning"))

    def needs_companies(self, place: Place, message: str) -> None:
        """Warn of what is about companies, where none of the sources tells of one."""
        if self.tells_companies is False:
            hint = "say by what one is known under company: of a source file of your own, or leave it out"
            self.warn(place, "M152", f"none of your sources tells of companies: {message}", hint)

    def expression(self, code: Written, names: Names, expect: Sort | None = None) -> Expression:
        """The compiled expression; one that cannot be told where it has problems."""
        try:
            compiled = compile_expression(code, self._known(names), code.text_place, expect, **self._culture)
        except ExpressionProblems as error:
            self.problems.extend(_explained(one, code, names) for one in error.problems)
            return _Unread(str(code), code.text_place)
        if expect is Sort.YES_NO:
            self.problems.extend(_explained(one, code, names) for one in foregone(compiled))
        return compiled

    def condition(self, code: Written | None, names: Names) -> Expression | None:
        """The compiled condition, where there is one."""
        return self.expression(code, names, Sort.YES_NO) if code is not None else None

    def given(self, names: Names, condition: Written | None) -> Names:
        """The names where the condition has said yes, which proves that some values are there."""
        proven = present_if_yes(condition or "")
        within = [path[2] for path in proven if path[:2] == ("contact", "segments") and len(path) == 3]
        of_segments = [self.segments.get(name, frozenset()) for name in within]
        return replace(names, present=names.present.union(proven, *of_segments))

    def text(self, written: Written, names: Names) -> Text:
        """The compiled text; one without a value where it has problems."""
        try:
            known, place = self._known(names), written.text_place
            text = compile_text(written, known, place, names.present, **self._culture)
        except ExpressionProblems as error:
            self.problems.extend(_explained(one, written, names) for one in error.problems)
            return _Unread(str(written), written.text_place)
        self.problems.extend(_explained(one, written, names) for one in text.warnings)
        return text

    @property
    def _culture(self) -> _Culture:
        return {"zone": self.zone, "locale": self.locale, "week": self.week}

    def _known(self, names: Names) -> Mapping[str, Type]:
        own = {**self.own, "data": data_type(self.data, names.events), "event": self._event(names)}
        return {name: own.get(name, kind) for name, kind in names.known.items()}

    def _event(self, names: Names) -> Type:
        """The type of `event`: its name is one of those that are listened to, where all are known."""
        are_events = bool(names.events) and all(carried_by(one) is not None for one in names.events)
        choices = tuple(sorted(names.events)) if are_events else ()
        own = {"name": text(choices=choices), "connection": text(choices=self.listening)}
        return with_fields(EVENT, own)

    def event(self, name: Written) -> bool:
        """Whether there is such an event; it is a problem if not."""
        is_known = name in EVENTS or _CUSTOM.fullmatch(name) is not None
        if not is_known:
            several = ", ".join(name[:60].replace(",", " ").split())
            hint = f"several stand in brackets: [{several}]" if "," in name else did_you_mean(name, EVENTS)
            hint = hint or "an event is named as in order.paid, or custom.gift for one of your own"
            self.refuse(name.place, "M131", f'there is no event "{name[:60]}"', hint)
        elif self.made is not None and name not in self.made:
            hint = "connect a source that does, or leave it out"
            self.warn(name.place, "M152", f'none of your sources makes "{name}"', hint)
        return is_known


@dataclass(slots=True)
class _Unread:
    """Stands for what has problems, in a mapping that is never used because of them."""

    text: str
    place: Place
    is_constant: bool = False

    def __call__(self, scope: Scope) -> None:
        return None

    def seen(self, scope: Scope) -> dict[str, Value]:
        return {}


def _explained(problem: Problem, text: Written, names: Names) -> Problem:
    """The problem at its place in the file; an unknown name that some of the events carry, with that said."""
    offset = _offset(problem, text)
    place = text.place_at(offset) if text.style != "|" else None
    if place is not None:
        problem = replace(problem, line=place.line, column=place.column)
    word = _WORD.match(text, offset)
    if problem.code in _NO_VALUE and text.style in _QUOTES and word is not None and word[0] == text:
        hint = f"""the quotes around it belong to YAML; a text has its own inside them: "'{text}'\""""
        if word[0] not in names.lacking and "event" not in names.known:
            return replace(problem, hint=hint)
    if problem.code != _UNKNOWN_NAME or word is None or word[0] not in SUBJECTS:
        return problem
    if word[0] not in names.lacking:
        return replace(problem, hint=_carriers(word[0]))
    hint = f"listen only to events that carry one, or make two rules; {_carriers(word[0])}"
    return replace(problem, code="M140", message=f"{names.lacking[word[0]]} carries no {word[0]}", hint=hint)


def _offset(problem: Problem, text: Written) -> int:
    """The offset that a problem means, which was told as if the text stood in the file as a block does."""
    begins = text.text_place
    lines_before = text.split("\n")[: problem.line - begins.line]
    return sum(len(line) + 1 for line in lines_before) + problem.column - begins.column


def _carriers(subject: str) -> str:
    if subject == "data":
        return "data comes with events of your own, as custom.gift"
    carriers = [event for event, subjects in EVENTS.items() if subject in subjects]
    return f"{subject} comes with {', '.join(carriers[:6])}" + (", …" if len(carriers) > 6 else "")
