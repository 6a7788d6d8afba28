"""Groups of accounts: what they mean, and every mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector import bootstrap
from connector.journey.examples import prove
from connector.mapping.load import check_files
from connector.mapping.terms import CannotTell
from tests.mapping.folders import JOURNEY, check

CONNECTIONS = """\
connections:
  mailchimp_nl: {platform: mailchimp, token: $NL, audience: $NL_LIST}
  mailchimp_be: {platform: mailchimp, token: $BE, audience: $BE_LIST}
  hubspot: {platform: hubspot, token: $HUBSPOT, owner: sales@example.com}
  shop_nl: {source: shop, secret: $S1, list: mailchimp_nl}
  shop_be: {source: shop, secret: $S2, list: mailchimp_be, ids: shop_nl}
  mailchimp: {choose: contact.shop, shop_nl: mailchimp_nl, shop_be: mailchimp_be}
"""

RULE = """\
trigger: customer
on: order.paid
do:
  - mailchimp.tag: {add: [customer]}
examples:
  - name: A customer of the Belgian shop is one in its audience
    given:
      - {at: "2026-11-02 10:00", event: order.placed, connection: shop_be, contact: {email: eva@example.com},
         order: {id: o1}}
      - {at: "2026-11-02 10:01", event: order.paid, connection: shop_be, contact: {email: eva@example.com},
         order: {id: o1}}
    expect: {actions: EXPECTED}
