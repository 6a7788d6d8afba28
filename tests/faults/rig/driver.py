"""Senders: each keeps a connection, signs what it posts, and comes again as senders of its kind do."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from select import select
from typing import Final, Self

from tests.faults.rig.history import History, Said
from tests.faults.rig.posts import Post

_TIMEOUT: Final = 30.0
_PAUSE: Final = 0.05
"""Seconds after which a sender tries again that was refused or cut off."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to post, and under which address the senders know us (HubSpot signs it)."""

    port: int
    public_url: str
    host: str = "127.0.0.1"


class Driver:
    """Posts one thing after another from `senders` threads, until it stops; what each heard is in `history`.

    `rate` is how many are posted a second in all, at most. Leaving the context stops it; then what is to be
    resent is resent for up to `patience` seconds.
    """

    def __init__(
        self,
        target: Target,
        history: History,
        nth: Callable[[int], Post],
        *,
        senders: int = 4,
        rate: float = 40.0,
        patience: float = 30.0,
    ) -> None:
        self.posts: dict[str, Post] = {}
        self._target = target
        self._history = history
        self._nth = nth
        self._numbers = count(1)
        self._pause = senders / rate
        self._patience = patience
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, name=f"sender-{n}", daemon=True) for n in range(senders)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Post nothing new, and wait until what was begun is acknowledged or given up."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(self._patience + _TIMEOUT)

    def _send(self) -> None:
        sender = _Sender(self._target, self._history)
        while not self._stopping.is_set():
            post = self._nth(next(self._numbers))
            self.posts[post.name] = post
            self._delivered(sender, post)
            self._stopping.wait(self._pause)
        sender.close()

    def _delivered(self, sender: _Sender, post: Post) -> None:
        until: float | None = None
        while not sender.posts(post) and post.is_resent:
            if self._stopping.is_set():
                until = until or time.monotonic() + self._patience
                if time.monotonic() > until:
                    return
            time.sleep(_PAUSE)
        if not post.is_resent and not sender.is_connected:
            time.sleep(_PAUSE)


class _Sender:
    """One connection, opened again when it broke."""

    def __init__(self, target: Target, history: History) -> None:
        self._target = target
        self._history = history
        self._connection: http.client.HTTPConnection | None = None

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    def posts(self, post: Post) -> bool:
        """Post it once; whether it was acknowledged."""
        self._history.say("invoke", post.name)
        said, told = self._answered(post)
        self._history.say(said, post.name, told)
        return said == "ok"

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answered(self, post: Post) -> tuple[Said, str]:
        try:
            connection = self._connected()
        except OSError as error:
            return "fail", f"not connected: {error}"
        try:
            path = f"/webhooks/{post.connection}"
            connection.request("POST", path, post.body, post.headers(self._target.public_url))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return "info", type(error).__name__
        return ("ok" if 200 <= answer.status < 300 else "fail"), str(answer.status)

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None or has_ended(self._connection.sock):
            self.close()
            connection = http.client.HTTPConnection(self._target.host, self._target.port, timeout=_TIMEOUT)
            connection.connect()
            self._connection = connection
        return self._connection


def has_ended(kept: socket.socket | None) -> bool:
    """Whether a connection that was kept is of no more use: senders look before they use one again, as curl,
    Go, Node and urllib3 do. Whoever does not posts into one that was ended while it rested.
    """
    return kept is None or bool(select([kept], [], [], 0)[0])
