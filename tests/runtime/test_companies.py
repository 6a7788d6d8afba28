"""Companies on the way of an event: from a webhook to HubSpot, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector.model.company import Company
from connector.model.decision import Answer
from connector.model.delivery import DeliveryStatus
from connector.model.domains import company_id
from connector.model.event import Event, Identity
from connector.runtime.explaining import Explainer
from connector.sandbox import Sandbox
from connector.store import companies, history
from connector.store.outbox import ActionStatus
from tests.platforms.hubspot.portal import has_company
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

ACME = {"domain": "acme.example", "name": "Acme"}
ACCOUNTS = """\
journeys:
  accounts:
    subject: company
    stages: {lead: {label: Lead}, client: {label: Client}, former: {label: Former}}
    moves:
      - {on: [file.downloaded, newsletter.confirmed], to: lead}
      - {on: order.paid, to: client}
      - {on: company.changed, to: client, when: company.size >= 100}
      - {quiet: 90d, since: order.paid, from: client, to: former}
    enter:
      client:
        - hubspot.update_company: {fields: {lifecyclestage: customer}}
        - hubspot.create_task: {title: "Welcome {{ company.name | default('them') }}", due: 1h}
      former:
        - hubspot.create_task: {title: "Win {{ company.name | default('them') }} back", due: 1h}
fields:
  size: {type: number, of: company, from: {hubspot: numberofemployees}}
triggers:
  tour:
    on: file.downloaded
    once per: company
    do: {hubspot.create_task: {title: "Tour for {{ company.people | count }}", due: 1h}}
"""


@pytest.fixture
def shop(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """The mapping of the other tests, and a journey of companies."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "shop.yaml").write_text((MAPPING / "shop.yaml").read_text("utf-8"), "utf-8")
    (folder / "accounts.yaml").write_text(ACCOUNTS, "utf-8")
    with Shop(database_url, sandbox, folder) as made:
        yield made


def company_of(shop: Shop, email: str) -> Company:
    """The company as the store has it."""
    company = shop.contact(email).company
    assert company is not None
    return company


def titles(shop: Shop) -> list[str]:
    """Of the tasks that the rules about companies have made."""
    made = shop.sandbox.state()["hubspot"]["tasks"].values()
    every = sorted(one["properties"]["hs_task_subject"] for one in made)
    return [one for one in every if one.startswith(("Tour", "Welcome", "Win"))]


def changes(shop: Shop, company: int, name: str, value: str) -> int:
    """HubSpot tells of a changed property of a company."""
    change: dict[str, Any] = {
        "eventId": len(shop.deliveries()) + 1, "subscriptionId": 2, "portalId": 3, "attemptNumber": 0,
        "occurredAt": int(shop.clock().timestamp() * 1000), "subscriptionType": "company.propertyChange",
        "objectId": company, "propertyName": name, "propertyValue": value, "sourceId": "userId:1",
    }  # fmt: skip
    return shop.posts("hubspot", [change])


def _hubspot(number: int) -> Identity:
    return company_id("hubspot", str(number))


def _like(event: Event, **changes: Any) -> Event:
    return replace(event, **changes)


def test_what_a_colleague_does_moves_the_company_and_changes_it_in_hubspot(shop: Shop) -> None:
    id_ = has_company(shop.sandbox)
    shop.says("file.downloaded", "bob@example.com", company=ACME, file={"id": "guide"})
    shop.clock.moves(seconds=1)
    shop.says("order.paid", "eva@example.com", company=ACME, order={"id": "o-1", "total": "80"})
    shop.clock.moves(seconds=1)
    shop.says("order.paid", "bob@example.com", company=ACME, order={"id": "o-2", "total": "20"})
    shop.turns()

    company = company_of(shop, "bob@example.com")
    assert company == company_of(shop, "eva@example.com")
    assert company.standings["accounts"].stage == "client"
    assert company.counters == {"file.downloaded": 1, "order.paid": 2}
    assert {one.email for one in company.people.values()} == {"eva@example.com", "bob@example.com"}
    assert titles(shop) == ["Tour for 1", "Welcome Acme"]
    assert shop.sandbox.state()["hubspot"]["companies"][id_]["properties"]["lifecyclestage"] == "customer"
    assert {one.status for one in shop.actions()} == {ActionStatus.DONE}


def test_two_people_of_one_company_in_one_batch_see_each_others_effects(shop: Shop) -> None:
    """`before` is the contact with its company as they were at the event's time"""
    for who in ("eva", "bob", "jan"):
        shop.says("file.downloaded", f"{who}@example.com", company=ACME, file={"id": "guide"})
    shop.turns()

    answers = {
        who: [entry.answer for entry in one.trace if entry.rule == "trigger:tour"]
        for who in ("eva", "bob", "jan")
        for one in shop.history(f"{who}@example.com")
    }
    assert sorted(answers.values()) == [[Answer.ACTED], [Answer.ENTERED_BEFORE], [Answer.ENTERED_BEFORE]]
    assert titles(shop) == ["Tour for 1"]


def test_an_event_about_a_company_alone_invents_nobody(shop: Shop) -> None:
    changes(shop, 456, "numberofemployees", "120")
    shop.turns()
    with shop.system.store.reading() as tx:
        [named] = companies.owners(tx, [_hubspot(456)]).values()
        [entry] = history.of_contact(tx, named)
        [company] = companies.peek(tx, [named]).values()

    assert {row.status for row in shop.deliveries()} == {DeliveryStatus.DONE}
    assert company.fields["size"].value == 120
    assert (company.standings["accounts"].stage, company.people) == ("client", {})
    assert [one.answer for one in entry.trace if one.rule == "enter:accounts.client"] == [Answer.NO]
    assert shop.actions() == []


