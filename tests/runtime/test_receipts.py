"""Readiness tells when nothing can be stored, and lets itself be proven wrong."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import StoreError
from connector.runtime.receipts import RED_FOR, Receipts
from tests.runtime.shop import Clock


class Disk:
    """A disk that is full until it is emptied."""

    is_full = True

    def store(self) -> Future[str]:
        if self.is_full:
            raise StoreError("the disk is full")
        return self.later()

    def later(self) -> Future[str]:
        done: Future[str] = Future()
        if self.is_full:
            done.set_exception(StoreError("the disk is full"))
        else:
            done.set_result("stored")
        return done


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 22, 9, tzinfo=UTC))


def test_a_refused_receipt_turns_readiness_red_until_one_is_stored(clock: Clock) -> None:
    disk, receipts = Disk(), Receipts(clock)
    store = receipts.watching(disk.store)
    with pytest.raises(StoreError):
        store()
    was_well = receipts.is_well

    disk.is_full = False
    stored = store()

    assert not was_well
    assert stored.result(0) == "stored"
    assert receipts.is_well


def test_a_receipt_that_fails_on_its_way_turns_readiness_red_too(clock: Clock) -> None:
    receipts = Receipts(clock)

    receipts.watching(Disk().later)()

    assert not receipts.is_well


def test_readiness_turns_green_again_by_itself_so_that_somebody_tries(clock: Clock) -> None:
    receipts = Receipts(clock)
    with pytest.raises(StoreError):
        receipts.watching(Disk().store)()

    clock.at += RED_FOR + timedelta(seconds=1)

    assert receipts.is_well
