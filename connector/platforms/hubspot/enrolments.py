"""Putting contacts into HubSpot's workflows and sequences."""

from __future__ import annotations

from datetime import timedelta

from connector.errors import Rejected
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.answers import check_status, proven, text
from connector.platforms.hubspot.arguments import StartSequence, StartWorkflow
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import Contacts
from connector.platforms.hubspot.record_arguments import CreateTask
from connector.platforms.hubspot.tasks import Tasks
from connector.platforms.hubspot.values import read_moment
from connector.platforms.proof import is_absent, preparing, unproven

CLOCK_SKEW = timedelta(minutes=5)


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

    def __init__(self, client: HubSpotClient, contacts: Contacts, tasks: Tasks) -> None:
        self._client, self._contacts, self._tasks = client, contacts, tasks

    def start(self, call: Call, wanted: StartSequence) -> Done:
        """Enrol, or else give the sender a task where one is asked for. Raises a DispatchError."""
        contact_id = self._contacts.id_of(call.addressee)
        try:
            return self._enrol(contact_id, wanted)
        except Rejected as refusal:
            if (task := _instead(call, wanted)) is None:
                raise
            return self._tasks.create_one(call, task, f"HubSpot did not enrol them: {refusal.words}")

    def look_up(self, call: Call, wanted: StartSequence) -> Done | None:
        """The contact's enrolment in this sequence since the action was decided, or the task instead."""
        contact_id = self._contacts.known_id(call.addressee)
        if contact_id is None:
            return None
        if found := self._enrolled(call, contact_id, wanted):
            return found
        task = _instead(call, wanted)
        return self._tasks.look_up(call, task) if task else None

    def _enrol(self, contact_id: str, wanted: StartSequence) -> Done:
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

    def _enrolled(self, call: Call, contact_id: str, wanted: StartSequence) -> Done | None:
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


def _instead(call: Call, wanted: StartSequence) -> CreateTask | None:
    """The task for the sender; due at once."""
    if wanted.or_task is None:
        return None
    return CreateTask(title=wanted.or_task, due=call.action.decided_at, owner=wanted.sender)
