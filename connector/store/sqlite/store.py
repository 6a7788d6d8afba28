"""The embedded store: one file, which one process writes or several in turn, each by one thread."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar

from sqlalchemy import URL

from connector.errors import SettingsError, StoreError
from connector.model.delivery import Delivery
from connector.store.base import RECEIVE_WITHIN, Store, Transaction
from connector.store.errands import Errands
from connector.store.faults import as_store_errors
from connector.store.inbox import Received
from connector.store.news import Heard, News
from connector.store.pools import states_of
from connector.store.sqlite import driver, ground, soundness
from connector.store.sqlite.beside import Place
from connector.store.sqlite.lock import WriterLock
from connector.store.sqlite.pipe import PipeListener, PipeTeller
from connector.store.sqlite.writer import Writer
from connector.store.versions import is_current, upgrade

T = TypeVar("T")
log = logging.getLogger(__name__)


class SqliteStore(Store):
    """SQLite in WAL mode. The file is made when it is first written, readable by nobody else.

    It is written alone or beside others, as `place` says. A receipt that waits longer than `receive_within`
    seconds is refused. `file_system` tells the number of the one on which a path is, as `ground.magic_of`
    does.
    """

    is_embedded = True

    def __init__(
        self,
        url: URL,
        place: Place = Place.ALONE,
        receive_within: float = RECEIVE_WITHIN,
        file_system: Callable[[Path], int | None] = ground.magic_of,
    ) -> None:
        super().__init__(receive_within)
        self._file_system = file_system
        if not url.database or url.database == ":memory:":
            raise SettingsError("DATABASE_URL: SQLite needs a file, as in sqlite:///var/loods.db")
        self._path = Path(url.database).absolute()
        self.folder = self._path.parent
        self._place = place
        self._lock = WriterLock(self._path, place)
        self._pipe = self._lock.folder / "news"
        self._teller = PipeTeller(self._pipe)
        self._listeners: list[PipeListener] = []
        self.errands = Errands(self._path)
        self._readers = driver.reading(self._path)
        self._writer: Writer | None = None
        self._starting = Lock()
        self._is_closed = False
        self.notices = driver.notices(driver.module().sqlite_version)

    @property
    def is_there(self) -> bool:
        """Whether there is a file."""
        return self._path.exists()

    def migrate(self) -> None:
        """Make the file and its folder where there is none, and bring the schema up to date.

        Where it stands on a network, or is damaged, it is refused: SettingsError, StoreError.
        """
        self._same_process()
        self._survey()
        if not self._is_current():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._alter(upgrade)
        self._version_fits = True

    def take_place(self) -> None:
        """Say now what would keep this process from writing. Raises HeldError, SettingsError, StoreError."""
        self._same_process()
        if self.is_there:
            self._survey()
            self._running()

    def tell(self, news: News) -> None:
        """Wake the process that works, where that is another one."""
        if self._place is Place.WEB:
            self._teller.tell(news)

    def listen(self, heard: Heard) -> None:
        """Hear the processes that receive."""
        if self._place is Place.WORK:
            try:
                self._listeners.append(PipeListener(self._pipe, heard))
            except OSError as error:
                log.warning("other processes are not heard, which costs a second at most: %s", error.strerror)

    @property
    def trouble(self) -> str:
        """What the writer says."""
        return self._writer.trouble if self._writer is not None else ""

    def is_waited_for(self) -> bool:
        """What the writer says."""
        return self._writer is not None and self._writer.is_waited_for

    def pool(self) -> dict[str, int]:
        """Those that read; the writer has one of its own."""
        return states_of(self._readers)

    def close(self) -> None:
        """Finish what is queued and let go of the file.

        Who reads goes first: the last one who writes takes the log away, and one who only reads cannot.
        """
        self._same_process()
        while self._listeners:
            self._listeners.pop().close()
        self._readers.dispose()
        with self._starting:
            self._is_closed = True
            has_ended = self._writer is None or self._writer.close()
        self._readers.dispose()
        if not has_ended:
            log.warning("another process kept its turn to write %s; what was queued is given up", self._path)
            return
        self._teller.close()
        self._lock.give_up()

    @contextmanager
    def _look(self) -> Iterator[Transaction]:
        if not self.is_there:
            raise StoreError(f"there is no database at {self._path} yet: run `loods migrate`")
        with as_store_errors(), self._readers.begin() as tx:
            yield tx

    def _survey(self) -> None:
        told = ground.check(self._path, self._file_system(self._path))
        if self.is_there:
            told += soundness.check(self._path)
        self.notices = (*driver.notices(driver.module().sqlite_version), *told)

    def _is_current(self) -> bool:
        if not self.is_there:
            return False
        with self._look() as tx:
            return is_current(tx)

    def _write(self, work: Callable[[Transaction], T]) -> T:
        return self._running().write(work).result()

    def _alter(self, work: Callable[[Transaction], T]) -> T:
        """Run what others cannot stand beside."""
        if self._place is Place.ALONE:
            return self._write(work)
        lock = WriterLock(self._path)
        writer = Writer(self._path, lock.take())
        try:
            return writer.write(work).result()
        finally:
            writer.close()
            lock.give_up()

    def _receive_soon(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        return self._running().receive(deliveries)

    def _running(self) -> Writer:
        with self._starting:
            if self._is_closed:
                raise StoreError("the store is closed")
            if self._writer is None:
                ground.check(self._path, self._file_system(self._path))
                turns = self._lock.take()
                try:
                    is_second = self._place is Place.WEB
                    self._writer = Writer(self._path, turns, self._received, is_second)
                except BaseException:
                    self._lock.give_up()
                    raise
            return self._writer

    def _received(self, deliveries: int, seconds: float) -> None:
        self.tell(News.DELIVERIES)
        self._tell(deliveries, seconds)
