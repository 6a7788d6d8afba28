"""`loods publish` of what adds people to accounts that are paid for by people: shown, and accepted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector.sandbox import Sandbox
from connector.store import publications
from connector.store.database import open_store
from tests.cli.command import MAPPING
from tests.cli.publish.test_who_waits import watched
from tests.runtime.shop import AUDIENCE, Shop

FRESH = """
trigger: fresh
on: file.downloaded
do:
  - %s
"""
TAG = "mailchimp.tag: {add: [fresh]}"
SEARCH = "/crm/v3/objects/contacts/search"


class Office:
    """A shop whose audience has one contact; two others have downloaded something."""

    def __init__(self, url: str, place: Path, sandbox: Sandbox) -> None:
        self.url, self.sandbox = url, sandbox
        self.mappings = Path(shutil.copytree(MAPPING, place / "mapping"))
        self.environment = {
            "HUBSPOT_TOKEN": "pat-test",
            "HUBSPOT_URL": sandbox.hubspot_url,
            "MAILCHIMP_API_KEY": "test-us21",
            "MAILCHIMP_AUDIENCE": AUDIENCE,
            "MAILCHIMP_URL": sandbox.mailchimp_url,
        }
        with Shop(self.url, sandbox, self.mappings) as shop:
            shop.says("newsletter.confirmed", "ann@example.com")
            for name in ("eva", "bob"):
                shop.says("file.downloaded", f"{name}@example.com")
            shop.turns()
        self.settings = shop.settings
        self.publish("--yes", "--accept-cost")
        self.live = self.version()

    def publish(self, *words: str, answer: str = "", **environment: str) -> Result:
        return self.loods("publish", *words, answer=answer, **environment)

    def loods(self, *words: str, answer: str = "", **environment: str) -> Result:
        command = ["--mappings", str(self.mappings), "--database", self.url, *words]
        return CliRunner().invoke(main, command, input=answer, env={**self.environment, **environment})

    def writes(self, *actions: str, most: str | None = "10%") -> None:
        """A trigger with these actions, and how many may be new."""
        (self.mappings / "fresh.yaml").write_text(FRESH % "\n  - ".join(actions))
        if most is not None:
            (self.mappings / "most.yaml").write_text(f"defaults: {{most_new: {most}}}\n")

    def version(self) -> str:
        """What is live."""
        store = open_store(self.url)
        with store.reading() as tx:
            found = publications.live(tx)
        store.close()
        return found.version if found else ""

    @property
    def is_left(self) -> bool:
        """Whether what was live is live still."""
        return self.version() == self.live


@pytest.fixture
def office(database_url: str, tmp_path: Path, sandbox: Sandbox) -> Office:
    sandbox.reset()
    return Office(database_url, tmp_path, sandbox)


def test_what_it_costs_is_shown_and_asked_before_it_goes_live(office: Office) -> None:
    office.writes(TAG)

    result = office.publish(answer="n\n")
    unanswered = office.publish()

    assert (result.exit_code, unanswered.exit_code) == (1, 1)
    assert unanswered.output.endswith("Error: nothing was done: nobody answered; --accept-cost accepts it\n")
    assert (
        "mailchimp: adds up to 2 contacts to 1 (+200 %): 2 transactional, without consent\n"
        "counted are all whom time brings within 24 hours, or events of the last 30 days would have\n"
    ) in result.output
    assert (
        "mailchimp may get 2 contacts more to pay for, beside 1: more than 10 %. Is this cost meant?"
    ) in result.output
    assert office.is_left


def test_a_person_accepts_it_by_an_answer(office: Office) -> None:
    office.writes(TAG)

    result = office.publish(answer="y\n")

    assert result.exit_code == 0, result.output
    assert not office.is_left


def test_who_is_to_be_asked_nothing_has_to_accept_it_beforehand(office: Office) -> None:
    office.writes(TAG)

    refused = office.publish("--yes")
    assert refused.exit_code == 1
    assert (
        "beside 1: more than 10 %; `loods publish --accept-cost` publishes it all the same" in refused.output
    )
    assert office.is_left

    accepted = office.publish("--yes", "--accept-cost")
    assert accepted.exit_code == 0, accepted.output
    assert "adds up to 2 contacts" in accepted.output
    assert not office.is_left


def test_a_release_leaves_what_is_live(office: Office) -> None:
    office.writes(TAG)

    result = office.publish("--if-new")

    assert result.exit_code == 0
    assert "ALARM" in result.output
    assert "more than 10 %; `loods publish --accept-cost` publishes it all the same" in result.output
    assert office.is_left


def test_a_release_may_accept_it(office: Office) -> None:
    office.writes(TAG)

    assert office.publish("--if-new", "--accept-cost").exit_code == 0
    assert not office.is_left


def test_what_is_within_the_share_is_shown_and_goes_live(office: Office) -> None:
    office.writes("hubspot.tag: {add: [fresh]}", most="100%")
    office.sandbox.script(
        {"method": "POST", "path": SEARCH}, [{"status": 200, "body": {"total": 50}}], times=2
    )

    result = office.publish("--yes")

    assert result.exit_code == 0, result.output
    assert "hubspot: adds up to 2 contacts to 50 (+4.0 %)\n" in result.output
    assert (
        "hubspot: up to 2 contacts may become marketing contacts, beside 50 (+4.0 %): new ones where"
        in result.output
    )
    assert not office.is_left


def test_a_few_go_live_where_the_mapping_says_no_share(office: Office) -> None:
    office.writes(TAG, most=None)

    result = office.publish("--yes")

    assert result.exit_code == 0, result.output
    assert "mailchimp: adds up to 2 contacts to 1 (+200 %)" in result.output
    assert not office.is_left


def test_nothing_is_said_of_what_adds_nobody(office: Office) -> None:
    office.writes("hubspot.complete_task: {title: Call}")

    result = office.publish("--yes")

    assert result.exit_code == 0, result.output
    assert "adds up to" not in result.output
    assert "counted are" not in result.output


def test_an_account_that_does_not_answer_is_for_a_person_too(office: Office) -> None:
    office.writes(TAG)
    office.sandbox.script({"method": "GET", "path": "/3.0/lists/"}, [{"status": 503}])

    result = office.publish("--yes")

    assert result.exit_code == 1
    assert "mailchimp: adds up to 2 contacts (how many it has cannot be told now: " in result.output
    assert "2 contacts more to pay for, and does not tell how many it has" in result.output
    assert office.is_left


def test_without_its_key_an_account_is_not_asked_and_nothing_leaves_for_it(office: Office) -> None:
    office.writes(TAG)

    result = office.publish("--yes", MAILCHIMP_API_KEY="")

    assert result.exit_code == 0, result.output
    assert "(how many it has is not asked: its settings are not set here)" in result.output
    assert not office.is_left


def test_who_is_not_paid_for_any_more_is_told(office: Office) -> None:
    office.writes("mailchimp.archive: {}")
    (office.mappings / "fresh.yaml").write_text(
        (FRESH % "mailchimp.archive: {}").replace("file.downloaded", "newsletter.confirmed")
    )

    result = office.publish("--yes")

    assert result.exit_code == 0, result.output
    assert "mailchimp: archives up to 1 contact, who are not paid for any more" in result.output


def goes_back_to(office: Office) -> str:
    """The dear trigger was live, and is live no more; the version to which one may go back."""
    office.writes(TAG)
    office.publish("--yes", "--accept-cost")
    dear = office.version()
    (office.mappings / "fresh.yaml").unlink()
    office.publish("--yes", "--accept-cost")
    office.live = office.version()
    return dear


def test_going_back_is_weighed_as_publishing_is(office: Office) -> None:
    dear = goes_back_to(office)

    refused = office.loods("rollback", dear, "--yes")
    unanswered = office.loods("rollback", dear)

    assert (refused.exit_code, unanswered.exit_code) == (1, 1)
    assert "fresh: begins 2 time(s) in the busiest hour" in refused.output
    assert f"version {dear[:12]} is not published: mailchimp may get 2 contacts more" in refused.output
    assert "`loods rollback --accept-cost` publishes it all the same" in refused.output
    assert unanswered.output.endswith("Error: nothing was done: nobody answered; --accept-cost accepts it\n")
    assert office.is_left


def test_going_back_is_accepted_beforehand_or_by_an_answer(office: Office) -> None:
    dear = goes_back_to(office)

    answered = office.loods("rollback", dear, answer="y\n")
    is_back = office.version() == dear
    again = office.loods("rollback", office.live)

    assert (answered.exit_code, again.exit_code, is_back) == (0, 0, True), answered.output
    assert office.loods("rollback", dear, "--yes", "--accept-cost").exit_code == 0
    assert office.version() == dear


def test_beside_a_process_that_watches_it_is_accepted_too(
    migrated_url: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    sandbox.reset()
    office = Office(migrated_url, tmp_path, sandbox)
    with watched(office.settings):
        office.writes(TAG)
        refused = office.publish("--yes")
        is_left = office.is_left
        accepted = office.publish("--yes", "--accept-cost", "--why", "spring sale")

    assert (refused.exit_code, is_left) == (1, True), refused.output
    assert accepted.exit_code == 0, accepted.output
    assert "is live: `loods run` published it" in accepted.output
    assert "spring sale" in accepted.output
    assert not office.is_left
