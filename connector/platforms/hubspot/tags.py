"""Tags: the choices of one multi-checkbox property of the contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connector.errors import DispatchError, SettingsError, Unknown
from connector.platforms.base import Done, Outcome
from connector.platforms.hubspot.answers import Record, text
from connector.platforms.hubspot.arguments import Tag
from connector.platforms.hubspot.contacts import Contacts
from connector.platforms.hubspot.finding import Finding, Found
from connector.platforms.hubspot.values import choices, joined
from connector.platforms.hubspot.wishes import Wish

PROPERTY: Final = "loods_tags"
"""The property that keeps the tags, where the connection says nothing else."""


def kept_in(said: str | None) -> str:
    """The property that keeps the tags; empty where they are static lists.

    Raises SettingsError where the connection says neither `property` nor `lists`.
    """
    if said not in {None, "property", "lists"}:
        raise SettingsError(f"tags cannot be {str(said)[:40]!r}: they stand in a property or in lists")
    return "" if said == "lists" else PROPERTY


@dataclass(frozen=True, slots=True)
class _Change:
    """What a contact has and is to have."""

    before: Sequence[str]
    after: Sequence[str]


class Tags:
    """Adding and removing tags. Tags that are not named stay as they are."""

    def __init__(self, contacts: Contacts, finding: Finding, name: str) -> None:
        self._contacts, self._finding, self._name = contacts, finding, name

    def change(self, wishes: Sequence[Wish[Tag]]) -> list[Outcome]:
        """Read the tags of all, and write them where they have to change.

        Two wishes of whom HubSpot has as one contact are done one after the other: each writes all the tags.
        """
        found = self._finding.records([one.addressee for one in wishes], [self._name])
        first = _first(wishes, found)
        now = self._changed([wishes[place] for place in first], [found[place] for place in first])
        outcomes = dict(zip(first, now, strict=True))
        if later := [place for place in range(len(wishes)) if place not in outcomes]:
            outcomes |= zip(later, self.change([wishes[place] for place in later]), strict=True)
        return [outcomes[place] for place in range(len(wishes))]

    def _changed(self, wishes: Sequence[Wish[Tag]], found: Sequence[Found]) -> list[Outcome]:
        people = [one.addressee for one in wishes]
        changes = [self._change(wish, one) for wish, one in zip(wishes, found, strict=True)]
        ids = self._finding.made(people, [one.id if isinstance(one, Record) else one for one in found])
        told = self._contacts.update(
            {
                str(place): (id_, {self._name: joined(change.after)})
                for place, (id_, change) in enumerate(zip(ids, changes, strict=True))
                if isinstance(id_, str) and self._has_to_change(found[place], change)
            }
        )
        return [
            self._settled(id_, told.get(str(place)), change)
            for place, (id_, change) in enumerate(zip(ids, changes, strict=True))
        ]

    def _change(self, wish: Wish[Tag], found: Found) -> _Change:
        before = choices(found.properties.get(self._name)) if isinstance(found, Record) else []
        added = dict.fromkeys([*before, *wish.arguments.add])
        return _Change(before, [tag for tag in added if tag not in wish.arguments.remove])

    def _has_to_change(self, found: Found, change: _Change) -> bool:
        """Whom HubSpot did not know is written in any case."""
        return not isinstance(found, Record) or change.after != change.before

    def _settled(
        self, id_: str | DispatchError, told: Record | DispatchError | None, change: _Change
    ) -> Outcome:
        if isinstance(id_, DispatchError):
            return id_
        if isinstance(told, DispatchError):
            return told
        if told is None:
            return Done(platform_id=id_, became={self._name: []})
        kept = text(told.properties.get(self._name))
        if set(choices(kept)) != set(change.after):
            return Unknown(f"HubSpot shows {self._name} as {kept or 'empty'}", status=200)
        return Done(platform_id=told.id, became={self._name: [kept]})


def _first(wishes: Sequence[Wish[Tag]], found: Sequence[Found]) -> list[int]:
    """The places of those before whom there is no other wish of the same contact."""
    places: dict[str, int] = {}
    for place, (wish, one) in enumerate(zip(wishes, found, strict=True)):
        address = (wish.addressee.email or str(place)).lower()
        places.setdefault(one.id if isinstance(one, Record) else address, place)
    return list(places.values())
