"""`loods publish` of triggers that are new or ask otherwise: it shows whom they reach, and asks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector.sandbox import Sandbox
from connector.store import expectations, publications
from connector.store.database import open_store
from connector.store.expectations import Expectation
from tests.cli.command import MAPPING
from tests.cli.publish.test_who_waits import Waiting, running
from tests.runtime.shop import Shop
from tests.runtime.test_keeping import Edited

FRESH = """
trigger: fresh
kind: internal
on: [%s, {quiet: 20h, since: file.downloaded}]
do:
  - hubspot.tag: {add: [fresh]}
"""


class Office:
    """A shop to which two people came, and a folder in which somebody writes a trigger."""

    def __init__(self, url: str, place: Path, sandbox: Sandbox) -> None:
        self.url, self.sandbox = url, sandbox
        self.mappings = Path(shutil.copytree(MAPPING, place / "mapping"))
        with Shop(self.url, sandbox, self.mappings) as shop:
            for name in ("eva", "bob"):
                shop.says("file.downloaded", f"{name}@example.com")
            shop.turns()
        self.loods("publish", "--yes")

    def loods(self, *words: str, answer: str = "") -> Result:
        command = ["--mappings", str(self.mappings), "--database", self.url, *words]
        return CliRunner().invoke(main, command, input=answer)

    def writes(self, event: str = "file.downloaded") -> None:
        (self.mappings / "fresh.yaml").write_text(FRESH % event)

    def shown(self) -> Expectation | None:
        """What was shown of the trigger when it was last published anew."""
        store = open_store(self.url)
        with store.reading() as tx:
            found = expectations.of_rule(tx, "trigger:fresh")
        store.close()
        return found


@pytest.fixture
def office(migrated_url: str, tmp_path: Path, sandbox: Sandbox) -> Office:
    return Office(migrated_url, tmp_path, sandbox)


def test_whom_a_new_trigger_reaches_is_shown_and_asked_before_it_goes_live(office: Office) -> None:
    """for a moment or a first publication, what the plan showed and a person confirmed"""
    office.writes()

    result = office.loods("publish", answer="n\n")
    unanswered = office.loods("publish")

    assert (result.exit_code, unanswered.exit_code) == (1, 1)
    assert unanswered.output.endswith("Error: nothing was done: nobody answered; --yes publishes it\n")
    assert (
        "fresh: reaches 0 contact(s) at once and 2 within 24 hours, begins 2 time(s) in the busiest hour  "
        "(file.downloaded, quiet for 20h since file.downloaded)"
    ) in result.output
    assert "the busiest hour is that of all 2 event(s) since" in result.output
    assert "Is this meant?" in result.output
    assert "is live" not in result.output
    assert office.shown() is None


def test_what_was_confirmed_is_kept_with_the_publication(office: Office) -> None:
    office.writes()

    result = office.loods("publish", answer="y\n")

    assert result.exit_code == 0, result.output
    shown = office.shown()
    assert shown is not None
    assert shown.runs == 4


def test_who_is_sure_is_shown_it_and_not_asked(office: Office) -> None:
    office.writes()

    result = office.loods("publish", "--yes")

    assert result.exit_code == 0
    assert "fresh: reaches" in result.output
    assert "Is this meant?" not in result.output


def test_nothing_is_asked_where_nobody_is_reached(office: Office) -> None:
    office.writes()
    office.loods("publish", "--yes")
    (office.mappings / "fresh.yaml").write_text(
        FRESH.replace("20h", "9d").replace("do:", "when: contact.purchases.count > 3\ndo:") % "page.viewed"
    )

    result = office.loods("publish")

    assert result.exit_code == 0, result.output
    assert "fresh: reaches 0 contact(s) at once and 0 within 24 hours" in result.output


def test_a_trigger_that_asks_as_before_is_not_shown(office: Office) -> None:
    office.writes()
    office.loods("publish", "--yes")
    fresh = office.mappings / "fresh.yaml"
    fresh.write_text(fresh.read_text().replace("[fresh]", "[stale]"))

    result = office.loods("publish")

    assert result.exit_code == 0, result.output
    assert "fresh" not in result.output


def test_a_release_confirms_nothing(office: Office) -> None:
    office.writes()

    result = office.loods("publish", "--if-new")

    assert result.exit_code == 0
    assert "is live" in result.output
    assert "fresh: reaches" not in result.output
    assert office.shown() is None


def test_beside_a_running_process_that_watches_what_was_shown_is_kept_too(
    migrated_url: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    edited = Edited(migrated_url, tmp_path, sandbox)
    edited.downloads()
    edited.shop.system.store.close()
    waiting = Waiting(edited, sandbox)
    (edited.folder / "fresh.yaml").write_text(FRESH % "file.downloaded")
    with running(waiting):
        result = waiting.publishes("--yes", "--who", "eva", tag="first")

    assert result.exit_code == 0, result.output
    store = open_store(edited.shop.settings.database_url)
    with store.reading() as tx:
        line, shown = publications.live(tx), expectations.of_rule(tx, "trigger:fresh")
    store.close()
    assert line is not None
    assert line.who == "eva"
    assert shown is not None
    assert shown.runs == 2
