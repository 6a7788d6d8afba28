"""What a campaign of faults came to, with all that is needed to do it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.bench.heading import commit, machine
from tests.faults.rig.checker import Verdict
from tests.faults.rig.history import Line


@dataclass(frozen=True, slots=True)
class Report:
    """One fault, done so many times on one database. `recoveries` are in seconds, `figures` in words."""

    fault: str
    database: str
    seed: int
    cycles: int
    verdict: Verdict
    recoveries: Sequence[float] = field(default=())
    figures: Sequence[str] = field(default=())

    def __str__(self) -> str:
        verdict = self.verdict
        counts = ", ".join(f"{kind} {len(verdict.of(kind))}" for kind in ("lost", "duplicated", "unexpected"))
        posts = f"{verdict.attempted} posted, {verdict.acknowledged} acknowledged"
        told = [f"{self.fault} on {self.database}: {self.cycles} cycles, seed {self.seed}: {posts}", counts]
        if self.recoveries:
            half, most = percentile(self.recoveries, 50), percentile(self.recoveries, 99)
            told.append(f"recovery p50 {half:.2f} s, p99 {most:.2f} s of {len(self.recoveries)}")
        found = [f"  {one.kind}: {one.about}: {one.words}" for one in verdict.findings[:20]]
        return "\n".join(["; ".join([*told, *self.figures]), *found])


def heading() -> str:
    """Commit and machine."""
    return f"commit {commit()}, {machine()}"


def recoveries(lines: Iterable[Line]) -> list[float]:
    """From each fault to the first acknowledgement after it, in seconds; of faults in a row from the last."""
    found: list[float] = []
    since: float | None = None
    for line in lines:
        if line.said == "fault":
            since = line.at
        elif line.said == "ok" and since is not None:
            found.append(line.at - since)
            since = None
    return found


def percentile(figures: Sequence[float], percent: int) -> float:
    """The smallest of them that so many percent do not exceed."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * percent // 100) - 1))]
