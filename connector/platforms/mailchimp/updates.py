"""Many members in one call, of which each is settled by itself: who is new is added, who is there is changed.

Mailchimp's call for up to 500 members (batch subscribe or unsubscribe) knows a `status`, which it also gives
to who is there already, and no `status_if_new`. So there are two calls: the first says the status of who is
new and must update nobody, so that it refuses, unchanged, whoever is there; the second updates those and says
no status. The first is documented; for the second see `trial`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import Any, Final

from connector.errors import DispatchError, Rejected, Unknown
from connector.model.light import light
from connector.platforms.base import Addressee, Call, Outcome
from connector.platforms.mailchimp.answers import meaning, proven, stop_of
from connector.platforms.mailchimp.arguments import UpdateMember
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.changes import as_it_went
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.known import Known
from connector.platforms.mailchimp.members import SUBSCRIBED, Members, as_proven, member_id
from connector.platforms.mailchimp.trial import Trial
from connector.platforms.proof import preparing, unproven
from connector.platforms.time_left import OutOfTime
from connector.platforms.transport import Answer

IS_THERE: Final = "ERROR_CONTACT_EXISTS"

Found = Mapping[str, Mapping[str, Any]]
"""What the answer says of people, by their id."""


@light
class Entry:
    """Somebody in a batch: their place in it, their id, and what is written of them."""

    place: int
    id: str
    addressee: Addressee
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer about many: who was written, and who was not and why."""

    written: Found
    refused: Found


