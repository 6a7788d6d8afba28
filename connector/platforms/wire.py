"""Connections that end on time and lead to where they should: one deadline a request, public addresses only.

A socket's time-out is for one operation, so an answer that drips one byte a second would last for ever.
Here every wait is cut to what is left of the request's own time. Only the look-up of a name is bounded by
the system's resolver instead; after it nothing is sent any more once the time is over. The addresses of a
name are checked before connecting, and those very addresses are connected to.

Requests and answers are the standard library's: urllib3 took as much of the processor again around them.
"""

from __future__ import annotations

import functools
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Any, Final

from urllib3.util.wait import wait_for_read

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
PIECE: Final = 16 * 1024


class Exchange:
    """One request under way: when it has to end, and whether any of it may have reached the other side."""

    def __init__(self) -> None:
        self.ends_at = 0.0
        self.is_sent = False

    def begin(self, ends_at: float) -> None:
        """A new request, to end at this moment of the monotonic clock."""
        self.ends_at = ends_at
        self.is_sent = False

    def remaining(self) -> float:
        """Seconds that are left, more than 0; raises TimeoutError when there are none."""
        if (left := self.ends_at - time.monotonic()) <= 0:
            raise TimeoutError("the time for this request is over")
        return left


def is_public(address: str) -> bool:
    """Whether it is a public address, also one inside an IPv6 address (mapped, NAT64, 6to4, Teredo)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def is_loopback(host: str) -> bool:
    """Whether this host is written as the machine itself: `localhost`, or a loopback address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Reader(io.RawIOBase):
    """The bytes of a socket, waiting for them no longer than the exchange lasts."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        self._sock, self._exchange = sock, exchange
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._exchange.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Paced:
    """A socket as an answer reads it, its headers too."""

    def __init__(self, exchange: Exchange, sock: socket.socket) -> None:
        self._exchange, self._sock = exchange, sock

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._exchange))


class TooLong(HTTPException):
    """The answer has more bytes than are read."""


class Wire(HTTPConnection):
    """One kept connection to a host; nothing is opened yet. For one thread at a time."""

    def __init__(self, host: str, port: int | None, exchange: Exchange) -> None:
        super().__init__(host, port or self.default_port)
        self._exchange = exchange
        self.response_class = functools.partial(_answer, exchange)  # type: ignore[assignment]  # it is called only

    def exchanged(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], most: int
    ) -> tuple[HTTPResponse, bytes]:
        """The answer and its whole body, of at most so many bytes; where this raises, nothing is kept open.

        Who refuses a request before it is sent whole may have said why, so that is read.
        """
        try:
            if self.sock is None:
                self.connect()
            with suppress(BrokenPipeError, ConnectionResetError):
                self.request(method, target, body=body, headers=headers)
            response = self.getresponse()
            return response, _whole(response, most)
        except BaseException:
            self.close()
            raise

    def __del__(self) -> None:
        """Nobody uses it any more."""
        self.close()

    @property
    def is_dropped(self) -> bool:
        """Whether the other side has ended it, or says something that nobody asked for."""
        return self.sock is not None and wait_for_read(self.sock, timeout=0.0)

    def connect(self) -> None:
        """Reach one of the host's addresses."""
        failure: OSError | None = None
        for family, address in self._addresses():
            try:
                self.sock = self._connected(family, address)
            except OSError as error:
                failure = error
            else:
                return
        raise failure or OSError(f"{self.host} has no address")

    def _addresses(self) -> list[tuple[socket.AddressFamily, Any]]:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise OSError(f"the name cannot be resolved: {error}") from error
        addresses: list[tuple[socket.AddressFamily, Any]] = [(one[0], one[4]) for one in found]
        is_allowed = _is_loopback_address if is_loopback(self.host) else is_public
        if refused := [address[0] for _, address in addresses if not is_allowed(str(address[0]))]:
            raise OSError(f"the name leads to {refused[0]}, which is not a public address")
        return addresses

    def _connected(self, family: socket.AddressFamily, address: Any) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(self._exchange.remaining())
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
            sock.settimeout(self._exchange.remaining())
        except BaseException:
            sock.close()
            raise
        return sock

    def send(self, data: Any) -> None:
        """Some of the request."""
        self.sock.settimeout(self._exchange.remaining())
        self._exchange.is_sent = True
        super().send(data)


class _Tls(Wire):
    """The same over TLS; certificates are verified against the system's authorities."""

    default_port = 443

    def connect(self) -> None:
        """Reach the host, which proves its name."""
        super().connect()
        context = ssl.create_default_context()
        context.hostname_checks_common_name = False
        context.set_alpn_protocols(["http/1.1"])
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def wire(scheme: str, host: str, port: int | None, exchange: Exchange) -> Wire:
    """A connection to this host."""
    return (_Tls if scheme == "https" else Wire)(host, port, exchange)


def _answer(exchange: Exchange, sock: socket.socket, **how: Any) -> HTTPResponse:
    paced: Any = _Paced(exchange, sock)
    return HTTPResponse(paced, **how)


def _whole(response: HTTPResponse, most: int) -> bytes:
    """Its body. What comes behind an answer that is not final would be taken for that of the next request."""
    if response.status < 200:
        raise HTTPException(f"there was only HTTP {response.status}, which comes before an answer")
    content = bytearray()
    while piece := response.read(PIECE):
        content += piece
        if len(content) > most:
            raise TooLong(f"it is longer than {most} bytes")
    if response.length:
        raise IncompleteRead(bytes(content), response.length)
    return bytes(content)


def _is_loopback_address(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback
