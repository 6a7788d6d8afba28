"""What is usual among all contacts comes with the mapping, and decides with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from connector.journey.decide import decide
from connector.mapping.mapping import Mapping
from connector.mapping.norms import BOUNDS, EVERYBODY, UNKNOWN, Norms, Rfm, Usual
from connector.mapping.rules import SegmentEntered
from connector.model.contact import Contact
from connector.model.decision import Answer
from tests.journey.build import NOON, Story, entry, event, mapping, order, trigger, when

MODEST = Norms(
    quintiles=dict.fromkeys(BOUNDS, (Decimal(10), Decimal(20), Decimal(30), Decimal(40))),
    intervals={EVERYBODY: Usual(Decimal(90), 50), "business": Usual(Decimal(14), 10)},
)
BEST = replace(trigger("best", "page.viewed"), when=when("contact.rfm.monetary == 5"))
ENTERED = replace(trigger("entered"), on=frozenset(), occasions=(SegmentEntered("best"),))
PAID = order("order.paid", NOON, total=Decimal(50))


def rules(norms: Norms, *triggers: str) -> Mapping:
    """A mapping by quintiles, in which business contacts have an interval of their own."""
    known = {"best": BEST, "entered": ENTERED}
    plain = mapping(
        *(known[name] for name in triggers),
        segments={"business": "contact.company is defined", "best": "contact.rfm.monetary == 5"},
    )
    own = replace(plain.defaults, rfm=Rfm(by_quintiles=frozenset(BOUNDS)), expected_by=("business",))
    return replace(plain, defaults=own, norms=norms)


def test_a_contact_is_marked_by_the_quintiles_of_the_shop() -> None:
    """RFM (1 to 5, by bounds or the shop's quintiles) is built in."""
    story = Story(rules(MODEST, "best"))

    story.hears(PAID)

    assert entry(story.hears(event("page.viewed", "12:01")), "trigger:best").answer is Answer.ACTED


def test_without_figures_the_bounds_hold_and_the_trace_tells_the_mark() -> None:
    """Without figures (a new shop) the bounds hold."""
    story = Story(rules(UNKNOWN, "best"))

    story.hears(PAID)

    said = entry(story.hears(event("page.viewed", "12:01")), "trigger:best")
    assert (said.answer, said.seen) == (Answer.NO, {"contact.rfm.monetary": 1})


def test_the_next_order_is_expected_by_the_segment_after_a_single_order() -> None:
    """`contact.expected` has the next order date and the chance of leaving, by the contact's own
    interval and segment."""
    leaving = replace(trigger("leaving", "page.viewed"), when=when("contact.expected.churn >= 0.5"))
    plain = rules(MODEST)
    asking = replace(plain, triggers={"leaving": leaving}, triggers_on={"page.viewed": (leaving,)})
    later = NOON + timedelta(days=28)

    for company, answer in (("Tuin BV", Answer.ACTED), (None, Answer.NO)):
        story = Story(asking)
        story.hears(replace(PAID, fields={"company": company} if company else {}))
        assert entry(story.hears(event("page.viewed", later), now=later), "trigger:leaving").answer is answer


def test_new_figures_move_a_contact_into_a_segment_when_something_next_happens_to_them() -> None:
    story = Story(rules(UNKNOWN, "entered"))
    before = story.hears(PAID, event("page.viewed", "12:01"))

    story.mapping = rules(MODEST, "entered")
    after = story.hears(event("page.viewed", "14:00"), now=NOON + timedelta(hours=2))

    assert (before.actions, before.wakes_at) == ((), None)
    assert entry(after, "trigger:entered").answer is Answer.ACTED


def test_a_decision_is_the_same_by_the_same_figures() -> None:
    """… and comes with the mapping as data: a decision by the same figures is the same."""
    contact = Contact("01", NOON)

    decided = [decide(rules(MODEST, "best"), contact, PAID, NOON) for _ in range(2)]

    assert decided[0] == decided[1]
