"""One person as we know them: identities, fields, stages, orders, consent. Immutable snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from datetime import datetime
from decimal import Decimal
from operator import is_, itemgetter
from typing import Any, Final

from connector.model.action import Closer
from connector.model.company import Company
from connector.model.event import Event, Identity
from connector.model.light import light
from connector.model.order import Place
from connector.model.standing import Standing, Stated
from connector.model.values import Value

__all__ = ["Standing", "Stated"]


@light
class Order:
    """One line of the ledger: `facts` (`placed`, `paid`, `refunded` …) each with the time when it happened.

    `inferred` facts follow from others and were never reported (an order that is paid was placed). `carts`
    are the ids and tokens of the cart and the checkout that it came from.
    """

    facts: Mapping[str, datetime] = field(default_factory=dict)
    number: str | None = None
    total: Decimal | None = None
    currency: str | None = None
    refunded: Decimal = Decimal(0)
    content_at: datetime | None = None
    inferred: tuple[str, ...] = ()
    carts: tuple[str, ...] = ()


@light
class Cart:
    """A cart as last seen; `closed_by` is the key of the order that it became, `token` its second name."""

    total: Decimal | None = None
    currency: str | None = None
    content_at: datetime | None = None
    closed_by: str | None = None
    token: str | None = None


@light
class Consent:
    """What stands for one address, channel and list, since when, and the event that is the evidence.

    `closed_by` is the connection whose platform takes nothing about the address any more.
    """

    given: bool
    at: datetime
    evidence: str
    closed_by: str = ""


@light
class Run:
    """One run of a trigger for a key: entered `at`; `acted` runs count for its limit, since `acted_at`.

    While it waits, `wakes_at` is when it is to be looked at again, `step` the steps that are done (the wait
    before the first counts as none), `text` the trigger's text under which it began, and `event` what began
    it or, where that restarts the wait, came last; a wait for a condition or an event lasts `until` then, at
    most. `ahead` is by how many steps it had come further in the text from which a publication moved it here.
    `due_at` is when a run that an open complaint holds was to go on. `taken_from` is the id of the contact
    for whom it has acted, in its own arm, where that has become one with this contact since.
    Once it is over, `wakes_at`, `until`, `event` and `due_at` are None and `ended` says in a word or two why:
    `done`, the answer of the guard that held it back, the event that called it off.
    """

    at: datetime
    acted: bool
    acted_at: datetime | None = None
    arm: str = ""
    step: int = 0
    text: str = ""
    wakes_at: datetime | None = None
    waits_for: str = ""
    until: datetime | None = None
    event: Event | None = None
    ended: str = ""
    ahead: int = 0
    due_at: datetime | None = None
    taken_from: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether something may still come of it."""
        return self.wakes_at is not None


@light
class Opened:
    """What an action made (a task) until one of the events `by` closes it, if that concerns `about`.

    `key` is the action's, decided `at` by this step of a rule. `about` is what began it, as far as another
    event can be compared with it.
    """

    key: str
    connection: str
    closer: Closer
    by: tuple[str, ...]
    about: Event
    at: datetime
    rule: str
    step: int


@light
class Point:
    """One entry of a score's ledger: the rule (its number in the score, from 1), how much, and when."""

    rule: int
    add: Decimal
    at: datetime
    event: str = ""


@light
class Mark:
    """Whether the contact is in something that can be entered and left, since when, and for the how many-th
    time: a segment, a cell of the grid, beyond a bound of a score."""

    is_in: bool
    since: datetime
    entries: int = 1


@light
class Interest:
    """How much a contact has shown of an interest, as of a moment; it fades from then on."""

    amount: Decimal
    at: datetime


@light
class Folded:
    """How far a history is folded into its contact, and by which version of the mapping.

    `upto` is the place of the newest event. What stands at `base` or before it was decided under an older
    version and is not decided anew; without one the whole history is this version's. `count` are the events
    since then.
    """

    version: str
    upto: Place | None = None
    base: Place | None = None
    count: int = 0


