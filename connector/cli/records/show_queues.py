"""How the terminal shows what waits: deliveries, actions, what is stopped, and rules that failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from datetime import datetime

from connector.cli.terminal.show import say, several
from connector.model.showing import local, shown
from connector.store.failings import Failing
from connector.store.inbox import InboxRow
from connector.store.outbox import ActionStatus, Queued
from connector.store.stops import Stop


def deliveries(rows: Sequence[InboxRow], counts: Table[str, int]) -> None:
    """One line a delivery, and how many there are of each status."""
    for row in rows:
        why = f"  {row.path + ': ' if row.path else ''}{row.reason}" if row.reason else ""
        repeats = f"  repeated {several(row.repeats, 'time')}" if row.repeats else ""
        one = row.delivery
        what = f"{row.status.value:8} {one.connection} {one.topic}{repeats}"
        say(f"{one.id}  {local(one.received_at)}  {what}{why}")
    say(_counts(counts) or "no deliveries yet")


def actions(
    rows: Sequence[Queued],
    counts: Table[str, int],
    paused: Table[str, tuple[datetime, str]],
    now: datetime,
) -> None:
    """One line an action, how many there are of each status, and the connections that are paused."""
    for row in rows:
        say(f"{row.id:>6}  {local(row.action.decided_at)}  {asked(row)}")
        say(f"{'':6}  {_whose(row, now)}")
    say(_counts(counts) or "no actions yet")
    for connection, (since, words) in paused.items():
        say(f"{connection} is paused since {local(since)}: {words}")


def stopped(found: Iterable[tuple[Stop, int, int]]) -> None:
    """What is stopped, how many actions that holds, and how many contacts wait in it."""
    for one, actions_held, waiting in found:
        why = f": {one.words}" if one.words else ""
        name = f" --trigger {one.rule.removeprefix('trigger:')}" if one.rule else ""
        say(f"{one.about} is stopped since {local(one.since)} by {one.who}{why}")
        held = held_words(actions_held, waiting)
        say(f"  {held} held; `loods start{name}` lets them go on, or drops them")


def held_words(actions_held: int, waiting: int) -> str:
    """How many actions and contacts a stop holds."""
    also = f" and the runs of {several(waiting, 'contact')}" if waiting else ""
    return f"{several(actions_held, 'action')}{also}"


def failings(found: Iterable[Failing]) -> None:
    """The rules that failed within a day, and how that went the last time."""
    for one in found:
        name = one.rule.replace(":", " ", 1)
        say(f"{name} failed {several(one.times, 'time')} within a day, and did nothing then: {one.words}")
        say(f"  the last time for contact {one.contact_id}; `loods contact show {one.contact_id}` says more")


def asked(row: Queued) -> str:
    """What was asked of a platform, and what became of it."""
    action = row.action
    words = f"  {row.words}" if row.words else ""
    made = f"  [{row.reference}]" if row.reference else ""
    return f"{row.status.value:8} {action.connection}.{action.name} {shown(action.arguments)}{made}{words}"


def _whose(row: Queued, now: datetime) -> str:
    """Whom an action is about and why it exists; of one that waits also when it is next."""
    cause = f"contact {row.action.contact_id}, {row.action.cause.rule} on {row.action.cause.event}"
    if row.status in {ActionStatus.DONE, ActionStatus.DEAD}:
        return cause
    failed = f"failed {several(row.failures, 'time')}, " if row.failures else ""
    if row.status is ActionStatus.WAITING and row.next_attempt_at <= now:
        return f"{cause}; {failed}waits for its turn"
    return f"{cause}; {failed}next at {local(row.next_attempt_at)}"


def _counts(counts: Table[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in counts.items() if count)
