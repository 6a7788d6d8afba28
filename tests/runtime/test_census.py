"""The census of all contacts: found by itself, taken up where it stood, by one process, and known to all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from connector.mapping.mapping import Mapping
from connector.mapping.norms import EVERYBODY, UNKNOWN, Norms, Usual
from connector.model.contact import Contact, Order
from connector.runtime.census import EVERY, GIVEN_UP_AFTER, LOOK_EVERY, PAGE, CensusTaker
from connector.runtime.live import Live
from connector.store import contacts, norms
from connector.store.norms import Begun
from tests.runtime.faulty import Broken
from tests.runtime.shop import Shop
from tests.runtime.timed import goes_by

SEVERAL = 2 * PAGE + 50


def buyers(shop: Shop, numbers: Iterable[int], interval: int = 30) -> None:
    """So many people have ordered twice."""
    now = shop.clock()
    some = [_buyer(f"c{number:06}", now, interval) for number in numbers]
    shop.system.store.write(lambda tx: contacts.save(tx, some))


def _buyer(name: str, now: datetime, interval: int) -> Contact:
    first = now - timedelta(days=interval + 1)
    paid = [first, first + timedelta(days=interval)]
    orders = {f"webshop:{name}{at}": Order({"paid": at}, total=Decimal(20)) for at in paid}
    return Contact(name, now, orders=orders)


def asking(shop: Shop, *by: str) -> Mapping:
    """The shop's mapping asks what is usual, also in these segments."""
    mapping = shop.system.mapping
    segments = dict.fromkeys(by, mapping.triggers["lead"].when)
    defaults = replace(mapping.defaults, expected_by=by)
    return goes_by(shop, replace(mapping, defaults=defaults, segments=segments, needs_norms=True))  # type: ignore[arg-type]  # it has a condition


def stored(shop: Shop) -> Norms:
    """What stands in the database."""
    with shop.system.store.reading() as tx:
        return norms.stored(tx)


def begun(shop: Shop) -> Begun | None:
    """The census that is not done."""
    with shop.system.store.reading() as tx:
        return norms.begun(tx)


def another(shop: Shop) -> tuple[CensusTaker, Live]:
    """The same in another process."""
    live = Live(replace(shop.system.mapping, norms=UNKNOWN))
    return CensusTaker(shop.system.store, live, shop.clock), live


def test_what_is_usual_is_found_by_itself_and_known_to_the_live_mapping(shop: Shop) -> None:
    buyers(shop, range(60))
    mapping = asking(shop)

    shop.turns()

    found = shop.system.mapping.norms
    assert (found.at, found.version, found.buyers) == (shop.clock.at, mapping.version, 60)
    assert found.intervals == {EVERYBODY: Usual(Decimal(30), 60)}
    assert found.quintiles["monetary"] == (Decimal(40),) * 4
    assert stored(shop) == found
    assert begun(shop) is None


def test_where_nothing_asks_for_it_nobody_is_counted(shop: Shop) -> None:
    buyers(shop, range(60))

    shop.turns()

    assert stored(shop) == UNKNOWN


def test_it_is_found_anew_once_a_day(shop: Shop) -> None:
    """What is usual among all contacts is counted once a day"""
    buyers(shop, range(60))
    asking(shop)
    shop.turns()
    buyers(shop, range(60, 80))

    shop.clock.moves(hours=23)
    shop.turns()
    before = stored(shop).buyers
    shop.clock.moves(hours=1)
    shop.turns()

    assert (before, stored(shop).buyers) == (60, 80)


def test_it_is_found_anew_when_a_mapping_asks_otherwise(shop: Shop) -> None:
    buyers(shop, range(60))
    asking(shop)
    shop.turns()
    shop.clock.moves(minutes=1)

    asking(shop, "large")
    shop.turns()
    after = stored(shop).at
    shop.clock.moves(minutes=1)
    goes_by(shop, replace(shop.system.mapping, version="another"))
    shop.turns()

    assert after == stored(shop).at == shop.clock.at - timedelta(minutes=1)


