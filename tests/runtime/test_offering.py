"""A watched folder whose change costs too much: what is live stays so until a person accepts it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector import bootstrap
from connector.mapping.load import load_mapping
from connector.mapping.requests import Request, leave_request, request_in
from connector.sandbox import Sandbox
from connector.store import publications
from connector.store.publications import Publication
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

FRESH = "trigger: fresh\non: file.downloaded\ndo:\n  - mailchimp.tag: {add: [%s]}\n"
TOO_MUCH = "mailchimp may get 1 contact more to pay for, beside 0: more than 10 %"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The administrators' folder, in which an account may grow by a tenth."""
    made = Path(shutil.copytree(MAPPING, tmp_path / "mapping"))
    (made / "most.yaml").write_text("defaults: {most_new: 10%}\n")
    return made


@pytest.fixture
def watching(database_url: str, sandbox: Sandbox, folder: Path) -> Iterator[Shop]:
    """A Loods that watches the folder, and knows somebody who is not in the audience."""
    with Shop(database_url, sandbox, folder, is_watched=True) as made:
        made.says("file.downloaded", "eva@example.com")
        made.turns()
        yield made


def writes(folder: Path, tag: str = "fresh") -> str:
    """Somebody saves a trigger that puts people into the audience; the version that the folder is then."""
    (folder / "fresh.yaml").write_text(FRESH % tag)
    return load_mapping(folder, bootstrap.shipped(), bootstrap.specs()).version


def look(shop: Shop, times: int = 2) -> None:
    for _ in range(times):
        shop.system.follower.step()


def newest(shop: Shop) -> Publication:
    with shop.system.store.reading() as tx:
        return publications.listing(tx)[0]


def test_it_is_not_published_and_that_is_said_once(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = watching.system.mapping
    writes(folder)

    look(watching, times=6)

    assert watching.system.mapping is live
    assert watching.system.follower.says == "last change refused"
    assert caplog.text.count(f"{TOO_MUCH}; `loods publish --accept-cost` publishes it all the same") == 1


def test_it_goes_live_when_a_person_accepts_it(watching: Shop, folder: Path) -> None:
    version = writes(folder)
    look(watching)
    leave_request(folder, Request(version, "eva", "spring sale"))

    look(watching, times=1)

    assert watching.system.mapping.version == version
    assert (newest(watching).who, newest(watching).why) == ("eva", "spring sale")
    assert request_in(folder) is None
    assert watching.system.follower.says == f"version {version[:12]}"


def test_what_was_written_since_is_not_accepted_with_it(watching: Shop, folder: Path) -> None:
    live = watching.system.mapping
    version = writes(folder)
    look(watching)
    writes(folder, tag="other")
    leave_request(folder, Request(version, "eva", "spring sale"))

    look(watching, times=3)

    assert watching.system.mapping is live
    assert watching.system.follower.says == "last change refused"


def test_it_is_held_at_the_start_too_and_may_be_accepted_then(
    watching: Shop, sandbox: Sandbox, folder: Path
) -> None:
    live = watching.system.mapping.version
    watching.system.store.close()
    version = writes(folder)

    with Shop(watching.settings.database_url, sandbox, folder, is_watched=True) as again:
        begun = again.system.mapping.version
        leave_request(folder, Request(version, "eva", "spring sale"))
        look(again, times=1)
        accepted = again.system.mapping.version

    assert (begun, accepted) == (live, version)


def test_what_adds_nobody_goes_live_by_itself(watching: Shop, folder: Path) -> None:
    (folder / "fresh.yaml").write_text(
        "trigger: fresh\non: file.downloaded\ndo:\n  - mailchimp.archive: {}\n"
    )

    look(watching)

    assert "fresh" in watching.system.mapping.triggers
