"""What passes the check is valid for an editor too, and what is typically mistyped is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from connector.mapping.durations import (
    FREQUENCY_PATTERN,
    LENGTH_PATTERN,
    MOMENT_PATTERN,
    parse_duration,
    parse_frequency,
    parse_moment,
)
from connector.mapping.dutch import DUTCH
from connector.mapping.editor.parts import part_schemas
from connector.mapping.schema.top import ABOUT

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "loods.schema.json").read_text("utf-8"))
SOUND = [
    *sorted((ROOT / "mappings").rglob("*.yaml")),
    *sorted((ROOT / "connector" / "sources" / "shipped").glob("*.yaml")),
]


class Core(yaml.SafeLoader):
    """YAML as editors read it: by the core schema of 1.2, where only `true` and `false` are yes and no."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", "true|false", "tf"),
    ("int", "[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?[0-9]*\.[0-9]+", "-+.0123456789"),
    ("null", "~|null|", ["~", "n", ""]),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), list(first))


def complaints(text: str) -> list[str]:
    """What an editor would say of the file."""
    found = Draft202012Validator(SCHEMA).iter_errors(yaml.load(text, Loader=Core))  # noqa: S506 - a safe loader
    return [error.message for error in found]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", SOUND, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_we_ship_is_valid(file: Path) -> None:
    assert complaints(file.read_text("utf-8")) == []


TRIGGER = """\
trigger: big-cart
about: A large cart
on: cart.updated
when: cart.total >= 500
once per: contact
limit: 1 per 7d
do:
  - if: contact.country == 'NL'
    hubspot.create_task: {title: "Cart {{ cart.id }}", due: 1 working day}
  - mailchimp_be.tag: {add: [big, 2026]}
"""


def test_a_trigger_file_is_valid() -> None:
    assert complaints(TRIGGER) == []


WHOLE_TRIGGER = """\
trigger: left
on: [cart.updated, {segment: loyal}, {date: contact.birthday, at: "09:00", every: year}]
wait: {until: [order.paid, order.placed], at_most: 3d}
restart: no
unless: order.placed
once per: order item
hours: {mon-sat: ["09:00-12:00", "13:00-20:00"]}
pressure: 2 per 7d
priority: -5
group: carts
loser: merge
hold_out: 10%
split: {a: 50%, b: 50%}
goal: {no: question.asked, within: 14d}
mode: canary 10%
blast: 300
stop_at: 20%
do:
  a:
    - mailchimp.tag: {add: [left]}
    - wait: next monday 10:00
    - {wait: 3d, if: cart.total > 9, name: settle}
    - {hubspot.create_task: {title: Call, due: 2027-03-06 - 3d}, verify: yes}
  b: []
"""


def test_a_trigger_with_every_key_is_valid() -> None:
    assert complaints(WHOLE_TRIGGER) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("segment: loyal", "segmnt: loyal"),
        ("every: year", "every: day"),
        ("until:", "untl:"),
        ("restart: no", "restart: never"),
        ("order item", "order line"),
        ("09:00-12:00", "9-12"),
        ("loser: merge", "loser: lose"),
        ("hold_out: 10%", "hold_out: 10"),
        ("a: 50%", "A: 50%"),
        ("within: 14d", "within: soon"),
        ("canary 10%", "canary"),
        ("blast: 300", "blast: many"),
        ("next monday 10:00", "next mondy"),
        ("verify: yes", "verify: maybe"),
        ("2027-03-06 - 3d", "2027-03 - 3d"),
    ],
)
def test_a_mistake_in_its_waits_and_bounds_is_shown(right: str, wrong: str) -> None:
    assert right in WHOLE_TRIGGER
    assert complaints(WHOLE_TRIGGER.replace(right, wrong)) != []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("about:", "abuot:"),
        ("cart.updated", "cart.updatd"),
        ("on: cart.updated", "on: [cart.updated, {stge: care}]"),
        ("on: cart.updated\n", ""),
        ("once per: contact", "once per: order"),
        ("1 per 7d", "weekly"),
        ("1 per 7d", "1 per 7 fortnights"),
        ("big-cart", "Big Cart"),
        ("big-cart", "big-cart\nkind: marketting"),
        ("big-cart", "big-cart\nlate: 4 x"),
        ("hubspot.create_task", "hubspot.create_tsk"),
        ("hubspot.create_task", "create_task"),
        ("title:", "tittle:"),
        ('title: "Cart {{ cart.id }}", ', ""),
        ("1 working day", "someday"),
        ("due:", "priority: urgent, due:"),
        ("due:", "owner: Eva, due:"),
        ("mailchimp_be.tag", "mailchimp_be.tagg"),
        ("{add: [big, 2026]}", "[big]"),
        ("do:", "dos:"),
    ],
)
def test_a_mistake_in_a_trigger_is_shown(right: str, wrong: str) -> None:
    assert right in TRIGGER
    assert complaints(TRIGGER.replace(right, wrong)) != []


