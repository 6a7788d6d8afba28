"""What a publication costs: whom its triggers add to an account, and whom they take out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from connector import bootstrap
from connector.mapping.load import load_mapping
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Mode
from connector.runtime.costing import Draft, costs, dearer
from connector.runtime.reaching import outlook
from connector.runtime.weighing import Cost
from connector.sandbox import Sandbox
from tests.runtime.shop import AUDIENCE, Shop

CONNECTIONS = """\
connections:
  hubspot: {platform: hubspot, token: $HUBSPOT_TOKEN, url: $HUBSPOT_URL}
  mailchimp:
    platform: mailchimp
    source: mailchimp
    token: $MAILCHIMP_API_KEY
    audience: $MAILCHIMP_AUDIENCE
    secret: $MAILCHIMP_WEBHOOK_SECRET
    url: $MAILCHIMP_URL
  website: {source: json, secret: $WEBSITE_SECRET}
triggers:
  known:
    on: file.downloaded
    do:
      - hubspot.tag: {add: [x]}
      - mailchimp.tag: {add: [x]}
  gone:
    on: form.submitted
    do:
      - mailchimp.archive: {}
"""
ON = "page.viewed"
TAG = "mailchimp.tag: {add: [x]}"
JOURNEY = "mailchimp.start_journey: {journey: 1234, step: 5678}"


class Town(Shop):
    """Eva is at HubSpot and in the audience; Bob has consented; Bob, Ann and Eva have looked at a page."""

    def settle(self) -> None:
        self.says("file.downloaded", "eva@example.com")
        self.says("newsletter.confirmed", "bob@example.com")
        for name in ("eva", "bob", "ann"):
            self.says(ON, f"{name}@example.com")
        self.turns()

    def named(self, ids: set[str]) -> set[str]:
        """Who they are."""
        people = {self.contact(f"{name}@example.com").id: name for name in ("eva", "bob", "ann")}
        return {people[one] for one in ids}


@pytest.fixture
def town(database_url: str, tmp_path: Path, sandbox: Sandbox) -> Iterator[Town]:
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "town.yaml").write_text(CONNECTIONS)
    with Town(database_url, sandbox, folder) as made:
        made.settle()
        yield made


def draft(town: Town, *do: str, on: str = ON, more: str = "") -> Mapping:
    """The mapping with one more trigger, `fresh`."""
    steps = "".join(f"  - {one}\n" for one in do)
    folder = town.settings.mappings
    (folder / "fresh.yaml").write_text(f"trigger: fresh\non: {on}\n{more}do:\n{steps}")
    return load_mapping(folder, bootstrap.shipped(), bootstrap.specs())


def cost(town: Town, mapping: Mapping, account: str = "mailchimp") -> Cost:
    """What the new trigger costs there; an account that it does not reach costs nothing."""
    store, now = town.system.store, town.clock()
    fresh = [mapping.triggers["fresh"]]
    found = costs(store, Draft(mapping, fresh, bootstrap.specs()), outlook(store, mapping, fresh, now), now)
    return next((one for one in found if one.connection == account), Cost(account, account))


def new(town: Town, *do: str, account: str = "mailchimp", on: str = ON) -> set[str]:
    return town.named(cost(town, draft(town, *do, on=on), account).new)


@pytest.mark.parametrize(("account", "action"), [("mailchimp", TAG), ("hubspot", "hubspot.tag: {add: [x]}")])
def test_who_was_never_there_is_new(town: Town, account: str, action: str) -> None:
    assert new(town, action, account=account) == {"bob", "ann"}


def test_an_action_that_makes_nobody_costs_nothing(town: Town) -> None:
    done = "hubspot.complete_task: {title: Call}"

    assert cost(town, draft(town, done), "hubspot") == Cost("hubspot", "hubspot")


def test_of_who_is_new_it_is_known_who_has_consented(town: Town) -> None:
    assert town.named(cost(town, draft(town, TAG)).consenting) == {"bob"}


def test_a_journey_adds_only_who_has_consented(town: Town) -> None:
    assert new(town, JOURNEY) == {"bob"}


def test_a_trigger_that_markets_adds_only_who_has_consented(town: Town) -> None:
    assert town.named(cost(town, draft(town, TAG, more="kind: marketing\n")).new) == {"bob"}


def test_who_has_left_is_added_by_nothing_that_markets(town: Town) -> None:
    town.says("newsletter.unsubscribed", "bob@example.com")
    town.turns()

    assert new(town, JOURNEY) == set()


def test_whom_the_account_has_told_of_is_there(town: Town) -> None:
    told = {
        "type": "subscribe",
        "fired_at": town.clock().strftime("%Y-%m-%d %H:%M:%S"),
        "data[id]": "8a25ff1d98",
        "data[list_id]": AUDIENCE,
        "data[email]": "ann@example.com",
    }
    town.posts("mailchimp", urlencode(told).encode())
    town.turns()

    assert new(town, TAG) == {"bob"}


def test_who_is_archived_is_not_paid_for_and_is_new_when_they_come_back(town: Town) -> None:
    assert town.named(cost(town, draft(town, "mailchimp.archive: {}")).archived) == {"eva"}

    town.says("form.submitted", "eva@example.com")
    town.turns()

    assert new(town, TAG) == {"eva", "bob", "ann"}
    assert cost(town, draft(town, "mailchimp.archive: {}")).archived == set()


def test_who_enters_a_workflow_is_told_whether_they_are_new_or_not(town: Town) -> None:
    town.says("newsletter.confirmed", "eva@example.com")
    town.turns()

    found = cost(town, draft(town, "hubspot.start_workflow: {workflow: 4444}"), "hubspot")

    assert (town.named(found.enrolled), town.named(found.new)) == ({"eva", "bob"}, {"bob"})


def test_whom_time_brings_costs_as_much(town: Town) -> None:
    quiet = f"{{quiet: 20h, since: {ON}}}"

    assert new(town, TAG, on=quiet) == {"bob", "ann"}


@pytest.mark.parametrize("mode", ["shadow", "paused"])
def test_what_does_nothing_costs_nothing(town: Town, mode: str) -> None:
    mapping = draft(town, TAG, more=f"mode: {mode}\n")

    assert dearer(town.system.mapping, mapping) == []
    assert cost(town, mapping) == Cost("mailchimp", "mailchimp")


def test_of_several_accounts_each_contact_costs_the_one_that_is_theirs(town: Town) -> None:
    text = (town.settings.mappings / "town.yaml").read_text()
    second = "  second: {platform: mailchimp, token: $MAILCHIMP_API_KEY, audience: a6b5da1054}\n"
    group = "  news: {choose: contact.email == 'ann@example.com', yes: second, no: mailchimp}\n"
    (town.settings.mappings / "town.yaml").write_text(
        text.replace("triggers:\n", f"{second}{group}triggers:\n")
    )
    mapping = draft(town, "news.tag: {add: [x]}")

    assert town.named(cost(town, mapping).new) == {"bob"}
    assert town.named(cost(town, mapping, "second").new) == {"ann"}


STAGES = """\
journeys:
  main:
    stages: {{see: {{label: See}}, do: {{label: Do}}}}
    moves:
      - {{on: page.viewed, to: see}}
    enter:
      see:
        - {action}
