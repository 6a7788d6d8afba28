"""A wire between Loods and PostgreSQL that can be held, and cut: also between a COMMIT and its answer."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_COMMIT: Final = b"COMMIT\x00"
"""How psycopg ends a transaction: a simple query (PostgreSQL's documentation, "Message Formats", Query)."""


class Proxy:
    """Listens on a port and passes all on to a Unix socket; a context that ends it."""

    def __init__(self, behind: Path) -> None:
        self._behind = behind
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._commits_to_cut = 0
        self.cuts_at_commit = 0
        self._passes = threading.Event()
        self._passes.set()
        self._accepting = threading.Thread(target=self._accept, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._passes.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        self._accepting.join(5)

    def cut(self) -> None:
        """End every connection, whatever is under way."""
        with self._lock:
            pairs, self._pairs = self._pairs, {}
        for pair in pairs.items():
            _end(*pair)

    def cut_at_commit(self, times: int = 1) -> None:
        """The next commits reach the database; their answers reach nobody, and the connection ends."""
        with self._lock:
            self._commits_to_cut += times

    def hold(self) -> None:
        """Nothing passes any more, in either direction, and nobody is told."""
        self._passes.clear()

    def let_go(self) -> None:
        """What was held passes."""
        self._passes.set()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self._behind))
            except OSError:
                client.close()
                server.close()
                continue
            with self._lock:
                self._pairs[client] = server
            for way in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, is_asking: bool) -> None:
        with suppress(OSError):
            while sent := one.recv(65536):
                self._passes.wait()
                other.sendall(sent)
                if is_asking and _COMMIT in sent and self._is_to_be_cut():
                    _end(one)
                    other.recv(65536)
                    break
        _end(one, other)
        with self._lock:
            self._pairs.pop(one if is_asking else other, None)

    def _is_to_be_cut(self) -> bool:
        with self._lock:
            if not self._commits_to_cut:
                return False
            self._commits_to_cut -= 1
            self.cuts_at_commit += 1
            return True


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
