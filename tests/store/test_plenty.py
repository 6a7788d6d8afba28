"""Among 200,000 deliveries and as many actions that are over, PostgreSQL finds what is wanted by an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text

from connector.model.delivery import DeliveryStatus
from connector.model.ids import new_id
from connector.model.keep import Keep
from connector.model.values import dumps
from connector.store import contacts, inbox, months, outbox, queues
from connector.store.database import Store, Transaction, open_store
from connector.store.encoding import encode
from connector.store.queued import listing
from connector.store.retention import SHELVES
from connector.store.schema import ActionStatus
from tests.store.make import action

NOW = datetime(2027, 3, 17, 12, tzinfo=UTC)
COUNT = 200_000
BEGIN = NOW - timedelta(seconds=COUNT * 16)
"""Sixteen seconds between two, so they are of two months."""

CAUSE = dumps(encode(action("k").cause))
DELIVERIES = """
    INSERT INTO deliveries SELECT
      :begin || lpad(upper(to_hex(n)), 16, '0'), 'webshop', 'orders/create', n::text, '{}', '{}', '{}',
      :at + n * 16000000::bigint, CASE WHEN n % 40000 < 4
      THEN (ARRAY['waiting','parked','failed','ignored'])[n % 40000 + 1] ELSE 'done' END,
      0, 0, 'v1', '', '', CASE WHEN n % 40000 > 0 THEN :at END
    FROM generate_series(:first, :last) AS n
"""
ACTIONS = """
    INSERT INTO actions (key, connection, name, contact_id, arguments, kind, cause, decided_at, status,
                         failures, next_attempt_at, words, settled_at, rule)
    SELECT n::text, 'mailchimp', 'tag', 'c' || n % 5000, '{}', 'marketing', :cause, :at,
      CASE WHEN n % 40000 < 3 THEN (ARRAY['waiting','unknown','dead'])[n % 40000 + 1] ELSE 'done' END,
      0, :at, '',
      CASE WHEN n % 40000 > 1 THEN :at + n END, 'trigger:welcome'
    FROM generate_series(1, :count) AS n
"""
CONTACTS = """
    INSERT INTO contacts (id, state, wakes_at)
    SELECT 'c' || n, '{}', CASE WHEN n % 40000 = 0 THEN :at END FROM generate_series(1, :count) AS n
"""


@pytest.fixture(scope="module")
def store(make_postgres: Callable[[], str]) -> Iterator[Store]:
    """So many that are over, in two months, and some of each other kind."""
    with closing(open_store(make_postgres())) as made:
        made.migrate()
        with made.reading() as tx:
            wanted = months.missing(tx, BEGIN)
        for one in wanted:
            made.write(partial(months.make, month=one))
        made.write(_fill)
        yield made


def _fill(tx: Transaction) -> None:
    micros = int(BEGIN.timestamp() * 1_000_000)
    bound = next(n for n in range(COUNT) if (BEGIN + timedelta(seconds=16 * n)).month == NOW.month)
    for first, last in ((1, bound), (bound + 1, COUNT)):
        prefix = new_id(BEGIN + timedelta(seconds=16 * first))[:10]
        rows = {"begin": prefix, "at": micros, "first": first, "last": last}
        tx.execute(text(DELIVERIES), rows)
    tx.execute(text(ACTIONS), {"at": micros, "count": COUNT, "cause": CAUSE})
    tx.execute(text(CONTACTS), {"at": micros, "count": COUNT})
    tx.execute(text("ANALYZE"))


def plans(store: Store, work: Callable[[Transaction], object]) -> list[str]:
    """How PostgreSQL would go about each statement of `work`."""
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters[0] if isinstance(parameters, list) else parameters))

    def look(tx: Transaction) -> list[str]:
        event.listen(tx, "before_cursor_execute", note)
        work(tx)
        event.remove(tx, "before_cursor_execute", note)
        asked = [(one, values) for one, values in seen if one.startswith(("SELECT", "UPDATE", "DELETE"))]
        return [
            "\n".join(row[0] for row in tx.exec_driver_sql(f"EXPLAIN {one}", values)) for one, values in asked
        ]

    return store.write(look)


def settled(tx: Transaction) -> None:
    """What is taken ends."""
    ids = [one.id for one in inbox.take(tx, "one", 3, NOW)]
    inbox.settle(
        tx, [inbox.Settled(one, DeliveryStatus.DONE, "v1", NOW) for one in inbox.still_waiting(tx, ids)]
    )


LARGE = ("deliveries_2027_02", "deliveries_2027_03", "actions", "contacts")
HOT: list[tuple[str, Callable[[Transaction], object]]] = [
    ("take", lambda tx: inbox.take(tx, "one", 100, NOW)),
    ("settle", settled),
    ("find", lambda tx: inbox.find(tx, "unheard-of")),
    ("replay", lambda tx: inbox.replay(tx, "unheard-of")),
    *((f"list {one}", partial(inbox.listing, status=one)) for one in (None, *DeliveryStatus)),
    ("claim", lambda tx: outbox.claim(tx, "mailchimp", NOW, 100)),
    ("look up", lambda tx: outbox.claim_unknown(tx, "mailchimp", NOW, 100)),
    ("earliest", lambda tx: outbox.earliest(tx, "mailchimp")),
    ("list actions", lambda tx: listing(tx, ActionStatus.DONE)),
    ("due contacts", lambda tx: contacts.due(tx, NOW, 100)),
    ("earliest contact", contacts.earliest),
    ("what waits", lambda tx: queues.look(tx, ["mailchimp"], NOW)),
    *(
        (f"let go of {one.name}", partial(one.page, keep=Keep(), now=NOW, after=None, limit=200))
        for one in SHELVES
    ),
]


@pytest.mark.parametrize("work", [work for _, work in HOT], ids=[name for name, _ in HOT])
def test_what_is_wanted_is_found_by_an_index(store: Store, work: Callable[[Transaction], object]) -> None:
    found = plans(store, work)

    assert found
    for plan in found:
        assert not any(f"Seq Scan on {one}" in plan for one in LARGE), plan
