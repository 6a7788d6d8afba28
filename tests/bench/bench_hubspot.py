"""What a thousand actions at HubSpot cost: calls, and processor time of the adapter, together and one by one.

The contacts are known to HubSpot, not by their ids to us, so that each batch has to find them first where it
needs an id. The processor time is that of the thread that calls, with the SDK and the transport below it; the
sandbox has threads of its own.

    python -m tests.bench.bench_hubspot --count 1000 --only tag
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from connector.model.action import Action, Cause, Kind
from connector.model.values import Value
from connector.platforms.base import Addressee, Call, Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox, start
from tests.bench.heading import heading

NOON: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
DEADLINE: Final = 60.0
GOAL: Final = 0.1
"""Milliseconds of the processor that a contact in a batch may take."""
RUNS: Final = 3

ACTIONS: Final[dict[str, dict[str, Value]]] = {
    "update_contact": {"fields": {"firstname": "Eva", "city": "Gent", "lifecyclestage": "lead"}},
    "tag": {"add": ["vip"]},
    "create_task": {"title": "Call", "due": NOON},
    "add_note": {"text": "Asked for a catalogue"},
    "add_to_list": {"list": "123"},
    "set_owner": {"owner": "sales@example.com"},
    "send_event": {"name": "pe1_quiz_taken", "properties": {"score": 7}},
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Of all actions of a run: calls that write, calls that read, milliseconds of the processor each."""

    writes: int
    reads: int
    milliseconds: float


def main() -> None:
    """Measure and print."""
    asked = _asked()
    heading("HubSpot, a hundred actions to a call and one by one")
    with start() as sandbox:
        for name in asked.only or ACTIONS:
            together = min(
                (_cost(sandbox, name, asked.count, 100) for _ in range(RUNS)),
                key=lambda one: one.milliseconds,
            )
            _tell(name, asked.count, together, _cost(sandbox, name, asked.count, 1))


def _tell(name: str, count: int, together: Cost, alone: Cost) -> None:
    calls, others = together.writes + together.reads, alone.writes + alone.reads
    taken, times = together.milliseconds, alone.milliseconds / together.milliseconds
    sys.stdout.write(
        f"{name}, {count:,} contacts: {together.writes} writes and {together.reads} reads, one by one "
        f"{others:,} calls ({others / calls:.0f} times as many); {taken:.3f} ms of the processor each, "
        f"{taken / GOAL:.2f} of the {GOAL} ms it may take; one by one {alone.milliseconds:.2f} ms "
        f"({times:.0f} times)\n"
    )
    sys.stdout.flush()


def _cost(sandbox: Sandbox, name: str, count: int, size: int) -> Cost:
    """A fresh portal with all the people; the adapter is warm, and has asked for owners and lists."""
    sandbox.reset()
    hubspot = HubSpot("pat-bench", base_url=sandbox.hubspot_url, deadline=DEADLINE)
    _sent(
        hubspot, [_call("update_contact", number, {"fields": {"lastname": "J"}}) for number in range(count)]
    )
    _sent(hubspot, [_call(name, count, ACTIONS[name])])
    before = len(sandbox.state()["calls"])
    calls = [_call(name, number, ACTIONS[name]) for number in range(count)]
    started = time.thread_time()
    _sent(hubspot, calls, size)
    taken = time.thread_time() - started
    hubspot.close()
    made = sandbox.state()["calls"][before:]
    reads = [one for one in made if one["method"] == "GET" or one["path"].endswith("/batch/read")]
    return Cost(len(made) - len(reads), len(reads), taken * 1000 / count)


def _sent(hubspot: HubSpot, calls: Sequence[Call], size: int = 100) -> None:
    for first in range(0, len(calls), size):
        some = calls[first : first + size]
        outcomes = hubspot.dispatch(some[0].action.name, some)
        if failed := [one for one in outcomes if not isinstance(one, Done)]:
            raise SystemExit(f"{some[0].action.name}: {failed[0]!r}")


def _call(name: str, number: int, arguments: dict[str, Value]) -> Call:
    cause = Cause("trigger:bench", 0, "order.paid", f"e{number}")
    action = Action(f"{name}:{number}", "hubspot", name, f"c{number}", arguments, Kind.INTERNAL, cause, NOON)
    return Call(action, Addressee(f"c{number}", f"p{number}@example.com", None, has_consent=True))


def _asked() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="contacts")
    parser.add_argument("--only", action="append", choices=tuple(ACTIONS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
