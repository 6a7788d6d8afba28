"""Values that rules wrote at platforms are put back, where they still are as they were written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from connector.model.decision import Answer
from connector.model.keep import Keep
from connector.runtime.retention import Retention
from connector.runtime.turning import Verdict
from connector.sandbox import Sandbox
from connector.store.outbox import ActionStatus
from tests.runtime.conftest import with_rules
from tests.runtime.echoing import answers, hubspot_tells, made
from tests.runtime.shop import AUDIENCE, Shop
from tests.runtime.test_undoing import EVA, of_undo, shown, told, undoes

OWNER = "sales@example.com"
RULES = """\
triggers:
  gift:
    on: file.downloaded
    do:
      - hubspot.update_contact: {fields: {company: Acme, lifecyclestage: customer}}
      - hubspot.set_owner: {owner: sales@example.com}
      - mailchimp.update_member: {fields: {FNAME: Reader}}
  thanks:
    on: question.asked
    do:
      - hubspot.update_contact: {fields: {company: Thanks}}
      - mailchimp.update_member: {fields: {fname: Thanks}, language: nl}
"""


@pytest.fixture
def shop(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose rules write values."""
    with Shop(database_url, sandbox, with_rules(tmp_path, RULES)) as made:
        yield made


def does(shop: Shop, event: str = "file.downloaded") -> None:
    """Something happens, and the platforms hear of it."""
    shop.says(event, EVA)
    shop.turns()
    shop.clock.moves(seconds=30)


def office(shop: Shop, **values: str) -> None:
    """Somebody at the office writes this of Eva at HubSpot, who is made where they do not have her."""
    known = [one for one in contacts(shop) if one["properties"]["email"] == EVA]
    path, way = (f"/{known[0]['id']}", "PATCH") if known else ("", "POST")
    body = {"properties": values if known else {"email": EVA, **values}}
    headers = {"Authorization": "Bearer pat-test", "Content-Type": "application/json"}
    url = f"{shop.sandbox.hubspot_url}/crm/v3/objects/contacts{path}"
    with urlopen(Request(url, json.dumps(body).encode(), headers, method=way)):
        pass


def contacts(shop: Shop) -> list[dict[str, Any]]:
    return [*shop.sandbox.state()["hubspot"]["contacts"].values()]


def held(shop: Shop, *names: str) -> list[str]:
    """What HubSpot has of Eva."""
    [eva] = contacts(shop)
    return [eva["properties"].get(name) or "" for name in names]


def test_what_stood_there_before_is_put_back_and_a_stage_goes_back_too(shop: Shop) -> None:
    office(shop, company="Potters", lifecyclestage="lead")
    does(shop)
    before = held(shop, "company", "lifecyclestage", "hubspot_owner_id")

    undoes(shop)

    assert before[:2] == ["Acme", "customer"]
    assert before[2]
    assert held(shop, "company", "lifecyclestage", "hubspot_owner_id") == ["Potters", "lead", ""]
    assert {one.status for one in of_undo(shop)} == {ActionStatus.DONE}


def test_what_was_empty_before_is_empty_again(shop: Shop) -> None:
    does(shop)

    undoes(shop)

    assert held(shop, "company", "lifecyclestage") == ["", ""]


def test_what_the_office_has_written_since_stays_and_that_is_noted(shop: Shop) -> None:
    office(shop, company="Potters", lifecyclestage="lead")
    does(shop)
    office(shop, company="Weavers")

    undoes(shop)

    assert held(shop, "company", "lifecyclestage") == ["Weavers", "lead"]
    [noted] = [one.words for one in of_undo(shop) if "company" in one.words]
    assert noted == "company is not as it was written any more, and stays as it is"


def test_what_another_rule_has_written_since_stays(shop: Shop) -> None:
    does(shop)
    does(shop, "question.asked")

    undoes(shop)

    assert held(shop, "company", "lifecyclestage") == ["Thanks", ""]


def test_what_another_rule_had_written_before_is_put_back(shop: Shop) -> None:
    does(shop, "question.asked")
    does(shop)

    undoes(shop)

    assert held(shop, "company") == ["Thanks"]


def test_undoing_both_goes_back_to_before_the_first(shop: Shop) -> None:
    office(shop, company="Potters")
    does(shop, "question.asked")
    does(shop)

    undoes(shop)
    undoes(shop, "trigger:thanks")

    assert held(shop, "company") == ["Potters"]


