"""What is written becomes what the other rooms see, whichever file it stands in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import MappingError
from connector.mapping.accounts import FromEnvironment
from connector.mapping.load import check_folder, load_mapping, load_source
from connector.mapping.source import Each
from connector.mapping.terms import Frequency, Place
from connector.model.action import Kind
from connector.model.types import Sort
from tests.mapping.folders import CONNECTIONS, JOURNEY, SHOP, SOUND, SPECS, check, sound

TRIGGER = """\
trigger: big-cart
about: A large cart
kind: internal
on: cart.updated
when: cart.total >= 500
once per: contact
limit: 1 per 7d
late: 2h
do:
  - if: contact.country == 'NL'
    name: call them
    hubspot.create_task: {title: "Cart {{ cart.id | default('?') }}", due: 1 working day}
"""


def test_a_connection_keeps_its_settings_and_knows_secrets_by_name_only(tmp_path: Path) -> None:
    mapping = sound(tmp_path)

    webshop = mapping.connections["webshop"]
    assert (webshop.platform, webshop.source, webshop.ids) == (None, "shop", "webshop")
    assert webshop.secrets == (FromEnvironment("NEW"), FromEnvironment("OLD"))
    assert webshop.settings == {"url": "https://shop.example"}
    assert mapping.connections["mailchimp"].settings["token"] == FromEnvironment("MAILCHIMP_TOKEN")


def test_a_platform_with_a_secret_listens_to_its_own_webhooks(tmp_path: Path) -> None:
    source = SHOP.replace("source: shop", "source: hubspot")
    connections = CONNECTIONS.replace("token: $HUBSPOT_TOKEN", "token: $HUBSPOT_TOKEN, secret: $S")

    mapping = sound(tmp_path, {"connections.yaml": connections, "hubspot.yaml": source})

    assert mapping.connections["hubspot"].source == "hubspot"
    assert mapping.connections["mailchimp"].source is None


def test_a_source_whose_name_has_hyphens_is_connected_by_it(tmp_path: Path) -> None:
    own = SHOP.replace("source: shop", "source: our-shop")
    connections = CONNECTIONS.replace("source: shop", "source: our-shop")

    mapping = sound(tmp_path, {"connections.yaml": connections, "source.yaml": own})

    assert mapping.connections["webshop"].source == "our-shop"


def test_consent_counts_for_the_only_audience(tmp_path: Path) -> None:
    assert sound(tmp_path).audience == "mailchimp"


def test_a_trigger_is_read_whole(tmp_path: Path) -> None:
    trigger = sound(tmp_path, {"triggers/cart.yaml": TRIGGER}).triggers["big-cart"]

    assert (trigger.about, trigger.angle, trigger.kind) == ("A large cart", "interaction", Kind.INTERNAL)
    assert (trigger.on, trigger.on_stages) == (frozenset({"cart.updated"}), frozenset())
    assert (trigger.once_per, trigger.limit) == ("contact", Frequency(1, timedelta(days=7)))
    assert (trigger.late, trigger.place) == (timedelta(hours=2), Place("triggers/cart.yaml", 1, 10))


def test_a_step_names_its_action_arguments_and_condition(tmp_path: Path) -> None:
    [step] = sound(tmp_path, {"triggers/cart.yaml": TRIGGER}).triggers["big-cart"].actions

    assert (step.connection, step.spec.name, step.label) == ("hubspot", "create_task", "call them")
    assert step.place == Place("triggers/cart.yaml", 12, 5)
    assert step.condition is not None
    assert step.condition({"contact": {"country": "NL"}}) is True
    title = step.arguments["title"]
    assert callable(title)
    assert title({"cart": {"id": "c1"}}) == "Cart c1"


def test_a_trigger_is_found_by_the_events_that_it_listens_to(tmp_path: Path) -> None:
    text = TRIGGER.replace("on: cart.updated", "on: [cart.updated, order.placed]").replace(
        "cart.total", "now"
    )
    text = text.replace("now >= 500", "contact.email").replace("cart.id", "contact.email")

    mapping = sound(tmp_path, {"a.yaml": text})

    assert [one.name for one in mapping.triggers_on["order.placed"]] == ["big-cart"]
    assert set(mapping.triggers_on) == {"cart.updated", "order.placed"}


@pytest.mark.parametrize(
    ("action", "kind", "late"),
    [
        ("hubspot.create_task: {title: Call}", Kind.INTERNAL, timedelta(days=30)),
        ("mailchimp.start_journey: {journey: 1, step: 2}", Kind.MARKETING, timedelta(hours=24)),
    ],
)
def test_a_trigger_is_as_guarded_as_its_actions(
    tmp_path: Path, action: str, kind: Kind, late: timedelta
) -> None:
    mapping = sound(tmp_path, {"a.yaml": f"trigger: a\non: order.paid\ndo:\n  - {action}\n"})

    assert (mapping.triggers["a"].kind, mapping.triggers["a"].late) == (kind, late)


def test_an_action_may_name_the_platform_where_it_has_one_account(tmp_path: Path) -> None:
    connections = CONNECTIONS.replace("  hubspot: {", "  crm: {")

    mapping = sound(
        tmp_path,
        {
            "connections.yaml": connections,
            "a.yaml": "trigger: a\non: order.paid\ndo: {hubspot.create_task: {title: x}}\n",
        },
    )

    assert mapping.triggers["a"].actions[0].connection == "crm"


def test_a_trigger_may_listen_to_the_entry_of_a_stage(tmp_path: Path) -> None:
    text = "trigger: a\non: [{stage: care}, {stage: main.see}]\ndo: {hubspot.create_task: {title: x}}\n"

    mapping = sound(tmp_path, {"a.yaml": text})

    assert mapping.triggers["a"].on_stages == {("main", "care"), ("main", "see")}


def test_a_journey_has_ordered_stages_moves_and_enter_actions(tmp_path: Path) -> None:
    text = JOURNEY + "    enter:\n      care: {mailchimp.tag: {add: [customer]}}\n"

    journey = sound(tmp_path, {"journey.yaml": text}).journeys["main"]

    assert journey.order == ("see", "care")
    assert [(move.to, move.from_stage, move.on) for move in journey.moves] == [
        ("see", None, frozenset({"newsletter.confirmed"})),
        ("care", None, frozenset({"order.paid"})),
    ]
    assert journey.enter["care"][0].spec.name == "tag"


def test_stages_compare_by_their_place_in_the_journey(tmp_path: Path) -> None:
    mapping = sound(tmp_path, {"s.yaml": "segments: {known: contact.stage > 'see'}"})

    assert mapping.segments["known"]({"contact": {"stage": "care"}}) is True


def test_fields_of_the_company_have_their_types(tmp_path: Path) -> None:
    text = "fields:\n  code: text\n  employees: {type: number, about: how many}\n  vip: yes/no\n"

    mapping = sound(tmp_path, {"fields.yaml": text, "s.yaml": "segments: {large: contact.employees > 50}"})

    assert {name: one.sort for name, one in mapping.fields.items()} == {
        "code": Sort.TEXT,
        "employees": Sort.NUMBER,
        "vip": Sort.YES_NO,
    }
    assert mapping.contact_type.fields["employees"].about == "how many"


def test_defaults_hold_where_nothing_is_written(tmp_path: Path) -> None:
    defaults = sound(tmp_path).defaults

    assert (str(defaults.time_zone), defaults.locale) == ("Europe/Amsterdam", "nl_NL")
    assert defaults.consent == {"email": "newsletter.confirmed"}
    assert defaults.working_days.days == {0, 1, 2, 3, 4}


def test_defaults_are_read_by_their_types_and_from_several_files(tmp_path: Path) -> None:
    one = "defaults:\n  time_zone: Europe/Brussels\n  locale: nl_BE\n  late: {internal: 2d}\n"
    two = (
        "defaults:\n  working_days: {days: [mon-wed, sat], holidays: BE}\n  consent: {email: order.placed}\n"
    )

    defaults = sound(tmp_path, {"a.yaml": one, "b.yaml": two}).defaults

    assert (str(defaults.time_zone), defaults.locale) == ("Europe/Brussels", "nl_BE")
    assert (defaults.working_days.days, defaults.working_days.holidays) == (
        frozenset({0, 1, 2, 5}),
        "BE",
    )
    assert defaults.consent == {"email": "order.placed"}
    assert defaults.late[Kind.INTERNAL] == timedelta(days=2)
    assert defaults.late[Kind.MARKETING] == timedelta(hours=24)


def test_a_source_says_how_long_its_sender_resends() -> None:
    resends = load_source(SHOP + "resends: {for: 24h, busy: too_many}\n", "shop.yaml").resends

    assert (resends.lasts, resends.busy) == (timedelta(hours=24), 429)


def test_a_source_that_says_nothing_of_resending_never_does() -> None:
    resends = load_source(SHOP, "shop.yaml").resends

    assert (resends.lasts, resends.busy) == (timedelta(0), 503)


def test_a_source_is_read_whole() -> None:
    source = load_source(SHOP, "shop.yaml")

    assert (source.name, source.parse, source.handshake) == ("shop", "json", "none")
    assert (source.verify.scheme, source.verify.header) == ("hmac-sha256", "X-Signature")
    assert [key.text for key in source.key] == ["topic", "body.id"]
    assert source.statuses == {"paid": ("done", "sent")}
    assert [rule.name for rule in source.events["news"]] == [
        "newsletter.confirmed",
        "newsletter.unsubscribed",
    ]
    assert [rule.carries for rule in source.events["status"]] == [("order",)]
    assert source.ignore == ("product/*",)
    items = source.subjects["order"].fields["items"]
    assert isinstance(items, Each)
    assert set(items.fields) == {"sku", "quantity"}


def test_a_source_file_with_problems_tells_them_all() -> None:
    text = (
        SHOP.replace("parse", "parse")
        .replace("scheme: hmac-sha256", "scheme: hmac")
        .replace("total:", "totl:")
    )

    with pytest.raises(MappingError) as caught:
        load_source(text, "shop.yaml")

    assert {one.code for one in caught.value.problems} == {"M124"}


def test_any_file_may_hold_any_key_and_their_order_never_matters(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    journeys = JOURNEY.replace("journeys:\n", "")
    joined = sound(
        tmp_path / "one", {"journey.yaml": "", "connections.yaml": f"journeys:\n{journeys}{CONNECTIONS}"}
    )

    parted = sound(tmp_path / "two")

    assert joined.journeys["main"].order == parted.journeys["main"].order
    assert list(joined.connections) == list(parted.connections) == ["hubspot", "mailchimp", "webshop"]


def test_a_version_changes_with_every_byte_and_with_nothing_else(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()

    one = sound(tmp_path / "one")
    same = sound(tmp_path / "two")
    other = sound(tmp_path / "three", {"journey.yaml": JOURNEY + "# a comment\n"})

    assert len(one.version) == 64
    assert one.version == same.version != other.version


def test_a_mapping_that_fails_its_check_is_not_loaded(tmp_path: Path) -> None:
    check(tmp_path, {**SOUND, "a.yaml": "triggers:\n  a: {on: order.pad, do: []}\n  b: {on: order.paid}\n"})

    with pytest.raises(MappingError) as caught:
        load_mapping(tmp_path / "own", tmp_path / "shipped", SPECS)

    assert [one.code for one in caught.value.problems] == ["M131", "M121", "M121"]
    assert 'did you mean "order.paid"?' in str(caught.value)


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    mapping, problems = check(tmp_path, {"readme.txt": "hello"})

    assert mapping is None
    assert "loods init" in problems[0].hint


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    mapping, [problem] = check_folder(tmp_path / "nowhere", tmp_path, SPECS)

    assert mapping is None
    assert "no such folder" in problem.message


def test_a_file_that_cannot_be_read_is_a_problem_beside_the_others(tmp_path: Path) -> None:
    check(tmp_path, SOUND)
    (tmp_path / "own" / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (tmp_path / "own" / "map.yaml").mkdir()

    _, problems = check_folder(tmp_path / "own", tmp_path / "shipped", SPECS)

    assert [(one.file, one.code) for one in problems] == [("gone.yaml", "M101"), ("map.yaml", "M101")]


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    mapping = sound(tmp_path, {".git/a.yaml": "nonsense: 1", ".b.yaml": "nonsense: 1"})

    assert mapping.triggers == {}


_WORDS = st.sampled_from(
    [
        "connections", "journeys", "triggers", "trigger", "source", "fields", "segments", "defaults",
        "main", "on", "do", "when", "stages", "moves", "enter", "verify", "delivery", "events",
        "subjects", "order", "order.paid", "hubspot", "hubspot.tag", "platform", "secret", "$A", "late",
        "1 per 7d", "", "{{ x }}", "contact.email",
    ]
)  # fmt: skip
_TREES = st.recursive(
    _WORDS.map(lambda word: f'"{word}"'),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda some: f"[{', '.join(some)}]")
        | st.dictionaries(_WORDS, inner, max_size=4).map(
            lambda some: "{" + ", ".join(f'"{key}": {value}' for key, value in some.items()) + "}"
        )
    ),
    max_leaves=25,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=st.dictionaries(_WORDS, _TREES, max_size=4))
def test_any_yaml_gives_a_mapping_or_problems(
    tmp_path_factory: pytest.TempPathFactory, text: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("any")

    mapping, problems = check(
        folder, {"a.yaml": "".join(f'"{key}": {value}\n' for key, value in text.items())}
    )

    assert (mapping is None) == any(one.severity == "error" for one in problems)
