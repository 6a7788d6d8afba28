"""The closed vocabulary: the events, what each carries, and every name that an expression may use.

The reference documentation, the check and "did you mean" are made of these tables; a name that is not here
does not exist. Money is a decimal in the currency that stands beside it. What is known of people and
companies beyond what is said of them stands in `profile.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from connector.model import profile
from connector.model.goods import ITEM, PAGE, PRODUCT
from connector.model.types import (
    Sort,
    Type,
    date,
    list_of,
    number,
    record,
    text,
    time,
    with_fields,
    yes_no,
)

SUBJECTS: Final[Mapping[str, Type]] = {
    "page": PAGE,
    "product": PRODUCT,
    "file": record("a file that was downloaded", id=text(), name=text(), url=text()),
    "form": record(
        "a form", id=text(), name=text(), page=text(), fields=record("what was filled in", item=text())
    ),
    "email": record(
        "an e-mail that the platform sent",
        id=text(),
        subject=text(),
        campaign=text(),
        url=text("that was clicked"),
        reason=text("of a bounce"),
    ),
    "cart": record(
        "a cart or checkout that is not an order yet",
        id=text(),
        token=text(),
        total=number("as shown to the customer", least=0),
        currency=text(),
        url=text("to go on with it"),
        item_count=number("pieces", least=0),
        items=list_of(ITEM),
        updated_at=time("when its content was last changed"),
    ),
    "order": record(
        "an order",
        id=text(),
        number=text("as the customer sees it"),
        status=text("in the shop's own words"),
        total=number(least=0),
        currency=text(),
        subtotal=number(least=0),
        discount=number(),
        tax=number(),
        shipping=number(),
        refunded=number("in total, so far"),
        cart=text("id or token of the cart that it came from"),
        checkout=text("id or token of the checkout"),
        payment_method=text(),
        cancel_reason=text(),
        coupons=list_of(text()),
        items=list_of(ITEM),
        related=list_of(PRODUCT, "what goes with what was bought"),
        placed_at=time(),
        paid_at=time(),
        updated_at=time("when its content was last changed"),
        is_test=yes_no(),
    ),
    "review": record("a review", id=text(), rating=number("stars"), text=text(), product=text()),
    "survey": record(
        "an answered survey", id=text(), name=text(), score=number(), answers=record(item=text())
    ),
    "complaint": record("a complaint", id=text(), subject=text(), text=text(), channel=text()),
    "referral": record("a referral", id=text(), code=text(), friend=text("the address that was referred")),
    "meeting": record("a meeting", id=text(), title=text(), starts_at=time(), ends_at=time()),
    "deal": record(
        "a deal", id=text(), name=text(), stage=text(), amount=number(), currency=text(), pipeline=text()
    ),
    "change": record("a changed property", property=text(), value=text(), previous=text()),
    "data": record("the fields of an event of your own", item=text()),
}
"""Every subject that an event can carry, with its fields."""

EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "page.viewed": ("page",),
    "product.viewed": ("product",),
    "file.downloaded": ("file",),
    "form.submitted": ("form",),
    "question.asked": ("form",),
    "newsletter.subscribed": (),
    "newsletter.confirmed": (),
    "newsletter.unsubscribed": (),
    "email.sent": ("email",),
    "email.opened": ("email",),
    "email.clicked": ("email",),
    "email.bounced": ("email",),
    "cart.updated": ("cart",),
    "cart.emptied": ("cart",),
    "checkout.started": ("cart",),
    "order.placed": ("order",),
    "order.paid": ("order",),
    "order.payment_failed": ("order",),
    "order.shipped": ("order",),
    "order.delivered": ("order",),
    "order.cancelled": ("order",),
    "order.refunded": ("order",),
    "review.given": ("review",),
    "survey.answered": ("survey",),
    "complaint.received": ("complaint",),
    "complaint.resolved": ("complaint",),
    "referral.made": ("referral",),
    "referral.converted": ("referral",),
    "meeting.booked": ("meeting",),
    "meeting.held": ("meeting",),
    "meeting.cancelled": ("meeting",),
    "call.held": ("meeting",),
    "deal.created": ("deal",),
    "deal.changed": ("deal", "change"),
    "deal.won": ("deal",),
    "deal.lost": ("deal",),
    "contact.changed": ("change",),
    "company.changed": ("change",),
    "product.changed": ("product",),
    "contact.erased": (),
}
"""Every event with the subjects that it carries; `custom.<name>` carries `data`."""

FACTS: Final = ("placed", "paid", "payment_failed", "shipped", "delivered", "cancelled", "refunded")
"""What can become true of an order, each once: the event `order.<fact>`."""

CONTACT_FIELDS: Final[Mapping[str, Type]] = {
    "email": text("the address in use"),
    "first_name": text(),
    "last_name": text(),
    "name": text("first and last name"),
    "phone": text(),
    "company": text("the name of the company"),
    "country": text("two letters, ISO 3166"),
    "language": text("two letters, ISO 639"),
    "city": text(),
    "postcode": text(),
    "birthday": date("may be without a year: --MM-DD"),
    "time_zone": text("IANA name"),
    "role": text("in what their company buys: who decides, advises or pays"),
}
"""What a source may say of a person; the company's own come from `fields:` of the mapping."""

