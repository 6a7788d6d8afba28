"""One part of a delivery while it is read: what its expressions see, and a note of what was let go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from connector.mapping.accounts import Connection
from connector.model.light import light
from connector.sources.scope import View

_Told = TypeVar("_Told")

Read: TypeAlias = Callable[["Part"], _Told]
"""Reads one thing that a source's file describes out of a part. Raises TranslationError."""


@light
class Part:
    """What the expressions see, when and by which connection it came, and what was let go, in sentences.

    `app_id` is our own at this source, where it is known. `shared` is what several rules read alike, each
    with its notes.
    """

    view: View
    received_at: datetime
    connection: Connection
    app_id: str | None = None
    notes: list[str] = field(default_factory=list)
    shared: dict[Read[Any], tuple[Any, list[str]]] = field(default_factory=dict)

    def once(self, read: Read[_Told]) -> _Told:
        """What all rules read alike; the first of them reads it. Nobody may change it."""
        known = self.shared.get(read)
        if known is None:
            fresh = self.anew()
            known = self.shared[read] = read(fresh), fresh.notes
        found: _Told = known[0]
        for sentence in known[1]:
            self.note(sentence)
        return found

    def anew(self) -> Part:
        """The same part for another rule, with nothing noted yet."""
        return Part(self.view, self.received_at, self.connection, self.app_id, [], self.shared)

    def of_items(self) -> Part:
        """The same part for the elements of a list, each of which is put in its view as `item`."""
        return Part({**self.view}, self.received_at, self.connection, self.app_id, self.notes)

    def note(self, sentence: str) -> None:
        """Say once what was let go."""
        if sentence not in self.notes:
            self.notes.append(sentence)
