"""Notes on Mailchimp's members: writing one, and looking whether one was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from html import unescape
from typing import Any

from connector.platforms.base import Call, Done
from connector.platforms.mailchimp.answers import check_status, proven
from connector.platforms.mailchimp.arguments import AddNote
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.mailchimp.values import read_moment
from connector.platforms.proof import is_absent, json_object, preparing, unproven
from connector.platforms.transport import Answer

NOTES_AT_ONCE = 100
CLOCK_SKEW = timedelta(minutes=5)


class Notes:
    """Writing notes. A repeat would write a second one, so a lost answer is looked up."""

    def __init__(self, client: MailchimpClient, audience: Audience, members: Members) -> None:
        self._client, self._audience, self._members = client, audience, members

    def add(self, call: Call, wanted: AddNote) -> Done:
        """A new note; who is no member becomes one first. Raises a DispatchError."""
        answer = self._added(call, wanted)
        if is_absent(answer) and self._members.add_absent(call.addressee):
            answer = self._added(call, wanted)
        check_status(answer, 200, once=True)
        if id_ := _id(json_object(answer)):
            return Done(id_)
        raise unproven(answer, "no note")

    def look_up(self, call: Call, wanted: AddNote) -> Done | None:
        """The note with this text, not older than the action, that no other action wrote, if there is one."""
        since = call.action.decided_at - CLOCK_SKEW
        with preparing():
            for note in self._held(call):
                at = read_moment(note.get("created_at"))
                is_ours = _id(note) not in call.known and (at is None or at >= since)
                if is_ours and _plain(note.get("note")) == _plain(wanted.text):
                    return Done(_id(note))
        return None

    def _added(self, call: Call, wanted: AddNote) -> Answer:
        answer: Answer = self._client.sdk.lists.create_list_member_note(
            self._audience.id, member_id(call.addressee), {"note": wanted.text}
        )
        return answer

    def _held(self, call: Call) -> Iterator[Mapping[str, Any]]:
        read, total = 0, 1
        while read < total:
            answer = self._client.sdk.lists.get_list_member_notes(
                self._audience.id, member_id(call.addressee), count=NOTES_AT_ONCE, offset=read
            )
            if is_absent(answer):
                return
            match proven(answer):
                case {"notes": list(notes), "total_items": int(total)} if notes or read >= total:
                    yield from (one for one in notes if isinstance(one, dict))
                    read += len(notes)
                case _:
                    raise unproven(answer, "no notes")


def _id(note: Mapping[str, Any]) -> str:
    """Mailchimp numbers notes; empty where there is no number."""
    found = note.get("id")
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


def _plain(text: object) -> str:
    """The words of a note, however Mailchimp writes blanks and signs."""
    return " ".join(unescape(str(text)).split())
