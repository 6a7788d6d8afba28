"""A server that says exactly the bytes that it was told, for answers that no decent server gives."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import pytest


class RawServer:
    """Answers every connection with the same pieces, `pause` seconds apart; keeps what it was sent."""

    def __init__(
        self,
        *pieces: bytes,
        pause: float = 0.0,
        keeps_open: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._pieces, self._pause, self._keeps_open, self._tls = pieces, pause, keeps_open, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.received: list[bytes] = []
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> RawServer:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            kept = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
        except OSError:
            return
        with kept:
            while request := _received(kept):
                self.received.append(request)
                if not _said(kept, self._pieces, self._pause) or not self._keeps_open:
                    return


def _received(connection: socket.socket) -> bytes:
    """One request, whole (its head and body may come apart), or what came of it before the client went."""
    try:
        return _whole(connection)
    except OSError:
        return b""


def _whole(connection: socket.socket) -> bytes:
    got = b""
    while not _is_whole(got):
        piece = connection.recv(65536)
        if not piece:
            break
        got += piece
    return got


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


def _said(connection: socket.socket, pieces: Sequence[bytes], pause: float) -> bool:
    try:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
    except OSError:
        return False
    return True


def self_signed(folder: Path, name: str = "IP:127.0.0.1") -> ssl.SSLContext:
    """A certificate of this name that nobody vouches for, made as `certificate.pem` within the folder.

    Skips the test without openssl.
    """
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("openssl makes the certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"]
    made += ["-addext", f"subjectAltName={name}"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context
