"""The source files that come with Loods: complete, and told in the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.model.vocabulary import CONTACT_FIELDS, EVENTS, SUBJECTS
from tests.sources.build import SHIPPED, shipped

NAMES = sorted(file.stem for file in SHIPPED.glob("*.yaml"))
PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text("utf-8")


def test_these_come_with_loods() -> None:
    assert NAMES == ["hubspot", "json", "mailchimp", "shopify", "woocommerce"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_named_like_its_source_and_proves_its_senders(name: str) -> None:
    source = shipped(name)

    assert source.name == name
    assert source.verify.scheme != "none"


@pytest.mark.parametrize("name", NAMES)
def test_the_documentation_names_every_topic(name: str) -> None:
    source = shipped(name)
    section = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]

    topics = [topic for topic in (*source.events, *source.ignore) if name != "json" or topic in source.ignore]

    assert [topic for topic in topics if f"`{topic}`" not in section] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_topic_is_both_listened_to_and_ignored(name: str) -> None:
    source = shipped(name)

    assert set(source.events) & set(source.ignore) == set()


def test_our_own_json_can_say_everything_of_a_person() -> None:
    source = shipped("json")

    assert source.events.keys() | set(source.ignore) == EVENTS.keys()
    assert source.subjects.keys() == SUBJECTS.keys() - {"data"}
    assert all(
        source.subjects[name].fields.keys() == SUBJECTS[name].fields.keys() for name in source.subjects
    )
    assert source.fields.keys() == CONTACT_FIELDS.keys() - {"email"}
