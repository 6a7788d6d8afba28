"""Mappings to draw."""

from __future__ import annotations

from pathlib import Path

from connector.drawing.outline import Outline, outline
from tests.mapping.folders import sound

JOURNEY = """\
journeys:
  main:
    name: Our journey
    stages:
      see: {label: See, about: Gets to know us}
      care: {label: Care}
    moves:
      - {on: [newsletter.confirmed, order.placed], to: see}
      - {on: order.paid, to: care, when: order.total >= 10}
      - {on: order.placed, to: see, from: care}
    enter:
      care: {mailchimp.tag: {add: [customer], remove: [prospect, lead]}}
"""

TRIGGERS = """\
triggers:
  thanks:
    about: A third order is worth a call
    on: order.paid
    when: contact.purchases.count >= 3
    once per: contact
    limit: 1 per 2w
    do:
      - if: contact.company
        hubspot.create_task: {title: "Call {{ contact.company | default('them') }}", due: 1 working day}
      - mailchimp.tag: {add: [loyal]}
  note:
    on: order.paid
    do: {hubspot.tag: {add: [paid]}}
  cared-for:
    on: [newsletter.confirmed, {stage: care}]
    do: {hubspot.tag: {add: [care]}}
"""


def drawn(folder: Path) -> Outline:
    """What is drawn of a mapping with a journey and three triggers."""
    mapping = sound(folder, {"journey.yaml": JOURNEY, "triggers.yaml": TRIGGERS})
    return outline(mapping, list(mapping.journeys))
