"""The HTTP edge of a process, and its run from the first request to the last."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable
from typing import Final

from connector.bootstrap.cores import keep_to_one
from connector.bootstrap.house import house
from connector.bootstrap.memory import share_memory
from connector.bootstrap.panel import served_apart
from connector.bootstrap.system import System
from connector.settings import Settings
from connector.store.base import Store
from webhooks.front import Front
from webhooks.handover import shared
from webhooks.listen import bound, inherited
from webhooks.serve import Server

_TAKES_TURNS: Final = 0.001
"""Seconds after which a thread that decides lets another go on. With Python's own 5 ms an acknowledgement,
which passes through three hands, took 39 to 72 ms beside a thread that never rests, and 24 to 27 so. Beside
other processes it keeps the others waiting no longer with its turn to write."""


_MADE: Final = 20_000
"""How many more things have been made than let go before garbage is searched for among them. A batch of
deliveries makes that many, all of which go with it: with Python's own 700 a tenth of its time went into
searches that found nothing."""

_STEPS_BACK: Final = 5
"""By how much a process that only works beside a database server is nicer than others (nice(2)): who
receives, and the server, go first where a machine has too few processors for all. Of 1,500 orders a second
beside two that work, on two processors, half were answered within 26 to 45 ms instead of 96 to 1,226, and an
eighth less was processed meanwhile (four runs by turns). Not where the database is a part of the process:
who receives waits for its transactions. Linux gives it to the thread that asks, and to those that it begins
from then on: to all but the one that hears signals."""


def run(system: System, stop: threading.Event, listening: Callable[[str], None]) -> bool:
    """Serve until `stop` is set; whether everything ended in time. `listening` is told the address.

    Raises SettingsError where the address cannot be listened on.
    """
    get_ready(system.store, stop)
    front = house(system)
    server = _server(front, system.settings)
    close_panel = served_apart(system.settings, system.panel)
    system.panel.worker.start()
    system.service.start()
    system.following.start()
    listening(f"http://{system.settings.host}:{server.port}")
    threading.Thread(target=_stop_when, args=(stop, server), daemon=True, name="stop").start()
    server.run()
    front.close()
    return _ended(system, close_panel)


def work(system: System, stop: threading.Event) -> bool:
    """Do what comes behind the receiver until `stop` is set; whether everything ended in time."""
    if not system.store.is_embedded:
        os.nice(_STEPS_BACK)
    get_ready(system.store, stop)
    close_panel = served_apart(system.settings, system.panel)
    system.panel.worker.start()
    system.service.start()
    system.following.start()
    stop.wait()
    return _ended(system, close_panel)


def settle() -> None:
    """Make the process ready to work: threads take short turns, and share their memory.

    What was made until now, and will stay, is left out of every later search for garbage. A search of all of
    it held up every thread for 0.1 s.
    """
    share_memory()
    sys.setswitchinterval(_TAKES_TURNS)
    gc.set_threshold(_MADE)
    gc.collect()
    gc.freeze()


def get_ready(store: Store, stop: threading.Event) -> None:
    """Settle; where the database is a part of this process, on one core: a server needs the others itself."""
    settle()
    if store.is_embedded:
        keep_to_one(stop)


def _ended(system: System, close_panel: Callable[[], None]) -> bool:
    system.following.ask_to_stop()
    system.panel.worker.ask_to_stop()
    close_panel()
    is_clean = system.service.stop(system.settings.grace) & system.following.join(5.0)
    is_clean &= system.panel.worker.join(5.0)
    system.store.close()
    return is_clean


def _server(front: Front, settings: Settings) -> Server:
    """One on the sockets that are handed over to us, or else at our address."""
    given = inherited(settings.environment, os.getpid())
    if given or not settings.is_port_shared:
        return Server(front, given or [bound(settings.host, settings.port)])
    listening, handover = shared(settings.host, settings.port)
    return Server(front, [listening], handover=handover)


def _stop_when(stop: threading.Event, server: Server) -> None:
    stop.wait()
    server.stop()
