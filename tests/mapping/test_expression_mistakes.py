"""What an expression or a text can never mean is found at its place in the file; each row plants one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mapping.folders import SOUND, check

TRIGGER = """\
trigger: paid
on: order.paid
when: order.total >= 500
do:
  - if: order.number
    hubspot.create_task:
      title: Call
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column", "word"),
    [
        (">= 500", "< 0", "M220", 3, 7, "order.total is at least 0"),
        (">= 500", "> 500\n  and order.total < 100", "M220", 4, 7, "exclude each other"),
        (
            "order.total >= 500",
            "\"contact.stage == 'see' and contact.stage == 'care'\"",
            "M220",
            3,
            35,
            "in [",
        ),
        ("if: order.number", "if: order.number and not order.number", "M220", 5, 9, "nobody"),
        ("if: order.number", "if: order.number or order.total < 0", "M231", 5, 25, "never yes"),
        (">= 500", ">= 500 or order.total <= 500", "M232", 3, 7, "leave it out"),
        (">= 500", ">= 500 and order.subtotal >= 0", "M232", 3, 30, "is defined"),
        ("order.total >= 500", "true", "M232", 3, 7, "leave it out"),
        ("order.total >= 500", "false", "M220", 3, 7, "nobody"),
        ("order.total >= 500", '"{{ order.total > 500 }}"', "M216", 3, 8, "leave {{ and }} out"),
        ("order.total >= 500", '"{{ order.total }} > 500"', "M216", 3, 8, "leave {{ and }} out"),
        ("title: Call", "title: contact.name", "M221", 7, 14, 'write "{{ contact.name }}"'),
        ("title: Call", "title: order.total | money", "M221", 7, 14, 'write "{{ order.total | money }}"'),
        ("order.number", "contact.city == 'contact.country'", "M221", 5, 25, "leave the quotes out"),
        ("order.total >= 500", "contact.scores.fit > 5", "M204", 3, 22, 'contact.scores has no "fit"'),
        ("order.total >= 500", "company.employes > 5", "M204", 3, 15, 'did you mean "employees"?'),
        ("order.total >= 500", "order.paid_at < now - 3d", "M205", 3, 29, "days_since"),
        ("order.total >= 500", "contact.consent.email == yes", "M203", 3, 32, "ask for the value by itself"),
    ],
)
def test_a_mistake_in_an_expression_is_found(
    tmp_path: Path, old: str, new: str, code: str, line: int, column: int, word: str
) -> None:
    assert old in TRIGGER

    _, problems = check(tmp_path, {**SOUND, "trigger.yaml": TRIGGER.replace(old, new, 1)})

    about = [one for one in problems if one.file == "trigger.yaml"]
    assert [(one.code, one.line, one.column) for one in about] == [(code, line, column)], about
    assert word in f"{about[0].message}; {about[0].hint}"


def test_a_condition_that_is_never_yes_keeps_a_mapping_from_being_used(tmp_path: Path) -> None:
    mapping, _ = check(tmp_path, {**SOUND, "trigger.yaml": TRIGGER.replace(">= 500", "< 0")})

    assert mapping is None


def test_a_part_that_is_known_beforehand_does_not(tmp_path: Path) -> None:
    mapping, problems = check(
        tmp_path, {**SOUND, "trigger.yaml": TRIGGER.replace("order.total >= 500", "true")}
    )

    assert mapping is not None
    assert [one.severity for one in problems] == ["warning"]