"""


def expecting(action: str) -> str:
    return RULE.replace("EXPECTED", action)


def found(folder: Path, connections: str, **files: str) -> list[str]:
    named = {f"{name}.yaml": text for name, text in files.items()}
    _, problems = check(folder, {"a.yaml": connections, "b.yaml": JOURNEY, **named})
    return [f"{one.line}:{one.column} {one.code} {one.message}; {one.hint}" for one in problems]


def test_a_group_under_the_platforms_name_takes_the_platforms_actions(tmp_path: Path) -> None:
    mapping, problems = check(
        tmp_path, {"a.yaml": CONNECTIONS, "b.yaml": JOURNEY, "c.yaml": expecting("mailchimp.tag")}
    )

    assert mapping is not None, [str(one) for one in problems]
    group = mapping.groups["mailchimp"]
    (step,) = mapping.triggers["customer"].actions
    assert step.connection == "mailchimp"
    assert (group.platform, dict(group.members)) == (
        "mailchimp",
        {"shop_nl": "mailchimp_nl", "shop_be": "mailchimp_be"},
    )
    assert mapping.reached_by("mailchimp") == {"mailchimp_nl", "mailchimp_be"}


@pytest.mark.parametrize(
    ("expected", "holds"),
    [("mailchimp.tag", True), ("mailchimp_be.tag", True), ("mailchimp_nl.tag", False)],
)
def test_an_example_may_expect_the_group_or_its_member(tmp_path: Path, expected: str, holds: bool) -> None:
    files = {"a.yaml": CONNECTIONS, "b.yaml": JOURNEY, "c.yaml": expecting(expected)}

    mapping, problems = check(tmp_path, files)

    assert mapping is not None, [str(one) for one in problems]
    assert (prove(mapping, mapping.examples[0]).differences == ()) is holds


def test_a_group_finds_its_member_in_the_model_of_the_contact(tmp_path: Path) -> None:
    mapping, _ = check(tmp_path, {"a.yaml": CONNECTIONS, "b.yaml": JOURNEY})
    assert mapping is not None
    group = mapping.groups["mailchimp"]

    told = [group.member({"contact": {"shop": shop}}) for shop in ("shop_be", "elsewhere", None)]

    assert told[0] == "mailchimp_be"
    assert told[1:] == [CannotTell('a member of mailchimp for "elsewhere"'), CannotTell("contact.shop")]


def test_ids_are_shared_under_one_name(tmp_path: Path) -> None:
    mapping, _ = check(tmp_path, {"a.yaml": CONNECTIONS, "b.yaml": JOURNEY})
    assert mapping is not None

    assert {one.ids for one in mapping.connections.values() if one.source} == {"shop_nl"}


MISTAKES = [
    ("shop_be: mailchimp_be}", "shop_be: mailchimp_de}", '7:69 M133 there is no connection "mailchimp_de"'),
    ("shop_be: mailchimp_be}", "shop_be: shop_nl}", '7:69 M148 "shop_nl" only listens'),
    ("shop_be: mailchimp_be}", "shop_be: hubspot}", '7:69 M148 "hubspot" is of hubspot'),
    ("shop_be: mailchimp_be}", "shop_be: mailchimp}", '7:69 M148 "mailchimp" is a group'),
    ("shop_be: mailchimp_be}", "shop_be: [mailchimp_be]}", "7:69 M122 the name of a connection"),
    ("shop_be: mailchimp_be}", "shop_be: }", "7:69 M122 the name of a connection"),
    (", shop_nl: mailchimp_nl, shop_be: mailchimp_be}", "}", '7:3 M121 "mailchimp" has no members'),
    ("{choose: contact.shop, ", "{choose: contact.shop, token: $T, ", '7:37 M120 a group has no "token"'),
    ("{choose: contact.shop, ", "{choose: contact.shp, ", '7:31 M204 contact has no "shp"'),
    ("{choose: contact.shop, ", "{choose: order.total, ", "7:23 M203"),
    ("contact.shop, shop_nl:", "contact.shop, shop_ln:", '7:37 M133 contact.shop is never "shop_ln"'),
    ("contact.shop, shop_nl:", "event.connection, hubspot:", '7:41 M133 event.connection is never "hubspot"'),
    (
        "contact.shop, shop_nl:",
        "contact.country == 'NL', maybe:",
        "7:48 M124 contact.country == 'NL' is never \"maybe\"; known: no, yes",
    ),
    (
        "contact.shop, shop_nl:",
        "contact.stage, sea:",
        '7:38 M124 contact.stage is never "sea"; did you mean "see"',
    ),
    ("  mailchimp:", "  contact:", '7:3 M125 "contact" means our own state'),
    ("list: mailchimp_be", "list: mailchimp", '6:46 M144 "mailchimp" is a group, and has no list'),
    ("ids: shop_nl", "ids: shop_ln", '6:65 M133 nobody has the ids of "shop_ln"; did you mean "shop_nl"?'),
    ("ids: shop_nl", "ids: shops", '6:65 M133 nobody has the ids of "shops"'),
    ("list: mailchimp_nl", "ids: shop_be", '5:45 M144 "shop_be" itself shares the ids of "shop_nl"'),
    (", list: mailchimp_nl", "", "5:3 M155 the consents that shop_nl tells count for none of your lists"),
]


@pytest.mark.parametrize(("old", "new", "problem"), MISTAKES, ids=[new for _, new, _ in MISTAKES])
def test_a_mistake_in_a_group_is_found(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in CONNECTIONS

    told = found(tmp_path, CONNECTIONS.replace(old, new))

    assert any(one.startswith(problem) for one in told), told


def test_a_group_with_mistakes_does_not_make_its_actions_wrong(tmp_path: Path) -> None:
    told = found(
        tmp_path,
        CONNECTIONS.replace(": mailchimp_nl,", ": x,").replace(": mailchimp_be}", ": y}"),
        c=expecting("mailchimp.tag"),
    )

    assert {one.split()[1] for one in told} == {"M133"}
    assert len(told) == 2


def test_a_member_with_a_mistake_of_its_own_is_told_once(tmp_path: Path) -> None:
    told = found(tmp_path, CONNECTIONS.replace("token: $BE", "token: plain"), c=expecting("mailchimp.tag"))

    assert [one.split()[1] for one in told] == ["M126", "M144"]


def test_several_accounts_without_a_group_are_told_apart(tmp_path: Path) -> None:
    ungrouped = "".join(CONNECTIONS.splitlines(keepends=True)[:-1])

    (told,) = found(tmp_path, ungrouped, c=RULE.partition("examples")[0])

    assert "M133" in told
    assert "make a group of them" in told


def test_each_member_of_a_group_needs_a_colleague_for_its_tasks() -> None:
    connections = """\
connections:
  hubspot_nl: {platform: hubspot, token: $A, owner: jan@example.com}
  hubspot_be: {platform: hubspot, token: $B}
  hubspot: {choose: contact.country, NL: hubspot_nl, BE: hubspot_be}
"""
    rule = "trigger: a\non: order.paid\ndo:\n  - hubspot.create_task: {title: Call, due: 1 working day}\n"
    files = {"a.yaml": connections.encode(), "b.yaml": rule.encode()}

    _, (doubt,) = check_files(files, bootstrap.shipped(), bootstrap.specs())

    assert (doubt.code, doubt.file, doubt.line) == ("M153", "b.yaml", 4)
    assert doubt.message.startswith("hubspot_be.create_task has no owner")
