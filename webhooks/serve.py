"""The WSGI server of a single process: waitress, with limits of its own and an orderly end.

Stricter than waitress itself (3.0.2, read in its source) in three things: a request that announces its length
twice, by Content-Length and by chunks, is refused; one that trickles in is cut off after REQUEST_SECONDS,
where waitress only ends a connection that is silent; and stopping lets finish what has begun. What the server
refuses before the application sees it gets the same kind of document as every other refusal.
"""

from __future__ import annotations

import logging
import socket
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask

from connector.errors import ReceiveError, SettingsError, TooLarge
from webhooks.body import LIMIT
from webhooks.problem import HeaderLimitError, InternalError, problem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

REQUEST_SECONDS = 30
"""How long a request may take to arrive, in all."""

GRACE_SECONDS = 5.0
"""How long a stopping server waits for the requests that it has."""

_TURN_SECONDS = 0.25
"""How soon the server notices that it should stop; requests wake it at once."""


class Server:
    """Serves `app` on one address. `port` is the one that was really bound, also where 0 was asked for.

    Raises SettingsError where the address cannot be had.
    """

    def __init__(self, app: WSGIApplication, host: str, port: int) -> None:
        bound = _bind(host, port)
        self.port: int = bound.getsockname()[1]
        self._is_stopping = False
        self._listener = Listener(app, bound)
        # At its finer levels waitress logs paths, in which a secret may stand.
        logging.getLogger("waitress").setLevel(logging.WARNING)

    def run(self) -> None:
        """Serve until `stop`; then finish what has begun, within GRACE_SECONDS, and let go of the address."""
        while not self._is_stopping:
            self._listener.turn()
        self._listener.stop_accepting()
        until = time.monotonic() + GRACE_SECONDS
        while self._listener.is_busy() and time.monotonic() < until:
            self._listener.turn()
        self._listener.end()

    def stop(self) -> None:
        """Make `run` return soon. From any thread or signal handler, any number of times."""
        self._is_stopping = True


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Reads requests; whose end can be seen in two ways is refused (RFC 9112, sections 6.1 and 6.3)."""

    def parse_header(self, header_plus: bytes) -> None:
        """Raise ParsingError where a length stands beside chunks, or where HTTP/1.0 speaks of chunks."""
        super().parse_header(header_plus)
        is_double = self.chunked and "CONTENT_LENGTH" in self.headers
        if is_double or "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("it is not clear where the body ends")


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """Answers what the server itself refuses."""

    def execute(self) -> None:
        """Write a problem document instead of waitress's plain text."""
        response = problem(_in_our_words(self.request.error.code), uuid4().hex)
        self.status = response.status
        self.response_headers.extend(response.headers.items())
        self.set_close_on_finish()
        body = response.get_data()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """One connection, which knows since when the request has been arriving that is not complete yet."""

    parser_class = Parser
    error_task_class = Refusal
    begun_at = 0.0

    def received(self, data: bytes) -> bool:
        """Take what arrived."""
        if self.request is None:
            self.begun_at = time.time()
        return bool(super().received(data))

    def is_late(self, now: float) -> bool:
        """Whether its request should have been complete by `now`."""
        return self.request is not None and now - self.begun_at > REQUEST_SECONDS

    def is_busy(self) -> bool:
        """Whether something of it still has to be read, done or written."""
        return bool(self.request or self.requests or self.total_outbufs_len)


class Listener(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """The listening socket with its connections and threads."""

    channel_class = Channel

    def __init__(self, app: WSGIApplication, bound: socket.socket) -> None:
        limits = Adjustments(
            sockets=[bound],
            threads=16,
            ident=None,
            connection_limit=1000,
            channel_timeout=REQUEST_SECONDS,
            cleanup_interval=5,
            max_request_header_size=32 * 1024,
            # A body just over the limit is for the application to refuse, which also counts it.
            max_request_body_size=LIMIT + 64 * 1024,
            asyncore_use_poll=True,
        )
        place = (bound.family, bound.type, bound.proto, bound.getsockname())
        super().__init__(app, _sock=bound, adj=limits, bind_socket=False, sockinfo=place)

    def turn(self) -> None:
        """Read and write what is ready."""
        wasyncore.loop(timeout=_TURN_SECONDS, use_poll=True, map=self._map, count=1)

    def maintenance(self, now: float) -> None:
        """End connections that are silent, and those whose request does not get complete."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.is_late(now):
                channel.will_close = True

    def is_busy(self) -> bool:
        """Whether any connection still has work."""
        return any(channel.is_busy() for channel in self.active_channels.values())

    def stop_accepting(self) -> None:
        """Let go of the address; the connections stay."""
        wasyncore.dispatcher.close(self)

    def end(self) -> None:
        """Close every connection and end the threads that are idle.

        The trigger is only closed when no thread is left that could pull it: its file descriptor may by then
        be another file's.
        """
        for channel in list(self.active_channels.values()):
            channel.handle_close()
        self.task_dispatcher.shutdown(timeout=1)
        if not self.task_dispatcher.threads:
            self.trigger.close()


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host}, port {port}: {error.strerror or error}; HOST and PORT say where"
        ) from error


def _in_our_words(status: int) -> ReceiveError:
    match status:
        case 413:
            return TooLarge(f"The body is larger than {LIMIT} bytes.")
        case 431:
            return HeaderLimitError()
        case 500:
            return InternalError()
        case _:
            return ReceiveError("The request is not HTTP as it is taken here.")
