"""Many tries end in one transaction, each in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from connector.store import endings, outbox
from connector.store.database import Store, Transaction
from connector.store.endings import Ending, Missed
from connector.store.outbox import ActionStatus, Queued
from tests.store.make import NOON, action, later

WAITING, UNKNOWN, DEAD = ActionStatus.WAITING, ActionStatus.UNKNOWN, ActionStatus.DEAD


def sent(store: Store, number: int) -> list[int]:
    """The ids of so many actions that are being sent, each of a contact of its own."""
    some = [action(str(one), f"c{one}") for one in range(number)]
    store.write(lambda tx: outbox.add(tx, some, NOON))
    return [one.id for one in store.write(lambda tx: outbox.claim(tx, "mailchimp", NOON, number))]


def found(store: Store, ids: Sequence[int]) -> list[Queued]:
    """These actions."""
    with store.reading() as tx:
        return [one for id_ in ids if (one := outbox.find(tx, id_)) is not None]


def tries(store: Store, ids: Sequence[int]) -> list[list[tuple[str, str]]]:
    """Of each action the outcome and words of each try."""
    with store.reading() as tx:
        return [[(one.outcome, one.words) for one in outbox.attempts(tx, id_)] for id_ in ids]


def end(store: Store, some: Sequence[Ending]) -> set[int]:
    """Write down how tries have ended."""
    return store.write(lambda tx: outbox.end(tx, some))


def test_each_of_those_that_end_together_ends_in_its_own_way(store: Store) -> None:
    back, alone, busy, lost, refused = ids = sent(store, 5)

    moved = end(
        store,
        [
            endings.dead(refused, later(1), "rejected", "no such tag"),
            endings.lost(lost, Missed(later(1), later(9), "timed out")),
            endings.again(busy, Missed(later(1), later(5), "busy", counts=False), "transient"),
            endings.apart(alone, later(1), "refused with others"),
            endings.given_back(back, later(1), "no time"),
        ],
    )

    assert moved == set(ids)
    assert [(one.status, one.failures, one.words) for one in found(store, ids)] == [
        (WAITING, 0, "no time"),
        (WAITING, 0, "refused with others"),
        (WAITING, 0, "busy"),
        (UNKNOWN, 1, "timed out"),
        (DEAD, 1, "no such tag"),
    ]
    assert tries(store, ids) == [
        [("given_back", "no time")],
        [("apart", "refused with others")],
        [("transient", "busy")],
        [("unknown", "timed out")],
        [("rejected", "no such tag")],
    ]


def test_what_is_over_stays_so_where_others_end(store: Store) -> None:
    ids = sent(store, 3)
    store.write(lambda tx: outbox.done(tx, {ids[1]: "task-1"}, later(1)))

    moved = end(store, [endings.dead(one, later(2), "rejected", f"no {one}") for one in ids])

    assert moved == {ids[0], ids[2]}
    assert [one.status for one in found(store, ids)] == [DEAD, ActionStatus.DONE, DEAD]
    assert tries(store, ids[1:2]) == [[("done", "")]]


def test_an_end_that_is_written_twice_counts_once(store: Store) -> None:
    ids = sent(store, 2)
    again = [endings.again(one, Missed(later(1), later(5), "busy"), "transient") for one in ids]

    assert end(store, again) == set(ids)
    assert end(store, again) == set()

    assert [one.failures for one in found(store, ids)] == [1, 1]
    assert tries(store, ids) == [[("transient", "busy")]] * 2


def test_nothing_is_written_where_nothing_ends(store: Store) -> None:
    assert end(store, []) == set()


@pytest.mark.parametrize("words", ["busy", "caf\0\ud800"])
def test_more_that_end_alike_take_no_more_statements(store: Store, words: str) -> None:
    ids = sent(store, 60)
    some = [endings.again(one, Missed(later(1), later(5), words), "transient") for one in ids]

    few, many = statements(store, some[:5]), statements(store, some[5:])

    assert len(few) > 1
    assert few == many
    assert {one.status for one in found(store, ids)} == {WAITING}


class Overheard:
    """A transaction, or the driver's connection under it, of which is noted what it is asked."""

    def __init__(self, real: Any, seen: list[str]) -> None:
        self._real, self._seen = real, seen

    @property
    def connection(self) -> Any:
        """That of the driver, whose statements are noted, too."""
        return SimpleNamespace(
            driver_connection=Overheard(self._real.connection.driver_connection, self._seen)
        )

    def execute(self, statement: Any, *values: Any) -> Any:
        """What the real one does."""
        self._seen.append(str(statement))
        return self._real.execute(statement, *values)

    def executemany(self, statement: str, values: Any) -> Any:
        """What the real one does."""
        self._seen.append(statement)
        return self._real.executemany(statement, values)

    def exec_driver_sql(self, statement: str, *values: Any) -> Any:
        """What the real one does."""
        self._seen.append(statement)
        return self._real.exec_driver_sql(statement, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def statements(store: Store, some: Sequence[Ending]) -> list[str]:
    """What the database is asked when these are written down."""
    seen: list[str] = []
    store.write(lambda tx: outbox.end(cast(Transaction, Overheard(tx, seen)), some))
    return seen