def test_a_clock_that_is_set_back_stops_nothing(shop: Shop) -> None:
    buyers(shop, range(60))
    asking(shop)
    shop.turns()

    shop.clock.moves(days=-3)
    shop.turns()

    assert stored(shop).at == shop.clock.at


def test_after_each_page_it_rests(shop: Shop) -> None:
    buyers(shop, range(SEVERAL))
    asking(shop)

    shop.turns()
    first = begun(shop)
    shop.turns()
    still = begun(shop)
    for _ in range(2):
        shop.clock.moves(hours=1)
        shop.turns()

    assert first is not None
    assert first.seen == PAGE
    assert still == first
    assert stored(shop).buyers == SEVERAL


def test_all_are_counted_as_of_the_begin(shop: Shop) -> None:
    buyers(shop, range(SEVERAL))
    asking(shop)
    began = shop.clock.at

    for _ in range(3):
        shop.turns()
        shop.clock.moves(hours=6)

    assert stored(shop).at == began
    assert stored(shop).quintiles["recency"] == (Decimal(1),) * 4


def test_a_census_is_taken_up_where_it_stood_by_the_next_process(shop: Shop) -> None:
    buyers(shop, range(SEVERAL))
    mapping = asking(shop)
    shop.turns()
    shop.clock.moves(seconds=GIVEN_UP_AFTER.total_seconds())

    taker, live = another(shop)
    for _ in range(2):
        taker.step(mapping)
        shop.clock.moves(minutes=1)

    assert live.mapping.norms == stored(shop)
    assert stored(shop).intervals == {EVERYBODY: Usual(Decimal(30), SEVERAL)}


def test_of_two_processes_one_takes_it_and_both_know(shop: Shop) -> None:
    buyers(shop, range(SEVERAL))
    mapping = asking(shop)
    shop.turns()
    taker, live = another(shop)

    taker.step(mapping)
    untouched = begun(shop)
    for _ in range(2):
        shop.clock.moves(minutes=1)
        shop.turns()
    taker.step(mapping)
    taker.follow()

    assert untouched is not None
    assert untouched.seen == PAGE
    assert live.mapping.norms == stored(shop) == shop.system.mapping.norms
    assert stored(shop).buyers == SEVERAL


def test_who_was_silent_too_long_leaves_it_to_the_other(shop: Shop) -> None:
    buyers(shop, range(SEVERAL))
    mapping = asking(shop)
    shop.turns()
    shop.clock.moves(seconds=GIVEN_UP_AFTER.total_seconds())
    taker, _ = another(shop)
    taker.step(mapping)
    taken = begun(shop)

    shop.turns()

    assert taken is not None
    assert begun(shop) == taken


def test_what_another_process_found_is_known_within_a_minute(shop: Shop) -> None:
    shop.turns()
    found = Norms(at=shop.clock.at, asked="else", buyers=70)
    shop.system.store.write(lambda tx: norms.store(tx, found))

    shop.turns()
    before = shop.system.mapping.norms
    shop.clock.moves(seconds=LOOK_EVERY.total_seconds())
    shop.turns()

    assert (before, shop.system.mapping.norms) == (UNKNOWN, found)


def test_a_new_mapping_knows_what_is_usual_at_once(shop: Shop) -> None:
    buyers(shop, range(60))
    mapping = asking(shop)
    shop.turns()

    goes_by(shop, replace(mapping, version="another", norms=UNKNOWN))

    assert shop.system.mapping.norms.buyers == 60


def test_a_contact_of_whom_nothing_can_be_told_stops_no_census(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    buyers(shop, range(60))
    mapping = asking(shop, "large")
    goes_by(shop, replace(mapping, segments={"large": Broken()}))

    shop.turns()

    assert stored(shop).at == shop.clock.at
    assert "does not count for what is usual" in caplog.text


def test_a_census_that_was_left_for_a_day_begins_anew(shop: Shop) -> None:
    buyers(shop, range(SEVERAL))
    mapping = asking(shop)
    shop.turns()
    shop.clock.moves(seconds=EVERY.total_seconds())

    taker, _ = another(shop)
    taker.step(mapping)
    left = begun(shop)

    assert left is not None
    assert (left.began_at, left.seen) == (shop.clock.at, PAGE)
