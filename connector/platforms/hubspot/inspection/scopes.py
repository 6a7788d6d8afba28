"""Which scopes the token needs for what the mapping does, held against those that it has.

The names are those of developers.hubspot.com, API reference, "scope requirements" of each endpoint; for tasks
and notes HubSpot asks for the scopes of contacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from connector.model.finding import Finding
from connector.platforms.inspecting import Question, of_action

_CONTACTS: Final = ("crm.objects.contacts.read", "crm.objects.contacts.write")
_OWNERS: Final = "crm.objects.owners.read"
_LISTS: Final = ("crm.lists.read", "crm.lists.write", *_CONTACTS)
_TASKS: Final = (*_CONTACTS, _OWNERS)
_DEALS: Final = (*_CONTACTS, "crm.objects.deals.read", "crm.objects.deals.write")

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "update_contact": _CONTACTS,
    "update_company": ("crm.objects.companies.read", "crm.objects.companies.write", *_CONTACTS),
    "create_task": _TASKS,
    "complete_task": _CONTACTS,
    "add_note": _CONTACTS,
    "create_deal": (*_DEALS, _OWNERS),
    "update_deal": _DEALS,
    "create_ticket": (*_CONTACTS, "tickets", _OWNERS),
    "start_workflow": ("automation", *_CONTACTS),
    "start_sequence": (
        "automation.sequences.read",
        "automation.sequences.enrollments.write",
        *_CONTACTS,
    ),
    "add_to_list": _LISTS,
    "remove_from_list": _LISTS,
    "tag": _CONTACTS,
    "send_event": ("analytics.behavioral_events.send", *_CONTACTS),
    "set_owner": (*_CONTACTS, _OWNERS),
    "unsubscribe": ("communication_preferences.read_write",),
}
"""By action."""


def inspect_scopes(question: Question, scopes: frozenset[str] | None) -> Iterator[Finding]:
    """A finding for each scope that is lacking, at the first action that needs it."""
    lacking: dict[str, str] = {}
    for action in question.actions if scopes is not None else ():
        for scope in NEEDED.get(action, ()):
            if scope not in (scopes or ()):
                lacking.setdefault(scope, action)
    for scope, action in lacking.items():
        message = f"the token lacks the scope {scope}, which {action} needs"
        remedy = "add it to the private app in HubSpot's settings; the token stays the same"
        yield of_action(question, action, "L103", message, remedy)
