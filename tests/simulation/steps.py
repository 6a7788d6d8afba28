"""A run: steps by chance, each looked at by the checker, and in the end all that is left is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final

from connector.errors import StoreError
from connector.mapping.mapping import Plan
from tests.simulation import versions
from tests.simulation.checker import Checker, Violation
from tests.simulation.history import History
from tests.simulation.memory import HOWS, Died, Fault, Memory
from tests.simulation.posts import Website
from tests.simulation.world import World, seeded_ids

STEPS: Final = 50
LONGEST: Final = timedelta(days=60)
"""How long time may go on after the last step until all is done."""

SHORTEST: Final = timedelta(hours=2)
"""What time goes on by then at least, so that a run has an end soon."""

_WEIGHTS: Final = {
    "receive": 34,
    "process": 24,
    "dispatch": 26,
    "time": 16,
    "settle": 2,
    "publish": 2,
    "follow": 4,
    "stop": 1,
    "go on": 2,
    "drop": 0.5,
    "fire": 1,
    "probe": 4,
    "restart": 1,
}
_STOPPED: Final = ("", "trigger:thank", "trigger:reminder", "trigger:answer")
_PLANS: Final[tuple[Plan, ...]] = ("keep", "keep", "move", "end")
_LENGTHS: Final = ((1, 20), (600, 4), (4 * 3600, 5), (30 * 3600, 3), (4 * 86400, 1))
"""Seconds that go by at most, and how often."""


class Run:
    """One seed's run. `goes` raises Violation with the seed where a promise is not kept."""

    def __init__(self, seed: int, store: Memory) -> None:
        self._seed = seed
        self._world = World(seed, store)
        self._random: Random = self._world.random
        self._website = Website(self._random)
        self._checker = Checker(self._world)
        self._faults = self._random.choice((0.0, 0.1, 0.3))

    def goes(self, steps: int) -> History:
        """Take the steps, then let everything come to its end."""
        try:
            for number in range(1, steps + 1):
                self._world.history.step = number
                self._step()
            self._ends()
        except Violation as found:
            found.seed = self._seed
            found.tail = self._world.history.tail()
            raise
        finally:
            self._world.is_over()
        return self._world.history

    def _step(self) -> None:
        name = self._random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        self._world.history.says("step", name=name)
        if self._random.random() < self._faults:
            self._world.store.fault = Fault(self._random.randrange(3), self._random.choice(HOWS))
        self._take(_TAKEN[name])
        self._world.store.fault = None
        self._checker.looks()

    def _take(self, step: Callable[[Run], None]) -> None:
        history = self._world.history
        try:
            step(self)
        except Died:
            history.says("died")
            self._world.starts()
        except StoreError as error:
            history.says("broke", why=error)

    def _receives(self) -> None:
        for _ in range(self._random.randint(1, 3)):
            self._world.receives(self._website.body(self._world.clock()))

    def _time(self) -> None:
        longest = self._random.choices([one for one, _ in _LENGTHS], [often for _, often in _LENGTHS])[0]
        self._world.clock.moves(seconds=max(1, int(self._random.random() * longest)))

    def _processes(self) -> None:
        self._world.processes()

    def _dispatches(self) -> None:
        self._world.dispatches(self._random.choice(list(self._world.platforms)))

    def _publishes(self) -> None:
        plan = self._random.choice(_PLANS)
        version = self._random.randrange(len(versions.VERSIONS))
        self._world.history.says("publish", version=version, plan=plan)
        self._world.publish(version, {"reminder": plan, "nightly": plan})

    def _stops(self) -> None:
        self._world.asks("stop", self._random.choice(_STOPPED))

    def _goes_on(self) -> None:
        for rule in sorted(self._checker.now.stopped):
            self._world.asks("go on", rule)

    def _drops(self) -> None:
        for rule in sorted(self._checker.now.stopped):
            self._world.asks("drop", rule)

    def _ends(self) -> None:
        """No more faults, and platforms do what they are asked: time goes on until all is done."""
        world = self._world
        for platform in world.platforms.values():
            platform.becomes_kind()
        world.history.step += 1
        world.history.says("step", name="end")
        world.follow()
        until = world.clock() + LONGEST
        world.replays()
        while world.clock() < until:
            world.probes()
            self._goes_on()
            world.settles()
            self._checker.looks()
            due = world.next_due()
            if due is None:
                break
            world.clock.at = max(due, world.clock() + SHORTEST)
        self._checker.ends()


_TAKEN: Final[dict[str, Callable[[Run], None]]] = {
    "receive": Run._receives,
    "process": Run._processes,
    "dispatch": Run._dispatches,
    "time": Run._time,
    "settle": lambda run: run._world.settles(),
    "publish": Run._publishes,
    "follow": lambda run: run._world.follow(),
    "stop": Run._stops,
    "go on": Run._goes_on,
    "drop": Run._drops,
    "fire": lambda run: run._world.asks("fire", "heat_wave"),
    "probe": lambda run: run._world.probes(),
    "restart": lambda run: run._world.starts(),
}


def simulate(seed: int, store: Memory, steps: int = STEPS) -> History:
    """The history of one run. Raises Violation, with the seed and the last lines."""
    random = Random(seed)
    with seeded_ids(random):
        return Run(seed, store).goes(steps)
