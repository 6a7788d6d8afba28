"""The numbers by which an audience knows its tags: all of them are asked for once, and kept for an hour."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Final, TypeAlias

from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.tags import key_of
from connector.platforms.proof import unproven

KEPT_FOR: Final = 3600.0
"""Seconds for which a tag is believed to have the number that it had."""

Kept: TypeAlias = MutableMapping[str, tuple[float, int]]
"""When the number of a tag was read, and which it is."""


class TagNumbers:
    """Numbers by the keys of tags (see `key_of`). `kept` are those that were found, for all who share it.

    That a tag is not there is believed until `ask_anew`: somebody may make it at any time.
    """

    def __init__(self, client: MailchimpClient, audience: Audience, kept: Kept) -> None:
        self._client, self._audience, self._kept = client, audience, kept
        self._all: Mapping[str, Any] | None = None

    def ask_anew(self) -> None:
        """A tag that was not there may be there now."""
        self._all = None

    def of(self, name: str) -> int | None:
        """The number of a tag; None where the audience has none of this name yet. Raises a DispatchError."""
        at, number = self._kept.get(name, (0.0, None))
        if number is not None and time.monotonic() - at < KEPT_FOR:
            return number
        number = self._found(self._listed()["tags"], name)
        if number is None and not self._is_whole:
            number = self._found(self._searched(name=name)["tags"], name)
        return number

    def has_no(self, name: str) -> bool:
        """Whether it is certain that the audience has no tag of this name, by the list of all of them.

        Nobody says that the search, which goes by beginnings, takes small letters for capitals.
        """
        return self._is_whole and not any(_numbers(self._listed()["tags"], name))

    def forget(self, name: str) -> None:
        """The audience has no such number any more."""
        self._kept.pop(name, None)

    @property
    def _is_whole(self) -> bool:
        listed = self._listed()
        return listed.get("total_items") == len(listed["tags"])

    def _listed(self) -> Mapping[str, Any]:
        if self._all is None:
            with self._client.for_many():
                self._all = self._searched()
        return self._all

    def _found(self, tags: Sequence[Any], name: str) -> int | None:
        number = next(_numbers(tags, name), None)
        if number is not None:
            self._kept[name] = (time.monotonic(), number)
        return number

    def _searched(self, **how: str) -> dict[str, Any]:
        answer = self._client.sdk.lists.tag_search(self._audience.id, **how)
        found = proven(answer)
        if not isinstance(found.get("tags"), list):
            raise unproven(answer, "no tags")
        return found


def _numbers(tags: Sequence[Any], name: str) -> Iterator[int]:
    for one in tags:
        if isinstance(one, dict) and key_of(str(one.get("name"))) == name and isinstance(one.get("id"), int):
            yield one["id"]
