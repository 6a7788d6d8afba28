"""What a person asks while it runs: a stop holds, nothing is lost, and going on is a choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event as Signal
from threading import Thread

import pytest

from connector.errors import HeldError
from connector.runtime.errands import DROP, GO_ON, STOP, Errand, ask, carry_out
from connector.sandbox import Sandbox
from connector.store import held, looks, stops
from connector.store.database import open_store
from connector.store.encoding import decode, encode
from connector.store.stops import EVERYTHING
from tests.patience import PATIENCE
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop
from tests.runtime.timed import changed, goes_by

EVA = "eva@example.com"
WELCOME = "trigger:welcome"


def errand(shop: Shop, what: str, rule: str = EVERYTHING) -> Errand:
    """Eva asks for it, now."""
    return Errand(what, rule, "eva", shop.clock())


@pytest.fixture
def embedded(migrated_url: str, sandbox: Sandbox) -> Iterator[Shop]:
    """A shop whose database one process writes."""
    with Shop(migrated_url, sandbox, MAPPING) as made:
        yield made


def does(shop: Shop, what: str, rule: str = EVERYTHING) -> None:
    """It is done, by this process."""
    assert ask(shop.system.store, errand(shop, what, rule), 0.0)


def statuses(shop: Shop) -> dict[str, str]:
    """How each rule's action stands."""
    return {one.action.cause.rule: one.status.value for one in shop.actions()}


def test_what_is_due_during_a_stop_is_done_when_it_goes_on(shop: Shop) -> None:
    """`loods stop` stops everything at once; nothing is lost"""
    does(shop, STOP)
    shop.says("newsletter.confirmed", EVA)
    shop.turns()
    during = statuses(shop)

    does(shop, GO_ON)
    shop.turns()

    assert during == {}
    assert statuses(shop) == {WELCOME: "done", "trigger:series": "done"}


