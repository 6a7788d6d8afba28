"""On PostgreSQL a month is a table: made ahead, found by what it holds, gone as a whole once it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import create_engine, text

from connector.errors import StoreError
from connector.model.delivery import Delivery, DeliveryStatus
from connector.model.keep import Keep
from connector.store import inbox, months
from connector.store.database import Store, Transaction, open_store
from connector.store.months import Month

KEEP = Keep()
MARCH = datetime(2027, 3, 1, tzinfo=UTC)
APRIL = datetime(2027, 4, 1, tzinfo=UTC)
NOW = datetime(2027, 3, 17, 12, tzinfo=UTC)
LONG_AFTER = APRIL + timedelta(days=30)


@pytest.fixture
def store(make_postgres: Callable[[], str]) -> Iterator[Store]:
    """A database of its own, migrated in March, with its months."""
    made = open_store(make_postgres())
    made.migrate()
    make_months(made, NOW)
    yield made
    made.close()


def make_months(store: Store, now: datetime) -> list[str]:
    """Make what is missing; the names."""
    with store.reading() as tx:
        wanted = months.missing(tx, now)
    for one in wanted:
        store.write(partial(months.make, month=one))
    return [one.name for one in wanted]


def names(store: Store) -> list[str]:
    """The months that there are."""
    with store.reading() as tx:
        return [one.name for one in months.made(tx)]


def over(store: Store, now: datetime) -> list[str]:
    """The months that can go."""
    with store.reading() as tx:
        return [one.name for one in months.over(tx, KEEP, now)]


def came(store: Store, fingerprint: str, at: datetime, status: DeliveryStatus | None = None) -> str:
    """A delivery that came then, and how it ended."""
    one = Delivery("webshop", "orders/create", {}, {}, b"{}", at, fingerprint)
    (received,) = store.receive([one])
    if status:
        store.write(lambda tx: inbox.settle(tx, [inbox.Settled(received.id, status, "v1", at)]))
    return received.id


def count(store: Store, table: str) -> int:
    """How many rows it holds."""
    with store.reading() as tx:
        return int(tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def test_this_month_and_two_to_come_are_made_once(store: Store) -> None:
    assert names(store)[::3] == ["deliveries_2027_03", "deliveries_2027_04", "deliveries_2027_05"]
    assert len(names(store)) == 9
    assert make_months(store, NOW) == []
    assert make_months(store, APRIL) == ["deliveries_2027_06", "looks_2027_06", "traces_2027_06"]


def test_a_delivery_comes_into_its_month_by_its_id(store: Store) -> None:
    came(store, "first", MARCH)
    came(store, "last", APRIL - timedelta(milliseconds=1))
    came(store, "next", APRIL)

    assert (count(store, "deliveries_2027_03"), count(store, "deliveries_2027_04")) == (2, 1)


def test_a_repeat_is_told_whatever_its_month(store: Store) -> None:
    first = came(store, "a", APRIL - timedelta(seconds=1))

    assert came(store, "a", APRIL + timedelta(seconds=1)) == first
    assert count(store, "deliveries") == 1


def test_what_fits_into_no_month_is_kept_with_the_rest(store: Store) -> None:
    came(store, "a", datetime(2027, 9, 9, tzinfo=UTC))

    made = make_months(store, datetime(2027, 8, 1, tzinfo=UTC))

    assert count(store, "deliveries_default") == 1
    assert {"deliveries_2027_08", "deliveries_2027_10", "looks_2027_09"} <= set(made)
    assert "deliveries_2027_09" not in made


def test_in_the_ordinary_course_nothing_is_ever_among_the_rest_and_no_new_month_has_to_look_through_it(
    store: Store,
) -> None:
    rests = []
    for days in range(0, 400, 25):
        now = NOW + timedelta(days=days)
        came(store, f"before {days}", now)
        make_months(store, now)
        came(store, f"after {days}", now + timedelta(days=20))
        with store.reading() as tx:
            rests.append(months.with_rest(tx))

    assert rests == [()] * 16


def test_it_is_told_of_which_tables_something_is_among_the_rest(store: Store) -> None:
    came(store, "a", datetime(2027, 9, 9, tzinfo=UTC))

    with store.reading() as tx:
        assert months.with_rest(tx) == ("deliveries",)


def test_a_month_that_begins_while_it_is_made_is_left_with_the_rest(store: Store) -> None:
    august = datetime(2027, 8, 1, tzinfo=UTC)
    with store.reading() as tx:
        (first, *_) = months.missing(tx, august)
    came(store, "a", august)

    assert not store.write(lambda tx: months.make(tx, first))

    assert count(store, "deliveries_default") == 1
    assert first.name not in names(store)


def test_a_month_that_is_over_goes_as_a_whole(store: Store) -> None:
    for number, status in enumerate((DeliveryStatus.DONE, DeliveryStatus.IGNORED)):
        came(store, str(number), MARCH + timedelta(days=number), status)
    came(store, "april", APRIL, DeliveryStatus.DONE)
    march = Month(MARCH, "deliveries")

    assert over(store, LONG_AFTER - timedelta(seconds=1)) == []
    assert over(store, LONG_AFTER) == ["deliveries_2027_03"]
    assert store.write(lambda tx: months.drop(tx, march, KEEP, LONG_AFTER))
    assert not store.write(lambda tx: months.drop(tx, march, KEEP, LONG_AFTER))

    assert "deliveries_2027_03" not in names(store)
    assert count(store, "deliveries") == 1


def test_reasons_go_by_the_month_after_ninety_days(store: Store) -> None:
    assert over(store, APRIL + timedelta(days=90))[1:3] == ["looks_2027_03", "traces_2027_03"]


@pytest.mark.parametrize("status", [None, DeliveryStatus.PARKED, DeliveryStatus.FAILED])
def test_a_month_stays_while_something_in_it_must(store: Store, status: DeliveryStatus | None) -> None:
    came(store, "a", MARCH, DeliveryStatus.DONE)
    came(store, "b", MARCH, status)

    assert over(store, LONG_AFTER) == []


def test_a_month_in_which_only_old_failures_are_left_goes(store: Store) -> None:
    came(store, "a", MARCH, DeliveryStatus.FAILED)

    assert "deliveries_2027_03" in over(store, MARCH + KEEP.failed + timedelta(seconds=1))


def test_a_month_of_which_something_is_replayed_meanwhile_stays(store: Store) -> None:
    again = came(store, "a", MARCH, DeliveryStatus.IGNORED)
    with store.reading() as tx:
        (march,) = months.over(tx, KEEP, LONG_AFTER)
    store.write(lambda tx: inbox.replay(tx, again))

    assert not store.write(lambda tx: months.drop(tx, march, KEEP, LONG_AFTER))

    assert count(store, "deliveries_2027_03") == 1


def months_patience(tx: Transaction) -> str:
    """For how long a change of months waits for others."""
    months.drop(tx, Month(MARCH, "deliveries"), KEEP, LONG_AFTER)
    return str(tx.scalar(text("SHOW lock_timeout")))


def test_months_wait_for_others_no_longer_than_a_moment(store: Store) -> None:
    """Whoever receives while a month is dropped waits behind it: so it gives up sooner than others do."""
    engine = create_engine(store._engine.url)  # type: ignore[attr-defined]
    march = Month(MARCH, "deliveries")
    with engine.begin() as other:
        other.execute(text("SELECT count(*) FROM deliveries"))
        with pytest.raises(StoreError, match="lock timeout"):
            store.write(lambda tx: months.drop(tx, march, KEEP, LONG_AFTER))

    assert "deliveries_2027_03" in names(store)
    assert store.write(months_patience) == "200ms"
    engine.dispose()


def test_a_delivery_is_found_in_its_month_alone(store: Store) -> None:
    found = came(store, "a", NOW)

    with store.reading() as tx:
        query = text(f"EXPLAIN SELECT * FROM deliveries WHERE id = '{found}'")  # noqa: S608
        plan = " ".join(tx.execute(query).scalars())

    assert "deliveries_2027_03" in plan
    assert "deliveries_2027_04" not in plan
    assert "deliveries_default" not in plan


def test_who_may_not_make_tables_has_none_made(store: Store) -> None:
    def as_a_reader_and_writer(tx: Transaction) -> bool:
        tx.execute(text("CREATE ROLE only_rows"))
        tx.execute(text("SET LOCAL ROLE only_rows"))
        may = months.may_change(tx)
        tx.execute(text("RESET ROLE"))
        tx.execute(text("DROP ROLE only_rows"))
        return may

    with store.reading() as tx:
        assert months.may_change(tx)
    assert not store.write(as_a_reader_and_writer)


def test_sqlite_has_no_months(sqlite_store: Store) -> None:
    with sqlite_store.reading() as tx:
        assert not months.may_change(tx)
        assert months.with_rest(tx) == ()
