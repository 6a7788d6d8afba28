"""`loods connect`: what the mapping's rules name is made at the platforms, and nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from connector.sandbox.hubspot import REVOKED
from tests.cli.connect.conftest import Connect

RULES = """\
trigger: welcome
on: newsletter.confirmed
do:
  - hubspot.update_contact: {fields: {favourite: tea}}
  - hubspot.tag: {add: [warm]}
  - hubspot.add_to_list: {list: Spring campaign}
  - mailchimp.update_member: {fields: {TEASORT: green}}
  - mailchimp.tag: {add: [loyal]}
"""


def writes(sandbox: Sandbox) -> list[str]:
    """The calls so far that write."""
    calls = [one for one in sandbox.state()["calls"] if one["method"] in {"POST", "PATCH"}]
    return [f"{one['method']} {one['path']}" for one in calls if not one["path"].endswith("batch/read")]


@pytest.fixture
def needy(folder: Path) -> Path:
    """The folder with a rule that names something of each kind."""
    (folder / "welcome.yaml").write_text(RULES)
    return folder


def test_what_rules_name_is_made_once_and_its_place_is_told(
    connect: Connect, sandbox: Sandbox, needy: Path
) -> None:
    only = ("--connection", "hubspot", "--connection", "mailchimp")
    first = connect(*only, "--yes", MAIL_ONE="x", MAIL_TWO="y")
    written = writes(sandbox)

    second = connect(*only, "--yes", MAIL_ONE="x", MAIL_TWO="y")

    assert "make        contact property favourite: a text, named at welcome.yaml:4" in first.output
    assert "change      contact property loods_tags: lacks the choice warm" in first.output
    assert "make        list Spring campaign: a static one, named at welcome.yaml:6" in first.output
    assert "make        merge field TEASORT: a text, named at welcome.yaml:7" in first.output
    assert "make        tag loyal: named at welcome.yaml:8" in first.output
    assert "failed" not in first.output
    assert second.output.partition("nothing to make or change")[1]
    assert len(written) == 6
    assert writes(sandbox) == written


def test_a_hubspot_that_does_not_know_us_still_has_its_webhooks_told(connect: Connect, needy: Path) -> None:
    result = connect("--dry-run", "--connection", "hubspot", TOKEN=REVOKED)

    assert result.exit_code == 1
    assert "target URL: https://hooks.example.com/webhooks/hubspot" in result.output
    assert "failed      HTTP 401: Authentication credentials not found" in result.output


def test_settings_that_cannot_be_used_are_told_at_their_connection(connect: Connect) -> None:
    result = connect("--dry-run", "--connection", "mailchimp", KEY="no-data-centre", SANDBOX="")

    assert "by hand     mend the settings: the Mailchimp key does not end in its data centre" in result.output


MISTYPED = RULES.replace("favourite:", "lifcyclestage:").replace("TEASORT:", "FNAM:")
BOTH = ("--connection", "hubspot", "--connection", "mailchimp")


@pytest.fixture
def mistyped(folder: Path) -> Path:
    """The folder with a rule that names what is nearly there."""
    (folder / "welcome.yaml").write_text(MISTYPED)
    return folder


def test_what_is_nearly_there_is_in_doubt_and_not_made_by_who_is_not_asked(
    connect: Connect, sandbox: Sandbox, mistyped: Path
) -> None:
    result = connect(*BOTH, "--yes", MAIL_ONE="x", MAIL_TWO="y")

    assert result.exit_code == 0, result.output
    assert (
        'in doubt    contact property lifcyclestage: did you mean "lifecyclestage", which is there? '
        "Else a text, named at welcome.yaml:4"
    ) in result.output
    assert 'in doubt    merge field FNAM: did you mean "FNAME", which is there?' in result.output
    assert "made  tag loyal" in result.output
    assert "lifcyclestage" not in str(writes(sandbox)) + result.output.partition("made  ")[2]


def test_what_is_nearly_there_is_made_where_a_person_says_so(
    connect: Connect, sandbox: Sandbox, mistyped: Path
) -> None:
    result = connect(*BOTH, answers="y\nn\ny\n", MAIL_ONE="x", MAIL_TWO="y")

    assert result.exit_code == 0, result.output
    assert "made  contact property lifcyclestage" in result.output
    assert "made  merge field FNAM" not in result.output


def test_in_doubt_alone_needs_its_group_only_once_it_is_made(
    connect: Connect, sandbox: Sandbox, folder: Path
) -> None:
    rule = "trigger: welcome\non: newsletter.confirmed\ndo:\n"
    (folder / "welcome.yaml").write_text(rule + "  - hubspot.update_contact: {fields: {lifcyclestage: x}}\n")
    only = ("--connection", "hubspot")

    left = connect(*only, "--yes")
    unmade = writes(sandbox)
    made = connect(*only, answers="y\ny\n")

    assert left.output.endswith("nothing to make or change; 1 thing in doubt; 1 thing to do by hand\n")
    assert unmade == []
    assert made.exit_code == 0, made.output
    assert [one.rpartition("/")[2] for one in writes(sandbox)] == ["groups", "contacts"]


def test_names_that_only_figures_tell_apart_are_meant(connect: Connect, folder: Path) -> None:
    rule = "trigger: welcome\non: newsletter.confirmed\ndo:\n"
    fields = "{favourite_tea_1: a, favourite_tea_2: b}"
    (folder / "welcome.yaml").write_text(f"{rule}  - hubspot.update_contact: {{fields: {fields}}}\n")
    connect("--connection", "hubspot", "--yes")
    (folder / "welcome.yaml").write_text(
        f"{rule}  - hubspot.update_contact: {{fields: {{favourite_tea_3: a}}}}\n"
    )

    result = connect("--connection", "hubspot", "--dry-run")

    assert "make        contact property favourite_tea_3" in result.output