def test_what_was_decided_before_a_stop_leaves_when_it_goes_on(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    shop.system.processor.step()
    does(shop, STOP)
    shop.turns()
    before = statuses(shop)

    does(shop, GO_ON)
    shop.turns()

    assert before == {WELCOME: "waiting", "trigger:series": "waiting"}
    assert statuses(shop) == {WELCOME: "done", "trigger:series": "done"}


def test_what_is_stopped_is_done_however_long_it_was(shop: Shop) -> None:
    does(shop, STOP)
    shop.says("newsletter.confirmed", EVA)
    shop.turns()
    shop.clock.moves(days=9)

    does(shop, GO_ON)
    shop.turns()

    assert statuses(shop) == {WELCOME: "done", "trigger:series": "done"}


def test_a_stop_of_one_trigger_holds_no_other(shop: Shop) -> None:
    does(shop, STOP, WELCOME)

    shop.says("newsletter.confirmed", EVA)
    shop.turns()

    assert statuses(shop) == {"trigger:series": "done"}
    with shop.system.store.reading() as tx:
        assert held.counts(tx, EVERYTHING) == held.counts(tx, WELCOME) == {WELCOME: 1}


def test_what_waited_can_be_dropped_and_what_comes_then_leaves(shop: Shop) -> None:
    """starting again asks what to do with what waited"""
    does(shop, STOP, WELCOME)
    shop.says("newsletter.confirmed", EVA)
    shop.turns()

    does(shop, DROP, WELCOME)
    shop.says("newsletter.confirmed", "bob@example.com")
    shop.turns()

    [welcome] = [one for one in shop.actions() if one.action.cause.rule == WELCOME]
    (run,) = shop.contact(EVA).runs["welcome"].values()
    assert welcome.action.contact_id == shop.contact("bob@example.com").id
    assert (run.ended, run.acted) == ("dropped", False)
    with shop.system.store.reading() as tx:
        [look] = looks.of_contact(tx, shop.contact(EVA).id)
        assert held.counts(tx, EVERYTHING) == {}
    assert [(one.rule, one.detail) for one in look.trace] == [(WELCOME, "dropped by eva after a stop")]


def test_actions_that_waited_are_dropped_with_the_runs(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    shop.system.processor.step()
    does(shop, STOP)
    shop.says("newsletter.confirmed", "bob@example.com")
    shop.turns()

    does(shop, DROP)
    shop.turns()

    assert {one.words for one in shop.actions()} == {"dropped by eva after a stop"}
    assert [run.ended for run in shop.contact("bob@example.com").runs["series"].values()] == ["dropped"]


def test_what_goes_on_after_a_stop_blows_no_fuse(shop: Shop) -> None:
    goes_by(shop, changed(shop.system.mapping, "welcome", lambda one: replace(one, blast=3)))
    does(shop, STOP, WELCOME)
    for number in range(6):
        shop.says("newsletter.confirmed", f"reader{number}@example.com")
    shop.turns()

    does(shop, GO_ON, WELCOME)
    shop.turns()

    assert [one.status for one in shop.actions() if one.action.cause.rule == WELCOME] == ["done"] * 6
    with shop.system.store.reading() as tx:
        assert stops.stopped(tx) == []


def test_somebody_who_is_erased_while_it_is_stopped_waits_no_more(shop: Shop) -> None:
    does(shop, STOP)
    shop.says("newsletter.confirmed", EVA)
    shop.turns()

    shop.says("contact.erased", EVA)
    shop.turns()

    with shop.system.store.reading() as tx:
        assert held.counts(tx, EVERYTHING) == {}


def test_doing_an_errand_again_changes_nothing_more(shop: Shop) -> None:
    asked = errand(shop, STOP, WELCOME)

    assert carry_out(shop.system.store, asked, shop.clock())
    assert carry_out(shop.system.store, asked, shop.clock() + timedelta(hours=1))

    with shop.system.store.reading() as tx:
        assert [(one.rule, one.since) for one in stops.stopped(tx)] == [(WELCOME, asked.at)]


def test_beside_the_process_that_writes_it_is_left_and_done_there(embedded: Shop) -> None:
    beside = open_store(embedded.settings.database_url)
    is_over = Signal()
    running = Thread(target=turn_until, args=(embedded, is_over))
    running.start()

    is_done = ask(beside, errand(embedded, STOP), PATIENCE)

    is_over.set()
    running.join()
    with beside.reading() as tx:
        assert is_done
        assert [one.who for one in stops.stopped(tx)] == ["eva"]
    beside.close()


def turn_until(shop: Shop, is_over: Signal) -> None:
    """Step as the thread of the processor does."""
    while not is_over.is_set():
        shop.system.processor.step()
        is_over.wait(0.01)


def test_what_is_not_done_in_time_stays_asked_for(embedded: Shop) -> None:
    beside = open_store(embedded.settings.database_url)

    is_done = ask(beside, errand(embedded, STOP), 0.0)
    beside.close()
    embedded.turns()

    assert not is_done
    with embedded.system.store.reading() as tx:
        assert len(stops.stopped(tx)) == 1


@pytest.mark.parametrize("said", [{}, {"what": "stop"}, {"what": "dance", "name": "", "who": "", "at": "x"}])
def test_an_errand_that_cannot_be_read_is_passed_over(
    embedded: Shop, caplog: pytest.LogCaptureFixture, said: dict[str, str]
) -> None:
    errands = embedded.system.store.errands
    assert errands is not None
    name = errands.leave(said, embedded.clock())

    embedded.turns()

    assert not errands.waits(name)
    assert "cannot be read" in caplog.text


def test_an_errand_of_another_release_is_passed_over(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    assert carry_out(shop.system.store, errand(shop, "dance"), shop.clock())

    assert "'dance', of which nothing is known" in caplog.text


def test_nothing_is_written_beside_the_process_that_writes(embedded: Shop) -> None:
    beside = open_store(embedded.settings.database_url)

    with pytest.raises(HeldError):
        carry_out(beside, errand(embedded, STOP), embedded.clock())
    beside.close()


def test_an_errand_comes_back_from_its_file_as_it_was(shop: Shop) -> None:
    asked = Errand("fire", "heat", "eva", shop.clock(), "it is hot", {"trigger:a": 3})

    assert decode(Errand, encode(asked)) == asked
