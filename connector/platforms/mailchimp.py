"""Mailchimp: our actions as calls of its official SDK, with proof of every success."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from connector.errors import DispatchError, Rejected
from connector.model.action import ActionSpec
from connector.platforms.arguments import checked
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.mailchimp_answers import proven
from connector.platforms.mailchimp_arguments import SPECS, SendEvent, StartJourney, Tag, UpdateMember
from connector.platforms.mailchimp_audience import Audience
from connector.platforms.mailchimp_client import MailchimpClient
from connector.platforms.mailchimp_events import Events, Journeys
from connector.platforms.mailchimp_members import Members
from connector.platforms.proof import preparing, unproven

SERVER_TIMEOUT = 120.0
"""Seconds that Mailchimp goes on with a call that we gave up (rate limits and timeouts)."""


class Mailchimp:
    """One audience of a Mailchimp account. A whole dispatch or look-up waits at most `deadline` seconds.

    `token` is an API key; its ending, as in `…-us21`, is the data centre. `base_url` calls another host
    instead. Mailchimp takes 10 connections of a user at the same time and may hold one for two minutes after
    we gave it up. One dispatcher that waits 20 seconds for each call cannot come to more than seven.
    """

    specs: ClassVar[Sequence[ActionSpec]] = SPECS

    def __init__(
        self, token: str, audience: str, *, base_url: str | None = None, deadline: float = 20.0
    ) -> None:
        self.deadline = SERVER_TIMEOUT if base_url is None else deadline
        self._client = MailchimpClient(token, base_url=base_url, deadline=deadline)
        settings = Audience(self._client, audience)
        self._members = Members(self._client, settings)
        self._journeys = Journeys(self._client, self._members)
        self._events = Events(self._client, settings, self._members)

    def account(self) -> str:
        """`mailchimp:` and the number of the user: the limit on connections is theirs, not the account's."""
        with self._client.one_deadline(), preparing():
            answer = self._client.sdk.root.get_root(fields=["account_id", "login_id"])
            found = proven(answer)
            if user := found.get("login_id") or found.get("account_id"):
                return f"mailchimp:{user}"
            raise unproven(answer, "no account")

    def batch_size(self, name: str) -> int:
        """Each action is a call of its own."""
        return 1

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        """Do them: one outcome each, in order."""
        with self._client.one_deadline():
            return [self._outcome(call) for call in calls]

    def look_up(self, call: Call) -> Done | None:
        """The event that the action made, or None where it made none."""
        try:
            wanted: SendEvent = checked(SPECS, call.action)
        except Rejected:
            return None  # it was never sent
        with self._client.one_deadline():
            return self._events.look_up(call, wanted)

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()

    def _outcome(self, call: Call) -> Outcome:
        try:
            return self._done(call)
        except DispatchError as error:
            return error

    def _done(self, call: Call) -> Done:
        match checked(SPECS, call.action):
            case UpdateMember() as wanted:
                return self._members.update(call.addressee, wanted)
            case Tag() as wanted:
                return self._members.tag(call.addressee, wanted)
            case StartJourney() as wanted:
                return self._journeys.start(call.addressee, wanted)
            case SendEvent() as wanted:
                return self._events.send(call, wanted)
            case other:
                raise TypeError(f"no work for {type(other).__name__}")
