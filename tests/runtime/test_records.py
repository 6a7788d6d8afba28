"""From a rule of the mapping to the records of a contact at HubSpot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox import Sandbox, start
from connector.store.outbox import ActionStatus
from tests.runtime.shop import Shop

EVA = "eva@example.com"
MAPPING = """\
connections:
  hubspot: {platform: hubspot, token: $HUBSPOT_TOKEN, url: $HUBSPOT_URL, owner: sales@example.com}
  website: {source: json, secret: $WEBSITE_SECRET}
journeys:
  main:
    stages: {see: {label: See}, care: {label: Care}}
    moves: [{on: order.paid, to: care}]
triggers:
  quoted:
    on: question.asked
    do:
      - hubspot.create_task: {title: Call about the quote, due: 1 working day}
      - hubspot.create_deal: {name: Quote for the kitchen, stage: contractsent, closes: 30d}
      - hubspot.create_ticket: {subject: "A question of {{ contact.email }}", priority: high}
      - hubspot.set_owner: {owner: support@example.com}
  sold:
    on: order.paid
    do:
      - hubspot.add_note: {text: "Bought for {{ order.total | default(0) }}"}
      - hubspot.update_deal:
          name: Quote for the kitchen
          stage: closedwon
          fields: {amount: "{{ order.total }}", closedate: "{{ event.occurred_at }}"}
      - hubspot.complete_task: {title: Call about the quote}
      - hubspot.unsubscribe:
"""


@pytest.fixture
def shop(migrated_url: str, tmp_path: Path) -> Iterator[Shop]:
    """A shop with that mapping, and a HubSpot that holds nothing yet."""
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    with start() as sandbox, Shop(migrated_url, sandbox, folder) as shop:
        yield shop


def held(sandbox: Sandbox, kind: str) -> dict[str, Any]:
    """The properties of the only record of this kind."""
    [one] = sandbox.state()["hubspot"][kind].values()
    properties: dict[str, Any] = one["properties"]
    return properties


def test_what_a_rule_asks_for_is_made_changed_and_done(shop: Shop) -> None:
    shop.says("question.asked", EVA, form={"id": "f1", "name": "Kitchen"})
    shop.turns()
    shop.clock.moves(hours=1)

    shop.says("order.paid", EVA, order={"id": "o1", "total": "4950.00", "currency": "EUR"})
    shop.turns()

    assert [one.status for one in shop.actions()] == [ActionStatus.DONE] * 8
    assert held(shop.sandbox, "deals").items() >= {"dealstage": "closedwon", "amount": "4950.00"}.items()
    assert held(shop.sandbox, "tasks")["hs_task_status"] == "COMPLETED"
    assert held(shop.sandbox, "tickets")["subject"] == f"A question of {EVA}"
    assert held(shop.sandbox, "notes")["hs_note_body"] == "Bought for 4950.00"
    assert held(shop.sandbox, "contacts")["hubspot_owner_id"] == "64492918"
    assert shop.sandbox.state()["hubspot"]["unsubscribed"] == {EVA: ["all"]}


@pytest.mark.parametrize("kind", ["tasks", "deals", "tickets"])
def test_a_record_whose_answer_is_lost_is_made_once(shop: Shop, kind: str) -> None:
    lost = [{"apply": True, "drop": True}]
    shop.sandbox.script({"method": "POST", "path": f"/crm/v3/objects/{kind}"}, lost)

    shop.says("question.asked", EVA, form={"id": "f1", "name": "Kitchen"})
    shop.turns()
    shop.clock.moves(minutes=1)
    shop.turns()

    assert held(shop.sandbox, kind)
    assert {one.status for one in shop.actions()} == {ActionStatus.DONE}
