"""HubSpot's deals and tickets: what goes through a pipeline, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.hubspot.answers import text
from connector.platforms.hubspot.kinds import DEALS, TICKETS, Kind
from connector.platforms.hubspot.owners import OWNER, Owners
from connector.platforms.hubspot.record_arguments import CreateDeal, CreateTicket, UpdateDeal
from connector.platforms.hubspot.records import New, Records, Sought
from connector.platforms.hubspot.together import each
from connector.platforms.hubspot.values import FieldValue, as_texts
from connector.platforms.hubspot.wishes import Wish

T = TypeVar("T", CreateDeal, CreateTicket)

NAME, STAGE, SUBJECT = "dealname", "dealstage", "subject"


class Pipelines:
    """The deals and tickets of contacts. A new one is found again by its name and by when it was made."""

    def __init__(self, records: Records, owners: Owners) -> None:
        self._records, self._owners = records, owners

    def create_deals(self, wishes: Sequence[Wish[CreateDeal]]) -> list[Outcome]:
        """New deals on contacts."""
        return self._create(DEALS, wishes, deal_properties)

    def create_tickets(self, wishes: Sequence[Wish[CreateTicket]]) -> list[Outcome]:
        """New tickets on contacts."""
        return self._create(TICKETS, wishes, _ticket_properties)

    def look_up_deal(self, call: Call, wanted: CreateDeal) -> Done | None:
        """The deal of this name on the contact that no other action made, if there is one."""
        return self._records.made(DEALS, call, [NAME], partial(_is_named, NAME, wanted.name))

    def look_up_ticket(self, call: Call, wanted: CreateTicket) -> Done | None:
        """The ticket about this on the contact that no other action made, if there is one."""
        return self._records.made(TICKETS, call, [SUBJECT], partial(_is_named, SUBJECT, wanted.subject))

    def look_up_deals(self, wishes: Sequence[Wish[CreateDeal]]) -> list[Done | DispatchError | None]:
        """The same of many deals."""
        sought = [Sought(one.call, partial(_is_named, NAME, one.arguments.name)) for one in wishes]
        return self._records.made_all(DEALS, sought, [NAME])

    def look_up_tickets(self, wishes: Sequence[Wish[CreateTicket]]) -> list[Done | DispatchError | None]:
        """The same of many tickets."""
        sought = [Sought(one.call, partial(_is_named, SUBJECT, one.arguments.subject)) for one in wishes]
        return self._records.made_all(TICKETS, sought, [SUBJECT])

    def update_deal(self, call: Call, wanted: UpdateDeal) -> Done:
        """Set what is given. Raises a DispatchError."""
        id_ = str(wanted.deal) if wanted.deal else self.newest(call, str(wanted.name))
        properties = deal_properties(wanted)
        if not properties:
            return Done()
        written = self._records.patch(DEALS, id_, properties)
        kept = text(written.properties.get(STAGE))
        if wanted.stage and kept != wanted.stage:
            raise Rejected(f"HubSpot keeps {STAGE} at {kept or 'nothing'} instead of {wanted.stage}")
        return Done()

    def _create(
        self, kind: Kind, wishes: Sequence[Wish[T]], properties_of: Callable[[T], Mapping[str, str]]
    ) -> list[Outcome]:
        outcomes = self._records.create(
            kind, each(wishes, lambda wish: New(wish.addressee, self._owned(wish, properties_of)))
        )
        self._owners.doubt(outcomes)
        return outcomes

    def _owned(self, wish: Wish[T], properties_of: Callable[[T], Mapping[str, str]]) -> Mapping[str, str]:
        properties, owner = properties_of(wish.arguments), wish.arguments.owner
        is_owned = OWNER in properties and not owner
        owner_id = None if is_owned else self._owners.named(owner)
        return {**properties, OWNER: owner_id} if owner_id else properties

    def newest(self, call: Call, name: str) -> str:
        """The id of the contact's newest deal of this name. Raises a DispatchError."""
        [deals] = self._records.of.people(DEALS, [call.addressee], [NAME, DEALS.made_at])
        if isinstance(deals, DispatchError):
            raise deals
        named = [one for one in deals if text(one.properties.get(NAME)).strip() == name]
        if not named:
            raise Rejected(f"the contact has no deal {name} at HubSpot")
        return max(named, key=lambda one: one.created_at).id


def _is_named(name: str, wanted: str, record: Mapping[str, Any]) -> bool:
    return text(record.get(name)).strip() == wanted


def deal_properties(wanted: CreateDeal | UpdateDeal) -> dict[str, str]:
    """What is written of a deal, by property; the name is what finds a deal that is changed."""
    given: dict[str, FieldValue | None] = {STAGE: wanted.stage, "amount": wanted.amount}
    if isinstance(wanted, CreateDeal):
        given |= {NAME: wanted.name, "pipeline": wanted.pipeline, "closedate": wanted.closes}
    return as_texts(wanted.fields) | as_texts(given)


def _ticket_properties(wanted: CreateTicket) -> dict[str, str]:
    given: dict[str, FieldValue | None] = {
        SUBJECT: wanted.subject,
        "content": wanted.body,
        "hs_pipeline": wanted.pipeline,
        "hs_pipeline_stage": wanted.stage,
        "hs_ticket_priority": wanted.priority and wanted.priority.upper(),
    }
    return as_texts(wanted.fields) | as_texts(given)
