"""`loods test`: a line an example, a difference that can be acted on, and exit codes for a pipeline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connector import bootstrap
from connector.journey.arms import in_arms
from connector.journey.rehearsal import Heard, rehearse
from connector.mapping.cases import Example
from connector.mapping.mapping import Mapping
from connector.model.decision import Answer
from connector.settings import read_settings
from tests.cli.command import MAPPING, ROOT, loods

EXAMPLE = """\
examples:
  - name: A large cart is called about
    given:
      - at: "2026-11-02 10:00"
        event: cart.updated
        contact: {email: eva@example.com}
        cart: {id: c1, total: TOTAL}
    expect:
      stage: do
      actions:
        - hubspot.create_task: {title: "Bel de klant: winkelwagen van € 640,00"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example mapping without its examples."""
    for file in (ROOT / "mappings").rglob("*.yaml"):
        if file.name != "examples.yaml":
            copy = tmp_path / file.relative_to(ROOT / "mappings")
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(file.read_bytes())
    return tmp_path


def test_the_example_mapping_proves_each_of_its_triggers() -> None:
    result = loods("test", mappings=ROOT / "mappings")

    assert result.exit_code == 0
    assert "FAILED" not in result.output
    assert result.output.splitlines()[-1] == "21 examples: all right"


def played(mapping: Mapping, example: Example) -> tuple[Heard, ...]:
    given = [one.event for one in example.given]
    return rehearse(in_arms(mapping, example.arms), given, example.at)


def test_every_trigger_of_the_example_mapping_acts_in_an_example() -> None:
    mapping = bootstrap.load(read_settings({"LOODS_MAPPINGS": str(ROOT / "mappings")}))

    acted = {
        entry.rule.removeprefix("trigger:")
        for example in mapping.examples
        if example.expect.actions
        for heard in rehearse(
            in_arms(mapping, example.arms), [one.event for one in example.given], example.at
        )
        for entry in heard.decision.trace
        if entry.answer is Answer.ACTED and entry.rule.startswith("trigger:")
    }

    assert acted == set(mapping.triggers)


def test_an_example_that_holds_is_one_line_and_exit_code_0(folder: Path) -> None:
    (folder / "examples.yaml").write_text(EXAMPLE.replace("TOTAL", "640"))

    result = loods("test", mappings=folder)

    assert result.exit_code == 0
    assert result.output.splitlines() == ["ok      A large cart is called about", "1 example: all right"]


def test_one_that_does_not_hold_says_why_with_exit_code_1(folder: Path) -> None:
    (folder / "examples.yaml").write_text(EXAMPLE.replace("TOTAL", "499.99"))

    result = loods("test", mappings=folder)

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "FAILED  A large cart is called about  [examples.yaml:2]",
        "        expected: hubspot.create_task title = Bel de klant: winkelwagen van € 640,00",
        "        happened: it was not made; these were: hubspot.update_contact, mailchimp.tag",
        "        because:  trigger:big-cart said no to given 1, cart.updated of 2026-11-02 10:00: "
        "cart.total = 499.99  [triggers/shop.yaml:3]",
        "1 example, 1 failed",
    ]


def test_verdicts_come_as_json_where_asked(folder: Path) -> None:
    (folder / "examples.yaml").write_text(EXAMPLE.replace("TOTAL", "20"))

    result = loods("test", "--format", "json", mappings=folder)

    [found] = json.loads(result.output)
    assert result.exit_code == 1
    assert (found["name"], found["file"], found["line"]) == (
        "A large cart is called about",
        "examples.yaml",
        2,
    )
    assert found["passed"] is False
    assert set(found["differences"][0]) == {"expected", "happened", "because"}


def test_a_mapping_without_examples_says_how_to_write_one_that_holds(folder: Path) -> None:
    first = loods("test", mappings=folder)
    [_, shown] = first.output.split("\n\n", 1)
    (folder / "examples.yaml").write_text(shown.split("\n\n")[0] + "\n")

    second = loods("test", mappings=folder)

    assert first.exit_code == 0
    assert second.output.splitlines()[-1] == "1 example: all right"


def test_without_examples_there_are_no_verdicts_in_json() -> None:
    result = loods("test", "--format", "json", mappings=MAPPING)

    assert (result.exit_code, json.loads(result.output)) == (0, [])


@pytest.mark.parametrize("command", ["test", "check"])
def test_a_mistake_in_an_example_is_a_problem_of_the_mapping(command: str, folder: Path) -> None:
    (folder / "examples.yaml").write_text(EXAMPLE.replace("TOTAL", "much"))

    result = loods(command, mappings=folder)

    assert result.exit_code == 1
    assert 'examples.yaml:7:31 M123 "total": "much" is no number' in result.output


def test_of_a_mapping_that_does_not_pass_no_more_is_said_than_that_nothing_was_done(folder: Path) -> None:
    (folder / "examples.yaml").write_text(EXAMPLE.replace("TOTAL", "much"))

    result = loods("test", mappings=folder)

    assert result.output.endswith("Error: the mapping has 1 problem; nothing was done\n")


def test_what_a_mapping_says_cannot_steer_a_terminal(folder: Path) -> None:
    (folder / "examples.yaml").write_text(
        EXAMPLE.replace("TOTAL", "20").replace("A large", '"\\e[31mA large').replace("about", 'about"', 1)
    )

    result = loods("test", mappings=folder)

    assert "A large cart" in result.output
    assert "\x1b" not in result.output
