"""The same post up to fifty times, from many senders at once and in any order: it happens once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.posting import Heard, post_once
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.posts import posting
from tests.faults.rig.program import Loods, Zygote
from tests.faults.rig.report import Report

POSTS = 60
MOST = 50
SENDERS = 16


@pytest.fixture
def run(installed: Loods, platforms: Platforms) -> Iterator[Campaign]:
    """A campaign on each database."""
    begun = campaign(installed, platforms)
    yield begun
    begun.history.close()


def repeated(run: Campaign) -> dict[str, list[Heard]]:
    """Every post one to fifty times, all shuffled; what their senders heard, by post."""
    nth = posting(run.platforms.contact)
    posts = [nth(number) for number in range(1, POSTS + 1)]
    times = [one for one in posts for _ in range(run.nemesis.one_of(range(1, MOST + 1)))]
    shuffled = run.nemesis.some(times, len(times))
    heard: dict[str, list[Heard]] = defaultdict(list)
    with ThreadPoolExecutor(SENDERS) as senders:
        answers = senders.map(lambda post: post_once(run, post), shuffled)
        for post, answer in zip(shuffled, answers, strict=True):
            heard[post.name].append(answer)
    return heard


@pytest.mark.slow
def test_whatever_is_posted_many_times_at_once_happens_once(run: Campaign, zygote: Zygote) -> None:
    process = run.loods.starts(starter=zygote)

    heard = repeated(run)
    verdict = run.verdict()
    process.kill()
    process.wait()

    said = [Counter(one.said for one in answers) for answers in heard.values()]
    assert len(heard) == POSTS
    assert all(counts["accepted"] == 1 and counts.keys() <= {"accepted", "duplicate"} for counts in said)
    assert all(len({one.id for one in answers}) == 1 for answers in heard.values())
    assert verdict.findings == (), Report("duplicates", run.loods.database, run.nemesis.seed, 1, verdict)
