"""What becomes of those who wait, chosen when something is published and also after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector import bootstrap
from connector.mapping.mapping import Plan
from connector.mapping.requests import REQUEST, Request, leave_request, request_in
from connector.runtime.publisher import Publisher, Signature, Text
from connector.sandbox import Sandbox
from connector.store import publications
from connector.store.publications import Publication
from tests.runtime.test_keeping import Edited

MOVE: dict[str, Plan] = {"later": "move"}
END: dict[str, Plan] = {"later": "end"}


@pytest.fixture
def edited(database_url: str, tmp_path: Path, sandbox: Sandbox) -> Iterator[Edited]:
    made = Edited(database_url, tmp_path, sandbox)
    with made.shop:
        yield made


def log(edited: Edited) -> list[Publication]:
    """What was published, newest first."""
    with edited.shop.system.store.reading() as tx:
        return publications.listing(tx)


def publisher(edited: Edited) -> Publisher:
    """Another process, that of eva."""
    return bootstrap.publisher(edited.shop.settings, edited.shop.system.store, edited.shop.clock, who="eva")


def text(edited: Edited) -> Text:
    """The folder's, made from what is live."""
    files = {one.name: one.read_bytes() for one in sorted(edited.folder.glob("*.yaml"))}
    return Text(files, (), (log(edited)[0].version,))


def asks(edited: Edited, waiting: dict[str, Plan], *, version: str = "", is_rollback: bool = False) -> None:
    """Eva asks it of the process that watches the folder."""
    request = Request(version or log(edited)[0].version, "eva", "better words", is_rollback, waiting)
    leave_request(edited.folder, request)
    edited.publishes()


def test_who_was_kept_when_the_folder_was_saved_goes_on_by_the_new_text_when_that_is_asked(
    edited: Edited,
) -> None:
    edited.downloads()
    edited.edits(tag="second")

    asks(edited, MOVE)
    edited.later()

    assert edited.tags == [["second"]]
    assert request_in(edited.folder) is None


def test_a_plan_that_comes_after_the_publication_is_a_line_of_the_log_with_its_reason(edited: Edited) -> None:
    edited.downloads()
    edited.edits(tag="second")

    asks(edited, END)

    newest, before = log(edited)[:2]
    assert (newest.version, newest.who, newest.why) == (before.version, "eva", "better words")


def test_what_is_planned_already_writes_no_line_and_signs_what_was_found(edited: Edited) -> None:
    edited.downloads()
    edited.edits(tag="second")
    asks(edited, MOVE)

    publisher(edited).publish(text(edited), "again", MOVE)

    assert [one.why for one in log(edited)[:2]] == ["better words", "`loods run` found it in the folder"]


def test_a_plan_can_be_taken_back_while_they_wait(edited: Edited) -> None:
    edited.downloads()
    edited.edits(tag="second")
    asks(edited, END)

    asks(edited, {"later": "keep"})
    edited.later()

    assert edited.tags == [["first"]]


def test_another_process_follows_a_plan_that_was_made_after_the_publication(edited: Edited) -> None:
    edited.downloads()
    edited.edits(tag="second")

    publisher(edited).publish(text(edited), "better words", MOVE)
    edited.publishes()
    edited.later()

    assert edited.tags == [["second"]]


def test_who_begins_to_wait_in_the_moment_of_the_publication_is_meant_by_the_plan(edited: Edited) -> None:
    """Another process decides by the old version until it has followed; nobody had waited under it yet."""
    old = edited.shop.system.live.mapping
    edited.write(tag="second")
    publisher(edited).publish(text(edited), "better words", MOVE)
    edited.publishes()
    live = edited.shop.system.live.mapping
    edited.shop.system.live.swap(old)
    edited.downloads()
    edited.shop.system.live.swap(live)

    edited.later()

    assert edited.tags == [["second"]]


def test_a_rollback_can_take_those_along_who_wait(edited: Edited) -> None:
    first = edited.shop.system.mapping.version
    edited.edits(tag="second")
    edited.downloads()

    asks(edited, MOVE, version=first, is_rollback=True)
    edited.later()

    assert edited.tags == [["first"]]
    assert log(edited)[0].version == first


def test_a_rollback_to_what_is_live_plans_anew(edited: Edited) -> None:
    edited.downloads()
    edited.edits(tag="second")
    live = log(edited)[0].version

    publisher(edited).roll_back(live, Signature("eva", "better words"), MOVE)

    edited.publishes()
    edited.later()
    assert edited.tags == [["second"]]


def test_a_plan_for_what_is_not_live_any_more_changes_nothing(edited: Edited) -> None:
    first = edited.shop.system.mapping.version
    edited.downloads()
    edited.edits(tag="second")

    planned = publisher(edited).plan(first, Signature("eva"), MOVE)

    assert planned is None
    assert len(log(edited)) == 2


@pytest.mark.parametrize("said", ['"move"', '["later"]', '{"later": "stay"}', '{"later": ["move"]}'])
def test_a_request_with_a_plan_that_is_none_is_not_understood(edited: Edited, said: str) -> None:
    version = log(edited)[0].version
    words = f'{{"version": "{version}", "who": "eva", "why": "", "is_rollback": false, "waiting": {said}}}'
    (edited.folder / REQUEST).write_text(words)

    edited.publishes()

    assert log(edited)[0].who != "eva"
