"""What is usual is one row, and so is the census that finds it; of several workers one takes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connector.mapping.norms import EVERYBODY, UNKNOWN, Norms, Usual
from connector.store import norms
from connector.store.database import Store
from connector.store.norms import Begun
from tests.store.make import NOON, later

FOUND = Norms(
    at=NOON,
    version="v1",
    asked="a",
    buyers=60,
    quintiles={"monetary": (Decimal(10), Decimal("20.5"), Decimal(30), Decimal(40))},
    intervals={EVERYBODY: Usual(Decimal("30.25"), 12)},
)
BEGUN = Begun("a", NOON, "c1", 200, {"values": {"monetary": {"12.5": 3}}, "intervals": {}}, "one", NOON)


def tells(store: Store, one: Begun) -> bool:
    """A worker tells how far it has come; whoever was silent for five minutes takes it no more."""
    return store.write(lambda tx: norms.tell(tx, one, one.told_at - timedelta(minutes=5)))


def test_what_was_found_comes_back_and_the_newest_counts(store: Store) -> None:
    store.write(lambda tx: norms.store(tx, replace(FOUND, version="v0", quintiles={})))

    store.write(lambda tx: norms.store(tx, FOUND))

    with store.reading() as tx:
        assert norms.stored(tx) == FOUND


def test_before_the_first_census_nothing_is_known(store: Store) -> None:
    with store.reading() as tx:
        assert (norms.stored(tx), norms.begun(tx)) == (UNKNOWN, None)


def test_a_census_comes_back_until_it_is_done(store: Store) -> None:
    assert tells(store, BEGUN)
    with store.reading() as tx:
        assert norms.begun(tx) == BEGUN

    store.write(norms.finish)

    with store.reading() as tx:
        assert norms.begun(tx) is None


@pytest.mark.parametrize(
    ("other", "takes"),
    [
        (replace(BEGUN, told_at=later(1), after="c2"), True),
        (replace(BEGUN, told_at=later(4), worker="two"), False),
        (replace(BEGUN, told_at=later(5), worker="two"), True),
        (replace(BEGUN, told_at=later(1), worker="two", asked="b"), True),
    ],
)
def test_a_census_is_that_of_the_worker_who_tells_of_it(store: Store, other: Begun, takes: bool) -> None:
    tells(store, BEGUN)

    assert tells(store, other) is takes

    with store.reading() as tx:
        assert norms.begun(tx) == (other if takes else BEGUN)