EVENT: Final = record(
    "what happened",
    name=text(),
    occurred_at=time(),
    connection=text(),
    source=text(),
    channel=text(),
    device=text(),
    content=text(),
)

_TIMES: Final = number("times", absent=0, least=0)

SUGGESTED: Final = list_of(PRODUCT, "the products to name, where the trigger has `suggest`")
"""The type of `suggested`."""


def carried_by(event: str) -> tuple[str, ...] | None:
    """The subjects that the event carries, or None where no such event exists."""
    if event.startswith("custom.") and len(event) > len("custom."):
        return ("data",)
    return EVENTS.get(event)


def counter_of(event: str) -> str:
    """The name under `contact.counters` that counts the event: `order.paid` is `order_paid`."""
    return event.replace(".", "_")


def contact_type(
    fields: Mapping[str, Type],
    stages: Mapping[str, tuple[str, ...]],
    segments: Collection[str],
    scores: Collection[str] = (),
    cells: Collection[str] = (),
) -> Type:
    """The type of `contact` in one mapping: `fields` are its own, `stages` its journeys' orders of stages.

    `contact.stage` is the stage in the only journey or in the one called `main`; else it is absent. `cells`
    are the names of the follow-up grid's.
    """
    points = number("points", absent=0)
    own = {
        **CONTACT_FIELDS,
        **fields,
        **profile.SEEN,
        "grid": text("the cell of the follow-up grid", tuple(cells)),
        "counters": _by_event("how often each event happened", _TIMES),
        "last": _by_event("when each event last happened", time()),
        "consent": record("yes or no a channel", email=yes_no(absent=False), sms=yes_no(absent=False)),
        "scores": _named("points, by score", dict.fromkeys(scores, points)),
        "segments": _named("yes or no a segment", dict.fromkeys(segments, yes_no())),
        **_standing(stages),
    }
    return _named("the person", own)


def company_type(
    fields: Mapping[str, Type] | None = None, stages: Mapping[str, tuple[str, ...]] | None = None
) -> Type:
    """The type of `company` in one mapping: its own fields, and the journeys whose subject is the company."""
    counters = _by_event("how often each event happened to its people", _TIMES)
    own = {**(fields or {}), "counters": counters, **_standing(stages or {})}
    return with_fields(profile.COMPANY, own)


def stage_of(order: tuple[str, ...]) -> Type:
    """The type of a stage in a journey with this order; stages compare by their place."""
    return Type(Sort.STAGE, stages=order)


def _standing(stages: Mapping[str, tuple[str, ...]]) -> dict[str, Type]:
    main = stages.get("main") or (next(iter(stages.values())) if len(stages) == 1 else None)
    each = {name: stage_of(order) for name, order in stages.items()}
    cycle = number("which time it goes through the journey", least=1)
    return {
        "stages": _named("the stage in each journey", each),
        **({"stage": stage_of(main), "cycle": cycle} if main else {}),
    }


def _by_event(about: str, each: Type) -> Type:
    """A record with every event's name; those of events and counters of the company's own may be others."""
    return record(about, item=each, **{counter_of(event): each for event in EVENTS})


def _named(about: str, fields: Mapping[str, Type]) -> Type:
    """A record whose fields somebody else has named, so that they may be called anything."""
    return with_fields(record(about), fields)
