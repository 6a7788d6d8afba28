"""What is legal and doubtful is warned of, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector import bootstrap
from connector.errors import Problem
from connector.settings import read_settings
from tests.mapping.folders import CONNECTIONS, JOURNEY, check

TRIGGER = """\
trigger: paid
on: order.paid
when: order.total >= 500
do:
  - mailchimp.tag: {add: [big, "{{ order.total }}"]}
"""


def doubts(folder: Path, *triggers: str, more: str = "") -> list[tuple[str, str, int]]:
    """Code, file and line of each warning; there is nothing else to say."""
    files = {f"{place}.yaml": text for place, text in enumerate(triggers)}
    _, found = check(folder, {"c.yaml": CONNECTIONS, "j.yaml": JOURNEY, "more.yaml": more, **files})
    assert all(one.severity == "warning" for one in found), [str(one) for one in found]
    return [(one.code, one.file, one.line) for one in found]


def test_two_triggers_for_one_purpose_are_doubted_at_the_second(tmp_path: Path) -> None:
    twin = TRIGGER.replace("paid\n", "again\n", 1).replace("order.total >= 500", "order.total  >=  500")

    assert doubts(tmp_path, TRIGGER, twin) == [("M154", "1.yaml", 1)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("on: order.paid", "on: [order.paid, order.placed]"),
        ("on: order.paid", "on: [order.paid, {stage: care}]"),
        (">= 500", ">= 600"),
        ("when: order.total >= 500\n", ""),
        ("[big,", "[small,"),
        ("add:", "remove:"),
        ("  - mailchimp", "  - if: contact.city\n    mailchimp"),
        ("mailchimp.tag", "hubspot.tag"),
    ],
)
def test_triggers_that_differ_are_not_doubted(tmp_path: Path, old: str, new: str) -> None:
    other = TRIGGER.replace("paid\n", "other\n", 1).replace(old, new)
    assert old in TRIGGER

    assert doubts(tmp_path, TRIGGER, other) == []


def test_a_condition_of_the_rule_spares_its_texts_a_default(tmp_path: Path) -> None:
    text = TRIGGER.replace('"{{ order.total }}"', '"a {{ order.total }}"')

    assert doubts(tmp_path, text) == []


def test_a_rule_without_it_is_asked_for_a_default(tmp_path: Path) -> None:
    text = TRIGGER.replace('"{{ order.total }}"', '"a {{ order.total }}"').replace(">= 500", "is none")

    assert doubts(tmp_path, text) == [("M230", "0.yaml", 5)]


@pytest.mark.parametrize(
    ("when", "condition"),
    [
        ("order.id", "contact.company"),
        ("contact.segments.business", "order.id"),
        ("order.id", "contact.segments.business"),
    ],
)
def test_conditions_of_steps_and_of_segments_count_too(tmp_path: Path, when: str, condition: str) -> None:
    step = f'  - if: {condition}\n    mailchimp.tag: {{add: ["of {{{{ contact.company }}}}"]}}\n'
    text = f"trigger: paid\non: order.paid\nwhen: {when}\ndo:\n{step}"

    assert doubts(tmp_path, text, more="segments: {business: contact.company}") == []


def test_a_condition_of_one_step_says_nothing_of_the_next(tmp_path: Path) -> None:
    steps = (
        "  - if: contact.company\n    mailchimp.tag: {add: [a]}\n"
        '  - mailchimp.tag: {add: ["of {{ contact.company }}"]}\n'
    )

    assert doubts(tmp_path, f"trigger: paid\non: order.paid\ndo:\n{steps}") == [("M230", "0.yaml", 6)]


TASK = "trigger: call\non: order.paid\ndo:\n  - hubspot.create_task: {title: Call, due: 2h}\n"


@pytest.mark.parametrize(
    ("connection", "task", "expected"),
    [
        ("", TASK, ["M153"]),
        (", owner: sales@example.com", TASK, []),
        ("", TASK.replace("due: 2h", "due: 2h, owner: eva@example.com"), []),
        ("", TASK.replace("due: 2h", 'due: 2h, owner: "{{ contact.email }}"'), []),
        ("", TASK.replace("create_task: {title: Call, due: 2h}", "tag: {add: [a]}"), []),
    ],
)
def test_a_task_that_nobody_owns_is_doubted(
    tmp_path: Path, connection: str, task: str, expected: list[str]
) -> None:
    (tmp_path / "connections.yaml").write_text(
        "connections:\n"
        f"  hubspot: {{platform: hubspot, token: $HUBSPOT_TOKEN{connection}}}\n"
        "  webshop: {source: woocommerce, secret: $WOO_SECRET}\n"
    )
    (tmp_path / "call.yaml").write_text(task)

    _, found = bootstrap.check(read_settings({"LOODS_MAPPINGS": str(tmp_path)}))

    assert [(one.code, one.severity) for one in found] == [(code, "warning") for code in expected]
    assert all("owner: colleague@example.com" in one.hint for one in found)


def test_a_twin_is_named_with_its_place(tmp_path: Path) -> None:
    _, found = check(tmp_path, {"c.yaml": CONNECTIONS, "j.yaml": JOURNEY, "t.yaml": _two()})

    assert found == (
        Problem(
            "t.yaml", 3, 3, "M154",
            '"second" does the same for the same reason as "first" in t.yaml:2',
            "keep one of them, or say how they differ", "warning",
        ),
    )  # fmt: skip


def _two() -> str:
    rule = "{on: order.paid, do: {mailchimp.tag: {add: [a]}}}"
    return f"triggers:\n  first: {rule}\n  second: {rule}\n"
