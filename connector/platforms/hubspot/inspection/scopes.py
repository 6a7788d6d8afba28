"""Which scopes the token needs for what the mapping does, held against those that it has.

The names are those of developers.hubspot.com, API reference, "scope requirements" of each endpoint; for tasks
and notes HubSpot asks for the scopes of contacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from connector.model.finding import Finding, Severity
from connector.model.naming import Thing
from connector.platforms.inspecting import Question, at, of_action, of_whole

REMEDY: Final = "add it to the private app in HubSpot's settings; the token stays the same"
_CONTACTS: Final = ("crm.objects.contacts.read", "crm.objects.contacts.write")
_OWNERS: Final = "crm.objects.owners.read"
_LISTS: Final = ("crm.lists.read", "crm.lists.write", *_CONTACTS)
_DEALS: Final = (*_CONTACTS, "crm.objects.deals.read", "crm.objects.deals.write")

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "update_contact": _CONTACTS,
    "update_company": ("crm.objects.companies.read", "crm.objects.companies.write", *_CONTACTS),
    "create_task": _CONTACTS,
    "complete_task": _CONTACTS,
    "add_note": _CONTACTS,
    "create_deal": _DEALS,
    "update_deal": _DEALS,
    "create_ticket": (*_CONTACTS, "tickets|crm.objects.tickets.write"),
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
    "set_owner": _CONTACTS,
    "unsubscribe": ("communication_preferences.read_write",),
}
"""By action; of several between bars one is enough."""

FOR_TOPICS: Final[Mapping[str, str]] = {
    "polled.form": "forms",
    "polled.email": "content",
    "polled.meeting": _CONTACTS[0],
    "polled.call": _CONTACTS[0],
}
"""By how the topics begin for which HubSpot is asked again and again; meetings and calls are read like
contacts."""


def inspect_scopes(
    question: Question, scopes: frozenset[str] | None, *, has_tag_lists: bool
) -> Iterator[Finding]:
    """A finding for each scope that is lacking, at the first action or setting that needs it.

    None where HubSpot does not tell which there are. `has_tag_lists`: each tag is a list.
    """
    if scopes is None:
        return
    lacking: dict[str, str] = {}
    for action in question.actions:
        is_listed = has_tag_lists and action == "tag"
        for scope in _LISTS if is_listed else NEEDED.get(action, ()):
            if not scopes.intersection(scope.split("|")):
                lacking.setdefault(scope.partition("|")[0], action)
    for scope, action in lacking.items():
        message = f"the token lacks the scope {scope}, which {action} needs"
        yield of_action(question, action, "L103", message, REMEDY)
    yield from _of_topics(question, scopes)
    owner = next((one for one in question.needs if one.thing is Thing.OWNER), None)
    if owner is not None and _OWNERS not in scopes:
        message = f"the token lacks the scope {_OWNERS}, by which owners are found"
        yield at(owner, Severity.ERROR, "L103", message, REMEDY)


def _of_topics(question: Question, scopes: frozenset[str]) -> Iterator[Finding]:
    """What no webhook tells, and cannot be asked for either."""
    for begins, scope in FOR_TOPICS.items():
        topics = [one for one in question.polled if one.startswith(begins)]
        if topics and scope not in scopes:
            message = f"the token lacks the scope {scope}, by which {', '.join(topics)} is asked for"
            yield of_whole(question, Severity.ERROR, "L103", message, REMEDY)
