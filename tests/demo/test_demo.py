"""The demo tells the truth: it ends well when everything arrived, and says what is missing when not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connector.demo.morning import morning
from connector.sandbox import start

ROOT = Path(__file__).parent.parent.parent


def demo(mappings: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """`loods demo --once`, as a user runs it."""
    environment = {
        "PATH": os.environ["PATH"],  # noqa: TID251 - the child needs to find its interpreter
        "LOODS_MAPPINGS": str(mappings),
        "HOME": str(folder),
    }
    command = [sys.executable, "-m", "connector.cli", "demo", "--once"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=180, check=False
    )


def test_a_morning_in_a_webshop_arrives_and_leaves_nothing_behind(tmp_path: Path) -> None:
    played = demo(ROOT / "mappings", tmp_path)

    assert played.returncode == 0, played.stdout + played.stderr
    assert "expectations hold" in played.stdout
    assert "eva@example.com  care" in played.stdout
    assert list(tmp_path.iterdir()) == []


def test_what_did_not_arrive_is_named_and_the_exit_code_says_so(tmp_path: Path) -> None:
    changed = tmp_path / "mappings"
    shutil.copytree(ROOT / "mappings", changed)
    (changed / "triggers" / "crm.yaml").unlink()

    played = demo(changed, tmp_path)

    assert played.returncode == 1
    assert "missing: Mailchimp knows of the deal" in played.stdout


def test_no_platform_but_the_sandbox_is_reached_whatever_the_mapping_says(tmp_path: Path) -> None:
    changed = tmp_path / "mappings"
    shutil.copytree(ROOT / "mappings", changed)
    with start() as somebodys_own:
        connections = changed / "connections.yaml"
        text = connections.read_text().replace("url: $HUBSPOT_URL", f"url: {somebodys_own.url}")
        connections.write_text(text.replace("url: $MAILCHIMP_URL", f"url: {somebodys_own.url}"))

        played = demo(changed, tmp_path)

        assert played.returncode == 0, played.stdout + played.stderr
        assert somebodys_own.state()["calls"] == []


@pytest.mark.parametrize(
    "event", ["newsletter", "download", "cart", "guest", "paid", "complaint", "unsubscribe", "hubspot"]
)
def test_the_morning_has_everything_that_a_webshop_sees(event: str) -> None:
    assert any(event in moment.name for moment in morning())
