"""What a mapping needs of its connections: each thing that it names, and the line that names it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from connector.mapping.accounts import FromEnvironment, Setting
from connector.mapping.load import check_folder
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.needs import Need, listening, needs_of, told_by, uses
from connector.mapping.own_state import OWN_SPECS
from connector.model.action import ActionSpec
from connector.model.naming import Thing, namings
from connector.model.types import Sort
from connector.platforms import http_arguments
from connector.platforms.hubspot import arguments as hubspot_arguments
from connector.platforms.mailchimp import arguments as mailchimp_arguments

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "connector" / "sources" / "shipped"
SPECS = (*hubspot_arguments.SPECS, *mailchimp_arguments.SPECS, *http_arguments.SPECS)

CONTENT = frozenset(
    {
        "amount", "body", "cart", "closes", "currency", "deal", "discount", "due", "headers", "id", "items",
        "language", "priority", "shipping", "status", "subject", "task", "tax", "text", "title", "total",
        "type", "url", "placed_at",
    }
)  # fmt: skip
"""Arguments that only say something of the contact, or of a record that is theirs."""
CONTENT_OF = {
    "hubspot.create_deal": {"name"},
    "hubspot.start_sequence": {"or_task"},
    "hubspot.update_deal": {"name"},
    "mailchimp.send_event": {"properties"},
}
"""The same where another action's argument of that name names something."""

CONNECTIONS = """\
connections:
  hubspot: {platform: hubspot, token: $TOKEN, secret: $SECRET, owner: sales@example.com}
  mailchimp: {platform: mailchimp, token: $KEY, audience: $AUDIENCE, store: shop}
"""
ENVIRONMENT = {"AUDIENCE": "57afe96172"}


@pytest.mark.parametrize("spec", SPECS, ids=lambda one: f"{one.platform}.{one.name}")
def test_every_argument_says_what_it_names_or_is_known_as_content(spec: ActionSpec) -> None:
    naming = {one.argument for one in namings(spec)}
    content = CONTENT | CONTENT_OF.get(f"{spec.platform}.{spec.name}", set())

    arguments = {field.alias or name for name, field in spec.arguments.model_fields.items()}

    assert arguments - naming - content == set()
    assert {one.names.of for one in namings(spec)} - {""} <= naming


def test_actions_on_our_own_state_need_no_platform() -> None:
    assert [one for spec in OWN_SPECS for one in namings(spec)] == []


def needs(folder: Path, files: Mapping[str, str]) -> tuple[Need, ...]:
    """What a folder with these files needs, in the environment above."""
    for name, text in {"connections.yaml": CONNECTIONS, **files}.items():
        (folder / name).write_text(text, encoding="utf-8")
    mapping, problems = check_folder(folder, SHIPPED, SPECS)
    assert mapping is not None, [str(one) for one in problems]
    return needs_of(mapping, resolve)


def resolve(setting: Setting) -> str | None:
    return ENVIRONMENT.get(setting.variable) if isinstance(setting, FromEnvironment) else setting


def trigger(*actions: str) -> dict[str, str]:
    steps = "".join(f"  - {one}\n" for one in actions)
    return {"a.yaml": f"trigger: a\non: order.paid\ndo:\n{steps}"}


def of(found: tuple[Need, ...], thing: Thing) -> list[Need]:
    return [one for one in found if one.thing is thing]


def test_a_property_is_needed_with_the_constants_that_are_written_into_it(tmp_path: Path) -> None:
    fields = "{lifecyclestage: customer, size: '{{ order.total }}', tags: [a, b]}"

    found = of(
        needs(tmp_path, trigger(f"hubspot.update_contact: {{fields: {fields}}}")), Thing.CONTACT_PROPERTY
    )

    assert [(one.name, one.values, one.sort) for one in found] == [
        ("lifecyclestage", ("customer",), None),
        ("size", (), Sort.NUMBER),
        ("tags", ("a", "b"), None),
    ]
    assert {(one.place.file, one.place.line) for one in found} == {("a.yaml", 4)}


KEEPING = CONNECTIONS.replace("owner:", "stage_property: loods_stage, owner:")


