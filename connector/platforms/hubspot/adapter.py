"""HubSpot: our actions as calls of its official SDK, with proof of every success."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeAlias

from connector.errors import DispatchError, Rejected
from connector.model.action import ActionSpec
from connector.model.changes import Change
from connector.platforms.arguments import checked
from connector.platforms.base import Addressee, Call, Done, Outcome
from connector.platforms.hubspot.answers import proven, text
from connector.platforms.hubspot.arguments import SPECS, UpdateContact
from connector.platforms.hubspot.changes import changes_of
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.companies import Companies
from connector.platforms.hubspot.contacts import Contacts
from connector.platforms.hubspot.deals import Pipelines
from connector.platforms.hubspot.enrolments import Lists, Sequences, Workflows
from connector.platforms.hubspot.events import Events
from connector.platforms.hubspot.notes import Notes
from connector.platforms.hubspot.owners import Owners, Ownership
from connector.platforms.hubspot.records import Records
from connector.platforms.hubspot.subscriptions import Subscriptions
from connector.platforms.hubspot.tags import Tags
from connector.platforms.hubspot.tasks import Tasks
from connector.platforms.hubspot.updates import Updates
from connector.platforms.proof import preparing, unproven

BATCH = 100
"""HubSpot takes no more contacts in one request."""
Work: TypeAlias = Callable[[Call, Any], Done]
"""Does an action with its arguments. Raises a DispatchError."""
Look: TypeAlias = Callable[[Call, Any], Done | None]
"""Whether an action was done, as in `Platform.look_up`."""


class HubSpot:
    """One HubSpot account. A whole dispatch or look-up, of however many requests, ends within `deadline`.

    `token` is that of a private app or a service key. `owner` is the e-mail address of the colleague who gets
    the tasks that name nobody. `tag_property` is the multi-checkbox property that `tag` writes.
    """

    specs: ClassVar[Sequence[ActionSpec]] = SPECS

    def __init__(
        self,
        token: str,
        *,
        base_url: str = "https://api.hubapi.com",
        owner: str | None = None,
        tag_property: str = "loods_tags",
        deadline: float = 15.0,
    ) -> None:
        self.deadline = deadline
        self._client = HubSpotClient(token, base_url=base_url, deadline=deadline)
        contacts = Contacts(self._client)
        records, owners = Records(self._client, contacts), Owners(self._client, owner)
        tasks, notes, pipelines = Tasks(records, owners), Notes(records), Pipelines(records, owners)
        sequences, lists = Sequences(self._client, contacts), Lists(self._client, contacts)
        self._updates = Updates(contacts)
        self._tag_property = tag_property
        self._works: dict[str, Work] = {
            "update_company": Companies(records, contacts).update,
            "set_owner": Ownership(contacts, owners).set,
            "create_task": tasks.create,
            "complete_task": tasks.complete,
            "add_note": notes.add,
            "create_deal": pipelines.create_deal,
            "update_deal": pipelines.update_deal,
            "create_ticket": pipelines.create_ticket,
            "start_workflow": Workflows(self._client, contacts).start,
            "start_sequence": sequences.start,
            "add_to_list": lists.add,
            "remove_from_list": lists.remove,
            "tag": Tags(contacts, tag_property).change,
            "send_event": Events(self._client, contacts).send,
            "unsubscribe": Subscriptions(self._client).end,
        }
        self._looks: dict[str, Look] = {
            "create_task": tasks.look_up,
            "add_note": notes.look_up,
            "create_deal": pipelines.look_up_deal,
            "create_ticket": pipelines.look_up_ticket,
            "start_sequence": sequences.look_up,
        }

    def account(self) -> str:
        """`hubspot:` and the number of the portal. Raises a DispatchError."""
        with self._client.one_deadline(), preparing():
            answer = self._client.call("GET", "/account-info/v3/details")
            if portal := text(proven(answer, 200).get("portalId")):
                return f"hubspot:{portal}"
            raise unproven(answer, "no portal")

    def batch_size(self, name: str) -> int:
        """Contacts are updated a hundred at a time; everything else is a call of its own."""
        return BATCH if name == "update_contact" else 1

    def changes(self, call: Call) -> Sequence[Change]:
        """The properties that it sets, and that a contact or a deal is new."""
        try:
            return changes_of(call, checked(SPECS, call.action), self._tag_property)
        except Rejected:
            return ()  # it will never be sent

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Do them: one outcome each, in order."""
        with self._client.one_deadline():
            if name == "update_contact":
                return self._update(calls)
            return [self._outcome(call) for call in calls]

    def look_up(self, call: Call) -> Done | None:
        """The record or the enrolment that the action made, or None where it made none."""
        try:
            wanted = checked(SPECS, call.action)
        except Rejected:
            return None  # it was never sent
        with self._client.one_deadline():
            return self._looks[call.action.name](call, wanted)

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()

    def _update(self, calls: Sequence[Call]) -> list[Outcome]:
        wishes: list[tuple[Addressee, UpdateContact]] = []
        refused: dict[int, Outcome] = {}
        for place, call in enumerate(calls):
            try:
                wishes.append((call.addressee, checked(SPECS, call.action)))
            except Rejected as error:
                refused[place] = error
        done = iter(self._updates.run(wishes))
        return [refused[place] if place in refused else next(done) for place in range(len(calls))]

    def _outcome(self, call: Call) -> Outcome:
        try:
            wanted = checked(SPECS, call.action)
            return self._works[call.action.name](call, wanted)
        except DispatchError as error:
            return error
