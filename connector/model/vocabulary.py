"""The closed vocabulary: the events, what each carries, and every name that an expression may use.

The reference documentation, the check and "did you mean" are made of these tables; a name that is not here
does not exist. Money is a decimal in the currency that stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.model.types import Sort, Type, date, list_of, number, record, text, time, yes_no

ITEM: Final = record(
    "one line of a cart or an order",
    id=text("the shop's id of the line"),
    sku=text("stock keeping unit"),
    name=text("as the shop shows it"),
    product=text("the shop's id of the product"),
    variant=text("the shop's id of the variant"),
    category=text(),
    brand=text(),
    quantity=number("pieces; may be broken, as in 1.5 m"),
    price=number("of one piece"),
)

SUBJECTS: Final[Mapping[str, Type]] = {
    "page": record("a page that was viewed", url=text(), path=text(), title=text(), referrer=text()),
    "product": record(
        "a product",
        id=text(),
        sku=text(),
        name=text(),
        category=text(),
        brand=text(),
        price=number(),
        currency=text(),
        url=text(),
    ),
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
        total=number("as shown to the customer"),
        currency=text(),
        url=text("to go on with it"),
        item_count=number("pieces"),
        items=list_of(ITEM),
        updated_at=time("when its content was last changed"),
    ),
    "order": record(
        "an order",
        id=text(),
        number=text("as the customer sees it"),
        status=text("in the shop's own words"),
        total=number(),
        currency=text(),
        subtotal=number(),
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
    "deal.changed": ("deal",),
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

PURCHASES: Final = record(
    "the orders that were paid and not cancelled",
    count=number(absent=0),
    total=number("less what was refunded", absent=0),
    average=number(),
    first_at=time(),
    last_at=time(),
)

NOT_BUILT: Final[Mapping[str, str]] = {
    "scores": "scores",
    "interests": "interests",
    "recent": "recently viewed products",
    "expected": "expectations",
    "role": "buying roles",
}
"""Attributes of a contact that the language specifies and this version does not have yet."""


def carried_by(event: str) -> tuple[str, ...] | None:
    """The subjects that the event carries, or None where no such event exists."""
    if event.startswith("custom.") and len(event) > len("custom."):
        return ("data",)
    return EVENTS.get(event)


def counter_of(event: str) -> str:
    """The name under `contact.counters` that counts the event: `order.paid` is `order_paid`."""
    return event.replace(".", "_")


def contact_type(
    fields: Mapping[str, Type], stages: Mapping[str, tuple[str, ...]], segments: tuple[str, ...]
) -> Type:
    """The type of `contact` in one mapping: `fields` are its own, `stages` its journeys' orders of stages.

    `contact.stage` is the stage in the only journey or in the one called `main`; else it is absent.
    """
    counters = {counter_of(event): number("times", absent=0) for event in EVENTS}
    main = stages.get("main") or (next(iter(stages.values())) if len(stages) == 1 else None)
    own = {
        **CONTACT_FIELDS,
        **fields,
        "shop": text("the connection of the shop where the contact last was"),
        "counters": record("how often each event happened", item=number("times", absent=0), **counters),
        "purchases": PURCHASES,
        "consent": record("yes or no a channel", email=yes_no(absent=False), sms=yes_no(absent=False)),
        "stages": record(
            "the stage in each journey", **{name: stage_of(order) for name, order in stages.items()}
        ),
        "segments": record("yes or no a segment", **dict.fromkeys(segments, yes_no())),
        **({"stage": stage_of(main)} if main else {}),
    }
    return record("the person", **own)


def stage_of(order: tuple[str, ...]) -> Type:
    """The type of a stage in a journey with this order; stages compare by their place."""
    return Type(Sort.STAGE, stages=order)
