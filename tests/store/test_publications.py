"""Publications: the newest is live, the log is kept, and nobody replaces what he has not seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.errors import OutdatedError
from connector.store import publications
from connector.store.database import Store
from connector.store.publications import Publication, Signed
from tests.store.make import later

FILES = {"connections.yaml": "connections: {}\n", "triggers/één.yaml": '\ufeff# {"$decimal": 1}\r\n'}


def publish(store: Store, version: str, made_from: str | None = None, minute: float = 0) -> Publication:
    """Publish a version of which only the name matters."""
    signed = Signed(later(minute), "eva", "because", made_from)
    return store.write(lambda tx: publications.publish(tx, version, FILES, signed))


def test_nothing_is_live_before_the_first_publication(store: Store) -> None:
    with store.reading() as tx:
        assert publications.live(tx) is None
        assert publications.newest(tx) == 0


def test_the_newest_publication_is_live_and_the_log_keeps_them_all(store: Store) -> None:
    first = publish(store, "a")
    second = publish(store, "b", "a", minute=1)

    with store.reading() as tx:
        assert publications.live(tx) == second
        assert publications.newest(tx) == second.id
        assert publications.listing(tx) == [second, first]
    assert second == Publication(second.id, "b", later(1), "eva", "because", "a")
    assert first.made_from is None


def test_the_files_come_back_to_the_letter(store: Store) -> None:
    publish(store, "a")

    with store.reading() as tx:
        assert publications.files_of(tx, "a") == FILES


def test_what_was_not_made_from_the_live_version_is_refused_and_changes_nothing(store: Store) -> None:
    publish(store, "a")
    live = publish(store, "b", "a")

    for made_from in ("a", None):
        with pytest.raises(OutdatedError) as refused:
            publish(store, "c", made_from)
        assert refused.value.live == "b"

    with store.reading() as tx:
        assert publications.live(tx) == live
        assert not publications.was_published(tx, "c")


def test_an_older_version_is_published_again_as_a_new_line(store: Store) -> None:
    first = publish(store, "a")
    publish(store, "b", "a")

    again = publish(store, "a", "b")

    with store.reading() as tx:
        assert publications.live(tx) == again
        assert publications.files_of(tx, "a") == FILES
    assert again.id > first.id


def test_publishing_what_is_live_writes_nothing(store: Store) -> None:
    first = publish(store, "a")

    again = publish(store, "a", None, minute=5)

    with store.reading() as tx:
        assert publications.listing(tx) == [first]
    assert again == first


def test_a_version_is_found_by_its_beginning(store: Store) -> None:
    publish(store, "abc")
    publish(store, "abd", "abc")

    with store.reading() as tx:
        assert publications.beginning_with(tx, "ab") == ["abc", "abd"]
        assert publications.beginning_with(tx, "abd") == ["abd"]
        assert publications.beginning_with(tx, "%") == []


def test_of_two_who_replace_the_same_version_one_is_refused(store: Store) -> None:
    publish(store, "a")

    def attempt(version: str) -> bool:
        try:
            publish(store, version, "a")
        except OutdatedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, "bcdefghi"))

    assert outcomes.count(True) == 1


def test_a_version_comes_from_those_that_were_live_before_it_each_once(store: Store) -> None:
    for version, made_from in (("a", None), ("b", "a"), ("c", "b"), ("b", "c")):
        publish(store, version, made_from)

    with store.reading() as tx:
        assert publications.ancestry(tx, "b") == ("b", "c", "a")
        assert publications.ancestry(tx, "a") == ("a",)
        assert publications.published_of(tx, ["z", "a", "c"]) == {"a", "c"}


def test_a_line_is_signed_as_it_was_read_or_not_at_all(store: Store) -> None:
    line = publish(store, "a")

    signed = store.write(lambda tx: publications.sign(tx, line, "bob", "spring sale"))
    again = store.write(lambda tx: publications.sign(tx, line, "mallory", "mine"))

    assert (signed and (signed.id, signed.who, signed.why), again) == ((line.id, "bob", "spring sale"), None)


def test_the_number_of_a_line_gives_its_version(store: Store) -> None:
    line = publish(store, "a")

    with store.reading() as tx:
        assert publications.numbered(tx, line.id) == "a"
        assert publications.numbered(tx, line.id + 1) is None
