"""Passes over all contacts: for new rules about time, and for a moment that somebody fires."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connector.mapping.mapping import Mapping
from connector.mapping.rules import DateComes, Mode, Move
from connector.mapping.terms import Place
from connector.runtime.clockwork import NOTHING, clockwork
from connector.runtime.processor import Processor
from connector.store import contacts, sweeps
from connector.store.sweeps import Asked, Sweep, SweepKind
from tests.runtime.faulty import Broken
from tests.runtime.shop import Shop
from tests.runtime.timed import changed, goes_by, waits_in

HEAT = "heat"


def join(shop: Shop, *people: str) -> None:
    """They join the newsletter."""
    for one in people:
        shop.says("newsletter.confirmed", f"{one}@example.com")
    shop.turns()


def passes(shop: Shop) -> list[Sweep]:
    """Every pass, the newest first."""
    with shop.system.store.reading() as tx:
        return sweeps.listing(tx)


def wakes(shop: Shop, *people: str) -> list[datetime | None]:
    """When each of them is to be looked at."""
    ids = [shop.contact(f"{one}@example.com").id for one in people]
    with shop.system.store.reading() as tx:
        found = contacts.wakes_of(tx, ids)
    return [found[one] for one in ids]


def forget(shop: Shop, *people: str) -> None:
    """Nobody knows any more when they are to be looked at."""
    ids = [shop.contact(f"{one}@example.com").id for one in people]
    shop.system.store.write(lambda tx: contacts.set_wakes(tx, dict.fromkeys(ids)))


def quiet(mapping: Mapping, days: int, line: int = 1) -> Mapping:
    """The mapping with a move for whoever is quiet for so long."""
    journey = mapping.journeys["main"]
    move = Move(
        frozenset(),
        "think",
        "care",
        None,
        Place("shop.yaml", line, 1),
        timedelta(days),
        frozenset({"order.paid"}),
    )
    return replace(
        mapping, journeys={**mapping.journeys, "main": replace(journey, moves=(*journey.moves, move))}
    )


def test_new_rules_about_time_are_reckoned_for_everybody_in_the_background(shop: Shop) -> None:
    mapping = waits_in(shop, hours=4)
    join(shop, "eva", "bob")
    due = wakes(shop, "eva", "bob")
    forget(shop, "eva", "bob")

    goes_by(shop, quiet(mapping, 365))
    shop.turns()

    assert wakes(shop, "eva", "bob") == due == [shop.clock.at + timedelta(hours=4)] * 2
    assert [(one.asked.kind, one.seen, one.done_at) for one in passes(shop)] == [
        (SweepKind.RULES, 2, shop.clock.at)
    ]


def test_a_contact_of_whom_nothing_can_be_reckoned_stops_no_pass(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    mapping = waits_in(shop, hours=4)
    join(shop, "eva", "bob")
    moved = quiet(mapping, 365)
    journey = moved.journeys["main"]
    broken = replace(journey.moves[-1], when=Broken(), quiet=timedelta(0), from_stage="see")
    journeys = {**moved.journeys, "main": replace(journey, moves=(*journey.moves, broken))}

    goes_by(shop, replace(moved, journeys=journeys))
    shop.turns()

    assert passes(shop)[0].done_at == shop.clock.at
    assert "a rule broke" in caplog.text


def test_a_mapping_with_the_same_rules_about_time_begins_no_pass(shop: Shop) -> None:
    plain = shop.system.mapping
    goes_by(shop, quiet(plain, 365))
    shop.turns()

    goes_by(shop, replace(quiet(plain, 365, line=9), version="another"))
    shop.turns()

    assert len(passes(shop)) == 1


def test_a_shop_without_rules_about_time_never_goes_through_its_contacts(shop: Shop) -> None:
    join(shop, "eva")

    assert passes(shop) == []


def test_a_pass_is_taken_up_where_it_stood_by_the_next_process(shop: Shop) -> None:
    """They are expanded over contacts in pages, resumable."""
    mapping = waits_in(shop)
    join(shop, *(f"reader{number}" for number in range(150)))
    goes_by(shop, quiet(mapping, 365))
    shop.system.processor.step()
    (begun,) = passes(shop)

    store, live = shop.system.store, shop.system.live
    Processor(store, live, shop.clock, shop.settings.resolve, lambda: None).step()
    shop.turns()

    assert 0 < begun.seen < 150
    assert [one.seen for one in passes(shop)] == [150]


def test_a_moment_that_is_fired_has_everybody_looked_at(shop: Shop) -> None:
    """They are expanded over contacts in pages, resumable."""
    waits_in(shop)
    join(shop, "eva", "bob")
    asked = Asked(SweepKind.MOMENT, HEAT, shop.clock(), "eva")
    shop.clock.moves(minutes=1)

    shop.system.store.write(lambda tx: sweeps.begin(tx, asked, shop.clock()))
    shop.turns()

    assert [shop.contact(f"{one}@example.com").looked_at for one in ("eva", "bob")] == [shop.clock.at] * 2
    assert wakes(shop, "eva") == [shop.clock.at + timedelta(hours=4, minutes=-1)]


def test_who_was_erased_is_not_called_by_a_moment(shop: Shop) -> None:
    join(shop, "eva")
    shop.says("contact.erased", "eva@example.com")
    shop.turns()
    shop.clock.moves(minutes=1)
    asked = Asked(SweepKind.MOMENT, HEAT, shop.clock(), "eva")
    shop.system.store.write(lambda tx: sweeps.begin(tx, asked, shop.clock()))

    shop.turns(20)

    assert wakes(shop, "eva") == [None]


def test_an_event_between_a_moment_and_its_look_does_not_lose_it(shop: Shop) -> None:
    join(shop, "eva")
    shop.clock.moves(minutes=1)
    asked = Asked(SweepKind.MOMENT, HEAT, shop.clock(), "eva")
    shop.system.store.write(lambda tx: sweeps.begin(tx, asked, shop.clock()))
    shop.says("file.downloaded", "eva@example.com")

    shop.turns()

    assert shop.contact("eva@example.com").looked_at == shop.clock.at


def test_who_becomes_known_after_a_moment_is_not_meant_by_it(shop: Shop) -> None:
    asked = Asked(SweepKind.MOMENT, HEAT, shop.clock(), "eva")
    shop.system.store.write(lambda tx: sweeps.begin(tx, asked, shop.clock()))
    shop.turns()
    shop.clock.moves(minutes=1)

    join(shop, "eva")

    assert wakes(shop, "eva") == [None]


def test_what_tells_rules_about_time_apart_is_when_and_not_where_or_what(shop: Shop) -> None:
    mapping = shop.system.mapping
    condition = mapping.triggers["lead"].when
    assert condition is not None
    birthday = DateComes(condition)
    dated = changed(mapping, "welcome", lambda one: replace(one, occasions=(birthday,)))
    moved = changed(dated, "welcome", lambda one: replace(one, place=Place("other.yaml", 7, 1), about="else"))
    later = changed(
        mapping, "welcome", lambda one: replace(one, occasions=(replace(birthday, shift=timedelta(days=1)),))
    )
    paused = changed(mapping, "welcome", lambda one: replace(one, mode=Mode("paused")))

    assert clockwork(mapping) == NOTHING
    assert clockwork(dated) == clockwork(moved)
    assert len({clockwork(one) for one in (mapping, dated, later, paused, quiet(mapping, 3))}) == 5
