"""The accounts of a mapping: platforms that we act on, sources that we listen to."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from typing import TypeAlias

from connector.mapping.terms import Place


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
