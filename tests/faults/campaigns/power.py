"""Power cuts on a disk of our own: what was acknowledged before each is there afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.faults.disk import image
from tests.faults.disk.image import Disk
from tests.faults.disk.power import cut
from tests.faults.rig.asked import Asked
from tests.faults.rig.campaign import campaign
from tests.faults.rig.program import Loods
from tests.faults.rig.report import Report, recoveries

CHAPTER: Final = 200
"""Cuts on one disk: the sandbox's memory of all calls is read at the end of each."""


def run(asked: Asked) -> Iterator[Report]:
    """So many cuts. Raises LookupError where no file can be mounted as a disk."""
    if image.lacking():
        raise LookupError(image.lacking())
    for seed, cycles in asked.chapters(CHAPTER):
        with tempfile.TemporaryDirectory(prefix="loods-power-") as folder, Disk(Path(folder)) as disk:
            database = f"sqlite:///{disk.at}/loods.db"
            begun = campaign(
                Loods(Path(folder), asked.platforms.url, database=database), asked.platforms, seed
            )
            verdict = cut(begun, disk, asked.zygote, cycles)
            lines = begun.history.lines
        yield Report("power cut", "sqlite", seed, cycles, verdict, recoveries(lines))
