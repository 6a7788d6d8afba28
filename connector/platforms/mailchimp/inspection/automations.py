"""Whether the automations, journeys and stores that the mapping names are there, as far as can be read."""

from __future__ import annotations

from collections.abc import Iterator

from connector.model.finding import Finding, Severity
from connector.model.naming import Thing
from connector.platforms.inspecting import Question, absent, at
from connector.platforms.mailchimp.inspection.reads import Reads


def inspect_automations(reads: Reads, question: Question) -> Iterator[Finding]:
    """That each classic automation is there and runs, and has the e-mail. Raises a DispatchError."""
    needs = question.of(Thing.AUTOMATION)
    found = {name: reads.automation(name) for name in dict.fromkeys(one.name for one in needs)}
    for need in needs:
        automation = found[need.name]
        if automation is None:
            yield absent(need, "L240", "Mailchimp", remedy="look up its id, or start a journey instead")
        elif automation.get("status") != "sending":
            message = f"the automation {need.name} is not running ({automation.get('status')})"
            yield at(need, Severity.ERROR, "L242", message, "start it in Mailchimp")
    for need in question.of(Thing.AUTOMATION_EMAIL):
        if found.get(need.of) and reads.automation_email(need.of, need.name) is None:
            remedy = "look up the id of its e-mail"
            message = f'the automation {need.of} has no e-mail "{need.name}"'
            yield at(need, Severity.ERROR, "L241", message, remedy)


def inspect_journeys(question: Question) -> Iterator[Finding]:
    """Mailchimp lets nobody read journeys : its API can start them, and no more."""
    for need in question.of(Thing.JOURNEY_STEP):
        message = f"the journey {need.of or '?'} and its step {need.name} cannot be read by the API"
        remedy = "see in Mailchimp that the journey is on and that the step is its API starting point"
        yield at(need, Severity.UNKNOWN, "L230", message, remedy)


def inspect_store(reads: Reads, question: Question, audience: str) -> Iterator[Finding]:
    """That the store is one of this audience, and is not left as if being filled. Raises a DispatchError."""
    for need in question.of(Thing.STORE):
        store = reads.store(need.name)
        if store is None:
            message = f'Mailchimp has no store "{need.name}" yet; the first cart or order makes it'
            yield at(need, Severity.WARNING, "L250", message, "leave it so, if it is to be a new one")
        elif store.get("list_id") != audience:
            message = f'the store "{need.name}" belongs to another audience'
            remedy = "name a store of this audience: a store keeps its audience for ever"
            yield at(need, Severity.ERROR, "L251", message, remedy)
        elif store.get("is_syncing") is True:
            message = f'the store "{need.name}" stands as being filled: its automations send nothing'
            yield at(need, Severity.WARNING, "L252", message, "end the import that fills it")
