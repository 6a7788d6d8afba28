"""One process at a time serves an account; two systems on one PostgreSQL stand for two processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from threading import Thread

import pytest
from sqlalchemy import text

from connector import bootstrap
from connector.bootstrap import System
from connector.errors import StoreError, Transient
from connector.failpoints import arm, parse
from connector.mapping.accounts import Connection
from connector.platforms.base import Call, Outcome
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.duties import Duties
from connector.runtime.live import Live
from connector.runtime.post import Post
from connector.store import outbox
from connector.store.database import Transaction
from connector.store.outbox import ActionStatus
from tests.runtime.shop import Shop
from tests.runtime.test_dispatcher import outcomes, task, wants_a_call
from tests.runtime.test_poison import Knowing

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
def other(shop: Shop) -> Iterator[System]:
    """The same on another machine."""
    system = bootstrap.build(shop.settings, shop.clock)
    yield system
    system.store.close()


@pytest.fixture
def disarmed() -> Iterator[None]:
    """Nothing is armed any more when the test has ended."""
    yield
    arm(None)


class Disturbed(Knowing):
    """A platform during whose calls something happens."""

    def __init__(self, disturbance: Callable[[], None] = lambda: None) -> None:
        super().__init__("4711")
        self.disturbance = disturbance

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        self.disturbance()
        return super().dispatch(name, calls)


def post_of(shop: Shop, system: System, platform: Disturbed | None = None) -> Post:
    """The post of HubSpot in a system."""
    connection = system.mapping.connections["hubspot"]
    live = Live(system.mapping)
    dispatcher = Dispatcher("hubspot", platform or Disturbed(), system.store, live, shop.clock)
    return Post(dispatcher, partial(system.crew.duties.of, connection, lambda: "hubspot:4711"))


def ends_session(shop: Shop, post: Post) -> None:
    """The server ends the session in which the post has its lease."""
    assert post.duty is not None
    backend = post.duty.lease.write(lambda tx: tx.scalar(text("SELECT pg_backend_pid()")))
    ending = text("SELECT pg_terminate_backend(:one, 5000)")
    shop.system.store.write(lambda tx: tx.execute(ending, {"one": backend}))


def test_of_two_processes_one_dispatches(shop: Shop, other: System) -> None:
    here, there = post_of(shop, shop.system), post_of(shop, other)
    here.step()
    wants_a_call(shop)

    assert (there.step(), there.is_served) == (0, False)
    assert (here.step(), here.is_served) == (1, True)
    assert task(shop).status is ActionStatus.DONE


def test_the_other_goes_on_when_the_first_one_leaves(shop: Shop, other: System) -> None:
    here, there = post_of(shop, shop.system), post_of(shop, other)
    here.step()
    there.step()
    wants_a_call(shop)
    assert here.duty is not None

    shop.system.crew.duties.leave(here.duty, "hubspot")

    assert there.step() == 1
    assert task(shop).status is ActionStatus.DONE


def test_what_was_under_way_is_looked_at_by_the_one_who_takes_over(shop: Shop, other: System) -> None:
    here, there = post_of(shop, shop.system), post_of(shop, other)
    here.step()
    wants_a_call(shop)
    assert here.duty is not None
    now = shop.clock()
    here.duty.lease.write(lambda tx: outbox.claim(tx, "hubspot", now, 1))
    ends_session(shop, here)

    there.step()

    assert task(shop).status is ActionStatus.UNKNOWN
    assert here.step() == 0


def test_who_loses_a_lease_that_nobody_takes_writes_down_what_came_of_its_call(shop: Shop) -> None:
    platform = Disturbed()
    post = post_of(shop, shop.system, platform)
    post.step()
    wants_a_call(shop)
    platform.disturbance = partial(ends_session, shop, post)

    assert post.step() == 0
    assert task(shop).status is ActionStatus.SENDING
    post.step()

    assert task(shop).status is ActionStatus.DONE
    assert outcomes(shop, task(shop)) == ["done"]


def test_who_goes_on_as_the_last_one_who_served_writes_nothing_first(shop: Shop) -> None:
    platform = Disturbed()
    post = post_of(shop, shop.system, platform)
    post.step()
    wants_a_call(shop)
    platform.disturbance = partial(ends_session, shop, post)
    post.step()

    def nobody_may_enter(tx: Transaction) -> None:
        tx.execute(text("LOCK TABLE posts IN EXCLUSIVE MODE"))
        post.step()

    shop.system.store.write(nobody_may_enter)

    assert outcomes(shop, task(shop)) == ["done"]


def test_a_take_over_that_breaks_off_is_taken_up_again(shop: Shop, other: System) -> None:
    here, there = post_of(shop, shop.system), post_of(shop, other)
    here.step()
    ends_session(shop, here)
    there.step()
    here.step()
    wants_a_call(shop)
    assert there.duty is not None
    there.duty.lease.write(lambda tx: outbox.claim(tx, "hubspot", shop.clock(), 1))
    other.crew.duties.leave(there.duty, "hubspot")

    def is_disturbed(tx: Transaction) -> None:
        tx.execute(text("SELECT id FROM actions FOR UPDATE"))
        with pytest.raises(StoreError):
            here.step()

    other.store.write(is_disturbed)
    here.step()

    assert task(shop).status is ActionStatus.UNKNOWN


@pytest.mark.slow
def test_nothing_is_called_where_a_lost_lease_was_taken_again_since_the_claim(
    shop: Shop, other: System, disarmed: None
) -> None:
    called: list[str] = []
    here = post_of(shop, shop.system, Disturbed(lambda: called.append("here")))
    there = post_of(shop, other)
    here.step()
    there.step()
    wants_a_call(shop)
    arm(parse("claimed-before-call:sleep=15"))
    paused = Thread(target=here.step)
    paused.start()
    while task(shop).status is not ActionStatus.SENDING:
        time.sleep(0.02)

    ends_session(shop, here)
    there.step()
    assert here.duty is not None
    assert there.duty is not None
    other.crew.duties.leave(there.duty, "hubspot")
    while here.duty.lease.times < 2:
        here.duty.lease.hold()
        time.sleep(0.02)
    paused.join()

    assert (here.duty.lease.is_ours, called) == (True, [])
    assert task(shop).status is ActionStatus.UNKNOWN


def test_two_connections_to_one_account_are_served_by_one_process(shop: Shop, other: System) -> None:
    ours, theirs = shop.system.crew.duties, other.crew.duties
    first = shop.system.mapping.connections["hubspot"]
    second = replace(first, name="hubspot_nl")

    one, two = ours.of(first, lambda: "hubspot:4711"), ours.of(second, lambda: "hubspot:4711")
    theirs_too = theirs.of(first, lambda: "hubspot:4711")

    assert one is two
    assert one.lease.hold()
    assert not theirs_too.lease.hold()
    ours.leave(one, "hubspot")
    assert not theirs_too.lease.hold()
    ours.leave(two, "hubspot_nl")
    assert theirs_too.lease.hold()


def test_a_duty_lasts_until_every_thread_that_serves_by_it_has_left(shop: Shop, other: System) -> None:
    """Of one connection two may serve for a moment: who is replaced, and who comes after."""
    ours, theirs = shop.system.crew.duties, other.crew.duties
    connection = shop.system.mapping.connections["hubspot"]
    first, second = (ours.of(connection, lambda: "hubspot:4711") for _ in range(2))
    elsewhere = theirs.of(connection, lambda: "hubspot:4711")
    assert first.lease.hold()

    ours.leave(first, "hubspot")
    was_kept = not elsewhere.lease.hold()
    third = ours.of(replace(connection, name="hubspot_nl"), lambda: "hubspot:4711")
    ours.leave(second, "hubspot")
    ours.leave(third, "hubspot_nl")

    assert was_kept
    assert second is third
    assert elsewhere.lease.hold()


def test_who_leaves_a_duty_twice_takes_nobody_elses_away(shop: Shop) -> None:
    duties, connection = shop.system.crew.duties, shop.system.mapping.connections["hubspot"]
    old = duties.of(connection, lambda: "hubspot:4711")
    duties.leave(old, "hubspot")
    new = duties.of(connection, lambda: "hubspot:4711")

    duties.leave(old, "hubspot")

    assert duties.of(replace(connection, name="hubspot_nl"), lambda: "hubspot:4711") is new


def test_a_platform_that_is_down_keeps_nobody_from_an_account_that_is_known(
    shop: Shop, other: System
) -> None:
    connection = shop.system.mapping.connections["hubspot"]
    shop.system.crew.duties.of(connection, lambda: "hubspot:4711")

    assert other.crew.duties.of(connection, _is_down).account == "hubspot:4711"


def test_other_credentials_are_asked_anew(shop: Shop) -> None:
    duties = Duties(shop.system.store, _owner)
    connection = shop.system.mapping.connections["hubspot"]
    duties.of(connection, lambda: "hubspot:4711")

    other = replace(connection, settings={**connection.settings, "owner": "eva@example.com"})

    assert duties.of(other, lambda: "hubspot:4712").account == "hubspot:4712"


def test_which_account_it_is_can_be_told_later(shop: Shop) -> None:
    connection = shop.system.mapping.connections["hubspot"]
    dispatcher = Dispatcher("hubspot", Disturbed(), shop.system.store, Live(shop.system.mapping), shop.clock)
    post = Post(dispatcher, partial(shop.system.crew.duties.of, connection, _is_down))

    assert post.step() == 0
    assert (post.refused, post.is_served) == ("it is down", False)


def test_what_is_under_way_by_a_connection_that_another_process_serves_is_left_alone(
    shop: Shop, other: System
) -> None:
    here = post_of(shop, shop.system)
    here.step()

    assert here.duty is not None
    with other.crew.duties.unserved("hubspot") as lease:
        assert lease is None
    with shop.system.crew.duties.unserved("hubspot") as lease:
        assert lease is None
    shop.system.crew.duties.leave(here.duty, "hubspot")
    with other.crew.duties.unserved("hubspot") as lease:
        assert lease is not None


def test_what_a_connection_left_is_taken_up_by_who_serves_its_account_by_another(shop: Shop) -> None:
    here = post_of(shop, shop.system)
    here.step()
    duties, connection = shop.system.crew.duties, shop.system.mapping.connections["hubspot"]
    assert here.duty is not None
    duties.leave(here.duty, "hubspot")
    duty = duties.of(replace(connection, name="renamed"), lambda: "hubspot:4711")
    assert duty.lease.hold()

    with duties.unserved("hubspot") as lease:
        assert lease is duty.lease
    assert duty.lease.is_ours


def test_an_account_that_is_left_during_a_look_is_given_up_behind_it(shop: Shop, other: System) -> None:
    here = post_of(shop, shop.system)
    here.step()
    duties, connection = shop.system.crew.duties, shop.system.mapping.connections["hubspot"]
    assert here.duty is not None
    duties.leave(here.duty, "hubspot")
    duty = duties.of(replace(connection, name="renamed"), lambda: "hubspot:4711")
    assert duty.lease.hold()

    with duties.unserved("hubspot") as lease:
        duties.leave(duty, "renamed")
        is_ours_during_the_look = lease is not None and lease.is_ours
    with other.crew.duties.unserved("hubspot") as lease:
        is_free_afterwards = lease is not None

    assert is_ours_during_the_look
    assert is_free_afterwards


def _is_down() -> str:
    raise Transient("it is down")


def _owner(connection: Connection) -> str:
    return str(connection.settings.get("owner"))
