"""The same posts many times, from many senders at once and in any order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.faults.posting import Heard, post_once
from tests.faults.rig.campaign import Campaign
from tests.faults.rig.checker import Finding
from tests.faults.rig.posts import posting

MOST: Final = 50
"""How often a post is repeated at most."""

SENDERS: Final = 16


def repeated(run: Campaign, count: int) -> dict[str, list[Heard]]:
    """So many posts, each one to fifty times, all shuffled; what their senders heard, by post."""
    nth = posting(run.platforms.contact)
    posts = [nth(number) for number in range(1, count + 1)]
    times = [one for one in posts for _ in range(run.nemesis.one_of(range(1, MOST + 1)))]
    shuffled = run.nemesis.some(times, len(times))
    heard: dict[str, list[Heard]] = defaultdict(list)
    with ThreadPoolExecutor(SENDERS) as senders:
        answers = senders.map(lambda post: post_once(run, post), shuffled)
        for post, answer in zip(shuffled, answers, strict=True):
            heard[post.name].append(answer)
    return heard


def misheard(heard: Mapping[str, Sequence[Heard]]) -> Iterator[Finding]:
    """Posts that were not accepted once and told as repeats of that ever after."""
    for post, answers in heard.items():
        said = Counter(one.said for one in answers)
        if said["accepted"] != 1 or said["accepted"] + said["duplicate"] != len(answers):
            yield Finding("unexpected", post, f"heard {dict(said)}")
        if len({one.id for one in answers}) != 1:
            yield Finding("duplicated", post, "told by different ids")
