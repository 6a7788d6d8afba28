"""`loods recompute`: what would change is shown first, then done by whichever process may write."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector.cli.recompute.report import lines
from connector.model.showing import local
from connector.runtime.previewing import Preview
from connector.sandbox import Sandbox
from connector.store import sweeps
from connector.store.sweeps import SweepKind
from tests.cli.command import MAPPING
from tests.runtime.shop import Shop

SCORES = "scores:\n  warm:\n    points:\n      - {on: file.downloaded, add: 7}\n"
PEOPLE = ("eva", "bob", "cat")


class Past:
    """A shop with three contacts who downloaded a file, two of whom have a cart, too."""

    def __init__(self, url: str, folder: Path, sandbox: Sandbox) -> None:
        self.url, self.sandbox = url, sandbox
        self.mappings = Path(shutil.copytree(MAPPING, folder / "mapping"))
        with self.opened() as shop:
            for name in PEOPLE:
                shop.says("file.downloaded", f"{name}@example.com")
            for name in PEOPLE[:2]:
                shop.says("cart.updated", f"{name}@example.com", cart={"id": name, "total": 20})
            shop.turns()

    def opened(self) -> Shop:
        return Shop(self.url, self.sandbox, self.mappings)

    def draft(self) -> Path:
        """A copy of the folder in which a cart leads to another stage, and a download gives points."""
        folder = Path(shutil.copytree(self.mappings, self.mappings.parent / "draft"))
        file = folder / "shop.yaml"
        old, new = "[cart.updated, order.placed], to: do", "[cart.updated, order.placed], to: think"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        (folder / "scores.yaml").write_text(SCORES)
        return folder

    def publishes(self) -> Result:
        """The draft becomes live."""
        draft = self.draft()
        result = self.loods("publish", "--over", "live", mappings=draft)
        assert result.exit_code == 0, result.output
        return result

    def loods(self, *words: str, mappings: Path | None = None) -> Result:
        command = ["--mappings", str(mappings or self.mappings), "--database", self.url, *words]
        return CliRunner().invoke(main, command)

    def stages(self) -> list[str | None]:
        with self.opened() as shop:
            return [shop.stage(f"{name}@example.com") for name in PEOPLE]


@pytest.fixture
def past(migrated_url: str, tmp_path: Path, sandbox: Sandbox) -> Past:
    return Past(migrated_url, tmp_path, sandbox)


def test_nothing_to_change_is_said(past: Past) -> None:
    result = past.loods("recompute", "--yes")

    assert result.exit_code == 0, result.output
    assert "of 3 contact(s) none would change" in result.output
    assert "done" not in result.output


def test_what_would_change_is_shown_and_where_nobody_can_be_asked_nothing_is_done(past: Past) -> None:
    """`loods recompute` folds history again under changed moves or scores, with a preview and no actions; it
    says from where on it cannot see because events have been dropped."""
    past.publishes()

    result = past.loods("recompute")

    assert result.exit_code == 1, result.output
    assert "of 3 contact(s) 3 would change" in result.output
    assert "their whole history can be seen; no event has been dropped" in result.output
    assert "  do → think       2\n" in result.output
    assert "  warm: 3 contact(s), by 7 in the median and 7 at most" in result.output
    assert "score warm: 0 → 7" in result.output
    assert "Error: nothing was done: nobody answered; --yes does it" in result.output
    assert past.stages() == ["do", "do", "see"]


def test_a_dry_run_asks_nothing_and_is_no_failure(past: Past) -> None:
    past.publishes()

    result = past.loods("recompute", "--dry-run")

    assert (result.exit_code, "3 would change" in result.output) == (0, True), result.output
    assert past.stages() == ["do", "do", "see"]
    assert past.loods("recompute", "--dry-run", "--yes").exit_code == 2


def test_it_is_done_where_nothing_runs_and_no_action_follows(past: Past) -> None:
    """With a preview and no actions."""
    past.publishes()
    with past.opened() as shop:
        before = len(shop.actions())

    result = past.loods("recompute", "--yes", "--who", "eva")

    assert result.exit_code == 0, result.output
    assert "done: 3 contacts gone through, 3 changed; no action follows" in result.output
    assert past.stages() == ["think", "think", "see"]
    with past.opened() as shop:
        shop.turns()
        assert len(shop.actions()) == before
    assert "none would change" in past.loods("recompute").output


def test_beside_a_process_that_writes_it_is_asked_for_and_done_there(past: Past) -> None:
    past.publishes()
    with past.opened() as shop:
        shop.system.processor.step()
        is_over = Signal()
        running = Thread(target=_turn_until, args=(shop, is_over))
        running.start()

        result = past.loods("recompute", "--yes")

        is_over.wait(0.2)
        while _is_open(shop):
            is_over.wait(0.05)
        is_over.set()
        running.join()

    assert result.exit_code == 0, result.output
    assert "`loods run` folds them again in the background" in result.output
    assert past.stages() == ["think", "think", "see"]


def _turn_until(shop: Shop, is_over: Signal) -> None:
    while not is_over.is_set():
        shop.system.processor.step()
        is_over.wait(0.01)


def _is_open(shop: Shop) -> bool:
    with shop.system.store.reading() as tx:
        return sweeps.under_way(tx, SweepKind.RECOMPUTE) is not None


def test_a_pass_that_is_under_way_is_told(past: Past) -> None:
    past.publishes()
    with past.opened() as shop:
        asked = sweeps.Asked(SweepKind.RECOMPUTE, shop.system.mapping.version, shop.clock(), "eva")
        shop.system.store.write(lambda tx: sweeps.begin(tx, asked, shop.clock()))

    result = past.loods("recompute")

    assert "under way, asked for " in result.output
    assert " by eva: 0 contacts gone through so far, 0 changed" in result.output


def test_a_draft_shows_what_it_would_mean_before_it_is_published(past: Past) -> None:
    result = past.loods("recompute", "--draft", str(past.draft()))

    assert result.exit_code == 0, result.output
    assert "by the draft: of 3 contact(s) 3 would change" in result.output
    assert "--yes" not in result.output
    assert past.stages() == ["do", "do", "see"]


def test_a_draft_is_not_done(past: Past) -> None:
    result = past.loods("recompute", "--draft", str(past.draft()), "--yes")

    assert result.exit_code == 2
    assert "publish the folder, then recompute" in result.output


def test_a_draft_that_does_not_pass_says_its_problems(past: Past) -> None:
    draft = past.draft()
    (draft / "scores.yaml").write_text("scores: {warm: {points: [{on: file.downloded, add: 7}]}}\n")

    result = past.loods("recompute", "--draft", str(draft))

    assert result.exit_code == 1
    assert "scores.yaml:1" in result.output


def test_one_contact_is_shown_and_done_by_address_or_id(past: Past) -> None:
    past.publishes()
    with past.opened() as shop:
        known = shop.contact("bob@example.com").id

    shown = past.loods("recompute", "--contact", "eva@example.com")
    done = past.loods("recompute", "--contact", known, "--yes")

    assert "of 1 contact(s) 1 would change" in shown.output
    assert "eva@example.com" in shown.output
    assert "done: 1 contact gone through, 1 changed" in done.output
    assert past.stages() == ["do", "think", "see"]


def test_an_unknown_contact_is_refused(past: Past) -> None:
    result = past.loods("recompute", "--contact", "nobody@example.com", "--yes")

    assert result.exit_code == 1
    assert "nobody is known as nobody@example.com" in result.output


def test_an_unknown_journey_is_refused_with_the_nearest_name(past: Past) -> None:
    result = past.loods("recompute", "--journey", "mian")

    assert result.exit_code == 1
    assert "there is no journey 'mian'; did you mean main?" in result.output


def test_only_who_changes_in_a_journey_is_recomputed(past: Past) -> None:
    past.publishes()

    result = past.loods("recompute", "--journey", "main", "--yes")

    assert "of 3 contact(s) 2 would change" in result.output
    assert "done: 3 contacts gone through, 2 changed" in result.output
    assert past.stages() == ["think", "think", "see"]


def test_so_many_are_tried_as_are_asked_for(past: Past) -> None:
    past.publishes()

    result = past.loods("recompute", "--limit", "1", "--yes")

    assert "of 1 contact(s) 1 would change" in result.output
    assert "done: 1 contact gone through, 1 changed" in result.output


def test_where_there_is_no_database_that_is_said(tmp_path: Path) -> None:
    command = ["--mappings", str(MAPPING), "--database", f"sqlite:///{tmp_path}/none.db", "recompute"]

    result = CliRunner().invoke(main, command)

    assert result.exit_code == 1
    assert "there is no database" in result.output


def test_publishing_says_that_history_is_not_decided_anew(past: Past) -> None:
    output = past.publishes().output

    assert output.count("what has happened is not decided anew; `loods recompute` shows") == 1


def test_publishing_what_leaves_moves_and_scores_alone_says_nothing_of_history(past: Past) -> None:
    file = past.mappings / "shop.yaml"
    file.write_text(file.read_text().replace("total >= 500", "total >= 600"))

    result = past.loods("publish", "--over", "live")

    assert result.exit_code == 0, result.output
    assert "recompute" not in result.output


def test_what_breaks_and_what_cannot_be_seen_is_told() -> None:
    """It says from where on it cannot see because events have been dropped."""
    until = datetime(2027, 3, 1, 12, tzinfo=UTC)
    found = Preview(contacts=5, broken=1, reason="contact 01: RuntimeError: no", unseen=2, sees_from=until)

    told = list(lines(found, "the draft", 1.26))

    assert told == [
        "by the draft: of 5 contact(s) none would change",
        "for 1 it cannot be told: our own code breaks; they would stay as they are",
        "  the first is contact 01: RuntimeError: no",
        "of 2 contact(s) events have been dropped: what happened until "
        f"{local(until)} at the latest stands as it was decided then",
        "it took 1.3 s",
    ]
