"""The one way out: a request goes to its own host, ends on time, and says what is known where no answer came.

What was certainly not sent is `Transient`; what may have arrived and got no whole answer is `Unknown`.
Nothing is sent twice and no redirect is followed. An answer proves nothing yet: the adapter judges it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from urllib3.util import parse_url

from connector.errors import DispatchError, Rejected, SettingsError, Transient, Unauthorized, Unknown
from connector.platforms.time_left import OutOfTime
from connector.platforms.wire import Exchange, Wire, is_loopback, wire

BODY_LIMIT = 256 * 1024
LEFT_FOR_AN_ANSWER = 4.0
"""Seconds of a request's time that are not spent on waiting for its turn; of a short one half of it."""
LONGEST_WAIT = 3600.0
"""Seconds; what asks for a longer wait is asked again after an hour."""
IDLE_LIMIT = 30.0
"""Seconds after which a kept connection is given up: routers on the way forget quiet ones without a word."""
REFUSALS_FOR_NOW = frozenset({300, 301, 302, 304, 305, 307, 308, 408, 423, 425, 429, 477, 503})
TEXT_NAMES = ("field", "title", "detail", "message", "error")
Heard: TypeAlias = Callable[["Answer"], None]
"""Takes the answer of a call that passed."""
Gate: TypeAlias = Callable[[str, str, float], AbstractContextManager[Heard]]
"""Where a call (its method and target) waits for its turn, at most so many seconds."""
PLAIN = re.compile(r"(?:[A-Za-z0-9/?:@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})*")
"""A path and a query that may stand in a request as they are (RFC 3986)."""
MARKUP = re.compile(r"<(style|script|head)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole: header names are lower-case, `at` is when it came, in seconds since 1970."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    at: float

    def json(self) -> object | None:
        """The body where it is declared as JSON and is JSON; else None."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not (kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))):
            return None
        try:
            found: object = json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            return None
        return found

    @property
    def words(self) -> str:
        """What it says, for a person: the error's own texts, or the beginning of whatever it is."""
        if 300 <= self.status < 400:
            target = _line(self.headers.get("location", ""), 200)
            return f"HTTP {self.status}: a redirect to {target or 'nowhere'}, not followed"
        found = self.json()
        told = _line(_texts(found), 1000) if isinstance(found, dict) else ""
        text = MARKUP.sub(" ", self.body[:4096].decode("utf-8", "replace"))
        return f"HTTP {self.status}: {told or _line(text, 200) or 'an empty answer'}"


@contextmanager
def ungated(method: str, target: str, within: float) -> Iterator[Heard]:
    """Every call passes at once."""
    yield lambda _: None


class Transport:
    """Requests to one host over one kept connection, each whole within `deadline` seconds.

    `base_url` is https; with `allow_plain` it may also be http, on this machine only. Compression is neither
    asked for nor undone, and an answer over 256 kB counts as lost. For one thread at a time. Each request
    passes `gate` first; its deadline goes on meanwhile, but time for an answer is left.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str],
        deadline: float = 15.0,
        allow_plain: bool = False,
    ) -> None:
        self._base = _checked(base_url, allow_plain=allow_plain)
        self._headers = {**headers, "Accept-Encoding": "identity"}
        self._deadline = deadline
        self.gate: Gate = ungated
        self.turn: Callable[[bool], None] = lambda _: None
        """Is told when a request begins to wait at the gate, and when it goes, or is not let in."""
        self._exchange = Exchange()
        self._wire = self._unopened()
        self._used_at = 0.0
        self._shared_end: float | None = None
        self._most = BODY_LIMIT

    @contextmanager
    def one_deadline(self, seconds: float | None = None) -> Iterator[None]:
        """All requests within end before one deadline, which begins now: so many seconds, else the usual."""
        self._shared_end = time.monotonic() + (self._deadline if seconds is None else seconds)
        try:
            yield
        finally:
            self._shared_end = None

    @contextmanager
    def through(self, gate: Gate) -> Iterator[None]:
        """Requests within pass this gate instead of the usual one."""
        usual, self.gate = self.gate, gate
        try:
            yield
        finally:
            self.gate = usual

    @contextmanager
    def long_answers(self, most: int) -> Iterator[None]:
        """Answers to requests within may have so many bytes."""
        self._most = most
        try:
            yield
        finally:
            self._most = BODY_LIMIT

    def time_left(self) -> float:
        """Seconds until the shared deadline; endless where there is none."""
        return self._shared_end - time.monotonic() if self._shared_end else float("inf")

    def request(
        self, method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The whole answer, whatever its status. `url` is a path with its query, below the base, or absolute.

        Raises `Transient` where nothing was sent, with the code UNTRIED where the shared deadline was over
        before; `Unknown` where it was sent and the answer was lost; `Rejected` for an address outside the
        base's host.
        """
        target = self._target(url)
        if self.time_left() <= 0:
            raise OutOfTime
        self._exchange.begin(self._shared_end or time.monotonic() + self._deadline)
        with ExitStack() as passing:
            heard = self._let_in(passing, self.gate(method, target, _to_wait(self._exchange.remaining())))
            self._drop_when_idle()
            answer = self._answered(method, target, body, {**self._headers, **(headers or {})})
            heard(answer)
            return answer

    def close(self) -> None:
        """Give up the connection, which ends with whoever uses it; a further request opens a new one."""
        self._wire = self._unopened()

    def _unopened(self) -> Wire:
        return wire(self._base.scheme, self._base.hostname or "", self._base.port, self._exchange)

    def _let_in(self, passing: ExitStack, gate: AbstractContextManager[Heard]) -> Heard:
        """Wait for the turn. It waits no longer either where it is not let in."""
        self.turn(True)
        try:
            return passing.enter_context(gate)
        finally:
            self.turn(False)

    def _target(self, url: str) -> str:
        parts = urlsplit(url)
        is_absolute = bool(parts.scheme or parts.netloc)
        if is_absolute and (parts.scheme, parts.netloc) != (self._base.scheme, self._base.netloc):
            raise Rejected(f"{parts.netloc or url} is not the host of this connection")
        path = parts.path if is_absolute else self._base.path.rstrip("/") + parts.path
        if {".", ".."} & set(path.split("/")):
            raise Rejected("the address would leave its place: a part of it is a dot or two")
        target = (path or "/") + (f"?{parts.query}" if parts.query else "")
        if PLAIN.fullmatch(target):
            return target
        return parse_url(f"{self._base.scheme}://{self._base.netloc}{target}").request_uri

    def _drop_when_idle(self) -> None:
        if time.monotonic() - self._used_at > IDLE_LIMIT or self._wire.is_dropped:
            self.close()

    def _answered(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        try:
            return self._exchanged(method, target, body, headers)
        except (HTTPException, OSError) as error:
            raise self._failure(error) from error

    def _exchanged(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        response, content = self._wire.exchanged(method, target, body, headers, self._most)
        self._used_at = time.monotonic()
        names = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, names, content, time.time())

    def _failure(self, error: Exception) -> DispatchError:
        host, reason = self._base.netloc, _reason(error)
        if self._exchange.is_sent:
            return Unknown(f"the answer of {host} was lost: {reason}")
        return Transient(f"{host} cannot be reached: {reason}")


def classify(answer: Answer) -> DispatchError | None:
    """What a status means where nothing more is known of the platform; None for 2xx.

    After 500, 502, 504 and their like it may have happened, and 303 answers something that was done. Another
    redirect, which is not followed, is a refusal for now like 429 and 503: an outage often looks like that.
    """
    status = answer.status
    if 200 <= status < 300:
        return None
    words = answer.words
    if status in {401, 403}:
        return Unauthorized(words, status=status)
    if status in REFUSALS_FOR_NOW:
        return Transient(words, status=status, retry_after=retry_after(answer, answer.at))
    if 400 <= status < 500 or status in {501, 505}:
        return Rejected(words, status=status)
    return Unknown(words, status=status)


def retry_after(answer: Answer, now: float) -> float | None:
    """Seconds that `Retry-After` asks to wait, at most an hour; None where it names no time to come.

    Both forms of RFC 9110, 10.2.3: seconds and a date. `now` is in seconds since 1970.
    """
    said = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12})?", said):
        wait = float(said)
    else:
        try:
            wait = parsedate_to_datetime(said).timestamp() - now
        except (TypeError, ValueError, OverflowError, IndexError):
            return None
    return min(wait, LONGEST_WAIT) if wait > 0 else None


