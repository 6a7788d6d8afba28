"""Faults as we might have made them, each as what it would leave behind: data, no code of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple

from tests.faults.clean import AT, LATER, POSTS, SECOND
from tests.faults.rig.checker import Kind
from tests.faults.rig.evidence import Action, Attempt, Delivery, Effect, Event, Evidence
from tests.faults.rig.history import Line
from tests.faults.rig.posts import Act

ORDER, READER, SECOND_ORDER, BATCH = POSTS
THANKS, PACKING = ORDER.acts
JOURNEY: Final = READER.acts[1]


class Bug(NamedTuple):
    """What it leaves of clean evidence, and what the checker has to find."""

    leaves: Callable[[Evidence], Evidence]
    kind: Kind
    about: str


def _without_delivery(post: str) -> Callable[[Evidence], Evidence]:
    """Nothing of this post came through."""

    def leaves(one: Evidence) -> Evidence:
        gone = {event.key for event in one.events if event.delivery == f"d-{post}"}
        asked = {action.id for action in one.actions if action.cause in gone}
        acts = {action.act for action in one.actions if action.cause in gone}
        kept = [event for event in one.events if event.key not in gone]
        return replace(
            one,
            deliveries=tuple(row for row in one.deliveries if row.post != post),
            events=tuple(kept),
            counters={name: sum(event.name == name for event in kept) for name in one.counters},
            actions=tuple(row for row in one.actions if row.id not in asked),
            attempts=tuple(row for row in one.attempts if row.action not in asked),
            effects=tuple(row for row in one.effects if row.act not in acts),
        )

    return leaves


def _twice_in_state(one: Evidence) -> Evidence:
    again = replace(_event(one, "order.paid"), id=99)
    return replace(one, events=(*one.events, again), counters=_counted(one, "order.paid", 1))


def _event(one: Evidence, name: str) -> Event:
    return next(event for event in one.events if event.name == name)


def _counted(one: Evidence, name: str, more: int) -> dict[str, int]:
    return {**one.counters, name: one.counters[name] + more}


def _stored_twice(one: Evidence) -> Evidence:
    again = replace(_row(one, ORDER.name), id="d-again", status="ignored")
    return replace(one, deliveries=(*one.deliveries, again))


def _row(one: Evidence, post: str) -> Delivery:
    return next(row for row in one.deliveries if row.post == post)


def _ended(post: str, status: str) -> Callable[[Evidence], Evidence]:
    def leaves(one: Evidence) -> Evidence:
        rows = (replace(row, status=status) if row.post == post else row for row in one.deliveries)
        return replace(one, deliveries=tuple(rows))

    return leaves


def _without_event(name: str, place: int) -> Callable[[Evidence], Evidence]:
    """One event of a delivery that is done was dropped."""

    def leaves(one: Evidence) -> Evidence:
        gone = [event for event in one.events if event.name == name][place]
        kept = tuple(event for event in one.events if event is not gone)
        return replace(one, events=kept, counters=_counted(one, name, -1))

    return leaves


def _without_action(act: Act) -> Callable[[Evidence], Evidence]:
    def leaves(one: Evidence) -> Evidence:
        asked = {action.id for action in one.actions if action.act == act}
        return replace(
            one,
            actions=tuple(row for row in one.actions if row.id not in asked),
            attempts=tuple(row for row in one.attempts if row.action not in asked),
            effects=tuple(row for row in one.effects if row.act != act),
        )

    return leaves


def _without_effect(act: Act) -> Callable[[Evidence], Evidence]:
    return lambda one: replace(one, effects=tuple(row for row in one.effects if row.act != act))


def _happened_again(act: Act) -> Callable[[Evidence], Evidence]:
    def leaves(one: Evidence) -> Evidence:
        (effect,) = (row for row in one.effects if row.act == act)
        at = one.effects.index(effect)
        return replace(one, effects=(*one.effects[:at], effect, *one.effects[at:]))

    return leaves


def _action(one: Evidence, act: Act) -> Action:
    return next(row for row in one.actions if row.act == act)


def _action_of_nothing(one: Evidence) -> Evidence:
    orphan = replace(_action(one, THANKS), id=98, act=Act("create_task", "Thank for 77"), cause="nothing")
    effect = Effect(orphan.act, "hubspot", AT + 98 * SECOND)
    return replace(one, actions=(*one.actions, orphan), effects=(*one.effects, effect))


def _decided_twice(one: Evidence) -> Evidence:
    again = replace(_action(one, THANKS), id=97)
    return replace(one, actions=(*one.actions, again))


def _changed(act: Act, **fields: Any) -> Callable[[Evidence], Evidence]:
    def leaves(one: Evidence) -> Evidence:
        rows = (replace(row, **fields) if row.act == act else row for row in one.actions)
        return replace(one, actions=tuple(rows))

    return leaves


def _overtaken(one: Evidence) -> Evidence:
    thanks, packing = (next(e for e in one.effects if e.act == act) for act in (THANKS, PACKING))
    swapped = {thanks: packing, packing: thanks}
    return replace(one, effects=tuple(swapped.get(effect, effect) for effect in one.effects))


def _tried(act: Act, *outcomes: tuple[str, float, float | None]) -> Callable[[Evidence], Evidence]:
    """Its attempts were these: outcome, and from when to when in seconds."""

    def leaves(one: Evidence) -> Evidence:
        number = _action(one, act).id
        made = [
            Attempt(number, AT + begun * SECOND, None if ended is None else AT + ended * SECOND, outcome)
            for outcome, begun, ended in outcomes
        ]
        return replace(one, attempts=(*(row for row in one.attempts if row.action != number), *made))

    return leaves


def _answered(post: str, status: str) -> Callable[[Evidence], Evidence]:
    return lambda one: replace(one, history=(*one.history, Line("invoke", post), Line("fail", post, status)))


def _mixed(one: Evidence) -> Evidence:
    rows = (replace(row, version="v0") if row.name == "order.paid" else row for row in one.events)
    return replace(one, events=tuple(rows), versions=frozenset({"v0", "v1"}))


def _never_live(one: Evidence) -> Evidence:
    return replace(one, versions=frozenset({"v2"}))


def _other_body(one: Evidence) -> Evidence:
    rows = (replace(row, body=row.body[:10]) if row.post == ORDER.name else row for row in one.deliveries)
    return replace(one, deliveries=tuple(rows))


def _resurrected(one: Evidence) -> Evidence:
    """A row that nobody posted any more is there again."""
    old = replace(_row(one, ORDER.name), id="d-old", post="webshop:0")
    return replace(one, deliveries=(*one.deliveries, old))


def _said(act: Act) -> str:
    return f"{act.name} {act.subject}"


BUGS: Final[dict[str, Bug]] = {
    "acknowledged before the commit": Bug(_without_delivery(ORDER.name), "lost", ORDER.name),
    "two orders of a second taken for one": Bug(
        _without_delivery(SECOND_ORDER.name), "lost", SECOND_ORDER.name
    ),
    "lost when it was queued again": Bug(_ended(READER.name, "waiting"), "unexpected", READER.name),
    "poison dropped in silence": Bug(_ended(ORDER.name, "ignored"), "unexpected", ORDER.name),
    "failed by too many deaths": Bug(_ended(ORDER.name, "failed"), "unexpected", ORDER.name),
    "the fingerprint is not unique": Bug(_stored_twice, "duplicated", ORDER.name),
    "the event key is not unique": Bug(_twice_in_state, "duplicated", "webshop order.paid|webshop:1|1"),
    "counted again after a restart": Bug(
        lambda one: replace(one, counters=_counted(one, "order.paid", 1)), "duplicated", "order.paid"
    ),
    "a lost update of the contact": Bug(
        lambda one: replace(one, counters=_counted(one, "order.paid", -1)), "lost", "order.paid"
    ),
    "half a batch": Bug(_without_event("contact.changed", 1), "lost", BATCH.name),
    "the outbox outside of the transaction": Bug(_without_action(THANKS), "lost", _said(THANKS)),
    "an action whose state was rolled back": Bug(
        _action_of_nothing, "unexpected", "create_task Thank for 77"
    ),
    "decided twice": Bug(_decided_twice, "duplicated", _said(THANKS)),
    "called done before the call": Bug(_without_effect(THANKS), "lost", _said(THANKS)),
    "repeated without a look": Bug(_happened_again(THANKS), "duplicated", _said(THANKS)),
    "repeated, and no unknown recorded": Bug(_happened_again(JOURNEY), "duplicated", _said(JOURNEY)),
    "tried again blindly after unknown": Bug(
        _tried(THANKS, ("unknown", 1, 2), ("done", 3, 4)), "unexpected", _said(THANKS)
    ),
    "settled without the lease": Bug(
        _tried(THANKS, ("done", 1, 5), ("done", 3, 4)), "unexpected", _said(THANKS)
    ),
    "an attempt that nobody ends": Bug(_tried(THANKS, ("", 1, None)), "unexpected", _said(THANKS)),
    "given up": Bug(_changed(THANKS, status="dead"), "unexpected", _said(THANKS)),
    "overtaken in its line": Bug(_overtaken, "unexpected", _said(THANKS)),
    "a timer that is early": Bug(_changed(LATER, decided_at=AT - SECOND), "unexpected", _said(LATER)),
    "a timer that fires twice": Bug(
        lambda one: replace(one, actions=(*one.actions, replace(_action(one, LATER), id=96))),
        "duplicated",
        _said(LATER),
    ),
    "a timer that is lost": Bug(_without_action(LATER), "lost", _said(LATER)),
    "two versions for one delivery": Bug(_mixed, "unexpected", "order.paid|webshop:1|1"),
    "a version that was never live": Bug(_never_live, "unexpected", "order.paid|webshop:1|1"),
    "a body cut short": Bug(_other_body, "unexpected", ORDER.name),
    "an erased row that is there again": Bug(_resurrected, "unexpected", "webshop:0"),
    "a fault of ours shown to a sender": Bug(_answered(ORDER.name, "500"), "unexpected", ORDER.name),
}
