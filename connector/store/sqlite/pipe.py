"""Processes that share a SQLite file wake the one that works, through a pipe beside the file.

What is lost costs no more than the wait for the next look, at most a second. Nobody waits, and nothing fails,
where nobody listens.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from connector.store.news import REST, Heard, News

log = logging.getLogger(__name__)

_SIGNS: Final[Mapping[News, bytes]] = {News.DELIVERIES: b"d", News.ACTIONS: b"a"}
_END: Final = b"."


class PipeTeller:
    """Tells who listens at `path`, if anybody does. One thread calls `tell`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def tell(self, news: News) -> None:
        """There is this. A pipe that is full will wake him anyway."""
        with suppress(BlockingIOError):
            try:
                if self._handle is None:
                    self._handle = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
                os.write(self._handle, _SIGNS[news])
            except BlockingIOError:
                raise
            except OSError:
                self.close()

    def close(self) -> None:
        """Let go of the pipe."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class PipeListener:
    """Hears what is told at `path`, from its beginning until `close`; first everything is taken for news.

    It reads again after a rest only, so that a burst of news wakes this process fifty times a second at most.
    """

    def __init__(self, path: Path, heard: Heard) -> None:
        self._heard = heard
        self._ended = threading.Event()
        with suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        self._handle = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        os.set_blocking(self._handle, True)
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear nothing more."""
        self._ended.set()
        os.set_blocking(self._handle, False)
        with suppress(BlockingIOError):
            os.write(self._handle, _END)
        self._thread.join()
        os.close(self._handle)

    def _run(self) -> None:
        self._ring(b"".join(_SIGNS.values()))
        while not self._ended.is_set():
            with suppress(BlockingIOError):
                self._ring(os.read(self._handle, 4096))
            self._ended.wait(REST)

    def _ring(self, said: bytes) -> None:
        for news, ring in self._heard.items():
            if _SIGNS[news] in said:
                ring()
