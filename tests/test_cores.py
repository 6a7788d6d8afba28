"""A process keeps its threads on one core as long as it has that nearly for itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable
from threading import Event

import pytest

from connector.bootstrap import edge
from connector.bootstrap.cores import Machine, OneCore, Seen, keep
from connector.store.database import open_store

_PROCESS = """
import os, threading, time
from pathlib import Path
from connector.bootstrap.cores import keep_to_one

def spread():
    return [len(os.sched_getaffinity(int(one.name))) for one in Path("/proc/self/task").iterdir()]

def until(wanted):
    while set(spread()) != {wanted}:
        time.sleep(0.01)

stop, ended = threading.Event(), threading.Event()
threads = [threading.Thread(target=ended.wait) for _ in range(3)]
for one in threads:
    one.start()
cores = len(os.sched_getaffinity(0))
keep_to_one(stop)
until(1)
stop.set()
until(cores)
ended.set()
print("kept, and let go")
"""


class FourCores(Machine):
    """What is seen of each core is set by hand."""

    cores = frozenset({0, 1, 2, 3})

    def __init__(self) -> None:
        self.works_on = 2
        self.is_hidden = False
        self.kept_to: list[Collection[int]] = []
        self.now = Seen(at=100.0, rested=50.0, ran=10.0)

    def here(self) -> int:
        return self.works_on

    def keep_to(self, cores: Collection[int]) -> None:
        self.kept_to.append(cores)

    def seen(self, core: int) -> Seen:
        if self.is_hidden:
            raise FileNotFoundError("/proc/stat")
        return self.now

    def passes(self, seconds: float, rested: float, ran: float) -> None:
        """So much time, in which the core rested and this process ran for so long."""
        self.now = Seen(self.now.at + seconds, self.now.rested + rested, self.now.ran + ran)


class Seconds(Event):
    """Each one that is waited for brings what happens in it; `stop` comes behind the last."""

    def __init__(self, happens: Iterable[Callable[[], None]]) -> None:
        super().__init__()
        self._happens = iter(happens)

    def wait(self, timeout: float | None = None) -> bool:
        happens = next(self._happens, None)
        if happens is not None:
            happens()
        return happens is None


@pytest.fixture
def machine() -> FourCores:
    return FourCores()


@pytest.fixture
def one(machine: FourCores) -> OneCore:
    one = OneCore(machine)
    one.look()
    return one


@pytest.mark.usefixtures("one")
def test_a_process_is_kept_to_the_core_on_which_it_works(machine: FourCores) -> None:
    assert machine.kept_to == [{2}]


@pytest.mark.parametrize(
    ("rested", "ran"),
    [(0.0, 0.95), (0.6, 0.2), (0.9, 0.0)],
    ids=["it has all of the core", "others take little", "nobody does anything"],
)
def test_it_stays_where_there_is_room(machine: FourCores, one: OneCore, rested: float, ran: float) -> None:
    machine.passes(1.0, rested, ran)
    one.look()

    assert machine.kept_to == [{2}]


def test_a_core_that_others_take_is_let_go_and_another_one_taken(machine: FourCores, one: OneCore) -> None:
    machine.passes(1.0, rested=0.0, ran=0.5)
    one.look()
    machine.works_on = 3
    one.look()

    assert machine.kept_to == [{2}, machine.cores, {3}]


def test_where_no_core_has_room_the_process_is_left_free_for_longer_each_time(
    machine: FourCores, one: OneCore
) -> None:
    looks = []
    for _ in range(12):
        machine.passes(1.0, rested=0.0, ran=0.4)
        one.look()
        looks.append(len(machine.kept_to[-1]))

    assert looks == [4, 1, 4, 4, 1, 4, 4, 4, 4, 1, 4, 4]


def test_who_had_room_again_is_soon_free_for_a_short_time_only(machine: FourCores, one: OneCore) -> None:
    for _ in range(9):
        machine.passes(1.0, rested=0.0, ran=0.4)
        one.look()
    for _ in range(8):
        machine.passes(1.0, rested=0.9, ran=0.1)
        one.look()
    taken = len(machine.kept_to)
    for _ in range(2):
        machine.passes(1.0, rested=0.0, ran=0.4)
        one.look()

    assert machine.kept_to[taken:] == [machine.cores, {2}]


def test_what_was_before_a_core_was_taken_is_not_counted(machine: FourCores, one: OneCore) -> None:
    machine.passes(1.0, rested=0.0, ran=0.1)
    one.look()
    machine.passes(9.0, rested=0.0, ran=0.0)
    one.look()
    machine.passes(1.0, rested=0.5, ran=0.1)
    one.look()

    assert machine.kept_to == [{2}, machine.cores, {2}]


def test_where_the_cores_cannot_be_seen_none_is_kept(machine: FourCores) -> None:
    """Nobody would notice there that others take the core (systemd's ProcSubset=pid)."""
    machine.is_hidden = True

    with pytest.raises(FileNotFoundError):
        OneCore(machine).look()

    assert machine.kept_to == []


def test_a_look_that_fails_is_made_up_for_by_the_next_one(machine: FourCores) -> None:
    def is_hidden() -> None:
        machine.is_hidden = True

    def is_crowded() -> None:
        machine.is_hidden = False
        machine.passes(2.0, rested=0.0, ran=1.0)

    keep(OneCore(machine), Seconds([is_hidden, is_crowded, lambda: None]))

    assert machine.kept_to == [{2}, machine.cores, {2}, machine.cores]


@pytest.mark.parametrize(("url", "is_kept"), [("sqlite:///never.db", True), ("postgresql:///never", False)])
def test_a_database_that_is_a_server_needs_the_other_cores(
    url: str, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Event] = []
    monkeypatch.setattr(edge, "settle", lambda: None)
    monkeypatch.setattr(edge, "keep_to_one", kept.append)

    edge.get_ready(open_store(url), stop := Event())

    assert kept == ([stop] if is_kept else [])


@pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1, reason="there is nothing to choose"
)
def test_all_threads_are_kept_together_and_let_go_in_the_end() -> None:
    command = [sys.executable, "-c", _PROCESS]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)

    assert said.stdout == "kept, and let go\n"
