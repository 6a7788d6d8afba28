"""From what is defined under `connections` to accounts and groups, with the sources that they listen to."""

from __future__ import annotations

from collections import abc

from connector.mapping.accounts import Connection, Group
from connector.mapping.build.connections import (
    WITH_A_LIST,
    build_connection,
    check_list,
    check_secret,
    doubt_list,
)
from connector.mapping.build.fetch import check_address
from connector.mapping.build.groups import GroupBuilder, check_ids
from connector.mapping.checker import Checker
from connector.mapping.definitions import Definition, read_all
from connector.mapping.nodes import Written
from connector.mapping.schema.connections import ConnectionPart, GroupPart, is_group
from connector.mapping.shipped import Sources
from connector.mapping.source import Source
from connector.model.types import Type


class AccountBuilder:
    """Builds what is `described`, on the platforms that there are; what is wrong is told to the checker."""

    def __init__(
        self,
        described: abc.Mapping[str, Definition],
        sources: Sources,
        platforms: abc.Collection[str],
        checker: Checker,
    ) -> None:
        self._described = described
        self._sources = sources
        self._platforms = platforms
        self._checker = checker

    def connections(self, fields: abc.Iterable[str]) -> dict[str, Connection]:
        """The connections; `fields` are those that the company added to a contact."""
        groups = [name for name, one in self._described.items() if is_group(one.tree)]
        parts = read_all(
            ConnectionPart,
            [one for name, one in self._described.items() if name not in groups],
            self._checker.problems,
        )
        sources = {name: self._source(name, part, fields) for name, part in parts.items()}
        connections = {
            str(name): build_connection(
                name, part, self._platforms, source.name if source else None, self._checker
            )
            for (name, part), source in zip(parts.items(), sources.values(), strict=True)
        }
        lists = [one.name for one in connections.values() if WITH_A_LIST in one.settings]
        check_ids(parts, groups, self._checker)
        for name, part in parts.items():
            check_list(part, lists, groups, self._checker)
            if source := sources[name]:
                check_secret(name, part, source, self._checker)
                check_address(name, part, source, self._checker)
                doubt_list(name, part, source, lists, self._checker)
        return connections

    def groups(self, connections: abc.Mapping[str, Connection], contact: Type) -> dict[str, Group]:
        """The groups of the connections."""
        parts = read_all(
            GroupPart,
            [one for one in self._described.values() if is_group(one.tree)],
            self._checker.problems,
        )
        builder = GroupBuilder(connections, frozenset(map(str, parts)), contact, self._checker)
        broken = self._described.keys() - connections.keys() - set(map(str, parts))
        built = {str(name): builder.build(name, part, broken) for name, part in parts.items()}
        return {name: group for name, group in built.items() if group is not None}

    def _source(self, name: Written, part: ConnectionPart, fields: abc.Iterable[str]) -> Source | None:
        """What the connection listens to; a platform that has a secret listens to its own webhooks."""
        if part.source is not None:
            return self._sources.find(part.source, fields)
        if part.platform is not None and part.secret and part.platform in self._sources.names:
            return self._sources.find(part.platform, fields)
        return None
