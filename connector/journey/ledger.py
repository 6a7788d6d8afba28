"""The ledger of orders: each fact becomes true once, at the time at which it happened.

Shops send two to nine webhooks for one order, late, twice and out of order; the ledger is the same
whatever the order of arrival. An order of which anything else is known was placed, even if nobody said so
yet: that fact is inferred until it is reported, and its own event still reaches the rules then.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from connector.journey.subjects import amount, scope_of, text, time
from connector.model.contact import Contact, Order, changed
from connector.model.decision import Answer, TraceEntry
from connector.model.event import Event
from connector.model.light import light
from connector.model.vocabulary import FACTS

_NOTHING: Final = Decimal(0)
_UNKNOWN: Final = Order()
"""An order of which nothing was said so far."""
_KEPT_AS: Final = "_purchases"
_FACT_OF: Final = {f"order.{fact}": fact for fact in FACTS}


@light
class Booked:
    """The contact after the ledger; `refusal` says why the event is no news for the rules, if it is none."""

    contact: Contact
    refusal: TraceEntry | None = None


@light
class Purchases:
    """The orders paid and not cancelled; `total` is less what was refunded, whatever the currency.

    `average` is per order, to the cent.
    """

    count: int = 0
    total: Decimal = _NOTHING
    first_at: datetime | None = None
    last_at: datetime | None = None
    average: Decimal | None = None


def book(contact: Contact, event: Event) -> Booked:
    """Put an order's event into the ledger; any other event leaves it as it is."""
    fact = _FACT_OF.get(event.name)
    if fact is None:
        return Booked(contact)
    order_id = text(event.subjects.get("order", {}).get("id"))
    if order_id is None:
        return Booked(contact, _refused("the order has no id"))
    key = f"{scope_of(event, 'order')}:{order_id}"
    before = contact.orders.get(key) or _UNKNOWN
    if fact == "refunded" and _pays_nothing_back(event):
        return Booked(contact, _refused(f"nothing of order {key} was paid back"))
    after = _after(before, event, fact)
    booked = changed(contact, orders={**contact.orders, key: after})
    return Booked(booked, _known(key, before, fact) if is_reported(before, fact) else None)


def is_reported(order: Order, fact: str) -> bool:
    """Whether somebody said so: an inferred fact is not reported yet."""
    return fact in order.facts and fact not in order.inferred


def purchases(contact: Contact) -> Purchases:
    """What the contact bought; of the same orders it is worked out once.

    The contact keeps it beside its fields, and so do the states that follow as long as the orders are these.
    """
    known: tuple[object, Purchases] | None = vars(contact).get(_KEPT_AS)
    if known is None or known[0] is not contact.orders:
        known = vars(contact)[_KEPT_AS] = (contact.orders, _reckoned(contact))
    return known[1]


def _reckoned(contact: Contact) -> Purchases:
    bought = [one for one in contact.orders.values() if "paid" in one.facts and "cancelled" not in one.facts]
    if not bought:
        return Purchases()
    paid_at = [one.facts["paid"] for one in bought]
    total = sum(map(_kept, bought), _NOTHING)
    return Purchases(len(bought), total, min(paid_at), max(paid_at), round(total / len(bought), 2))


def _kept(order: Order) -> Decimal:
    """What the shop keeps of an order. A refund that nobody put an amount to is one of the whole order."""
    if order.total is None or ("refunded" in order.facts and not order.refunded):
        return _NOTHING
    kept = order.total - order.refunded if order.refunded else order.total
    return kept if kept > _NOTHING else _NOTHING


def _pays_nothing_back(event: Event) -> bool:
    """Whether the refund moved goods only: shops report restocking as a refund of nothing."""
    paid_back = amount(event.subjects["order"].get("refunded"))
    return paid_back is not None and paid_back <= _NOTHING


def _facts_with(order: Order, fact: str, at: datetime) -> tuple[dict[str, datetime], tuple[str, ...]]:
    """The facts of an order with one more, and which of them are inferred."""
    facts = {name: when for name, when in order.facts.items() if name not in order.inferred}
    facts[fact] = min(at, facts.get(fact, at))
    if "placed" in facts:
        return facts, ()
    return {"placed": min(facts.values()), **facts}, ("placed",)


def _after(order: Order, event: Event, fact: str) -> Order:
    """The order with what its event says.

    The latest total by its own time wins; what was refunded only grows; what else is said first stays.
    """
    said = event.subjects["order"]
    links = {link for name in ("cart", "checkout") if (link := text(said.get(name)))}
    at, total = time(said.get("updated_at")) or event.occurred_at, amount(said.get("total"))
    known = order.content_at
    is_latest = total is not None and (not known or (at, total) >= (known, order.total or _NOTHING))
    facts, inferred = _facts_with(order, fact, event.occurred_at)
    return Order(
        facts=facts,
        inferred=inferred,
        number=order.number or text(said.get("number")),
        currency=order.currency or text(said.get("currency")),
        refunded=max(order.refunded, amount(said.get("refunded")) or _NOTHING),
        carts=tuple(sorted({*order.carts, *links})) if links else order.carts,
        content_at=at if is_latest else known,
        total=total if is_latest else order.total,
    )


def _known(key: str, order: Order, fact: str) -> TraceEntry:
    since = order.facts[fact].isoformat(timespec="seconds")
    return TraceEntry("ledger", Answer.FACT_KNOWN, detail=f"order {key} was {_words(fact)} at {since}")


def _refused(detail: str) -> TraceEntry:
    return TraceEntry("ledger", Answer.REFUSED_FACT, detail=detail)


def _words(fact: str) -> str:
    return "reported as failing its payment" if fact == "payment_failed" else fact
