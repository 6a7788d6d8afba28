"""Every error that we raise on purpose, grouped by what the caller does next.

LoodsError
├── SettingsError, MappingError      start-up or publishing stops; carries every problem
├── OutdatedError                    it was not made from the live mapping: look at the difference first
├── StoreError                       the database cannot serve now; the caller answers 503 or tries again
│   ├── HeldError                    another process writes it, and will go on doing so
│   └── LeaseLost                    what was to be written is another process's now: nothing was written
├── ReceiveError                     the sender gets its status; nothing is stored
│   ├── NotFound 404 · MethodNotAllowed 405 · SignatureMissing, BadSignature, StaleTimestamp 401
│   ├── TooLarge 413 · UnsupportedMediaType 415 · BadBody 400 · TooMany 429
│   └── Unavailable 503              our own fault: the sender is to come back
├── TranslationError                 genuine, but unreadable: kept as failed for a person, with the path
│   └── BodyError                    its bytes are no body of the declared kind; `code` says how
├── ExpressionFailed                 this cannot be worked out of these values; the rule says so and stops
└── DispatchError
    ├── Transient                    again later: `retry_after`, or backoff
    ├── Unknown                      it may have happened: look before repeating
    │   └── Unseen                   the platform says that it did, and a later look does not show it
    ├── Rejected                     never: dead, shown with the platform's own words
    └── Unauthorized                 every call would fail: the connection pauses
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a file or a setting, with its place and its remedy.

    `line` and `column` count from 1; 0 means that the problem has no place in the file. `code` is stable:
    `M101` stays what it is over releases, so that it can be looked up and searched for.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        level = "" if self.severity == "error" else "warning: "
        return f"{where} {self.code} {level}{self.message}" + (f"; {self.hint}" if self.hint else "")


class LoodsError(Exception):
    """The root of all errors that Loods raises on purpose."""


class SettingsError(LoodsError):
    """The environment asks for something impossible. The message says which variable, and what would do."""


class MappingError(LoodsError):
    """The mapping does not pass its check; `problems` holds all of them, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(LoodsError):
    """The database cannot do its work now: unreachable, full, read-only or too slow."""


class HeldError(StoreError):
    """Another process has the right to write this SQLite file, for as long as it runs."""


class LeaseLost(StoreError):
    """This process was silent for too long, or was cut off: another may have taken over what it did."""


class OutdatedError(LoodsError):
    """A mapping that was made from `made_from` (None: nobody knows) would replace another one, `live`."""

    def __init__(self, made_from: str | None, live: str) -> None:
        known = f"version {made_from[:12]}" if made_from else "no version that is known"
        super().__init__(f"it was made from {known}, and {live[:12]} is live")
        self.made_from = made_from
        self.live = live


class ReceiveError(LoodsError):
    """The request is answered with `status` and a problem document; nothing of it is stored.

    `detail` is a fixed sentence: it never repeats what the sender sent.
    """

    status = 400
    code = "bad_request"
    title = "Bad request"

    def __init__(self, detail: str = "", *, code: str = "", retry_after: int | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.code = code or type(self).code
        self.retry_after = retry_after


class NotFound(ReceiveError):
    """No such connection."""

    status, code, title = 404, "not_found", "Not found"


class MethodNotAllowed(ReceiveError):
    """The connection takes webhooks by POST only."""

    status, code, title = 405, "method_not_allowed", "Method not allowed"


class SignatureMissing(ReceiveError):
    """There is no signature to check."""

    status, code, title = 401, "signature_missing", "Signature is missing"


class BadSignature(ReceiveError):
    """The signature is not ours; one wording for every way in which it can be wrong."""

    status, code, title = 401, "signature_invalid", "Signature does not match"


class BadTimestamp(ReceiveError):
    """The time that was signed is too old, too far ahead or no time (`timestamp_stale`, `…_invalid`)."""

    status, code, title = 401, "timestamp_invalid", "Timestamp is not acceptable"


class OutsideWindow(BadTimestamp):
    """It is a time, but too old or too far ahead, by our own clock."""


class TooLarge(ReceiveError):
    """The body is over the limit."""

    status, code, title = 413, "too_large", "Body is too large"


class UnsupportedMediaType(ReceiveError):
    """The body is of another media type than the source declares."""

    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class BadBody(ReceiveError):
    """The body cannot be read; `code` says how (`json_invalid`, `json_too_deep`, `truncated`, …)."""

    status, code, title = 400, "json_invalid", "Body cannot be read"


class TooMany(ReceiveError):
    """The source posts faster than it may."""

    status, code, title = 429, "rate_limited", "Too many requests"


class Unavailable(ReceiveError):
    """We cannot store now; the sender is asked to come back."""

    status, code, title = 503, "unavailable", "Temporarily unavailable"


class TranslationError(LoodsError):
    """A genuine delivery that cannot be read: `path` says where in it, the message what was wrong."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.reason = message


class BodyError(TranslationError):
    """The bytes of a delivery cannot be read; `code` says how (`json_invalid`, `encoding`, …).

    `detail` is a fixed sentence that never repeats the sender's texts; `path` may hold a key of the body.
    """

    def __init__(self, code: str, detail: str, path: str = "") -> None:
        super().__init__(path, detail)
        self.code = code
        self.detail = detail


class ExpressionFailed(LoodsError):
    """An expression met values that it cannot work with: a division by zero, a text that is no number.

    The message names the place of the expression, its text and the reason. What is missing is no failure.
    """


class DispatchError(LoodsError):
    """An action did not take effect, or may not have.

    `words` are the platform's own, cut at 2,000 characters.
    """

    def __init__(self, words: str, *, status: int | None = None, code: str = "") -> None:
        super().__init__(words[:2000])
        self.words = words[:2000]
        self.status = status
        self.code = code


class Transient(DispatchError):
    """It certainly did not happen and may work later; `retry_after` in seconds, where the platform says."""

    def __init__(
        self, words: str, *, status: int | None = None, code: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(words, status=status, code=code)
        self.retry_after = retry_after


class Unknown(DispatchError):
    """The answer was lost: it may have happened. Look before repeating."""


class Unseen(Unknown):
    """The platform has answered that it was done, and a later look does not show it, or not yet.

    `reference` is what the platform called it. `unread` is what kept us from looking; None where we looked.
    """

    def __init__(
        self, words: str, *, reference: str | None = None, unread: DispatchError | None = None
    ) -> None:
        super().__init__(words, status=200)
        self.reference = reference
        self.unread = unread


class Rejected(DispatchError):
    """The platform will never do this; a person has to look."""


class Unauthorized(DispatchError):
    """The platform does not know us (any more): every call of this connection would fail."""
