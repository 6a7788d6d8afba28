"""Tags as static lists: a contact has those on whose lists it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Addressee, Done, Outcome
from connector.platforms.hubspot.arguments import Tag
from connector.platforms.hubspot.contacts import nobody
from connector.platforms.hubspot.finding import Finding
from connector.platforms.hubspot.lists import Lists
from connector.platforms.hubspot.together import each, spread, stop_of, turns, worst
from connector.platforms.hubspot.wishes import Wish

OVERTAKEN: Final = "done, and undone by a later one of the same call"
"""The note on what HubSpot has answered to be done, and no read can show any more."""


@dataclass(frozen=True, slots=True)
class _Move:
    """Somebody, and the numbers of the lists that they come on and leave."""

    addressee: Addressee
    on: Sequence[str]
    off: Sequence[str]


class ListTags:
    """Adding and removing tags, each a static list of its name, which HubSpot must have."""

    def __init__(self, lists: Lists, finding: Finding) -> None:
        self._lists, self._finding = lists, finding

    def change(self, wishes: Sequence[Wish[Tag]]) -> list[Outcome]:
        """Put contacts on lists and take them off; all of one list in one request."""
        return spread(each(wishes, self._move), self._changed)

    def _move(self, wish: Wish[Tag]) -> _Move:
        if not wish.addressee.email and not wish.addressee.platform_id:
            raise nobody()
        on = [self._list(tag) for tag in wish.arguments.add]
        off = [found for tag in wish.arguments.remove if (found := self._lists.named_if_there(tag))]
        return _Move(wish.addressee, on, off)

    def _changed(self, moves: Sequence[_Move]) -> list[Outcome]:
        """Two of whom HubSpot has as one contact are moved one after the other: the later one counts."""
        ids = self._ids(moves)
        outcomes: dict[int, Outcome] = {}
        for turn in turns(id_ if isinstance(id_, str) else None for id_ in ids):
            stop = next((stop for one in outcomes.values() if (stop := stop_of(one))), None)
            told = [stop] * len(turn) if stop else self._moved([(ids[place], moves[place]) for place in turn])
            outcomes |= zip(turn, told, strict=True)
        return _overtaken(ids, moves, [outcomes[place] for place in range(len(moves))])

    def _moved(self, people: Sequence[tuple[str | DispatchError | None, _Move]]) -> Sequence[Outcome]:
        known = [(id_, one) for id_, one in people if isinstance(id_, str)]
        on = [(id_, list_id) for id_, one in known for list_id in one.on]
        off = [(id_, list_id) for id_, one in known for list_id in one.off]
        told = dict(zip(on, self._lists.put_on(on), strict=True))
        told |= dict(zip(off, self._lists.take_off(off), strict=True))
        return [
            (worst(told[id_, list_id] for list_id in (*one.on, *one.off)) or Done(platform_id=id_))
            if isinstance(id_, str)
            else id_ or Done()
            for id_, one in people
        ]

    def _ids(self, moves: Sequence[_Move]) -> list[str | DispatchError | None]:
        """Who only leaves lists is not made: whom HubSpot does not know is on none."""
        coming = iter(self._finding.ids([one.addressee for one in moves if one.on]))
        leaving = iter(self._finding.known_ids([one.addressee for one in moves if not one.on]))
        return [next(coming) if one.on else next(leaving) for one in moves]

    def _list(self, tag: str) -> str:
        if found := self._lists.named_if_there(tag):
            return found
        raise Rejected(f"HubSpot has no static list {tag}, which keeps this tag; `loods connect` makes it")


def _overtaken(
    ids: Sequence[str | DispatchError | None], moves: Sequence[_Move], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    """The outcomes; what a later one of the same contact has turned back says so, and is not read back."""
    came, stands = list(outcomes), dict[tuple[object, str], bool]()
    for place in reversed(range(len(moves))):
        done, wanted = outcomes[place], _wanted(ids[place], moves[place])
        if isinstance(done, Done):
            stands = wanted | stands
            is_turned_back = any(stands[one] is not is_on for one, is_on in wanted.items())
            came[place] = replace(done, is_read=True, note=OVERTAKEN) if is_turned_back else done
    return came


def _wanted(id_: object, move: _Move) -> dict[tuple[object, str], bool]:
    return {(id_, one): True for one in move.on} | {(id_, one): False for one in move.off}
