"""Time itself: waiting runs go on when they are due, one by one, and whatever else happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.mapping.rules import ActionTemplate, Step
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.runtime.processor import BATCHES_A_LOOK
from connector.sandbox import Sandbox
from connector.store import contacts, looks, waiting
from connector.store.looks import Look, Stumble
from connector.store.waiting import WaitingText
from tests.runtime.conftest import MAPPING
from tests.runtime.faulty import Broken, Unstorable
from tests.runtime.shop import Shop
from tests.runtime.timed import changed, goes_by, waits_in

EVA, BOB = "eva@example.com", "bob@example.com"


def joins(shop: Shop, *people: str) -> None:
    """They join the newsletter, and what is due at once is done."""
    for one in people:
        assert shop.says("newsletter.confirmed", one) == 202
    shop.turns()


def names(shop: Shop) -> list[str]:
    """What was asked of the platforms, oldest first."""
    return [one.action.name for one in shop.actions() if one.action.name == "send_event"]


def look_of(shop: Shop, email: str) -> list[Look]:
    """What time alone has meant for the person."""
    with shop.system.store.reading() as tx:
        return looks.of_contact(tx, shop.contact(email).id)


def stumble_of(shop: Shop, email: str) -> Stumble | None:
    """How looking at the person breaks."""
    with shop.system.store.reading() as tx:
        return looks.stumbles_of(tx, [shop.contact(email).id]).get(shop.contact(email).id)


def test_a_run_that_waits_acts_when_its_time_has_come_and_not_before(shop: Shop) -> None:
    waits_in(shop, hours=4)
    joins(shop, EVA)

    shop.clock.moves(hours=4, seconds=-1)
    shop.turns()
    before = names(shop)
    shop.clock.moves(seconds=1)
    shop.turns()

    assert (before, names(shop)) == ([], ["send_event"])
    assert shop.actions()[-1].status == "done"


def test_a_run_acts_once_however_often_time_is_looked_at(shop: Shop) -> None:
    waits_in(shop)
    joins(shop, EVA)

    for _ in range(3):
        shop.clock.moves(hours=5)
        shop.turns()

    assert names(shop) == ["send_event"]


def test_a_wait_goes_on_in_the_next_process(database_url: str, sandbox: Sandbox) -> None:
    with Shop(database_url, sandbox, MAPPING) as before:
        mapping = waits_in(before)
        joins(before, EVA)

    with Shop(database_url, sandbox, MAPPING) as after:
        goes_by(after, mapping)
        after.clock.moves(hours=5)
        after.turns()

        assert names(after) == ["send_event"]


def test_what_time_has_meant_is_kept_with_its_trace(shop: Shop) -> None:
    mapping = waits_in(shop)
    joins(shop, EVA)
    shop.clock.moves(hours=5)
    shop.turns()

    (look,) = look_of(shop, EVA)

    assert (look.at, look.version) == (shop.clock.at, mapping.version)
    assert [(one.rule, one.answer) for one in look.trace] == [("trigger:welcome", Answer.ACTED)]


def test_the_processor_sleeps_until_the_first_contact_is_due(shop: Shop) -> None:
    """A million waiting timers cost an idle system nothing"""
    waits_in(shop, hours=1)
    processor = shop.system.processor
    assert processor.seconds_to_wait() == 1.0
    joins(shop, EVA)

    shop.clock.moves(hours=1, seconds=-0.5)

    assert processor.seconds_to_wait() == pytest.approx(0.5, abs=0.01)


def test_under_which_text_somebody_waits_is_noted_until_the_run_is_over(shop: Shop) -> None:
    mapping = waits_in(shop)
    joins(shop, EVA, BOB)

    def noted() -> list[WaitingText]:
        with shop.system.store.reading() as tx:
            return waiting.texts(tx)

    assert noted() == [WaitingText("welcome", "text 1", mapping.version, 2)]
    shop.clock.moves(hours=5)
    shop.turns()
    assert noted() == []


def test_a_flood_of_deliveries_does_not_keep_a_due_contact_waiting(shop: Shop) -> None:
    waits_in(shop)
    joins(shop, EVA)
    shop.clock.moves(hours=5)
    for number in range(600):
        shop.says("file.downloaded", f"reader{number}@example.com")

    for _ in range(BATCHES_A_LOOK):
        shop.system.processor.step()

    assert names(shop) == ["send_event"]
    assert sum(one.status == "waiting" for one in shop.deliveries()) > 0


def test_many_due_contacts_do_not_keep_a_delivery_waiting(shop: Shop) -> None:
    waits_in(shop)
    joins(shop, *(f"reader{number}@example.com" for number in range(150)))
    shop.clock.moves(hours=5)
    shop.says("file.downloaded", EVA)

    shop.system.processor.step()

    assert shop.deliveries()[0].status == "done"
    assert len(names(shop)) < 150
    shop.turns()
    assert len(names(shop)) == 150


def test_a_contact_for_whom_looking_breaks_is_told_and_the_others_go_on(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    mapping = waits_in(shop)
    joins(shop, EVA, BOB)
    forget_the_event(shop, EVA)
    goes_by(shop, changed(mapping, "welcome", lambda one: replace(one, unless=Broken())))

    shop.clock.moves(hours=5)
    shop.turns()

    stumble = stumble_of(shop, BOB)
    assert stumble is not None
    assert stumble.words == "our own code broke: RuntimeError: a rule broke"
    assert (stumble.failures, stumble.next_at) == (1, shop.clock.at + timedelta(minutes=1))
    assert has_ended(shop, EVA, "welcome")
    assert "is looked at again later" in caplog.text


def test_a_contact_that_broke_is_tried_again_at_growing_distance_until_it_goes_well(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    mapping = waits_in(shop)
    joins(shop, EVA)
    goes_by(shop, changed(mapping, "welcome", lambda one: replace(one, unless=Broken())))
    shop.clock.moves(hours=5)
    shop.turns()

    distances = []
    for _ in range(3):
        stumble = stumble_of(shop, EVA)
        assert stumble is not None
        distances.append(stumble.next_at - shop.clock.at)
        shop.clock.at = stumble.next_at
        shop.turns()
    goes_by(shop, mapping)
    shop.clock.moves(hours=1)
    shop.turns()

    assert distances == [timedelta(minutes=one) for one in (1, 2, 4)]
    assert names(shop) == ["send_event"]
    assert stumble_of(shop, EVA) is None


def test_a_decision_that_cannot_be_written_is_set_aside_and_the_others_are_written(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    mapping = waits_in(shop, "series")
    joins(shop, EVA, BOB)
    forget_the_event(shop, BOB)
    broken = changed(mapping, "series", lambda one: replace(one, do=tuple(map(unstorable, one.do))))
    goes_by(shop, broken)

    shop.clock.moves(hours=5)
    shop.turns()

    assert stumble_of(shop, EVA) is not None
    assert has_ended(shop, BOB, "series")
    assert "one by one" in caplog.text


def unstorable(step: Step) -> Step:
    """The step with an argument that no store takes."""
    assert isinstance(step, ActionTemplate)
    return replace(step, arguments={"journey": Unstorable()})


def has_ended(shop: Shop, email: str, trigger: str) -> bool:
    """Whether the person's only run of the trigger is over."""
    (run,) = shop.contact(email).runs[trigger].values()
    return bool(run.ended)


def forget_the_event(shop: Shop, email: str) -> None:
    """The person's run has lost what began it: it is given up, and asks no condition."""
    person = shop.contact(email)
    runs = {
        name: {key: replace(run, event=None) for key, run in some.items()}
        for name, some in person.runs.items()
    }
    lame: Contact = replace(person, runs=runs)
    with shop.system.store.reading() as tx:
        wakes = contacts.wakes_of(tx, [person.id])
    shop.system.store.write(lambda tx: contacts.save(tx, [lame], wakes))
