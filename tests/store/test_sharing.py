"""Several processes share one SQLite file: who may, in which turn, and what they tell each other."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from connector.errors import HeldError, StoreError
from connector.store import inbox
from connector.store.database import Place, Store, open_store
from connector.store.news import News
from connector.store.sqlite.store import SqliteStore
from connector.store.sqlite.turns import FairTurns
from tests.patience import PATIENCE, until
from tests.store.make import delivery
from tests.store.script import ROOT
from tests.store.sharing import Opens, is_taken

WRITING = """
import sys, time
from sqlalchemy import text
from connector.store.database import Place, open_store
url, who, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = open_store(url, Place.GUEST)
def note(tx, is_last):
    tx.execute(text("INSERT INTO noted (who) VALUES (:who)"), {"who": who})
    while not is_last and not store.is_waited_for():
        time.sleep(0.001)
for left in reversed(range(times)):
    store.write(lambda tx: note(tx, left == 0))
store.close()
"""

HOLDING = """
import sys, time
from connector.store.database import Place, open_store
store = open_store(sys.argv[1], Place.GUEST)
def hold(tx):
    print("has the turn", flush=True)
    time.sleep(60)
store.write(hold)
"""

FAILING = """
import resource, sys
from connector.errors import StoreError
from connector.store.database import Place, open_store
from tests.store.make import delivery
store = open_store(sys.argv[1], Place.WEB)
store.receive([delivery("before")])
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    store.receive([delivery("broken", body=b"x" * 1_000_000)])
except StoreError as error:
    print(error, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(migrated_url: str) -> Path:
    """The database."""
    return Path(migrated_url.removeprefix("sqlite:///"))


@pytest.fixture
def begins(migrated_url: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Begins a process that does these lines with the same file."""
    begun: list[subprocess.Popen[str]] = []

    def begin(lines: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", lines, migrated_url, *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
        begun.append(process)
        return process  # type: ignore[no-any-return]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    """What it says first."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def count(store: Store) -> int:
    """How many deliveries wait."""
    with store.reading() as tx:
        return inbox.counts(tx)["waiting"]


def test_receivers_and_one_that_works_write_the_same_file(opens: Opens) -> None:
    first, second, working = opens(Place.WEB), opens(Place.WEB), opens(Place.WORK)

    received = [store.receive([delivery(name)])[0].is_new for name, store in (("a", first), ("b", second))]

    assert received == [True, True]
    assert working.write(lambda tx: inbox.counts(tx)["waiting"]) == 2


def test_a_repeat_at_another_receiver_is_known(opens: Opens) -> None:
    first, second = opens(Place.WEB), opens(Place.WEB)
    first.receive([delivery("same")])

    [again] = second.receive([delivery("same")])

    assert not again.is_new


def test_a_second_one_that_works_is_told_of_the_first(opens: Opens) -> None:
    opens(Place.WORK)

    with pytest.raises(HeldError, match=rf"process {os.getpid()} is the `loods work` of .*Stop it first"):
        opens(Place.WORK)


def test_who_writes_alone_is_told_who_shares(opens: Opens) -> None:
    opens(Place.WEB)
    opens(Place.WORK)
    alone = opens

    with pytest.raises(HeldError, match=r"\(`loods web`\) and process \d+ \(`loods work`\) .* stop them"):
        alone(Place.ALONE)


@pytest.mark.parametrize("place", [Place.WEB, Place.WORK, Place.GUEST])
def test_who_shares_is_told_who_writes_alone(opens: Opens, place: Place) -> None:
    opens(Place.ALONE)

    with pytest.raises(HeldError, match=rf"process {os.getpid()} is writing .* stop it first"):
        opens(place)


def test_after_those_who_shared_one_may_write_alone_and_the_reverse(opens: Opens) -> None:
    sharing = opens(Place.WORK)
    sharing.close()
    alone = opens(Place.ALONE)
    alone.close()

    assert opens(Place.WORK).write(lambda tx: inbox.counts(tx)["waiting"]) == 0


def test_who_died_is_named_no_more(opens: Opens, begins: Callable[..., subprocess.Popen[str]]) -> None:
    dead = begins(HOLDING)
    first_line(dead)
    dead.kill()
    dead.wait()
    opens(Place.WEB)

    with pytest.raises(HeldError) as refused:
        opens(Place.ALONE)

    assert f"process {os.getpid()} (`loods web`) is writing" in str(refused.value)
    assert str(dead.pid) not in str(refused.value)


def test_who_finds_nobody_there_clears_up_after_the_dead(
    opens: Opens, begins: Callable[..., subprocess.Popen[str]], file: Path
) -> None:
    dead = begins(HOLDING)
    first_line(dead)
    dead.kill()
    dead.wait()

    opens(Place.WEB)

    beside = file.with_name("loods.db.beside").glob("*.*")
    assert [one.read_text() for one in beside] == [str(os.getpid())]


def test_who_was_about_to_work_when_another_ended_has_no_right_beside_the_next(
    opens: Opens, file: Path
) -> None:
    opens(Place.WEB)
    ending = opens(Place.WORK)
    about_to = os.open(file.with_name("loods.db.beside") / "work", os.O_RDWR)

    ending.close()
    with pytest.raises(HeldError, match="loods web"):
        opens(Place.ALONE)
    opens(Place.WORK)

    with pytest.raises(BlockingIOError):
        fcntl.flock(about_to, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(about_to)


def test_tables_are_changed_only_where_nobody_shares(tmp_path: Path, opens: Opens) -> None:
    fresh = open_store(f"sqlite:///{tmp_path}/new.db", Place.GUEST)

    fresh.migrate()

    assert fresh.receive([delivery("a")])[0].is_new
    fresh.close()


def test_a_place_beside_nothing_makes_no_file(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/loods.db", Place.WEB)

    store.take_place()
    store.close()

    assert list(tmp_path.iterdir()) == []


def test_what_stands_beside_the_file_is_for_us_alone(opens: Opens, file: Path) -> None:
    opens(Place.WEB)
    opens(Place.WORK).listen({})
    folder = file.with_name("loods.db.beside")

    modes = {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}

    assert (stat.S_IMODE(folder.stat().st_mode), modes) == (0o700, {0o600})


def test_who_ends_leaves_the_others_their_log(opens: Opens) -> None:
    staying = opens(Place.WORK)
    leaving = opens(Place.WEB)
    leaving.receive([delivery("a")])

    leaving.close()

    assert count(staying) == 1
    assert opens(Place.WEB).receive([delivery("b")])[0].is_new


def test_who_comes_back_at_once_does_not_overtake_who_waits(tmp_path: Path) -> None:
    order: list[str] = []

    def takes(name: str) -> threading.Thread:
        def take() -> None:
            with FairTurns(tmp_path).mine():
                order.append(name)

        thread = threading.Thread(target=take)
        thread.start()
        return thread

    turns = FairTurns(tmp_path)
    for _ in range(50):
        with turns.mine():
            waiting = takes("waits")
            assert until(lambda: is_taken(tmp_path / "second"))
        with turns.mine():
            order.append("comes back")
        waiting.join(PATIENCE)

    assert order == ["waits", "comes back"] * 50


def test_who_has_the_turn_knows_whether_another_process_waits(
    opens: Opens, begins: Callable[..., subprocess.Popen[str]], file: Path
) -> None:
    store, place = opens(Place.GUEST), file.with_name("loods.db.beside") / "second"
    before, after = [], []

    def look(_: object) -> None:
        before.append(store.is_waited_for())
        begins(HOLDING)
        assert until(lambda: is_taken(place))
        after.append(store.is_waited_for())

    store.write(look)

    assert (before, after) == ([False], [True])


def test_who_has_the_turn_knows_whether_a_receipt_waits(opens: Opens) -> None:
    store = opens(Place.ALONE)
    soon: list[Future[Any]] = []

    def look(_: object) -> tuple[bool, bool]:
        before = store.is_waited_for()
        with ThreadPoolExecutor(1) as thread:
            soon.append(thread.submit(store.receive_soon, [delivery("a")]).result(PATIENCE))
        return before, store.is_waited_for()

    assert store.write(look) == (False, True)
    assert soon[0].result(PATIENCE)[0].is_new


def test_four_have_their_turns_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    order: list[int] = []
    places = ("second", "third")

    def takes(number: int) -> threading.Thread:
        def take() -> None:
            with FairTurns(tmp_path).mine():
                order.append(number)

        thread = threading.Thread(target=take)
        thread.start()
        return thread

    with FairTurns(tmp_path).mine():
        waiting = []
        for number, place in enumerate(places):
            waiting.append(takes(number))
            assert until(lambda place=place: is_taken(tmp_path / place))  # type: ignore[misc]
        waiting.append(takes(2))
    for one in waiting:
        one.join(PATIENCE)

    assert order == [0, 1, 2]


def test_two_processes_that_write_without_a_pause_take_turns(
    opens: Opens, begins: Callable[..., subprocess.Popen[str]]
) -> None:
    """Each ends its turn when the other waits, and comes back at once."""
    store = opens(Place.GUEST)
    store.write(lambda tx: tx.execute(text("CREATE TABLE noted (id INTEGER PRIMARY KEY, who TEXT)")))
    for one in [begins(WRITING, who, "50") for who in ("first", "second")]:
        one.wait(PATIENCE)

    with store.reading() as tx:
        rows = [row.who for row in tx.execute(text("SELECT who FROM noted ORDER BY id"))]

    assert sorted(rows[:2]) == ["first", "second"]
    assert rows == rows[:2] * 50


def test_a_process_that_dies_in_its_turn_lets_go_of_it(
    opens: Opens, begins: Callable[..., subprocess.Popen[str]]
) -> None:
    store = opens(Place.WEB)
    dying = begins(HOLDING)
    assert first_line(dying) == "has the turn"
    soon = store.receive_soon([delivery("a")])

    dying.send_signal(signal.SIGKILL)

    assert soon.result(PATIENCE)[0].is_new


def test_behind_a_process_that_is_stopped_in_its_turn_a_sender_is_told_to_come_back(
    migrated_url: str, begins: Callable[..., subprocess.Popen[str]]
) -> None:
    stopped = begins(HOLDING)
    assert first_line(stopped) == "has the turn"
    stopped.send_signal(signal.SIGSTOP)
    store = SqliteStore(make_url(migrated_url), Place.WEB, receive_within=0.2)
    store.take_place()

    with pytest.raises(StoreError, match="busy"):
        store.receive([delivery("a")])
    stopped.send_signal(signal.SIGKILL)

    assert store.receive([delivery("b")])[0].is_new
    assert count(store) == 1
    store.close()


def test_who_ends_behind_a_turn_that_is_kept_leaves_nobody_waiting(
    migrated_url: str, begins: Callable[..., subprocess.Popen[str]]
) -> None:
    keeping = begins(HOLDING)
    assert first_line(keeping) == "has the turn"
    store = open_store(migrated_url, Place.WEB)
    with ThreadPoolExecutor(2) as threads:
        waiting: list[Future[Any]] = [threads.submit(store.write, lambda _: None) for _ in range(2)]
        waiting.append(store.receive_soon([delivery("a")]))

        store.close()

        failed = [type(one.exception(1)) for one in waiting]
    assert failed == [StoreError] * 3


def test_a_disk_that_failed_for_one_stops_all_of_them_until_none_is_left(
    opens: Opens, begins: Callable[..., subprocess.Popen[str]]
) -> None:
    other = opens(Place.WORK)
    failing = begins(FAILING)
    assert "the disk failed" in first_line(failing) or "disk I/O error" in other.trouble

    with pytest.raises(StoreError, match="the disk failed"):
        other.write(lambda tx: None)
    assert "restart" in other.trouble
    with pytest.raises(StoreError, match="the disk failed"):
        opens(Place.WEB).receive([delivery("late")])


def test_a_disk_that_failed_is_believed_again_once_all_have_ended(
    opens: Opens, begins: Callable[..., subprocess.Popen[str]]
) -> None:
    other = opens(Place.WORK)
    failing = begins(FAILING)
    first_line(failing)
    assert other.trouble
    failing.kill()
    failing.wait()
    other.close()

    anew = opens(Place.WEB)

    assert anew.trouble == ""
    assert anew.receive([delivery("after")])[0].is_new


def test_a_receipt_wakes_the_process_that_works(opens: Opens) -> None:
    heard, actions = threading.Event(), threading.Event()
    working, receiving = opens(Place.WORK), opens(Place.WEB)
    working.listen({News.DELIVERIES: heard.set, News.ACTIONS: actions.set})
    assert actions.wait(PATIENCE)
    time.sleep(0.1)
    heard.clear()
    actions.clear()

    receiving.receive([delivery("a")])

    assert heard.wait(PATIENCE)
    assert not actions.is_set()


def test_where_nobody_listens_or_reads_nobody_waits(opens: Opens, file: Path) -> None:
    receiving = opens(Place.WEB)
    receiving.receive([delivery("nobody there")])
    working = opens(Place.WORK)
    working.listen({})
    receiving.receive([delivery("heard")])
    working.close()
    receiving.receive([delivery("gone again")])
    full = os.open(file.with_name("loods.db.beside") / "news", os.O_RDWR | os.O_NONBLOCK)
    filled = os.write(full, bytes(1 << 20))

    assert filled < 1 << 20
    assert receiving.receive([delivery("full")])[0].is_new
    os.close(full)