def test_a_platform_says_to_which_company_a_contact_belongs(shop: Shop) -> None:
    shop.says("order.placed", "eva@example.com", order={"id": "o-1"})
    shop.says("order.paid", "eva@example.com", order={"id": "o-1"})
    shop.turns()
    hubspot_id = shop.contact("eva@example.com").id_at("contact", "hubspot")
    tie = {
        "eventId": 7, "subscriptionId": 2, "portalId": 3, "occurredAt": int(shop.clock().timestamp() * 1000),
        "subscriptionType": "contact.associationChange", "associationType": "CONTACT_TO_COMPANY",
        "fromObjectId": hubspot_id, "toObjectId": 456, "associationRemoved": False,
        "isPrimaryAssociation": True, "sourceId": "userId:1",
    }  # fmt: skip
    shop.clock.moves(seconds=1)
    shop.posts("hubspot", [tie])
    shop.turns()
    shop.clock.moves(seconds=1)
    changes(shop, 456, "domain", "acme.example")
    shop.says("file.downloaded", "bob@example.com", company={"domain": "ACME.example"}, file={"id": "guide"})
    shop.turns()

    assert company_of(shop, "eva@example.com").id == company_of(shop, "bob@example.com").id


def test_an_address_at_a_mail_provider_makes_nobody_a_colleague(shop: Shop) -> None:
    for who in ("eva", "bob"):
        shop.says(
            "file.downloaded", f"{who}@gmail.com", company={"domain": "gmail.com"}, file={"id": "guide"}
        )
    shop.turns()

    assert shop.contact("eva@gmail.com").company is None
    assert titles(shop) == ["Tour for 0", "Tour for 0"]


def test_who_was_erased_leaves_the_company(shop: Shop) -> None:
    shop.says("file.downloaded", "eva@example.com", company=ACME, file={"id": "guide"})
    shop.says("file.downloaded", "bob@example.com", company=ACME, file={"id": "guide"})
    shop.turns()
    shop.clock.moves(seconds=1)
    shop.says("contact.erased", "eva@example.com")
    shop.turns()

    assert [one.email for one in company_of(shop, "bob@example.com").people.values()] == ["bob@example.com"]
    assert shop.contact("eva@example.com").company_id is None


def test_a_company_falls_quiet_by_the_look_at_one_of_its_people(shop: Shop) -> None:
    has_company(shop.sandbox)
    for who in ("eva", "bob"):
        shop.says("order.paid", f"{who}@example.com", company=ACME, order={"id": f"o-{who}"})
    shop.turns()

    shop.clock.moves(days=91)
    shop.turns()

    assert company_of(shop, "eva@example.com").standings["accounts"].stage == "former"
    assert [one for one in titles(shop) if one.startswith("Win")] == ["Win Acme back"]


def test_a_late_event_reaches_the_company_as_it_comes(shop: Shop) -> None:
    shop.clock.moves(hours=2)
    shop.says("order.paid", "eva@example.com", company=ACME, order={"id": "o-1"})
    shop.turns()
    shop.clock.moves(hours=-1)
    early = shop.clock()
    shop.says("file.downloaded", "eva@example.com", company=ACME, file={"id": "guide"})
    shop.turns()

    company = company_of(shop, "eva@example.com")
    assert company.counters == {"order.paid": 1, "file.downloaded": 1}
    assert company.standings["accounts"].stage == "client"
    assert company.standings["accounts"].entered["lead"] == early


def test_what_an_event_would_do_to_a_company_is_explained_and_not_done(shop: Shop) -> None:
    shop.says("file.downloaded", "eva@example.com", company=ACME, file={"id": "guide"})
    shop.turns()
    before = company_of(shop, "eva@example.com")
    event = shop.history("eva@example.com")[0].event
    explainer = Explainer(shop.system.mapping, shop.system.store, lambda _: None)

    told = explainer.explain_event(
        _like(event, name="order.paid", key="new", subjects={"order": {"id": "o-9"}}), shop.clock()
    )
    alone = explainer.explain_event(
        _like(event, name="company.changed", key="other", people=()), shop.clock()
    )

    decision = told.events[0].decision
    assert decision is not None
    assert [one.to_stage for one in decision.moves if one.journey == "accounts"] == ["client"]
    assert "Welcome Acme" in [one.arguments.get("title") for one in decision.actions]
    assert alone.events[0].contact is not None
    assert alone.events[0].contact.email == "eva@example.com"
    assert company_of(shop, "eva@example.com") == before


def test_two_who_become_one_are_one_colleague(shop: Shop) -> None:
    visitor, page = {"id": "abc"}, {"url": "https://example.com"}
    shop.says("page.viewed", None, contact=visitor, page=page)
    shop.turns()
    shop.clock.moves(seconds=1)
    shop.says("file.downloaded", "eva@acme.example", company=ACME)
    shop.says("file.downloaded", "bob@acme.example", company=ACME)
    shop.turns()
    younger = shop.contact("eva@acme.example").id

    shop.says("page.viewed", None, contact={**visitor, "email": "eva@acme.example"}, page=page)
    shop.turns()

    eva, bob = shop.contact("eva@acme.example"), shop.contact("bob@acme.example")
    assert eva.id != younger
    assert company_of(shop, "bob@acme.example").people.keys() == {eva.id, bob.id}
