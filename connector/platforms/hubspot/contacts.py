"""HubSpot's contacts: written in batches by e-mail address, never searched for.

A search finds a new contact only after some seconds, so that searching before creating makes duplicates
(developers.hubspot.com, CRM search); the batch upsert has no such gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.errors import DispatchError, Rejected, Unknown
from connector.platforms.base import Addressee
from connector.platforms.hubspot.answers import Record, dicts, part_refused, proven, read_record, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

STAGE = "lifecyclestage"


@dataclass(frozen=True, slots=True)
class Write:
    """Properties to set on the contact with this e-mail address; `trace` names it within its batch."""

    trace: str
    email: str
    properties: Mapping[str, str]


class Contacts:
    """Reading and writing contacts; every write is repeatable."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client

    def upsert(self, writes: Sequence[Write]) -> dict[str, Record | DispatchError]:
        """What became of each, by its trace; no two for the same e-mail address.

        HubSpot may refuse a whole batch for one of its contacts. Such a batch has no effect, and is sent
        again in halves until the one that is refused stands alone.
        """
        inputs = [
            {"idProperty": "email", "id": w.email, "properties": w.properties, "objectWriteTraceId": w.trace}
            for w in writes
        ]
        try:
            answer = self._client.sdk.crm.contacts.batch_api.upsert(
                {"inputs": inputs}, _preload_content=False
            )
            body = proven(answer, 200, 207)
        except DispatchError as error:
            if isinstance(error, Rejected) and len(writes) > 1:
                return self._in_halves(writes)
            return {w.trace: error for w in writes}
        return self._sorted_out(writes, body)

    def patch(self, contact_id: str, properties: Mapping[str, str]) -> Record:
        """Set properties by HubSpot's id. Raises a DispatchError."""
        answer = self._client.sdk.crm.contacts.basic_api.update(
            contact_id, {"properties": properties}, _preload_content=False
        )
        found = read_record(proven(answer, 200))
        # A merged contact answers with the id that it has now: then the values have to be ours.
        if found and (found.id == contact_id or properties.items() <= found.properties.items()):
            return found
        raise unproven(answer, f"no contact {contact_id}")

    def read(self, addressee: Addressee, properties: Sequence[str]) -> Record | None:
        """The contact with these properties, by HubSpot's id or else by e-mail address; None if unknown."""
        found = None
        if addressee.platform_id:
            found = self._read(addressee.platform_id, properties)
        if found is None and addressee.email:
            found = self._read(addressee.email, properties, id_property="email")
        return found

    def known_id(self, addressee: Addressee) -> str | None:
        """HubSpot's id of the person; None where HubSpot does not know them."""
        if addressee.platform_id:
            return addressee.platform_id
        found = self.read(addressee, ["email"])
        return found.id if found else None

    def id_of(self, addressee: Addressee) -> str:
        """HubSpot's id of the person, who is created where needed; before the call that counts.

        Whom HubSpot knows is only read: writing the address would make an additional one the main one.
        """
        if known := self.known_id(addressee):
            return known
        if not addressee.email:
            raise nobody()
        with preparing():
            made = self.upsert([Write("0", addressee.email, {"email": addressee.email})])["0"]
            if isinstance(made, DispatchError):
                raise made
        return made.id

    def _read(self, key: str, properties: Sequence[str], **how: str) -> Record | None:
        with preparing():
            answer: Answer = self._client.sdk.crm.contacts.basic_api.get_by_id(
                key, properties=list(properties), _preload_content=False, **how
            )
            if is_absent(answer):
                return None
            if found := read_record(proven(answer, 200)):
                return found
            raise unproven(answer, "no contact")

    def _in_halves(self, writes: Sequence[Write]) -> dict[str, Record | DispatchError]:
        middle = (len(writes) + 1) // 2
        return {
            trace: what
            for half in (writes[:middle], writes[middle:])
            if half
            for trace, what in self.upsert(half).items()
        }

    def _sorted_out(
        self, writes: Sequence[Write], body: Mapping[str, Any]
    ) -> dict[str, Record | DispatchError]:
        errors = dict(_errors(body))
        told = _results(writes, body) | {w.trace: errors[w.trace] for w in writes if w.trace in errors}
        untold = [w for w in writes if w.trace not in told]
        if untold and "" in errors and len(writes) > 1:
            return told | self._in_halves(untold)
        nothing = errors.get("") or Unknown("HubSpot's answer does not name this contact")
        return told | {w.trace: nothing for w in untold}


def settle_stage(
    patch: Callable[[str, Mapping[str, str]], Record], written: Record, asked: str
) -> tuple[str, ...]:
    """Make the lifecycle stage of what was written the one asked for, also an earlier one; what it became.

    HubSpot silently keeps the later stage; it goes back only when it is cleared first, in a request of
    its own. Raises a DispatchError; repeating the whole update then sets the stage that was cleared.
    """
    if _stage(written) == asked:
        return (asked,)
    patch(written.id, {STAGE: ""})
    if (kept := _stage(patch(written.id, {STAGE: asked}))) != asked:
        raise Rejected(f"HubSpot keeps {STAGE} at {kept or 'nothing'} instead of {asked}")
    return ("", asked)


def nobody() -> Rejected:
    """There is no way to name the person to HubSpot."""
    return Rejected("the contact has neither an e-mail address nor an id at HubSpot")


def _stage(contact: Record) -> str:
    return text(contact.properties.get(STAGE))


def _results(writes: Sequence[Write], body: Mapping[str, Any]) -> dict[str, Record | DispatchError]:
    """By trace, or by the e-mail address where HubSpot does not repeat the trace; in any order."""
    by_email = {w.properties.get("email", w.email).lower(): w.trace for w in writes}
    traces = {w.trace for w in writes}
    found: dict[str, Record | DispatchError] = {}
    for result in dicts(body.get("results")):
        if contact := read_record(result):
            named = text(result.get("objectWriteTraceId"))
            trace = named or by_email.get(text(contact.properties.get("email")).lower(), "")
            if trace in traces:
                found[trace] = contact
    return found


def _errors(body: Mapping[str, Any]) -> Iterable[tuple[str, DispatchError]]:
    """Each error of a 207 by the trace that it names; by an empty one where it names none."""
    for error in dicts(body.get("errors")):
        context = error.get("context")
        named = context.get("objectWriteTraceId") if isinstance(context, dict) else None
        for trace in named if isinstance(named, list) and named else [named]:
            yield text(trace), part_refused(error)
