"""Bytes on a socket that are no good request: cut, doubled, contradictory, slow, and answers nobody reads."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Final

_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_PATIENCE: Final = 150.0
"""Seconds within which the server has ended every connection, whatever came over it."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said on one connection: pieces, seconds between them, and how it ends.

    `kind` names it in a report. `is_half_closed`: nothing more will come, said by the socket.
    """

    kind: str
    pieces: tuple[bytes, ...]
    pause: float = 0.0
    is_half_closed: bool = False


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it: the statuses of the answers, and the seconds until the server ended the connection."""

    kind: str
    statuses: tuple[int, ...]
    seconds: float


def talk(port: int, said: Talk) -> Came:
    """Say it, and listen until the server ends it."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as wire:
        heard = b"".join(_exchanged(wire, said))
    statuses = tuple(int(one) for one in _STATUS.findall(heard))
    return Came(said.kind, statuses, time.monotonic() - begun)


def _exchanged(wire: socket.socket, said: Talk) -> Iterator[bytes]:
    with suppress(OSError):
        for piece in said.pieces:
            wire.sendall(piece)
            time.sleep(said.pause)
        if said.is_half_closed:
            wire.shutdown(socket.SHUT_WR)
        while piece := wire.recv(65_536):
            yield piece


def request(body: bytes, *headers: str, method: str = "POST", path: str = "/webhooks/webshop") -> bytes:
    """A request that says `Connection: close`, with a length unless a header says one."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    if not any(one.lower().startswith(("content-length", "transfer-encoding")) for one in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def drawn(chance: Random) -> Talk:
    """Any of them."""
    return chance.choice(_KINDS)(chance)


def _cut(chance: Random) -> Talk:
    whole = request(b'{"id": 1}' * 50, "Content-Type: application/json")
    return Talk("cut", (whole[: chance.randrange(1, len(whole))],), is_half_closed=True)


def _contradictory(chance: Random) -> Talk:
    headers = chance.choice(
        (
            ("Content-Length: 4", "Transfer-Encoding: chunked"),
            ("Content-Length: 4", "Content-Length: 5"),
            ("Content-Length: -4",),
            ("Content-Length: 4e1",),
            ("Transfer-Encoding: chunked, chunked",),
            ("Transfer-Encoding: gzip",),
            ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
            ("Content-Length: " + "9" * 30,),
        )
    )
    return Talk("contradictory", (request(b"4\r\nbody\r\n0\r\n\r\n", *headers),), is_half_closed=True)


def _chunked(chance: Random) -> Talk:
    bodies = (
        b"zz\r\n",
        b"-1\r\nx",
        b"5\r\nbodybody\r\n",
        b"ffffffffffffffff\r\n",
        b"4\r\nbody",
        b"1;a=" + b"b" * 9_000,
    )
    whole = request(chance.choice(bodies), "Transfer-Encoding: chunked")
    return Talk("bad chunks", (whole,), is_half_closed=True)


def _garbage(chance: Random) -> Talk:
    kinds = (
        chance.randbytes(300),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\r\n" * 50,
        b"GET\r\n\r\n",
        b"\x00",
    )
    return Talk("garbage", (chance.choice(kinds),), is_half_closed=True)


def _long(chance: Random) -> Talk:
    kinds = (
        request(b"", path="/" + "a" * 70_000),
        request(b"", *(f"X-{number}: 1" for number in range(5_000))),
        request(b"", "X-Long: " + "a" * 70_000),
        request(b"x" * 300_000, "Content-Length: 99999999"),
    )
    return Talk("long", (chance.choice(kinds),), is_half_closed=True)


def _pipelined(chance: Random) -> Talk:
    one = request(b"{}").replace(b"Connection: close\r\n", b"")
    return Talk("pipelined", (one * chance.randrange(2, 20) + request(b"{}"),))


def _odd(chance: Random) -> Talk:
    whole = request(b"{}", method=chance.choice(("get", "P\x00ST", "PRI", "CONNECT", "OPTIONS", "M" * 300)))
    whole = whole.replace(
        b"HTTP/1.1", chance.choice((b"HTTP/1.1", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.1 x", b"HTTX"))
    )
    return Talk("odd", (whole.replace(b"\r\n", chance.choice((b"\r\n", b"\n", b"\r"))),), is_half_closed=True)


def _expecting(chance: Random) -> Talk:
    whole = request(b"{}", "Expect: " + chance.choice(("100-continue", "a pony")))
    head, _, body = whole.partition(b"\r\n\r\n")
    return Talk("expecting", (head + b"\r\n\r\n", body), pause=0.05)


def _in_bits(chance: Random) -> Talk:
    whole = request(b'{"id": 1}', "Content-Type: application/json")
    size = chance.randrange(1, 40)
    pieces = tuple(whole[start : start + size] for start in range(0, len(whole), size))
    return Talk("in bits", pieces, pause=0.002)


_KINDS: Final[tuple[Callable[[Random], Talk], ...]] = (
    _cut, _contradictory, _chunked, _garbage, _long, _pipelined, _odd, _expecting, _in_bits,
)  # fmt: skip

HALF: Final = (
    Talk("half a head", (b"POST /webhooks/webshop HTTP/1.1\r\nHost: loc",)),
    Talk("half a body", (request(b"x" * 10, "Content-Length: 1000"),)),
    Talk("half a chunk", (request(b"10\r\nabc", "Transfer-Encoding: chunked"),)),
    Talk("a trickling head", (b"POST / HTTP/1.1\r\n", *(b"X-%d: 1\r\n" % n for n in range(80))), pause=0.5),
    Talk("a trickling body", (request(b"", "Content-Length: 1000"), *(b"x",) * 80), pause=0.5),
    Talk("nothing", ()),
)
"""Connections whose request never gets complete: the server ends them by its own deadline."""
