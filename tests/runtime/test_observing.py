"""An observer hears what was settled, what was called, how long it took, and what did not leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from connector.model.decision import Answer, TraceEntry
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.observing import Batch, Called, Observer
from connector.runtime.processor import Processor
from tests.runtime.shop import Shop
from tests.runtime.timed import waits_in

EVA = "eva@example.com"


@dataclass
class Ear(Observer):
    """Remembers all that it hears."""

    batches: list[Batch] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    ends: list[tuple[str, bool]] = field(default_factory=list)
    waits: list[tuple[str, float]] = field(default_factory=list)
    looks: list[Sequence[Sequence[TraceEntry]]] = field(default_factory=list)

    def settled(self, batch: Batch) -> None:
        self.batches.append(batch)

    def looked(self, traces: Sequence[Sequence[TraceEntry]]) -> None:
        self.looks.append(traces)

    def called(self, call: Called) -> None:
        self.calls.append(call)

    def ended(self, connection: str, *, is_failed: bool) -> None:
        self.ends.append((connection, is_failed))

    def asked_to_wait(self, connection: str, seconds: float) -> None:
        self.waits.append((connection, seconds))


def observed(shop: Shop, ear: Ear) -> tuple[Processor, list[Dispatcher]]:
    """A processor and the dispatchers of a shop, heard by this ear."""
    system = shop.system
    processor = Processor(
        system.store, system.live, shop.clock, system.settings.resolve, lambda: None, observer=ear
    )
    dispatchers = [
        Dispatcher(one.connection, one._platform, system.store, system.live, shop.clock, observer=ear)
        for one in system.dispatchers
    ]
    return processor, dispatchers


def test_a_batch_is_told_with_how_each_delivery_ended_and_why(shop: Shop) -> None:
    ear = Ear()
    processor, _ = observed(shop, ear)
    shop.says("newsletter.confirmed", EVA)
    shop.posts("website", {"event": "unheard.of", "id": "x1"})

    processor.step()

    [batch] = ear.batches
    assert sorted(status.value for _, status in batch.settled) == ["done", "ignored"]
    assert any(entry.answer is Answer.ACTED for trace in batch.traces for entry in trace)
    assert 0 < batch.deciding <= batch.seconds


def test_a_call_is_told_with_its_actions_and_outcomes_and_each_end(shop: Shop) -> None:
    ear = Ear()
    processor, dispatchers = observed(shop, ear)
    shop.says("newsletter.confirmed", EVA)
    processor.step()

    for _ in range(5):
        for one in dispatchers:
            one.step()

    assert ear.calls
    assert all(len(one.actions) == len(one.outcomes) and one.seconds > 0 for one in ear.calls)
    assert len(ear.ends) == sum(len(one.actions) for one in ear.calls)
    assert not any(is_failed for _, is_failed in ear.ends)


def test_a_platform_that_asks_to_wait_is_told_of(shop: Shop) -> None:
    ear = Ear()
    processor, dispatchers = observed(shop, ear)
    busy = {"status": 429, "headers": {"Retry-After": "7"}, "body": {"message": "slow down"}}
    shop.sandbox.script({"method": "POST"}, [busy], times=None)
    shop.says("newsletter.confirmed", EVA)
    processor.step()

    for one in dispatchers:
        one.step()

    assert {seconds for _, seconds in ear.waits} == {7.0}


def test_contacts_that_are_looked_at_because_time_went_by_are_told_of(shop: Shop) -> None:
    ear = Ear()
    waits_in(shop, hours=4)
    processor, _ = observed(shop, ear)
    shop.says("newsletter.confirmed", EVA)
    processor.step()
    before = list(ear.looks)

    shop.clock.moves(hours=5)
    processor.step()

    assert before == []
    [[trace]] = ear.looks
    assert any(one.answer is Answer.ACTED for one in trace)
