"""Actions on our own state: what Loods itself knows of a contact or a company. They leave for no platform.

They are done in the decision that makes them, so that the next rule sees what they changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from connector.mapping.scalars import NAME_RULE, did_you_mean, is_name
from connector.model.action import ActionSpec, Kind
from connector.model.profile import COMPANY_SEEN, SEEN
from connector.model.types import Sort, Type
from connector.model.values import Value

CONTACT: Final = "contact"
COMPANY: Final = "company"

_WORDS: Final = {"yes": True, "true": True, "ja": True, "no": False, "false": False, "nee": False}
_NOT_SET: Final = frozenset(
    {*SEEN, "consent", "counters", "cycle", "email", "grid", "last", "scores", "segments", "stage", "stages"}
)
"""What a contact has that follows from history, or by which they are known."""

_NOT_SET_OF_COMPANY: Final = COMPANY_SEEN | {"domain"}
"""The same of a company."""


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SetFields(_Arguments):
    """Sets fields of the contact, as a source could; a value that is missing leaves its field alone."""

    fields: Mapping[str, object] = Field(description="values by the name of the field", min_length=1)


class Count(_Arguments):
    """Adds to a counter of your own, which rules ask for as `contact.counters.NAME`."""

    name: str = Field(description="the counter's name: small letters, digits and _")
    by: int = Field(default=1, description="how much is added")


class Move(_Arguments):
    """Moves the contact to a stage, also backward; what entering the stage does is done."""

    to: str = Field(description="the stage")
    journey: str | None = Field(
        default=None, description="the journey; without it the only one, or the one called main"
    )


class Earn(_Arguments):
    """Adds points to the balance of the contact, `contact.balance`."""

    points: Decimal = Field(gt=0, description="how many")


class Spend(_Arguments):
    """Takes points off the balance of the contact; where there are fewer, nothing is taken."""

    points: Decimal = Field(gt=0, description="how many")


class SetCompanyFields(SetFields):
    """Sets fields of the contact's company; a value that is missing leaves its field alone."""


class CountOfCompany(Count):
    """Adds to a counter of the contact's company, which rules ask for as `company.counters.NAME`."""


class MoveCompany(Move):
    """Moves the contact's company to a stage, also backward; what entering the stage does is done."""


class EarnOfCompany(Earn):
    """Adds points to the balance of the contact's company, `company.balance`."""


class SpendOfCompany(Spend):
    """Takes points off the balance of the contact's company; where there are fewer, nothing is taken."""


class TakeCoupon(_Arguments):
    """Takes a coupon and puts its code into a field of the contact."""

    name: str = Field(description="the list of coupons, or the connection of the shop that makes it")
    field: str = Field(description="the field of the contact for the code")


def _spec(platform: str, name: str, arguments: type[BaseModel]) -> ActionSpec:
    return ActionSpec(platform, name, arguments, Kind.INTERNAL, is_idempotent=True, can_look_up=False)


_OF_CONTACT: Final[Mapping[str, type[BaseModel]]] = {
    "set": SetFields,
    "count": Count,
    "move": Move,
    "earn": Earn,
    "spend": Spend,
}
_OF_COMPANY: Final[Mapping[str, type[BaseModel]]] = {
    "set": SetCompanyFields,
    "count": CountOfCompany,
    "move": MoveCompany,
    "earn": EarnOfCompany,
    "spend": SpendOfCompany,
}
DONE_SPECS: Final = (
    *(_spec(CONTACT, name, one) for name, one in _OF_CONTACT.items()),
    *(_spec(COMPANY, name, one) for name, one in _OF_COMPANY.items()),
)
"""The actions on what we know of a contact, and of the company of a contact."""

LATER_SPECS: Final = (_spec("coupon", "take", TakeCoupon),)
"""Actions on our own state that are checked, and that nothing carries out yet."""


OWN_SPECS: Final = (*DONE_SPECS, *LATER_SPECS)


@dataclass(frozen=True, slots=True)
class Misfit:
    """What is wrong with an argument: the way to it, code, message and hint."""

    path: tuple[str, ...]
    code: str
    message: str
    hint: str = ""


def balance_of(value: Value) -> Decimal:
    """The points that are there, of what is known of them."""
    return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)


