"""HubSpot: our actions as calls of its official SDK, with proof of every success."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Final, TypeAlias

from connector.errors import DispatchError, Rejected
from connector.model.action import ActionSpec
from connector.model.changes import Change
from connector.platforms.arguments import checked
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.hubspot.answers import proven, text
from connector.platforms.hubspot.arguments import SPECS
from connector.platforms.hubspot.batching import MOST
from connector.platforms.hubspot.changes import changes_of
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.companies import Companies
from connector.platforms.hubspot.contacts import Contacts
from connector.platforms.hubspot.deals import Pipelines
from connector.platforms.hubspot.enrolments import Sequences, Workflows
from connector.platforms.hubspot.events import Events
from connector.platforms.hubspot.finding import Finding
from connector.platforms.hubspot.kinds import DEALS, NOTES, TASKS, TICKETS
from connector.platforms.hubspot.list_tags import ListTags
from connector.platforms.hubspot.lists import Lists
from connector.platforms.hubspot.notes import Notes
from connector.platforms.hubspot.owners import Owners, Ownership
from connector.platforms.hubspot.putting_back import SPEC as PUTTING_BACK
from connector.platforms.hubspot.putting_back import PuttingBack
from connector.platforms.hubspot.reading import Answered, Reading
from connector.platforms.hubspot.reading_more import ReadingMore
from connector.platforms.hubspot.records import Records
from connector.platforms.hubspot.subscriptions import Subscriptions
from connector.platforms.hubspot.tags import PROPERTY, Tags
from connector.platforms.hubspot.tasks import Tasks
from connector.platforms.hubspot.together import each, spread
from connector.platforms.hubspot.updates import Updates
from connector.platforms.hubspot.versions import USUAL
from connector.platforms.hubspot.wishes import Wish
from connector.platforms.proof import preparing, unproven
from connector.platforms.time_left import with_one_tried
from connector.platforms.transport import Gate, ungated

ALL: Final = (*SPECS, PUTTING_BACK)
"""What rules ask for, and what undoing them does."""

Work: TypeAlias = Callable[[Sequence[Wish[Any]]], Sequence[Outcome]]
"""Does actions of one name: one outcome each, in order."""
Look: TypeAlias = Callable[[Call, Any], Done | None]
"""Whether an action was done, as in `Platform.look_up`."""
LookAtMany: TypeAlias = Callable[[Sequence[Wish[Any]]], Sequence[Done | DispatchError | None]]
"""The same of many."""
Read: TypeAlias = Callable[[Sequence[Answered]], Sequence[Outcome]]
"""What is to be seen of what was answered to be done, as in `ReadsBack`."""


class HubSpot:
    """One HubSpot account. A whole dispatch or look-up, of however many requests, ends within `deadline`.

    `token` is that of a private app or a service key. `owner` is the e-mail address of the colleague who gets
    the tasks that name nobody. `tag_property` is the multi-checkbox property that `tag` writes; empty where
    each tag is a static list of its name. `api` is the version of HubSpot's API whose paths are called.
    """

    specs: ClassVar[Sequence[ActionSpec]] = ALL

    def __init__(
        self,
        token: str,
        *,
        base_url: str = "https://api.hubapi.com",
        owner: str | None = None,
        tag_property: str = PROPERTY,
        deadline: float = 15.0,
        api: str = USUAL,
    ) -> None:
        self.deadline = deadline
        self._made_with: dict[str, Any] = {
            "token": token,
            "base_url": base_url,
            "owner": owner,
            "tag_property": tag_property,
            "deadline": deadline,
            "api": api,
        }
        self._client = HubSpotClient(token, base_url=base_url, deadline=deadline, api=api)
        contacts = Contacts(self._client)
        finding, owners = Finding(self._client, contacts), Owners(self._client, owner)
        records = Records(self._client, contacts, finding)
        tasks, notes, pipelines = Tasks(records, owners), Notes(records), Pipelines(records, owners)
        sequences, lists = Sequences(self._client, contacts, tasks), Lists(self._client, finding)
        tags = Tags(contacts, finding, tag_property) if tag_property else ListTags(lists, finding)
        subscriptions = Subscriptions(self._client)
        self._tag_property = tag_property
        self._together: dict[str, Work] = {
            "update_contact": Updates(contacts, finding).run,
            "set_owner": Ownership(contacts, finding, owners).set,
            "create_task": tasks.create,
            "complete_task": tasks.complete,
            "add_note": notes.add,
            "create_deal": pipelines.create_deals,
            "create_ticket": pipelines.create_tickets,
            "add_to_list": lists.add,
            "remove_from_list": lists.remove,
            "tag": tags.change,
            "send_event": Events(self._client, finding).send,
        }
        self._works: dict[str, Work] = {
            **self._together,
            "update_company": _one_by_one(Companies(records, contacts).update),
            "update_deal": _one_by_one(pipelines.update_deal),
            "start_workflow": _one_by_one(Workflows(self._client, contacts).start),
            "start_sequence": _one_by_one(sequences.start),
            "unsubscribe": _one_by_one(subscriptions.end),
            PUTTING_BACK.name: _one_by_one(PuttingBack(self._client, contacts, records, owners).run),
        }
        self._looks: dict[str, Look] = {
            "create_task": tasks.look_up,
            "add_note": notes.look_up,
            "create_deal": pipelines.look_up_deal,
            "create_ticket": pipelines.look_up_ticket,
            "start_sequence": sequences.look_up,
        }
        self._looks_at_many: dict[str, LookAtMany] = {
            "create_task": tasks.look_up_all,
            "add_note": notes.look_up_all,
            "create_deal": pipelines.look_up_deals,
            "create_ticket": pipelines.look_up_tickets,
        }
        reading = Reading(self._client, finding, owners, tag_property)
        more = ReadingMore(self._client, records, lists, (sequences, subscriptions))
        self._reads: dict[str, Read] = {
            "update_contact": reading.updates,
            "set_owner": reading.owners,
            "tag": reading.tags if tag_property else more.tags,
            "add_to_list": more.on_list,
            "remove_from_list": more.off_list,
            "create_task": partial(more.made, TASKS),
            "add_note": partial(more.made, NOTES),
            "create_deal": partial(more.made, DEALS),
            "create_ticket": partial(more.made, TICKETS),
            "start_sequence": more.enrolments,
            "unsubscribe": more.subscriptions,
        }
        self._gates: tuple[Gate, Gate] = (ungated, ungated)

    def go_through(self, gate: Gate, reading: Gate | None = None) -> None:
        """From now on every request waits there for its turn, within its deadline; at `reading` what reads
        back.
        """
        self._client.go_through(gate)
        self._gates = (gate, reading or gate)

    def another(self) -> HubSpot:
        """One more of the same account, through the same gates."""
        made = HubSpot(**self._made_with)
        made.go_through(*self._gates)
        return made

    def watch(self, turn: Callable[[bool], None]) -> None:
        """Tell when a request begins to wait for its turn (yes), and when it goes (no)."""
        self._client.watch(turn)

    def account(self) -> str:
        """`hubspot:` and the number of the portal. Raises a DispatchError."""
        with self._client.one_deadline(), preparing():
            answer = self._client.call("GET", "/account-info/v3/details")
            if portal := text(proven(answer, 200).get("portalId")):
                return f"hubspot:{portal}"
            raise unproven(answer, "no portal")

    def batch_size(self, name: str) -> int:
        """A hundred, as HubSpot takes them; 1 where it has no request for several."""
        return MOST if name in self._together else 1

    def changes(self, call: Call) -> Sequence[Change]:
        """The properties that it sets, and that a contact or a deal is new."""
        try:
            return changes_of(call, checked(ALL, call.action), self._tag_property)
        except Rejected:
            return ()  # it will never be sent

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Do them: one outcome each, in order; those for whom there is no time left are `UNTRIED`."""
        with self._client.one_deadline():
            outcomes = spread(each(calls, _wish), lambda wishes: self._works[name](wishes))  # noqa: PLW0108 - there may be no such action
        return with_one_tried(outcomes)

    def look_up(self, call: Call) -> Done | None:
        """The record or the enrolment that the action made, or None where it made none."""
        try:
            wanted = checked(ALL, call.action)
        except Rejected:
            return None  # it was never sent
        with self._client.one_deadline():
            return self._looks[call.action.name](call, wanted)

    def looks_at_once(self, name: str) -> int:
        """As many as one dispatch takes; 1 where each is asked for by itself."""
        return 1 if name in self._looks and name not in self._looks_at_many else self.batch_size(name)

    def look_up_many(self, calls: Sequence[Call]) -> Sequence[Done | DispatchError | None]:
        """The same of many of one name, in few requests where they are more than one."""
        look = self._looks_at_many.get(calls[0].action.name)
        if look is None or len(calls) == 1:
            return each(calls, self.look_up)
        wishes = [None if isinstance(one, Rejected) else one for one in each(calls, _wish)]
        asked = [one for one in wishes if isinstance(one, Wish)]
        with self._client.one_deadline():
            found = iter(look(asked) if asked else ())
        return [next(found) if isinstance(one, Wish) else one for one in wishes]

    def read_back(self, name: str, calls: Sequence[Call], done: Sequence[Done]) -> Sequence[Outcome]:
        """What HubSpot shows of them, in few requests."""
        answered = [Answered(_wish(call), one) for call, one in zip(calls, done, strict=True)]
        with self._client.one_deadline(), self._client.through(self._gates[1]):
            return self._reads[name](answered)

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()


def _wish(call: Call) -> Wish[Any]:
    return Wish(call, checked(ALL, call.action))


def _one_by_one(work: Callable[[Call, Any], Done]) -> Work:
    """Many of what HubSpot takes one at a time."""
    return lambda wishes: each(wishes, lambda one: work(one.call, one.arguments))
