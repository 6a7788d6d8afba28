"""The accounts of a mapping: platforms that we act on, sources that we listen to."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from typing import TypeAlias

from connector.mapping.terms import CannotTell, Expression, Place, Scope


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """A setting that stands in an environment variable; the mapping only knows its name."""

    variable: str


Setting: TypeAlias = "str | FromEnvironment"


@dataclass(frozen=True, slots=True)
class Connection:
    """One account: a platform that we act on, a source that we listen to, or both.

    `settings` holds everything else that was written, by key (`token`, `audience`, `app_id`, `owner`, `url`,
    `api_key`, `api_secret`, `list`, …). `ids` is the scope of its identities: its own name, unless shared.
    """

    name: str
    platform: str | None
    source: str | None
    ids: str
    secrets: tuple[Setting, ...]
    settings: abc.Mapping[str, Setting]
    place: Place


@dataclass(frozen=True, slots=True)
class Group:
    """Several accounts of one platform, of which each contact has one.

    `choose` gives a value, `members` the connection for each value that it can give.
    """

    name: str
    choose: Expression
    members: abc.Mapping[str, str]
    platform: str
    place: Place

    def member(self, scope: Scope) -> str | CannotTell:
        """The connection that fits in this scope, or what is missing to tell. Raises ExpressionFailed.

        Yes and no are the members `yes` and `no`.
        """
        chosen = self.choose(scope)
        if isinstance(chosen, CannotTell):
            return chosen
        if chosen is None:
            return CannotTell(self.choose.text)
        said = ("yes" if chosen else "no") if isinstance(chosen, bool) else str(chosen)
        return self.members.get(said) or CannotTell(f'a member of {self.name} for "{said[:60]}"')


Account: TypeAlias = "Connection | Group"
"""What an action may name."""
