"""What an action sets once more, in a property that the connection names for it."""

from __future__ import annotations

from collections.abc import Collection

from connector.mapping.accounts import Connection
from connector.mapping.checker import Checker
from connector.mapping.nodes import Table, Written
from connector.model.action import ActionSpec

_FIELDS = "fields"


def with_kept(
    spec: ActionSpec, accounts: Collection[Connection], arguments: Table, checker: Checker
) -> Table:
    """The arguments, with the value that the platform may change also where it stays as it was written.

    What the rule sets there itself counts. Members of a group that name different properties are a mistake.
    """
    fields = arguments.get(_FIELDS)
    if spec.kept is None or not isinstance(fields, Table) or spec.kept.field not in fields:
        return arguments
    named = {one.settings.get(spec.kept.setting) for one in accounts}
    if len(named) > 1:
        checker.refuse(
            fields.place_of(spec.kept.field),
            "M144",
            f'the accounts of the group have different "{spec.kept.setting}"',
            "give all of them the same, or name one account",
        )
    name = named.pop() if len(named) == 1 else None
    return _with(arguments, fields, spec.kept.field, name) if isinstance(name, str) else arguments


def _with(arguments: Table, fields: Table, field: str, name: str) -> Table:
    place = fields.place_of(field)
    both, more = Table(arguments.place), Table(fields.place)
    for key, node in fields.items():
        more.add(fields.keys_written[key], node)
    more.add(Written(name, place), fields[field])
    for key, node in arguments.items():
        both.add(arguments.keys_written[key], more if key == _FIELDS else node)
    return both