class Updates:
    """Writing many members; every write is repeatable."""

    def __init__(self, client: MailchimpClient, audience: Audience, members: Members, known: Known) -> None:
        self._client, self._audience, self._members = client, audience, members
        self._there = known.members
        self.trial = Trial(client, audience, known.shown)

    def update_many(self, wishes: Mapping[int, tuple[Call, UpdateMember]]) -> dict[int, Outcome]:
        """What came of each; who is left out is to be done singly."""
        outcomes: dict[int, Outcome] = {}
        entries = self._entries(wishes, outcomes)
        there = [one for one in entries if one.id in self._there]
        there += self._added([one for one in entries if one.id not in self._there], outcomes)
        self._changed(self._tried(there, outcomes), outcomes)
        return outcomes

    def add_many(self, addressees: Sequence[Addressee]) -> dict[str, str]:
        """Put those into the audience who are not in it; the status of each who was, by their id.

        For the time before the call that counts. Raises a DispatchError.
        """
        told = self._told_of(addressees)
        return {id_: str(one.get("status")) for id_, one in told.written.items()}

    def bring(self, addressees: Sequence[Addressee]) -> dict[str, bool]:
        """See to it that they are in the audience: of each who is, by their id, whether they joined by it.

        For the time before the call that counts. Raises a DispatchError.
        """
        told = self._told_of(addressees)
        joined = {id_: one.get("status") == SUBSCRIBED for id_, one in told.written.items()}
        return dict.fromkeys(_there(told.refused), False) | joined

    def _told_of(self, addressees: Sequence[Addressee]) -> Told:
        """What comes of adding these and changing nobody; nothing is told of others."""
        with preparing():
            people = {member_id(one): one for one in addressees}
            told = self._sent(
                [
                    {"email_address": one.email, "status": self._audience.status_of_new(one)}
                    for one in people.values()
                ],
                may_change=False,
            )
        written = {id_: one for id_, one in told.written.items() if id_ in people}
        for id_ in (*written, *_there(told.refused)):
            self._there.add(id_)
        return Told(written, told.refused)

    def _entries(
        self, wishes: Mapping[int, tuple[Call, UpdateMember]], outcomes: dict[int, Outcome]
    ) -> list[Entry]:
        entries: dict[str, Entry] = {}
        for place, (call, wanted) in wishes.items():
            try:
                body = self._members.written(wanted, in_full=True)
            except Rejected as error:
                outcomes[place] = error
            except DispatchError as error:
                outcomes[place] = error
                return []
            else:
                entry = Entry(place, member_id(call.addressee), call.addressee, body)
                entries.setdefault(entry.id, entry)
        return list(entries.values())

    def _added(self, entries: Sequence[Entry], outcomes: dict[int, Outcome]) -> list[Entry]:
        """Add who is new. Gives those who are in the audience already."""
        there: list[Entry] = []
        try:
            bodies = [
                {"status": self._audience.status_of_new(one.addressee), **_body(one)} for one in entries
            ]
            told = self._sent(bodies, may_change=False)
        except DispatchError as error:
            self._failed(entries, error, outcomes)
            return there
        for one in entries:
            if told.refused.get(one.id, {}).get("error_code") == IS_THERE:
                there.append(one)
                self._there.add(one.id)
            else:
                self._settle(one, told, outcomes)
        return there

    def _tried(self, there: Sequence[Entry], outcomes: dict[int, Outcome]) -> list[Entry]:
        """Who may be changed in bulk: until the trial is passed nobody, and they are written here."""
        rest, pace = list(there), self._client.pace()
        while rest and not self.trial.is_passed and not stop_of(outcomes):
            one = rest.pop(0)
            with pace.one():
                outcomes[one.place] = self._written(one) if pace.has_time() else OutOfTime()
        return [] if stop_of(outcomes) else rest

    def _written(self, entry: Entry) -> Outcome:
        try:
            done, status = self._members.write(entry.addressee, entry.body)
            self.trial.on(entry.addressee, entry.body, status)
        except DispatchError as error:
            return error
        return as_it_went(done, has_joined=status == SUBSCRIBED)

    def _changed(self, entries: Sequence[Entry], outcomes: dict[int, Outcome]) -> None:
        """Change who is there, without a word on their status."""
        try:
            told = self._sent([_body(one) for one in entries], may_change=True)
        except DispatchError as error:
            self._failed(entries, error, outcomes)
            return
        for one in entries:
            self._settle(one, told, outcomes)

    def _settle(self, entry: Entry, told: Told, outcomes: dict[int, Outcome]) -> None:
        """Nobody whom the answer does not name is done; who was refused for an odd reason is done singly."""
        if found := told.written.get(entry.id):
            self._there.add(entry.id)
            outcomes[entry.place] = self._as_done(entry, found)
        elif refused := told.refused.get(entry.id):
            self._there.drop(entry.id)
            if error := meaning(refused):
                outcomes[entry.place] = error
        else:
            words = f"the answer about many says nothing of {entry.addressee.email}"
            outcomes[entry.place] = Unknown(words, status=200)

    def _failed(self, entries: Iterable[Entry], error: DispatchError, outcomes: dict[int, Outcome]) -> None:
        """A whole call failed: who is refused as a whole is done singly."""
        if not isinstance(error, Rejected):
            outcomes.update({one.place: error for one in entries})

    def _sent(self, bodies: Sequence[Mapping[str, Any]], *, may_change: bool) -> Told:
        if not bodies:
            return Told({}, {})
        whole = {"members": bodies, "update_existing": may_change}
        with self._client.for_many():
            answer = self._client.sdk.lists.batch_list_members(
                self._audience.id, whole, skip_merge_validation=True
            )
        return _told(answer)

    def _as_done(self, entry: Entry, found: Mapping[str, Any]) -> Outcome:
        status = str(found.get("status"))
        try:
            done = as_proven(found, entry.body)
            self.trial.on(entry.addressee, entry.body, status)
        except DispatchError as error:
            return error
        return as_it_went(done, has_joined=status == SUBSCRIBED)


def _body(entry: Entry) -> dict[str, Any]:
    return {"email_address": entry.addressee.email, **entry.body}


def _told(answer: Answer) -> Told:
    """Raises a DispatchError where it is no answer about many."""
    match proven(answer):
        case {"new_members": list(new), "updated_members": list(changed), "errors": list(refused)}:
            written = {str(one.get("id")): one for one in (*new, *changed) if isinstance(one, dict)}
            errors = {_id_of(one): one for one in refused if isinstance(one, dict)}
            return Told(written, errors)
        case _:
            raise unproven(answer, "no members and no errors")


def _there(refused: Found) -> list[str]:
    """The ids of those who were refused because they are in the audience."""
    return [id_ for id_, one in refused.items() if one.get("error_code") == IS_THERE]


def _id_of(refused: Mapping[str, Any]) -> str:
    """The id of whom an error is about; Mailchimp may put their address between quotes."""
    email = str(refused.get("email_address")).strip().strip('"')
    return md5(email.lower().encode(), usedforsecurity=False).hexdigest()
