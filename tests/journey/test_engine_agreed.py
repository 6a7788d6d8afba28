"""Consent, and what those who wait under an older text meet of the live version."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from connector.mapping.mapping import Mapping
from connector.model.action import Kind
from connector.model.contact import Consent
from connector.model.decision import Answer
from connector.model.event import ConsentClaim, Event
from connector.model.vocabulary import EVENTS
from connector.sources.translate import translate
from tests.journey.build import (
    EVA,
    Story,
    answers,
    at,
    connection,
    event,
    mail,
    mapping,
    order,
    step,
    trigger,
    wait,
)
from tests.mapping.folders import SOUND, check, sound
from tests.sources.build import delivery_of

LETTER = trigger("letter", "page.viewed", [mail()], kind=Kind.MARKETING)


def reached(rules: Mapping, *events: Event) -> bool:
    """Whether marketing would reach who has heard this."""
    story = Story(rules)
    story.hears(*events)
    return bool(story.hears(event("page.viewed", "12:00", email=None)).actions)


def test_consent_is_of_the_address_that_gave_it_and_of_no_other() -> None:
    """Consent belongs to an address, a channel and a list (audience)."""
    moved = event("contact.changed", "09:00", email="new@example.com")
    by_phone = event("form.submitted", "09:00", consent=ConsentClaim("sms", given=True))
    agreed = event("newsletter.confirmed", "08:00")

    assert reached(mapping(LETTER), agreed)
    assert not reached(mapping(LETTER), agreed, moved)
    assert not reached(mapping(LETTER), by_phone)


@pytest.mark.parametrize(("brought_by", "reaches"), [("shop_nl", True), ("shop_be", False)])
def test_consent_is_of_the_list_for_which_it_was_given(brought_by: str, reaches: bool) -> None:
    """Consent belongs to an address, a channel and a list (audience). `given:` of a source counts for its
    connection's `list:`, else for the only audience"""
    shops = [connection("shop_nl", list="mailchimp"), connection("shop_be", list="mailchimp_be")]
    audiences = [connection("mailchimp", "mailchimp", audience="1")]
    rules = mapping(LETTER, connections=[*shops, *audiences])

    assert reached(rules, event("form.submitted", "08:00", consent=True, connection=brought_by)) is reaches
    assert reached(mapping(LETTER), event("form.submitted", "08:00", consent=True))


def test_what_is_kept_of_consent_is_what_where_and_when() -> None:
    """It is raised only by fresh evidence (what, where, when: kept)"""
    ticked = event("form.submitted", "09:00", consent=True, key="form-7")

    contact = Story(mapping()).hears(ticked).contact

    assert contact.consent == {
        f"email|mailchimp|{EVA}": Consent(True, at("09:00"), "form.submitted webshop:form-7")
    }


@pytest.mark.parametrize(
    ("body", "stays"),
    [
        ({"wants_news": False}, True),
        ({"wants_news": None}, True),
        ({}, True),
        ({"wants_news": "", "note": "imported"}, True),
        ({"topic": "news", "state": "left"}, False),
    ],
    ids=["unticked", "empty", "missing", "import", "left"],
)
def test_what_says_nothing_of_consent_leaves_it_as_it_is(
    tmp_path: Path, body: dict[str, object], stays: bool
) -> None:
    """An unticked box, a missing field and an import say nothing."""
    known = replace(sound(tmp_path), triggers_on={"page.viewed": (LETTER,)}, audience="mailchimp")
    told = {"id": "7", "email": EVA, "total": "9", "lines": [], **body}
    topic = str(told.pop("topic", "order"))
    delivery = delivery_of(known.sources["shop"], json.dumps(told).encode(), {"x-topic": topic})

    events = translate(known, known.connections["webshop"], delivery).events

    assert len(events) == 1
    nobody = Story(known)
    nobody.hears(*events, now=events[0].occurred_at)
    assert not [one for one in nobody.contact.consent.values() if one.given]
    agreed = Story(known)
    agreed.hears(event("form.submitted", "08:00", consent=True), *events, now=events[0].occurred_at)
    assert [one.given for one in agreed.contact.consent.values()] == [stays]


@pytest.mark.parametrize(
    ("happens", "says"),
    [("newsletter.subscribed", False), ("newsletter.confirmed", True)],
)
def test_with_double_opt_in_the_confirmation_is_consent(happens: str, says: bool) -> None:
    """`defaults.consent` names the event that is consent (with double opt-in: the confirmation)."""
    assert reached(mapping(LETTER), event(happens, "08:00")) is says


