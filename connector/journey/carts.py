"""Carts: the latest content by its own time, and which order each has become.

An order closes the cart that it names (by the id or token of cart or checkout); one that names no cart we
know closes the contact's open carts of that shop. A cart that changed after the order is open again.
Which order closes which cart follows from both sets alone, so the order of arrival does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from connector.journey.subjects import amount, scope_of, text, time
from connector.model.contact import Cart, Contact, Order, changed
from connector.model.decision import Answer, TraceEntry
from connector.model.event import Event
from connector.model.light import light

_T = TypeVar("_T")

KEPT_FOR: Final = timedelta(days=90)
"""How long a cart that nobody touches is remembered."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@light
class Held:
    """The contact with its carts. `closed` is set where the event is about a cart that became an order."""

    contact: Contact
    closed: TraceEntry | None = None


def hold(contact: Contact, event: Event, now: datetime) -> Held:
    """Put a cart's event into the contact, and let orders close carts; other events leave it as it is."""
    said = event.subjects.get("cart")
    name = (text(said.get("id")) or text(said.get("token"))) if said else None
    if said is None or name is None:
        closes = contact.carts and "order" in event.subjects
        return Held(_settled(contact, scope_of(event, "order")) if closes else contact)
    scope = scope_of(event, "cart")
    key = f"{scope}:{name}"
    since = now - KEPT_FOR
    carts = {one: cart for one, cart in contact.carts.items() if _is_fresh(cart, since)}
    carts[key] = _with_content(contact.carts.get(key, Cart()), event)
    after = _settled(changed(contact, carts=carts), scope)
    return Held(after, _became(after, key))


def became(contact: Contact, event: Event) -> TraceEntry | None:
    """That the cart of an event has become an order by now; None where it has not, or there is no cart."""
    said = event.subjects.get("cart", {})
    name = text(said.get("id")) or text(said.get("token"))
    return _became(contact, f"{scope_of(event, 'cart')}:{name}") if name else None


def _is_fresh(cart: Cart, since: datetime) -> bool:
    return cart.content_at is None or cart.content_at > since


def _with_content(cart: Cart, event: Event) -> Cart:
    """The latest content by its own time; of two of one instant the one that says more, or is worth more."""
    said = event.subjects["cart"]
    new = Cart(
        total=Decimal(0) if event.name == "cart.emptied" else amount(said.get("total")),
        currency=text(said.get("currency")),
        content_at=time(said.get("updated_at")) or event.occurred_at,
        token=cart.token or text(said.get("token")),
    )
    latest = max(cart, new, key=_precedence)
    return replace(latest, token=new.token) if latest.token != new.token else latest


def _precedence(cart: Cart) -> tuple[datetime, bool, Decimal, str]:
    known = cart.total is not None
    return cart.content_at or _NEVER, known, cart.total or Decimal(0), cart.currency or ""


def _settled(contact: Contact, scope: str) -> Contact:
    """The contact whose carts of one shop know the order that they became."""
    carts = _within(contact.carts, scope)
    if not carts:
        return contact
    orders = _within(contact.orders, scope)
    closers = _closers(carts, sorted((_placed_at(one), key, one.carts) for key, one in orders.items()))
    settled = {
        key: replace(cart, closed_by=closers.get(key))
        for key, cart in carts.items()
        if cart.closed_by != closers.get(key)
    }
    return changed(contact, carts={**contact.carts, **settled}) if settled else contact


def _closers(
    carts: Mapping[str, Cart], orders: Iterable[tuple[datetime, str, tuple[str, ...]]]
) -> Mapping[str, str]:
    """The order that closed each closed cart: the first that names it, else the first that names none."""
    named: dict[str, str] = {}
    guessed: dict[str, str] = {}
    names: dict[str | None, list[str]] = {}
    for key, cart in carts.items():
        for name in (key.partition(":")[2], cart.token):
            names.setdefault(name, []).append(key)
    for placed_at, order, links in orders:
        meant = [key for link in links for key in names.get(link, ())]
        chosen = named if meant else guessed
        for key in meant or carts:
            if (at := carts[key].content_at) and at <= placed_at:
                chosen.setdefault(key, order)
    return {**guessed, **named}


def _placed_at(order: Order) -> datetime:
    """Every order in the ledger has this fact, if only inferred."""
    return order.facts["placed"]


def _within(kept: Mapping[str, _T], scope: str) -> dict[str, _T]:
    beginning = f"{scope}:"
    return {key: value for key, value in kept.items() if key.startswith(beginning)}


def _became(contact: Contact, key: str) -> TraceEntry | None:
    cart = contact.carts.get(key)
    if cart is None or cart.closed_by is None:
        return None
    detail = f"cart {key} became order {cart.closed_by} before: this is history only"
    return TraceEntry("ledger", Answer.LATE, detail=detail)
