"""Putting contacts into HubSpot's workflows, sequences and lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connector.errors import Rejected
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.answers import check_status, proven, text
from connector.platforms.hubspot.arguments import AddToList, RemoveFromList, StartSequence, StartWorkflow
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import Contacts, nobody
from connector.platforms.hubspot.values import read_moment
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

CLOCK_SKEW = timedelta(minutes=5)
CONTACTS = "0-1"
"""HubSpot's number for contacts as a type of object."""


class Workflows:
    """Workflows take a contact by e-mail address and say nothing of it afterwards.

    Of all its versions HubSpot has this call in v2 only (developers.hubspot.com, Enroll a contact).
    """

    def __init__(self, client: HubSpotClient, contacts: Contacts) -> None:
        self._client, self._contacts = client, contacts

    def start(self, call: Call, wanted: StartWorkflow) -> Done:
        """Enrol. Raises a DispatchError."""
        if not (email := call.addressee.email):
            raise Rejected("a workflow takes contacts by e-mail address, and this one has none")
        contact_id = self._contacts.id_of(call.addressee)
        answer = self._client.call(
            "POST",
            "/automation/v2/workflows/{workflow}/enrollments/contacts/{email}",
            workflow=str(wanted.workflow),
            email=email,
        )
        check_status(answer, 204, once=True)
        return Done(platform_id=contact_id)


class Sequences:
    """Sales sequences: a contact is in one of them at a time, and HubSpot says in which."""

    def __init__(self, client: HubSpotClient, contacts: Contacts) -> None:
        self._client, self._contacts = client, contacts

    def start(self, call: Call, wanted: StartSequence) -> Done:
        """Enrol. Raises a DispatchError."""
        contact_id = self._contacts.id_of(call.addressee)
        answer = self._client.call(
            "POST",
            "/automation/v4/sequences/enrollments",
            query=[("userId", str(wanted.user))],
            body={
                "sequenceId": str(wanted.sequence),
                "contactId": contact_id,
                "senderEmail": wanted.sender,
            },
        )
        if enrolment := text(proven(answer, 200, 201, once=True).get("id")):
            return Done(enrolment, contact_id)
        raise unproven(answer, "no enrolment")

    def look_up(self, call: Call, wanted: StartSequence) -> Done | None:
        """The contact's enrolment in this sequence since the action was decided, if there is one."""
        contact_id = self._contacts.known_id(call.addressee)
        if contact_id is None:
            return None
        with preparing():
            answer = self._client.call(
                "GET", "/automation/v4/sequences/enrollments/contact/{contact}", contact=contact_id
            )
            if is_absent(answer):
                return None
            found = proven(answer, 200)
        enrolment, enrolled = text(found.get("id")), read_moment(found.get("enrolledAt"))
        is_later = enrolled is None or enrolled >= call.action.decided_at - CLOCK_SKEW
        is_it = text(found.get("sequenceId")) == str(wanted.sequence) and enrolment not in call.known
        return Done(enrolment, contact_id) if enrolment and is_it and is_later else None


class Lists:
    """Static lists, by number or by name; numbers that were found are remembered."""

    def __init__(self, client: HubSpotClient, contacts: Contacts) -> None:
        self._client, self._contacts = client, contacts
        self._known: dict[str, str] = {}

    def add(self, call: Call, wanted: AddToList) -> Done:
        """Put the contact on the list, or leave it there. Raises a DispatchError."""
        list_id = self._number(wanted.list)
        contact_id = self._contacts.id_of(call.addressee)
        answer = self._client.sdk.crm.lists.memberships_api.add(list_id, [contact_id], _preload_content=False)
        body = self._proven(answer)
        # The v3 answer says `recordsIdsAdded`, its successor `recordIdsAdded`.
        added = _ids(body, "recordsIdsAdded") or _ids(body, "recordIdsAdded") or frozenset()
        missing = _ids(body, "recordIdsMissing")
        if contact_id in added or (missing is not None and contact_id not in missing):
            return Done(platform_id=contact_id)
        if missing is None:
            raise unproven(answer, f"no contact {contact_id}")
        raise Rejected(f"HubSpot knows no contact {contact_id} to put on list {wanted.list}", status=200)

    def remove(self, call: Call, wanted: RemoveFromList) -> Done:
        """Take the contact off the list, or leave it off. Raises a DispatchError."""
        if not call.addressee.email and not call.addressee.platform_id:
            raise nobody()
        list_id = self._number(wanted.list)
        contact_id = self._contacts.known_id(call.addressee)
        if contact_id is None:
            return Done()  # whom HubSpot does not know is on no list
        remove = self._client.sdk.crm.lists.memberships_api.remove
        answer = remove(list_id, [contact_id], _preload_content=False)
        body = self._proven(answer)
        # Who was not on the list is named neither as removed nor as missing.
        if _ids(body, "recordIdsRemoved") is None:
            raise unproven(answer, f"no contact {contact_id}")
        return Done(platform_id=contact_id)

    def _number(self, written: str) -> str:
        return written if written.isdecimal() else self._id_of(written)

    def _proven(self, answer: Answer) -> dict[str, Any]:
        try:
            return proven(answer, 200)
        except Rejected:
            self._known.clear()  # a list of this name may have been made anew
            raise

    def _id_of(self, name: str) -> str:
        if name not in self._known:
            with preparing():
                answer = self._client.sdk.crm.lists.lists_api.get_by_name(
                    name, CONTACTS, _preload_content=False
                )
                match proven(answer, 200):
                    case {"list": {"listId": found}} if text(found):
                        self._known[name] = text(found)
                    case _:
                        raise unproven(answer, "no list")
        return self._known[name]


def _ids(body: dict[str, Any], name: str) -> frozenset[str] | None:
    found = body.get(name)
    return frozenset(map(text, found)) if isinstance(found, list) else None
