"""Accidents of a whole request: its method, address, headers and length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final

from tests.faults.fuzz.sent import SECRET, Sent
from tests.faults.fuzz.texts import NASTY


def _method(chance: Random, sent: Sent) -> Sent:
    return replace(
        sent, method=chance.choice(("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "QUUX"))
    )


def _path(chance: Random, sent: Sent) -> Sent:
    tails = ("/", "//", "/" + SECRET, "/x", "/x/y", "%00", "/..", ";a", "\x00", "\u00e9", "A" * 8_000)
    others = (
        "/",
        "",
        "/webhooks",
        "/webhooks/",
        "/webhooks/nobody",
        "/health/live",
        "/health/ready",
        "//webhooks//",
    )
    if chance.random() < 0.5:
        return replace(sent, path=chance.choice(others))
    return replace(sent, path=sent.path + chance.choice(tails))


def _query(chance: Random, sent: Sent) -> Sent:
    queries = (
        b"secret=" + SECRET.encode(),
        b"key=" + SECRET.encode(),
        b"key=wrong",
        b"%ff%fe=%00",
        b"&&&=",
        b"a=1&a=2",
    )
    return replace(sent, query=chance.choice((*queries, b"a" * 8_000, b"secret=\xff", b"x=%")))


def _left_out(chance: Random, sent: Sent) -> Sent:
    kept = list(sent.headers)
    if kept:
        kept.pop(chance.randrange(len(kept)))
    return replace(sent, headers=tuple(kept))


def _changed(chance: Random, sent: Sent) -> Sent:
    """One header's text is another: cut, flipped, doubled, of bytes that are no ASCII, or huge."""
    if not sent.headers:
        return sent
    place = chance.randrange(len(sent.headers))
    name, words = sent.headers[place]
    nasty = chance.choice(NASTY).encode("utf-8", "surrogatepass").translate(None, b"\r\n\0")
    others = (
        b"",
        words[:-1],
        words + b"=",
        words * 2,
        nasty,
        b"\xff\xfe\x80",
        words.swapcase(),
        b"9" * 400,
        b"x" * 30_000,
    )
    headers = (*sent.headers[:place], (name, chance.choice(others)), *sent.headers[place + 1 :])
    return replace(sent, headers=headers)


def _added(chance: Random, sent: Sent) -> Sent:
    more = (
        (b"Content-Type", b"text/plain"), (b"Content-Type", b"application/vnd.shop+json; charset=UTF-8"),
        (b"Content-Type", b"application/json; charset=utf-16"), (b"Content-Type", b"multipart/form-data"),
        (b"Content-Encoding", b"gzip"), (b"Host", b"evil.example"), (b"X-Forwarded-Host", b"evil.example"),
        (b"X-HTTP-Method-Override", b"DELETE"), (b"Expect", b"100-continue"), (b"X_Forwarded_For", b"::1"),
        (b"Authorization", b"Basic \xff"), (b"Cookie", b"a=b"), (b"X-Partner-Topic", b"\xc3\x28"),
        (b"Transfer-Encoding", b"chunked"),
    )  # fmt: skip
    extra = chance.choice(more)
    if chance.random() < 0.5:
        return replace(sent, headers=(*sent.headers, extra))
    return replace(sent, headers=(*(one for one in sent.headers if one[0] != extra[0]), extra))


def _length(chance: Random, sent: Sent) -> Sent:
    size = len(sent.body)
    return replace(sent, announced=chance.choice((None, None, 0, size + 1, max(0, size - 1), 2**40)))


def _ping(chance: Random, sent: Sent) -> Sent:
    headers = ((b"Content-Type", b"application/x-www-form-urlencoded"),)
    return Sent("POST", "/webhooks/woocommerce", b"", headers, b"webhook_id=%d" % chance.randrange(10**6), 15)


SLIPS: Final[tuple[Callable[[Random, Sent], Sent], ...]] = (
    _method, _path, _query, _left_out, _changed, _changed, _added, _added, _length, _ping,
)  # fmt: skip
"""Drawn from evenly, so what stands here twice happens twice as often."""
