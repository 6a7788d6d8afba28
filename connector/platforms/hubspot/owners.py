"""HubSpot's users who can own records: finding one, and making one the owner of a contact."""

from __future__ import annotations

from collections.abc import Sequence

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Addressee, Done, Outcome
from connector.platforms.hubspot.answers import Record, dicts, proven, text
from connector.platforms.hubspot.arguments import SetOwner
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import Contacts
from connector.platforms.hubspot.finding import Finding
from connector.platforms.hubspot.together import each, spread
from connector.platforms.hubspot.wishes import Wish
from connector.platforms.proof import preparing

OWNER = "hubspot_owner_id"


class Owners:
    """Owners by e-mail address. Found ones are remembered. `default` is the connection's."""

    def __init__(self, client: HubSpotClient, default: str | None) -> None:
        self._client, self._default = client, default
        self._known: dict[str, str] = {}

    def named(self, email: str | None) -> str | None:
        """The id of this owner or else of the default; None without either. Raises as `id_of` does."""
        wanted = email or self._default
        return self.id_of(wanted) if wanted else None

    def id_of(self, email: str) -> str:
        """The owner's id. Raises `Rejected` where HubSpot knows no such owner."""
        wanted = email.strip().lower()
        if wanted not in self._known:
            self._known[wanted] = self._found(wanted)
        return self._known[wanted]

    def has(self, email: str) -> bool:
        """Whether HubSpot has this owner. Raises a DispatchError where it cannot be told now."""
        try:
            self.id_of(email)
        except Rejected:
            return False
        return True

    def doubt(self, outcomes: Sequence[Outcome]) -> None:
        """Ask again where HubSpot refused a call: an owner may have left."""
        if any(isinstance(one, Rejected) and one.status for one in outcomes):
            self._known.clear()

    def _found(self, wanted: str) -> str:
        with preparing():
            answer = self._client.sdk.crm.owners.owners_api.get_page(
                email=wanted, limit=100, archived=False, _preload_content=False
            )
            owners = dicts(proven(answer, 200).get("results"))
        for owner in owners:
            if text(owner.get("email")).lower() == wanted and (id_ := text(owner.get("id"))):
                return id_
        raise Rejected(f"HubSpot has no owner {wanted}")


class Ownership:
    """Who owns contacts."""

    def __init__(self, contacts: Contacts, finding: Finding, owners: Owners) -> None:
        self._contacts, self._finding, self._owners = contacts, finding, owners

    def set(self, wishes: Sequence[Wish[SetOwner]]) -> list[Outcome]:
        """Make colleagues the owners."""
        owned = each(wishes, lambda one: (one.addressee, self._owners.id_of(one.arguments.owner)))
        outcomes = spread(owned, self._set)
        self._owners.doubt(outcomes)
        return outcomes

    def _set(self, owned: Sequence[tuple[Addressee, str]]) -> list[Outcome]:
        ids = self._finding.ids([one for one, _ in owned])
        owners = dict(enumerate(owner for _, owner in owned))
        told = self._contacts.update(
            {
                str(place): (id_, {OWNER: owners[place]})
                for place, id_ in enumerate(ids)
                if isinstance(id_, str)
            }
        )
        return [
            _settled(told[str(place)], owners[place]) if isinstance(id_, str) else id_
            for place, id_ in enumerate(ids)
        ]


def _settled(told: Record | DispatchError, owner: str) -> Outcome:
    if isinstance(told, DispatchError):
        return told
    if (kept := text(told.properties.get(OWNER))) != owner:
        return Rejected(f"HubSpot keeps {OWNER} at {kept or 'nothing'} instead of {owner}")
    return Done(platform_id=told.id, became={OWNER: [owner]})
