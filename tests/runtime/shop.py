"""A whole Loods under a test's control: a real database and SDKs, the sandbox, a clock to set."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Condition
from types import TracebackType
from typing import Any, Self

from werkzeug.test import Client

from connector import bootstrap
from connector.bootstrap.doors import Doors
from connector.demo.signing import sign
from connector.model.contact import Contact
from connector.model.event import Identity
from connector.sandbox import Sandbox
from connector.settings import read_settings
from connector.store import contacts, history, inbox, outbox
from connector.store.history import Recorded
from connector.store.inbox import InboxRow
from connector.store.outbox import Attempt, Queued

SECRET = "whsec_bG9vZHMtdGVzdC1zZWNyZXQtb2YtMzItYnl0ZXMhISE="
AUDIENCE = "57afe96172"


class Clock:
    """A clock that a test moves. With a `tick` it is later at every look, so that no two looks are alike."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.tick = timedelta(0)
        self._looks = count()
        self._seen, self._passed = at, 0.0

    def __call__(self) -> datetime:
        return self.at + next(self._looks) * self.tick

    def moves(self, **length: float) -> None:
        """Let time go by."""
        self.at += timedelta(**length)

    def seconds(self) -> float:
        """Seconds that only go on: where it is set back, they stand still."""
        at = self()
        self._passed += max(0.0, (at - self._seen).total_seconds())
        self._seen = at
        return self._passed

    def pause(self, changed: Condition, seconds: float) -> None:
        """Whoever waits at a door lets time go by."""
        self.moves(seconds=seconds)


class Shop:
    """One mapping with everything behind it; `turns` does the work that threads would do."""

    def __init__(
        self, database_url: str, sandbox: Sandbox, mapping: Path, *, is_watched: bool = False
    ) -> None:
        self.clock = Clock(datetime.now(UTC))  # noqa: TID251 - signatures are checked against real time
        self.sandbox = sandbox
        self.settings = read_settings(
            {
                "LOODS_MAPPINGS": str(mapping),
                "DATABASE_URL": database_url,
                "PUBLIC_URL": "http://localhost",
                "HUBSPOT_TOKEN": "pat-eu1-test",
                "HUBSPOT_CLIENT_SECRET": SECRET,
                "HUBSPOT_URL": sandbox.hubspot_url,
                "MAILCHIMP_API_KEY": "test-us21",
                "MAILCHIMP_AUDIENCE": AUDIENCE,
                "MAILCHIMP_URL": sandbox.mailchimp_url,
                "MAILCHIMP_WEBHOOK_SECRET": SECRET,
                "WOO_SECRET": SECRET,
                "SHOPIFY_SECRET": SECRET,
                "WEBSITE_SECRET": SECRET,
                "BROKEN_URL": "http://[broken",
            }
        )
        doors = Doors(self.clock.seconds, self.clock.pause)
        self.system = bootstrap.build(self.settings, self.clock, doors, is_watched=is_watched)
        self.web = Client(bootstrap.web(self.system, self.clock))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.system.store.close()

    def posts(self, connection: str, body: Any, headers: dict[str, str] | None = None) -> int:
        """Post one signed webhook; the answer's status."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        source = self.system.mapping.connections[connection].source or ""
        path = f"/webhooks/{connection}"
        message = f"msg_{secrets.token_hex(8)}"
        signed = sign(source, SECRET, raw, f"http://localhost{path}", message, self.clock())
        media = "application/x-www-form-urlencoded" if source == "mailchimp" else "application/json"
        answer = self.web.post(path, data=raw, headers={"Content-Type": media, **signed, **(headers or {})})
        return answer.status_code

    def says(self, event: str, email: str | None, **rest: Any) -> int:
        """The website posts one event in our own vocabulary, as of now."""
        person = {"contact": {"email": email}} if email else {}
        body = {
            "event": event,
            "id": secrets.token_hex(6),
            "occurred_at": self.clock().isoformat(),
            **person,
            **rest,
        }
        return self.posts("website", body)

    def turns(self, most: int = 200) -> None:
        """Process and dispatch until nothing is due."""
        for _ in range(most):
            if not self.system.processor.step() + sum(one.step() for one in self.system.dispatchers):
                return
        raise AssertionError(f"still busy after {most} turns")

    def contact(self, email: str) -> Contact:
        """The person with this address."""
        with self.system.store.reading() as tx:
            found = contacts.find(tx, Identity("email", "", email))
        assert found is not None, f"nobody is known as {email}"
        return found

    def stage(self, email: str) -> str | None:
        """Where the person stands in the main journey."""
        standing = self.contact(email).standings.get("main")
        return standing.stage if standing else None

    def history(self, email: str) -> list[Recorded]:
        """What happened to the person."""
        contact_id = self.contact(email).id
        with self.system.store.reading() as tx:
            return history.of_contact(tx, contact_id)

    def deliveries(self) -> list[InboxRow]:
        """Everything that was received, newest first."""
        with self.system.store.reading() as tx:
            return inbox.listing(tx, limit=500)

    def actions(self) -> list[Queued]:
        """Everything that was asked of the platforms, oldest first."""
        with self.system.store.reading() as tx:
            return outbox.listing(tx, limit=5_000)[::-1]

    def attempts(self, action: Queued) -> list[Attempt]:
        """Every try of one action."""
        with self.system.store.reading() as tx:
            return outbox.attempts(tx, action.id)

    def calls(self, *fragments: str) -> list[dict[str, Any]]:
        """The platforms' calls whose path holds one of the fragments."""
        return [one for one in self.sandbox.state()["calls"] if _has(one["path"], fragments)]


def _has(path: str, fragments: Iterable[str]) -> bool:
    return any(fragment in path for fragment in fragments)
