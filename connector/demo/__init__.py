"""`loods demo`: a morning in a webshop, played into a real Loods with a local HubSpot and Mailchimp."""

from __future__ import annotations

import tempfile
from pathlib import Path

from connector.demo.player import Player
from connector.demo.report import Report
from connector.demo.stage import DemoStage
from connector.settings import Settings


def play(settings: Settings, *, once: bool, port: int = 0, picture: Path | None = None) -> int:
    """Play the morning and show what came of it; 0 only if everything expected arrived.

    Without `once` it stays up, with its addresses printed, until Ctrl-C. `picture` is a file to which all
    that was shown is written, as SVG.
    """
    folder = tempfile.TemporaryDirectory(prefix="loods-demo-")
    with folder, DemoStage(settings, Path(folder.name), port) as stage:
        report = Report(stage)
        report.opening()
        Player(stage).play(report.posted)
        is_complete = report.outcome()
        if picture is not None:
            picture.write_text(report.picture())
        if not once:
            report.addresses()
            stage.wait_for_ctrl_c()
    return 0 if is_complete else 1
