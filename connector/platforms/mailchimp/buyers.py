"""Whose carts and orders are: who has consented is put into the audience before anything else is written.

By `opt_in_status` a customer who is new would be subscribed without the question that an audience with double
opt-in asks (Mailchimp's guide to e-commerce). So it is always no, which takes nothing from anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Addressee, Call, Outcome
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.mailchimp.updates import Updates


class Buyers:
    """Customers of a store."""

    def __init__(self, members: Members, updates: Updates) -> None:
        self._members, self._updates = members, updates
        self._brought: dict[str, bool] = {}

    def bring(self, wishes: Mapping[int, tuple[Call, Any]]) -> dict[int, Outcome]:
        """Put all who have consented into the audience, in one call; what comes of all where that fails.

        Whom that call refuses is looked at singly later, and so is everybody where it is refused itself.
        """
        people = [call.addressee for call, _ in wishes.values() if call.addressee.has_consent]
        try:
            self._brought = self._updates.bring(people) if people else {}
        except Rejected:
            return {}
        except DispatchError as error:
            return dict.fromkeys(wishes, error)
        return {}

    def forget(self) -> None:
        """Look at each anew."""
        self._brought = {}

    def customer(self, addressee: Addressee) -> dict[str, Any]:
        """Whose it is. Known by the address, because no customer at Mailchimp can change theirs.

        For the time before the call that counts. Raises a DispatchError.
        """
        id_ = member_id(addressee)
        if addressee.has_consent and id_ in self._brought:
            self._members.has_joined, self._brought[id_] = self._brought[id_], False
        elif addressee.has_consent:
            self._members.add_absent(addressee)
        return {"id": id_, "email_address": addressee.email, "opt_in_status": False}
