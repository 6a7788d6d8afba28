"""From the schema's groups to accounts of which each contact has one, and whose ids are the same as whose."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from connector.mapping.accounts import Connection, Group
from connector.mapping.build.actions import OWN_STATE
from connector.mapping.checker import Checker, names_for
from connector.mapping.nodes import Written
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.connections import ConnectionPart, GroupPart
from connector.mapping.terms import Expression
from connector.model.types import Sort, Type

_OF_A_CONNECTION: Final = re.compile(r"\s*(contact\s*\.\s*shop|event\s*\.\s*connection)\s*")


class GroupBuilder:
    """Builds groups of the connections; what is wrong is told to the checker.

    `defined` are the names of all connections and groups, also of those that have problems of their own.
    """

    def __init__(
        self, connections: Mapping[str, Connection], groups: Collection[str], contact: Type, checker: Checker
    ) -> None:
        self._connections = connections
        self._groups = groups
        self._names = names_for((), contact)
        self._checker = checker

    def build(self, name: Written, part: GroupPart, broken: Collection[str]) -> Group | None:
        """The group; None where none of its members can be one. `broken` are connections with problems."""
        if name in OWN_STATE:
            hint = "give the group another name"
            self._checker.refuse(name.place, "M125", f'"{name}" means our own state', hint)
        choose = self._checker.expression(part.choose, self._names)
        members = dict(self._members(part))
        self._check_values(members, part, choose)
        found = {value: self._account(one) for value, one in members.items() if one not in broken}
        accounts = {value: account for value, account in found.items() if account is not None}
        if not members:
            hint = "below choose, write a line for each value that it can give, as in shop_nl: mailchimp_nl"
            self._checker.refuse(name.place, "M121", f'"{name}" has no members', hint)
        self._check_platforms(members, accounts)
        if not accounts:
            return None
        platform = next(one.platform or "" for one in accounts.values())
        names = {str(value): one.name for value, one in accounts.items()}
        return Group(str(name), choose, names, platform, name.place)

    def _members(self, part: GroupPart) -> Iterator[tuple[Written, Written]]:
        """Each value with the name of its connection, as far as they can be read."""
        own = ConnectionPart.keys()
        for value, node in part.members.items():
            if value in own:
                hint = "its members say that; below choose stand values, each with a connection"
                self._checker.refuse(value.place, "M120", f'a group has no "{value}"', hint)
            elif not isinstance(node, Written) or node.is_nothing:
                hint = f"as in {value[:60]}: NAME"
                self._checker.refuse(node.place, "M122", "the name of a connection is wanted here", hint)
            else:
                yield value, node

    def _check_values(self, values: Iterable[Written], part: GroupPart, choose: Expression) -> None:
        """That the keys are something that `choose` can give, as far as that is known."""
        code, why, known = "M124", "", list(_possible(choose))
        if _OF_A_CONNECTION.fullmatch(part.choose):
            known = [one.name for one in self._connections.values() if one.source]
            code, why = "M133", ": no connection of that name listens"
        for value in values:
            if known and value not in known:
                message = f'{part.choose.strip()[:60]} is never "{value[:60]}"{why}'
                self._checker.refuse(value.place, code, message, did_you_mean(value, known))

    def _account(self, member: Written) -> Connection | None:
        if member in self._groups:
            hint = "name the connections themselves"
            self._checker.refuse(member.place, "M148", f'"{member}" is a group, and no member of one', hint)
            return None
        account = self._connections.get(member)
        acting = [one.name for one in self._connections.values() if one.platform]
        if account is None:
            hint = did_you_mean(member, acting) or "describe it under connections:"
            self._checker.refuse(member.place, "M133", f'there is no connection "{member[:60]}"', hint)
        elif account.platform is None:
            hint = did_you_mean(member, acting) or "a member is a connection with platform:"
            self._checker.refuse(member.place, "M148", f'"{member}" only listens', hint)
        return account if account and account.platform else None

    def _check_platforms(
        self, members: Mapping[Written, Written], accounts: Mapping[Written, Connection]
    ) -> None:
        first = next(iter(accounts.values()), None)
        for value, one in accounts.items():
            if first is not None and one.platform != first.platform:
                message = f'"{one.name}" is of {one.platform}, and "{first.name}" of {first.platform}'
                hint = "all members of a group are of one platform"
                self._checker.refuse(members[value].place, "M148", message, hint)


def _possible(choose: Expression) -> tuple[str, ...]:
    """All that `choose` can give, where that is known."""
    match getattr(choose, "type", None):
        case Type(sort=Sort.YES_NO):
            return ("yes", "no")
        case Type(stages=stages, choices=choices):
            return stages or choices
    return ()


def check_ids(parts: Mapping[Written, ConnectionPart], groups: Collection[str], checker: Checker) -> None:
    """That ids are shared with somebody, and by all who share them under one name."""
    shared = {name: part.ids for name, part in parts.items() if part.ids is not None and part.ids != name}
    for name, ids in shared.items():
        other = shared.get(ids)
        if other is not None:
            message = f'"{ids}" itself shares the ids of "{other}"'
            checker.refuse(ids.place, "M144", message, f"write ids: {other}")
        elif ids not in {*parts, *groups} and not any(
            one == ids for whose, one in shared.items() if whose != name
        ):
            known = {*parts, *groups} - {name}
            hint = did_you_mean(ids, known) or "name the connection whose ids are the same"
            checker.refuse(ids.place, "M133", f'nobody has the ids of "{ids}"', hint)
