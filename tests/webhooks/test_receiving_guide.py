"""The commands of docs/receiving.md, run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.errors import ReceiveError
from tests.patience import PATIENCE
from tests.webhooks.rig import PUBLIC_URL, SECRET, Rig
from tests.webhooks.wire import serving

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "receiving.md").read_text(encoding="utf-8")
COMMANDS = [block for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if "curl" in block]
SECRETS = ("WOO_SECRET", "WEBSITE_SECRET", "HUBSPOT_CLIENT_SECRET", "MAILCHIMP_WEBHOOK_SECRET")

needs_tools = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("openssl")), reason="curl or openssl is not installed"
)


def every_code() -> set[str]:
    """The codes that stand in the receiver's own modules, and those of the refusals that it raises."""
    modules = [file.read_text(encoding="utf-8") for file in (ROOT / "webhooks").glob("*.py")]
    written = {code for module in modules for code in re.findall(r'code="(\w+)"', module)}
    raised = {
        kind.code for kind in ReceiveError.__subclasses__() if any(kind.__name__ in one for one in modules)
    }
    return written | raised


@needs_tools
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: re.findall(r"/webhooks/(\w+)", command)[-1])
def test_a_command_of_the_guide_is_answered_as_it_says(command: str) -> None:
    rig = Rig()
    rig.doors["webshop"] = rig.doors["woocommerce"]
    rig.now = datetime.fromtimestamp(time.time(), UTC)
    environment = dict.fromkeys(SECRETS, SECRET.decode()) | {
        "PUBLIC_URL": PUBLIC_URL,
        "PATH": os.defpath,
    }

    with serving(rig.front) as server:
        here = command.replace("localhost:8080", f"127.0.0.1:{server.port}")
        ran = subprocess.run(
            ["bash", "-c", here],
            check=False,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    assert ran.stdout.endswith('{"status": "accepted", "id": "id-0"}'), ran.stdout + ran.stderr
    assert len(rig.inbox.waiting) == 1


def test_the_guide_has_a_command_for_every_kind_of_signature() -> None:
    assert len(COMMANDS) == 4


@pytest.mark.parametrize("code", sorted(every_code()))
def test_the_guide_explains_every_code(code: str) -> None:
    assert f"`{code}`" in GUIDE
