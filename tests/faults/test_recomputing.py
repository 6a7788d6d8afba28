"""kill -9 while histories are folded again: the next process goes on, and everybody is folded once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from connector.runtime.errands import RECOMPUTE, Errand, ask
from connector.runtime.recomputing import Recomputer
from connector.sandbox import Sandbox
from connector.store import contacts, sweeps
from connector.store.sweeps import Sweep
from tests.faults.rig.program import Loods
from tests.faults.test_waits import loods
from tests.runtime.shop import Shop

__all__ = ["loods"]

READERS = 40


def opened(loods: Loods, sandbox: Sandbox, to: str) -> Shop:
    """The shop, in which whoever downloads a file comes to this stage."""
    folder = Path(loods.environment["LOODS_MAPPINGS"])
    file = folder / "shop.yaml"
    file.write_text(file.read_text().replace("file.downloaded], to: see}", f"file.downloaded], to: {to}}}"))
    return Shop(loods.database, sandbox, folder, is_watched=True)


def asked_for(shop: Shop) -> Sweep:
    """The pass that was asked for."""
    with shop.system.store.reading() as tx:
        return sweeps.listing(tx)[0]


def test_a_kill_in_the_middle_is_gone_on_from(loods: Loods, sandbox: Sandbox) -> None:
    with opened(loods, sandbox, "see") as shop:
        for number in range(READERS):
            shop.says("file.downloaded", f"reader{number}@example.com")
        shop.turns()
    with opened(loods, sandbox, "do") as shop:
        ask(shop.system.store, Errand(RECOMPUTE, shop.system.mapping.version, "eva", shop.clock()), 0.0)
        with shop.system.store.reading() as tx:
            people = [contacts.peek(tx, [one])[one] for one in contacts.page(tx, "", READERS)]
    killer = str(people[30].email)

    killed = subprocess.run(
        [sys.executable, "-m", "tests.faults.deadly_fold", killer], env=loods.environment, check=False
    )

    with opened(loods, sandbox, "do") as shop:
        begun = asked_for(shop)
        recomputer = Recomputer(shop.system.store, shop.clock, rest=0)
        while recomputer.step(shop.system.mapping):
            pass
        done = asked_for(shop)
        assert killed.returncode == -9
        assert 0 < begun.seen <= 30
        assert (done.seen, done.changed, done.broken, done.done_at) == (READERS, READERS, 0, shop.clock.at)
        assert {shop.stage(str(one.email)) for one in people} == {"do"}
