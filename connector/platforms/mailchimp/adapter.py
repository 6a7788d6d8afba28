"""Mailchimp: our actions as calls of its official SDK, with proof of every success."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, TypeAlias

from connector.errors import DispatchError, Rejected
from connector.model.action import ActionSpec
from connector.model.changes import Change
from connector.platforms.arguments import checked
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.mailchimp.answers import proven, stop_of
from connector.platforms.mailchimp.arguments import (
    SPECS,
    AddNote,
    Archive,
    SendEvent,
    StartAutomation,
    StartJourney,
    Tag,
    Unsubscribe,
    UpdateMember,
)
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.buyers import Buyers
from connector.platforms.mailchimp.changes import as_it_went, changes_of
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.departures import Departures
from connector.platforms.mailchimp.events import Events
from connector.platforms.mailchimp.journeys import Journeys
from connector.platforms.mailchimp.known import Known
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.mailchimp.notes import Notes
from connector.platforms.mailchimp.putting_back import SPEC as PUTTING_BACK
from connector.platforms.mailchimp.putting_back import PutBack, PuttingBack
from connector.platforms.mailchimp.reading import Reading
from connector.platforms.mailchimp.shared_tags import SharedTags
from connector.platforms.mailchimp.shop_arguments import RemoveCart, UpdateCart, UpdateOrder
from connector.platforms.mailchimp.store import Store
from connector.platforms.mailchimp.tags import Tags
from connector.platforms.mailchimp.trade import Trade
from connector.platforms.mailchimp.updates import Updates
from connector.platforms.proof import preparing, unproven
from connector.platforms.time_left import with_one_tried
from connector.platforms.transport import Gate, ungated

ALL: Final = (*SPECS, PUTTING_BACK)
"""What rules ask for, and what undoing them does."""

Work: TypeAlias = Callable[[Call, Any], Done]
"""What does an action, given its checked arguments."""

SERVER_TIMEOUT = 120.0
"""Seconds that Mailchimp goes on with a call that we gave up (rate limits and timeouts)."""
BATCH_TIMEOUT = 100.0
"""Seconds for a dispatch of many, who take Mailchimp longer than one."""
AT_ONCE = 500
"""Members in a call (batch subscribe or unsubscribe; batch add or remove members)."""
AT_FIRST = 100
OF_TRADE = 25
"""Carts or orders, each a call of its own, whose people are put into the audience together."""


class Mailchimp:
    """One audience of a Mailchimp account. A whole dispatch or look-up waits at most `deadline` seconds.

    Only a dispatch of many to Mailchimp itself waits longer. `token` is an API key; its ending, as in
    `…-us21`, is the data centre. `store` is the id of the store there to which carts and orders are written.
    `base_url` calls another host instead.

    Mailchimp takes 10 connections of a user at the same time and may hold one for two minutes after we gave
    it up: it keeps its place at the door for as long.
    """

    specs: ClassVar[Sequence[ActionSpec]] = ALL

    def __init__(
        self,
        token: str,
        audience: str,
        *,
        store: str | None = None,
        base_url: str | None = None,
        deadline: float = 20.0,
        known: Known | None = None,
    ) -> None:
        known = known or Known()
        self._made_with: dict[str, Any] = {
            "token": token,
            "audience": audience,
            "store": store,
            "base_url": base_url,
            "deadline": deadline,
            "known": known,
        }
        self.deadline = SERVER_TIMEOUT if base_url is None else deadline
        self._client = MailchimpClient(token, base_url=base_url, deadline=deadline)
        settings = Audience(self._client, audience)
        self._members = members = Members(self._client, settings)
        self._batch_time = BATCH_TIMEOUT if base_url is None else deadline
        tags = Tags(self._client, settings, members)
        self._updates = Updates(self._client, settings, members, known)
        self._shared = SharedTags(self._client, settings, (members, tags, self._updates), known)
        self._events = Events(self._client, settings, members)
        self._notes = Notes(self._client, settings, members)
        self._reading = Reading(self._client, settings, members, tags)
        self._buyers = Buyers(members, self._updates)
        self._gates: tuple[Gate, Gate] = (ungated, ungated)
        self._work: dict[type, Work] = {
            **_on_members(members, self._shared, Journeys(self._client, members)),
            **_on_leaving(Departures(self._client, settings, members)),
            **_on_trade(
                Trade(self._client, Store(self._client, audience, store, known.stocked), self._buyers, known)
            ),
            **_on_undoing(PuttingBack(self._client, settings, members)),
            SendEvent: self._events.send,
            AddNote: self._notes.add,
        }

    def go_through(self, gate: Gate, reading: Gate | None = None) -> None:
        """From now on every request waits there for its turn, within its deadline; at `reading` what reads
        back.
        """
        self._client.go_through(gate)
        self._gates = (gate, reading or gate)

    def another(self) -> Mailchimp:
        """One more, through the same gates, which knows all that this one does."""
        made = Mailchimp(**self._made_with)
        made.go_through(*self._gates)
        return made

    def watch(self, turn: Callable[[bool], None]) -> None:
        """Tell when a request begins to wait for its turn (yes), and when it goes (no)."""
        self._client.watch(turn)

    def account(self) -> str:
        """`mailchimp:` and the number of the user: the limit on connections is theirs, not the account's."""
        with self._client.one_deadline(), preparing():
            answer = self._client.sdk.root.get_root(fields=["account_id", "login_id"])
            found = proven(answer)
            if user := found.get("login_id") or found.get("account_id"):
                return f"mailchimp:{user}"
            raise unproven(answer, "no account")

    def batch_size(self, name: str) -> int:
        """As many members as Mailchimp takes at once; of other actions each is a call of its own, or several.

        Updates are fewer until the audience has shown that a batch keeps statuses: those of who is there
        already are single calls until then.
        """
        if name == "tag" or (name == "update_member" and self._updates.trial.is_passed):
            return AT_ONCE
        if name in {"update_cart", "update_order"}:
            return OF_TRADE
        return AT_FIRST if name == "update_member" else 1

    def changes(self, call: Call) -> Sequence[Change]:
        """Who joins and leaves, and whose profile is written."""
        try:
            return tuple(changes_of(call, checked(ALL, call.action)))
        except Rejected:
            return ()  # it will never be sent

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Do them: one outcome each, in order; members and tags of several in few calls.

        Who has to be done singly is while there is time for another; who is left then is `UNTRIED`.
        """
        if len(calls) == 1:
            with self._client.one_deadline():
                return with_one_tried([self._outcome(calls[0])])
        with self._client.one_deadline(self._batch_time):
            outcomes = self._in_bulk(calls)
            self._singly(calls, outcomes)
            self._buyers.forget()
            self._shared.forget()
        return with_one_tried([outcomes[place] for place in range(len(calls))])

    def look_up(self, call: Call) -> Done | None:
        """The event or the note that the action made, or None where it made none."""
        try:
            wanted = checked(ALL, call.action)
        except Rejected:
            return None  # it was never sent
        with self._client.one_deadline():
            if isinstance(wanted, AddNote):
                return self._notes.look_up(call, wanted)
            return self._events.look_up(call, wanted)

    def read_back(self, name: str, calls: Sequence[Call], done: Sequence[Done]) -> Sequence[Outcome]:
        """What Mailchimp shows of them; of many some are read, a member by each request."""
        wanted = [checked(ALL, call.action) for call in calls]
        with self._client.one_deadline(), self._client.through(self._gates[1]):
            return self._reading.of(list(zip(calls, wanted, strict=True)), done)

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()

    def _in_bulk(self, calls: Sequence[Call]) -> dict[int, Outcome]:
        """What came of those that could be done together, by their places."""
        outcomes: dict[int, Outcome] = {}
        wishes: dict[int, tuple[Call, Any]] = {}
        for place, call in enumerate(calls):
            try:
                member_id(call.addressee)
                wishes[place] = (call, checked(ALL, call.action))
            except Rejected as error:
                outcomes[place] = error
        match next(iter(wishes.values()), None):
            case (_, UpdateMember()):
                return outcomes | self._updates.update_many(wishes)
            case (_, Tag()):
                return outcomes | self._shared.tag_many(wishes)
            case (_, UpdateCart() | UpdateOrder()):
                return outcomes | self._buyers.bring(wishes)
            case _:
                return outcomes

    def _singly(self, calls: Sequence[Call], outcomes: dict[int, Outcome]) -> None:
        """Do who is left, one by one."""
        pace, stopped = self._client.pace(), stop_of(outcomes)
        for place in (place for place in range(len(calls)) if place not in outcomes):
            stopped = pace.stop(stopped)
            with pace.one():
                outcomes[place] = outcome = stopped or self._outcome(calls[place])
            stopped = stopped or stop_of({place: outcome})

    def _outcome(self, call: Call) -> Outcome:
        try:
            return self._done(call)
        except DispatchError as error:
            return error

    def _done(self, call: Call) -> Done:
        wanted = checked(ALL, call.action)
        self._members.has_joined = False
        done = self._work[type(wanted)](call, wanted)
        return as_it_went(done, has_joined=self._members.has_joined)


def _on_members(members: Members, tags: SharedTags, journeys: Journeys) -> dict[type, Work]:
    return {
        UpdateMember: lambda call, wanted: members.update(call.addressee, wanted),
        Tag: tags.tag,
        StartJourney: lambda call, wanted: journeys.start(call.addressee, wanted),
        StartAutomation: lambda call, wanted: journeys.queue(call.addressee, wanted),
    }


def _on_undoing(putting_back: PuttingBack) -> dict[type, Work]:
    return {PutBack: lambda call, wanted: putting_back.run(call.addressee, wanted)}


def _on_leaving(departures: Departures) -> dict[type, Work]:
    return {
        Unsubscribe: lambda call, wanted: departures.unsubscribe(call.addressee),
        Archive: lambda call, wanted: departures.archive(call.addressee),
    }


def _on_trade(trade: Trade) -> dict[type, Work]:
    return {
        UpdateCart: lambda call, wanted: trade.update_cart(call.addressee, wanted),
        RemoveCart: lambda call, wanted: trade.remove_cart(call.addressee, wanted),
        UpdateOrder: trade.update_order,
    }
