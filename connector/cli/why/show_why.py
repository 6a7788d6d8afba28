"""How the answer of `loods why` looks on a terminal, and as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from connector.cli.terminal.show import say, write_json
from connector.mapping.local_time import tell_local
from connector.model.showing import shown
from connector.runtime.why import Occasion, Why
from connector.store.outbox import ActionStatus, Queued


def why(answer: Why, *, as_json: bool) -> None:
    """Every occasion with its reason, or what the trigger waits for where there was none."""
    if as_json:
        write_json(_plain(answer))
        return
    trigger, contact = answer.question.trigger, answer.contact
    say(f"{trigger.name}  {trigger.place}  {trigger.about}".rstrip())
    say(f"for {contact.email or contact.id}")
    for occasion in answer.occasions:
        click.echo()
        _occasion(answer, occasion)
    if answer.has_more:
        click.echo()
        before = _told(answer, answer.occasions[-1].recorded.event.occurred_at)
        say(f"and more before {before}; --limit shows them")
    if not answer.occasions:
        _waiting(answer)


def _waiting(answer: Why) -> None:
    say("  nothing that it listens to has happened to this contact; it waits for:")
    for wanted in answer.waits_for:
        say(f"  - {wanted}")
    if answer.unread:
        counts = ", ".join(f"{count} {status}" for status, count in answer.unread.items())
        say(f"  among the deliveries that were not decided may be one ({counts}): see `loods deliveries`")


def _occasion(answer: Why, occasion: Occasion) -> None:
    recorded, reason = occasion.recorded, occasion.reason
    say(f"{_told(answer, recorded.event.occurred_at)}  {recorded.event.name}  ({recorded.event.connection})")
    say(f"  {reason.said}" + (f"  [{shown(reason.seen)}]" if shown(reason.seen) else ""))
    for sentence in reason.change:
        say(f"  - {sentence}")
    for queued in occasion.actions:
        action = queued.action
        say(f"  → {action.connection}.{action.name} {shown(action.arguments)}")
        say(f"    {_became(answer, queued)}{_paused(answer, queued)}")
    if recorded.version != answer.question.mapping.version:
        say(
            f"  decided by mapping {recorded.version[:12]}; the live one is "
            f"{answer.question.mapping.version[:12]}, and the rule may have changed since"
        )


def _told(answer: Why, moment: datetime) -> str:
    """The moment by the clocks of the mapping's zone."""
    return tell_local(moment, answer.question.mapping.defaults.time_zone)


def _became(answer: Why, queued: Queued) -> str:
    """What became of an action at its platform."""
    words = f": {queued.words}" if queued.words else ""
    settled = f" on {_told(answer, queued.settled_at)}" if queued.settled_at else ""
    match queued.status:
        case ActionStatus.DONE:
            return f"done{settled}" + (f", there it is {queued.reference}" if queued.reference else "")
        case ActionStatus.DEAD:
            return f"given up{settled}{words}"
        case ActionStatus.SENDING:
            return "being sent now"
        case ActionStatus.UNKNOWN:
            again = _told(answer, queued.next_attempt_at)
            return f"nobody knows whether it happened; looked up on {again}{words}"
        case ActionStatus.WAITING:
            plural = "s" if queued.failures > 1 else ""
            tried = f" after {queued.failures} failed attempt{plural}" if queued.failures else ""
            is_due = queued.next_attempt_at <= answer.question.now
            turn = "its turn" if is_due else f"its next attempt on {_told(answer, queued.next_attempt_at)}"
            return f"waits for {turn}{tried}{words}"


def _paused(answer: Why, queued: Queued) -> str:
    paused = answer.paused.get(queued.action.connection)
    if paused is None or queued.settled_at is not None:
        return ""
    since, words = paused
    return f"; {queued.action.connection} is paused since {_told(answer, since)}: {words}"


def _plain(answer: Why) -> dict[str, Any]:
    return {
        "trigger": answer.question.trigger.name,
        "contact": {"id": answer.contact.id, "email": answer.contact.email},
        "version": answer.question.mapping.version,
        "occasions": [_plain_occasion(one) for one in answer.occasions],
        "has_more": answer.has_more,
        "waits_for": answer.waits_for,
        "unread": answer.unread,
        "paused": {name: {"since": since, "words": words} for name, (since, words) in answer.paused.items()},
    }


def _plain_occasion(occasion: Occasion) -> dict[str, Any]:
    recorded, reason = occasion.recorded, occasion.reason
    return {
        "event": recorded.event.name,
        "connection": recorded.event.connection,
        "occurred_at": recorded.event.occurred_at,
        "decided_at": recorded.decided_at,
        "version": recorded.version,
        "delivery": recorded.delivery_id,
        "answer": reason.answer,
        "said": reason.said,
        "change": reason.change,
        "seen": reason.seen,
        "actions": occasion.actions,
    }
