"""Bad bytes on the sockets of a Loods that runs: no 5xx, and no connection outlives the deadline."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from tests.faults.posting import post_once
from tests.faults.rig.campaign import SEED, Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.posts import paid
from tests.faults.rig.program import Loods, Zygote
from tests.faults.traffic.wire import HALF, drawn, talk

TALKS = 1_000
DEADLINE = 30.0
"""Seconds that a request has to arrive."""

ENDED = 120.0
"""Seconds in which everything has ended whose deadline is over, on a machine that does other things too."""


@pytest.fixture
def run(on_sqlite: Loods, platforms: Platforms, zygote: Zygote) -> Iterator[Campaign]:
    """A campaign with a process that runs."""
    begun = campaign(on_sqlite, platforms)
    process = on_sqlite.starts(starter=zygote)
    yield begun
    process.kill()
    process.wait()
    begun.history.close()


@pytest.mark.slow
def test_bad_bytes_make_no_5xx_and_are_done_with_before_the_deadline(run: Campaign) -> None:
    talks = [drawn(Random(f"{SEED}:{number}")) for number in range(TALKS)]

    with ThreadPoolExecutor(8) as clients:
        came = list(clients.map(lambda said: talk(run.loods.port, said), talks))

    assert [one for one in came if any(status >= 500 for status in one.statuses)] == []
    assert [one for one in came if one.seconds > DEADLINE] == []
    assert {401, 400} <= {status for one in came for status in one.statuses}
    assert post_once(run, paid(1)).status == 200


@pytest.mark.slow
def test_what_never_gets_complete_is_ended_by_our_own_deadline(run: Campaign) -> None:
    with ThreadPoolExecutor(len(HALF)) as clients:
        came = list(clients.map(lambda said: talk(run.loods.port, said), HALF))

    assert [one for one in came if one.seconds > ENDED] == []
    assert [one for one in came if any(status >= 500 for status in one.statuses)] == []
    assert post_once(run, paid(1)).status == 200