def _to_wait(left: float) -> float:
    return max(left - LEFT_FOR_AN_ANSWER, left / 2)


def _checked(base_url: str, *, allow_plain: bool) -> SplitResult:
    try:
        base = urlsplit(base_url)
        host, is_plain = base.hostname or "", not (base.username or base.query or base.port == 0)
    except ValueError as error:
        raise SettingsError(f"the address of a platform cannot be read: {error}") from error
    if not host or not is_plain:
        raise SettingsError(
            f"the url of {host or 'a platform'} has to be a plain address, as in https://api.example.com"
        )
    is_here = allow_plain and is_loopback(host)
    if base.scheme != "https" and not (base.scheme == "http" and is_here):
        raise SettingsError(f"{host} is called by https only, not by {base.scheme or 'nothing'}")
    if is_loopback(host) and not is_here:
        raise SettingsError(f"{host} is this machine, which is not a platform")
    return base


def _reason(error: BaseException) -> str:
    """What went wrong; where there was no answer by HTTP, the beginning of what there was instead."""
    if isinstance(error, TimeoutError):
        return "the time for it was over"
    return _line(str(error), 200) or type(error).__name__


def _texts(found: dict[str, object]) -> str:
    """The texts of an error document: RFC 9457's, HubSpot's, Mailchimp's; those of its parts behind them."""
    parts = found.get("errors")
    documents = [found, *(parts[:10] if isinstance(parts, list) else [])]
    told = [": ".join(_own_texts(one)) for one in documents if isinstance(one, dict)]
    return "; ".join(dict.fromkeys(filter(None, told)))


def _own_texts(document: dict[str, object]) -> list[str]:
    return [text for name in TEXT_NAMES if isinstance(text := document.get(name), str) and text]


def _line(text: str, length: int) -> str:
    """The beginning of a text on one line, without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:length]
