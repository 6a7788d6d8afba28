"""The administrators' folder, looked at again and again."""

from __future__ import annotations

from pathlib import Path

from connector.mapping.folder import read_folder
from connector.mapping.requests import Request, drop_request, request_in
from connector.mapping.working_copy import MOST_NOTED, note_versions, versions_noted
from connector.runtime.publisher import Text


class Folder:
    """Tells of a change once, when two looks in a row have seen the same: a file half written is no change.

    Where the folder cannot be written, the versions that it is made from are kept in memory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._noted = versions_noted(path)
        self._made_from = self._noted
        self._seen: Text | None = None
        self._told: Text | None = None

    def read(self) -> Text:
        """What stands in it now; only what changes after this is told of."""
        self._told = self._seen = self._look()
        return self._told

    def changed(self) -> Text | None:
        """What stands in it, where that is new and stable."""
        before, self._seen = self._seen, self._look()
        if self._seen != before or self._seen == self._told:
            return None
        self._told = self._seen
        return self._seen

    def forget(self) -> None:
        """What was told could not be dealt with: it is to be told again."""
        self._told = None

    def note(self, version: str) -> bool:
        """It is made from this version now; whether that could be written down in it."""
        self._made_from = tuple(dict.fromkeys((version, *self._made_from)))[:MOST_NOTED]
        try:
            note_versions(self.path, self._made_from)
        except OSError:
            return False
        finally:
            self._noted = versions_noted(self.path)
            if self._told is not None:
                self._told = Text(self._told.files, self._told.unread, self._made_from)
        return True

    def request(self) -> Request | None:
        """What a person asks by way of the folder."""
        return request_in(self.path)

    def done_with_request(self) -> bool:
        """What was asked is dealt with; whether that could be written down in the folder."""
        try:
            drop_request(self.path)
        except OSError:
            return False
        return True

    def _look(self) -> Text:
        noted = versions_noted(self.path)
        if noted != self._noted:
            self._noted = self._made_from = noted
        files, unread = read_folder(self.path)
        return Text(files, unread, self._made_from)
