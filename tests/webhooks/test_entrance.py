"""Connections on their way in, from the queue of a socket to who serves them."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import time

import pytest

from webhooks import entrance
from webhooks.entrance import Entrance
from webhooks.listen import bound

BACK_SOON = 0.05


class Full(socket.socket):
    """A socket at which the system has no more files for us, the first `refusals` times."""

    refusals = 1
    asked = 0

    def accept(self) -> tuple[socket.socket, object]:
        self.asked += 1
        if self.asked <= self.refusals:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return super().accept()


class Guest(asyncio.Protocol):
    """Counts those that came in."""

    def __init__(self, came: list[asyncio.Transport]) -> None:
        self._came = came

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._came.append(transport)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Full:
    """A socket at which an entrance rests for a moment before it lets anybody in."""
    monkeypatch.setattr(entrance, "_PAUSE_SECONDS", BACK_SOON)
    return Full(fileno=bound("127.0.0.1", 0).detach())


@pytest.fixture
def came() -> list[asyncio.Transport]:
    """Who came in."""
    return []


async def _let_go(came: list[asyncio.Transport]) -> None:
    for one in came:
        one.abort()
    await asyncio.sleep(0)


def test_who_comes_when_there_are_no_more_files_waits(
    full: Full, came: list[asyncio.Transport], caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> float:
        entering = Entrance([full], lambda: Guest(came))
        entering.open()
        begun = time.monotonic()
        with socket.create_connection(("127.0.0.1", entering.port)):
            while not came:
                await asyncio.sleep(0.005)
            waited = time.monotonic() - begun
            await entering.close()
            await _let_go(came)
        return waited

    waited = asyncio.run(scene())

    assert waited >= BACK_SOON
    assert full.asked <= 4, "it was asked again and again"
    assert [one.getMessage() for one in caplog.records] == [
        "no connection can be accepted: Too many open files"
    ]


def test_an_entrance_that_was_closed_while_it_rested_lets_in_who_waits_and_stays_closed(
    full: Full, came: list[asyncio.Transport]
) -> None:
    async def scene() -> int:
        entering = Entrance([full], lambda: Guest(came))
        entering.open()
        with socket.create_connection(("127.0.0.1", entering.port)):
            while not full.asked:
                await asyncio.sleep(0.005)
            await entering.close()
            asked = full.asked
            await asyncio.sleep(2 * BACK_SOON)
            await _let_go(came)
        return full.asked - asked

    asked_later = asyncio.run(scene())

    assert len(came) == 1
    assert asked_later == 0


def test_whoever_was_accepted_is_there_when_it_is_closed(came: list[asyncio.Transport]) -> None:
    """A closed loop would cut off those that it had accepted and not begun."""

    async def scene(guests: int) -> int:
        entering = Entrance([bound("127.0.0.1", 0)], lambda: Guest(came))
        waiting = [socket.create_connection(("127.0.0.1", entering.port)) for _ in range(guests)]
        entering.open()
        await asyncio.sleep(0)
        await entering.close()
        there = len(came)
        await _let_go(came)
        for one in waiting:
            one.close()
        return there

    assert asyncio.run(scene(100)) == 100
