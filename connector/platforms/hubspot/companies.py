"""HubSpot's companies: the one that a contact belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Addressee, Call, Done
from connector.platforms.hubspot.answers import dicts, text
from connector.platforms.hubspot.contacts import Contacts, nobody
from connector.platforms.hubspot.kinds import COMPANIES
from connector.platforms.hubspot.record_arguments import UpdateCompany
from connector.platforms.hubspot.records import Records
from connector.platforms.hubspot.stages import settle_stages
from connector.platforms.hubspot.terms import STAGE
from connector.platforms.hubspot.values import as_texts
from connector.platforms.proof import preparing

PRIMARY = 1
"""HubSpot's number for the tie of a contact to its primary company (its SDK, association_type.py)."""


class Companies:
    """Changing companies; HubSpot itself makes them and says who belongs to which."""

    def __init__(self, records: Records, contacts: Contacts) -> None:
        self._records, self._contacts = records, contacts

    def update(self, call: Call, wanted: UpdateCompany) -> Done:
        """Set properties of the contact's company, its stage also backwards. Raises a DispatchError."""
        id_, properties = self.id_of(call.addressee), as_texts(wanted.fields)
        if not properties:
            return Done()
        written = self._records.patch(COMPANIES, id_, properties)
        if STAGE not in properties:
            return Done()
        update = partial(self._records.update, COMPANIES)
        settled = settle_stages(update, {id_: (written, properties[STAGE])})[id_]
        if isinstance(settled, DispatchError):
            raise settled
        return Done(became={f"company.{STAGE}": settled})

    def id_of(self, addressee: Addressee) -> str:
        """HubSpot's id of the company that somebody belongs to. Raises a DispatchError."""
        if not addressee.email and not addressee.platform_id:
            raise nobody()
        with preparing():
            contact_id = self._contacts.known_id(addressee)
            ties = self._records.of.ties(COMPANIES, contact_id) if contact_id else []
        found = sorted(ties, key=_is_primary, reverse=True)
        if found and (id_ := text(found[0].get("toObjectId"))):
            return id_
        raise Rejected("HubSpot has no company for this contact")


def _is_primary(tie: Mapping[str, Any]) -> bool:
    return any(one.get("typeId") == PRIMARY for one in dicts(tie.get("associationTypes")))
