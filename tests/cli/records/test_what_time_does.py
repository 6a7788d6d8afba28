"""What time itself does, told by `loods contact show` and `loods why`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from connector.model.contact import Mark
from connector.sandbox import Sandbox
from connector.store import contacts, looks
from connector.store.looks import Stumble
from tests.cli.command import loods
from tests.runtime.test_keeping import EVA, Edited


@pytest.fixture
def edited(migrated_url: str, tmp_path: Path, sandbox: Sandbox) -> Edited:
    """A shop in which Eva waits in the trigger `later`."""
    made = Edited(migrated_url, tmp_path, sandbox)
    made.downloads()
    return made


def shown(edited: Edited, *command: str) -> str:
    """What a command prints, when nobody writes the database any more."""
    edited.shop.system.store.close()
    result = loods(*command, database=edited.shop.settings.database_url, mappings=edited.folder)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_contact_shows_what_waits_and_until_when(edited: Edited) -> None:
    output = shown(edited, "contact", "show", EVA)

    assert "waits in later for its moment, until" in output
    assert "by time alone" not in output


def test_a_contact_shows_what_a_complaint_holds_and_until_when(edited: Edited) -> None:
    edited.shop.says("complaint.received", EVA, complaint={"id": "k1"})
    edited.shop.turns()
    edited.shop.says("newsletter.confirmed", EVA)
    edited.shop.turns()

    output = shown(edited, "contact", "show", EVA)
    why = shown(edited, "why", EVA, "welcome")

    assert "  a complaint is open since" in output
    assert ": marketing waits, until" in output
    assert "held in welcome by an open complaint, until" in output
    assert "trigger:welcome: complaint (a complaint is open since" in output
    assert "a complaint holds it: a complaint is open since" in why


def test_a_contact_shows_what_followed_from_time_alone(edited: Edited) -> None:
    edited.later()

    output = shown(edited, "contact", "show", EVA)

    assert "waits in later" not in output
    assert "trigger:later: acted" in output.partition("by time alone")[2]


def test_a_contact_shows_what_it_is_in_and_that_looking_breaks(edited: Edited) -> None:
    person, now = edited.shop.contact(EVA), edited.shop.clock()
    marks = {"segment:loyal": Mark(True, now, 2), "segment:lost": Mark(False, now)}
    person = replace(person, marks=marks)
    stumble = Stumble(person.id, now, 3, now, "our own code broke: RuntimeError: x")
    edited.shop.system.store.write(lambda tx: contacts.save(tx, [person]))
    edited.shop.system.store.write(lambda tx: looks.stumble(tx, stumble))

    output = shown(edited, "contact", "show", EVA)

    assert "in segment loyal since" in output
    assert "segment lost" not in output
    assert "could not be told, 3 times since" in output
    assert "our own code broke: RuntimeError: x" in output


def test_what_followed_from_time_comes_as_json_too(edited: Edited) -> None:
    edited.later()

    found = json.loads(shown(edited, "contact", "show", EVA, "--format", "json"))

    assert [entry["rule"] for look in found["looks"] for entry in look["trace"]] == ["trigger:later"]
    assert found["stumble"] is None


def test_why_tells_of_the_event_and_then_of_the_time(edited: Edited) -> None:
    edited.later()

    output = shown(edited, "why", EVA, "later")

    time, _, event = output.partition("file.downloaded")
    assert "time passed  (Loods)" in time
    assert "it acted" in time
    assert "hubspot.tag" in time
    assert "hubspot.tag" not in event
