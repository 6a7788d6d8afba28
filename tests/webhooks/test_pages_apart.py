"""Pages are there while the receiver's own work waits for the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from connector import bootstrap
from connector.bootstrap.house import house
from connector.settings import read_settings
from tests.patience import PATIENCE
from tests.webhooks.signing import mac
from webhooks.message import Request, Waiting

SOURCE = """\
source: shop
verify: {scheme: hmac-sha256, header: X-Signature, encoding: hex}
delivery: {topic: body.event, key: body.id}
contact: {identities: {email: body.email}}
events: {signed_up: {name: newsletter.subscribed}}
"""
SECRET = "a-secret-of-at-least-24-bytes"


@pytest.fixture
def system(tmp_path: Path) -> Iterator[bootstrap.System]:
    (tmp_path / "shop.yaml").write_text(SOURCE)
    (tmp_path / "main.yaml").write_text("connections:\n  shop: {source: shop, secret: $SECRET}\n")
    given = {
        "LOODS_MAPPINGS": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/loods.db",
        "SECRET": SECRET,
    }
    made = bootstrap.build(read_settings(given))
    yield made
    made.store.close()


def unreadable(number: int) -> Request:
    """Genuine, and no JSON."""
    body = b"%d is no object" % number
    headers = {"content-type": "application/json", "x-signature": mac(SECRET.encode(), body).hex()}
    return Request("POST", "/webhooks/shop", headers=headers, body=body, length=len(body))


def test_many_that_cannot_be_read_do_not_keep_the_pages_waiting(system: bootstrap.System) -> None:
    front, begun, may_go_on = house(system), Event(), Event()

    def dawdle(_: object) -> None:
        begun.set()
        may_go_on.wait(PATIENCE)

    busy = Thread(target=system.store.write, args=(dawdle,))
    busy.start()
    begun.wait(PATIENCE)

    kept = [front.take(unreadable(number)) for number in range(20)]
    page = front.take(Request("GET", "/health/live"))
    assert isinstance(page, Waiting)
    try:
        page.done.result(PATIENCE / 2)
    finally:
        may_go_on.set()
        busy.join(PATIENCE)

    assert page.answer().status == 200
    assert all(isinstance(one, Waiting) and one.done.result(PATIENCE)[0].is_new for one in kept)
