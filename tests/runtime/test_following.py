"""A running Loods follows what is published: an edited folder, another process, an older version."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connector import bootstrap
from connector.errors import MappingError, StoreError
from connector.mapping.requests import REQUEST, Request, leave_request, request_in
from connector.mapping.working_copy import MARK, versions_noted
from connector.runtime.following import Begun, Follower, begin
from connector.runtime.publisher import Publisher, Text, Version
from connector.runtime.watching import Folder
from connector.sandbox import Sandbox
from connector.store import publications
from connector.store.publications import Publication, Signed
from tests.runtime.conftest import MAPPING
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import Shop
from tests.runtime.test_way_of_an_event import TOPIC, order

THANKS = "Thank for order"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The administrators' folder."""
    return Path(shutil.copytree(MAPPING, tmp_path / "mapping"))


@pytest.fixture
def watching(database_url: str, sandbox: Sandbox, folder: Path) -> Iterator[Shop]:
    """A Loods that watches the folder."""
    with Shop(database_url, sandbox, folder, is_watched=True) as made:
        yield made


def edit(folder: Path, old: str, new: str) -> None:
    """Somebody saves a change."""
    file = folder / "shop.yaml"
    file.write_text(file.read_text().replace(old, new))


def look(shop: Shop, times: int = 2) -> None:
    """What the thread that follows would do."""
    for _ in range(times):
        shop.system.follower.step()


def publish(shop: Shop, text: str, made_from: str | None) -> Publication:
    """Another process publishes."""
    publisher = bootstrap.publisher(shop.settings, shop.system.store, shop.clock, who="eva")
    return publisher.publish(Text({"shop.yaml": text.encode()}, (), (made_from,) if made_from else ()))


def log(shop: Shop) -> list[Publication]:
    """What was published, newest first."""
    with shop.system.store.reading() as tx:
        return publications.listing(tx)


def titles(shop: Shop) -> list[object]:
    """The tasks that were asked for."""
    return [one.action.arguments["title"] for one in shop.actions() if one.action.name == "create_task"]


def test_an_edited_trigger_is_published_and_decides_the_next_event(watching: Shop, folder: Path) -> None:
    edit(folder, THANKS, "Pack order")

    look(watching)
    watching.posts("webshop", order(), {TOPIC: "order.updated"})
    watching.turns()

    assert titles(watching) == ["Pack order 77"]
    [entry] = [one for one in watching.history("eva@example.com") if one.event.name == "order.paid"]
    assert entry.version == log(watching)[0].version == versions_noted(folder)[0]


def test_a_text_that_is_seen_once_is_not_published(watching: Shop, folder: Path) -> None:
    edit(folder, THANKS, "Half")
    look(watching, times=1)
    edit(folder, "Half", "Whole")

    look(watching, times=1)
    after_one_look = len(log(watching))
    look(watching, times=1)

    assert after_one_look == 1
    assert len(log(watching)) == 2


