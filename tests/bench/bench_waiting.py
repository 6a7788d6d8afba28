"""What contacts who wait cost a system to which nothing happens, and how soon those are served who are due.

    python -m tests.bench.bench_waiting [CONTACTS]       # a million by default; some 2 GB of disk for a while

Prints what one look of an idle processor takes beside so many who wait, as a ratio to one beside a single
contact of the same run; then how long a burst of those who are due takes until the last of them has got their
action, in the large database and in the small one.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text

from connector.sandbox import start
from connector.store.schema import actions
from tests.bench.heading import heading
from tests.runtime.shop import Shop

CONTACTS: Final = 1_000_000
DUE: Final = 1_000
LOOKS: Final = 300
RULES: Final = """
connections:
  hubspot: {platform: hubspot, token: $HUBSPOT_TOKEN, owner: sales@example.com}
  website: {source: json, secret: $WEBSITE_SECRET}
trigger: thank
kind: internal
on: file.downloaded
wait: 2h
blast: 1000000
do:
  - hubspot.create_task: {title: Thank, due: 1 working day}
"""

_COPY: Final = text(
    """
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count)
    INSERT INTO contacts (id, state, wakes_at)
    SELECT printf('w%07d', n), replace(state, :first, printf('w%07d', n)), wakes_at + n * 1000000
    FROM contacts, number WHERE id = :first
    """
)
"""So many who wait as the first does, each a second longer than the one before."""

_HURRY: Final = text("UPDATE contacts SET wakes_at = :now WHERE id IN (SELECT id FROM contacts LIMIT :count)")


def main(count: int = CONTACTS) -> None:
    """Measure and print."""
    heading("contacts who wait")
    with start() as sandbox:
        measured = [_measured(size, lambda url, folder: Shop(url, sandbox, folder)) for size in (DUE, count)]
    (small_idle, small_due), (idle, due) = measured
    sys.stdout.write(
        f"an idle look beside {count:,} who wait: {idle * 1000:.2f} ms; "
        f"beside {DUE:,}: {small_idle * 1000:.2f} ms; ratio {idle / small_idle:.2f}\n"
        f"{DUE:,} due at once, until the last has acted: {due:.2f} s of {count:,}; "
        f"{small_due:.2f} s of {DUE:,}; ratio {due / small_due:.2f}; the limit is 2 s\n"
    )


def _measured(count: int, open_shop: Callable[[str, Path], Shop]) -> tuple[float, float]:
    """Seconds of an idle look, and until a burst is served, beside so many who wait."""
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "mapping"
        rules.mkdir()
        (rules / "shop.yaml").write_text(RULES)
        with open_shop(f"sqlite:///{folder}/loods.db", rules) as shop:
            _fill(shop, count)
            return _idle(shop), _burst(shop)


def _fill(shop: Shop, count: int) -> None:
    shop.says("file.downloaded", "eva@example.com", file={"id": "guide", "name": "Guide"})
    shop.turns()
    first = shop.contact("eva@example.com").id
    shop.system.store.write(lambda tx: tx.execute(_COPY, {"first": first, "count": count}))


def _idle(shop: Shop) -> float:
    taken = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        assert not shop.system.processor.step()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _burst(shop: Shop) -> float:
    """Until those have acted whose two hours are over."""
    before = _made(shop)
    shop.clock.moves(hours=2, minutes=1)
    now = shop.clock() - timedelta(minutes=1)
    micros = int(now.timestamp() * 1_000_000)
    shop.system.store.write(lambda tx: tx.execute(_HURRY, {"now": micros, "count": DUE}))
    started = time.perf_counter()
    while _made(shop) < before + DUE:
        shop.system.processor.step()
    return time.perf_counter() - started


def _made(shop: Shop) -> int:
    with shop.system.store.reading() as tx:
        return tx.execute(select(func.count()).select_from(actions)).scalar_one()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
