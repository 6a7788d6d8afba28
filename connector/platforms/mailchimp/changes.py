"""What Mailchimp may tell us of an action of ours: who joins, who leaves, and that a profile was written.

Its webhooks tell of no tag, event, note, cart or journey. Whoever has consented joins by any action that
needs a member; whether they did, only the call shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from connector.model.changes import JOINED, LEFT, WHOLE, Change
from connector.platforms.base import Call, Done
from connector.platforms.mailchimp.arguments import Archive, Unsubscribe, UpdateMember
from connector.platforms.mailchimp.putting_back import PutBack
from connector.platforms.mailchimp.shop_arguments import RemoveCart

_GOES: Final = (Unsubscribe, Archive)
_ADDS_NOBODY: Final = (RemoveCart, PutBack)


def changes_of(call: Call, wanted: Any) -> Iterator[Change]:
    """What comes back of a call with these arguments, where the audience's webhook tells of API calls."""
    if isinstance(wanted, _GOES):
        yield Change(LEFT)
    elif call.addressee.has_consent and not isinstance(wanted, _ADDS_NOBODY):
        yield Change(JOINED)
    if isinstance(wanted, UpdateMember | PutBack):
        yield Change(WHOLE)


def as_it_went(done: Done, *, has_joined: bool) -> Done:
    """The outcome of a call, with whether it made a subscriber: who waits for double opt-in joins later."""
    if has_joined or JOINED in done.became:
        return done
    return replace(done, became={**done.became, JOINED: ()})