def read_as(value: Value, type_: Type) -> Value:
    """The value as a field of this type holds it; texts are read. Raises ValueError for what does not fit."""
    if value is None:
        return None
    read = _READ[type_.sort](value) if type_.sort in _READ else None
    if read is None:
        raise ValueError(f"it is no {type_.sort.value.replace('_', ' or ')}")
    return read


@dataclass(frozen=True, slots=True)
class Own:
    """Whose state an action is on: a `contact` or `company`, its type, and the journeys it goes through."""

    whose: str
    type: Type
    journeys: Mapping[str, Type]


def own_of(whose: str, contact: Type, company: Type) -> Own:
    """The contact, or its company, in one mapping. The stages of a contact are also those of its company."""
    of_company = company.fields["stages"].fields
    if whose == COMPANY:
        return Own(whose, company, of_company)
    journeys = contact.fields["stages"].fields.items()
    return Own(whose, contact, {name: one for name, one in journeys if name not in of_company})


def misfits(spec: ActionSpec, arguments: Mapping[str, object], own: Own) -> Iterator[Misfit]:
    """What is wrong with constant arguments of an action on our own state."""
    match spec.name, arguments:
        case "set", {"fields": Mapping() as fields}:
            for name, value in fields.items():
                yield from _of_field(str(name), value, own)
        case "count", {"name": str(name)}:
            yield from _of_counter(name, own)
        case "move", {"to": str(to)}:
            yield from _of_stage(str(arguments.get("journey") or ""), to, own)


def settable(whose: str, kind: Type) -> dict[str, Type]:
    """The fields that `contact.set` or `company.set` can set."""
    not_set = _NOT_SET if whose == CONTACT else _NOT_SET_OF_COMPANY
    return {name: one for name, one in kind.fields.items() if name not in not_set}


def _number(value: Value) -> Decimal | None:
    try:
        number = Decimal(value) if isinstance(value, str | int | Decimal) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and not isinstance(value, bool) else None


def _yes_no(value: Value) -> bool | None:
    return value if isinstance(value, bool) else _WORDS.get(str(value).strip().lower())


def _date(value: Value) -> date | None:
    match value:
        case datetime():
            return value.date()
        case date():
            return value
        case _:
            return date.fromisoformat(str(value).strip())


def _time(value: Value) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _text(value: Value) -> str | None:
    return str(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else None


_READ: Final[Mapping[Sort, Callable[[Value], Value]]] = {
    Sort.NUMBER: _number,
    Sort.YES_NO: _yes_no,
    Sort.DATE: _date,
    Sort.TIME: _time,
    Sort.TEXT: _text,
}


def _of_field(name: str, value: object, own: Own) -> Iterator[Misfit]:
    known, path = settable(own.whose, own.type), ("fields", name)
    if name not in known:
        message = f'{own.whose}.set: a {own.whose} has no field "{name[:60]}" to set'
        yield Misfit(path, "M137", message, did_you_mean(name, known))
    elif isinstance(value, str) and "{{" not in value:
        try:
            read_as(value, known[name])
        except ValueError:
            kind = known[name].sort.value.replace("_", " or ")
            yield Misfit(path, "M137", f'{own.whose}.set, {name}: "{value[:60]}" is no {kind}')


def _of_counter(name: str, own: Own) -> Iterator[Misfit]:
    if "{{" in name or not is_name(name):
        yield Misfit(("name",), "M125", f'"{name[:60]}" cannot be a name here', NAME_RULE)
    elif name in own.type.fields["counters"].fields:
        message = f'{own.whose}.count: "{name}" counts an event already'
        yield Misfit(("name",), "M137", message, "give the counter a name of its own")


def _of_stage(journey: str, to: str, own: Own) -> Iterator[Misfit]:
    journeys = own.journeys
    if journey and journey not in journeys:
        message = f'there is no journey "{journey[:60]}" that a {own.whose} goes through'
        yield Misfit(("journey",), "M132", message, did_you_mean(journey, journeys))
        return
    only = next(iter(journeys.values())) if len(journeys) == 1 else None
    found = journeys.get(journey) or journeys.get("main") or only
    if found is None:
        hint = f"say journey: {', '.join(journeys)}" if journeys else f"no journey is one of a {own.whose}"
        yield Misfit(("to",), "M132", f"{own.whose}.move: in which journey?", hint)
    elif to not in found.stages:
        yield Misfit(("to",), "M132", f'there is no stage "{to[:60]}"', did_you_mean(to, found.stages))
