"""Serves the panel on a port of its own, by the server of Python's standard library."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from connector.errors import SettingsError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)


class _Handler(WSGIRequestHandler):
    """Says nothing in the log, and ends a connection that is silent for five seconds."""

    timeout = 5

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
        """Nothing."""


class _Server(ThreadingMixIn, WSGIServer):
    """A thread for each request, which keeps nobody from ending."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up or says nothing is no news; the library would print it with its address."""
        error = sys.exception()
        if not isinstance(error, OSError):
            log.error("a request to the panel broke", exc_info=error)


class _Server6(_Server):
    """The same at an address of IPv6."""

    address_family = socket.AF_INET6


class PanelServer:
    """Serves `app` in a thread of its own until `close`. `port` is the one that was really bound.

    Raises SettingsError where the address cannot be had.
    """

    def __init__(self, app: WSGIApplication, host: str, port: int) -> None:
        try:
            server = _Server6 if ":" in host else _Server
            self._server = make_server(host.strip("[]"), port, app, server, _Handler)
        except OSError as error:
            raise SettingsError(
                f"cannot listen on {host}, port {port}: {error.strerror or error}; METRICS_HOST and "
                "METRICS_PORT say where"
            ) from error
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, name="panel", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let go of the address."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
