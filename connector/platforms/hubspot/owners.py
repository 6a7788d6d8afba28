"""HubSpot's users who can own records: finding one, and making one the owner of a contact."""

from __future__ import annotations

from connector.errors import Rejected
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.answers import dicts, proven, text
from connector.platforms.hubspot.arguments import SetOwner
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import Contacts
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

    def forget(self) -> None:
        """Ask again: an owner may have left."""
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
    """Who owns a contact."""

    def __init__(self, contacts: Contacts, owners: Owners) -> None:
        self._contacts, self._owners = contacts, owners

    def set(self, call: Call, wanted: SetOwner) -> Done:
        """Make the colleague the owner. Raises a DispatchError."""
        owner = self._owners.id_of(wanted.owner)
        contact_id = self._contacts.id_of(call.addressee)
        try:
            written = self._contacts.patch(contact_id, {OWNER: owner})
        except Rejected:
            self._owners.forget()
            raise
        if (kept := text(written.properties.get(OWNER))) != owner:
            raise Rejected(f"HubSpot keeps {OWNER} at {kept or 'nothing'} instead of {owner}")
        return Done(platform_id=written.id, became={OWNER: [owner]})
