"""A Loods in which looking at one contact kills the process: `python -m tests.faults.deadly EMAIL`.

It ends well when nobody is due any more.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace

from connector import bootstrap
from connector.mapping.terms import Place, Scope
from connector.model.values import Value
from connector.settings import read_settings
from connector.store import contacts
from tests.runtime.timed import changed


class Deadly:
    """A condition that kills the process for one contact, as a fault in a library's C code would."""

    text = "deadly"
    place = Place("shop.yaml", 1, 1)

    def __init__(self, email: str) -> None:
        self._email = email

    def __call__(self, scope: Scope) -> Value:
        contact = scope["contact"]
        assert isinstance(contact, Mapping)
        if contact["email"] == self._email:
            os.kill(os.getpid(), signal.SIGKILL)
        return False

    def seen(self, scope: Scope) -> dict[str, Value]:
        return {}


def main() -> None:
    """Look at all who are due."""
    system = bootstrap.build(read_settings(os.environ))  # noqa: TID251 - as `loods run` does
    deadly = changed(system.mapping, "later", lambda one: replace(one, unless=Deadly(sys.argv[1])))
    system.live.swap(deadly)
    system.processor.recover()
    while _is_anybody_due(system):
        system.processor.step()
    system.store.close()


def _is_anybody_due(system: bootstrap.System) -> bool:
    with system.store.reading() as tx:
        earliest = contacts.earliest(tx)
    return earliest is not None and earliest <= bootstrap.clock()


if __name__ == "__main__":
    main()
