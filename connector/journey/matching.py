"""Whether an action is the one that an example speaks of, whose arguments are given in part and as text."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from connector.journey.timing import resolve
from connector.mapping.cases import NamedAction
from connector.mapping.durations import parse_moment
from connector.mapping.local_time import parse_local
from connector.mapping.mapping import Defaults
from connector.model.action import Action
from connector.model.values import Value


def is_same_action(named: NamedAction, action: Action) -> bool:
    """Whether the two have one name; their arguments may differ."""
    accounts = named.members or {named.connection}
    return action.connection in accounts and named.spec.name == action.name


def fits(named: NamedAction, action: Action, defaults: Defaults) -> bool:
    """Whether the action is the one that was named: of a table only the keys that were written are looked at,
    of a list only that it has the written elements, in their order."""
    return is_same_action(named, action) and _fits(named.arguments, action.arguments, action, defaults)


def _fits(wanted: Value, value: Value, action: Action, defaults: Defaults) -> bool:
    match wanted, value:
        case Dictionary(), Dictionary():
            return all(
                key in value and _fits(one, value[key], action, defaults) for key, one in wanted.items()
            )
        case str(), _:
            return _is_text_of(wanted, value, action, defaults)
        case Sequence(), Sequence() if not isinstance(value, str):
            left = iter(value)
            return all(any(_fits(one, found, action, defaults) for found in left) for one in wanted)
        case _:
            return False


def _is_text_of(text: str, value: Value, action: Action, defaults: Defaults) -> bool:
    match value:
        case bool():
            return text.lower() in (("yes", "true") if value else ("no", "false"))
        case datetime():
            return _moment(text, action, defaults) == value
        case int() | Decimal():
            return _is_number(text, value)
        case date():
            return text == value.isoformat()
        case _:
            return text == (value or "")


def _is_number(text: str, value: int | Decimal) -> bool:
    try:
        return Decimal(text) == value
    except InvalidOperation:
        return False


def _moment(text: str, action: Action, defaults: Defaults) -> datetime | None:
    """What a written moment means for this action: a time of the company's clocks, or a while after it."""
    try:
        return parse_local(text, defaults.time_zone)
    except ValueError:
        pass
    try:
        return resolve(parse_moment(text), action.decided_at, defaults)
    except (ValueError, OverflowError):
        return None
