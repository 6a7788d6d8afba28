"""The power goes fifty times: nothing that was acknowledged is lost, nothing happens twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.disk import image
from tests.faults.disk.image import Disk
from tests.faults.disk.power import cut
from tests.faults.rig.campaign import campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Zygote
from tests.faults.rig.report import Report

CUTS = 50
NEEDS_A_DISK = pytest.mark.skipif(bool(image.lacking()), reason=image.lacking())


@pytest.mark.slow
@NEEDS_A_DISK
def test_fifty_power_cuts_lose_nothing_that_was_acknowledged(
    tmp_path: Path, platforms: Platforms, zygote: Zygote
) -> None:
    with Disk(tmp_path) as disk:
        loods = Loods(tmp_path, platforms.url, database=f"sqlite:///{disk.at}/loods.db")
        run = campaign(loods, platforms)

        verdict = cut(run, disk, zygote, CUTS)

    assert verdict.findings == (), Report("power cut", "sqlite", run.nemesis.seed, CUTS, verdict)
    assert verdict.acknowledged > CUTS


@NEEDS_A_DISK
def test_a_disk_forgets_what_nobody_asked_it_to_keep(tmp_path: Path) -> None:
    """The cut is a real one: without an fsync the bytes are gone."""
    with Disk(tmp_path) as disk:
        (disk.at / "written").write_bytes(b"x")

        disk.loses_power()
        disk.unmounts()
        disk.mounts()

        assert not (disk.at / "written").exists()
