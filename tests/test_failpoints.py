"""Places at which a fault may be asked for: each is there once, and costs nearly nothing."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

import pytest

from connector import failpoints
from connector.errors import SettingsError
from connector.failpoints import NAMES, Failpoint, FailpointReached, arm, parse, reach
from connector.settings import read_settings

ROOT = Path(failpoints.__file__).parents[1]
TraceFunction: TypeAlias = Callable[[FrameType, str, Any], Any]
PLACE = re.compile(r"reach\(\"([a-z-]+)\"\)")
KILLED = """
from connector.failpoints import arm, parse, reach
arm(parse("sweep-page:kill@2"))
reach("sweep-page")
print("once", flush=True)
reach("sweep-page")
"""


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    arm(None)


def test_every_place_is_in_one_line_of_the_program() -> None:
    files = [file for room in ("connector", "webhooks") for file in (ROOT / room).rglob("*.py")]

    reached = Counter(name for file in files for name in PLACE.findall(file.read_text("utf-8")))

    assert reached == Counter(NAMES)


def test_nothing_happens_where_nothing_is_armed() -> None:
    reach("sweep-page")


def test_it_happens_once_at_the_time_that_was_asked_for() -> None:
    arm(parse("sweep-page:raise@2"))

    reach("sweep-page")
    reach("mapping-swapped")
    with pytest.raises(FailpointReached, match="sweep-page"):
        reach("sweep-page")
    reach("sweep-page")


def test_a_place_can_be_a_wait() -> None:
    arm(parse("sweep-page:sleep=0.05"))

    started = time.monotonic()
    reach("sweep-page")

    assert time.monotonic() - started >= 0.05


def test_a_kill_is_a_kill() -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, cwd=ROOT, check=False)

    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout == b"once\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sweep-page:kill", Failpoint("sweep-page", "kill")),
        ("sweep-page:raise@7", Failpoint("sweep-page", "raise", at=7)),
        ("sweep-page:sleep=0.5@2", Failpoint("sweep-page", "sleep", 0.5, 2)),
    ],
)
def test_a_fault_is_asked_for_in_words(text: str, expected: Failpoint) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize("text", ["", "sweep-page", "nowhere:kill", "sweep-page:die", "sweep-page:kill@0"])
def test_what_is_no_fault_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"name:kill|no place"):
        parse(text)


def test_the_environment_asks_for_a_fault_and_a_slip_in_it_stops_the_start() -> None:
    assert read_settings({"LOODS_FAILPOINT": "sweep-page:kill"}).failpoint == Failpoint("sweep-page", "kill")
    assert read_settings({}).failpoint is None
    with pytest.raises(SettingsError, match="LOODS_FAILPOINT: there is no place 'nowhere'"):
        read_settings({"LOODS_FAILPOINT": "nowhere:kill"})


def test_a_place_costs_a_handful_of_instructions_where_nothing_is_armed() -> None:
    instructions = list[int]()

    def counts(frame: FrameType, event: str, _: object) -> TraceFunction:
        frame.f_trace_opcodes = True
        if event == "opcode":
            instructions.append(frame.f_lasti)
        return counts

    before = sys.gettrace()
    sys.settrace(counts)
    reach("sweep-page")
    sys.settrace(before)

    assert 0 < len(instructions) <= 10