@pytest.mark.parametrize(
    "text",
    [
        "conections: {}",
        "connections: {hubspot: {platform: hubspt}}",
        "connections: {hubspot: {platform: hubspot, token: pat-eu1-abc}}",
        "connections: {hubspot: {platform: hubspot, owner: $}}",
        "connections: {Shop: {source: shopify}}",
        "journeys: {main: {stages: {see: See}}}",
        "journeys: {main: {stages: {see: {label: See}}, moves: [{on: order.paid}]}}",
        "fields: {points: nmber}",
        "defaults: {late: {marketing: a day}}",
        "defaults: {consent: {mail: newsletter.confirmed}}",
        "source: shop\nevents: {}",
        "when: cart.total >= 500",
        "[]",
    ],
)
def test_a_mistake_elsewhere_is_shown(text: str) -> None:
    assert complaints(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "connections: {webshop: {source: my-shop, secret: [$A, $B], app_id: 12}}",
        "fields: {points: number, renewal: {type: date, about: when it ends}}",
        "segments: {always: true, big: contact.purchases.total > 100}",
        "triggers: {a-b: {on: {stage: care}, do: {mailchimp.tag: {add: '{{ order.coupons }}'}}}}",
        "triggers: {a: {on: custom.wheel_spun, do: [{mailchimp.update_member: }]}}",
        "triggers: {a: {on: order.paid, do: {hubspot.start_workflow: {workflow: '{{ order.number }}'}}}}",
    ],
)
def test_what_may_be_written_otherwise_is_valid(text: str) -> None:
    assert complaints(text) == []


def test_what_does_not_fit_a_pattern_is_said_with_its_remedy() -> None:
    trigger, task = SCHEMA["$defs"]["trigger"], SCHEMA["$defs"]["hubspot.create_task"]

    assert "3 per 7d" in trigger["properties"]["limit"]["patternErrorMessage"]
    assert "working days" in task["properties"]["due"]["patternErrorMessage"]


def _keys() -> Iterator[tuple[str, dict[str, Any]]]:
    for part, schema in part_schemas().items():
        for table in (schema, *schema.get("anyOf", [])):
            for key, one in table.get("properties", {}).items():
                yield f"{part}.{key}", one


def test_every_key_is_explained_in_both_languages() -> None:
    unexplained = [name for name, one in _keys() if not re.match(r"[A-Z].+\.\n\nNL: .", one["description"])]

    assert unexplained == []
    assert DUTCH.keys() >= ABOUT.keys()


def test_every_action_is_explained_in_both_languages() -> None:
    actions = [name for name in SCHEMA["$defs"] if "." in name]

    assert [name for name in actions if "\n\nNL: " not in SCHEMA["$defs"][name]["description"]] == []


@pytest.mark.parametrize(
    ("pattern", "parse"),
    [
        (LENGTH_PATTERN, parse_duration),
        (FREQUENCY_PATTERN, parse_frequency),
        (MOMENT_PATTERN, parse_moment),
    ],
)
@given(data=st.data())
def test_a_length_that_can_be_read_fits_its_pattern(pattern: str, parse: Any, data: st.DataObject) -> None:
    words = st.sampled_from(
        ["1", "30", "m", "h", "days", "w", "week", "per", "working", ":", "18", "ms", " "]
    )
    text = "".join(data.draw(st.lists(words, max_size=6))).strip()
    try:
        parse(text)
    except ValueError:
        return

    assert re.fullmatch(pattern, text)
