"""HubSpot's tasks for colleagues: making them, looking whether one was made, and marking them as done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from connector.errors import DispatchError, Rejected, Unknown
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.hubspot.answers import Record, text
from connector.platforms.hubspot.finding import ABSENT
from connector.platforms.hubspot.kinds import TASKS
from connector.platforms.hubspot.owners import Owners
from connector.platforms.hubspot.record_arguments import CompleteTask, CreateTask
from connector.platforms.hubspot.records import New, Records, Sought
from connector.platforms.hubspot.together import each, worst
from connector.platforms.hubspot.values import moment, read_moment, to_milliseconds
from connector.platforms.hubspot.wishes import Wish

TITLE, DUE, STATUS, COMPLETED = "hs_task_subject", "hs_timestamp", "hs_task_status", "COMPLETED"
IS_DONE: Final = {STATUS: COMPLETED}


class Tasks:
    """The tasks of contacts."""

    def __init__(self, records: Records, owners: Owners) -> None:
        self._records, self._owners = records, owners

    def create(self, wishes: Sequence[Wish[CreateTask]]) -> list[Outcome]:
        """New tasks on contacts."""
        outcomes = self._records.create(TASKS, each(wishes, self._new))
        self._owners.doubt(outcomes)
        return outcomes

    def create_one(self, call: Call, wanted: CreateTask, body: str) -> Done:
        """A new task that says this. Where HubSpot has no such owner the connection's gets it, if it has one.

        Raises a DispatchError.
        """
        is_owner = self._owners.has(str(wanted.owner))
        changed = {"body": body} | ({} if is_owner else {"owner": None})
        [outcome] = self.create([Wish(call, wanted.model_copy(update=changed))])
        if isinstance(outcome, DispatchError):
            raise outcome
        return outcome

    def look_up(self, call: Call, wanted: CreateTask) -> Done | None:
        """The task on the contact with this title and time that no other action made, if there is one."""
        return self._records.made(TASKS, call, [TITLE, DUE], lambda task: _is_same(task, wanted))

    def look_up_all(self, wishes: Sequence[Wish[CreateTask]]) -> list[Done | DispatchError | None]:
        """The same of many."""
        sought = [Sought(one.call, partial(_is_same, wanted=one.arguments)) for one in wishes]
        return self._records.made_all(TASKS, sought, [TITLE, DUE])

    def complete(self, wishes: Sequence[Wish[CompleteTask]]) -> list[Outcome]:
        """Mark tasks that are open as done, all at once.

        One that we made and a colleague has deleted needs no more; another number without a task is wrong.
        """
        ids = self._open(wishes)
        values = {
            f"{place}.{id_}": (id_, IS_DONE)
            for place, some in enumerate(ids)
            for id_ in (some if isinstance(some, list) else [])
        }
        told = self._records.update(TASKS, values)
        return [
            some
            if isinstance(some, DispatchError)
            else _settled(wish, [told[f"{place}.{id_}"] for id_ in some])
            for place, (wish, some) in enumerate(zip(wishes, ids, strict=True))
        ]

    def _open(self, wishes: Sequence[Wish[CompleteTask]]) -> list[list[str] | DispatchError]:
        """The numbers of the tasks: the one that is named, or those that are open with the title."""
        titled = [one for one in wishes if one.arguments.task is None]
        found = self._records.of.people(TASKS, [one.addressee for one in titled], [TITLE, STATUS])
        open_ = iter(
            [
                some if isinstance(some, DispatchError) else _open(one.arguments.title, some)
                for one, some in zip(titled, found, strict=True)
            ]
        )
        return [next(open_) if one.arguments.task is None else [str(one.arguments.task)] for one in wishes]

    def _new(self, wish: Wish[CreateTask]) -> New:
        wanted = wish.arguments
        given = {
            TITLE: wanted.title,
            "hs_task_body": wanted.body,
            DUE: moment(wanted.due),
            STATUS: "NOT_STARTED",
            "hs_task_priority": wanted.priority and wanted.priority.upper(),
            "hs_task_type": wanted.type.upper(),
            "hubspot_owner_id": self._owners.named(wanted.owner),
        }
        return New(wish.addressee, {name: value for name, value in given.items() if value})


def _open(title: str | None, tasks: Sequence[Record]) -> list[str]:
    titled = [one for one in tasks if text(one.properties.get(TITLE)).strip() == title]
    return [one.id for one in titled if one.properties.get(STATUS) != COMPLETED]


def _settled(wish: Wish[CompleteTask], told: Sequence[Record | DispatchError]) -> Outcome:
    faults = (fault for one in told if (fault := _fault(one)) and not _needs_no_more(wish, fault))
    return worst(faults) or Done()


def _fault(told: Record | DispatchError) -> DispatchError | None:
    if isinstance(told, DispatchError):
        return told
    if told.properties.get(STATUS) == COMPLETED:
        return None
    return Unknown(f"HubSpot does not show task {told.id} as done", status=200)


def _needs_no_more(wish: Wish[CompleteTask], fault: DispatchError) -> bool:
    return bool(isinstance(fault, Rejected) and fault.code == ABSENT and wish.call.action.cause.closes)


def _is_same(task: Mapping[str, Any], wanted: CreateTask) -> bool:
    is_titled = text(task.get(TITLE)).strip() == wanted.title
    return is_titled and read_moment(task.get(DUE)) == to_milliseconds(wanted.due)
