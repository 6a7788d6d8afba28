"""Leases: one process at a time has a name, and only who has it writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from connector.errors import LeaseLost
from connector.store import inbox
from connector.store.database import Store, Transaction, open_store
from connector.store.postgres.session import SILENT_FOR
from tests.patience import until
from tests.store.make import NOON, delivery, empty

HOLDER = """
import sys, time
from connector.store.database import open_store
lease = open_store(sys.argv[1]).lease("account")
print("held" if lease.hold() else "free", flush=True)
time.sleep(600)
"""
WRITER = """
import sys, time
from connector.store.database import open_store
from connector.store import inbox
from tests.store.make import delivery
lease = open_store(sys.argv[1]).lease("account")
print("held" if lease.hold() else "free", flush=True)
sys.stdin.readline()
try:
    lease.write(lambda tx: inbox.insert(tx, [delivery("late")]))
except Exception as error:
    print(type(error).__name__, lease.is_ours, flush=True)
else:
    print("written", flush=True)
"""

FORKED = """
import os, sys
from connector.store.database import open_store
store = open_store(sys.argv[1])
lease = store.lease("account")
lease.hold()
if (child := os.fork()) == 0:
    try:
        lease.hold()
    except Exception as error:
        print("child:", type(error).__name__, flush=True)
    os._exit(0)
os.waitpid(child, 0)
print("parent:", lease.write(lambda tx: lease.is_ours), flush=True)
store.close()
"""


@pytest.fixture
def store(postgres_store: Store) -> Store:
    """Several processes are only there on PostgreSQL."""
    empty(postgres_store)
    return postgres_store


def process(script: str, url: str) -> subprocess.Popen[str]:
    """Another process that holds the lease."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    other = subprocess.Popen([sys.executable, "-c", script, url], **pipes)  # type: ignore[call-overload]
    assert other.stdout.readline() == "held\n"
    return other  # type: ignore[no-any-return]


def test_a_lease_is_not_used_across_a_fork(postgres_url: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FORKED, postgres_url], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert told.split("\n")[:2] == ["child: StoreError", "parent: True"]


def test_where_one_process_writes_every_lease_is_its_own(migrated_url: str) -> None:
    store = open_store(migrated_url)
    lease, same = store.lease("account"), store.lease("account")

    assert (lease.hold(), same.hold(), lease.is_ours) == (True, True, True)
    assert lease.write(lambda tx: inbox.insert(tx, [delivery("a")]))[0].is_new
    store.close()


def test_only_one_has_a_name_at_a_time(store: Store) -> None:
    one, two, other = store.lease("account"), store.lease("account"), store.lease("another")

    assert (one.hold(), two.hold(), other.hold()) == (True, False, True)
    one.give_up()
    assert two.hold()
    assert not one.hold()
    for lease in (one, two, other):
        lease.give_up()


def test_who_does_not_hold_it_writes_nothing(store: Store) -> None:
    lease = store.lease("account")

    with pytest.raises(LeaseLost):
        lease.write(lambda tx: inbox.insert(tx, [delivery("a")]))


def test_a_session_that_the_server_ends_takes_the_lease_and_the_transaction_with_it(store: Store) -> None:
    lease = store.lease("account")
    lease.hold()

    def cut(tx: Transaction) -> None:
        inbox.insert(tx, [delivery("a")])
        me = tx.scalar(text("SELECT pg_backend_pid()"))
        store.write(lambda other: other.execute(text("SELECT pg_terminate_backend(:me, 5000)"), {"me": me}))

    with pytest.raises(LeaseLost):
        lease.write(cut)

    assert not lease.is_ours
    with store.reading() as tx:
        assert not any(inbox.counts(tx).values())
    assert (lease.hold(), lease.times) == (True, 2)
    lease.give_up()


def test_a_worker_lives_as_long_as_it_has_the_lease_on_its_name(store: Store) -> None:
    (first,), (second,) = store.receive([delivery("a")]), store.receive([delivery("b", at=1)])
    lease = store.lease("one")
    lease.hold()
    store.write(lambda tx: inbox.take(tx, "one", 1, NOON))
    store.write(lambda tx: inbox.take(tx, "two", 1, NOON))

    assert store.write(lambda tx: inbox.recover(tx, NOON, "three")) == [second.id]
    lease.give_up()
    assert store.write(lambda tx: inbox.recover(tx, NOON, "three")) == [first.id]


def test_of_a_dead_worker_nothing_is_counted_while_its_transaction_still_runs(store: Store) -> None:
    (received,) = store.receive([delivery("a")])
    store.write(lambda tx: inbox.take(tx, "one", 1, NOON))

    def meanwhile(tx: Transaction) -> list[str]:
        inbox.still_waiting(tx, [received.id], "one")
        return store.write(lambda other: inbox.recover(other, NOON))

    assert store.write(meanwhile) == []
    assert store.write(lambda tx: inbox.recover(tx, NOON)) == [received.id]


@pytest.mark.slow
def test_a_lease_outlasts_a_long_call_of_its_holder(store: Store) -> None:
    lease, other = store.lease("account"), store.lease("account")
    lease.hold()

    time.sleep(SILENT_FOR + 2)

    assert lease.is_ours
    assert not other.hold()
    lease.give_up()
    other.give_up()


def test_the_lease_of_a_process_that_was_killed_is_free(store: Store, postgres_url: str) -> None:
    other, lease = process(HOLDER, postgres_url), store.lease("account")
    assert not lease.hold()

    other.kill()
    other.communicate()

    assert until(lease.hold)
    lease.give_up()


@pytest.mark.slow
def test_a_process_that_was_paused_for_too_long_writes_nothing(store: Store, postgres_url: str) -> None:
    other, lease = process(WRITER, postgres_url), store.lease("account")

    os.kill(other.pid, signal.SIGSTOP)
    assert until(lease.hold)
    os.kill(other.pid, signal.SIGCONT)
    said, _ = other.communicate("go on\n")

    assert said == "LeaseLost False\n"
    with store.reading() as tx:
        assert not any(inbox.counts(tx).values())
    lease.give_up()
