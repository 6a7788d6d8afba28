"""`loods publish` with people who wait: it shows them first, and does with them what was chosen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import Result

from connector import bootstrap
from connector.sandbox import Sandbox
from connector.settings import Settings
from tests.cli.command import loods
from tests.patience import PATIENCE
from tests.runtime.shop import Shop
from tests.runtime.test_keeping import EVA, Edited


@dataclass
class Waiting:
    """Eva waits in the trigger `later`, and nobody writes the database."""

    edited: Edited
    sandbox: Sandbox

    def publishes(self, *words: str, tag: str = "second") -> Result:
        self.edited.write(tag=tag)
        url = self.edited.shop.settings.database_url
        return loods("publish", *words, database=url, mappings=self.edited.folder)

    def rolls_back(self, *words: str) -> Result:
        url = self.edited.shop.settings.database_url
        return loods("rollback", *words, database=url, mappings=self.edited.folder)

    def then(self) -> tuple[list[object], str]:
        """The tags that Eva has five hours later, and how her run ended."""
        settings, at = self.edited.shop.settings, self.edited.shop.clock.at
        with Shop(settings.database_url, self.sandbox, self.edited.folder) as after:
            after.clock.at = at
            after.clock.moves(hours=5)
            after.turns()
            asked = [one.action for one in after.actions() if one.action.cause.rule == "trigger:later"]
            (run,) = after.contact(EVA).runs["later"].values()
            return [one.arguments["add"] for one in asked], run.ended


@pytest.fixture
def waiting(migrated_url: str, tmp_path: Path, sandbox: Sandbox) -> Waiting:
    edited = Edited(migrated_url, tmp_path, sandbox)
    edited.downloads()
    edited.shop.system.store.close()
    return Waiting(edited, sandbox)


@contextmanager
def running(waiting: Waiting) -> Iterator[None]:
    """While a real `loods run` watches the folder."""
    with watched(waiting.edited.shop.settings):
        yield


@contextmanager
def watched(settings: Settings) -> Iterator[None]:
    """While a real `loods run` with these settings watches its folder."""
    system = bootstrap.build(replace(settings, port=0), is_watched=True)
    stop, listening = threading.Event(), threading.Event()
    runs = threading.Thread(target=bootstrap.run, args=(system, stop, lambda _: listening.set()))
    runs.start()
    assert listening.wait(PATIENCE)
    yield
    stop.set()
    runs.join(PATIENCE)


def test_who_waits_is_shown_and_kept(waiting: Waiting) -> None:
    """Publishing shows first what it does to those who wait in a trigger whose own text changed: `keep`
    (default), `move` (to the step of the same name) or `end`."""
    result = waiting.publishes()

    assert result.exit_code == 0
    assert "later: 1 contact(s) wait and keep the text under which they began" in result.output
    assert waiting.then() == ([["first"]], "done")


def test_who_waits_can_go_on_by_the_new_text(waiting: Waiting) -> None:
    """Publishing shows first what it does to those who wait in a trigger whose own text changed: `keep`
    (default), `move` (to the step of the same name) or `end`."""
    result = waiting.publishes("--waiting", "later=move")

    assert "later: 1 contact(s) wait and go on by the new text" in result.output
    assert waiting.then() == ([["second"]], "done")


def test_who_waits_can_be_ended(waiting: Waiting) -> None:
    """Publishing shows first what it does to those who wait in a trigger whose own text changed: `keep`
    (default), `move` (to the step of the same name) or `end`."""
    result = waiting.publishes("--waiting", "later=end")

    assert "later: 1 contact(s) wait and end" in result.output
    assert waiting.then() == ([], "ended by a publication")


def test_beside_a_running_process_those_who_wait_go_on_as_chosen(waiting: Waiting) -> None:
    with running(waiting):
        result = waiting.publishes("--waiting", "later=move", "--who", "eva", "--why", "better words")

    assert result.exit_code == 0, result.output
    assert "later: 1 contact(s) wait and go on by the new text" in result.output
    assert "`loods run` published it, by eva: better words" in result.output
    assert waiting.then() == ([["second"]], "done")


def test_beside_a_running_process_a_rollback_takes_along_who_waits(waiting: Waiting) -> None:
    with running(waiting):
        waiting.publishes()
        waiting.publishes(tag="third")
        result = waiting.rolls_back("2", "--waiting", "later=move")

    assert "later: 1 contact(s) wait and go on by the new text" in result.output
    assert waiting.then() == ([["second"]], "done")


def test_who_waits_is_planned_for_again_after_the_folder_was_published(waiting: Waiting) -> None:
    waiting.publishes()

    result = waiting.publishes("--waiting", "later=move")

    assert "stays live, as publication 3, for those who wait" in result.output
    assert waiting.then() == ([["second"]], "done")


def test_a_rollback_shows_who_waits_and_can_end_them(waiting: Waiting) -> None:
    waiting.publishes()
    waiting.publishes(tag="third")

    result = waiting.rolls_back("2", "--waiting", "later=end")

    assert "later: 1 contact(s) wait and end" in result.output
    assert waiting.then() == ([], "ended by a publication")


def test_a_rollback_to_the_text_under_which_somebody_waits_leaves_them_in_peace(waiting: Waiting) -> None:
    waiting.publishes("--waiting", "later=end")

    result = waiting.rolls_back("1")

    assert "contact(s) wait" not in result.output
    assert waiting.then() == ([["first"]], "done")


def test_a_plan_holds_over_the_next_publication(waiting: Waiting) -> None:
    waiting.publishes("--waiting", "later=move")

    result = waiting.publishes(tag="third")

    assert "later: 1 contact(s) wait and go on by the new text" in result.output
    assert waiting.then() == ([["third"]], "done")


def test_a_text_that_needs_something_that_is_gone_is_told_of_before_it_is_published(waiting: Waiting) -> None:
    """A name that a kept text needs and that is gone ends it; publishing says how many."""
    (waiting.edited.folder / "fields.yaml").unlink()
    later = waiting.edited.folder / "later.yaml"
    later.unlink()

    url = waiting.edited.shop.settings.database_url
    result = loods("publish", database=url, mappings=waiting.edited.folder)

    assert "later: 1 contact(s) wait and end, for something that their text needs is gone" in result.output


def test_nothing_is_said_where_nobody_waits_in_what_changes(waiting: Waiting) -> None:
    result = waiting.publishes(tag="first")

    assert result.exit_code == 0
    assert "wait" not in result.output


@pytest.mark.parametrize("word", ["later", "later=", "later=stop"])
def test_a_plan_that_is_none_is_refused(waiting: Waiting, word: str) -> None:
    result = waiting.publishes("--waiting", word)

    assert result.exit_code == 2
    assert "write TRIGGER=keep, TRIGGER=move or TRIGGER=end" in result.output


def test_a_plan_for_an_unknown_trigger_is_refused_and_nothing_is_published(waiting: Waiting) -> None:
    result = waiting.publishes("--waiting", "latter=end")

    assert result.exit_code == 1
    assert "there is no trigger 'latter'; did you mean later?" in result.output
    assert waiting.then() == ([["first"]], "done")
