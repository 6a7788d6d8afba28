"""A mapping that is edited, broken and put back while senders post."""

from __future__ import annotations

import time
from typing import Final

import requests

from tests.faults.killing import edit
from tests.faults.rig.campaign import Campaign
from tests.patience import PATIENCE, until

RATE: Final = 30.0
_PAUSE: Final = 0.5
"""Seconds between two changes: a change is followed within a second."""


def changed_under_load(run: Campaign, rounds: int) -> set[str]:
    """So many edits, each followed by a mistake and by the text before one or the other.

    What the process told of its mapping while the mistake was there.
    """
    file = run.loods.mapping / "shop.yaml"
    first, said = file.read_text("utf-8"), set[str]()
    with run.posting(rate=RATE):
        for _ in range(rounds):
            edit(run.loods.mapping)
            time.sleep(run.nemesis.seconds(0.5, 1.5) * _PAUSE)
            changed = file.read_text("utf-8")
            file.write_text(changed.replace("on: order.paid", "on: order.payed"), "utf-8")
            said.add(_refused(run))
            file.write_text(run.nemesis.one_of([first, changed]), "utf-8")
            time.sleep(run.nemesis.seconds(0.5, 1.5) * _PAUSE)
    return said


def _refused(run: Campaign) -> str:
    """What is told of the mapping once a mistake was seen, or after all patience."""
    until(lambda: _says(run) == "last change refused")
    return _says(run)


def _says(run: Campaign) -> str:
    """What the process tells of its mapping."""
    answer = requests.get(f"http://127.0.0.1:{run.loods.port}/health/ready", timeout=PATIENCE)
    return str(answer.json()["checks"]["mapping"])
