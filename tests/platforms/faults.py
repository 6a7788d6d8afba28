"""What goes wrong at a platform, as data: the answer that a test prescribes, and what may come of it.

The same for every platform: refusals for now, outages, friendly answers that prove nothing, redirects, and
answers that are lost or late. What only one platform says is in its own tests.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Final, TypeAlias

from connector.errors import DispatchError, Transient, Unknown

Kinds: TypeAlias = tuple[type[DispatchError], ...]

AGAIN: Final[Kinds] = (Transient,)
LOST: Final[Kinds] = (Unknown,)
OPEN: Final[Kinds] = (Transient, Unknown)
HTML: Final = {"body": "<html><h1>Bad gateway</h1></html>", "content_type": "text/html"}
LONG: Final = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer, in the words of the sandbox's scripts, and the outcomes that are true after it.

    `repeatable` are those of an action that may simply be repeated, `once` those of any other. `wait` is
    what the outcome has to ask for, in seconds from and to, where a header said so; `date_in` sends a date so
    far ahead for it. Where no header says anything, the adapter may know a time by itself.
    """

    name: str
    answer: Mapping[str, Any]
    repeatable: Kinds
    once: Kinds
    wait: tuple[float, float] | None = None
    date_in: float | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def scripted(self) -> dict[str, Any]:
        """The answer, with its date as of now."""
        if self.date_in is None:
            return dict(self.answer)
        return {
            **self.answer,
            "headers": {"Retry-After": formatdate(time.time() + self.date_in, usegmt=True)},
        }

    def allows(self, outcome: object, *, is_idempotent: bool) -> bool:
        """Whether the outcome is true of an action that may be repeated, or that may not."""
        if not isinstance(outcome, self.repeatable if is_idempotent else self.once):
            return False
        if "headers" not in self.scripted:
            return True
        asked = outcome.retry_after if isinstance(outcome, Transient) else None
        if self.wait is None:
            return asked is None
        return asked is not None and self.wait[0] <= asked <= self.wait[1]


@dataclass(frozen=True, slots=True)
class Throttle:
    """A `Retry-After` and how long it asks to wait; None where it asks for nothing that makes sense."""

    header: str | None
    wait: tuple[float, float] | None = None
    date_in: float | None = None
    body: Mapping[str, Any] = field(default_factory=dict)

    def fault(self, name: str, status: int = 429) -> Fault:
        """A refusal for now with this header."""
        headers = {} if self.header is None else {"headers": {"Retry-After": self.header}}
        answer = {"status": status, **self.body, **headers}
        return Fault(name, answer, AGAIN, AGAIN, self.wait, self.date_in)


THROTTLES: Final = (
    Throttle("2", (2, 2)).fault("429, two seconds"),
    Throttle("2.5", (2.5, 2.5)).fault("429, a fraction"),
    Throttle(None, (500, 600), date_in=600.0).fault("429, a date in ten minutes"),
    Throttle(None, date_in=-600.0).fault("429, a date in the past"),
    Throttle("86400", (3600, 3600)).fault("429, a day"),
    Throttle("9" * 11, (3600, 3600)).fault("429, a thousand years"),
    Throttle("9" * 400).fault("429, no number of seconds at all"),
    Throttle("-5").fault("429, negative"),
    Throttle("0").fault("429, zero"),
    Throttle("").fault("429, empty"),
    Throttle("soon").fault("429, junk"),
    Throttle("1e3").fault("429, a float's other form"),
    Throttle("Fri, 31 Feb 2026 25:61:00 GMT").fault("429, a day that is none"),
    Throttle(None).fault("429, none and no body"),
    Throttle("7", (7, 7), body=HTML).fault("429, html"),
)
"""F26: too many requests; nothing happened."""

OUTAGES: Final = (
    Fault("500", {"status": 500}, OPEN, LOST),
    Fault("500 with json", {"status": 500, "body": {"message": "Internal error"}}, OPEN, LOST),
    Fault("502 html", {"status": 502, **HTML}, OPEN, LOST),
    Fault("504", {"status": 504, **HTML}, OPEN, LOST),
    Fault("520", {"status": 520, **HTML}, OPEN, LOST),
    Throttle(None, body=HTML).fault("503", 503),
    Throttle("9", (9, 9)).fault("503 with a time", 503),
    Throttle(None).fault("408", 408),
    Throttle(None).fault("423", 423),
    Throttle(None).fault("425", 425),
)
"""F27: it is broken, or busy; after a 500 or a 502 it may have happened."""

