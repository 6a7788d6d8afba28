"""Updates of many contacts at once, in one request where it can be one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.errors import DispatchError
from connector.platforms.base import Addressee, Done, Outcome
from connector.platforms.hubspot.answers import Record
from connector.platforms.hubspot.arguments import UpdateContact
from connector.platforms.hubspot.contacts import Contacts, Values
from connector.platforms.hubspot.finding import Finding
from connector.platforms.hubspot.parts import Told
from connector.platforms.hubspot.stages import settle_stages
from connector.platforms.hubspot.terms import STAGE
from connector.platforms.hubspot.values import as_texts
from connector.platforms.hubspot.wishes import Wish


class Updates:
    """Setting properties: by e-mail address, of which HubSpot makes a contact where it has none.

    By HubSpot's id for those who have no address, or another one than HubSpot may know: an upsert would make
    a second contact of them.
    """

    def __init__(self, contacts: Contacts, finding: Finding) -> None:
        self._contacts, self._finding = contacts, finding

    def run(self, wishes: Sequence[Wish[UpdateContact]]) -> list[Outcome]:
        """One outcome each, in order. Two updates of one contact go in two requests, in order too."""
        asked = {str(place): one for place, one in enumerate(wishes)}
        values = {trace: as_texts(one.arguments.fields) for trace, one in asked.items()}
        told = self._written({trace: (one.addressee, values[trace]) for trace, one in asked.items()})
        stages = {
            trace: (one, values[trace][STAGE])
            for trace, one in told.items()
            if isinstance(one, Record) and STAGE in values[trace]
        }
        settled = settle_stages(self._contacts.update, stages)
        return [_outcome(told[trace], settled.get(trace)) for trace in asked]

    def _written(self, wanted: Mapping[str, tuple[Addressee, Mapping[str, str]]]) -> Told:
        by_email: dict[str, Values] = {}
        others: dict[str, tuple[Addressee, Mapping[str, str]]] = {}
        for trace, (addressee, properties) in wanted.items():
            is_certain = not (addressee.has_moved and addressee.platform_id)
            if addressee.email and properties and is_certain:
                by_email[trace] = (addressee.email, properties)
            else:
                others[trace] = (addressee, properties)
        return self._contacts.upsert(by_email) | self._by_id(others)

    def _by_id(self, wanted: Mapping[str, tuple[Addressee, Mapping[str, str]]]) -> Told:
        """What has no value at all still makes the contact."""
        ids = zip(wanted, self._finding.ids([one for one, _ in wanted.values()]), strict=True)
        told: Told = {trace: id_ if isinstance(id_, DispatchError) else Record(id_, {}) for trace, id_ in ids}
        values = {
            trace: (one.id, wanted[trace][1])
            for trace, one in told.items()
            if isinstance(one, Record) and wanted[trace][1]
        }
        return told | self._contacts.update(values)


def _outcome(told: Record | DispatchError, settled: tuple[str, ...] | DispatchError | None) -> Outcome:
    if isinstance(told, DispatchError):
        return told
    if isinstance(settled, DispatchError):
        return settled
    return Done(platform_id=told.id, became={STAGE: settled} if settled else {})