@pytest.mark.parametrize(
    ("action", "thing"),
    [("update_contact", Thing.CONTACT_PROPERTY), ("update_company", Thing.COMPANY_PROPERTY)],
)
def test_the_property_that_keeps_a_stage_is_needed_where_one_is_set(
    tmp_path: Path, action: str, thing: Thing
) -> None:
    rules = trigger(f"hubspot.{action}: {{fields: {{lifecyclestage: customer}}}}")

    found = of(needs(tmp_path, {"connections.yaml": KEEPING, **rules}), thing)

    assert [(one.name, one.values) for one in found] == [
        ("lifecyclestage", ("customer",)),
        ("loods_stage", ("customer",)),
    ]


def test_accounts_of_a_group_keep_stages_in_one_property(tmp_path: Path) -> None:
    files = {
        "connections.yaml": "connections:\n"
        "  north: {platform: hubspot, token: $NORTH, stage_property: loods_stage}\n"
        "  south: {platform: hubspot, token: $SOUTH}\n"
        "  hubspot: {choose: contact.country, NO: north, IT: south}\n",
        **trigger("hubspot.update_contact: {fields: {lifecyclestage: customer}}"),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    mapping, problems = check_folder(tmp_path, SHIPPED, SPECS)

    assert mapping is None
    assert [(one.code, one.line, one.column) for one in problems] == [("M144", 4, 39)]
    assert "stage_property" in problems[0].message


def test_each_place_that_names_a_thing_is_a_need_of_its_own(tmp_path: Path) -> None:
    found = needs(tmp_path, trigger("mailchimp.tag: {add: [a]}", "mailchimp.tag: {add: [b], remove: [a]}"))

    assert [(one.name, one.argument, one.place.line) for one in of(found, Thing.TAG)] == [
        ("a", "add", 4),
        ("b", "add", 5),
        ("a", "remove", 5),
    ]


def test_what_belongs_to_something_says_to_what(tmp_path: Path) -> None:
    found = needs(
        tmp_path,
        trigger(
            "mailchimp.start_journey: {journey: 12, step: 34}",
            "hubspot.create_deal: {name: d, stage: won, pipeline: shop}",
            "hubspot.create_deal: {name: d, stage: won}",
            "hubspot.create_ticket: {subject: s}",
            "hubspot.start_sequence: {sequence: 5, sender: eva@example.com, user: 7}",
        ),
    )

    belonging = [(one.thing, one.name, one.of) for one in found if one.of]
    assert sorted(belonging) == sorted(
        [
            (Thing.JOURNEY_STEP, "34", "12"),
            (Thing.DEAL_STAGE, "won", "shop"),
            (Thing.TICKET_STAGE, "1", "0"),
            (Thing.SEQUENCE, "5", "7"),
            (Thing.SENDER, "eva@example.com", "7"),
        ]
    )
    assert [one.name for one in of(found, Thing.TICKET_PIPELINE)] == ["0"]
    assert len(of(found, Thing.DEAL_STAGE)) == 2


def test_a_name_that_differs_from_contact_to_contact_is_not_known(tmp_path: Path) -> None:
    found = needs(tmp_path, trigger("hubspot.add_to_list: {list: '{{ contact.country }}'}"))

    [one] = of(found, Thing.LIST)
    assert (one.is_known, one.name) == (False, "{{ contact.country }}")


def test_settings_are_needed_by_their_values_and_variables_by_their_names(tmp_path: Path) -> None:
    found = needs(tmp_path, trigger("mailchimp.tag: {add: [a]}"))

    assert {one.name for one in of(found, Thing.VARIABLE)} == {"TOKEN", "SECRET", "KEY", "AUDIENCE"}
    [owner], [audience], [store] = (of(found, one) for one in (Thing.OWNER, Thing.AUDIENCE, Thing.STORE))
    assert (owner.name, owner.place.line) == ("sales@example.com", 2)
    assert (audience.name, store.name, store.argument) == ("57afe96172", "shop", "store")


def test_a_group_is_needed_of_each_of_its_members(tmp_path: Path) -> None:
    connections = """\
connections:
  north: {platform: mailchimp, token: $A, audience: a1}
  south: {platform: mailchimp, token: $B, audience: b1}
  mailchimp: {choose: contact.country, NL: north, BE: south}
"""
    files = {"connections.yaml": connections, **trigger("mailchimp.tag: {add: [a]}")}

    found = of(needs(tmp_path, files), Thing.TAG)

    assert [(one.connection, one.name) for one in found] == [("north", "a"), ("south", "a")]


def test_stages_and_cells_name_things_too(tmp_path: Path) -> None:
    journey = """\
journeys:
  main:
    stages: {see: {label: See}, care: {label: Care}}
    moves: [{on: order.paid, to: care}]
    enter:
      care: [{hubspot.tag: {add: [entered]}}]
scores:
  fit: {points: [{when: contact.company, add: 20}]}
  warmth: {points: [{on: order.paid, add: 5}]}
  grid:
    warmth: {low: 0, hot: 5}
    fit: {poor: 0, good: 20}
    cells: {hot/good: {name: call, do: [{hubspot.tag: {add: [called]}}]}}
"""

    found = of(needs(tmp_path, {"journey.yaml": journey}), Thing.TAG)

    assert [one.name for one in found] == ["entered", "called"]


def test_properties_that_fill_fields_or_are_waited_for_are_needed_where_they_are_named(
    tmp_path: Path,
) -> None:
    files = {
        "fields.yaml": "fields:\n  size:\n    type: number\n    from:\n      hubspot: employees\n",
        "a.yaml": """\
trigger: a
on: contact.changed
when: change.property == 'hs_lead_status' and change.value in ['OPEN', 'NEW']
do:
  - mailchimp.tag: {add: [a]}
""",
    }

    found = of(needs(tmp_path, files), Thing.CONTACT_PROPERTY)

    assert [(one.name, one.argument, one.values, str(one.place)) for one in found] == [
        ("hs_lead_status", "when", ("OPEN", "NEW"), "a.yaml:3"),
        ("employees", "from", (), "fields.yaml:5"),
    ]


def test_what_a_connection_listens_to_is_said_with_the_address(tmp_path: Path) -> None:
    (tmp_path / "connections.yaml").write_text(CONNECTIONS)
    (tmp_path / "a.yaml").write_text(
        "trigger: a\non: contact.changed\nwhen: change.property == 'hs_lead_status'\n"
        "do: {mailchimp.tag: {add: [a]}}\n"
    )
    mapping, _ = check_folder(tmp_path, SHIPPED, SPECS)
    assert mapping is not None

    [hubspot] = listening(mapping)

    assert (hubspot.connection, hubspot.path) == ("hubspot", "/webhooks/hubspot")
    assert {"contact.propertyChange", "deal.creation"} <= set(hubspot.topics)
    assert [one for one in hubspot.topics if one.startswith("polled.")] == []
    heard = {(one.topic, one.property, one.is_standing) for one in hubspot.properties}
    assert ("contact.propertyChange", "hs_lead_status", False) in heard
    assert ("contact.propertyChange", "email", True) in heard
    assert ("deal.propertyChange", "dealstage", True) in heard
    assert {topic for topic, _, _ in heard} == {
        "contact.propertyChange",
        "company.propertyChange",
        "deal.propertyChange",
    }


DO = "do: {mailchimp.tag: {add: [a]}}\n"


def mapping_of(tmp_path: Path, text: str) -> Rules:
    (tmp_path / "connections.yaml").write_text(CONNECTIONS)
    (tmp_path / "a.yaml").write_text(text)
    mapping, problems = check_folder(tmp_path, SHIPPED, SPECS)
    assert mapping is not None, problems
    return mapping


@pytest.mark.parametrize(
    "text",
    [
        f"trigger: a\non: email.clicked\n{DO}",
        f"trigger: a\non: contact.changed\nunless: email.clicked\nwait: 1 day\n{DO}",
        f"trigger: a\non: contact.changed\nwhen: contact.counters.email_clicked > 2\n{DO}",
        f"trigger: a\non: contact.changed\nwhen: contact.last.email_clicked\n{DO}",
        "scores: {warm: {points: [{on: email.clicked, add: 5}]}}\n",
        "segments: {readers: contact.counters.email_clicked > 2}\n",
        "journeys: {main: {stages: {see: {label: See}}, moves: [{on: email.clicked, to: see}]}}\n",
    ],
)
def test_an_event_is_used_wherever_a_rule_names_it(tmp_path: Path, text: str) -> None:
    mapping = mapping_of(tmp_path, text)

    assert uses(mapping, {"email.clicked", "email.bounced"})
    assert not uses(mapping, {"email.opened", "call.held"})


def test_what_asked_topics_mean_is_what_the_source_says(tmp_path: Path) -> None:
    source = mapping_of(tmp_path, f"trigger: a\non: contact.changed\n{DO}").sources["hubspot"]

    assert told_by(source, ["polled.form", "polled.email.OPEN"]) == {"form.submitted", "email.opened"}
    assert told_by(source, ["polled.nothing"]) == frozenset()
