"""A platform of several instances, whose calls go and end when a test lets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from connector.model.action import Action, Cause, Kind
from connector.model.contact import Contact
from connector.model.event import Identity
from connector.model.values import Value
from connector.platforms.base import Call, Done, Outcome
from connector.runtime.dispatcher import Dispatcher
from connector.store import contacts, outbox
from connector.store.database import Store, Transaction
from connector.store.outbox import ActionStatus
from tests.runtime.shop import Shop
from tests.runtime.test_poison import Knowing


class Fleet(Knowing):
    """`asked` has about whom calls were made, in their order, and `answers` what they come to."""

    def __init__(self) -> None:
        super().__init__("")
        self.asked: list[str] = []
        self.answers: dict[str, Outcome] = {}
        self.turns: list[Callable[[bool], None]] = []

    def another(self) -> Fleet:
        made = Fleet()
        made.asked, made.answers, made.turns = self.asked, self.answers, self.turns
        return made

    def watch(self, turn: Callable[[bool], None]) -> None:
        self.turns.append(turn)

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        self.asked += [str(one.addressee.email) for one in calls]
        return [self.answers.get(str(one.addressee.email), Done()) for one in calls]


class ByHand:
    """What is under way ends when a test says so. Calls have their turn at once, or when a test says so."""

    def __init__(self, fleet: Fleet, *, waits: bool = False) -> None:
        self._fleet = fleet
        self.waits = waits
        self.under_way: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.under_way.append(work)
        if not self.waits:
            self.has_turn()

    def has_turn(self) -> None:
        """Nobody waits any more."""
        for turn in self._fleet.turns:
            turn(False)

    def ends(self, *places: int) -> None:
        """The calls in these places end, in this order."""
        ending = [self.under_way[place] for place in places]
        self.under_way = [one for one in self.under_way if one not in ending]
        for one in ending:
            one()

    def close(self) -> None:
        """Nothing is held."""


class Flown:
    """A dispatcher for HubSpot whose calls are in a test's hand."""

    def __init__(self, shop: Shop, store: Store | None = None, *, waits: bool = False) -> None:
        self.fleet = Fleet()
        self.hand = ByHand(self.fleet, waits=waits)
        self.dispatcher = Dispatcher(
            "hubspot", self.fleet, store or shop.system.store, shop.system.live, shop.clock
        )
        self.dispatcher.spread(self.hand)
        self._shop = shop

    def steps(self) -> int:
        """As its thread does: until there is nothing to do; how many actions were taken in hand."""
        taken = 0
        while some := self.dispatcher.step():
            taken += some
        return taken

    def statuses(self) -> list[ActionStatus]:
        """Of all actions, in the order of their decision."""
        return [one.status for one in self._shop.actions()]


def wants(shop: Shop, who: str, name: str = "create_task", times: int = 1, **arguments: Value) -> None:
    """So many actions about somebody, due at once."""
    told: Mapping[str, Value] = arguments or {"title": "Call"}
    made = [_action(shop, f"{who}-{name}-{number}", who, name, told) for number in range(times)]

    def write(tx: Transaction) -> None:
        if not contacts.load(tx, [who]):
            contacts.save(tx, [Contact(who, shop.clock())])
            contacts.claim(tx, [(Identity("email", "", f"{who}@example.com"), who)])
        outbox.add(tx, made, shop.clock())

    shop.system.store.write(write)


def _action(shop: Shop, key: str, who: str, name: str, arguments: Mapping[str, Value]) -> Action:
    cause = Cause("trigger:thank", 1, "order.paid", "e1")
    return Action(
        key=key,
        connection="hubspot",
        name=name,
        contact_id=who,
        arguments=arguments,
        kind=Kind.INTERNAL,
        cause=cause,
        decided_at=shop.clock(),
    )
