"""Whom HubSpot knows: the contacts of many people, found by one or two requests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Addressee
from connector.platforms.hubspot.answers import Record, dicts, part_refused, proven, read_record, text
from connector.platforms.hubspot.batching import MOST
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import Contacts, nobody
from connector.platforms.hubspot.parts import said
from connector.platforms.hubspot.together import each
from connector.platforms.proof import preparing, unproven

EMAIL: Final = "email"
MORE: Final = "hs_additional_emails"
"""Further addresses of a contact, with `;` between them: HubSpot finds it by any of them."""
ABSENT: Final = "OBJECT_NOT_FOUND"
"""HubSpot's word for a record that was deleted, or never was."""

Found: TypeAlias = Record | DispatchError | None
"""A contact; None where HubSpot certainly has none."""


class Finding:
    """Reading contacts in batches, before the call that counts: what is lost of it is `Transient`."""

    def __init__(self, client: HubSpotClient, contacts: Contacts) -> None:
        self._client, self._contacts = client, contacts

    def records(self, people: Sequence[Addressee], names: Sequence[str]) -> list[Found]:
        """Each one's contact with these properties, by HubSpot's id or else by e-mail address."""
        by_id = self._read([one.platform_id for one in people if one.platform_id], names, "")
        left = [one for one in people if one.email and not by_id.get(one.platform_id or "")]
        by_email = self._read([str(one.email).lower() for one in left], names, EMAIL)
        return [_of(one, by_id, by_email) for one in people]

    def known_ids(self, people: Sequence[Addressee]) -> list[str | DispatchError | None]:
        """HubSpot's ids of them; None where HubSpot does not know them."""
        asked = [one for one in people if not one.platform_id]
        found = iter(self.records(asked, [EMAIL]))
        return [one.platform_id or _id(next(found)) for one in people]

    def ids(self, people: Sequence[Addressee]) -> list[str | DispatchError]:
        """The same; who is unknown is made.

        Whom HubSpot knows is only read: writing the address would make an additional one the main one.
        """
        return self.made(people, self.known_ids(people))

    def made(
        self, people: Sequence[Addressee], known: Sequence[str | DispatchError | None]
    ) -> list[str | DispatchError]:
        """The ids, those of new contacts where there was none. Who has no e-mail address cannot be made."""
        new = {
            str(place): (one.email, {EMAIL: one.email})
            for place, (one, id_) in enumerate(zip(people, known, strict=True))
            if id_ is None and one.email
        }
        told = self._contacts.upsert(new)
        return [
            _prepared(told[str(place)]) if str(place) in told else id_ or _unknown(people[place])
            for place, id_ in enumerate(known)
        ]

    def _read(self, keys: Collection[str], names: Sequence[str], by: str) -> dict[str, Found]:
        found: dict[str, Found] = {}
        left = sorted(set(keys))
        for start in range(0, len(left), MOST):
            some = left[start : start + MOST]
            try:
                with preparing():
                    found |= self._page(some, names, by)
            except DispatchError as error:
                found |= dict.fromkeys(some, error)
        return found

    def _page(self, keys: Sequence[str], names: Sequence[str], by: str) -> dict[str, Found]:
        how = {"idProperty": by} if by else {}
        asked = {"inputs": [{"id": one} for one in keys], "properties": [*names, EMAIL, MORE], **how}
        answer = self._client.sdk.crm.contacts.batch_api.read(asked, _preload_content=False)
        body = proven(answer, 200, 207)
        if not isinstance(body.get("results"), list):
            raise unproven(answer, "no results")
        told = _told(body)
        return {one: told[one] for one in keys if one in told} | self._alone(
            [one for one in keys if one not in told], names, by
        )

    def _alone(self, keys: Sequence[str], names: Sequence[str], by: str) -> dict[str, Found]:
        """Asked for one by one, because the answer for many does not say anything of them."""
        how = {"id_property": by} if by else {}
        return dict(zip(keys, each(keys, lambda key: self._contacts.one(key, names, **how)), strict=True))


def _told(body: Mapping[str, Any]) -> dict[str, Found]:
    """By id and by every address; errors by what they name."""
    told: dict[str, Found] = {}
    for error in dicts(body.get("errors")):
        is_absent = error.get("category") == ABSENT
        told |= {key.lower(): None if is_absent else part_refused(error) for key in said(error, "ids")}
    for record in filter(None, map(read_record, dicts(body["results"]))):
        told |= dict.fromkeys(_keys(record), record)
    return told


def _keys(record: Record) -> Iterator[str]:
    yield record.id
    for name in (EMAIL, MORE):
        for one in text(record.properties.get(name)).split(";"):
            yield one.strip().lower()


def _of(one: Addressee, by_id: Mapping[str, Found], by_email: Mapping[str, Found]) -> Found:
    if not one.platform_id and not one.email:
        return nobody()
    return by_id.get(one.platform_id or "") or by_email.get((one.email or "").lower())


def _id(found: Found) -> str | DispatchError | None:
    return found.id if isinstance(found, Record) else found


def _unknown(one: Addressee) -> Rejected:
    return Rejected(f"HubSpot has no contact {one.platform_id} any more") if one.platform_id else nobody()


def _prepared(made: Record | DispatchError) -> str | DispatchError:
    try:
        with preparing():
            if isinstance(made, DispatchError):
                raise made
    except DispatchError as error:
        return error
    return made.id
