"""Groups: which of several accounts a step acts on, and under whose consent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.journey.guards import hold_back
from connector.journey.matching import is_same_action
from connector.mapping.accounts import Group
from connector.mapping.cases import NamedAction
from connector.mapping.expressions import compile_expression
from connector.mapping.mapping import Mapping
from connector.mapping.rules import ActionTemplate
from connector.mapping.terms import CannotTell
from connector.model.action import Kind
from connector.model.decision import Answer
from tests.journey.build import (
    EVA,
    HERE,
    NOON,
    Story,
    answers,
    connection,
    entry,
    event,
    mail,
    mapping,
    names,
    spec,
    step,
    trigger,
)

MEMBERS = {"shop_nl": "mailchimp_nl", "shop_be": "mailchimp_be"}


def group(choose: str = "contact.shop", **members: str) -> Group:
    return Group(
        "mailchimp", compile_expression(choose, names(), HERE), members or MEMBERS, "mailchimp", HERE
    )


def bilingual(*steps: ActionTemplate, kind: Kind = Kind.INTERNAL) -> Mapping:
    """Two shops, each with an audience of its own, and a rule on orders."""
    accounts = [connection(one, "mailchimp", audience="1") for one in MEMBERS.values()]
    shops = [connection(shop, list=account) for shop, account in MEMBERS.items()]
    rule = trigger("rule", "order.placed", steps, kind=kind)
    known = mapping(rule, audience=None, connections=(*accounts, *shops))
    return replace(known, groups={"mailchimp": group()})


def ordering(rules: Mapping, shop: str, *, consent_at: str = "") -> Story:
    story = Story(rules)
    if consent_at:
        story.hears(event("newsletter.confirmed", "09:00", connection=consent_at))
    story.hears(event("order.placed", "10:00", connection=shop, order={"id": "o1"}))
    return story


def test_an_action_on_a_group_goes_to_the_member_that_fits() -> None:
    story = ordering(bilingual(step("mailchimp.tag", add=["customer"])), "shop_be")

    assert [action.connection for action in story.actions] == ["mailchimp_be"]


def test_a_member_that_cannot_be_told_leaves_its_step_out_and_says_what_is_missing() -> None:
    steps = [step("mailchimp.tag", add=["customer"]), step("hubspot.create_task", title="Call")]

    story = ordering(bilingual(*steps), "webshop")

    said = entry(story.decisions[-1], "trigger:rule")
    assert [action.connection for action in story.actions] == ["hubspot"]
    assert said.answer is Answer.ACTED
    assert said.detail == (
        'step 1 (mailchimp.tag) is left out: a member of mailchimp for "webshop" is missing'
    )


def test_a_rule_whose_only_account_cannot_be_told_did_not_act() -> None:
    story = ordering(bilingual(mail(journey=1)), "webshop")

    said = entry(story.decisions[-1], "trigger:rule")
    assert (said.answer, said.seen) == (Answer.CANNOT_TELL, {"contact.shop": "webshop"})


def test_marketing_through_a_group_asks_the_consent_of_its_member() -> None:
    rules = bilingual(mail(journey=1), kind=Kind.MARKETING)

    here = ordering(rules, "shop_nl", consent_at="shop_nl")
    elsewhere = ordering(rules, "shop_be", consent_at="shop_nl")

    assert [(one.connection, bool(one.consent)) for one in here.actions] == [("mailchimp_nl", True)]
    assert answers(elsewhere.decisions[-1])["trigger:rule"] is Answer.NO_CONSENT


@pytest.mark.parametrize(
    ("chosen", "reached"), [("shop_nl", ["mailchimp_nl"]), ("shop_be", ["mailchimp_be"])]
)
def test_consent_of_a_source_without_a_list_is_for_the_member_that_fits(
    chosen: str, reached: list[str]
) -> None:
    """`given:` of a source counts for its connection's `list:`, else for the only audience or the group's
    fitting member"""
    rules = replace(
        bilingual(mail(journey=1), kind=Kind.MARKETING),
        groups={"mailchimp": group("'shop_nl' if contact.shop == 'website' else 'shop_be'")},
    )
    story = Story(rules)
    brought_by = "website" if chosen == "shop_nl" else "webshop"

    story.hears(event("order.placed", "10:00", consent=True, connection=brought_by, order={"id": "o1"}))

    assert [action.connection for action in story.actions] == reached
    assert list(story.contact.consent) == [f"email|{reached[0]}|{EVA}"]


def test_consent_of_a_member_that_cannot_be_told_is_for_none() -> None:
    story = Story(bilingual(mail(journey=1), kind=Kind.MARKETING))

    story.hears(event("form.submitted", "10:00", consent=True))

    assert list(story.contact.consent) == [f"email||{EVA}"]


def test_marketing_through_a_member_that_cannot_be_told_is_not_called_missing_consent() -> None:
    story = ordering(bilingual(mail(journey=1), kind=Kind.MARKETING), "webshop")

    assert answers(story.decisions[-1])["trigger:rule"] is Answer.CANNOT_TELL


@pytest.mark.parametrize(("withdrawn", "why"), [(False, ""), (True, "eva@example.com has given no consent")])
def test_what_marketing_does_where_there_is_no_list_leaves_while_a_consent_stands(
    withdrawn: bool, why: str
) -> None:
    rules = bilingual(mail(journey=1), step("hubspot.create_task", title="Call"), kind=Kind.MARKETING)
    story = ordering(rules, "shop_nl", consent_at="shop_nl")
    if withdrawn:
        story.hears(event("newsletter.unsubscribed", "11:00", connection="shop_nl"))

    held = [hold_back(rules, story.contact, one, NOON) for one in story.actions]

    assert held == [why, why]


@pytest.mark.parametrize(
    ("shop", "choose", "expected"),
    [
        ("shop_nl", "contact.shop", ["hubspot"]),
        ("shop_be", "contact.shop", []),
        ("webshop", "contact.shop", []),
        ("shop_nl", "'shop_nl' if not contact.consent.email else 'shop_be'", ["hubspot"]),
    ],
)
def test_the_consent_that_rules_ask_for_is_that_of_the_members_list(
    shop: str, choose: str, expected: list[str]
) -> None:
    rules = bilingual(step("hubspot.create_task", only_if="contact.consent.email", title="Call"))
    rules = replace(rules, groups={"mailchimp": group(choose)})

    story = ordering(rules, shop, consent_at="shop_nl")

    assert [action.connection for action in story.actions] == expected


@pytest.mark.parametrize(
    "asked",
    ["contact.consent.email and contact.segments.loyal", "contact.segments.loyal and contact.consent.email"],
)
def test_a_segment_that_a_group_chooses_by_finds_no_consent_only_there(asked: str) -> None:
    rules = bilingual(step("hubspot.create_task", only_if=asked, title="Call"))
    agreed = compile_expression("contact.consent.email", names(), HERE)
    chosen = group("'shop_be' if contact.segments.loyal else 'shop_nl'")
    rules = replace(rules, groups={"mailchimp": chosen}, segments={"loyal": agreed})

    story = ordering(rules, "shop_nl", consent_at="shop_nl")

    assert [action.connection for action in story.actions] == ["hubspot"]


def test_yes_and_no_choose_by_these_words() -> None:
    chosen = group("contact.points >= 10", yes="mailchimp_be", no="mailchimp_nl")

    found = [chosen.member({"contact": {"points": points}}) for points in (10, 9, None)]

    assert found == ["mailchimp_be", "mailchimp_nl", CannotTell("contact.points")]


def test_a_choice_without_a_value_names_what_is_missing() -> None:
    assert group().member({"contact": {"shop": None}}) == CannotTell("contact.shop")


def test_an_expectation_of_a_group_is_met_by_any_of_its_members() -> None:
    (action,) = ordering(bilingual(step("mailchimp.tag")), "shop_be").actions
    named = NamedAction("mailchimp", spec("tag", platform="mailchimp"), {}, HERE)

    assert is_same_action(replace(named, members=frozenset(MEMBERS.values())), action)
    assert not is_same_action(replace(named, members=frozenset({"mailchimp_nl"})), action)
