"""An editor completes examples too: what passes the check is valid, and what is mistyped is not."""

from __future__ import annotations

import pytest

from tests.mapping.test_json_schema import complaints

EXAMPLE = """\
examples:
  - name: A paid order makes a customer
    given:
      - at: "2026-11-02 10:00"
        event: order.paid
        contact: {email: eva@example.com, customer: 12}
        consent: {email: given}
        order: {id: 7, total: 80.50, items: [{sku: S, quantity: 2}], placed_at: "2026-11-02 09:00"}
    expect:
      stage: {main: care}
      actions:
        - hubspot.tag
        - crm.create_task: {title: Call}
        - hubspot.create_task: {due: "2026-11-03 17:00"}
      no_actions: yes
      held_back: {big-cart: limit}
"""


def test_an_example_is_valid() -> None:
    assert complaints(EXAMPLE) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("given:", "givn:"),
        ("order.paid", "order.payd"),
        ("consent: {email: given}", "consent: {email: maybe}"),
        ("order: {", "oder: {"),
        ("total: 80.50", "totl: 80.50"),
        ("total: 80.50", 'total: "80,50"'),
        ("quantity: 2", "quantty: 2"),
        ('placed_at: "2026-11-02 09:00"', "placed_at: yesterday"),
        ("stage:", "stge:"),
        ("hubspot.create_task:", "hubspot.crate_task:"),
        ("{due:", "{deu:"),
        ("limit}", "limits}"),
    ],
)
def test_a_mistake_in_an_example_is_shown(right: str, wrong: str) -> None:
    assert right in EXAMPLE
    assert complaints(EXAMPLE.replace(right, wrong)) != []
