"""Examples become typed events and expectations; a mistake is named at its place, with its remedy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.journey.examples import prove
from connector.mapping.cases import Example, Expectation, Given
from connector.mapping.scalars import is_not_carried_out
from connector.mapping.schema.examples import WhyNot
from connector.model.decision import WHY_NOT, Answer
from connector.model.domains import company_id, domain
from connector.model.event import ConsentClaim, Identity
from connector.model.vocabulary import SUBJECTS
from tests.mapping.folders import CONNECTIONS, SHOP, SOUND, check, sound

TRIGGER = "trigger: big-cart\non: order.paid\ndo: {hubspot.create_task: {title: x}}\n"
NEWSLETTER = SHOP.replace("source: shop", "source: mailchimp")


def example(given: str, expect: str = "stage: care", rest: str = "") -> str:
    """A file with one example, whose given things and expectation stand on lines of their own."""
    lines = [
        "examples:",
        "  - name: It holds",
        "    given:",
        *(f"      - {one}" for one in given.splitlines()),
    ]
    lines += [*(f"    {one}" for one in rest.splitlines()), "    expect:"]
    return "\n".join([*lines, *(f"      {one}" for one in expect.splitlines())]) + "\n"


def paid(at: str = '"2026-11-02 10:00"', contact: str = "{email: Eva@example.com}", rest: str = "") -> str:
    """One paid order, in a line."""
    return f"{{at: {at}, event: order.paid, contact: {contact}, order: {{id: o1}}{rest}}}"


def read(folder: Path, text: str, files: Mapping[str, str] | None = None) -> Example:
    """The only example of a mapping that passes its check."""
    [found] = sound(folder, {"cart.yaml": TRIGGER, "examples.yaml": text, **(files or {})}).examples
    return found


def problems_of(folder: Path, text: str) -> list[str]:
    """What the check says of a mapping with these examples, in a line each."""
    mapping, problems = check(folder, {**SOUND, "cart.yaml": TRIGGER, "examples.yaml": text})
    assert mapping is None or not [one for one in problems if one.severity == "error"]
    return [str(one) for one in problems]


def test_what_is_given_becomes_the_event_that_a_source_would_have_made(tmp_path: Path) -> None:
    text = example(
        '{at: "2026-07-01 10:00", event: order.paid, contact: {email: Eva@example.com, customer: 7},'
        " consent: {email: given}, fields: {first_name: Eva, birthday: 1990-05-01},"
        " order: {id: o1, total: 80.50, cart: c1, is_test: no, coupons: [A, B],"
        ' placed_at: "2026-07-01 09:59", items: [{sku: S, quantity: 2}]}}'
    )

    [given] = read(tmp_path, text).given

    event = given.event
    assert (event.name, event.connection, event.source) == ("order.paid", "webshop", "shop")
    assert event.occurred_at == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert set(event.people) == {
        Identity("email", "", "eva@example.com"),
        Identity("customer", "webshop", "7"),
    }
    assert {str(one) for one in event.belongings} == {"order:webshop:o1", "cart:webshop:c1"}
    assert event.fields == {"first_name": "Eva", "birthday": date(1990, 5, 1)}
    assert event.consent == (ConsentClaim("email", given=True),)
    assert event.subjects["order"] == {
        "id": "o1",
        "total": Decimal("80.50"),
        "cart": "c1",
        "is_test": False,
        "coupons": ["A", "B"],
        "placed_at": datetime(2026, 7, 1, 7, 59, tzinfo=UTC),
        "items": [{"sku": "S", "quantity": Decimal(2)}],
    }


def test_what_is_expected_names_stages_actions_and_reasons(tmp_path: Path) -> None:
    expect = "stage: care\nactions: [hubspot.tag, {hubspot.create_task: {title: x}}]\n"
    expect += "no_actions: mailchimp.start_journey\nheld_back: {big-cart: consent}"

    found = read(tmp_path, example(paid(), expect)).expect

    assert found.stages == {"main": "care"}
    assert [(one.connection, one.spec.name, one.arguments) for one in found.actions] == [
        ("hubspot", "tag", {}),
        ("hubspot", "create_task", {"title": "x"}),
    ]
    assert [one.spec.name for one in found.no_actions] == ["start_journey"]
    assert found.held_back == {"big-cart": Answer.NO_CONSENT}
    assert not found.is_silent


def test_that_nothing_is_done_at_all_can_be_expected(tmp_path: Path) -> None:
    assert read(tmp_path, example(paid(), "no_actions: yes")).expect == Expectation(is_silent=True)


def test_every_reason_that_can_be_written_means_an_answer() -> None:
    words, _ = get_args(WhyNot)

    assert set(get_args(words)) == set(WHY_NOT)


def test_what_is_given_comes_from_where_the_last_came_from_if_it_can(tmp_path: Path) -> None:
    connections = CONNECTIONS.replace("  webshop:", "  alfa: {source: shop, secret: $X}\n  webshop:")
    second = (
        '{at: "2026-11-02 11:00", event: order.placed, contact: {email: eva@example.com}, order: {id: o2}}'
    )

    found = read(
        tmp_path,
        example(f"{paid(rest=', connection: webshop')}\n{second}"),
        {"connections.yaml": connections},
    )

    assert [one.event.connection for one in found.given] == ["webshop", "webshop"]


def test_without_a_word_the_first_connection_that_can_tell_it_does(tmp_path: Path) -> None:
    connections = CONNECTIONS.replace("  webshop:", "  alfa: {source: shop, secret: $X}\n  webshop:")

    [given] = read(tmp_path, example(paid()), {"connections.yaml": connections}).given

    assert given.event.connection == "alfa"


def test_an_example_is_looked_at_after_the_last_that_is_given(tmp_path: Path) -> None:
    found = read(tmp_path, example(f"{paid('2026-11-03 10:00')}\n{paid()}"))

    assert found.at == datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def test_an_example_may_stand_beside_the_trigger_that_it_proves(tmp_path: Path) -> None:
    mapping = sound(tmp_path, {"cart.yaml": TRIGGER + example(paid())})

    assert [one.name for one in mapping.examples] == ["It holds"]
    assert mapping.examples[0].given == (
        Given(mapping.examples[0].given[0].event, mapping.examples[0].given[0].place),
    )


LINE = "examples.yaml:4"
MISTAKES = [
    (paid().replace("order.paid", "order.piad"), "examples.yaml:4:41 M131", 'did you mean "order.paid"?'),
    (paid("2026-11-02"), "examples.yaml:4:14 M123", 'write it as "2026-11-02 10:00"'),
    (paid('"2026-03-29 02:30"'), "examples.yaml:4:14 M123", "skipped by the clocks"),
    (paid(contact="{emial: eva@example.com}"), "examples.yaml:4:63 M146", 'did you mean "email"?'),
    (paid(contact="{first_name: Eva}"), "examples.yaml:4:63 M146", "write it under fields:"),
    (paid(contact="{email: eva}"), "examples.yaml:4:70 M123", "is no e-mail address"),
    (paid(contact="{}"), "examples.yaml:4:53 M121", "as in {email: eva@example.com}"),
    (paid(rest=", connection: webship"), "M133", 'did you mean "webshop"?'),
    (paid(rest=", connection: hubspot"), "M133", "listens to webhooks"),
    (paid(rest=", cart: {id: c1}"), "M146 order.paid carries no cart", "it carries: order"),
    (paid(rest=", ordr: {id: c1}"), "M120", 'did you mean "order"?'),
    (paid(rest=", company: Jansen"), "M122", "as in {key: value}"),
    (paid(rest=", arms: {a: b}"), "M120", '"arms"'),
    (paid(rest=", fields: {frist_name: Eva}"), "M146", 'did you mean "first_name"?'),
    (paid(rest=", consent: {email: perhaps}"), "M124", "known: given, withdrawn"),
    (paid().replace("{id: o1}", "{id: o1, totl: 3}"), "M146", 'did you mean "total"?'),
    (paid().replace("{id: o1}", '{id: o1, total: "1.000,00"}'), "M123", "write digits"),
    (paid().replace("{id: o1}", "{id: o1, is_test: maybe}"), "M123", "write yes or no"),
    (paid().replace("{id: o1}", "{id: o1, total: [3]}"), "M122", "a number is wanted"),
    (paid().replace("{id: o1}", "{id: o1, items: [{skuu: x}]}"), "M146", 'did you mean "sku"?'),
    (paid().replace("{id: o1}", "{total: 3}"), "M121", "as in id: o1"),
    (paid().replace("{id: o1}", "o1"), "M122", "keys with values are wanted"),
    ("{event: order.paid, contact: {email: eva@example.com}}", "M121", '"at": missing'),
]


@pytest.mark.parametrize(("given", "place", "remedy"), MISTAKES)
def test_what_cannot_be_given_is_named_with_its_remedy(
    given: str, place: str, remedy: str, tmp_path: Path
) -> None:
    [problem] = problems_of(tmp_path, example(given))

    assert problem.startswith(LINE)
    assert place in problem
    assert remedy in problem


UNEXPECTED = [
    ("stage: caer", "M132", 'did you mean "care"?'),
    ("stage: {mian: care}", "M132", 'did you mean "main"?'),
    ("stage: {main: caer}", "M132", 'did you mean "care"?'),
    ("actions: [hubspot.crate_task]", "M135", 'did you mean "create_task"?'),
    ("actions: [hubsport.tag]", "M133", 'did you mean "hubspot"?'),
    ("actions: [{hubspot.create_task: {tilte: x}}]", "M136", 'did you mean "title"?'),
    ("actions: [{hubspot.create_task: {due: soon}}]", "M123", "1 working day"),
    ("actions: [{hubspot.create_task: x}]", "M122", "as in {title: Call}"),
    ("no_actions: [mailchimp.tgs]", "M135", 'did you mean "tag"?'),
    ("held_back: {big-card: limit}", "M147", 'did you mean "big-cart"?'),
    ("held_back: {big-cart: limits}", "M124", 'did you mean "limit"?'),
    ("ended: {big-card: done}", "M147", 'did you mean "big-cart"?'),
    ("ended: {big-cart: order.placd}", "M174", 'does not end "big-cart"'),
    ("ended: {big-cart: order.placed}", "M174", "known: done, merged, unless"),
    ("held_back: {big-cart: presure}", "M124", 'did you mean "pressure"?'),
    ("{}", "M121", "proves nothing"),
    ("actions: []", "M121", "proves nothing"),
    ("stagee: care", "M120", 'did you mean "stage"?'),
]


@pytest.mark.parametrize(("expect", "code", "remedy"), UNEXPECTED)
def test_what_cannot_be_expected_is_named_with_its_remedy(
    expect: str, code: str, remedy: str, tmp_path: Path
) -> None:
    found = [one for one in problems_of(tmp_path, example(paid(), expect)) if "M190 warning" not in one]

    assert [(code in one, remedy in one) for one in found[:1]] == [(True, True)], found
    assert all(one.startswith("examples.yaml:") for one in found)


WAITING = """\
trigger: big-cart
on: order.paid
wait: 4h
unless: [cart.updated, newsletter.unsubscribed]
split: {a: 50%, b: 50%}
do: {a: {hubspot.create_task: {title: x}}, b: []}
"""


@pytest.mark.parametrize(
    ("rest", "expect", "place", "remedy"),
    [
        ("", "ended: {big-cart: cart.updatd}", "6:25 M174", 'did you mean "cart.updated"?'),
        ("arms: {big-card: a}", "stage: care", "5:12 M147", 'did you mean "big-cart"?'),
        ("arms: {big-cart: c}", "stage: care", "5:22 M170", "known: a, b"),
    ],
)
def test_arms_and_endings_that_a_trigger_has_not_are_named(
    rest: str, expect: str, place: str, remedy: str, tmp_path: Path
) -> None:
    files = {**SOUND, "cart.yaml": WAITING, "examples.yaml": example(paid(), expect, rest)}

    _, problems = check(tmp_path, files)

    [found] = [str(one) for one in problems if not is_not_carried_out(one)]
    assert found.startswith(f"examples.yaml:{place}")
    assert remedy in found


ABANDONED = """\
trigger: big-cart
kind: marketing
on: cart.updated
wait: 4h
unless: order.placed
split: {call: 50%, nothing: 50%}
do: {call: {hubspot.create_task: {title: x}}, nothing: []}
"""
EVA = "contact: {email: eva@example.com}"
VISIT = f"""\
{{at: "2026-11-02 09:59", event: newsletter.confirmed, {EVA}, consent: {{email: given}}}}
{{at: "2026-11-02 10:00", event: cart.updated, {EVA}, cart: {{id: c1, total: 80}}}}"""
ORDER = f'{{at: "2026-11-02 11:00", event: order.placed, {EVA}, order: {{id: o1, cart: c1}}}}'


@pytest.mark.parametrize(
    ("arm", "given", "expect"),
    [
        ("call", VISIT, "actions: hubspot.create_task\nended: {big-cart: done}"),
        ("nothing", VISIT, "no_actions: yes\nended: {big-cart: held_out}"),
        ("call", f"{VISIT}\n{ORDER}", "no_actions: yes\nended: {big-cart: order.placed}"),
    ],
)
def test_what_waits_goes_on_until_an_example_is_looked_at(
    arm: str, given: str, expect: str, tmp_path: Path
) -> None:
    rest = f'at: "2026-11-03 10:00"\narms: {{big-cart: {arm}}}'
    mapping = sound(tmp_path, {"cart.yaml": ABANDONED, "examples.yaml": example(given, expect, rest)})

    [verdict] = [prove(mapping, one) for one in mapping.examples]

    assert verdict.differences == ()


def test_another_end_is_a_difference(tmp_path: Path) -> None:
    text = example(f"{VISIT}\n{ORDER}", "ended: {big-cart: done}", 'at: "2026-11-03 10:00"')
    mapping = sound(tmp_path, {"cart.yaml": ABANDONED, "examples.yaml": text})

    [verdict] = [prove(mapping, one) for one in mapping.examples]

    assert [one.expected for one in verdict.differences] == ["big-cart ended by done"]


def test_arms_endings_and_the_company_are_kept_as_written(tmp_path: Path) -> None:
    given = paid(rest=", company: {id: 77, domain: acme.example, employees: 40}")
    text = example(
        given, "ended: {big-cart: cart.updated}\nheld_back: {big-cart: pressure}", "arms: {big-cart: b}"
    )

    mapping, problems = check(tmp_path, {**SOUND, "cart.yaml": WAITING, "examples.yaml": text})

    assert [str(one) for one in problems if not is_not_carried_out(one)] == []
    assert mapping is not None
    [found] = mapping.examples
    assert (found.arms, found.expect.ended) == ({"big-cart": "b"}, {"big-cart": "cart.updated"})
    assert found.expect.held_back == {"big-cart": Answer.PRESSURE}
    event = found.given[0].event
    assert event.company_fields == {"domain": "acme.example", "employees": Decimal(40)}
    assert event.company == (company_id("webshop", "77"), domain("acme.example"))


@pytest.mark.parametrize(
    ("fields", "place", "remedy"),
    [
        ("id: 77, domian: acme.example", "4:123 M146", 'did you mean "domain"?'),
        ("id: 77, employees: many", "4:134 M123", "digits"),
        ("id: 77, people: 3", "4:123 M146", "known: "),
        ("name: Acme", "4:105 M121", "fields: {company: NAME}"),
        ("domain: gmail.com", "4:123 M123", "acme.example"),
        ("domain: eva@acme.example", "4:123 M123", "acme.example"),
    ],
)
def test_a_company_is_known_by_something_and_has_typed_fields(
    fields: str, place: str, remedy: str, tmp_path: Path
) -> None:
    [problem] = problems_of(tmp_path, example(paid(rest=f", company: {{{fields}}}")))

    assert place in problem
    assert remedy in problem


def test_what_happens_to_a_company_alone_needs_no_contact(tmp_path: Path) -> None:
    alone = '{at: "2026-11-02 10:00", event: company.changed, company: {domain: acme.example}}'
    nobody = '{at: "2026-11-02 10:00", event: order.paid, order: {id: o1}}'

    companies = SHOP.replace("source: shop", "source: crm\nreplaces: shop").replace(
        "ignore:", "  firm: {name: company.changed, company: {identities: {id: body.id}}}\nignore:"
    )

    given = read(tmp_path, example(alone), {"shop.yaml": companies}).given
    assert given[0].event.is_of_company
    (tmp_path / "nobody").mkdir()
    [problem] = problems_of(tmp_path / "nobody", example(nobody))
    assert "4:9 M121" in problem


def test_a_look_before_the_end_is_named(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path, example(paid(), rest='at: "2026-11-02 09:00"'))

    assert problem.startswith("examples.yaml:5:9 M123")


def test_two_examples_of_one_name_are_named_with_both_places(tmp_path: Path) -> None:
    twice = example(paid()) + example(paid()).removeprefix("examples:\n")

    [problem] = problems_of(tmp_path, twice)

    assert problem.startswith("examples.yaml:7:11 M130")
    assert "examples.yaml:2" in problem


def test_nothing_given_is_named(tmp_path: Path) -> None:
    text = "examples: [{name: x, given: [], expect: {stage: care}}]\n"

    [problem] = problems_of(tmp_path, text)

    assert "M121" in problem


def test_an_event_that_a_connection_cannot_tell_is_doubtful(tmp_path: Path) -> None:
    connections = CONNECTIONS.replace("token: $MAILCHIMP_TOKEN", "token: $MAILCHIMP_TOKEN, secret: $S")
    letters = NEWSLETTER.replace("  order: {name: order.placed, carries: order}\n", "").replace(
        "statuses: {paid: [done, sent]}\nstatus_times: {paid: body.paid_at}\n", ""
    )
    letters = letters.replace("  status: {carries: order}\n", "")
    files = {"connections.yaml": connections, "mailchimp.yaml": letters, "cart.yaml": TRIGGER}

    _, problems = check(
        tmp_path, {**SOUND, **files, "examples.yaml": example(paid(rest=", connection: mailchimp"))}
    )

    [problem] = problems
    assert (problem.code, problem.severity) == ("M152", "warning")
    assert "webshop" in problem.hint


def test_a_trigger_that_may_stand_in_an_unreadable_file_is_not_missed(tmp_path: Path) -> None:
    files = {**SOUND, "broken.yaml": "a: [", "examples.yaml": example(paid(), "held_back: {other: limit}")}

    _, problems = check(tmp_path, files)

    assert {one.file for one in problems} == {"broken.yaml"}


WORDS = st.sampled_from(
    [
        "order.paid",
        "cart.updated",
        "custom.x",
        "o1",
        "80",
        "-1",
        "1e9",
        "yes",
        "",
        "2026-11-02 10:00",
        "--05-01",
    ]
)
TREES = st.recursive(
    WORDS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "total", "items", "fields", "email", "is_test", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
SUBJECTS_GIVEN = st.dictionaries(
    st.sampled_from([*SUBJECTS, "consent", "fields", "connection", "company"]), TREES, max_size=3
)
EXPECTED = st.dictionaries(
    st.sampled_from(["stage", "actions", "no_actions", "held_back", "ended"]), TREES, min_size=1, max_size=3
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(event=WORDS, rest=SUBJECTS_GIVEN, expect=EXPECTED)
def test_whatever_is_written_is_a_problem_or_can_be_played(
    tmp_path_factory: pytest.TempPathFactory, event: str, rest: Mapping[str, object], expect: object
) -> None:
    given = {"at": "2026-11-02 10:00", "event": event, "contact": {"email": "eva@example.com"}, **rest}
    text = json.dumps({"examples": [{"name": "x", "given": [given], "expect": expect}]})

    mapping, problems = check(
        tmp_path_factory.mktemp("m"), {**SOUND, "cart.yaml": TRIGGER, "examples.yaml": text}
    )

    played = [prove(mapping, one) for one in mapping.examples] if mapping else []
    assert played or problems