LIES: Final = (
    Fault(
        "html",
        {"status": 200, "body": "<html><h1>It works!</h1></html>", "content_type": "text/html"},
        OPEN,
        LOST,
    ),
    Fault("html that says json", {"status": 200, "body": "<html></html>"}, OPEN, LOST),
    Fault("json that says html", {"status": 200, "body": "{}", "content_type": "text/html"}, OPEN, LOST),
    Fault("empty", {"status": 200, "body": ""}, OPEN, LOST),
    Fault("empty list", {"status": 200, "body": "[]"}, OPEN, LOST),
    Fault("empty object", {"status": 200, "body": "{}"}, OPEN, LOST),
    Fault("null", {"status": 200, "body": "null"}, OPEN, LOST),
    Fault("a word", {"status": 200, "body": '"ok"'}, OPEN, LOST),
    Fault("bad charset", {"status": 200, "body": b'{"id": "\xff\xfe"}'}, OPEN, LOST),
    Fault(
        "another's id",
        {"status": 200, "body": {"id": None, "results": [{"id": 7, "properties": {}}], "list": 1}},
        OPEN,
        LOST,
    ),
    Fault("deeply nested", {"status": 200, "body": "[" * 100_000}, OPEN, LOST),
    Fault("accepted", {"status": 202, "body": {"status": "PENDING"}}, OPEN, LOST),
    Fault("created and empty", {"status": 201, "body": "{}"}, OPEN, LOST),
    Fault("partial and empty", {"status": 207, "body": "{}"}, OPEN, LOST),
    Fault("no content", {"status": 204}, OPEN, LOST),
    Fault(
        "compressed",
        {"status": 200, "body": gzip.compress(b"{}"), "headers": {"Content-Encoding": "gzip"}},
        OPEN,
        LOST,
    ),
    Fault(
        "a bomb",
        {"status": 200, "body": gzip.compress(b"0" * LONG), "headers": {"Content-Encoding": "gzip"}},
        OPEN,
        LOST,
    ),
    Fault("cut short", {"status": 200, "body": '{"id"', "headers": {"Content-Length": "500"}}, OPEN, LOST),
    Fault(
        "cut by its own length",
        {"status": 200, "body": '{"id": 1}', "headers": {"Content-Length": "4"}},
        OPEN,
        LOST,
    ),
    Fault(
        "a length that is none", {"status": 200, "body": "{}", "headers": {"Content-Length": "x"}}, OPEN, LOST
    ),
    Fault("10 MB", {"status": 200, "body": b'{"id": "' + b"7" * LONG + b'"}'}, OPEN, LOST),
)
"""F31: friendly, and no proof. Never done; and since it may have happened, never refused for good."""

REDIRECTS: Final = tuple(
    Fault(f"{status} to {target}", {"status": status, "headers": {"Location": target}}, *kinds)
    for status, kinds in {
        301: (AGAIN, AGAIN),
        302: (AGAIN, AGAIN),
        303: (OPEN, LOST),
        307: (AGAIN, AGAIN),
        308: (AGAIN, AGAIN),
    }.items()
    for target in ("http://169.254.169.254/latest", "/elsewhere")
)
"""F31: to elsewhere; none is followed."""

CUT: Final = (
    Fault("applied, then cut", {"apply": True, "drop": True}, OPEN, LOST),
    Fault("applied, then a 502", {"apply": True, "status": 502, **HTML}, OPEN, LOST),
    Fault("cut before it was applied", {"drop": True}, OPEN, LOST),
)
"""F30: the answer is lost, whether it happened or not."""

SLOW: Final = (
    Fault("late", {"delay": 6.0}, OPEN, LOST),
    Fault("a drip", {"status": 200, "body": b"{" + b" " * 60, "drip": 0.1}, OPEN, LOST),
)
"""F32: longer than a deadline of some seconds, which is one for the whole call and not for each byte."""

QUICK: Final = (*THROTTLES, *OUTAGES, *LIES, *REDIRECTS, *CUT)
"""All that need no waiting."""
