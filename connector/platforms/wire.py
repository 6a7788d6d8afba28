"""Connections that end on time and lead to where they should: one deadline a request, public addresses only.

urllib3's time-outs are per socket operation, so an answer that drips one byte a second would last for ever.
Here every wait is cut to what is left of the request's own time. Only the look-up of a name is bounded by
the system's resolver instead; after it nothing is sent any more once the time is over. The addresses of a
name are checked before connecting, and those very addresses are connected to.
"""

from __future__ import annotations

import functools
import io
import ipaddress
import socket
import time
from http.client import HTTPResponse
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


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


class _Response(HTTPResponse):
    """An answer that is read through `_Reader`, its headers too."""

    def __init__(self, exchange: Exchange, sock: socket.socket, **how: Any) -> None:
        super().__init__(sock, **how)
        self.fp.close()
        self.fp = io.BufferedReader(_Reader(sock, exchange))


class _Timed(HTTPConnection):
    """What both kinds of connection have in common."""

    def __init__(self, host: str, port: int | None = None, *, exchange: Exchange, **how: Any) -> None:
        super().__init__(host, port, **how)
        self._exchange = exchange
        self.response_class = functools.partial(_Response, exchange)  # type: ignore[assignment]  # it is called only

    def _new_conn(self) -> socket.socket:
        failure: OSError | None = None
        for family, address in self._addresses():
            try:
                return self._connected(family, address)
            except OSError as error:
                failure = error
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
        if self.sock is None:
            self.connect()
        self.sock.settimeout(self._exchange.remaining())
        self._exchange.is_sent = True
        super().send(data)


def _is_loopback_address(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


class _TimedTls(_Timed, HTTPSConnection):
    """The same over TLS; certificates are verified against the system's authorities."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Timed


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTls


def pool(scheme: str, host: str, port: int | None, exchange: Exchange) -> HTTPConnectionPool:
    """One kept connection to this host, never more; nothing is opened yet."""
    kind = _TlsPool if scheme == "https" else _PlainPool
    return kind(host, port or (443 if scheme == "https" else 80), maxsize=1, retries=False, exchange=exchange)
