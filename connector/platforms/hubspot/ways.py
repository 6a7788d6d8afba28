"""How each action of HubSpot is done, looked up and read back: one entry an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from connector.errors import DispatchError
from connector.platforms.base import Call, Done, Outcome
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
from connector.platforms.hubspot.tags import Tags
from connector.platforms.hubspot.tasks import Tasks
from connector.platforms.hubspot.together import each
from connector.platforms.hubspot.updates import Updates
from connector.platforms.hubspot.wishes import Wish

Work: TypeAlias = Callable[[Sequence[Wish[Any]]], Sequence[Outcome]]
"""Does actions of one name: one outcome each, in order."""
Look: TypeAlias = Callable[[Call, Any], Done | None]
"""Whether an action was done, as in `Platform.look_up`."""
LookAtMany: TypeAlias = Callable[[Sequence[Wish[Any]]], Sequence[Done | DispatchError | None]]
"""The same of many."""
Read: TypeAlias = Callable[[Sequence[Answered]], Sequence[Outcome]]
"""What is to be seen of what was answered to be done, as in `ReadsBack`."""


@dataclass(frozen=True, slots=True)
class Way:
    """How actions of one name are done; `is_together` where HubSpot takes many of them in one request.

    `look` and `look_at_many` tell whether it was done, `read` what is to be seen of it. None where the action
    may simply be repeated, or shows nowhere.
    """

    work: Work
    read: Read | None = None
    look: Look | None = None
    look_at_many: LookAtMany | None = None
    is_together: bool = True


class Ways:
    """All ways over one client. `owner` gets the tasks that name nobody; `tag_property` keeps the tags, and
    is empty where each tag is a static list of its name.
    """

    def __init__(self, client: HubSpotClient, owner: str | None, tag_property: str) -> None:
        self._client, self._tag_property = client, tag_property
        self._contacts = Contacts(client)
        self._finding, self._owners = Finding(client, self._contacts), Owners(client, owner)
        self._records, self._lists = (
            Records(client, self._contacts, self._finding),
            Lists(client, self._finding),
        )
        self._tasks, self._subscriptions = Tasks(self._records, self._owners), Subscriptions(client)
        self._sequences = Sequences(client, self._contacts, self._tasks)
        others = self._sequences, self._subscriptions
        self._reading = Reading(client, self._finding, self._owners, tag_property)
        self._reading_more = ReadingMore(client, self._records, self._lists, others)

    def by_name(self) -> Mapping[str, Way]:
        """The way of every action."""
        return {
            **self._of_contacts(),
            **self._of_records(),
            **self._of_pipelines(),
            **self._of_lists(),
            **self._of_automation(),
        }

    def _of_contacts(self) -> dict[str, Way]:
        contacts, reading = self._contacts, self._reading
        ownership = Ownership(contacts, self._finding, self._owners)
        back = PuttingBack(self._client, contacts, self._records, self._owners)
        return {
            "update_contact": Way(Updates(contacts, self._finding).run, reading.updates),
            "set_owner": Way(ownership.set, reading.owners),
            "update_company": _one_by_one(Companies(self._records, contacts).update),
            "unsubscribe": _one_by_one(self._subscriptions.end, self._reading_more.subscriptions),
            PUTTING_BACK.name: _one_by_one(back.run),
        }

    def _of_records(self) -> dict[str, Way]:
        tasks, notes, made = self._tasks, Notes(self._records), self._reading_more.made
        return {
            "create_task": Way(tasks.create, partial(made, TASKS), tasks.look_up, tasks.look_up_all),
            "complete_task": Way(tasks.complete),
            "add_note": Way(notes.add, partial(made, NOTES), notes.look_up, notes.look_up_all),
        }

    def _of_pipelines(self) -> dict[str, Way]:
        lines, made = Pipelines(self._records, self._owners), self._reading_more.made
        return {
            "create_deal": Way(
                lines.create_deals, partial(made, DEALS), lines.look_up_deal, lines.look_up_deals
            ),
            "update_deal": _one_by_one(lines.update_deal),
            "create_ticket": Way(
                lines.create_tickets, partial(made, TICKETS), lines.look_up_ticket, lines.look_up_tickets
            ),
        }

    def _of_lists(self) -> dict[str, Way]:
        lists, more = self._lists, self._reading_more
        return {
            "add_to_list": Way(lists.add, more.on_list),
            "remove_from_list": Way(lists.remove, more.off_list),
            "tag": self._of_tags(),
        }

    def _of_tags(self) -> Way:
        if self._tag_property:
            return Way(Tags(self._contacts, self._finding, self._tag_property).change, self._reading.tags)
        return Way(ListTags(self._lists, self._finding).change, self._reading_more.tags)

    def _of_automation(self) -> dict[str, Way]:
        sequences, read = self._sequences, self._reading_more.enrolments
        return {
            "start_workflow": _one_by_one(Workflows(self._client, self._contacts).start),
            "start_sequence": _one_by_one(sequences.start, read, sequences.look_up),
            "send_event": Way(Events(self._client, self._finding).send),
        }


def _one_by_one(work: Callable[[Call, Any], Done], read: Read | None = None, look: Look | None = None) -> Way:
    """Many of what HubSpot takes one at a time."""
    return Way(
        lambda wishes: each(wishes, lambda one: work(one.call, one.arguments)), read, look, is_together=False
    )
