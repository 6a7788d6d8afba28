"""One connection as the outside world sees it: who may post, and what of a request is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass

from connector.mapping.source import Source
from connector.sources.glance import is_told_outside

_KEPT = ("x-shopify-", "x-wc-", "x-hubspot-", "webhook-", "x-mailchimp-")
_KEPT_TOO = frozenset({"content-type", "content-encoding", "user-agent", "traceparent"})
_NEVER_KEPT = ("signature", "hmac", "authorization", "cookie", "token", "secret", "api-key")
_NAMED = re.compile(r"headers\s*(?:\[\s*['\"]([^'\"]+)['\"]\s*\]|\.([A-Za-z][\w-]*))")
_ASK_FOR_200 = frozenset({"shopify", "woocommerce", "mailchimp"})

_MOST_KNOWN = 200
"""Names of headers that are remembered: strangers may send any."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Door:
    """Where the connection `name` takes webhooks of `source`, from whoever knows one of `secrets`.

    `public_url` is the address of this installation without any path of ours (`https://hooks.example.com`),
    None where it is not set up; signatures that cover the address need it. `is_missing_secret`: this process
    lacks the secret that is in use, so a signature that fails is taken for our own fault. So is a signed time
    outside of its window while the `is_clock_doubtful`: known to be off; it must be cheap to ask. Make doors
    once per mapping: the names of the headers that are kept are looked up when a door is made.
    """

    name: str
    source: Source
    secrets: tuple[bytes, ...] = field(repr=False)
    public_url: str | None = None
    is_missing_secret: bool = False
    is_clock_doubtful: Callable[[], bool] = field(default=_never, repr=False)
    named: frozenset[str] = field(init=False)
    """The headers that the source's expressions read, in lower case."""
    is_told_outside: bool = field(init=False)
    """Whether what happened, and what tells a repeat, stands outside of the bodies."""
    _known: dict[str, bool] = field(init=False, repr=False, compare=False, default_factory=dict)
    """Of the headers that came, whether they are kept; senders send the same ones each time."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "named", frozenset(_headers_read(self.source)))
        object.__setattr__(self, "is_told_outside", is_told_outside(self.source))

    @property
    def success(self) -> int:
        """The status that says thank you: 202, or 200 where the sender documents that (any 2xx would do)."""
        return 200 if self.source.name in _ASK_FOR_200 else 202

    @property
    def may_have_token(self) -> bool:
        """Whether a secret may follow the name in the path; no other path below the name exists."""
        return self.source.verify.path or self.source.verify.scheme == "mailchimp"

    def kept(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers that are stored with a delivery: never a signature, a password or a cookie."""
        known = self._known
        return {name: text for name, text in headers.items() if known.get(name) or self._learnt(name)}

    def kept_query(self, query: Mapping[str, str]) -> dict[str, str]:
        """The query without the secret that may stand in it."""
        secrets = {self.source.verify.query, "secret"}
        return {name: text for name, text in query.items() if name not in secrets}

    def _learnt(self, name: str) -> bool:
        if name not in self._known and len(self._known) < _MOST_KNOWN:
            self._known[name] = self._is_kept(name)
        return self._known[name] if name in self._known else self._is_kept(name)

    def _is_kept(self, name: str) -> bool:
        if name == (self.source.verify.header or "").lower() or any(word in name for word in _NEVER_KEPT):
            return False
        return name.startswith(_KEPT) or name in _KEPT_TOO or name in self.named


def _headers_read(part: object) -> Iterator[str]:
    """Every header that an expression somewhere in this part of a source reads."""
    if isinstance(part, str):
        return
    if isinstance(text := getattr(part, "text", None), str):
        yield from ((quoted or dotted).lower() for quoted, dotted in _NAMED.findall(text))
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _headers_read(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from _headers_read(value)
    elif is_dataclass(part):
        for one in fields(part):
            yield from _headers_read(getattr(part, one.name))
