"""The declared types of a mapping's texts: what may be written in each place, and what it is read as.

A reader takes what the YAML reader made and raises a PydanticCustomError whose type is the problem's code.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated, Final, NoReturn, TypeAlias

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from connector.errors import Problem
from connector.mapping.accounts import FromEnvironment, Setting
from connector.mapping.durations import parse_duration, parse_frequency
from connector.mapping.editor import forms
from connector.mapping.nodes import Items, Table, Written
from connector.mapping.quantities import (
    parse_date,
    parse_days,
    parse_number,
    parse_range,
    parse_share,
    parse_yes_no,
)
from connector.mapping.terms import Frequency

NOT_BUILT: Final = "M190"

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_WITH_HYPHENS: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_VARIABLE: Final = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]{0,126})")


def refuse(code: str, message: str, hint: str = "") -> NoReturn:
    """Say no, with a code; the place is added where the value came from."""
    raise PydanticCustomError("refused", "{message}", {"code": code, "message": message, "hint": hint})


def not_built(what: str, nearest: str = "") -> tuple[str, str, str]:
    """Code, message and hint for what the language has and this version does not."""
    message = f'"{what}" is part of the mapping language but this version cannot do it yet'
    return NOT_BUILT, message, nearest or "leave it out"


def not_carried_out(what: str, nearest: str = "") -> tuple[str, str, str]:
    """The code, message and hint of something that is declared, checked, and done by a later version only."""
    message = f'"{what}" is checked, but this version does not carry it out yet: it cannot be published'
    return NOT_BUILT, message, nearest or "leave it out until then"


def is_not_carried_out(problem: Problem) -> bool:
    """Whether this says that something is declared, and done by a later version only."""
    return problem.code == NOT_BUILT


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The remedy for a word that is unknown: the nearest known one, or all where they are few."""
    names = sorted(known)
    if near := difflib.get_close_matches(word, names, n=1, cutoff=0.6):
        return f'did you mean "{near[0]}"?'
    return f"known: {', '.join(names)}" if 0 < len(names) <= 16 else ""


def read_text(value: object) -> Written:
    """A text that says something."""
    if not isinstance(value, Written):
        refuse(
            "M122",
            "a text is wanted here, not a list or a table",
            "write one value; a text that has brackets or braces stands in quotes",
        )
    if value.is_nothing:
        refuse("M127", "there is no value", "write one, or leave the key out")
    return value


def is_name(text: str, *, may_have_hyphens: bool = False) -> bool:
    """Whether the text can name something."""
    return bool((_WITH_HYPHENS if may_have_hyphens else _NAME).fullmatch(text))


def _name(value: object, *, may_have_hyphens: bool = False) -> Written:
    written = read_text(value)
    if not is_name(written, may_have_hyphens=may_have_hyphens):
        refuse("M125", f'"{written[:60]}" cannot be a name here', NAME_RULE)
    return written


def _hyphened_name(value: object) -> Written:
    return _name(value, may_have_hyphens=True)


def reading(parse: Callable[[str], object], code: str = "M123") -> Callable[[object], object]:
    """The reader of a text by `parse`, whose ValueError becomes a problem: message, semicolon, remedy."""

    def read(value: object) -> object:
        try:
            return parse(read_text(value))
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            refuse(code, message, hint)

    return read


def _weekdays(value: object) -> Written:
    reading(parse_days, "M145")(value)
    return read_text(value)


def _setting(value: object) -> Setting:
    written = read_text(value)
    if not written.startswith("$"):
        return str(written)
    if found := _VARIABLE.fullmatch(written):
        return FromEnvironment(found[1])
    refuse(
        "M123", f'"{written[:60]}" names no environment variable', "write it as $NAME: letters, digits and _"
    )


def _secret(value: object) -> FromEnvironment:
    if isinstance(setting := _setting(value), FromEnvironment):
        return setting
    hint = "set it in the environment and write its name here, as in $HUBSPOT_TOKEN"
    refuse("M126", "the name of an environment variable is wanted here, never the secret itself", hint)


def _one_or_more(value: object) -> object:
    """A list; a single value counts as a list of one, and nothing as nothing."""
    return value if isinstance(value, Items) or getattr(value, "is_nothing", False) else [value]


def _plain(value: object) -> str:
    """For choices, which pydantic compares with plain texts only."""
    return str(read_text(value))


def shape(value: object) -> str:
    """The tag of a value that may be a text or a table of keys; keys never begin with an underscore."""
    return "_table" if isinstance(value, Table) else "_text"


NAME_RULE: Final = "write small letters, digits and _, with a letter first"

Text: TypeAlias = Annotated[Written, PlainValidator(read_text), forms.TEXT]
Code: TypeAlias = Annotated[Written, PlainValidator(read_text), forms.EXPRESSION]
"""An expression; compiled later, when the names that it may use are known."""

Name: TypeAlias = Annotated[Written, PlainValidator(_name), forms.NAME]
HyphenedName: TypeAlias = Annotated[Written, PlainValidator(_hyphened_name), forms.NAME_WITH_HYPHENS]
Duration: TypeAlias = Annotated[timedelta, PlainValidator(reading(parse_duration)), forms.DURATION]
FrequencyText: TypeAlias = Annotated[Frequency, PlainValidator(reading(parse_frequency)), forms.FREQUENCY]
Number: TypeAlias = Annotated[Decimal, PlainValidator(reading(parse_number)), forms.NUMBER]
Share: TypeAlias = Annotated[Decimal, PlainValidator(reading(parse_share)), forms.SHARE]
"""A share that is written in percent, from 0 to 1."""

YesNo: TypeAlias = Annotated[bool, PlainValidator(reading(parse_yes_no)), forms.YES_NO]
Day: TypeAlias = Annotated[date, PlainValidator(reading(parse_date)), forms.DATE]
Weekdays: TypeAlias = Annotated[frozenset[int], PlainValidator(reading(parse_days, "M145")), forms.DAYS]
"""Monday is 0."""

WeekdaysText: TypeAlias = Annotated[Written, PlainValidator(_weekdays), forms.DAYS]
"""The same as it was written, so that two spellings of the same days are two keys."""

ClockRange: TypeAlias = Annotated[tuple[time, time], PlainValidator(reading(parse_range)), forms.CLOCK_RANGE]
SettingText: TypeAlias = Annotated[str | FromEnvironment, PlainValidator(_setting), forms.SETTING]
SecretText: TypeAlias = Annotated[FromEnvironment, PlainValidator(_secret), forms.SECRET]
ONE_OR_MORE: Final = forms.OneOrMore(_one_or_more)
CHOICE: Final = BeforeValidator(_plain)
