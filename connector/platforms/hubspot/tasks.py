"""HubSpot's tasks for colleagues: making one, looking whether one was made, and marking them as done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connector.errors import Rejected
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.answers import text
from connector.platforms.hubspot.owners import Owners
from connector.platforms.hubspot.record_arguments import CompleteTask, CreateTask
from connector.platforms.hubspot.records import AT_ONCE, TASKS, Records
from connector.platforms.hubspot.values import moment, read_moment, to_milliseconds

TITLE, DUE, STATUS, COMPLETED = "hs_task_subject", "hs_timestamp", "hs_task_status", "COMPLETED"
IS_DONE: Final = {STATUS: COMPLETED}
GONE: Final = "OBJECT_NOT_FOUND"
"""HubSpot's word for a record that was deleted, or never was."""


class Tasks:
    """The tasks of contacts."""

    def __init__(self, records: Records, owners: Owners) -> None:
        self._records, self._owners = records, owners

    def create(self, call: Call, wanted: CreateTask) -> Done:
        """A new task on the contact. Raises a DispatchError."""
        properties = self._properties(wanted)
        try:
            return self._records.create(TASKS, call.addressee, properties)
        except Rejected:
            self._owners.forget()
            raise

    def look_up(self, call: Call, wanted: CreateTask) -> Done | None:
        """The task on the contact with this title and time that no other action made, if there is one."""
        return self._records.made(TASKS, call, [TITLE, DUE], lambda task: _is_same(task, wanted))

    def complete(self, call: Call, wanted: CompleteTask) -> Done:
        """Mark the tasks that are open as done, all at once. Raises a DispatchError.

        One that we made and a colleague has deleted needs no more; another number without a task is wrong.
        """
        ids = [str(wanted.task)] if wanted.task else self._open(call, wanted)
        try:
            for start in range(0, len(ids), AT_ONCE):
                self._records.patch_all(TASKS, ids[start : start + AT_ONCE], IS_DONE)
        except Rejected as refusal:
            if refusal.code != GONE or not call.action.cause.closes:
                raise
        return Done()

    def _open(self, call: Call, wanted: CompleteTask) -> list[str]:
        tasks = self._records.of_addressee(TASKS, call.addressee, [TITLE, STATUS])
        titled = [one for one in tasks if text(one.properties.get(TITLE)).strip() == wanted.title]
        return [one.id for one in titled if one.properties.get(STATUS) != COMPLETED]

    def _properties(self, wanted: CreateTask) -> dict[str, str]:
        given = {
            TITLE: wanted.title,
            "hs_task_body": wanted.body,
            DUE: moment(wanted.due),
            STATUS: "NOT_STARTED",
            "hs_task_priority": wanted.priority and wanted.priority.upper(),
            "hs_task_type": wanted.type.upper(),
            "hubspot_owner_id": self._owners.named(wanted.owner),
        }
        return {name: value for name, value in given.items() if value}


def _is_same(task: Mapping[str, Any], wanted: CreateTask) -> bool:
    is_titled = text(task.get(TITLE)).strip() == wanted.title
    return is_titled and read_moment(task.get(DUE)) == to_milliseconds(wanted.due)
