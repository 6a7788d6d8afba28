"""`loods undo`: what is undone and what is not is shown first, then done by whichever process may write."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest

from connector.sandbox import Sandbox
from connector.store import stops
from connector.store.database import open_store
from tests.cli.command import MAPPING, loods
from tests.patience import until
from tests.runtime.shop import Shop
from tests.runtime.test_errands import turn_until

EVA = "eva@example.com"
GIFT = """\
triggers:
  gift:
    on: file.downloaded
    do:
      - mailchimp.tag: {add: [reader]}
      - mailchimp.add_note: {text: has read}
      - contact.count: {name: gifts}
"""

OWN = """\
triggers:
  thanks:
    on: question.asked
    do:
      - contact.count: {name: asked}
"""


class Past:
    """A shop in which the gift was given to Eva."""

    def __init__(self, url: str, folder: Path, sandbox: Sandbox) -> None:
        self.url, self.sandbox = url, sandbox
        self.mappings = Path(shutil.copytree(MAPPING, folder / "mapping"))
        (self.mappings / "gift.yaml").write_text(GIFT, encoding="utf-8")
        with self.opened() as shop:
            shop.says("file.downloaded", EVA)
            shop.turns()

    def opened(self) -> Shop:
        return Shop(self.url, self.sandbox, self.mappings)

    def loods(self, *words: str, exit_code: int = 0) -> str:
        """What the command prints."""
        result = loods(*words, mappings=self.mappings, database=self.url)
        assert result.exit_code == exit_code, result.output
        return result.output

    def counted(self) -> int:
        """How many gifts Eva has had, as Loods itself knows."""
        with self.opened() as shop:
            return shop.contact(EVA).counters.get("gifts", 0)

    def tags(self) -> list[str]:
        """Eva's, once the platforms have heard of everything."""
        with self.opened() as shop:
            shop.turns()
        held: list[str] = self.sandbox.state()["mailchimp"]["members"][EVA]["tags"]
        return held


@pytest.fixture
def past(migrated_url: str, tmp_path: Path, sandbox: Sandbox) -> Past:
    sandbox.reset()
    return Past(migrated_url, tmp_path, sandbox)


def test_it_shows_what_can_be_undone_and_what_cannot_and_does_nothing_where_nobody_can_be_asked(
    past: Past,
) -> None:
    shown = past.loods("undo", "gift", exit_code=1)

    assert "trigger gift asked for 2 actions, about 1 contact" in shown
    assert "is undone: 1\n       1  mailchimp.tag\n" in shown
    assert "cannot be undone: 1\n       1  mailchimp.add_note: it stays until somebody deletes it" in shown
    assert "contacts of whom something is undone: eva@example.com\n" in shown
    assert "trigger gift is live, and is stopped first" in shown
    assert "in Loods itself 1 contact will be as the history is without it" in shown
    assert "Error: nothing was done: nobody answered; --yes does it" in shown
    assert past.tags() == ["reader"]


def test_who_is_sure_undoes_it_and_the_trigger_is_stopped(past: Past) -> None:
    said = past.loods("undo", "gift", "--yes", "--who", "ann")

    assert "`loods start --trigger gift` lets the trigger act again" in said
    assert past.tags() == []
    assert "trigger gift is stopped since" in past.loods("actions")


def test_what_it_changed_in_loods_itself_is_shown_and_taken_back(past: Past) -> None:
    said = past.loods("undo", "gift", "--yes")

    assert "counter gifts: 1 → 0" in said
    assert "done: 1 contact gone through, 1 changed; no action follows" in said
    assert past.counted() == 0


def test_why_tells_who_undid_it_and_what_came_of_that(past: Past) -> None:
    past.loods("undo", "gift", "--yes", "--who", "ann")
    past.tags()

    said = past.loods("why", EVA, "gift")

    told = said.partition("undone by ann: what it did is taken back where that can be\n")[2]
    assert told.startswith("  → mailchimp.tag remove = [reader]\n    done on")


def test_a_dry_run_asks_nothing_and_changes_nothing(past: Past) -> None:
    shown = past.loods("undo", "gift", "--dry-run")

    assert "--yes does it" not in shown
    assert past.tags() == ["reader"]


def test_a_dry_run_of_who_is_sure_is_a_mistake(past: Past) -> None:
    assert "--dry-run changes nothing" in past.loods("undo", "gift", "--dry-run", "--yes", exit_code=2)


def test_what_was_undone_has_nothing_left_to_undo(past: Past) -> None:
    past.loods("undo", "gift", "--yes")

    again = past.loods("undo", "gift", "--yes")

    assert "needs nothing: 1\n       1  mailchimp.tag: it has been undone\n" in again
    assert "there is nothing to undo" in again


def test_since_leaves_out_what_was_before(past: Past) -> None:
    shown = past.loods("undo", "big-cart", "--since", "1h")

    assert "trigger big-cart asked for 0 actions since" in shown
    assert "there is nothing to undo" in shown


def test_a_length_that_is_none_is_refused(past: Past) -> None:
    assert "--since:" in past.loods("undo", "gift", "--since", "yesterday", exit_code=1)


def test_neither_a_trigger_nor_a_version_is_refused_with_the_nearest_name(past: Past) -> None:
    said = past.loods("undo", "gifts", exit_code=1)

    assert "there is no trigger 'gifts'; did you mean gift?, and no version begins with 'gifts'" in said


def test_what_is_live_is_not_undone_as_a_version(past: Past) -> None:
    said = past.loods("undo", "live", exit_code=1)

    assert "is live and goes on to act: `loods rollback` makes another one live first" in said


def test_a_version_that_is_live_no_more_is_undone(past: Past) -> None:
    (past.mappings / "gift.yaml").unlink()
    past.loods("publish", "--yes", "--over", "live")

    said = past.loods("undo", "1", "--yes")

    assert "what was live as version" in said
    assert "counter gifts: 1 → 0" in said
    assert "what was changed of companies in Loods itself stays" in said
    assert past.tags() == []


def test_a_trigger_that_is_gone_is_undone_and_not_stopped(past: Past) -> None:
    (past.mappings / "gift.yaml").unlink()
    past.loods("publish", "--yes", "--over", "live")

    said = past.loods("undo", "gift", "--yes")

    assert "is stopped first" not in said
    assert past.tags() == []
    store = open_store(past.url)
    with store.reading() as tx:
        assert stops.stopped(tx) == []
    store.close()


def test_a_trigger_that_is_gone_and_changed_nothing_but_loods_itself_is_known(past: Past) -> None:
    (past.mappings / "gift.yaml").write_text(OWN, encoding="utf-8")
    past.loods("publish", "--yes", "--over", "live")
    with past.opened() as shop:
        shop.says("question.asked", EVA)
        shop.turns()
    (past.mappings / "gift.yaml").unlink()
    past.loods("publish", "--yes")

    said = past.loods("undo", "thanks", "--yes")

    assert "counter asked: 1 → 0" in said


def test_beside_the_process_that_writes_it_is_done_there(past: Past) -> None:
    with past.opened() as shop:
        is_over = Signal()
        running = Thread(target=turn_until, args=(shop, is_over))
        running.start()

        said = past.loods("undo", "gift", "--yes")
        until(lambda: shop.contact(EVA).counters.get("gifts", 0) == 0)

        is_over.set()
        running.join()
    assert "it is asked of the platforms" in said
    assert past.tags() == []
