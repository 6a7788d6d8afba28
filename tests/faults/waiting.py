"""People who wait when a fault begins: prepared in this process, due while the faults go on."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from tests.faults.rig.campaign import Campaign
from tests.faults.rig.evidence import Waited
from tests.faults.rig.posts import Act, Post
from tests.runtime.shop import Shop

WAIT: Final = timedelta(minutes=1)
"""How long the mapping lets them wait."""

APART: Final = timedelta(seconds=3)
"""How long after each other they are due: so that whoever dies while looking leaves some to the next."""


def people_wait(run: Campaign, count: int, seconds: float) -> None:
    """So many contacts come to wait, the first due in so many seconds; acknowledged, as by any sender.

    Of more than sixteen the last would wait from a moment that is still to come.
    """
    platforms: Any = run.platforms
    with Shop(run.loods.database, platforms, run.loods.mapping) as shop:
        shop.clock.at += timedelta(seconds=seconds) - WAIT
        for number in range(count):
            due = shop.clock.at + WAIT
            post = _download(f"waits{number}@example.com", shop.clock.at.isoformat())
            run.posts[post.name] = post
            run.history.say("invoke", post.name)
            assert shop.posts("website", post.body) == 202
            run.history.say("ok", post.name, "202")
            run.waited = (*run.waited, Waited(Act("create_task", f"Later waits{number}@example.com"), due))
            shop.clock.at += APART
        shop.turns()


def _download(email: str, at: str) -> Post:
    said = {"event": "file.downloaded", "id": email, "occurred_at": at, "contact": {"email": email}}
    return Post(f"website:{email}", "json", json.dumps(said).encode(), ("file.downloaded",), ())
