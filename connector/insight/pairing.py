"""Which action of a draft is the same as one that was made."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from connector.model.action import Action


@dataclass(frozen=True, slots=True)
class Paired:
    """An action: the draft's, where the draft makes it; else the one that was made."""

    action: Action
    by_draft: bool
    by_live: bool


def pairs(draft: Iterable[Action], live: Iterable[Action]) -> list[Paired]:
    """Every action of one contact, once, and who makes it.

    Two are the same when they do the same for the same cause. A step that stands at another place in the
    draft has another key: it is found by its rule and the event. What the arguments say is not compared;
    moments among them differ by the time that a webhook took to arrive.
    """
    found: list[Paired] = []
    would, did = list(draft), list(live)
    for name_of in (_by_key, _by_event):
        named = defaultdict[Hashable, deque[Action]](deque)
        for one in did:
            named[name_of(one)].append(one)
        alone = []
        for one in would:
            if same := named.get(name_of(one)):
                same.popleft()
                found.append(Paired(one, by_draft=True, by_live=True))
            else:
                alone.append(one)
        would, did = alone, [one for those in named.values() for one in those]
    found += [Paired(one, by_draft=True, by_live=False) for one in would]
    return found + [Paired(one, by_draft=False, by_live=True) for one in did]


def _by_key(action: Action) -> Hashable:
    return action.key, action.connection, action.name


def _by_event(action: Action) -> Hashable:
    cause = action.cause
    return cause.rule, cause.event, cause.event_key, action.connection, action.name
