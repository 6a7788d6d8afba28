"""A server that really runs, and bytes on a socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from tests.patience import PATIENCE
from webhooks.front import Front
from webhooks.listen import bound
from webhooks.patience import Patience
from webhooks.serve import Server


@contextmanager
def serving(front: Front, patience: Patience | None = None) -> Iterator[Server]:
    """The house on a port of its own, until the end of the block."""
    server = Server(front, [bound("127.0.0.1", 0)], patience)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)


def leaps(server: Server, seconds: float) -> None:
    """For all that the server measures, so much time has gone by at once."""
    now = server.now
    server.now = lambda: now() + seconds


def stands_still(server: Server) -> None:
    """For all that the server measures, no time goes by any more."""
    moment = server.now()
    server.now = lambda: moment


def busy(server: Server) -> int:
    """How many connections the server knows to have something under way."""
    return sum(wire.is_busy for wire in tuple(server._wires))


def talk(server: Server, *pieces: bytes) -> bytes:
    """Send the pieces, and read until the server closes; what could not be sent any more is left out."""
    with connect(server) as wire:
        for piece in pieces:
            try:
                wire.sendall(piece)
            except ConnectionError:
                break
        return read_on(wire)


def read_on(wire: socket.socket) -> bytes:
    """What the server still says before it closes."""
    said = bytearray()
    try:
        while piece := wire.recv(65_536):
            said += piece
    except ConnectionResetError:
        pass
    return bytes(said)


def post(path: str, body: bytes, *headers: str, http: str = "1.1") -> bytes:
    """A request with this body, which asks the server to close afterwards."""
    lines = [f"POST {path} HTTP/{http}", "Host: localhost", "Connection: close", *headers]
    if not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunks(body: bytes, size: int = 1000) -> bytes:
    """The body in chunks."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
