"""What an operator hears of one connection: when it stops doing what it is asked, and when it does again.

Platforms' words may name people, so they stay in the database; the log says where to read them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from connector.errors import DispatchError, Rejected, Unauthorized, Unseen
from connector.platforms.base import Outcome

log = logging.getLogger(__name__)


class News:
    """Turns outcomes into log lines, one at each change."""

    def __init__(self, connection: str) -> None:
        self._connection = connection
        self._about = {"connection": connection}
        self._is_down = False

    def of(self, outcome: Outcome, action_id: int) -> None:
        """One call has ended with this outcome."""
        match outcome:
            case Unauthorized():
                log.error(
                    "%s does not know us: paused; `loods actions` shows its words",
                    self._connection,
                    extra=self._about,
                )
            case Rejected():
                log.warning(
                    "%s refused action %d for good; see `loods actions`",
                    self._connection,
                    action_id,
                    extra={**self._about, "action": action_id},
                )
            case Unseen():
                log.warning(
                    "%s has answered that action %d is done, and a read does not show it yet",
                    self._connection,
                    action_id,
                    extra={**self._about, "action": action_id},
                )
            case DispatchError():
                self._fell(outcome)
            case _:
                self._rose()

    def gave_up(self, action_ids: Iterable[int]) -> None:
        """These actions have failed too often."""
        for action_id in sorted(action_ids):
            log.error(
                "%s: action %d is given up; see `loods actions`",
                self._connection,
                action_id,
                extra={**self._about, "action": action_id},
            )

    def _fell(self, error: DispatchError) -> None:
        if not self._is_down:
            what = type(error).__name__.lower() + (f", HTTP {error.status}" if error.status else "")
            log.warning(
                "%s fails (%s); its actions wait and are tried again",
                self._connection,
                what,
                extra=self._about,
            )
        self._is_down = True

    def _rose(self) -> None:
        if self._is_down:
            log.warning("%s works again", self._connection, extra=self._about)
        self._is_down = False
