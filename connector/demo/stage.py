"""Everything that the demo runs: the sandbox, and one Loods with a database of its own."""

from __future__ import annotations

import secrets
import signal
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from connector import bootstrap
from connector.errors import LoodsError
from connector.mapping.accounts import Connection, FromEnvironment
from connector.sandbox import Sandbox, start
from connector.settings import Settings, read_settings
from connector.store import inbox, outbox

AUDIENCE = "57afe96172"


class DemoError(LoodsError):
    """The demo cannot start or go on; the message says why."""


class DemoStage:
    """A sandbox and a Loods on free ports; both gone when the context ends."""

    def __init__(self, settings: Settings, folder: Path, port: int) -> None:
        self.sandbox: Sandbox = start()
        self.url = f"http://127.0.0.1:{port or _free_port()}"
        self.database = f"sqlite:///{folder}/loods.db"
        environment = self._environment(settings.environment)
        self.system = bootstrap.build(replace(read_settings(environment), instead=self._instead()))
        self._stop = threading.Event()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loods", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._listening.wait(20):
            raise DemoError("Loods did not start listening within 20 seconds")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)
        self.sandbox.stop()

    def secret(self, connection: Connection) -> str:
        """The secret that this connection's webhooks are signed with."""
        value = self.system.settings.resolve(connection.secrets[0])
        if value is None:
            raise DemoError(f"{connection.name} has no secret")
        return value

    def connection(self, name: str) -> Connection:
        """The mapping's connection that the morning posts to."""
        found = self.system.mapping.connections.get(name)
        if found is None or found.source is None:
            raise DemoError(f"the demo plays into the example mapping; here no connection {name!r} listens")
        return found

    def settle(self, seconds: float = 20.0) -> None:
        """Wait until nothing waits any more, in the inbox or the outbox."""
        deadline = time.monotonic() + seconds
        while self._is_busy():
            if time.monotonic() > deadline:
                raise DemoError(
                    f"work still waits after {seconds:.0f} seconds; `loods actions` would show it"
                )
            time.sleep(0.02)

    def hubspot_id(self, email: str) -> int:
        """The id that HubSpot gave the contact with this address."""
        contacts: dict[str, Any] = self.sandbox.state()["hubspot"]["contacts"]
        found = (one for one, held in contacts.items() if held["properties"].get("email") == email)
        if (contact_id := next(found, None)) is None:
            raise DemoError(f"HubSpot does not know {email}")
        return int(contact_id)

    def wait_for_ctrl_c(self) -> None:
        """Stay up until somebody has seen enough."""
        enough = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: enough.set())
        enough.wait()

    def _run(self) -> None:
        bootstrap.run(self.system, self._stop, lambda _: self._listening.set())

    def _is_busy(self) -> bool:
        with self.system.store.reading() as tx:
            waiting = inbox.counts(tx).get("waiting", 0)
            open_actions = sum(
                outbox.counts(tx).get(status, 0) for status in ("waiting", "sending", "unknown")
            )
        return bool(waiting or open_actions)

    def _environment(self, own: Mapping[str, str]) -> dict[str, str]:
        """What the example mapping names, pointing at the sandbox; secrets are new each time."""
        mapping = bootstrap.load(read_settings(own))
        made = {
            secret.variable: "whsec_" + secrets.token_urlsafe(24).replace("-", "A").replace("_", "B")
            for connection in mapping.connections.values()
            for secret in connection.secrets[:1]
            if isinstance(secret, FromEnvironment)
        }
        return made | {
            "LOODS_MAPPINGS": own.get("LOODS_MAPPINGS", ""),
            "DATABASE_URL": self.database,
            "PORT": self.url.rpartition(":")[2],
            "PUBLIC_URL": self.url,
        }

    def _instead(self) -> dict[str, dict[str, str]]:
        """Every platform is the sandbox, whatever the mapping says: a demo reaches nobody's real one."""
        return {
            "hubspot": {
                "token": "pat-eu1-demo",
                "url": self.sandbox.hubspot_url,
                "owner": "sales@example.com",
            },
            "mailchimp": {"token": "demo-us21", "url": self.sandbox.mailchimp_url, "audience": AUDIENCE},
            "http": {"url": f"{self.sandbox.url}/http/demo"},
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
