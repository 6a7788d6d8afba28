"""A lifecycle stage that a rule sets is kept in a property of one's own, too: HubSpot moves its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.runtime.conftest import with_rules
from tests.runtime.shop import Shop
from tests.runtime.test_undoing import undoes
from tests.runtime.test_undoing_values import does, held, office

RULES = """\
triggers:
  gift:
    on: file.downloaded
    do:
      - hubspot.update_contact: {fields: {company: Acme, lifecyclestage: lead}}
  thanks:
    on: question.asked
    do:
      - hubspot.update_contact: {fields: {lifecyclestage: customer, jobtitle: Baker}}
"""


@pytest.fixture
def shop(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A shop that keeps stages as job titles."""
    rules = with_rules(tmp_path, RULES, "    stage_property: jobtitle\n")
    with Shop(database_url, sandbox, rules) as made:
        yield made


def test_the_stage_goes_into_both_and_hubspots_own_may_move_on(shop: Shop) -> None:
    office(shop, lifecyclestage="customer", jobtitle="Potter")

    does(shop)
    office(shop, lifecyclestage="customer")

    assert held(shop, "lifecyclestage", "jobtitle") == ["customer", "lead"]


def test_what_the_rule_writes_there_itself_counts(shop: Shop) -> None:
    does(shop, "question.asked")

    assert held(shop, "lifecyclestage", "jobtitle") == ["customer", "Baker"]


def test_undoing_puts_both_back(shop: Shop) -> None:
    office(shop, lifecyclestage="customer", jobtitle="Potter")
    does(shop)

    undoes(shop)

    assert held(shop, "lifecyclestage", "jobtitle") == ["customer", "Potter"]
