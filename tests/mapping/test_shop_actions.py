"""Carts and orders at Mailchimp, as an administrator writes them, with the real sources and actions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from connector import bootstrap
from connector.errors import Problem
from connector.journey.rehearsal import rehearse
from connector.mapping.load import check_folder
from connector.mapping.mapping import Mapping
from connector.model.action import Action
from connector.platforms.arguments import checked
from connector.platforms.mailchimp.arguments import SPECS

CONNECTIONS = """\
connections:
  mailchimp: {platform: mailchimp, token: $TOKEN, audience: $AUDIENCE, store: webshop}
  shop: {source: shopify, secret: $SECRET}
defaults: {consent: {email: newsletter.confirmed}}
"""
CART = """\
trigger: cart
unless: order.placed
on: [cart.updated, checkout.started]
do:
  - mailchimp.update_cart:
      id: "{{ cart.id }}"
      total: "{{ cart.total }}"
      url: "{{ cart.url }}"
      items: "{{ cart.items }}"
"""
ORDER = """\
trigger: order
on: order.paid
do:
  - mailchimp.update_order:
      id: "{{ order.id }}"
      items: "{{ order.items }}"
      cart: "{{ order.cart }}"
      placed_at: "{{ order.placed_at }}"
      status: paid
"""
EXAMPLE = """\
examples:
  name: A cart becomes an order
  given:
    - {at: "2026-11-02 09:59", event: newsletter.confirmed, contact: {email: eva@example.com}}
    - at: "2026-11-02 10:00"
      event: cart.updated
      contact: {email: eva@example.com}
      cart: {id: c1, total: 80, items: [{product: p1, name: Spade, price: 40, quantity: 2}]}
    - at: "2026-11-02 11:00"
      event: order.paid
      contact: {email: eva@example.com}
      order: {id: o1, cart: c1, items: [{name: Spade, price: 40}]}
  expect: {actions: [mailchimp.update_cart, mailchimp.update_order]}
"""
FILES = {"connections": CONNECTIONS, "cart": CART, "order": ORDER, "examples": EXAMPLE}


def check(folder: Path, **files: str) -> tuple[Mapping | None, tuple[Problem, ...]]:
    """What the check says of the mapping with these files in place of its own."""
    for name, text in {**FILES, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return check_folder(folder, bootstrap.shipped(), bootstrap.specs())


def decided(folder: Path) -> list[Action]:
    """The actions of the example."""
    mapping, problems = check(folder)
    assert problems == (), [str(one) for one in problems]
    assert mapping is not None
    (example,) = mapping.examples
    heard = rehearse(mapping, [one.event for one in example.given])
    return [action for one in heard for action in one.decision.actions]


def test_the_lines_of_an_event_are_the_lines_at_mailchimp(tmp_path: Path) -> None:
    cart, order = (checked(SPECS, action) for action in decided(tmp_path))

    assert (cart.id, cart.total, cart.url) == ("c1", Decimal(80), None)
    assert [(one.product, one.quantity, one.price) for one in cart.items] == [("p1", 2, 40)]
    assert (order.id, order.cart, order.placed_at) == ("o1", "c1", None)
    assert [(one.name, one.quantity, one.price) for one in order.items] == [("Spade", 1, 40)]


def test_without_a_store_the_check_says_what_to_add(tmp_path: Path) -> None:
    _, problems = check(tmp_path, connections=CONNECTIONS.replace(", store: webshop", ""))

    told = [(one.file, one.line, one.column, one.code) for one in problems]
    assert told == [("cart.yaml", 5, 5, "M143"), ("order.yaml", 4, 5, "M143")]
    assert {one.hint for one in problems} == {'add "store:" to the connection'}


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("status: paid", "status: payd", ("M137", 9, 15)),
        ("status: paid", "colour: red", ("M136", 9, 7)),
        ('      id: "{{ order.id }}"\n', "", ("M121", 4, 5)),
        ('items: "{{ order.items }}"', "items: Spade", ("M137", 6, 14)),
        ("order.items", "order.lines", ("M204", 6, 24)),
        ("update_order", "update_oder", ("M135", 4, 5)),
    ],
)
def test_a_mistake_in_an_order_is_found(tmp_path: Path, old: str, new: str, at: tuple[str, int, int]) -> None:
    _, problems = check(tmp_path, order=ORDER.replace(old, new))

    assert at in [(one.code, one.line, one.column) for one in problems if one.file == "order.yaml"]


@pytest.mark.parametrize(
    ("step", "column", "words"),
    [
        ("update_member: {fields: {STAGE: " + "é" * 128 + "}}", 47, "at most 255 bytes, and this has 256"),
        ("update_member: {fields: {ADDRESS: {addr1: Dam 1, zip: '1012'}}}", 49, "no city, state"),
        ("update_member: {fields: {CUSTOMERSTAGE: care}}", 55, "at most 10 characters"),
        ("send_event: {name: a}", 34, "at least 2 characters"),
        ("send_event: {name: " + "a" * 31 + "}", 34, "at most 30 characters"),
        ("tag: {add: [" + "a" * 101 + "]}", 27, "at most 100 characters"),
        ("add_note: {text: " + "a" * 1001 + "}", 32, "at most 1000 characters"),
    ],
    ids=["long text", "address", "merge tag", "short event", "long event", "tag", "note"],
)
def test_a_name_or_value_that_mailchimp_does_not_keep_is_found(
    tmp_path: Path, step: str, column: int, words: str
) -> None:
    _, problems = check(tmp_path, order=f"trigger: tell\non: order.paid\ndo:\n  - mailchimp.{step}\n")

    found = [one for one in problems if one.code == "M137"]
    assert [(one.line, one.column) for one in found] == [(4, column)]
    assert words in found[0].message
