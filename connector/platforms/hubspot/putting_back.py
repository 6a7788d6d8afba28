"""Gives properties back what they held before rules wrote something there, by the history that HubSpot keeps.

What `loods undo` asks for; no rule can. A read with `propertiesWithHistory` lists the values that a property
has had, each with its time (developers.hubspot.com, CRM objects, property history).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import dropwhile
from typing import Any, Final, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from connector.errors import DispatchError, Rejected
from connector.model.action import ActionSpec, Kind
from connector.platforms.alike import is_alike
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.answers import Record, dicts, proven, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.companies import Companies
from connector.platforms.hubspot.contacts import Contacts, Values, nobody
from connector.platforms.hubspot.deals import Pipelines
from connector.platforms.hubspot.kinds import COMPANIES, DEALS
from connector.platforms.hubspot.owners import OWNER, Owners
from connector.platforms.hubspot.parts import Told
from connector.platforms.hubspot.records import CLOCK_SKEW, Records
from connector.platforms.hubspot.stages import settle_stages
from connector.platforms.hubspot.terms import STAGE, Arguments, Number, Words
from connector.platforms.hubspot.values import FieldValue, as_text, read_moment
from connector.platforms.proof import preparing
from connector.platforms.undoing import PUT_BACK, Stays

_Version: TypeAlias = Mapping[str, Any]
_Update: TypeAlias = Callable[[Mapping[str, Values]], Told]


class Written(BaseModel):
    """The values that rules wrote, the first of them decided at that moment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    values: tuple[FieldValue, ...] = Field(min_length=1)
    since: AwareDatetime


class PutBack(Arguments):
    """Gives properties the values back that they had before; those that hold another one since stay so."""

    of: Literal["contact", "company", "deal"]
    deal: Number | None = None
    name: Words | None = None
    fields: Mapping[Words, Written] = Field(min_length=1)


SPEC: Final = ActionSpec("hubspot", PUT_BACK, PutBack, Kind.INTERNAL, is_idempotent=True)

LONG: Final = 20
"""Nothing says how many values HubSpot keeps: of so many the first ones may be missing already."""
OTHER: Final = Stays("is not as it was written any more")
CUT: Final = Stays("was written so often that HubSpot may not tell what it was before")

BEFORE: Final[Mapping[str, str]] = {"contact": "", "company": "company.", "deal": "deal."}
"""What stands before the names of properties where a change is told of."""


class PuttingBack:
    """Puts back what contacts, their companies and their deals held."""

    def __init__(self, client: HubSpotClient, contacts: Contacts, records: Records, owners: Owners) -> None:
        self._client, self._contacts, self._records, self._owners = client, contacts, records, owners
        self._companies, self._pipelines = Companies(records, contacts), Pipelines(records, owners)

    def run(self, call: Call, wanted: PutBack) -> Done:
        """Put back what still is as it was written. Raises a DispatchError."""
        with preparing():
            id_ = self._id(call, wanted)
            if id_ is None:
                return Done(note="HubSpot has no such contact, so that nothing is to be put back")
            had = self._versions(wanted.of, id_, list(wanted.fields))
            found = {name: self._was(name, one, had[name]) for name, one in wanted.fields.items()}
        back = {name: was for name, was in found.items() if not isinstance(was, Stays)}
        note = "; ".join(
            f"{', '.join(left)} {stays.why}, and stays as it is"
            for stays in (OTHER, CUT)
            if (left := sorted(name for name, was in found.items() if was is stays))
        )
        became = self._put(wanted.of, id_, back) if back else {}
        return Done(became={BEFORE[wanted.of] + name: some for name, some in became.items()}, note=note)

    def _id(self, call: Call, wanted: PutBack) -> str | None:
        match wanted.of:
            case "contact":
                if not call.addressee.email and not call.addressee.platform_id:
                    raise nobody()
                return self._contacts.known_id(call.addressee)
            case "company":
                return self._companies.id_of(call.addressee)
            case "deal":
                return str(wanted.deal) if wanted.deal else self._pipelines.newest(call, wanted.name or "")

    def _versions(self, of: str, id_: str, names: list[str]) -> dict[str, list[_Version]]:
        """The values that each property has had, the newest first."""
        answer = self._client.sdk.crm.objects.basic_api.get_by_id(
            _KINDS[of], id_, properties_with_history=names, _preload_content=False
        )
        kept = proven(answer, 200).get("propertiesWithHistory")
        told = kept if isinstance(kept, dict) else {}
        return {name: sorted(dicts(told.get(name)), key=_at, reverse=True) for name in names}

    def _was(self, name: str, written: Written, versions: Sequence[_Version]) -> str | Stays:
        """What a property held before the values that are ours; or why it stays as it is."""
        ours, since = [*self._texts(name, written)], written.since - CLOCK_SKEW

        def is_ours(version: _Version) -> bool:
            return _at(version) >= since and any(is_alike(one, text(version.get("value"))) for one in ours)

        before = list(dropwhile(is_ours, versions))
        if len(before) == len(versions):
            return OTHER
        if not before:
            return "" if len(versions) < LONG else CUT
        return text(before[0].get("value"))

    def _texts(self, name: str, written: Written) -> Iterator[str]:
        """The values as HubSpot has them. A stage that goes back is cleared first, by us."""
        for one in written.values:
            yield self._owners.id_of(str(one)) if name == OWNER else as_text(one)
        if name == STAGE:
            yield ""

    def _put(self, of: str, id_: str, back: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """Write it; what each property became."""
        update: _Update = self._contacts.update
        if of != "contact":
            update = partial(self._records.update, COMPANIES if of == "company" else DEALS)
        written = _proven(update({id_: (id_, back)})[id_])
        for name, value in back.items():
            if name != STAGE and not is_alike(value, kept := text(written.properties.get(name))):
                raise Rejected(f"HubSpot keeps {name} at {kept or 'nothing'} instead of {value or 'nothing'}")
        became: dict[str, tuple[str, ...]] = {name: (value,) for name, value in back.items()}
        if STAGE not in back:
            return became
        settled = settle_stages(update, {id_: (written, back[STAGE])})[id_]
        if isinstance(settled, DispatchError):
            raise settled
        return {**became, STAGE: settled}


_KINDS: Final = {"contact": "contacts", "company": COMPANIES.name, "deal": DEALS.name}


def _proven(one: Record | DispatchError) -> Record:
    if isinstance(one, DispatchError):
        raise one
    return one


def _at(version: _Version) -> datetime:
    """When a property got a value; of one that does not say so, before everything else."""
    return read_moment(version.get("timestamp")) or datetime.min.replace(tzinfo=UTC)
