"""HubSpot: our actions as calls of its official SDK, with proof of every success."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, TypeVar

from connector.errors import DispatchError, Rejected
from connector.model.action import ActionSpec
from connector.model.changes import Change
from connector.platforms.arguments import checked
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.hubspot.answers import proven, text
from connector.platforms.hubspot.arguments import SPECS
from connector.platforms.hubspot.batching import MOST
from connector.platforms.hubspot.changes import changes_of
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.putting_back import SPEC as PUTTING_BACK
from connector.platforms.hubspot.reading import Answered
from connector.platforms.hubspot.tags import PROPERTY
from connector.platforms.hubspot.together import each, spread
from connector.platforms.hubspot.versions import USUAL
from connector.platforms.hubspot.ways import Ways
from connector.platforms.hubspot.wishes import Wish
from connector.platforms.proof import preparing, unproven
from connector.platforms.time_left import with_one_tried
from connector.platforms.transport import Gate, ungated

ALL: Final = (*SPECS, PUTTING_BACK)
"""What rules ask for, and what undoing them does."""

T = TypeVar("T")


class HubSpot:
    """One HubSpot account. A whole dispatch or look-up, of however many requests, ends within `deadline`.

    `token` is that of a private app or a service key. `owner` is the e-mail address of the colleague who gets
    the tasks that name nobody. `tag_property` is the multi-checkbox property that `tag` writes; empty where
    each tag is a static list of its name. `api` is the version of HubSpot's API whose paths are called.
    """

    specs: ClassVar[Sequence[ActionSpec]] = ALL

    def __init__(
        self,
        token: str,
        *,
        base_url: str = "https://api.hubapi.com",
        owner: str | None = None,
        tag_property: str = PROPERTY,
        deadline: float = 15.0,
        api: str = USUAL,
    ) -> None:
        self.deadline = deadline
        self._made_with: dict[str, Any] = {
            "token": token,
            "base_url": base_url,
            "owner": owner,
            "tag_property": tag_property,
            "deadline": deadline,
            "api": api,
        }
        self._client = HubSpotClient(token, base_url=base_url, deadline=deadline, api=api)
        self._tag_property = tag_property
        self._ways = Ways(self._client, owner, tag_property).by_name()
        self._gates: tuple[Gate, Gate] = (ungated, ungated)

    def go_through(self, gate: Gate, reading: Gate | None = None) -> None:
        """From now on every request waits there for its turn, within its deadline; at `reading` what reads
        back.
        """
        self._client.go_through(gate)
        self._gates = (gate, reading or gate)

    def another(self) -> HubSpot:
        """One more of the same account, through the same gates."""
        made = HubSpot(**self._made_with)
        made.go_through(*self._gates)
        return made

    def watch(self, turn: Callable[[bool], None]) -> None:
        """Tell when a request begins to wait for its turn (yes), and when it goes (no)."""
        self._client.watch(turn)

    def account(self) -> str:
        """`hubspot:` and the number of the portal. Raises a DispatchError."""
        with self._client.one_deadline(), preparing():
            answer = self._client.call("GET", "/account-info/v3/details")
            if portal := text(proven(answer, 200).get("portalId")):
                return f"hubspot:{portal}"
            raise unproven(answer, "no portal")

    def batch_size(self, name: str) -> int:
        """A hundred, as HubSpot takes them; 1 where it has no request for several."""
        return MOST if name in self._ways and self._ways[name].is_together else 1

    def changes(self, call: Call) -> Sequence[Change]:
        """The properties that it sets, and that a contact or a deal is new."""
        try:
            return changes_of(call, checked(ALL, call.action), self._tag_property)
        except Rejected:
            return ()  # it will never be sent

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Do them: one outcome each, in order; those for whom there is no time left are `UNTRIED`."""
        with self._client.one_deadline():
            outcomes = spread(each(calls, _wish), lambda wishes: self._ways[name].work(wishes))  # noqa: PLW0108 - there may be no such action
        return with_one_tried(outcomes)

    def look_up(self, call: Call) -> Done | None:
        """The record or the enrolment that the action made, or None where it made none."""
        try:
            wanted = checked(ALL, call.action)
        except Rejected:
            return None  # it was never sent
        with self._client.one_deadline():
            return _given(self._ways[call.action.name].look)(call, wanted)

    def looks_at_once(self, name: str) -> int:
        """As many as one dispatch takes; 1 where each is asked for by itself."""
        way = self._ways.get(name)
        is_single = way is not None and way.look is not None and way.look_at_many is None
        return 1 if is_single else self.batch_size(name)

    def look_up_many(self, calls: Sequence[Call]) -> Sequence[Done | DispatchError | None]:
        """The same of many of one name, in few requests where they are more than one."""
        way = self._ways.get(calls[0].action.name)
        look = way.look_at_many if way else None
        if look is None or len(calls) == 1:
            return each(calls, self.look_up)
        wishes = [None if isinstance(one, Rejected) else one for one in each(calls, _wish)]
        asked = [one for one in wishes if isinstance(one, Wish)]
        with self._client.one_deadline():
            found = iter(look(asked) if asked else ())
        return [next(found) if isinstance(one, Wish) else one for one in wishes]

    def read_back(self, name: str, calls: Sequence[Call], done: Sequence[Done]) -> Sequence[Outcome]:
        """What HubSpot shows of them, in few requests."""
        answered = [Answered(_wish(call), one) for call, one in zip(calls, done, strict=True)]
        with self._client.one_deadline(), self._client.through(self._gates[1]):
            return _given(self._ways[name].read)(answered)

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()


def _wish(call: Call) -> Wish[Any]:
    return Wish(call, checked(ALL, call.action))


def _given(way: T | None) -> T:
    """Raises LookupError where nobody is to ask for this of such an action."""
    if way is None:
        raise LookupError("this action is neither looked up nor read back")
    return way
