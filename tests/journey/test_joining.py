"""What becomes of what two contacts have, once these are one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.facts import only_facts
from connector.journey.joining_runs import join_doings
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Arm
from connector.model.contact import Contact, Mark, Run
from connector.model.decision import Answer, Decision
from connector.model.event import Event, Identity
from connector.model.identities import person
from tests.journey.build import (
    EVA,
    NOON,
    answers,
    at,
    cart,
    event,
    journey,
    mapping,
    move,
    order,
    step,
    trigger,
    wait,
    when,
)
from tests.journey.test_late import KNOWN, histories
from tests.journey.town import Town

VIEWED = "product.viewed"
ADDRESS = person("email", "", EVA)
COOKIE = person("cookie", "website", "abc")
CUSTOMER = person("customer", "webshop", "7")
RECORD = person("contact", "hubspot", "100")
TWIN = person("contact", "hubspot", "200")


def by(one: Event, *people: Identity) -> Event:
    """The event, of whom nothing else is known."""
    return replace(one, people=people)


def viewed(clock: str, *people: Identity) -> Event:
    return by(event(VIEWED, clock), *people)


def signs_in(clock: str = "11:00") -> Event:
    """The visitor of the website gives the address of somebody whom we know."""
    return by(event("page.viewed", clock), COOKIE, ADDRESS)


def joined(town: Town) -> Decision:
    """The decision that made two contacts one."""
    (found,) = [one for one in town.decisions if answers(one).get("event") is Answer.MERGED]
    return found


def test_the_older_contact_is_the_one_and_knows_what_both_did() -> None:
    """When two become one, events keep the id under which they were recorded and the older contact is the
    one."""
    town = Town(mapping())

    town.hears(viewed("09:00", COOKIE), viewed("10:00", ADDRESS), signs_in())

    assert town.only.id == "01"
    assert town.only.identities == (COOKIE, ADDRESS)
    assert town.only.counters == {VIEWED: 2, "page.viewed": 1}


def test_the_trace_says_with_whom_by_what_and_what_was_joined() -> None:
    town = Town(mapping())

    town.hears(viewed("09:00", COOKIE), viewed("10:00", ADDRESS), signs_in())

    (entry,) = joined(town).trace
    assert (entry.rule, entry.answer) == ("event", Answer.MERGED)
    assert entry.detail.startswith(
        f"contact 02 is the same person, by email:{EVA} and cookie:website:abc; 1 event"
    )


def test_what_is_not_joined_stays_a_conflict_named_in_the_trace() -> None:
    town = Town(mapping())
    town.hears(by(event("page.viewed", "09:00"), COOKIE, ADDRESS))

    bob = person("email", "", "bob@example.com")
    town.hears(viewed("10:00", bob), by(event("page.viewed", "11:00"), COOKIE, bob))

    assert len(town.people) == 2
    (conflict,) = town.decisions[-1].trace
    assert (conflict.answer, conflict.detail) == (Answer.CONFLICT, f"{COOKIE} belongs to another contact")


def test_an_order_that_each_of_them_knows_is_one_order() -> None:
    """State is folded from the joined history, never added up."""
    town = Town(mapping())
    paid = order("order.paid", "10:00", total=Decimal(80))
    told = replace(paid, people=(ADDRESS,), belongings=(), key="told again")

    town.hears(
        replace(paid, people=(CUSTOMER,)), told, by(event("contact.changed", "11:00"), CUSTOMER, ADDRESS)
    )

    assert [one.total for one in town.only.orders.values()] == [Decimal(80)]
    assert town.only.counters["order.paid"] == 1


def test_consent_stays_with_each_address() -> None:
    """Consent stays with each address."""
    other = person("email", "", "e.jansen@example.com")
    town = Town(mapping())
    town.hears(
        by(event("newsletter.confirmed", "08:00"), other, CUSTOMER),
        by(event("newsletter.unsubscribed", "09:00"), ADDRESS),
    )

    town.hears(by(event("contact.changed", "10:00"), CUSTOMER, ADDRESS))

    given = {key.rpartition("|")[2]: one.given for key, one in town.only.consent.items()}
    assert given == {other.value: True, ADDRESS.value: False}


def test_what_a_platform_has_ended_stays_ended() -> None:
    """Consent is lowered only by the person's own withdrawal or the platform's verdict."""
    town = Town(mapping())
    town.hears(by(event("newsletter.confirmed", "08:00"), ADDRESS), viewed("09:00", COOKIE))
    reader = town.people["01"]
    (key,) = reader.consent
    verdict = replace(reader.consent[key], given=False, at=at("09:30"), evidence="mailchimp: it bounces")
    town.people["01"] = replace(reader, consent={key: verdict})

    town.hears(signs_in())

    assert town.only.consent[key] == verdict


WAITING = trigger("rule", "cart.updated", [step(), wait("1h"), step()], wait=wait("1h"), once_per="contact")


def carts_of_both(known: Mapping, second: str = "09:30") -> Town:
    """A visitor and a reader who each have a cart, at 09:00 and later."""
    town = Town(known)
    town.hears(replace(cart("cart.updated", "09:00", "c1"), people=(COOKIE,), belongings=()), now=at("09:00"))
    town.hears(replace(cart("cart.updated", second, "c2"), people=(ADDRESS,), belongings=()), now=at(second))
    return town


def test_of_two_runs_with_the_same_key_the_one_furthest_along_goes_on() -> None:
    """Runs with the same key are joined, the one furthest along goes on, the other ends as `merged`."""
    town = carts_of_both(mapping(WAITING))
    visitor, reader = town.people["01"].runs["rule"], town.people["02"].runs["rule"]
    town.people["02"] = replace(
        town.people["02"], runs={"rule": {"contact": replace(reader["contact"], step=1)}}
    )

    town.hears(signs_in("09:45"), now=at("09:45"))

    runs = town.only.runs["rule"]
    assert runs["contact"].event == reader["contact"].event
    assert runs["contact"].is_waiting
    assert runs["contact#01"] == replace(
        visitor["contact"], wakes_at=None, until=None, waits_for="", event=None, ended="merged"
    )
    assert answers(joined(town))["trigger:rule"] is Answer.ENDED


def test_of_two_runs_that_stand_alike_the_older_contacts_goes_on() -> None:
    """Runs with the same key are joined, the one furthest along goes on, the other ends as `merged`."""
    town = carts_of_both(mapping(WAITING))
    visitor = town.people["01"].runs["rule"]["contact"]

    town.hears(signs_in("09:45"), now=at("09:45"))

    assert town.only.runs["rule"]["contact"] == visitor
    assert town.only.runs["rule"]["contact#02"].ended == "merged"


def test_other_runs_of_the_younger_go_on_for_the_older() -> None:
    town = carts_of_both(mapping(replace(WAITING, once_per="subject")))

    town.hears(signs_in("09:45"), now=at("09:45"))
    town.wakes(at("10:30"))

    assert [one.contact_id for one in town.decisions[-1].actions] == ["01", "01"]


def test_a_run_ends_that_the_others_history_has_called_off() -> None:
    ending = replace(WAITING, unless_events=frozenset({"order.placed"}))
    town = carts_of_both(mapping(ending), second="09:10")
    placed = replace(order("order.placed", "09:20"), people=(CUSTOMER,), belongings=())
    town.hears(placed, now=at("09:20"))

    town.hears(by(event("contact.changed", "09:45"), COOKIE, CUSTOMER), now=at("09:45"))

    assert not town.people["01"].runs["rule"]["contact"].is_waiting
    assert answers(joined(town))["trigger:rule"] is Answer.ENDED


def arms() -> Mapping:
    half = Decimal("0.5")
    rule = trigger("rule", VIEWED, arms=(Arm("a", half), Arm("b", half)))
    return mapping(rule)


def run(arm: str, *, acted: bool) -> Run:
    return Run(at("09:00"), acted=acted, arm=arm, wakes_at=None if acted else NOON)


def test_arms_are_the_older_contacts() -> None:
    """Arms are the older contact's."""
    older = Contact("01", at("08:00"), runs={"rule": {"event:1": run("a", acted=True)}})
    theirs = {"event:2": run("b", acted=False), "event:3": run("b", acted=True)}
    younger = Contact("02", at("09:00"), runs={"rule": theirs})

    runs = join_doings(arms(), older, younger).contact.runs["rule"]

    assert {key: one.arm for key, one in runs.items()} == {"event:1": "a", "event:2": "a", "event:3": "b"}


