"""What may become live, and how it is signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from connector import bootstrap
from connector.errors import MappingError, OutdatedError, Problem
from connector.mapping.mapping import Mapping
from connector.mapping.scalars import not_carried_out
from connector.runtime.publisher import WATCHED, Files, Publisher, Signature, Text
from connector.store import expectations, publications
from connector.store.expectations import Expectation
from connector.store.publications import Publication
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

TEXT = (Path(MAPPING) / "shop.yaml").read_text()


def changed(number: int) -> dict[str, bytes]:
    """The text of the mapping with a change in it."""
    return {"shop.yaml": f"{TEXT}# {number}\n".encode()}


def log(shop: Shop) -> list[Publication]:
    """What was published, newest first."""
    with shop.system.store.reading() as tx:
        return publications.listing(tx)


def publisher(shop: Shop) -> Publisher:
    """A publisher on the database of the shop."""
    return bootstrap.publisher(shop.settings, shop.system.store, shop.clock, who="eva")


def test_a_text_is_judged_by_the_newest_of_its_ancestors_that_is_known_here(shop: Shop) -> None:
    live = shop.system.mapping.version

    published = publisher(shop).publish(Text(changed(1), (), ("f" * 64, "e" * 64, live, "d" * 64)))

    assert published.made_from == live


def test_an_ancestor_that_is_live_does_not_count_where_a_newer_one_is_known(shop: Shop) -> None:
    first = shop.system.mapping.version
    publish = publisher(shop).publish
    second = publish(Text(changed(1), (), (first,))).version
    publisher(shop).roll_back(first, Signature("eva", "too early"))

    with pytest.raises(OutdatedError, match=second[:12]):
        publish(Text(changed(2), (), (second, first)))


def test_what_is_not_carried_out_yet_is_refused_with_its_places(shop: Shop) -> None:
    real = bootstrap.publisher(shop.settings, shop.system.store)
    told = [Problem("shop.yaml", line, 3, *not_carried_out("wait"), severity="warning") for line in (7, 9)]
    doubt = replace(told[0], code="M152")

    def check(files: Files, unread: Iterable[Problem]) -> tuple[Mapping | None, tuple[Problem, ...]]:
        return real.checked(files, unread), (*told, doubt)

    strict = Publisher(shop.system.store, check, lambda _: None, shop.clock, "eva")

    with pytest.raises(MappingError) as refused:
        strict.publish(Text(changed(1), (), (shop.system.mapping.version,)))

    assert [(one.line, one.code, one.severity) for one in refused.value.problems] == [
        (7, "M190", "error"),
        (9, "M190", "error"),
    ]
    assert len(log(shop)) == 1


def test_only_what_was_found_in_a_folder_can_be_signed_later(shop: Shop) -> None:
    found = publisher(shop).publish(Text(changed(1), (), (shop.system.mapping.version,)), WATCHED)

    signed = publisher(shop).sign(found.version, Signature("bob", "spring sale"))
    again = publisher(shop).sign(found.version, Signature("mallory", "mine"))

    assert (signed and (signed.who, signed.why), again) == (("bob", "spring sale"), None)
    assert log(shop)[0].who == "bob"


def test_who_gives_no_reason_may_confirm_again_what_was_found_in_a_folder(shop: Shop) -> None:
    found = publisher(shop).publish(Text(changed(1), (), (shop.system.mapping.version,)), WATCHED)

    for shown in (3, 5):
        publisher(shop).sign(found.version, Signature("bob", "", {"trigger:welcome": shown}))

    with shop.system.store.reading() as tx:
        assert expectations.of_rule(tx, "trigger:welcome") == Expectation(5, found.at)
