"""The README and docs are true: what they show is run, what is generated is not stale."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.reference import PICTURE, picture, rewritten, schema_text
from tests.patience import PATIENCE, until
from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"<!-- terminal: (\w+) -->\n```sh\n(.*?)```", re.DOTALL)
TABLE_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def blocks(terminal: str) -> list[str]:
    """The shell blocks of the README that belong into this terminal."""
    return [text for name, text in BLOCK.findall(README) if name == terminal]


def answers(url: str) -> bool:
    """Whether somebody listens there."""
    try:
        requests.get(url, timeout=PATIENCE)
    except requests.ConnectionError:
        return False
    return True


class Reader:
    """Somebody who types what the README says, on ports that are free."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {"8090": str(free_port()), "8080": str(free_port())}
        shutil.copytree(ROOT / "mappings", folder / "mappings")
        command = folder / ".venv" / "bin" / "loods"
        command.parent.mkdir(parents=True)
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -m connector.cli "$@"\n')
        command.chmod(0o755)
        self.running: list[subprocess.Popen[bytes]] = []

    def opens(self, terminal: str) -> None:
        """Type the blocks of a terminal that stays busy."""
        text = "\n".join(blocks(terminal)).replace(".venv/bin/loods", "exec .venv/bin/loods")
        self.running.append(self._bash(text, subprocess.DEVNULL))

    def types(self, text: str) -> str:
        """Type a block and read what it prints."""
        process = self._bash(text, subprocess.PIPE)
        out, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, out
        return out.decode()

    def waits_for(self, port: str, path: str) -> None:
        """Wait until somebody listens at a port of the README."""
        url = f"http://127.0.0.1:{self.ports[port]}{path}"
        assert until(lambda: answers(url)), f"nobody listens at {url}"

    def state(self) -> dict[str, Any]:
        """What the local HubSpot and Mailchimp hold."""
        url = f"http://127.0.0.1:{self.ports['8090']}/state"
        found: dict[str, Any] = requests.get(url, timeout=PATIENCE).json()
        return found

    def closes(self) -> None:
        """Close every terminal."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(PATIENCE)

    def _bash(self, text: str, out: int) -> subprocess.Popen[bytes]:
        for written, free in self.ports.items():
            text = text.replace(written, free)
        environment = {
            "PATH": os.environ["PATH"],  # noqa: TID251 - the shell needs to find curl and openssl
            "PORT": self.ports["8080"],
            "HOME": str(self.folder),
        }
        return subprocess.Popen(
            ["bash", "-ec", text],
            cwd=self.folder,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    if not shutil.which("curl") or not shutil.which("openssl"):
        pytest.skip("the README's commands need curl and openssl")
    typing = Reader(tmp_path)
    yield typing
    typing.closes()


def test_an_order_posted_as_the_readme_says_stands_at_both_platforms(reader: Reader) -> None:
    reader.opens("sandbox")
    reader.waits_for("8090", "/state")
    reader.opens("loods")
    reader.waits_for("8080", "/health/live")
    woocommerce, shopify, looking = blocks("shops")

    answers = reader.types(woocommerce + shopify)
    are_there = until(lambda: everybody_is_there(reader.state()))

    assert re.findall(r'"status": *"(\w+)"', answers) == ["accepted", "accepted"]
    assert are_there, reader.state()
    shown = reader.types(looking)
    assert "main: care" in shown
    assert "order.paid" in shown


def everybody_is_there(held: dict[str, Any]) -> bool:
    customers = {
        one["properties"].get("email")
        for one in held["hubspot"]["contacts"].values()
        if one["properties"].get("lifecyclestage") == "customer"
    }
    members = {email for email, one in held["mailchimp"]["members"].items() if "care" in one["tags"]}
    return customers == members == {"eva@example.com", "bram@example.com"}


def test_an_empty_block_is_filled_and_leaves_what_is_behind_it() -> None:
    empty = "<!-- generated: keys of move -->\n<!-- end -->\n"
    behind = "~~~\n<!-- generated: keys -->\n<!-- end -->\n"

    made = rewritten(empty + behind)

    assert "| `from` |" in made.split("~~~")[0]
    assert "| `segments` |" in made.split("~~~")[1]
    assert rewritten(made) == made


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_what_is_generated_is_not_stale(file: Path) -> None:
    text = file.read_text()

    assert rewritten(text) == text, "make reference writes it anew"


def test_the_picture_of_the_example_mapping_is_not_stale() -> None:
    assert (ROOT / PICTURE).read_text() == picture(ROOT / "mappings"), "make reference draws it anew"


def test_the_schema_for_editors_is_not_stale() -> None:
    assert (ROOT / "docs" / "loods.schema.json").read_text() == schema_text(), "make reference writes it anew"


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_every_link_within_a_page_leads_to_a_heading(file: Path) -> None:
    text = file.read_text()
    headings = [heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)]
    anchors = {re.sub(r"[^\w-]", "", heading) for heading in headings}

    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_every_link_within_the_project_leads_somewhere(file: Path) -> None:
    missing = [link for link in TABLE_LINK.findall(file.read_text()) if not (file.parent / link).exists()]

    assert missing == []