def test_what_was_written_several_times_is_put_back_once(shop: Shop) -> None:
    office(shop, company="Potters")
    does(shop)
    does(shop)
    found = shown(shop)

    undoes(shop)

    assert told(found, "hubspot.update_contact") == [
        (Verdict.SETTLED, "it was written once more later"),
        (Verdict.UNDONE, "where it still is as it was written"),
    ]
    assert held(shop, "company") == ["Potters"]


def test_undoing_twice_does_it_once(shop: Shop) -> None:
    does(shop)
    undoes(shop)
    before = len(shop.actions())
    found = shown(shop)

    undoes(shop)

    assert not found.has_work
    assert told(found, "hubspot.update_contact") == [(Verdict.SETTLED, "it has been undone")]
    assert len(shop.actions()) == before


def test_a_stage_that_was_cleared_only_is_put_back_when_it_is_tried_again(shop: Shop) -> None:
    office(shop, lifecyclestage="lead")
    does(shop)
    batch = {"method": "POST", "path": "/crm/v3/objects/contacts/batch/update"}
    shop.sandbox.script(batch, [{}, {}, {"status": 502}])

    undoes(shop)
    shop.clock.moves(hours=1)
    shop.turns()

    assert held(shop, "lifecyclestage") == ["lead"]


def test_nothing_is_made_of_who_is_not_there_any_more(shop: Shop) -> None:
    does(shop)
    [eva] = contacts(shop)
    url = f"{shop.sandbox.hubspot_url}/crm/v3/objects/contacts/{eva['id']}"
    with urlopen(Request(url, headers={"Authorization": "Bearer pat-test"}, method="DELETE")):
        pass

    undoes(shop)

    assert contacts(shop) == []


def member(shop: Shop) -> tuple[str, str]:
    """Eva's first name and language at Mailchimp."""
    eva = shop.sandbox.state()["mailchimp"]["members"][EVA]
    return eva["merge_fields"].get("FNAME", ""), eva.get("language") or ""


def named(shop: Shop, name: str) -> None:
    """Somebody at the office gives Eva this first name at Mailchimp."""
    id_ = md5(EVA.encode(), usedforsecurity=False).hexdigest()
    url = f"{shop.sandbox.mailchimp_url}/3.0/lists/{AUDIENCE}/members/{id_}"
    body = json.dumps({"merge_fields": {"FNAME": name}}).encode()
    headers = {"Authorization": "Bearer test-us21", "Content-Type": "application/json"}
    with urlopen(Request(url, body, headers, method="PATCH")):
        pass


def test_mailchimp_has_no_history_and_what_no_rule_had_written_stays(shop: Shop) -> None:
    does(shop)
    found = shown(shop)

    undoes(shop)

    assert told(found, "mailchimp.update_member") == [(Verdict.STAYS, "what was there before is not known")]
    assert member(shop)[0] == "Reader"


def test_what_a_rule_had_written_at_mailchimp_is_put_back(shop: Shop) -> None:
    does(shop, "question.asked")
    does(shop)
    before = member(shop)

    undoes(shop)

    assert (before, member(shop)) == (("Reader", "nl"), ("Thanks", "nl"))


def test_what_was_put_back_tells_nothing_of_what_stood_there_once_that_is_forgotten(shop: Shop) -> None:
    does(shop, "question.asked")
    does(shop)
    undoes(shop)
    Retention(shop.system.store, shop.clock, Keep(actions=timedelta(minutes=5, seconds=15))).run()
    does(shop)

    found = shown(shop)

    assert told(found, "mailchimp.update_member") == [(Verdict.STAYS, "what was there before is not known")]


def test_what_was_written_at_mailchimp_since_stays(shop: Shop) -> None:
    does(shop, "question.asked")
    does(shop)
    named(shop, "Eefje")

    undoes(shop)

    assert member(shop)[0] == "Eefje"
    assert [one.status for one in of_undo(shop) if one.action.connection == "mailchimp"] == [
        ActionStatus.DONE
    ]


def test_what_is_put_back_comes_back_as_an_echo(database_url: str, sandbox: Sandbox, tmp_path: Path) -> None:
    with made(database_url, sandbox, tmp_path) as shop:
        office(shop, message="false")
        does(shop)
        undoes(shop, "trigger:write")

        hubspot_tells(shop, "message", "false")

        assert answers(shop) == [("contact.changed", Answer.ECHO)]