def test_the_arm_stays_the_older_contacts_for_what_comes() -> None:
    """Arms are the older contact's; it survives merges, versions and changed percentages."""
    later = replace(run("b", acted=True), at=at("10:00"))
    older = Contact("01", at("08:00"), runs={"rule": {"event:1": run("a", acted=True)}})
    younger = Contact("02", at("09:00"), runs={"rule": {"event:3": later}})
    town = Town(arms(), {"01": join_doings(arms(), older, younger).contact}, {ADDRESS: "01"}, {"01": []})

    town.hears(viewed("11:00", ADDRESS))

    assert [one.arm for one in town.only.runs["rule"].values()] == ["a", "b", "a"]


def test_what_one_of_them_was_in_is_not_entered_again() -> None:
    marks = {"segment:loyal": Mark(is_in=True, since=at("09:00"), entries=2)}
    out = {"segment:loyal": Mark(is_in=False, since=at("10:00"), entries=3)}
    older, younger = Contact("01", at("08:00"), marks=out), Contact("02", at("08:30"), marks=marks)

    [joint] = join_doings(mapping(), older, younger).contact.marks.values()

    assert joint == Mark(is_in=True, since=at("09:00"), entries=3)


THIRD = mapping(
    trigger("third", VIEWED, [step(title="Third")], when=when("contact.counters.product_viewed >= 3")),
    journeys=[
        journey(
            [move(VIEWED, "do", "contact.counters.product_viewed >= 3"), move(VIEWED, "think")],
            enter={"think": [step(title="Think")], "do": [step(title="Do")]},
        )
    ],
)


