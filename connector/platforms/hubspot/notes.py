"""HubSpot's notes on contacts."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from connector.errors import DispatchError
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.hubspot.answers import text
from connector.platforms.hubspot.kinds import NOTES
from connector.platforms.hubspot.record_arguments import AddNote
from connector.platforms.hubspot.records import New, Records, Sought
from connector.platforms.hubspot.values import moment, read_moment, to_milliseconds
from connector.platforms.hubspot.wishes import Wish
from connector.platforms.transport import MARKUP

TEXT, DATED = "hs_note_body", "hs_timestamp"


class Notes:
    """Adding notes. The moment of the decision, to the millisecond, is the mark by which one is found."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def add(self, wishes: Sequence[Wish[AddNote]]) -> list[Outcome]:
        """New notes on contacts."""
        return self._records.create(NOTES, [_new(one) for one in wishes])

    def look_up(self, call: Call, wanted: AddNote) -> Done | None:
        """The note on the contact of this moment with this text, if there is one."""
        return self._records.made(NOTES, call, [TEXT, DATED], partial(_is_it, Wish(call, wanted)))

    def look_up_all(self, wishes: Sequence[Wish[AddNote]]) -> list[Done | DispatchError | None]:
        """The same of many."""
        sought = [Sought(one.call, partial(_is_it, one)) for one in wishes]
        return self._records.made_all(NOTES, sought, [TEXT, DATED])


def _new(wish: Wish[AddNote]) -> New:
    said = {TEXT: wish.arguments.text, DATED: moment(wish.call.action.decided_at)}
    return New(wish.addressee, said)


def _is_it(wish: Wish[AddNote], note: Mapping[str, Any]) -> bool:
    at = to_milliseconds(wish.call.action.decided_at)
    return read_moment(note.get(DATED)) == at and _is_same(note, wish.arguments)


def _is_same(note: Mapping[str, Any], wanted: AddNote) -> bool:
    """Whether a note says the same; HubSpot keeps notes as HTML and may write it anew."""
    return _plain(text(note.get(TEXT))) == _plain(wanted.text)


def _plain(written: str) -> str:
    return "".join(html.unescape(MARKUP.sub(" ", written)).split())
