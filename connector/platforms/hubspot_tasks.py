"""HubSpot's tasks for colleagues: making one, and looking whether one was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from connector.errors import Rejected
from connector.platforms.base import Addressee, Call, Done
from connector.platforms.hubspot_answers import dicts, proven, text
from connector.platforms.hubspot_arguments import CreateTask
from connector.platforms.hubspot_client import HubSpotClient
from connector.platforms.hubspot_contacts import Contacts
from connector.platforms.hubspot_values import moment, read_moment, to_milliseconds
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

TASK_TO_CONTACT = 204
"""HubSpot's number for this kind of association (its SDK, hubspot/crm/association_type.py)."""
READ_AT_ONCE = 100
CLOCK_SKEW = timedelta(minutes=5)


class Owners:
    """HubSpot's users who can own a task, by e-mail address. Found ones are remembered."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client
        self._known: dict[str, str] = {}

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


class Tasks:
    """Making tasks. A repeat would make a second one, so a lost answer is looked up."""

    def __init__(self, client: HubSpotClient, contacts: Contacts, default_owner: str | None) -> None:
        self._client, self._contacts, self._default_owner = client, contacts, default_owner
        self._owners = Owners(client)

    def create(self, addressee: Addressee, wanted: CreateTask) -> Done:
        """A new task on the contact. Raises a DispatchError."""
        properties = self._properties(wanted)
        contact_id = self._contacts.id_of(addressee)
        kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TASK_TO_CONTACT}
        answer = self._client.sdk.crm.objects.tasks.basic_api.create(
            {"properties": properties, "associations": [{"to": {"id": contact_id}, "types": [kind]}]},
            _preload_content=False,
        )
        try:
            made = proven(answer, 201, once=True)
        except Rejected:
            self._owners.forget()
            raise
        if task_id := text(made.get("id")):
            return Done(task_id, contact_id)
        raise unproven(answer, "no task")

    def look_up(self, call: Call, wanted: CreateTask) -> Done | None:
        """The task on the contact with this title and time that no other action made, if there is one."""
        contact_id = self._contacts.known_id(call.addressee)
        if contact_id is None:
            return None
        since = call.action.decided_at - CLOCK_SKEW
        for task in self._of_contact(contact_id, known=call.known):
            created = read_moment(task["properties"].get("hs_createdate") or task.get("createdAt"))
            if _is_same(task["properties"], wanted) and (created is None or created >= since):
                return Done(text(task.get("id")), contact_id)
        return None

    def _properties(self, wanted: CreateTask) -> dict[str, str]:
        owner = wanted.owner or self._default_owner
        given = {
            "hs_task_subject": wanted.title,
            "hs_task_body": wanted.body,
            "hs_timestamp": moment(wanted.due),
            "hs_task_status": "NOT_STARTED",
            "hs_task_priority": wanted.priority and wanted.priority.upper(),
            "hs_task_type": wanted.type.upper(),
            "hubspot_owner_id": self._owners.id_of(owner) if owner else None,
        }
        return {name: value for name, value in given.items() if value}

    def _of_contact(self, contact_id: str, *, known: frozenset[str]) -> Iterator[Mapping[str, Any]]:
        with preparing():
            ids = [id_ for id_ in self._ids(contact_id) if id_ not in known]
            for start in range(0, len(ids), READ_AT_ONCE):
                yield from self._read(ids[start : start + READ_AT_ONCE])

    def _ids(self, contact_id: str) -> list[str]:
        ids: list[str] = []
        after: str | None = None
        while True:
            page = {"limit": 500} | ({"after": after} if after else {})
            answer = self._client.sdk.crm.associations.v4.basic_api.get_page(
                "contacts", contact_id, "tasks", _preload_content=False, **page
            )
            if is_absent(answer):
                return []
            body = proven(answer, 200)
            ids += [text(one.get("toObjectId")) for one in _results(answer, body)]
            match body:
                case {"paging": {"next": {"after": str(following)}}} if following != after:
                    after = following
                case _:
                    return ids

    def _read(self, ids: list[str]) -> list[dict[str, Any]]:
        answer = self._client.sdk.crm.objects.tasks.batch_api.read(
            {
                "inputs": [{"id": id_} for id_ in ids],
                "properties": ["hs_task_subject", "hs_timestamp", "hs_createdate"],
            },
            _preload_content=False,
        )
        found = _results(answer, proven(answer, 200, 207))
        return [task for task in found if isinstance(task.get("properties"), dict)]


def _results(answer: Answer, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The results of a page: a list, if only an empty one, or it proves nothing."""
    if not isinstance(body.get("results"), list):
        raise unproven(answer, "no results")
    return dicts(body["results"])


def _is_same(task: Mapping[str, Any], wanted: CreateTask) -> bool:
    is_titled = text(task.get("hs_task_subject")).strip() == wanted.title
    return is_titled and read_moment(task.get("hs_timestamp")) == to_milliseconds(wanted.due)
