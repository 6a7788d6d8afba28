"""HubSpot: our actions as calls of its official SDK, with proof of every success."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pydantic import ValidationError

from connector.errors import DispatchError, Rejected
from connector.model.action import Action, ActionSpec
from connector.platforms.base import Addressee, Call, Done, Outcome
from connector.platforms.hubspot_answers import preparing, proven, text, unproven
from connector.platforms.hubspot_arguments import SPECS
from connector.platforms.hubspot_client import HubSpotClient
from connector.platforms.hubspot_contacts import Contacts
from connector.platforms.hubspot_enrolments import Lists, Sequences, Workflows
from connector.platforms.hubspot_tags import Tags
from connector.platforms.hubspot_tasks import Tasks
from connector.platforms.hubspot_updates import Updates

BATCH = 100
"""HubSpot takes no more contacts in one request."""


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
        self._updates = Updates(contacts)
        self._tasks = Tasks(self._client, contacts, owner)
        self._sequences = Sequences(self._client, contacts)
        self._works: dict[str, Callable[[Addressee, Any], Done]] = {
            "create_task": self._tasks.create,
            "start_workflow": Workflows(self._client, contacts).start,
            "start_sequence": self._sequences.start,
            "add_to_list": Lists(self._client, contacts).add,
            "tag": Tags(contacts, tag_property).change,
        }
        self._looks: dict[str, Callable[[Call, Any], Done | None]] = {
            "create_task": self._tasks.look_up,
            "start_sequence": self._sequences.look_up,
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

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Do them: one outcome each, in order."""
        with self._client.one_deadline():
            if name == "update_contact":
                return self._update(calls)
            return [self._outcome(call) for call in calls]

    def look_up(self, call: Call) -> Done | None:
        """The task or the enrolment that the action made, or None where it made none."""
        wanted = _checked(call.action)
        if isinstance(wanted, Rejected):
            return None
        with self._client.one_deadline():
            return self._looks[call.action.name](call, wanted)

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()

    def _update(self, calls: Sequence[Call]) -> list[Outcome]:
        checked = [_checked(call.action) for call in calls]
        wishes = [
            (call.addressee, what)
            for call, what in zip(calls, checked, strict=True)
            if not isinstance(what, Rejected)
        ]
        done = iter(self._updates.run(wishes))
        return [what if isinstance(what, Rejected) else next(done) for what in checked]

    def _outcome(self, call: Call) -> Outcome:
        wanted = _checked(call.action)
        if isinstance(wanted, Rejected):
            return wanted
        try:
            return self._works[call.action.name](call.addressee, wanted)
        except DispatchError as error:
            return error


def _checked(action: Action) -> Any:
    """The arguments as the action's model has them, or `Rejected` where they do not fit it."""
    model = next((spec.arguments for spec in SPECS if spec.name == action.name), None)
    if model is None:
        return Rejected(f"HubSpot has no action {action.name}")
    try:
        return model.model_validate(dict(action.arguments))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        told = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:3])
        return Rejected(f"{action.name} cannot be done with these arguments: {told.lstrip(': ')}")