"""


def staged(town: Town, action: str) -> Mapping:
    """The mapping with a journey whose first stage does this when it is entered."""
    (town.settings.mappings / "stages.yaml").write_text(STAGES.format(action=action))
    return load_mapping(town.settings.mappings, bootstrap.shipped(), bootstrap.specs())


def test_what_entering_a_stage_does_costs_whom_its_moves_may_bring_there(town: Town) -> None:
    after = staged(town, TAG)
    dear = dearer(town.system.mapping, after)
    store, now = town.system.store, town.clock()

    [found] = costs(store, Draft(after, dear, bootstrap.specs()), outlook(store, after, dear, now), now)

    assert {one.name for one in dear} == {"enter:main.see", "enter:main.see upon page.viewed"}
    assert (found.connection, town.named(found.new)) == ("mailchimp", {"bob", "ann"})


def test_what_entering_does_is_dearer_where_it_does_more(town: Town) -> None:
    before, after = staged(town, "hubspot.complete_task: {title: Call}"), staged(town, TAG)

    assert [one.name for one in dearer(before, after)] == ["enter:main.see"]
    assert dearer(after, after) == []


def test_only_triggers_that_may_cost_more_are_dearer(town: Town) -> None:
    live = draft(town, "hubspot.tag: {add: [x]}")
    fresh = live.triggers["fresh"]
    canary = replace(live, triggers={**live.triggers, "fresh": replace(fresh, mode=Mode("canary"))})

    assert dearer(live, draft(town, "hubspot.tag: {add: [y]}")) == []
    assert dearer(live, draft(town, "hubspot.complete_task: {title: Call}")) == []
    for after in (
        draft(town, "hubspot.tag: {add: [x]}", TAG),
        draft(town, "{hubspot.tag: {add: [x]}, if: contact.email}"),
        draft(town, "hubspot.tag: {add: [x]}", on="file.downloaded"),
    ):
        assert [one.name for one in dearer(live, after)] == ["fresh"]
    assert [one.name for one in dearer(canary, live)] == ["fresh"]
    assert [one.name for one in dearer(None, live)] == ["fresh", "gone", "known"]


def test_weighing_asks_nobody_and_writes_nothing(town: Town) -> None:
    before = len(town.sandbox.state()["calls"]), [one.id for one in town.actions()]

    cost(town, draft(town, TAG))

    assert (len(town.sandbox.state()["calls"]), [one.id for one in town.actions()]) == before