@light(slots=False)
class Contact:
    """Everything that decisions need of one person. `id` is ours, sortable by creation.

    Keys: `fields` by name; `standings` by journey; `counters` by event name (`order.paid`); `consent` by
    `channel|list|address`; `orders` and `carts` by `scope:id`; `runs` by trigger, then by run key; `last` by
    event name; `points` by score; `marks` by what is entered (`segment:loyal`) or was fired
    (`moment:heat`); `interests` by topic.

    `touched` are the moments at which marketing was decided, the oldest first, as far as pressure asks for
    them. `owned` has, sorted, the ids and stock keeping units of products that were bought. `recent` are the
    last products, pages and clicks, the newest first. `opened` is what events are still to close, the oldest
    first. `looked_at` is until when time itself (dates, moments, quiet periods) has been taken into account.
    `folded` is None as long as nothing has happened.

    `seconds` are those of the identities that are second records of the same person where each has one: they
    find the contact, and nothing is written there.

    `company_id` is the company to which the contact belongs, `company_at` when that was stated. `company` is
    attached for decisions and never part of what is stored of the contact.
    """

    id: str
    created_at: datetime
    identities: tuple[Identity, ...] = ()
    fields: Mapping[str, Stated] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    consent: Mapping[str, Consent] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    carts: Mapping[str, Cart] = field(default_factory=dict)
    runs: Mapping[str, Mapping[str, Run]] = field(default_factory=dict)
    complaints: Mapping[str, datetime] = field(default_factory=dict)
    shop: str | None = None
    erased_at: datetime | None = None
    last: Mapping[str, datetime] = field(default_factory=dict)
    points: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    interests: Mapping[str, Interest] = field(default_factory=dict)
    recent: Mapping[str, tuple[Mapping[str, Value], ...]] = field(default_factory=dict)
    touched: tuple[datetime, ...] = ()
    owned: tuple[str, ...] = ()
    opened: tuple[Opened, ...] = ()
    looked_at: datetime | None = None
    folded: Folded | None = None
    company_id: str | None = None
    company_at: datetime | None = None
    company: Company | None = None
    seconds: tuple[Identity, ...] = ()

    @property
    def email(self) -> str | None:
        """The address in use: the latest stated, else any that is known."""
        return self.stated_email or next((one.value for one in self.identities if one.kind == "email"), None)

    @property
    def stated_email(self) -> str | None:
        """The address that the history so far has stated last."""
        stated = self.fields.get("email")
        return stated.value if stated and isinstance(stated.value, str) else None

    @property
    def is_waiting(self) -> bool:
        """Whether a run of theirs waits."""
        return any(run.wakes_at is not None for runs in self.runs.values() for run in runs.values())

    def id_at(self, kind: str, scope: str) -> str | None:
        """The person's own id of `kind` within a connection (`contact` at `hubspot`), where known.

        Of several it is the one in use.
        """
        found = [one for one in self.identities if one.kind == kind and one.scope == scope and one.is_person]
        found.sort(key=lambda one: one in self.seconds)
        return found[0].value if found else None


DOINGS: Final = frozenset({"runs", "marks", "touched", "opened", "looked_at", "folded", "seconds"})
"""What of a contact rules have done, or what says how far its history was folded."""

_NAMES: Final = frozenset(one.name for one in fields(Contact))
_beyond_doings: Final = itemgetter(*sorted(_NAMES - DOINGS))


def differ_in_doings(one: Contact, other: Contact) -> bool:
    """Whether two states of a contact are surely the same but for what rules have done."""
    return all(map(is_, _beyond_doings(vars(one)), _beyond_doings(vars(other))))


def changed(contact: Contact, **changes: Any) -> Contact:
    """The contact with some fields changed: `dataclasses.replace`, in a quarter of the time.

    Every event changes its contact several times, and nothing else cost a decision as much. That is why a
    contact has no slots: one dictionary is copied at once, and fields of a frozen class are set one by one.
    """
    if not _NAMES.issuperset(changes):
        raise TypeError(f"a contact has no {', '.join(sorted(changes.keys() - _NAMES))}")
    made = object.__new__(Contact)
    made.__dict__ = contact.__dict__ | changes
    return made
