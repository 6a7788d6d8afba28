"""Whether the workflows and sequences that the mapping starts are there, and can be started by us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.mapping.needs import Need
from connector.model.finding import Finding, Severity
from connector.model.naming import Thing
from connector.platforms.hubspot.answers import text
from connector.platforms.hubspot.inspection.reads import Reads
from connector.platforms.hubspot.kinds import CONTACTS
from connector.platforms.inspecting import Question, absent, at


def inspect_workflows(reads: Reads, question: Question) -> Iterator[Finding]:
    """Each by its number for enrolments, which is not the one in its address. Raises a DispatchError."""
    needs = question.of(Thing.WORKFLOW)
    if not needs:
        return
    numbers = {one.name for one in needs}
    flows = reads.flow_ids(numbers, "WORKFLOW_ID")
    lacking = numbers - flows.keys()
    instead = reads.flow_ids(lacking, "FLOW_ID") if lacking else {}
    details = {number: reads.flow(flows.get(number, number)) for number in sorted(numbers - instead.keys())}
    for need in needs:
        if need.name in instead:
            message = f"{need.name} is the workflow's number in its address; enrolling takes another"
            yield at(need, Severity.ERROR, "L131", message, f"write workflow: {instead[need.name]}")
        else:
            yield from _of_workflow(need, details[need.name], has_number=need.name in flows)


def _of_workflow(need: Need, flow: Mapping[str, Any] | None, *, has_number: bool) -> Iterator[Finding]:
    if flow is None:
        yield absent(need, "L130", "HubSpot", remedy="look up its number, or make it")
        return
    if not has_number or text(flow.get("objectTypeId")) not in {"", CONTACTS}:
        message = f"the workflow {need.name} takes no contacts that the API enrols"
        remedy = "make a workflow of contacts; or let it wait for a list, a property or an event that we send"
        yield at(need, Severity.ERROR, "L132", message, remedy)
    elif flow.get("isEnabled") is False:
        message = f"the workflow {need.name} is off: whom we enrol goes nowhere"
        yield at(need, Severity.ERROR, "L133", message, "turn it on in HubSpot")


def inspect_sequences(reads: Reads, question: Question) -> Iterator[Finding]:
    """Each sequence as its user sees it, the user, and the sender. Raises a DispatchError."""
    users = question.of(Thing.USER)
    found = {number: reads.user(number) for number in dict.fromkeys(one.name for one in users)}
    for need in users:
        if found[need.name] is None:
            yield absent(need, "L141", "HubSpot", remedy="the numbers of users stand in Settings, Users")
    yield from _of_sequences(reads, question, found)
    for need in question.of(Thing.SENDER):
        yield from _of_sender(need, found.get(need.of))


def _of_sequences(reads: Reads, question: Question, users: Mapping[str, Any]) -> Iterator[Finding]:
    """Only a user with a seat sees sequences: each is asked about in the name of the one beside it."""
    for need in question.of(Thing.SEQUENCE):
        if users.get(need.of) and reads.sequence(need.name, need.of) is None:
            message = f"the user {need.of} sees no sequence {need.name}"
            remedy = "share it with the user in HubSpot, or look up its number"
            yield at(need, Severity.ERROR, "L140", message, remedy)


def _of_sender(need: Need, user: Mapping[str, Any] | None) -> Iterator[Finding]:
    """HubSpot tells nobody which inboxes are connected; it sends from those of the user alone."""
    if user is not None and text(user.get("email")).lower() != need.name.lower():
        message = f"{need.name} is not the address of the user {need.of}, {text(user.get('email'))}"
        remedy = "HubSpot sends from an inbox that this user has connected: see that it is one of theirs"
        yield at(need, Severity.WARNING, "L142", message, remedy)
    else:
        message = f"whether {need.name} has an inbox connected to HubSpot cannot be read"
        remedy = "see in HubSpot under Settings, General, Email that it is connected"
        yield at(need, Severity.UNKNOWN, "L143", message, remedy)
