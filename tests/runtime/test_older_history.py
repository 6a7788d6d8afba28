"""A database of an older release, with a history, a run that waits and a visitor: what is new works on it.

`older/schema_0004.json` has the rows that a release with that schema wrote: nobody has a place up to which
they are folded, and nothing of companies, merges or snapshots is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.runtime.errands import RECOMPUTE, Errand, ask
from connector.runtime.recomputing import Recomputer
from connector.sandbox import Sandbox
from connector.store import contacts, sweeps
from tests.runtime.shop import Shop
from tests.runtime.test_older_database import fresh_database_url, make_older

__all__ = ["fresh_database_url"]

EVA = "eva@example.com"
ROWS = Path(__file__).parent / "older" / "schema_0004.json"


@pytest.fixture
def older(fresh_database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A Loods of this release on that database, an hour after the visitor came and before the run is due."""
    make_older(fresh_database_url, "0004", ROWS)
    folder = tmp_path / "mapping"
    folder.mkdir()
    [published] = json.loads(ROWS.read_text(encoding="utf-8"))["mapping_versions"]
    for name, text in json.loads(published["files"]).items():
        (folder / name).write_text(text, encoding="utf-8")
    with Shop(fresh_database_url, sandbox, folder) as shop:
        shop.clock.at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
        yield shop


def names(shop: Shop) -> list[str]:
    """What was asked of the platforms."""
    return [one.action.name for one in shop.actions()]


def people(shop: Shop) -> list[Contact]:
    with shop.system.store.reading() as tx:
        return contacts.listing(tx)


def test_an_event_from_before_the_upgrade_comes_late_and_moves_nobody_back(older: Shop) -> None:
    before = names(older)

    older.says("file.downloaded", EVA, occurred_at="2026-11-20T09:10:00Z")
    older.turns()

    eva = older.contact(EVA)
    assert older.stage(EVA) == "care"
    assert eva.counters["file.downloaded"] == 1
    assert (eva.counters["order.paid"], eva.counters["newsletter.confirmed"]) == (1, 1)
    assert names(older) == before


def test_the_run_that_waited_acts_once_after_an_event_that_came_late(older: Shop) -> None:
    older.says("file.downloaded", EVA, occurred_at="2026-11-20T09:10:00Z")
    older.turns()
    before = names(older)

    older.clock.moves(hours=2)
    older.turns()

    assert names(older) == [*before, "start_journey"]


def test_a_visitor_of_before_becomes_one_with_the_customer_and_nothing_is_done_anew(older: Shop) -> None:
    before, runs = names(older), {name: [*some] for name, some in older.contact(EVA).runs.items()}

    older.says("page.viewed", None, contact={"id": "abc", "email": EVA}, page={"url": "https://example.com"})
    older.turns()

    [joint] = people(older)
    assert {name: [*some] for name, some in joint.runs.items()} == runs
    assert joint.counters == {
        "page.viewed": 3,
        "newsletter.confirmed": 1,
        "order.placed": 1,
        "order.paid": 1,
    }
    assert older.stage(EVA) == "care"
    assert Answer.MERGED in {one.answer for one in older.history(EVA)[-1].trace}
    assert names(older) == before
    older.clock.moves(hours=2)
    older.turns()
    assert names(older) == [*before, "start_journey"]


def test_recomputing_gives_what_stood_there_and_asks_nothing_of_platforms(older: Shop) -> None:
    before, sent = older.contact(EVA), names(older)
    version = older.system.mapping.version

    assert ask(older.system.store, Errand(RECOMPUTE, version, "eva", older.clock()), 0.0)
    recomputer = Recomputer(older.system.store, older.clock, rest=0)
    while recomputer.step(older.system.mapping):
        pass

    with older.system.store.reading() as tx:
        done = sweeps.listing(tx)[0]
    after = older.contact(EVA)
    assert (done.seen, done.broken) == (2, 0)
    assert (after.counters, after.orders, after.runs) == (before.counters, before.orders, before.runs)
    assert {name: one.stage for name, one in after.standings.items()} == {"main": "care"}
    assert names(older) == sent
    assert after.folded is not None