def test_a_broken_edit_leaves_what_is_live_and_is_said_until_it_is_mended(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = watching.system.mapping
    edit(folder, "on: order.paid\n    do", "on: order.payed\n    do")

    look(watching, times=6)
    answer, whole = watching.web.get("/health/ready"), watching.web.get("/health")
    mapping = watching.system.mapping
    edit(folder, "order.payed", "order.paid")
    look(watching)

    assert mapping is live
    assert caplog.text.count("M131") == 1
    assert answer.json is not None
    assert answer.json["checks"]["mapping"] == "last change refused"
    assert f"version {live.version[:12]} goes on: the log says why; `loods check` names" in whole.text
    assert watching.system.follower.says == f"version {live.version[:12]}"
    assert len(log(watching)) == 1


def test_an_edit_that_could_not_be_stored_is_published_when_it_can(watching: Shop, folder: Path) -> None:
    system = watching.system
    store = FaultyStore(system.store, undone=frozenset({1}))
    begun = Begun(system.mapping, log(watching)[0].id)
    publisher = bootstrap.publisher(watching.settings, store, watching.clock)
    follower = Follower(publisher, begun, system.crew.follow, Folder(folder))
    edit(folder, THANKS, "Pack order")
    follower.step()

    with pytest.raises(StoreError):
        follower.step()
    follower.step()

    assert len(log(watching)) == 2
    assert system.mapping.version == log(watching)[0].version


def test_a_folder_that_vanishes_leaves_what_is_live(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = watching.system.mapping
    shutil.rmtree(folder)

    look(watching)

    assert watching.system.mapping is live
    assert "there is no such folder" in caplog.text


def test_a_folder_that_cannot_be_listed_is_refused_and_the_database_followed(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    system = watching.system
    begun = Begun(system.mapping, log(watching)[0].id)
    publisher = bootstrap.publisher(watching.settings, system.store, watching.clock)
    follower = Follower(publisher, begun, system.crew.follow, Folder(folder / ("x" * 300)))
    text = (folder / "shop.yaml").read_text()
    published = publish(watching, text.replace(THANKS, "Wrap order"), system.mapping.version)

    follower.step()
    follower.step()

    assert system.mapping.version == published.version
    assert follower.says == "last change refused"
    assert "M101 cannot be read" in caplog.text


def test_what_another_process_publishes_is_followed(watching: Shop, folder: Path) -> None:
    text = (folder / "shop.yaml").read_text()
    published = publish(watching, text.replace(THANKS, "Wrap order"), watching.system.mapping.version)

    look(watching, times=1)

    assert watching.system.mapping.version == published.version


def test_an_edit_of_an_old_copy_is_refused_and_says_how_to_go_on(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = (folder / "shop.yaml").read_text()
    published = publish(watching, text.replace(THANKS, "Wrap order"), watching.system.mapping.version)
    edit(folder, THANKS, "Pack order")

    look(watching)

    assert watching.system.mapping.version == published.version
    assert f"loods publish --over {published.version[:12]}" in caplog.text


def test_new_connections_get_a_door_and_a_dispatcher_and_removed_ones_lose_them(
    watching: Shop, folder: Path
) -> None:
    hubspot = next(one for one in watching.system.dispatchers if one.connection == "hubspot")
    added = "  blog: {source: json, secret: $WEBSITE_SECRET}\n  cms: {platform: http, url: $HUBSPOT_URL}\n"
    before = watching.web.post("/webhooks/blog").status_code

    edit(folder, "journeys:\n", f"{added}journeys:\n")
    look(watching)
    during = watching.web.post("/webhooks/blog").status_code
    names = {one.connection: one for one in watching.system.dispatchers}
    edit(folder, added, "")
    look(watching)

    assert (before, during, watching.web.post("/webhooks/blog").status_code) == (404, 401, 404)
    assert names.keys() == {"hubspot", "mailchimp", "cms"}
    assert names["hubspot"] is hubspot
    assert hubspot in watching.system.dispatchers
    assert len(watching.system.dispatchers) == 2


def test_a_connection_whose_setting_changes_gets_another_dispatcher(watching: Shop, folder: Path) -> None:
    [before] = [one for one in watching.system.dispatchers if one.connection == "hubspot"]

    edit(folder, "owner: sales@example.com", "owner: eva@example.com")
    look(watching)

    [after] = [one for one in watching.system.dispatchers if one.connection == "hubspot"]
    assert after is not before


def test_a_connection_that_cannot_be_made_here_leaves_what_is_live(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = watching.system.mapping
    added = "  cms: {platform: http, url: $BROKEN_URL}\n"

    edit(folder, "journeys:\n", f"{added}journeys:\n")
    look(watching, times=4)

    assert watching.system.mapping is live
    assert caplog.text.count("cms (with $BROKEN_URL): the address of an http connection cannot be read") == 1
    assert watching.system.follower.says == "last change refused"
    assert len(log(watching)) == 1


def test_a_setting_that_another_process_can_use_and_this_one_cannot_leaves_what_is_live(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = watching.system.mapping
    text = (folder / "shop.yaml").read_text()
    added = "  cms: {platform: http, url: $BROKEN_URL}\n"
    elsewhere = replace(watching.settings, environment={})
    files = {"shop.yaml": text.replace("journeys:\n", f"{added}journeys:\n").encode()}
    publisher = bootstrap.publisher(elsewhere, watching.system.store, watching.clock)
    publisher.publish(Text(files, (), (live.version,)))

    look(watching)

    assert watching.system.mapping is live
    assert "$BROKEN_URL" in caplog.text


def test_what_a_new_connection_lacks_is_said_when_it_comes(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edit(folder, "journeys:\n", "  blog: {source: json, secret: $BLOG_SECRET}\njourneys:\n")

    look(watching)

    assert caplog.text.count("BLOG_SECRET is not set") == 1
    assert "WOO_SECRET" not in caplog.text


def test_a_start_publishes_what_was_edited_meanwhile(
    watching: Shop, database_url: str, sandbox: Sandbox, folder: Path
) -> None:
    watching.system.store.close()
    edit(folder, THANKS, "Pack order")

    with Shop(database_url, sandbox, folder, is_watched=True) as again:
        assert len(log(again)) == 2
        assert again.system.mapping.version == log(again)[0].version


def test_a_start_on_a_broken_folder_runs_what_is_live_and_says_so(
    watching: Shop, database_url: str, sandbox: Sandbox, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watching.system.store.close()
    edit(folder, "on: order.paid\n    do", "on: order.payed\n    do")

    with Shop(database_url, sandbox, folder, is_watched=True) as again:
        assert again.system.mapping.version == watching.system.mapping.version
        assert again.system.follower.says == "last change refused"
    assert "M131" in caplog.text


def test_a_start_on_an_older_folder_runs_what_is_live_and_says_so(
    watching: Shop, database_url: str, sandbox: Sandbox, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = (folder / "shop.yaml").read_text()
    published = publish(watching, text.replace(THANKS, "Wrap order"), watching.system.mapping.version)
    watching.system.store.close()

    with Shop(database_url, sandbox, folder, is_watched=True) as again:
        assert again.system.mapping.version == published.version
        assert again.system.follower.says == "last change refused"
    assert "is not published" in caplog.text


def test_who_does_not_watch_follows_the_database_alone(
    shop: Shop, database_url: str, sandbox: Sandbox, folder: Path
) -> None:
    shop.system.store.close()
    edit(folder, THANKS, "Pack order")

    with Shop(database_url, sandbox, folder) as again:
        look(again)
        assert len(log(again)) == 1
        assert not (folder / MARK).exists()


def test_who_publishes_first_notes_it_in_the_folder_though_nobody_watches_it(
    shop: Shop, tmp_path: Path, folder: Path
) -> None:
    url = f"sqlite:///{tmp_path}/another.db"

    settings = replace(shop.settings, database_url=url, mappings=folder)
    system = bootstrap.build(settings, shop.clock, is_noted=True)
    system.store.close()

    assert versions_noted(folder) == (system.mapping.version,)


def test_a_reason_that_is_given_by_way_of_the_folder_signs_what_was_found_there(
    watching: Shop, folder: Path
) -> None:
    edit(folder, THANKS, "Pack order")
    look(watching)
    leave_request(folder, Request(log(watching)[0].version, "eva", "spring sale"))

    look(watching, times=1)

    assert (log(watching)[0].who, log(watching)[0].why) == ("eva", "spring sale")
    assert request_in(folder) is None


def test_an_older_version_is_brought_back_by_way_of_a_folder_that_is_broken(
    watching: Shop, folder: Path
) -> None:
    first = watching.system.mapping.version
    edit(folder, THANKS, "Pack order")
    look(watching)
    edit(folder, "on: order.paid\n    do", "on: order.payed\n    do")
    look(watching)
    leave_request(folder, Request(first, "eva", "too early", is_rollback=True))

    look(watching, times=1)

    assert watching.system.mapping.version == first
    assert (log(watching)[0].who, log(watching)[0].why) == ("eva", "too early")
    assert "order.payed" in (folder / "shop.yaml").read_text()


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"version": "f"}', "[" * 60_000])
def test_a_request_that_cannot_be_read_is_none(watching: Shop, folder: Path, said: str) -> None:
    (folder / REQUEST).write_text(said)

    look(watching, times=1)

    assert len(log(watching)) == 1


def test_a_version_that_nobody_knows_is_not_brought_back(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave_request(folder, Request("f" * 64, "eva", "", is_rollback=True))

    look(watching, times=1)

    assert len(log(watching)) == 1
    assert f"version {'f' * 12}, which eva wants, cannot be live" in caplog.text


def test_a_folder_that_cannot_be_written_is_followed_all_the_same(
    database_url: str, sandbox: Sandbox, folder: Path
) -> None:
    (folder / MARK).mkdir()

    with Shop(database_url, sandbox, folder, is_watched=True) as shop:
        for number in range(3):
            edit(folder, THANKS, f"{THANKS} {number}")
            look(shop)

        assert len(log(shop)) == 4


def test_what_does_not_pass_here_is_said_and_not_followed_until_something_does(
    watching: Shop, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = watching.system.mapping
    signed = Signed(watching.clock(), "another release", "", live.version)
    files = {"shop.yaml": "nonsense: 1\n"}
    watching.system.store.write(lambda tx: publications.publish(tx, "f" * 64, files, signed))

    look(watching, times=4)

    said = watching.system.follower.says
    text = (folder / "shop.yaml").read_text()
    publish(watching, text.replace(THANKS, "Wrap order"), "f" * 64)
    mapping = watching.system.mapping
    look(watching)

    assert mapping is live
    assert caplog.text.count("shop.yaml:1:1") == 1
    assert said == "last change refused"
    assert watching.system.follower.says == f"version {log(watching)[0].version[:12]}"


def test_a_start_on_a_live_version_that_no_longer_passes_stops_with_its_problems(
    watching: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    signed = Signed(watching.clock(), "another release", "", watching.system.mapping.version)
    files = {"shop.yaml": "nonsense: 1\n"}
    watching.system.store.write(lambda tx: publications.publish(tx, "f" * 64, files, signed))
    watching.system.store.close()

    with pytest.raises(MappingError, match="nonsense"):
        bootstrap.build(watching.settings, watching.clock)

    assert "is live and does not pass with this release" in caplog.text


def test_a_release_with_other_sources_names_the_same_text_anew(watching: Shop, folder: Path) -> None:
    ours = watching.system.mapping.version
    files = {"shop.yaml": (folder / "shop.yaml").read_text()}
    signed = Signed(watching.clock(), "another release", "", ours)
    watching.system.store.write(lambda tx: publications.publish(tx, "f" * 64, files, signed))
    watching.system.store.close()

    system = bootstrap.build(watching.settings, watching.clock)

    newest = publications_of(system)[0]
    system.store.close()
    assert (system.mapping.version, newest.version, newest.made_from) == (ours, ours, "f" * 64)
    assert "come with Loods have changed" in newest.why


def test_a_change_of_a_text_that_a_release_named_anew_is_published(watching: Shop, folder: Path) -> None:
    ours = watching.system.mapping.version
    files = {"shop.yaml": (folder / "shop.yaml").read_text()}
    signed = Signed(watching.clock(), "another release", "", ours)
    watching.system.store.write(lambda tx: publications.publish(tx, "f" * 64, files, signed))
    edit(folder, THANKS, "Pack order")

    look(watching)

    newest = log(watching)[0]
    assert newest.version == watching.system.mapping.version == versions_noted(folder)[0]
    assert newest.made_from == "f" * 64


def publications_of(system: bootstrap.System) -> list[Publication]:
    """The log of a system that no shop is around."""
    with system.store.reading() as tx:
        return publications.listing(tx)


class Late(Publisher):
    """A publisher that has looked just before another process published."""

    def __init__(self, shop: Shop) -> None:
        real = bootstrap.publisher(shop.settings, shop.system.store)
        super().__init__(shop.system.store, real._check, real._try_out, shop.clock, "late")
        self._looks = 0

    def live(self) -> Version | None:
        self._looks += 1
        return None if self._looks == 1 else super().live()


def test_who_begins_a_moment_after_another_process_follows_that_one(shop: Shop, folder: Path) -> None:
    edit(folder, THANKS, "Pack order")

    begun = begin(Late(shop), Folder(folder), is_watched=False)

    assert begun.mapping.version == shop.system.mapping.version
    assert len(log(shop)) == 1
