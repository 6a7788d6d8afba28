"""A draft is tried on what was recorded: what it would do, beside what was done."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from connector.insight.outcome import Compared, Outcome
from connector.mapping.rules import Arm
from connector.model.action import Kind
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.domains import company_id
from connector.model.event import Event
from connector.model.identities import person
from connector.store import contacts, outbox
from tests.insight.past import Past
from tests.journey.build import (
    EVA,
    at,
    cart,
    connection,
    event,
    journey,
    limited,
    mail,
    mapping,
    move,
    order,
    step,
    trigger,
    wait,
    when,
)

BOB = "bob@example.com"
WELCOME = trigger("welcome", "newsletter.confirmed")
PAID = trigger("paid", "order.paid")
BIG = trigger("paid", "order.paid", when=when("order.total >= 100"))
NOTHING = mapping()


def confirmed(clock: str, email: str = EVA, consent: bool | None = None) -> Event:
    return event("newsletter.confirmed", clock, email=email, key=f"{email}@{clock}", consent=consent)


def paid(clock: str, number: str, total: int = 50) -> Event:
    return order("order.paid", clock, number, total=total)


def told(outcome: Outcome) -> list[tuple[str, str, bool, bool]]:
    """Each action as: clock, rule, by the draft, by the live version."""
    return [(f"{one.at:%H:%M}", one.rule, one.by_draft, one.by_live) for one in outcome.compared]


def test_a_draft_that_is_the_live_version_differs_in_nothing(past: Past) -> None:
    live = mapping(WELCOME, PAID, journeys=[journey(enter={"care": [step()]})])
    past.happens(live, confirmed("10:00"), paid("11:00", "o1"), paid("12:00", "o2"), confirmed("10:00", BOB))

    bob, eva = past.under(live)

    assert told(bob) == [("10:00", "trigger:welcome", True, True)]
    assert told(eva) == [
        ("10:00", "trigger:welcome", True, True),
        ("11:00", "enter:main.care", True, True),
        ("11:00", "trigger:paid", True, True),
        ("12:00", "trigger:paid", True, True),
    ]
    assert (eva.contact, eva.differences, eva.events) == (EVA, (), 3)


def test_a_new_trigger_is_only_the_drafts_and_a_dropped_one_only_live(past: Past) -> None:
    past.happens(mapping(WELCOME), confirmed("10:00"))

    (eva,) = past.under(mapping(trigger("hello", "newsletter.confirmed", [step("hubspot.tag")])))

    assert eva.compared == (
        Compared(at("10:00"), "trigger:hello", "hubspot.tag", by_draft=True, by_live=False),
        Compared(at("10:00"), "trigger:welcome", "hubspot.create_task", by_draft=False, by_live=True),
    )


def test_a_stricter_condition_lets_go_of_whom_it_does_not_fit(past: Past) -> None:
    past.happens(mapping(PAID), paid("10:00", "o1", 50), paid("11:00", "o2", 150))

    (eva,) = past.under(mapping(BIG))

    assert told(eva) == [("10:00", "trigger:paid", False, True), ("11:00", "trigger:paid", True, True)]


def test_a_step_put_before_another_is_the_only_difference(past: Past) -> None:
    past.happens(mapping(WELCOME), confirmed("10:00"))
    draft = mapping(trigger("welcome", "newsletter.confirmed", [step("hubspot.tag"), step()]))

    (eva,) = past.under(draft)

    assert [(one.action, one.by_live) for one in eva.compared] == [
        ("hubspot.create_task", True),
        ("hubspot.tag", False),
    ]


def test_the_whole_past_is_lived_and_only_the_window_counts(past: Past) -> None:
    past.happens(mapping(PAID), paid("10:00", "o1"), paid("11:00", "o2"), paid("12:00", "o3"))
    third = trigger("third", "order.paid", when=when("contact.purchases.count == 3"))

    (eva,) = past.under(mapping(third, PAID), since=at("12:00"))

    assert told(eva) == [("12:00", "trigger:paid", True, True), ("12:00", "trigger:third", True, False)]
    assert eva.events == 1


def test_who_has_no_event_in_the_window_is_left_out(past: Past) -> None:
    past.happens(mapping(WELCOME), confirmed("10:00"), confirmed("12:00", BOB))

    (bob,) = past.under(mapping(WELCOME), since=at("11:00"))

    assert bob.contact == BOB


def test_everything_counts_at_its_own_time_however_late_its_webhook_came(past: Past) -> None:
    day_later = at("09:00", day=3)
    past.happens(mapping(PAID), paid("10:00", "o1"), paid("12:00", "o2"), now=day_later)

    (eva,) = past.under(mapping(PAID), since=at("11:00"))

    assert told(eva) == [("12:00", "trigger:paid", True, True)]


def test_events_are_lived_in_the_order_in_which_they_happened(past: Past) -> None:
    first = trigger("first", "order.paid", when=when("contact.purchases.total == order.total"))
    past.happens(NOTHING, paid("12:00", "o2", 20), paid("10:00", "o1", 10), now=at("13:00"))

    (eva,) = past.under(mapping(first))

    assert told(eva) == [("10:00", "trigger:first", True, False)]


def test_what_a_guard_holds_back_is_counted_by_rule_and_reason(past: Past) -> None:
    past.happens(NOTHING, paid("10:00", "o1"), paid("11:00", "o2"), paid("12:00", "o3"))
    limited_one = trigger("thanks", "order.paid", limit=limited(1, 7))
    letter = trigger("letter", "order.paid", [mail()])

    (eva,) = past.under(mapping(limited_one, letter), since=at("11:00"))

    assert eva.refused == {("trigger:thanks", Answer.LIMIT): 2, ("trigger:letter", Answer.NO_CONSENT): 2}
    assert eva.compared == ()


def test_a_rule_that_fails_is_counted_as_failed(past: Past) -> None:
    past.happens(NOTHING, paid("10:00", "o1", 0))
    broken = trigger("broken", "order.paid", when=when("1 / order.total > 0"))

    (eva,) = past.under(mapping(broken))

    assert eva.refused == {("trigger:broken", Answer.FAILED): 1}


def test_consent_counts_from_the_moment_at_which_it_was_given(past: Past) -> None:
    letter = trigger("letter", "order.paid", [mail()])
    past.happens(NOTHING, paid("10:00", "o1"), confirmed("11:00", consent=True), paid("12:00", "o2"))

    (eva,) = past.under(mapping(letter))

    assert told(eva) == [("12:00", "trigger:letter", True, False)]
    assert eva.refused == {("trigger:letter", Answer.NO_CONSENT): 1}


def test_an_address_of_another_contact_is_left_there(past: Past) -> None:
    """The shop knows the two by different ids of its own: an address makes them no one person."""
    evas, bobs = person("customer", "webshop", "6"), person("customer", "webshop", "7")
    eva = replace(confirmed("10:00"), people=(evas, person("email", "", EVA)))
    bob = replace(confirmed("11:00", BOB), people=(bobs, person("email", "", BOB)))
    with_evas_address = replace(paid("12:00", "o1"), people=(bobs, person("email", "", EVA)))
    past.happens(NOTHING, eva, bob, with_evas_address)
    for_eva = trigger("for-eva", "order.paid", when=when("contact.email == 'eva@example.com'"))
    for_bob = trigger("for-bob", "order.paid", when=when("contact.email == 'bob@example.com'"))

    found = {one.contact: told(one) for one in past.under(mapping(for_eva, for_bob))}

    assert found == {BOB: [("12:00", "trigger:for-bob", True, False)], EVA: []}


def test_events_of_a_connection_that_the_draft_lacks_are_left_out_and_counted(past: Past) -> None:
    there = mapping(PAID, connections=[connection("other")])
    past.happens(there, replace(paid("10:00", "o1"), connection="other"), paid("11:00", "o2"))

    (eva,) = past.under(mapping(PAID))

    assert told(eva) == [("10:00", "trigger:paid", False, True), ("11:00", "trigger:paid", True, True)]
    assert eva.left_out == {"other": 1}


def test_who_was_erased_is_named_by_our_id_alone(past: Past) -> None:
    past.happens(mapping(WELCOME), confirmed("10:00"), event("contact.erased", "11:00"))

    (gone,) = past.under(mapping(WELCOME))

    assert "@" not in gone.contact
    assert told(gone) == [("10:00", "trigger:welcome", True, True)]


def test_who_was_erased_stays_so_under_a_draft_that_would_not_have_heard_of_it(past: Past) -> None:
    there = mapping(WELCOME, connections=[connection("other")])
    erased = replace(event("contact.erased", "11:00"), connection="other")
    past.happens(there, confirmed("10:00"), erased, confirmed("12:00"))

    (gone,) = past.under(mapping(WELCOME))

    assert "@" not in gone.contact
    assert told(gone) == [("10:00", "trigger:welcome", True, True)]


def test_more_people_than_a_page_holds_are_all_told_of_once(past: Past) -> None:
    emails = [f"somebody-{number}@example.com" for number in range(120)]
    past.happens(mapping(WELCOME), *(confirmed("10:00", one) for one in emails))

    outcomes = past.under(mapping(WELCOME))

    assert [one.contact for one in outcomes] == sorted(emails)
    assert not any(one.differences for one in outcomes)


def test_nothing_is_written(past: Past) -> None:
    past.happens(mapping(WELCOME), confirmed("10:00"))
    before = _all_of_it(past)

    past.under(mapping(PAID, trigger("hello", "newsletter.confirmed")))

    assert _all_of_it(past) == before


def test_an_empty_database_has_nothing_to_tell(past: Past) -> None:
    assert past.under(mapping(WELCOME)) == []


def _all_of_it(past: Past) -> tuple[list[Contact], list[outbox.Queued]]:
    with past.store.reading() as tx:
        return contacts.listing(tx), outbox.listing(tx)


REMINDS = trigger("remind", "cart.updated", wait=wait("4h"), unless_events=frozenset({"order.placed"}))


def test_the_clock_goes_on_to_the_end_of_a_wait(past: Past) -> None:
    past.happens(mapping(), cart("cart.updated", "10:00"), event("form.submitted", "18:00"))

    (eva,) = past.under(mapping(REMINDS))

    assert told(eva) == [("14:00", "trigger:remind", True, False)]


def test_what_calls_off_a_wait_does_so_in_the_past_too(past: Past) -> None:
    past.happens(mapping(), cart("cart.updated", "10:00"), order("order.placed", "11:00", cart="c1"))

    (eva,) = past.under(mapping(REMINDS))

    assert told(eva) == []


def test_a_wait_that_is_not_over_at_the_end_of_the_window_leads_to_nothing(past: Past) -> None:
    past.happens(mapping(), cart("cart.updated", "10:00"))

    assert [told(one) for one in past.under(mapping(REMINDS), until=at("13:59"))] == [[]]
    assert [told(one) for one in past.under(mapping(REMINDS), until=at("14:00"))] == [
        [("14:00", "trigger:remind", True, False)]
    ]


def test_whoever_waited_before_the_window_counts_by_when_the_wait_is_over(past: Past) -> None:
    past.happens(mapping(), cart("cart.updated", "10:00"), order("order.paid", "11:00", "o1"))

    (eva,) = past.under(mapping(REMINDS), since=at("13:00"))

    assert (told(eva), eva.events) == ([("14:00", "trigger:remind", True, False)], 0)


def test_pressure_and_hold_outs_count_in_the_past_too(past: Past) -> None:
    everybody = (Arm("held_out", Decimal(1), is_held_out=True),)
    mailed = trigger("mailed", "form.submitted", [mail()], kind=Kind.MARKETING, pressure=limited(1, days=7))
    held_out = trigger("held-out", "form.submitted", arms=everybody)
    past.happens(
        mapping(),
        confirmed("09:00", consent=True),
        event("form.submitted", "10:00"),
        event("form.submitted", "11:00"),
    )

    (eva,) = past.under(mapping(mailed, held_out))

    assert told(eva) == [("10:00", "trigger:mailed", True, False)]
    assert dict(eva.refused) == {
        ("trigger:mailed", Answer.PRESSURE): 1,
        ("trigger:held-out", Answer.HELD_OUT): 2,
    }


def test_the_people_of_one_company_live_side_by_side(past: Past) -> None:
    """A rule that is meant once for the company acts for whoever came first, whatever their ids."""
    acme = (company_id("webshop", "7"),)
    events = [
        replace(order("order.paid", clock, clock), people=(person("email", "", email),), company=acme)
        for clock, email in (("10:00", BOB), ("11:00", EVA), ("12:00", BOB))
    ]
    alone = event("company.changed", "13:00", email=None, company=acme)
    past.happens(NOTHING, events[1], events[2], events[0], alone)
    accounts = replace(
        journey(
            [move("order.paid", "see"), move("company.changed", "care")], {"care": [step("hubspot.tag")]}
        ),
        subject="company",
    )
    once = trigger("call", "order.paid", once_per="company")

    found = {one.contact: told(one) for one in past.under(mapping(once, journeys=[accounts]))}

    assert found == {
        EVA: [],
        BOB: [("10:00", "trigger:call", True, False), ("13:00", "enter:main.care", True, False)],
    }
