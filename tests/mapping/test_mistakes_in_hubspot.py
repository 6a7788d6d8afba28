"""Mistakes in what is asked of HubSpot, each found at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector import bootstrap
from tests.mapping.folders import SOUND, check
from tests.mapping.mistakes import Mistake, expect

TRIGGER = """\
trigger: paid
on: order.paid
do:
  - hubspot.add_note:
      text: Bought again
"""
MISTAKES = [
    Mistake("add_note", "add_nota", "M135", 4, 5, 'did you mean "add_note"?'),
    Mistake("text: B", "txt: B", "M136", 5, 7, 'did you mean "text"?'),
    Mistake("      text: Bought again\n", "", "M121", 4, 5, "text"),
    Mistake("text: Bought again", "text: [Bought]", "M137", 5, 13, "a text is wanted"),
    Mistake("add_note:\n      text: Bought again", "complete_task: {}", "M137", 4, 5, "by its title or"),
    Mistake(
        "add_note:\n      text: Bought", "complete_task:\n      task: first", "M137", 5, 13, "whole number"
    ),
    Mistake("add_note:\n      text:", "create_deal:\n      name:", "M121", 4, 5, '"stage"'),
    Mistake("add_note:\n      text:", "create_deal:\n      closes:", "M123", 5, 15, '"closes"'),
    Mistake("add_note:\n      text:", "create_deal:\n      amount:", "M137", 5, 15, "a number is wanted"),
    Mistake("add_note:\n      text:", "update_deal:\n      name:", "M137", 4, 5, "say what changes"),
    Mistake(
        "add_note:\n      text:", "update_deal:\n      stage:", "M137", 4, 5, "by its name or by its number"
    ),
    Mistake(
        "add_note:\n      text:", "create_ticket:\n      priority:", "M137", 5, 17, "low, medium or high"
    ),
    Mistake("add_note:\n      text:", "create_ticket:\n      body:", "M121", 4, 5, '"subject"'),
    Mistake(
        "add_note:\n      text: Bought again",
        "update_company: {fields: {}}",
        "M137",
        4,
        38,
        "at least one is wanted",
    ),
    Mistake("add_note:\n      text:", "update_company:\n      city:", "M136", 5, 7, "city"),
    Mistake("add_note:\n      text: Bought again", "remove_from_list: {}", "M121", 4, 5, '"list"'),
    Mistake("add_note:\n      text:", "send_event:\n      nome:", "M136", 5, 7, 'did you mean "name"?'),
    Mistake("add_note:\n      text:", "send_event:\n      properties:", "M137", 5, 19, "keys with values"),
    Mistake("add_note:\n      text:", "set_owner:\n      owner:", "M137", 5, 14, "owner"),
    Mistake("add_note:\n      text: Bought again", "set_owner: {}", "M121", 4, 5, '"owner"'),
    Mistake("add_note:\n      text:", "unsubscribe:\n      subscription:", "M137", 5, 21, "whole number"),
    Mistake("add_note:\n      text: Bought again", "unsubscribe: all", "M122", 4, 26, "arguments are wanted"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_found_at_its_place(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "trigger.yaml", TRIGGER, mistake, bootstrap.specs())


def warnings(folder: Path, action: str) -> list[str]:
    """The codes of what is said of a trigger with this action, where no owner is known."""
    text = TRIGGER[: TRIGGER.index("  - ")] + f"  - {action}\n"
    _, found = check(folder, {**SOUND, "trigger.yaml": text}, bootstrap.specs())
    return [one.code for one in found]


@pytest.mark.parametrize(
    "action",
    ["hubspot.create_deal: {name: Order, stage: closedwon}", "hubspot.create_ticket: {subject: Broken}"],
)
def test_a_deal_or_a_ticket_that_nobody_owns_is_doubted(tmp_path: Path, action: str) -> None:
    assert warnings(tmp_path, action) == ["M153"]


def test_an_owner_that_is_missing_where_it_has_to_be_is_told_once(tmp_path: Path) -> None:
    assert warnings(tmp_path, "hubspot.set_owner: {}") == ["M121"]
