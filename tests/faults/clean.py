"""The evidence of a run in which all went well, made by hand, for the checker's own tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

from tests.faults.rig.evidence import Action, Attempt, Delivery, Effect, Event, Evidence, Waited
from tests.faults.rig.history import Line
from tests.faults.rig.posts import CUSTOMERS, Act, Post, leads, paid, reader

AT: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
LATER: Final = Act("create_task", "Later waits@example.com")
POSTS: Final = (paid(1), reader(2), paid(1 + CUSTOMERS), leads(5, 51))
"""Two orders of one customer, a reader, and a batch; somebody waits besides."""


def clean() -> Evidence:
    """Everything happened once, in order."""
    waits = Post("website:9", "json", b"{}", ("file.downloaded",), ())
    posts = (waits, *POSTS)
    events = tuple(_events(posts))
    actions = tuple(_actions(posts))
    return Evidence(
        history=tuple(line for post in posts for line in (Line("invoke", post.name), Line("ok", post.name))),
        posts={post.name: post for post in posts},
        deliveries=tuple(Delivery(f"d-{post.name}", post.name, post.body, "done") for post in posts),
        events=events,
        counters=Counter(one.name for one in events),
        actions=actions,
        attempts=tuple(Attempt(one.id, _at(one), _at(one) + SECOND / 2, "done") for one in actions),
        effects=tuple(Effect(one.act, one.connection, _at(one)) for one in actions),
        waited=(Waited(LATER, AT),),
    )


def contact_of(post: Post) -> str:
    """Whom a post is about."""
    number = int(post.name.partition(":")[2])
    return f"customer{number % CUSTOMERS}" if post.connection == "webshop" else post.name


def _at(action: Action) -> datetime:
    return AT + action.id * SECOND


def _events(posts: tuple[Post, ...]) -> Iterator[Event]:
    ids = count(1)
    for post in posts:
        for place, name in enumerate(post.events):
            key = f"{name}|{post.name}|{place}"
            yield Event(next(ids), post.connection, key, name, contact_of(post), f"d-{post.name}")


def _actions(posts: tuple[Post, ...]) -> Iterator[Action]:
    ids = count(1)
    for post in posts:
        for act in (*post.acts, *((LATER,) if not post.acts else ())):
            platform = "hubspot" if act.name == "create_task" else "mailchimp"
            cause = f"{post.events[-1]}|{post.name}|{len(post.events) - 1}"
            yield Action(next(ids), act, platform, contact_of(post), cause, "done", AT + SECOND)
