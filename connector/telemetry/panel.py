"""What an operator looks at: the metrics and the health of one process, and of the whole as it sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from connector.runtime.worker import Worker
from connector.telemetry.gauges import ACKNOWLEDGED, Answers, Gauges, Sources
from connector.telemetry.health import Check, Facts, judge
from connector.telemetry.lookout import PAUSE, Lookout
from connector.telemetry.meters import Meters


class Reception:
    """What the receiver of this process says, if it has one: `opens` is called by whoever makes it."""

    def __init__(self) -> None:
        self._answers: Callable[[], Answers] = dict
        self._is_well: Callable[[], bool] = lambda: True

    def opens(self, answers: Callable[[], Answers], is_well: Callable[[], bool]) -> None:
        """There is a receiver, which counts its answers and knows whether it can store."""
        self._answers, self._is_well = answers, is_well

    @property
    def is_well(self) -> bool:
        """Whether what arrives can be stored."""
        return self._is_well()

    def answers(self) -> Answers:
        """The answers since the start."""
        return self._answers()

    def came(self) -> dict[str, int]:
        """How many deliveries each connection has brought to this process, repeats among them."""
        found: dict[str, int] = {}
        for (connection, code), count in self._answers().items():
            if connection and code in ACKNOWLEDGED:
                found[connection] = found.get(connection, 0) + count
        return found


@dataclass(frozen=True, slots=True)
class Process:
    """What a process says of itself; `notices` are for a person, and may ask the database."""

    workers: Callable[[], Mapping[str, bool]]
    notices: Callable[[], Mapping[str, str]]
    pool: Callable[[], Mapping[str, int]]
    trouble: Callable[[], str]
    mapping_version: Callable[[], str]
    build: Mapping[str, str]
    least_free: int


@dataclass
class Panel:
    """Metrics on a registry of its own, and the lookout with its thread; `close` sends what is left."""

    registry: CollectorRegistry
    meters: Meters
    lookout: Lookout
    process: Process
    reception: Reception
    close: Callable[[], None]

    def __post_init__(self) -> None:
        self.worker = Worker("lookout", self.lookout, lambda: PAUSE)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.gauges = Gauges(
            Sources(
                answers=self.reception.answers,
                seen=lambda: self.lookout.seen,
                workers=self.process.workers,
                pool=self.process.pool,
                checks=lambda: self.checks({}),
                mapping_version=self.process.mapping_version,
                build=self.process.build,
            )
        )
        self.registry.register(self.gauges)

    def checks(self, notices: Mapping[str, str] | None = None) -> dict[str, Check]:
        """The health of the whole, with the notices given, or those of now."""
        facts = Facts(
            seen=self.lookout.seen,
            seconds_ago=self.lookout.seconds_ago,
            receives=self.reception.is_well,
            trouble=self.process.trouble(),
            workers=self.process.workers(),
            notices=self.process.notices() if notices is None else notices,
            least_free=self.process.least_free,
        )
        return judge(facts)

    def metrics(self, accept: str) -> tuple[bytes, str]:
        """The metrics, and their media type, as the reader accepts it."""
        encode, media_type = choose_encoder(accept)
        return encode(self.registry), media_type
