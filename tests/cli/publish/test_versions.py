"""Publishing by the command line: what becomes live, what is refused, and what is said of it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connector import bootstrap
from connector.mapping.requests import REQUEST
from connector.mapping.working_copy import MARK, versions_noted
from connector.settings import Settings
from connector.store import publications
from connector.store.database import open_store
from connector.store.publications import Publication
from tests.cli.command import MAPPING, loods
from tests.patience import PATIENCE

COMMENT = "# somebody was here\n"


class Company:
    """A folder and a database, and the command line on them."""

    def __init__(self, url: str, place: Path) -> None:
        self.folder = place / "mappings"
        shutil.copytree(MAPPING, self.folder)
        self.url = url

    def loods(self, *words: str, exit_code: int = 0, folder: Path | None = None) -> str:
        """What the command prints."""
        result = loods(*words, mappings=folder or self.folder, database=self.url)
        assert result.exit_code == exit_code, result.output
        return result.output

    def edits(self, comment: str = COMMENT, folder: Path | None = None) -> None:
        """Somebody writes a line into a file."""
        with ((folder or self.folder) / "shop.yaml").open("a") as file:
            file.write(comment)

    def log(self) -> list[Publication]:
        """What was published, newest first."""
        store = open_store(self.url)
        with store.reading() as tx:
            found = publications.listing(tx)
        store.close()
        return found


@pytest.fixture
def company(migrated_url: str, tmp_path: Path) -> Company:
    return Company(migrated_url, tmp_path)


@contextmanager
def running(company: Company) -> Iterator[None]:
    """While another process writes the database, as `loods run` does."""
    store = open_store(company.url)
    store.write(publications.newest)
    yield
    store.close()


@contextmanager
def watched(company: Company) -> Iterator[None]:
    """While a real `loods run` watches the folder."""
    settings = Settings(mappings=company.folder, database_url=company.url, port=0)
    system = bootstrap.build(settings, is_watched=True)
    stop, listening = threading.Event(), threading.Event()
    words = (system, stop, lambda _: listening.set())
    runs = threading.Thread(target=bootstrap.run, args=words)
    runs.start()
    assert listening.wait(PATIENCE)
    yield
    stop.set()
    runs.join(PATIENCE)


def test_a_folder_that_passes_is_published_with_who_and_why(company: Company) -> None:
    output = company.loods("publish", "--who", "eva", "--why", "spring sale")

    [line] = company.log()
    assert (line.who, line.why, line.made_from) == ("eva", "spring sale", None)
    assert f"version {line.version[:12]} is live" in output
    assert versions_noted(company.folder)[0] == line.version


def test_who_is_logged_in_signs_what_nobody_else_is_named_for(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "marketing")

    company.loods("publish")

    assert company.log()[0].who == "marketing"


def test_publishing_twice_writes_one_line(company: Company) -> None:
    company.loods("publish")

    output = company.loods("publish")

    assert "is live already" in output
    assert len(company.log()) == 1


def test_a_folder_that_does_not_pass_is_never_live(company: Company) -> None:
    (company.folder / "mistake.yaml").write_text("nonsense: 1\n")

    output = company.loods("publish", exit_code=1)

    assert "mistake.yaml:1:1" in output
    assert not (company.folder / MARK).exists()


def test_an_old_copy_is_refused_with_the_difference_shown(company: Company, tmp_path: Path) -> None:
    company.loods("publish")
    copy = tmp_path / "copy"
    shutil.copytree(company.folder, copy)
    company.edits("# first\n")
    company.loods("publish")
    company.edits("# second\n", copy)

    output = company.loods("publish", exit_code=1, folder=copy)

    assert "-# first" in output
    assert "+# second" in output
    assert "--over" in output
    assert len(company.log()) == 2


def test_who_has_seen_the_difference_publishes_over_it(company: Company, tmp_path: Path) -> None:
    company.loods("publish")
    copy = tmp_path / "copy"
    shutil.copytree(company.folder, copy)
    company.edits()
    company.loods("publish")
    seen = company.log()[0].version
    company.edits("# second\n", copy)

    company.loods("publish", "--over", seen[:12], folder=copy)

    assert company.log()[0].made_from == seen
    assert versions_noted(copy)[0] == company.log()[0].version


def test_a_change_that_was_tried_on_another_database_can_be_released(
    company: Company, tmp_path: Path
) -> None:
    company.loods("publish", "--if-new")
    trial = f"sqlite:///{tmp_path}/trial.db"
    for comment in ("# first\n", "# second\n"):
        company.edits(comment)
        assert loods("publish", mappings=company.folder, database=trial).exit_code == 0

    output = company.loods("publish", "--if-new")

    assert "ALARM" not in output
    assert len(company.log()) == 2


def test_a_release_that_does_not_pass_leaves_what_is_live_with_an_alarm(company: Company) -> None:
    company.loods("publish", "--if-new")
    (company.folder / "mistake.yaml").write_text("nonsense: 1\n")

    output = company.loods("publish", "--if-new")

    assert "mistake.yaml:1:1" in output
    assert "ALARM" in output
    assert len(company.log()) == 1


def test_a_first_release_that_does_not_pass_stops_it(company: Company) -> None:
    (company.folder / "mistake.yaml").write_text("nonsense: 1\n")

    output = company.loods("publish", "--if-new", exit_code=1)

    assert "mistake.yaml:1:1" in output


def test_a_release_leaves_a_folder_alone_that_was_live_before(company: Company, tmp_path: Path) -> None:
    company.loods("publish", "--if-new")
    shipped = tmp_path / "shipped"
    shutil.copytree(company.folder, shipped)
    company.edits()
    company.loods("publish")

    output = company.loods("publish", "--if-new", folder=shipped)

    assert "notice" in output
    assert len(company.log()) == 2


def test_a_release_that_would_undo_a_change_is_not_published_and_raises_the_alarm(
    company: Company, tmp_path: Path
) -> None:
    company.loods("publish")
    shipped = tmp_path / "shipped"
    shutil.copytree(company.folder, shipped)
    company.edits()
    company.loods("publish")
    company.edits("# release\n", shipped)

    output = company.loods("publish", "--if-new", folder=shipped)

    assert "ALARM" in output
    assert "+# release" in output
    assert len(company.log()) == 2


def test_a_release_of_a_change_to_what_is_live_is_published(company: Company) -> None:
    company.loods("publish", "--if-new")
    company.edits()

    company.loods("publish", "--if-new")

    assert len(company.log()) == 2


def test_rolling_back_publishes_the_older_text_and_pull_brings_it_into_the_folder(company: Company) -> None:
    before = (company.folder / "shop.yaml").read_bytes()
    company.loods("publish")
    first = company.log()[0].version
    company.edits()
    company.loods("publish")

    output = company.loods("rollback", first[:12], "--why", "too early")
    company.loods("pull")

    assert "loods pull" in output
    newest = company.log()[0]
    assert (newest.version, newest.why) == (first, "too early")
    assert (company.folder / "shop.yaml").read_bytes() == before


def test_the_log_says_which_version_is_live(company: Company) -> None:
    company.loods("publish", "--who", "eva", "--why", "the beginning")
    company.edits()
    company.loods("publish")

    newest, oldest = company.loods("versions").splitlines()

    assert newest.endswith("live")
    assert "eva  the beginning" in oldest
    assert "live" not in oldest


def test_the_difference_between_versions_is_shown_by_file(company: Company) -> None:
    company.loods("publish")
    first = company.log()[0].version[:12]
    company.edits()
    company.loods("publish")

    changed = company.loods("versions", "--diff", first, "live")
    same = company.loods("versions", "--diff", "live", "folder")

    assert f"--- {first}/shop.yaml" in changed
    assert "+# somebody was here" in changed
    assert same == "live and folder are the same\n"


def test_pull_does_not_overwrite_what_was_never_published(company: Company) -> None:
    company.loods("publish")
    company.edits()

    refused = company.loods("pull", exit_code=1)
    kept = (company.folder / "shop.yaml").read_text()
    company.loods("pull", "--force")

    assert "never published" in refused
    assert kept.endswith(COMMENT)
    assert COMMENT not in (company.folder / "shop.yaml").read_text()


def test_pull_makes_a_folder_that_can_be_changed_and_published(company: Company, tmp_path: Path) -> None:
    company.loods("publish")
    elsewhere = tmp_path / "elsewhere"

    company.loods("pull", str(elsewhere))
    company.edits(folder=elsewhere)
    company.loods("publish", folder=elsewhere)

    assert len(company.log()) == 2


@pytest.mark.parametrize("form", ["number", "twelve letters", "name"])
def test_every_form_that_the_log_shows_names_a_version(company: Company, form: str) -> None:
    company.loods("publish")
    first = company.log()[0]
    company.edits()
    company.loods("publish")
    shown = company.loods("versions").splitlines()[-1].split()
    said = {"number": shown[0], "twelve letters": shown[4], "name": first.version}[form]

    changed = company.loods("versions", "--diff", said, "live")
    company.loods("rollback", said)

    assert "+# somebody was here" in changed
    assert company.log()[0].version == first.version


@pytest.mark.parametrize(
    "words", [("rollback", "zz"), ("pull", "x", "zz"), ("versions", "--diff", "zz", "live")]
)
def test_a_version_that_is_not_there_is_said_so(company: Company, words: tuple[str, ...]) -> None:
    company.loods("publish")

    output = company.loods(*words, exit_code=1)

    assert "no version begins with 'zz'" in output


def test_beside_a_running_process_that_watches_the_folder_publish_waits_for_it(company: Company) -> None:
    company.loods("publish")
    with watched(company):
        company.edits()

        output = company.loods("publish", "--who", "eva", "--why", "spring sale")

    newest = company.log()[0]
    assert f"version {newest.version[:12]} is live: `loods run` published it, by eva: spring sale" in output
    assert (newest.who, newest.why) == ("eva", "spring sale")
    assert len(company.log()) == 2
    assert not (company.folder / REQUEST).exists()


def test_a_broken_folder_is_left_as_it_is_by_a_rollback_beside_a_running_process(company: Company) -> None:
    company.loods("publish")
    first = company.log()[0].version
    company.edits()
    company.loods("publish")
    (company.folder / "mistake.yaml").write_text("nonsense: 1\n")

    with watched(company):
        output = company.loods("rollback", first, "--who", "eva")

    newest = company.log()[0]
    assert (newest.version, newest.who, newest.why) == (first, "eva", f"back to {first[:12]}")
    assert "it is left as it is" in output
    assert (company.folder / "mistake.yaml").exists()
    assert COMMENT in (company.folder / "shop.yaml").read_text()


def test_beside_a_running_process_that_watches_rollback_is_done_by_the_folder(company: Company) -> None:
    older = (company.folder / "shop.yaml").read_text()
    company.loods("publish")
    first = company.log()[0].version
    company.edits()
    company.loods("publish")

    with watched(company):
        company.loods("rollback", first)

    assert company.log()[0].version == first
    assert (company.folder / "shop.yaml").read_text() == older


def test_a_process_that_does_not_watch_the_folder_is_not_relied_on(company: Company) -> None:
    company.loods("publish")
    company.edits()

    with running(company):
        output = company.loods("publish", exit_code=1)

    assert "does not watch this folder" in output
    assert len(company.log()) == 1
    assert not (company.folder / REQUEST).exists()


def test_a_rollback_that_nobody_would_publish_leaves_the_folder_as_it_was(company: Company) -> None:
    company.loods("publish")
    first = company.log()[0].version
    company.edits()
    company.loods("publish")
    newer = (company.folder / "shop.yaml").read_text()

    with running(company):
        company.loods("rollback", first, exit_code=1)

    assert (company.folder / "shop.yaml").read_text() == newer
    assert versions_noted(company.folder)[0] == company.log()[0].version


def test_publishing_over_a_version_beside_a_running_process_notes_it_for_the_watcher(
    company: Company,
) -> None:
    company.loods("publish")
    first = company.log()[0].version
    (company.folder / MARK).unlink()
    company.edits()

    with running(company):
        company.loods("publish", "--over", first, exit_code=1)

    assert versions_noted(company.folder)[0] == first
