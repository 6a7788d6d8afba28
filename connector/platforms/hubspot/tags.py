"""Tags: the choices of one multi-checkbox property of the contact."""

from __future__ import annotations

from connector.platforms.base import Call, Done
from connector.platforms.hubspot.arguments import Tag
from connector.platforms.hubspot.contacts import Contacts
from connector.platforms.hubspot.values import choices, joined


class Tags:
    """Adding and removing tags. Tags that are not named stay as they are."""

    def __init__(self, contacts: Contacts, name: str) -> None:
        self._contacts, self._name = contacts, name

    def change(self, call: Call, wanted: Tag) -> Done:
        """Read the tags, and write them where they have to change. Raises a DispatchError."""
        contact = self._contacts.read(call.addressee, [self._name])
        before = choices(contact.properties.get(self._name)) if contact else []
        after = [tag for tag in dict.fromkeys([*before, *wanted.add]) if tag not in wanted.remove]
        if contact and after == before:
            return Done(platform_id=contact.id, became={self._name: []})
        contact_id = contact.id if contact else self._contacts.id_of(call.addressee)
        written = self._contacts.patch(contact_id, {self._name: joined(after)})
        return Done(platform_id=written.id, became={self._name: [joined(after)]})
