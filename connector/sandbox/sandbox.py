"""Starting and stopping a sandbox, and speaking to it from Python."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread
from types import FrameType, TracebackType
from typing import Any

from connector.sandbox.exchange import Json
from connector.sandbox.limits import Limits
from connector.sandbox.scripts import Script
from connector.sandbox.server import Server
from connector.sandbox.world import World


class Sandbox:
    """A running sandbox. As a context manager it stops at the end."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._thread = Thread(target=server.serve_forever, args=(0.02,), name="sandbox", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def hubspot_url(self) -> str:
        """The root of HubSpot's paths (`/crm/...`)."""
        return self.url

    @property
    def mailchimp_url(self) -> str:
        """The root of Mailchimp's paths, without `/3.0`."""
        return self.url

    def state(self) -> Json:
        """What is held and every call: the same as `GET /state`."""
        held: Json = json.loads(self._server.world.state())
        return held

    def reset(self) -> None:
        """Forget records, calls and scripts."""
        self._server.world.reset()

    def script(
        self, match: Mapping[str, Any], answers: Sequence[Mapping[str, Any]], times: int | None = 1
    ) -> None:
        """Prescribe answers for the next calls that fit, as `POST /script` does; `scripts.py` has the keys.

        Raises pydantic's ValidationError for a key or a value that does not exist.
        """
        self._server.world.script(Script.model_validate({"match": match, "answers": answers, "times": times}))

    def stop(self) -> None:
        """Stop listening and end all connections; again is no harm."""
        if self._thread.is_alive():
            self._server.close()
            self._thread.join()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    port: int = 0,
    host: str = "127.0.0.1",
    *,
    limits: Limits | None = None,
    clock: Callable[[], float] = time.time,
) -> Sandbox:
    """A sandbox in threads of this process; port 0 is any free one. Raises OSError where it is taken."""
    return Sandbox(Server((host, port), World(limits or Limits(), clock)))


def serve(
    port: int,
    host: str = "127.0.0.1",
    *,
    limits: Limits | None = None,
    ready: Callable[[Sandbox], None] = lambda sandbox: None,
) -> None:
    """Run a sandbox until Ctrl-C or SIGTERM; `ready` is called once it listens. For the main thread only."""
    is_over = Event()

    def end(number: int, frame: FrameType | None) -> None:
        is_over.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with start(port, host, limits=limits) as sandbox:
            ready(sandbox)
            is_over.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