FILES = {
    "segments.yaml": "segments: {loyal: contact.counters.page_viewed >= 1}\n",
    "scores.yaml": "scores: {fit: {points: [{when: contact.counters.page_viewed >= 1, add: 5}]}}\n",
    "defaults.yaml": "defaults: {consent: {email: newsletter.confirmed}}\n",
    "rule.yaml": """\
trigger: rule
about: What is tried
kind: marketing
on: page.viewed
wait: 1d
when: contact.segments.loyal and contact.scores.fit >= 3
do: [{mailchimp.tag: {add: [old]}}]
""",
}


def read(folder: Path, **changes: str) -> Mapping:
    """The files as a mapping, some of them with one text in the place of another."""
    files = dict(FILES)
    for name, change in changes.items():
        before, _, after = change.partition(" -> ")
        assert before in files[f"{name}.yaml"]
        files[f"{name}.yaml"] = files[f"{name}.yaml"].replace(before, after)
    folder.mkdir()
    known, problems = check(folder, {**SOUND, **files})
    assert known is not None, [str(one) for one in problems]
    return known


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, Answer.ACTED),
        ({"segments": ">= 1 -> >= 9"}, Answer.NO),
        ({"scores": "add: 5 -> add: 1"}, Answer.NO),
        ({"defaults": "consent: -> hours: {mon-sun: '06:00-07:00'}, consent:"}, Answer.WAITS),
        ({"rule": "fit >= 3 -> fit >= 999"}, Answer.ACTED),
    ],
    ids=["same", "segments", "scores", "hours", "text"],
)
def test_who_waits_keeps_the_text_of_the_trigger_and_meets_the_rest_as_it_is_now(
    tmp_path: Path, changes: dict[str, str], answer: Answer
) -> None:
    """A waiting instance carries the text of its own trigger as it was when it began, and nothing else:
    consent, pressure, hours, stops, connections, segments, scores and sources are the live version's."""
    old = read(tmp_path / "old")
    story = Story(old)
    story.hears(event("newsletter.confirmed", "08:00"), event("page.viewed", "12:00"))
    text = {"rule": "add: [old] -> add: [new]"} if "rule" not in changes else {}
    live = read(tmp_path / "live", **{**changes, **text})

    story.mapping = replace(live, kept={("rule", old.triggers["rule"].text): old.triggers["rule"]})
    due = story.wakes(at("12:00", day=3))

    assert answers(due)["trigger:rule"] is answer
    assert [one.arguments["add"] for one in due.actions] == [["old"]] * (answer is Answer.ACTED)


def test_a_list_that_is_another_now_asks_those_who_wait_for_its_consent() -> None:
    """consent, pressure, hours, stops, connections, segments, scores and sources are the live version's"""
    old = replace(LETTER, name="rule", wait=wait("1d"), text="old")
    story = Story(mapping(old))
    story.hears(event("newsletter.confirmed", "08:00"), event("page.viewed", "12:00"))

    story.mapping = replace(mapping(audience="another"), kept={("rule", "old"): old})

    assert answers(story.wakes(at("12:00", day=3)))["trigger:rule"] is Answer.NO_CONSENT


def test_marketing_says_by_which_consent_it_is_done() -> None:
    """Each marketing action stores the consent that it relied on."""
    story = Story(mapping(trigger("rule", "order.paid", [mail(), step()], kind=Kind.MARKETING)))
    story.hears(event("form.submitted", "08:00", consent=True, key="old"))
    story.hears(event("form.submitted", "09:00", consent=True, key="new"))

    actions = story.hears(order("order.paid", "12:00")).actions

    assert [one.consent for one in actions] == ["form.submitted webshop:new"] * 2


LOWERS: Final = {"newsletter.unsubscribed": [False], "contact.erased": []}
"""What is left of consent after the person's own withdrawal."""


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_no_other_event_takes_consent_away(name: str) -> None:
    """and lowered only by the person's own withdrawal or the platform's verdict (unsubscribe, complaint, hard
    bounce, erasure)."""
    story = Story(mapping())

    story.hears(event("newsletter.confirmed", "08:00"), event(name, "09:00"))

    assert [one.given for one in story.contact.consent.values()] == LOWERS.get(name, [True])


@pytest.mark.parametrize(("reason", "stays"), [("hard", False), ("abuse", False), ("soft", True), ("", True)])
def test_a_bounce_takes_consent_away_where_it_is_final(reason: str, stays: bool) -> None:
    """and lowered only by the person's own withdrawal or the platform's verdict (unsubscribe, complaint, hard
    bounce, erasure)."""
    story = Story(mapping())
    bounced = event("email.bounced", "09:00", subjects={"email": {"reason": reason}})

    story.hears(event("newsletter.confirmed", "08:00"), bounced)

    assert [one.given for one in story.contact.consent.values()] == [stays]
