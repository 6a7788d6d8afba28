"""Who waits goes by the text under which the run began, whatever is published meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.model.contact import Run
from connector.sandbox import Sandbox
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

EVA = "eva@example.com"
WAITING = """
trigger: later
about: %(about)s
kind: internal
on: file.downloaded
wait: 4h
unless: contact.vip == 'x'
do:
  - hubspot.tag: {add: [%(tag)s]}
"""


class Edited:
    """A shop whose folder is edited; `edits` publishes the trigger `later` in these words."""

    def __init__(self, url: str, folder: Path, sandbox: Sandbox) -> None:
        self.folder = Path(shutil.copytree(MAPPING, folder / "mapping"))
        (self.folder / "fields.yaml").write_text("fields: {vip: text}\n")
        self.write()
        self.shop = Shop(url, sandbox, self.folder, is_watched=True)

    def write(self, about: str = "as it began", tag: str = "first") -> None:
        (self.folder / "later.yaml").write_text(WAITING % {"about": about, "tag": tag})

    def publishes(self) -> None:
        for _ in range(3):
            self.shop.system.follower.step()

    def edits(self, **words: str) -> None:
        self.write(**words)
        self.publishes()

    def downloads(self) -> None:
        self.shop.says("file.downloaded", EVA)
        self.shop.turns()

    def later(self, hours: float = 5) -> None:
        self.shop.clock.moves(hours=hours)
        self.shop.turns()

    @property
    def tags(self) -> list[object]:
        asked = [one.action for one in self.shop.actions() if one.action.cause.rule == "trigger:later"]
        return [one.arguments["add"] for one in asked]

    @property
    def run(self) -> Run:
        (run,) = self.shop.contact(EVA).runs["later"].values()
        return run


@pytest.fixture
def edited(database_url: str, tmp_path: Path, sandbox: Sandbox) -> Iterator[Edited]:
    made = Edited(database_url, tmp_path, sandbox)
    with made.shop:
        yield made


def test_a_run_that_waits_keeps_the_text_under_which_it_began(edited: Edited) -> None:
    edited.downloads()

    edited.edits(tag="second")
    edited.later()

    assert edited.tags == [["first"]]


def test_a_run_that_begins_under_the_new_text_goes_by_it(edited: Edited) -> None:
    edited.edits(tag="second")

    edited.downloads()
    edited.later()

    assert edited.tags == [["second"]]


def test_the_text_is_kept_over_several_publications(edited: Edited) -> None:
    edited.downloads()

    edited.edits(tag="second")
    edited.edits(tag="third")
    edited.later()

    assert edited.tags == [["first"]]


def test_the_next_process_keeps_it_too(edited: Edited, sandbox: Sandbox) -> None:
    edited.downloads()
    edited.edits(tag="second")
    url, at = edited.shop.settings.database_url, edited.shop.clock.at
    edited.shop.system.store.close()

    with Shop(url, sandbox, edited.folder, is_watched=True) as after:
        after.clock.at = at
        after.clock.moves(hours=5)
        after.turns()
        asked = [one.action for one in after.actions() if one.action.cause.rule == "trigger:later"]

    assert [one.arguments["add"] for one in asked] == [["first"]]


def test_a_trigger_that_was_deleted_is_still_done_for_who_waits(edited: Edited) -> None:
    edited.downloads()

    (edited.folder / "later.yaml").unlink()
    edited.publishes()
    edited.later()

    assert edited.tags == [["first"]]


def test_a_text_that_names_something_that_is_gone_ends_the_run(edited: Edited) -> None:
    """A name that a kept text needs and that is gone ends it"""
    edited.downloads()
    (edited.folder / "later.yaml").unlink()
    (edited.folder / "fields.yaml").unlink()

    edited.publishes()
    edited.later()

    assert edited.shop.system.follower.says.startswith("version")
    assert edited.tags == []
    assert edited.run.ended == "its text is gone"


def test_a_run_that_began_in_another_process_a_moment_ago_is_known_here(edited: Edited) -> None:
    """Another process decides by the old version until it has followed; nobody had waited under it yet."""
    old = edited.shop.system.live.mapping
    edited.edits(tag="second")
    live = edited.shop.system.live.mapping
    edited.shop.system.live.swap(old)
    edited.downloads()
    edited.shop.system.live.swap(live)

    edited.later()

    assert edited.tags == [["first"]]


def test_an_event_for_who_waits_under_an_old_text_begins_its_wait_anew(edited: Edited) -> None:
    edited.downloads()
    edited.edits(tag="second")
    edited.later(hours=1)

    edited.downloads()

    assert edited.shop.deliveries()[0].status == "done"