def test_a_stage_that_only_the_joined_history_reaches_is_entered_and_no_other_again() -> None:
    """State is folded from the joined history."""
    town = Town(THIRD)
    town.hears(*(viewed(f"09:0{minute}", COOKIE) for minute in range(2)), viewed("10:00", ADDRESS))

    town.hears(signs_in())

    assert town.only.standings["main"].stage == "do"
    assert [one.arguments["title"] for one in joined(town).actions] == ["Do", "Third"]


def test_what_the_joined_history_adds_is_let_go_where_it_is_too_late() -> None:
    late = replace(THIRD.triggers["third"], late=timedelta(minutes=30))
    known = replace(THIRD, triggers={"third": late}, triggers_on={VIEWED: (late,)})
    town = Town(known)
    town.hears(*(viewed(f"09:0{minute}", COOKIE) for minute in range(2)), viewed("10:00", ADDRESS))

    town.hears(signs_in())

    assert [one.arguments["title"] for one in joined(town).actions] == ["Do"]
    assert answers(joined(town))["trigger:third"] is Answer.LATE


def test_of_two_records_at_a_platform_the_older_is_written() -> None:
    """Of two records at one platform the older is written and the pair is reported."""
    other = person("email", "", "e.jansen@example.com")
    town = Town(mapping())
    town.hears(viewed("08:00", TWIN, ADDRESS), viewed("09:00", RECORD, CUSTOMER, other))

    town.hears(by(event("contact.changed", "10:00"), CUSTOMER, ADDRESS))

    assert town.only.id_at("contact", "hubspot") == "200"
    assert town.only.seconds == (RECORD,)
    assert f"{RECORD} is a second record, and not written" in joined(town).trace[0].detail


def test_a_platforms_merge_says_itself_which_record_is_in_use() -> None:
    town = Town(mapping())
    town.hears(viewed("08:00", TWIN, ADDRESS), viewed("09:00", RECORD))

    town.hears(by(event("contact.changed", "10:00"), RECORD, TWIN))

    assert town.only.id == "01"
    assert town.only.id_at("contact", "hubspot") == "100"


SAID = (RECORD, CUSTOMER, COOKIE, ADDRESS)


@given(
    history=histories(), whom=st.lists(st.integers(0, 3), min_size=9, max_size=9), seed=st.integers(0, 9999)
)
@settings(max_examples=150, deadline=None)
def test_any_order_of_arrival_joins_to_the_same_facts(
    history: list[Event], whom: list[int], seed: int
) -> None:
    """When two become one, state is folded from the joined history, never added up."""
    told = [replace(one, people=(SAID[who],)) for one, who in zip(history, whom, strict=False)]
    everything = [*told, by(event("contact.changed", "10:30"), *SAID)]
    known, found = Town(KNOWN), Town(KNOWN)
    known.hears(by(event("page.viewed", "07:00"), *SAID))

    known.hears(*sorted(everything, key=lambda one: one.occurred_at))
    found.hears(*Random(seed).sample(everything, len(everything)))
    found.hears(by(event("page.viewed", "07:00"), *SAID))

    assert facts_of(found) == facts_of(known)


def facts_of(town: Town) -> Contact:
    """The facts at noon; by whom they became known, and in which order, is none of them."""
    town.wakes(NOON)
    return only_facts(replace(town.only, id="", created_at=NOON, identities=()))
