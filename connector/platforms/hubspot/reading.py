"""What HubSpot shows of what it has answered to be done: read from the records themselves, many at once.

A record is shown as it was written at once; its searches are not (developers.hubspot.com, CRM search). Where
a contact has another value than was written, the history of the property says whether it had ours since: then
somebody, or an automation there, has changed it again, and what we did was done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from connector.errors import DispatchError, Rejected, Unseen
from connector.model.light import light
from connector.platforms.alike import is_alike
from connector.platforms.base import Addressee, Done, Outcome
from connector.platforms.hubspot.answers import Record, dicts, proven, text
from connector.platforms.hubspot.arguments import SetOwner, Tag, UpdateContact
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.finding import Finding, Found
from connector.platforms.hubspot.owners import OWNER, Owners
from connector.platforms.hubspot.terms import STAGE
from connector.platforms.hubspot.together import each
from connector.platforms.hubspot.values import as_texts, choices, read_moment, to_milliseconds
from connector.platforms.hubspot.wishes import Wish
from connector.platforms.proof import preparing

Holds: TypeAlias = Callable[[str], bool]
"""Whether a value is as it should be."""

NOBODY: Final = "HubSpot shows no such contact"


@light
class Expected:
    """A property of a contact: what it should be, in words, and whether a value is so."""

    name: str
    words: str
    holds: Holds


@light
class Answered:
    """What was answered to be done."""

    wish: Wish[Any]
    done: Done

    @property
    def addressee(self) -> Addressee:
        """Whom it is about, by the id that HubSpot answered with."""
        known = self.wish.addressee
        return replace(known, platform_id=self.done.platform_id or known.platform_id)


class Reading:
    """Reads contacts back. Every method gives one outcome for each, in order."""

    def __init__(self, client: HubSpotClient, finding: Finding, owners: Owners, tag_property: str) -> None:
        self._client, self._finding, self._owners = client, finding, owners
        self._tag_property = tag_property

    def updates(self, answered: Sequence[Answered]) -> list[Outcome]:
        """The properties; where no rule asks for it, the lifecycle stage alone."""
        return self._read(answered, _of_update)

    def tags(self, answered: Sequence[Answered]) -> list[Outcome]:
        """The tags that stand in a property."""
        return self._read(answered, lambda wish: [_of_tag(self._tag_property, wish.arguments)])

    def owners(self, answered: Sequence[Answered]) -> list[Outcome]:
        """The owners."""
        return self._read(answered, self._of_owner)

    def _of_owner(self, wish: Wish[SetOwner]) -> list[Expected]:
        with preparing():
            return [_is(OWNER, self._owners.id_of(wish.arguments.owner))]

    def _read(self, answered: Sequence[Answered], of: Callable[[Wish[Any]], list[Expected]]) -> list[Outcome]:
        wanted = each(answered, lambda one: of(one.wish))
        names = sorted({one.name for some in wanted if isinstance(some, list) for one in some})
        records = self._finding.records([one.addressee for one in answered], names)
        found = list(zip(answered, wanted, records, strict=True))
        return [_outcome(one) for one in each(found, lambda one: self._shown(*one))]

    def _shown(self, one: Answered, wanted: list[Expected] | DispatchError, found: Found) -> Done:
        if isinstance(wanted, DispatchError):
            raise wanted
        if isinstance(found, DispatchError):
            raise found
        if found is None:
            raise Unseen(NOBODY)
        notes = [self._note(one, found, it) for it in wanted if not it.holds(_value(found, it.name))]
        return replace(one.done, platform_id=found.id, note="; ".join(notes))

    def _note(self, one: Answered, found: Record, wanted: Expected) -> str:
        """Who has changed the property since it was as it should be. Raises `Unseen` where it never was."""
        versions = self._versions(found.id, wanted.name)
        since = to_milliseconds(one.wish.call.action.decided_at)
        had = [it for it in versions[1:] if _at(it) >= since and wanted.holds(text(it.get("value")))]
        shown = _value(found, wanted.name) or "empty"
        if not had:
            raise Unseen(f"HubSpot shows {wanted.name} as {shown}, which should {wanted.words}")
        by = text(versions[0].get("sourceType")) or "somebody"
        return f"done, and {wanted.name} was changed to {shown} since, by {by}"

    def _versions(self, id_: str, name: str) -> list[dict[str, Any]]:
        """The values that a contact's property has had, the newest first."""
        with preparing():
            answer = self._client.sdk.crm.contacts.basic_api.get_by_id(
                id_, properties_with_history=[name], _preload_content=False
            )
            kept = proven(answer, 200).get("propertiesWithHistory")
        versions = dicts(kept.get(name)) if isinstance(kept, dict) else []
        return sorted(versions, key=_at, reverse=True)


def _of_update(wish: Wish[UpdateContact]) -> list[Expected]:
    values = as_texts(wish.arguments.fields)
    is_asked = any(one.cause.verify for one in wish.call.actions)
    return [_is(name, value) for name, value in values.items() if is_asked or name == STAGE]


def _of_tag(name: str, wanted: Tag) -> Expected:
    def holds(value: str) -> bool:
        held = set(choices(value))
        return held.issuperset(wanted.add) and held.isdisjoint(wanted.remove)

    with_, without = _names("have", wanted.add), _names("not have", wanted.remove)
    return Expected(name, " and ".join(filter(None, (with_, without))), holds)


def _names(verb: str, tags: Iterable[str]) -> str:
    named = ", ".join(tags)
    return f"{verb} {named}" if named else ""


def _is(name: str, value: str) -> Expected:
    return Expected(name, f"be {value or 'empty'}", lambda shown: is_alike(value, shown))


def _value(found: Record, name: str) -> str:
    return text(found.properties.get(name))


def _at(version: Mapping[str, Any]) -> datetime:
    """When a property got a value; of one that does not say so, before everything else."""
    return read_moment(version.get("timestamp")) or datetime.min.replace(tzinfo=UTC)


def _outcome(one: Done | DispatchError) -> Outcome:
    """A refusal of the read itself is no refusal of what was done."""
    return Unseen(one.words) if isinstance(one, Rejected) else one
